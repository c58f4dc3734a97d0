"""times that are offered and picked, a meeting missed or left out, and objections to minutes

The sender picks one of the receiver's times, and so plans a meeting that it could not plan alone: a
guard looks for the time among those that were offered.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0037"
down_revision = "0036"

NEW = ("offer_slots", "pick_slot", "record_no_show", "waive_meeting", "object")
STEPS = """
insert into handover_step (id, step, source, target, sides, pending, asks, ends, changes, held)
select gen_random_uuid(), told.*, false from (values
('offer_slots', array['accepted'], null, array['receiver', 'sender'],
    array[''], 'slots', null, array['turn', 'pending']),
('pick_slot', array['accepted'], 'meeting_planned',
    array['receiver', 'sender'], array['slots'], null, 'asked', array['fund_attends']),
('record_no_show', array['meeting_planned'], 'accepted', array['receiver'],
    array['', 'slots'], null, null, array[]::text[]),
('waive_meeting', array['accepted'], 'meeting_held', array['receiver'],
    array['', 'slots'], null, null, array['held_at', 'meeting_waived']),
('object', array['meeting_held'], null, array['sender'], null, null, null,
    array['due_on', 'due_for'])) told;
"""
BEGINNING = """
create function joint_meeting_beginning() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or exists (
        select from public.handover package where package.id = new.handover_id
        and public.handover_side(package.sender_id, package.receiver_id) = 'receiver'
    ) or exists (
        select from public.handover_request request,
            jsonb_array_elements(request.detail -> 'slots') slot
        where request.handover_id = new.handover_id and request.kind = 'slots'
        and request.side = 'receiver'
        and (request.answered_at is null or request.answer = 'agreed')
        and (slot ->> 'starts')::timestamptz = new.starts_at
        and (slot ->> 'ends')::timestamptz = new.ends_at
        and request.detail ->> 'place' is not distinct from new.place
        and request.detail ->> 'video_link' is not distinct from new.video_link
    ) then
        return new;
    end if;
    raise exception 'the receiver plans the meeting, or has offered the time'
        using errcode = 'insufficient_privilege';
end $$
"""
# What else hangs on a step just taken, beside what the guard of parts knows already.
MINUTES = "when 'minutes' then package.state = 'meeting_held'"
OBJECTION = """
        when 'minutes_objection' then package.state = 'meeting_held' and
            package.due_for = 'objection' and (part ->> 'number')::integer = (
                select max(shared.number) from public.minutes shared
                where shared.handover_id = package.id)"""


def parts_of_before() -> str:
    made: str = context.script.get_revision("0034").module.PARTS
    return made


def upgrade() -> None:
    op.add_column("handover", sa.Column("meeting_waived", sa.Text()))
    op.create_check_constraint(
        "waived", "handover", "meeting_waived is null or held_at is not null"
    )
    op.add_column("joint_meeting", sa.Column("missed_reason", sa.Text()))
    op.create_check_constraint(
        "missed", "joint_meeting", "(state = 'no_show') = (missed_reason is not null)"
    )
    op.create_table(
        "minutes_objection",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Uuid(),
            sa.ForeignKey("handover.id", ondelete="cascade"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("handover_id", "number"),
    )
    guard = parts_of_before().replace(MINUTES, MINUTES + OBJECTION)
    for made in (STEPS, BEGINNING, guard):
        op.execute(made)
    op.execute("revoke execute on function joint_meeting_beginning() from public")
    op.execute(
        "create trigger beginning before insert on joint_meeting "
        "for each row execute function joint_meeting_beginning()"
    )
    op.execute(
        "create constraint trigger part after insert on minutes_objection "
        "deferrable initially deferred for each row execute function handover_part_guard()"
    )


def downgrade() -> None:
    names = ", ".join(f"'{name}'" for name in NEW)
    op.execute(f"delete from handover_step where step in ({names})")
    op.drop_table("minutes_objection")
    op.execute(parts_of_before())
    op.execute("drop trigger beginning on joint_meeting")
    op.execute("drop function joint_meeting_beginning()")
    op.drop_constraint("missed", "joint_meeting", type_="check")
    op.drop_column("joint_meeting", "missed_reason")
    op.drop_constraint("waived", "handover", type_="check")
    op.drop_column("handover", "meeting_waived")
