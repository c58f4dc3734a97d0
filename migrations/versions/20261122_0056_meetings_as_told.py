"""what one side's plain SQL could still do to a meeting, and a consent of days to come

Notes were rewritten beside the minutes that tell of them, what was sent taken off the agenda, steps
taken without a word, and strangers named whom the worker then writes to.
"""

from alembic import context, op

revision = "0056"
down_revision = "0055"

ITEM = "its = 'in_progress' and tg_op <> 'UPDATE'"
ADDED = """its = 'in_progress' and (case tg_op
                when 'INSERT' then row_of ->> 'source' = 'own'
                when 'DELETE' then not exists (select from public.meeting sent
                    where sent.id = (row_of ->> 'meeting_id')::uuid
                    and sent.pack -> 'items' @> jsonb_build_array(jsonb_build_object(
                        'title', row_of ->> 'title', 'source', row_of ->> 'source')))
                else false end)"""
CAME = """its in ('planned', 'agenda_sent', 'in_progress')
            or its = 'minutes_drafted' and tg_op = 'UPDATE'"""
CAME_BEFORE = "its in ('planned', 'agenda_sent', 'in_progress')"
BOUNDS = """
create function meeting_bounds() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or exists (select from public.agreement_version version
        where version.id = new.version_id and version.agreement_id = new.agreement_id)
    then
        return new;
    end if;
    raise exception 'a meeting is about its own agreement' using errcode = 'insufficient_privilege';
end $$
"""
TOLD = """
create function meeting_told() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or exists (
        select from public.meeting_event told
        where told.meeting_id = new.id and told.at = new.changed_at
        and told.organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        and told.source = old.state and told.target = new.state
        and told.step = case when new.state = old.state then 'move' else (case new.state
            when 'agenda_sent' then 'send_agenda' when 'in_progress' then 'begin'
            when 'minutes_drafted' then 'share_minutes' when 'minutes_approved' then 'approve'
            when 'cancelled' then 'cancel' end) end
    ) and (new.state <> 'minutes_drafted' or exists (
        select from public.meeting_minutes shared where shared.meeting_id = new.id))
    then
        return null;
    end if;
    raise exception 'a step is told by its event, and minutes by their text'
        using errcode = 'insufficient_privilege';
end $$
"""
MINUTES = """
create function meeting_minutes_told() returns trigger
language plpgsql set search_path = '' as $$
declare
    shared constant jsonb := (select minutes.content from public.meeting_minutes minutes
        where minutes.meeting_id = new.meeting_id order by minutes.number desc limit 1);
begin
    if current_user <> 'samspil_app' or shared is null or not exists (
        with said as (
            select (note ->> 'number')::integer number, note ->> 'kind' kind, note ->> 'text' text,
                note ->> 'person' person, (note ->> 'due_on')::date due_on
            from jsonb_array_elements(shared -> 'items') item,
                jsonb_array_elements(item -> 'notes') note
        ), noted as (
            select one.number, one.kind::text, one.text, one.person, one.due_on
            from public.meeting_note one where one.meeting_id = new.meeting_id
        )
        (table said except all table noted) union all (table noted except all table said)
    ) then
        return null;
    end if;
    raise exception 'the minutes say what was noted' using errcode = 'insufficient_privilege';
end $$
"""
NAMED = """
create function meeting_named() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or new.party_id is null
        or new.party_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        or exists (
            select from public.agreement_side side
            join public.agreement_version version on version.id = side.version_id
            where side.agreement_id = new.agreement_id and side.side <> 'observer'
            and version.state in ('signed', 'superseded', 'terminated')
            and new.party_id in (side.organisation_id, side.represented_by_id))
    then
        return new;
    end if;
    raise exception 'people are of the two sides' using errcode = 'insufficient_privilege';
end $$
"""
STAYS = """
create function meeting_note_stays() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user = 'samspil_app' and (
        old.closed_at is not null and (old.closed_at, old.closed_by, old.closed_text)
            is distinct from (new.closed_at, new.closed_by, new.closed_text)
        or old.amendment_id is not null and new.amendment_id is distinct from old.amendment_id)
    then
        raise exception 'what is closed stays closed, and an amendment is asked for once'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
EVENT = """
create function meeting_event_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or (case new.step
        when 'plan' then new.source is null
        when 'people' then new.source = new.target
        when 'move' then new.source = new.target
        when 'send_agenda' then new.target = 'agenda_sent'
        when 'begin' then new.target = 'in_progress'
        when 'share_minutes' then new.target = 'minutes_drafted'
        when 'correct' then new.target = 'minutes_drafted'
        when 'approve' then exists (select from public.meeting_approval own
            where own.meeting_id = new.meeting_id and own.organisation_id = new.organisation_id
            and own.number = (select max(shared.number) from public.meeting_minutes shared
                where shared.meeting_id = new.meeting_id))
        when 'cancel' then new.target = 'cancelled'
        else false end)
    then
        return new;
    end if;
    raise exception 'an event tells of a step' using errcode = 'insufficient_privilege';
end $$
"""
CONSENTED = """
create function handover_consented() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user = 'samspil_app' and new.state not in ('withdrawn', 'obsolete', 'in_error')
        and new.consented_on > (now() at time zone 'Europe/Copenhagen')::date
    then
        raise exception 'nobody has said yes in days to come' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
FUNCTIONS = {
    "meeting_bounds": BOUNDS,
    "meeting_told": TOLD,
    "meeting_minutes_told": MINUTES,
    "meeting_named": NAMED,
    "meeting_note_stays": STAYS,
    "meeting_event_guard": EVENT,
    "handover_consented": CONSENTED,
}
LATER = "deferrable initially deferred for each row"
TRIGGERS = {
    "meeting": {
        "bounds": "before insert or update on meeting for each row execute function meeting_bounds()",
        "told": f"after update on meeting {LATER} when ((old.state, old.starts_at, old.ends_at, "
        "old.place, old.video_link) is distinct from (new.state, new.starts_at, new.ends_at, "
        "new.place, new.video_link)) execute function meeting_told()",
    },
    "meeting_minutes": {
        "told": f"after insert on meeting_minutes {LATER} execute function meeting_minutes_told()"
    },
    "meeting_note": {
        "told": f"after insert or update on meeting_note {LATER} "
        "execute function meeting_minutes_told()",
        "named": "before insert or update on meeting_note for each row "
        "execute function meeting_named()",
        "stays": "before update on meeting_note for each row execute function meeting_note_stays()",
    },
    "meeting_participant": {
        "named": "before insert or update on meeting_participant for each row "
        "execute function meeting_named()"
    },
    "meeting_event": {
        "told": "before insert on meeting_event for each row execute function meeting_event_guard()"
    },
    "handover": {
        "consented": "before insert or update on handover for each row "
        "execute function handover_consented()"
    },
}
PEOPLE = {
    "meeting_participant": "party_id",
    "meeting_note": "party_id",
    "meeting_approval": "organisation_id",
}


def upgrade() -> None:
    rewrite = context.script.get_revision("0032").module.rewrite
    rewrite("meeting_part_guard", ITEM, ADDED)
    rewrite("meeting_part_guard", CAME, CAME_BEFORE)
    for table, of in PEOPLE.items():
        op.create_foreign_key(
            f"fk_{table}_user_id_{of}", table, "user", ["user_id", of], ["id", "organisation_id"]
        )
    for name, body in FUNCTIONS.items():
        op.execute(body)
        op.execute(f"revoke execute on function {name}() from public")
    for triggers in TRIGGERS.values():
        for name, how in triggers.items():
            op.execute(f"create {'constraint ' * (LATER in how)}trigger {name} {how}")


def downgrade() -> None:
    rewrite = context.script.get_revision("0032").module.rewrite
    for table, triggers in TRIGGERS.items():
        for name in triggers:
            op.execute(f"drop trigger {name} on {table}")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}()")
    for table, of in PEOPLE.items():
        op.drop_constraint(f"fk_{table}_user_id_{of}", table, type_="foreignkey")
    rewrite("meeting_part_guard", CAME_BEFORE, CAME)
    rewrite("meeting_part_guard", ADDED, ITEM)
