"""minutes that nobody opposes end the package by themselves; objections go with what is emptied"""

from alembic import context, op

revision = "0041"
down_revision = "0040"

STEP = """
insert into handover_step (id, step, source, target, sides, pending, held, changes) values
(gen_random_uuid(), 'auto_complete', array['meeting_held'], 'completed', array[]::text[],
    array['', 'slots'], false, array['closed_at', 'closed_from', 'closed_side'])
"""
REGISTERED = "state <> 'completed' or registered_on is not null"
EMPTIED = "delete from public.minutes where handover_id = new.id;"
OBJECTIONS = "delete from public.minutes_objection where handover_id = new.id;"


def upgrade() -> None:
    op.execute(STEP)
    registered(f"{REGISTERED} or closed_side = 'system'")
    rewrite(EMPTIED, f"{EMPTIED}\n    {OBJECTIONS}")


def registered(check: str) -> None:
    op.drop_constraint(op.f("ck_handover_registered"), "handover", type_="check")
    op.create_check_constraint(op.f("ck_handover_registered"), "handover", check)


def rewrite(old: str, new: str) -> None:
    context.script.get_revision("0036").module.rewrite("handover_purge", old, new)


def downgrade() -> None:
    rewrite(f"{EMPTIED}\n    {OBJECTIONS}", EMPTIED)
    registered(REGISTERED)
    op.execute("delete from handover_step where step = 'auto_complete'")
