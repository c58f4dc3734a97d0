"""what the receiver asks again months after a package was completed

The receiver does it once; the fund ends it where it has become pointless, and takes that back.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0044"
down_revision = "0043"

# The table and its mark in the guards of before.
PART = "        when 'minutes' then"
ADDED = """        when 'handover_follow_up' then package.state = 'completed' and
            (part ->> 'due_on')::date > (package.closed_at at time zone 'Europe/Copenhagen')::date
"""
EMPTIED = "    delete from public.minutes_objection where handover_id = new.id;\n"
NOR_ASKED = "    delete from public.handover_follow_up where handover_id = new.id;\n"
GUARD = """
create function handover_follow_up_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    side text;
begin
    select public.handover_side(package.sender_id, package.receiver_id) into side
    from public.handover package where package.id = new.handover_id;
    if current_user <> 'samspil_app' or to_jsonb(old) = to_jsonb(new)
        or side = 'receiver' and old.done_at is null and new.outcome is not null
        or side = 'sender' and old.done_at is null and new.lapsed is not null
        or side = 'sender' and old.lapsed is not null and new.done_at is null
    then
        return new;
    end if;
    raise exception 'the receiver follows up once, the sender ends what is pointless'
        using errcode = 'insufficient_privilege';
end $$
"""


def upgrade() -> None:
    op.create_table(
        "handover_follow_up",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(40)),
        sa.Column("lapsed", sa.Text()),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("done_by", sa.Text()),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("handover_id", "months"),
        sa.CheckConstraint(
            "num_nonnulls(outcome, lapsed) = num_nonnulls(done_at)", name="outcome_or_lapsed"
        ),
        sa.CheckConstraint("(done_at is null) = (done_by is null)", name="done_by"),
    )
    op.create_index(
        "ix_handover_follow_up_open",
        "handover_follow_up",
        ["organisation_id", "due_on"],
        postgresql_where=sa.text("done_at is null"),
    )
    rewrite = context.script.get_revision("0036").module.rewrite
    rewrite("handover_part_guard", PART, f"{ADDED}{PART}")
    rewrite("handover_purge", EMPTIED, f"{EMPTIED}{NOR_ASKED}")
    op.execute(GUARD)
    op.execute("revoke execute on function handover_follow_up_guard() from public")
    op.execute(
        "create constraint trigger part after insert on handover_follow_up "
        "deferrable initially deferred for each row execute function handover_part_guard()"
    )
    op.execute(
        "create trigger guard before update on handover_follow_up "
        "for each row execute function handover_follow_up_guard()"
    )


def downgrade() -> None:
    rewrite = context.script.get_revision("0036").module.rewrite
    rewrite("handover_purge", f"{EMPTIED}{NOR_ASKED}", EMPTIED)
    rewrite("handover_part_guard", f"{ADDED}{PART}", PART)
    op.drop_table("handover_follow_up")
    op.execute("drop function handover_follow_up_guard()")
