"""made in error, and content that closes for its sender

A package that should not have been is emptied on both sides by the database itself; that it was, and
who had looked, is kept. What was sent closes for the sender 30 days after the end, while its
participation goes on.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0036"
down_revision = "0035"

OPENING = "'closed_at', 'closed_reason', 'closed_text', 'closed_from', 'closed_side'"
HOLDING = "'hold_until', 'hold_reason', 'hold_for', 'hold_left'"
OPEN = (
    "array['draft', 'signoff', 'sent', 'received', 'info_requested', 'accepted', "
    "'meeting_planned', 'meeting_held']"
)
STEPS = f"""
insert into handover_step (id, step, source, target, sides, pending, held, changes) values
(gen_random_uuid(), 'mark_error', {OPEN} || array['completed', 'rejected', 'withdrawn', 'obsolete',
    'superseded'], 'in_error', array['sender'], null, null, array[{OPENING}, {HOLDING},
    'member_name', 'cpr', 'cpr_index', 'superseded_by_id']),
(gen_random_uuid(), 'move_case', {OPEN}, null, array['sender'], null, null,
    array['sender_person_id', 'sender_person', 'sender_unit_id']);
"""
# What is said of a person goes; steps, times and who took them stay.
PURGE = """
create function handover_purge() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    {deletes}
    update public.handover_event event set reason = null, detail = coalesce((
        select jsonb_object_agg(key, case when key in ('alternative', 'source')
            then to_jsonb('–'::text) else value end) from jsonb_each(event.detail)), '{{}}')
    where handover_id = new.id;
    update public.handover_request set reason = null,
        refusal = case when refusal is not null then '–' end where handover_id = new.id;
    update public.joint_meeting set participants = null where handover_id = new.id;
    return null;
end $$
"""
EMPTIED = (
    "handover_content",
    "handover_document",
    "handover_file",
    "handover_draft",
    "handover_question",
    "handover_message",
    "handover_note",
    "handover_filing",
    "handover_rating",
    "handover_amendment",
    "minutes",
    "minutes_draft",
)
DELETES = "\n    ".join(
    f"delete from public.{name} where handover_id = new.id;" for name in EMPTIED
)
# The days are those of config/rules/handover.toml, sender_content_days.
CLOSING = """
    if new.state = 'completed' and (tg_op = 'INSERT' or old.state <> 'completed') then
        update public.handover_party set content_until = (
            (least(new.closed_at, now()) at time zone 'Europe/Copenhagen')::date + 1 + 30
        )::timestamp at time zone 'Europe/Copenhagen'
        where handover_id = new.id and side = 'sender';
    end if;
"""


def body(name: str) -> str:
    """A function as it stands, to be written again with a line more or less."""
    found = op.get_bind().exec_driver_sql(f"select pg_get_functiondef('{name}'::regproc)")
    return str(found.scalar_one())


def rewrite(function: str, old: str, new: str) -> None:
    text = body(function)
    if old not in text:
        raise ValueError(f"{function} is not as expected")
    op.get_bind().exec_driver_sql(text.replace(old, new, 1).replace("%", "%%"))


def upgrade() -> None:
    op.add_column("handover_party", sa.Column("content_until", sa.DateTime(timezone=True)))
    op.create_table(
        "handover_breach",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("handover_id", sa.Uuid(), sa.ForeignKey("handover.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("opened", JSONB(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Text()),
        sa.UniqueConstraint("handover_id"),
    )
    op.execute(STEPS)
    rewrite("handover_parties", "    return null;\n", f"{CLOSING}    return null;\n")
    op.execute(PURGE.format(deletes=DELETES))
    op.execute("revoke execute on function handover_purge() from public")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute("alter function handover_purge() owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    op.execute(
        "create trigger purge after update of state on handover for each row "
        "when (new.state = 'in_error' and old.state <> 'in_error') "
        "execute function handover_purge()"
    )


def downgrade() -> None:
    op.execute("drop trigger purge on handover")
    op.execute("drop function handover_purge()")
    rewrite("handover_parties", CLOSING, "")
    op.execute("delete from handover_step where step in ('mark_error', 'move_case')")
    op.drop_table("handover_breach")
    op.drop_column("handover_party", "content_until")
