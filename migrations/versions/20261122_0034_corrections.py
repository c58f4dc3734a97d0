"""corrections: what was sent is put right in a new content version, and told to the other party

Besides, the receiver may have found the answers to its own questions.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0034"
down_revision = "0033"

STEPS = """
insert into handover_step (id, step, source, target, sides, pending, held, changes) values
(gen_random_uuid(), 'find_info', array['info_requested'], 'received', array['receiver'],
    array['', 'slots'], false, array[]::text[]),
(gen_random_uuid(), 'amend', array['sent', 'received', 'info_requested', 'accepted',
    'meeting_planned', 'meeting_held'], null, array['sender'], null, null,
    array['content_number', 'responsible_from', 'responsible_source']),
(gen_random_uuid(), 'correct', array['accepted', 'meeting_planned', 'meeting_held'], null,
    array['receiver'], null, null, array['responsible_from', 'responsible_source'])
"""
AMENDMENT = """
create function handover_amendment_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    side text;
begin
    if current_user <> 'samspil_app' or tg_op = 'UPDATE' and to_jsonb(old) = to_jsonb(new) then
        return null;
    end if;
    select public.handover_side(package.sender_id, package.receiver_id) into side
    from public.handover package where package.id = new.handover_id
    and (tg_op = 'UPDATE' or package.changed_at = new.at)
    and (new.number is null or exists (
        select from public.handover_content content
        where content.handover_id = new.handover_id and content.number = new.number
        and content.content -> new.path is not distinct from new.new));
    if tg_op = 'INSERT' and new.side = side and new.acknowledged_at is null
        or tg_op = 'UPDATE' and old.acknowledged_at is null and side <> old.side
    then
        return null;
    end if;
    raise exception 'a correction is a step of its side, and acknowledged once by the other'
        using errcode = 'insufficient_privilege';
end $$
"""
QUESTION = """
create or replace function handover_question_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('samspil.organisation', true), '')::uuid;
begin
    if current_user <> 'samspil_app' or to_jsonb(old) is not distinct from to_jsonb(new)
        or old.answered_at is null and new.is_found = (me = old.organisation_id)
    then
        return new;
    end if;
    raise exception 'what is answered stays answered, and tells who answered it'
        using errcode = 'insufficient_privilege';
end $$
"""
PARTS = """
create or replace function handover_part_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    part constant jsonb := to_jsonb(new);
begin
    if current_user <> 'samspil_app' or exists (
        select from public.handover package
        where package.id = (part ->> 'handover_id')::uuid and case tg_table_name
        when 'handover_content' then package.content_number = (part ->> 'number')::integer
            and package.sent_at is not null and package.closed_at is null
        when 'handover_question' then package.rounds = (part ->> 'round')::integer
            and package.state = 'info_requested'
        when 'minutes' then package.state = 'meeting_held' end
    ) then
        return null;
    end if;
    raise exception 'no step was taken that adds to %', tg_table_name
        using errcode = 'insufficient_privilege';
end $$
"""
CHECKS = {
    "reason": "(audience = 'both') = (reason is not null)",
    "audience": "audience in ('both', 'own')",
    "number": "(side = 'sender') = (number is not null)",
    "seen": "(acknowledged_at is null) = (acknowledged_by is null)",
}


def upgrade() -> None:
    op.create_table(
        "handover_amendment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("old", JSONB(), nullable=False),
        sa.Column("new", JSONB(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("number", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.Column("acknowledged_by", sa.Text()),
        *(sa.CheckConstraint(check, name=name) for name, check in CHECKS.items()),
    )
    op.create_index("ix_handover_amendment_handover", "handover_amendment", ["handover_id", "at"])
    op.add_column(
        "handover_question",
        sa.Column("is_found", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("handover_question", "is_found", server_default=None)
    for made in (STEPS, AMENDMENT, QUESTION, PARTS):
        op.execute(made)
    op.execute("revoke execute on function handover_amendment_guard() from public")
    op.execute(
        "create constraint trigger guard after insert or update on handover_amendment "
        "deferrable initially deferred for each row execute function handover_amendment_guard()"
    )


def downgrade() -> None:
    before = context.script.get_revision("0010").module
    for made in (before.ANSWER, before.PARTS):
        op.execute(made.replace("create function", "create or replace function"))
    op.execute("delete from handover_step where step in ('find_info', 'amend', 'correct')")
    op.drop_table("handover_amendment")
    op.execute("drop function handover_amendment_guard()")
    op.drop_column("handover_question", "is_found")
