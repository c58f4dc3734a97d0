"""each side its own steps: what a policy cannot say of single columns, and whose people are named

Both parties change the package's one row, and a policy knows rows only. What the table of steps in
`portal/handovers/workflow.py` says is therefore said here a second time, to hold plain SQL as the
web too; `tests/handovers/test_guard.py` compares the two both ways. Jobs are let through.

Besides: people and units are the own organisation's, rates are counted by a function, and sessions
are found as the organisation that they belong to.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

# `changes` are the columns of a step besides those that every change or every move of state brings.
# `write` and `call_in` are no steps of the table: the draft is written, the calling in recorded.
STEPS = """
create function handover_steps() returns table
    (step text, source text[], target text, sides text[], kind text, changes text[])
language sql immutable set search_path = '' as $$
    values
    ('write', array['draft'], null, array['sender'], null, array['due_on',
        'responsible_from', 'responsible_source', 'fund_attends']),
    ('send', array['draft'], 'sent', array['sender'], null, array['sent_at', 'member_name', 'cpr',
        'cpr_index', 'sender_person_id', 'sender_person', 'receiver_unit_id', 'content_number']),
    ('acknowledge', array['sent'], 'received', array['receiver'], null, array['received_at']),
    ('assign', array['sent', 'received', 'info_requested', 'accepted', 'meeting_planned',
        'meeting_held'], null, array['receiver'], null, array['receiver_person_id',
        'receiver_person', 'receiver_unit_id']),
    ('request_info', array['received'], 'info_requested', array['receiver'], null,
        array['rounds']),
    ('provide_info', array['info_requested'], 'received', array['sender'], null,
        array['content_number']),
    ('accept', array['received', 'info_requested'], 'accepted', array['receiver'], null,
        array['accepted_at', 'accepted_by', 'responsible_from', 'responsible_source',
        'receiver_person_id', 'receiver_person', 'receiver_unit_id']),
    ('reject', array['received', 'info_requested'], 'rejected', array['receiver'], 'visitation',
        array['closed_at', 'closed_reason', 'closed_text']),
    ('plan_meeting', array['accepted', 'meeting_planned'], 'meeting_planned', array['receiver'],
        null, array['fund_attends']),
    ('call_in', array['meeting_planned'], null, array['receiver'], null, array[]::text[]),
    ('cancel_meeting', array['meeting_planned'], 'accepted', array['receiver', 'sender'], null,
        array[]::text[]),
    ('record_held', array['meeting_planned'], 'meeting_held', array['receiver'], null,
        array['held_at']),
    ('publish_minutes', array['meeting_held'], null, array['receiver'], null, array['due_on',
        'due_for']),
    ('complete', array['meeting_held'], 'completed', array['receiver'], null, array['closed_at',
        'registered_on']),
    ('withdraw', array['sent', 'received', 'info_requested'], 'withdrawn', array['sender'], null,
        array['closed_at', 'closed_reason', 'closed_text'])
$$
"""
STANDINGS = """
create function handover_standings() returns table
    (state text, turn text, clock text, without_fund boolean)
language sql immutable set search_path = '' as $$
    values
    ('draft', 'sender', null, null::boolean),
    ('sent', 'receiver', 'acknowledge', null),
    ('received', 'receiver', 'decide', null),
    ('info_requested', 'sender', 'answer', null),
    ('accepted', 'receiver', 'plan', null),
    ('meeting_planned', 'both', 'meeting', false),
    ('meeting_planned', 'receiver', 'meeting', true),
    ('meeting_held', 'receiver', 'minutes', null),
    ('completed', 'nobody', null, null),
    ('rejected', 'nobody', null, null),
    ('withdrawn', 'nobody', null, null)
$$
"""
SIDE = """
create function handover_side(sender uuid, receiver uuid) returns text
language sql stable set search_path = '' as $$
    select case nullif(current_setting('samspil.organisation', true), '')::uuid
        when sender then 'sender' when receiver then 'receiver' end
$$
"""
PACKAGE = """
create or replace function handover_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    is_move constant boolean := new.state <> old.state;
    is_without constant boolean := new.fund_attends is not distinct from false;
    side constant text := public.handover_side(old.sender_id, old.receiver_id);
    changed text[];
begin
    if current_user <> 'samspil_app' then
        return new;
    end if;
    select array_agg(key) into changed from jsonb_each(to_jsonb(new)) now
    where now.value is distinct from to_jsonb(old) -> now.key;
    if changed is null or exists (
        select from public.handover_steps() step
        where side = any(step.sides) and old.state = any(step.source)
        and new.state = coalesce(step.target, old.state)
        and coalesce(step.kind, old.kind) = old.kind
        and changed <@ (step.changes || array['changed_at', 'version']
            || case when step.target is not null
            then array['state', 'turn', 'due_on', 'due_for', 'days_left'] end)
    ) and exists (
        select from public.handover_standings() standing
        where standing.state = new.state and standing.turn = new.turn
        and coalesce(standing.without_fund, is_without) = is_without
        and (standing.clock is not distinct from new.due_for or not is_move)
    ) then
        return new;
    end if;
    raise exception 'no step of the % leads from % to % and changes %',
        coalesce(side, 'stranger'), old.state, new.state, changed
        using errcode = 'insufficient_privilege';
end $$
"""
BEGINNING = """
create function handover_beginning() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user = 'samspil_app' and new.state = 'draft' and not (
        new.content_number = 0 and new.rounds = 0 and new.turn = 'sender' and coalesce(
            new.sent_at, new.received_at, new.accepted_at, new.held_at, new.closed_at) is null
        and coalesce(new.closed_reason, new.closed_text, new.due_for, new.accepted_by,
            new.receiver_person) is null
        and new.registered_on is null and new.receiver_person_id is null
    ) then
        raise exception 'a package begins as a draft'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
EVENT = """
create function handover_event_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or exists (
        select from public.handover package, public.handover_steps() step
        where package.id = new.handover_id and package.state = new.target
        and package.changed_at = new.at and step.step = new.step
        and public.handover_side(package.sender_id, package.receiver_id) = any(step.sides)
        and new.source = any(step.source) and new.target = coalesce(step.target, new.source)
    ) or exists (
        select from public.handover package
        where package.id = new.handover_id and package.state = 'draft' and new.step = 'create'
        and package.changed_at = new.at and new.source is null and new.target = 'draft'
    ) then
        return new;
    end if;
    raise exception 'no step of this side was taken that the event could tell of'
        using errcode = 'insufficient_privilege';
end $$
"""
# Whatever was flushed first: when the transaction ends, each part belongs to a step just taken.
PARTS = """
create function handover_part_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    part constant jsonb := to_jsonb(new);
begin
    if current_user <> 'samspil_app' or exists (
        select from public.handover package
        where package.id = (part ->> 'handover_id')::uuid and case tg_table_name
        when 'handover_content' then package.content_number = (part ->> 'number')::integer
            and package.state in ('sent', 'received')
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
MEETING = """
create function joint_meeting_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    changed text[];
    is_receiver boolean;
begin
    if current_user <> 'samspil_app' then
        return new;
    end if;
    select array_agg(key) into changed from jsonb_each(to_jsonb(new)) now
    where now.value is distinct from to_jsonb(old) -> now.key;
    select public.handover_side(sender_id, receiver_id) = 'receiver' into is_receiver
    from public.handover where id = old.handover_id;
    if changed is null or (old.state = 'planned' and (is_receiver or (
        new.state = 'cancelled' and changed <@ array['state', 'sequence', 'cancelled_reason']
    ))) then
        return new;
    end if;
    raise exception 'the meeting is the receiver''s to change, until it is over'
        using errcode = 'insufficient_privilege';
end $$
"""
ANSWER = """
create function handover_question_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user = 'samspil_app' and old.answered_at is not null
        and to_jsonb(old) is distinct from to_jsonb(new)
    then
        raise exception 'what is answered stays answered'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
GUARD_OF_BEFORE = """
create or replace function handover_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user = 'samspil_app' and old.sent_at is not null
        and (old.sent_at, old.member_name, old.cpr, old.cpr_index)
        is distinct from (new.sent_at, new.member_name, new.cpr, new.cpr_index)
    then
        raise exception 'what is sent stays sent, and about the same member';
    end if;
    return new;
end $$
"""
TRIGGERS = (
    ("beginning", "before insert", "handover", "handover_beginning"),
    ("guard", "before insert", "handover_event", "handover_event_guard"),
    ("guard", "before update", "joint_meeting", "joint_meeting_guard"),
    ("guard", "before update", "handover_question", "handover_question_guard"),
)
WITH_PARTS = ("handover_content", "handover_question", "minutes")
ASKED_BY_GUARDS = "handover_steps(), handover_standings(), handover_side(uuid, uuid)"

# Whoever may count may count up, and nothing else: no key is set back, none is read.
SPEND = """
create function spend(what text, at timestamptz) returns integer
language sql volatile security definer set search_path = '' as $$
    insert into public.rate_limit (id, key, minute, spent)
    values (gen_random_uuid(), $1, date_trunc('minute', $2), 1)
    on conflict (key, minute) do update set spent = public.rate_limit.spent + 1
    returning spent
$$
"""
OPENINGS = """
create or replace function handover_openings(handover uuid)
returns table (side text, first_at timestamptz, last_at timestamptz, times bigint)
language sql stable security definer set search_path = '' rows 2 as $$
    select p.side, min(a.at), max(a.at), count(*)
    from public.audit_event a
    join public.handover_party p
        on p.handover_id = $1 and p.organisation_id = a.organisation_id
    where a.subject_id = $1 and a.action in ({}) and a.outcome in ('done', 'refused 422')
    and exists (
        select from public.handover_party me where me.handover_id = $1
        and me.organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        and me.valid_from <= now() and coalesce(me.valid_until, 'infinity') > now()
    )
    group by p.side
$$
"""
# Every page and file that shows what the package says, whichever is opened first.
LOOKS = (
    "handovers.show",
    "handovers.step",
    "handovers.called_in",
    "handovers.message",
    "handovers.filing",
    "handover_documents.package",
    "handover_documents.record",
    "handover_documents.copy_for_member",
    "handover_documents.to_records",
    "handover_documents.calendar",
)
SESSIONS_OF = """
create function sessions_of(provider uuid, whom text, sid text)
returns table (session_id uuid, user_id uuid, organisation_id uuid, name text)
language sql stable security definer set search_path = '' rows 2 as $$
    select s.id, s.user_id, s.organisation_id, u.name
    from public.user_session s join public."user" u on u.id = s.user_id
    where s.provider_id = $1 and s.ended_at is null
    and ($3 is null or s.sid = $3) and ($2 is null or s.subject = $2)
    and coalesce($2, $3) is not null
$$
"""
# table, column, what it names, and the column with the organisation that it must belong to
PEOPLE = (
    ("absence", "user_id", "user", "organisation_id"),
    ("absence", "stand_in_id", "user", "organisation_id"),
    ("membership", "user_id", "user", "organisation_id"),
    ("membership", "unit_id", "unit", "organisation_id"),
    ("member_case", "adviser_id", "user", "organisation_id"),
    ("member_case", "unit_id", "unit", "organisation_id"),
    ("handover", "sender_person_id", "user", "sender_id"),
    ("handover", "sender_unit_id", "unit", "sender_id"),
    ("handover", "receiver_person_id", "user", "receiver_id"),
    ("handover", "receiver_unit_id", "unit", "receiver_id"),
)


def upgrade() -> None:
    for made in (STEPS, STANDINGS, SIDE, PACKAGE, BEGINNING, EVENT, PARTS, MEETING, ANSWER, SPEND):
        op.execute(made)
    for name, when, table, function in TRIGGERS:
        op.execute(
            f"create trigger {name} {when} on {table} for each row execute function {function}()"
        )
    for table in WITH_PARTS:
        op.execute(
            f"create constraint trigger part after insert on {table} deferrable initially deferred "
            "for each row execute function handover_part_guard()"
        )
    guards = ", ".join(f"{function}()" for _n, _w, _t, function in TRIGGERS)
    op.execute(
        f"revoke execute on function {guards}, handover_part_guard(), {ASKED_BY_GUARDS} from public"
    )
    op.execute(f"grant execute on function {ASKED_BY_GUARDS} to samspil_app, samspil_worker")
    keep("spend(text, timestamptz)")
    op.execute(OPENINGS.format(", ".join(f"'{look}'" for look in LOOKS)))
    op.execute("drop function sessions_of")
    op.add_column("user_session", sa.Column("device", sa.Text(), nullable=True))
    for table in ("user", "unit"):
        op.create_unique_constraint(
            f"uq_{table}_id_organisation_id", table, ["id", "organisation_id"]
        )
    for table, column, whom, owner in PEOPLE:
        op.drop_constraint(f"fk_{table}_{column}", table)
        op.create_foreign_key(
            f"fk_{table}_{column}_{owner}", table, whom, [column, owner], ["id", "organisation_id"]
        )


def keep(function: str) -> None:
    """The keeper owns it, and only the web and the worker may call it."""
    op.execute(f"revoke execute on function {function} from public")
    op.execute(f"grant execute on function {function} to samspil_app, samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {function} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    for table, column, whom, owner in PEOPLE:
        op.drop_constraint(f"fk_{table}_{column}_{owner}", table)
        op.create_foreign_key(f"fk_{table}_{column}", table, whom, [column], ["id"])
    for table in ("user", "unit"):
        op.drop_constraint(f"uq_{table}_id_organisation_id", table)
    op.drop_column("user_session", "device")
    op.execute(SESSIONS_OF)
    keep("sessions_of(uuid, text, text)")
    op.execute(
        OPENINGS.format("'handovers.show'").replace("in ('done', 'refused 422')", "= 'done'")
    )
    op.execute("drop function spend")
    for table in WITH_PARTS:
        op.execute(f"drop trigger part on {table}")
    for name, _when, table, _function in TRIGGERS:
        op.execute(f"drop trigger {name} on {table}")
    op.execute(GUARD_OF_BEFORE)
    for function in (*(one[3] for one in TRIGGERS), "handover_part_guard"):
        op.execute(f"drop function {function}")
    for function in ("handover_side", "handover_standings", "handover_steps"):
        op.execute(f"drop function {function}")
