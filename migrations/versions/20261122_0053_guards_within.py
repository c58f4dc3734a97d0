"""sent on by the fund itself, and what one party's plain SQL could still do within its own package

A deadline and the day of an end were anybody's to write; a package could be sent on to anywhere on
any terms, a time agreed once be planned again, a request be answered beside its step, a reminder be
dated ahead, a package in error keep its name, and minutes be passed over that an objection waits on.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0053"
down_revision = "0052"

STEPS = """
insert into handover_step (id, step, source, target, sides, kinds, pending, held, changes) values
(gen_random_uuid(), 'redirect', array['sent', 'received'], 'sent', array['sender'],
    array['overgang', 'visitation'], array['', 'slots'], null, array['receiver_id',
    'receiver_person_id', 'receiver_person', 'receiver_unit_id', 'agreement_version_id',
    'parameters', 'sent_at', 'received_at', 'hold_until', 'hold_reason', 'hold_for', 'hold_left']);
update handover_step set kinds = array['overgang', 'visitation']
where step in ('ask_redirect', 'agree_redirect');
"""
STEPS_GONE = """
delete from handover_step where step = 'redirect';
update handover_step set kinds = array['overgang']
where step in ('ask_redirect', 'agree_redirect');
"""
# Days too coarse to be the rules, which know working days: what they can give is far within. The
# longest deadline that an agreement may set is 60 working days; a package rests for 60 days.
WITHIN = """
create function handover_within() returns trigger
language plpgsql set search_path = '' as $$
declare
    today constant date := (now() at time zone 'Europe/Copenhagen')::date;
begin
    if current_user <> 'samspil_app' then
        return new;
    end if;
    if new.closed_at is distinct from old.closed_at
        and new.closed_at > new.changed_at + interval '1 hour'
    then
        raise exception 'nothing ends in days to come' using errcode = 'insufficient_privilege';
    end if;
    if new.due_on is distinct from old.due_on and new.state not in ('draft', 'signoff') and not
        new.due_on - (new.changed_at at time zone 'Europe/Copenhagen')::date
        between -1 and (case new.due_for when 'meeting' then 400 else 120 end)
    then
        raise exception 'no clock of the agreement ends then'
            using errcode = 'insufficient_privilege';
    end if;
    if new.receiver_id <> old.receiver_id and not (
        exists (select from public.member_case member
            where member.id = new.case_id and member.municipality_id = new.receiver_id)
        and (new.agreement_version_id is null and new.kind <> 'visitation' or exists (
            select from public.agreement_pair pair
            join public.agreement_version version on version.id = pair.version_id
            where version.id = new.agreement_version_id and pair.fund_id = new.sender_id
            and pair.municipality_id = new.receiver_id and pair.first_day <= today
            and coalesce(pair.last_day, today) >= today
            and version.parameters -> 'kinds' ? new.kind
            and new.parameters @> version.parameters))
        and not exists (select from jsonb_each(new.parameters) told where told.key like '%_days'
            and not (told.value #>> '{}')::integer between 0 and 366)
    ) then
        raise exception 'it goes to the member''s municipality, on the terms agreed there'
            using errcode = 'insufficient_privilege';
    end if;
    if new.state = 'in_error' and old.state <> 'in_error'
        and (new.member_name <> '–' or num_nonnulls(new.cpr, new.cpr_index) > 0)
    then
        raise exception 'a package in error names nobody' using errcode = 'insufficient_privilege';
    end if;
    if new.state = 'completed' and old.state = 'meeting_held' and (
        select coalesce(max(shared.number), 0) from public.minutes shared
        where shared.handover_id = new.id
    ) <= (
        select coalesce(max(opposed.number), 0) from public.minutes_objection opposed
        where opposed.handover_id = new.id
    ) then
        raise exception 'minutes are shared that nobody opposes, and then it is complete'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
# A time is planned while it is on offer, or in the transaction in which it is agreed on.
# Its times are those of now; only who plays days to come is let off (tests).
DATED = """
create function handover_dated() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or new.changed_at <= now() + interval '1 hour' then
        return new;
    end if;
    raise exception 'nothing has happened in days to come' using errcode = 'insufficient_privilege';
end $$
"""
# What is sent on goes elsewhere, and nothing goes elsewhere otherwise.
ENDS_ASKED = "        and (step.ends is null or (old.turn"
ELSEWHERE = f"""        and (new.receiver_id <> old.receiver_id) = (step.step in ('redirect', 'agree_redirect'))
{ENDS_ASKED}"""
AGREED = "(request.answered_at is null or request.answer = 'agreed')"
AGREED_NOW = """(request.answered_at is null or request.answer = 'agreed'
            and not exists (select from public.joint_meeting before
                where before.handover_id = new.handover_id
                and before.starts_at = new.starts_at and before.created_at >= request.at))"""
# What was answered was answered by the step that the package's newest event tells of.
ANSWERED = """
create function handover_answer_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or new.answered_at is null or exists (
        select from public.handover_event told
        join public.handover package on package.id = told.handover_id
        where told.handover_id = new.handover_id and told.at = new.answered_at
        and package.changed_at = told.at and case new.answer
        when 'refused' then told.step = 'refuse_request'
        when 'taken_back' then told.step = 'take_back_request'
        when 'agreed' then told.step = case new.kind when 'withdrawal' then 'agree_withdrawal'
            when 'redirect' then 'agree_redirect' else 'pick_slot' end
        else told.step not in ('refuse_request', 'take_back_request') and package.pending is null
        end
    ) then
        return null;
    end if;
    raise exception 'a request is answered by the step that says so'
        using errcode = 'insufficient_privilege';
end $$
"""
REMINDED = """
create function handover_reminder_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app'
        or new.day = (new.at at time zone 'Europe/Copenhagen')::date
        and new.at <= now() + interval '1 hour'
    then
        return new;
    end if;
    raise exception 'a reminder is of its day, and of none to come' using errcode = 'insufficient_privilege';
end $$
"""
FUNCTIONS = {
    "handover_within": WITHIN,
    "handover_dated": DATED,
    "handover_answer_guard": ANSWERED,
    "handover_reminder_guard": REMINDED,
}
TRIGGERS = (
    "create trigger within before update on handover for each row "
    "execute function handover_within()",
    "create trigger dated before update on handover for each row execute function handover_dated()",
    "create constraint trigger answered after update on handover_request "
    "deferrable initially deferred for each row "
    "when (old.answered_at is null and new.answered_at is not null) execute function handover_answer_guard()",
    "create trigger guard before insert on handover_reminder for each row "
    "execute function handover_reminder_guard()",
)


def upgrade() -> None:
    rewrite = context.script.get_revision("0032").module.rewrite
    op.add_column(
        "handover_leg",
        sa.Column("agreement_version_id", sa.Uuid(), sa.ForeignKey("agreement_version.id")),
    )
    op.execute(STEPS)
    rewrite("joint_meeting_beginning", AGREED, AGREED_NOW)
    rewrite("handover_guard", ENDS_ASKED, ELSEWHERE)
    for name, body in FUNCTIONS.items():
        op.execute(body)
        op.execute(f"revoke execute on function {name}() from public")
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    rewrite = context.script.get_revision("0032").module.rewrite
    op.execute("drop trigger guard on handover_reminder")
    op.execute("drop trigger answered on handover_request")
    op.execute("drop trigger dated on handover")
    op.execute("drop trigger within on handover")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}()")
    rewrite("handover_guard", ELSEWHERE, ENDS_ASKED)
    rewrite("joint_meeting_beginning", AGREED_NOW, AGREED)
    op.execute(STEPS_GONE)
    op.drop_column("handover_leg", "agreement_version_id")
