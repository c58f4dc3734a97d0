"""kept by the database: what was left to the actions of meetings, for who writes SQL as the web

Figures of a pack are those that were published or reported, what was sent and shared has its hash,
who approves may do so for their side, a meeting begins on its day, and an action is closed by whose
it is.
"""

from alembic import op

revision = "0067"
down_revision = "0066"

ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
DAY = "(%s at time zone 'Europe/Copenhagen')::date"
REFUSED = "using errcode = 'insufficient_privilege'"
SPELT = """
create function meeting_spelt(content jsonb) returns text
language plpgsql immutable set search_path = '' as $$
begin
    return case jsonb_typeof(content)
        when 'object' then (select '{' || coalesce(string_agg(
                to_jsonb(one.key)::text || ':' || public.meeting_spelt(one.value), ','
                order by one.key collate "C"), '') || '}'
            from jsonb_each(content) one)
        when 'array' then (select '[' || coalesce(string_agg(
                public.meeting_spelt(one.value), ',' order by one.place), '') || ']'
            from jsonb_array_elements(content) with ordinality one(value, place))
        else content::text end;
end $$
"""
HASHED = f"""
create function meeting_hashed() returns trigger
language plpgsql set search_path = '' as $$
declare
    told constant jsonb := to_jsonb(new);
    content constant jsonb := coalesce(told -> 'pack', told -> 'content');
begin
    if current_user <> 'samspil_app' or coalesce(told ->> 'pack_hash', told ->> 'hash')
        = encode(sha256(convert_to(public.meeting_spelt(content), 'UTF8')), 'hex')
    then
        return new;
    end if;
    raise exception 'what is frozen has the hash of its text' {REFUSED};
end $$
"""
FIGURES = f"""
create function meeting_figures() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or not exists (
        select from jsonb_array_elements(coalesce(new.pack -> 'figures', '[]')) one
        where not case
            when one -> 'share' <> 'null' then exists (
                select from public.agreement_told(array[new.version_id],
                    (one ->> 'first')::date, (one ->> 'last')::date) told
                where told."set" = one ->> 'set' and told.code = one ->> 'code'
                having one -> 'share' = case when one ->> 'each' = 'true'
                    then jsonb_build_array(coalesce(sum(told.most), 0),
                        coalesce(sum(told.most), 0), coalesce(sum(told.most), 0))
                    else jsonb_build_array(coalesce(sum(told."of"), 0),
                        coalesce(sum(told.low), 0), coalesce(sum(told.high), 0)) end
            ) and not exists (
                select from regexp_matches(one ->> 'text', '\\d+', 'g') number
                where number[1]::numeric not in (
                    (one -> 'share' ->> 0)::numeric, (one -> 'share' ->> 1)::numeric,
                    (one -> 'share' ->> 2)::numeric)
                and abs(number[1]::numeric - 100 * (one -> 'share' ->> 1)::numeric
                    / greatest((one -> 'share' ->> 0)::numeric, 1)) >= 1
                and abs(number[1]::numeric - 100 * (one -> 'share' ->> 2)::numeric
                    / greatest((one -> 'share' ->> 0)::numeric, 1)) >= 1)
            else one ->> 'text' !~ '\\d' or exists (
                select from public.goal_value reported
                where reported.agreement_id = new.agreement_id
                and reported.code = one ->> 'code' and reported.shown = one ->> 'text'
                and reported.state in ('submitted', 'approved')) end)
        and not exists (
            select from jsonb_array_elements(coalesce(new.pack -> 'items', '[]')) item,
                jsonb_array_elements(case when item ->> 'source' in ('goals', 'surveys')
                    then coalesce(nullif(item -> 'evidence', 'null') -> 'rows', '[]')
                    else '[]' end) told
            where not exists (
                select from jsonb_array_elements(new.pack -> 'figures') one
                where one ->> 'label' = told ->> 0 and one ->> 'text' = told ->> 2))
    then
        return new;
    end if;
    raise exception 'the figures of a pack are those that both sides may read' {REFUSED};
end $$
"""
ON_ITS_DAY = f"""
create function meeting_on_its_day() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app'
        or {DAY % "new.began_at"} >= {DAY % "new.starts_at"}
        and {DAY % "new.starts_at"} <= {DAY % "now()"}
    then
        return new;
    end if;
    raise exception 'a meeting begins on its day or later' {REFUSED};
end $$
"""
APPROVER = f"""
create function meeting_approver() returns trigger
language plpgsql set search_path = '' as $$
declare
    day constant date := {DAY % "now()"};
    acting constant uuid[] := array_append(public.stood_in_for(new.user_id, day), new.user_id);
begin
    if current_user <> 'samspil_app' or exists (
        select from public.meeting_participant own
        where own.meeting_id = new.meeting_id and own.party_id = new.organisation_id
        and own.user_id = any(acting)
    ) or exists (
        select from public.membership place
        join public.role_grant owner on owner.membership_id = place.id
            and owner.role = 'agreement_owner'
        where place.organisation_id = new.organisation_id and place.user_id = any(acting)
    ) or exists (
        select from public.agreement_contact named
        where named.agreement_id = new.agreement_id
        and named.organisation_id = new.organisation_id and named.deputy_id = new.user_id
        and named.valid_from <= day and coalesce(named.valid_until, day) >= day
    )
    then
        return new;
    end if;
    raise exception 'who approves takes part, owns the agreement, or stands in' {REFUSED};
end $$
"""
OWED = f"""
create function meeting_note_owed() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or coalesce(new.party_id = {ME}, true) or exists (
        select from public.agreement_side side
        where side.agreement_id = new.agreement_id and side.organisation_id = new.party_id
        and side.represented_by_id = {ME})
    then
        return new;
    end if;
    raise exception 'an action is closed by whose it is' {REFUSED};
end $$
"""
FUNCTIONS = {
    "meeting_spelt(jsonb)": SPELT,
    "meeting_hashed()": HASHED,
    "meeting_figures()": FIGURES,
    "meeting_on_its_day()": ON_ITS_DAY,
    "meeting_approver()": APPROVER,
    "meeting_note_owed()": OWED,
}
BEFORE = "for each row when (%s) execute function meeting_%s()"
PACKED = "new.pack is not null and new.pack is distinct from old.pack"
TRIGGERS = {
    "meeting": {
        "hashed": "before update on meeting " + BEFORE % (PACKED, "hashed"),
        "figures": "before update on meeting " + BEFORE % (PACKED, "figures"),
        "on_its_day": "before update on meeting "
        + BEFORE % ("new.began_at is distinct from old.began_at", "on_its_day"),
    },
    "meeting_minutes": {
        "hashed": "before insert on meeting_minutes " + BEFORE % ("true", "hashed"),
    },
    "meeting_approval": {
        "approver": "before insert on meeting_approval " + BEFORE % ("true", "approver"),
    },
    "meeting_note": {
        "owed": "before update on meeting_note "
        + BEFORE % ("old.closed_at is null and new.closed_at is not null", "note_owed"),
    },
}


def upgrade() -> None:
    for name, body in FUNCTIONS.items():
        op.execute(body)
        op.execute(f"revoke execute on function {name} from public")
    op.execute("grant execute on function meeting_spelt(jsonb) to samspil_app")
    for triggers in TRIGGERS.values():
        for name, how in triggers.items():
            op.execute(f"create trigger {name} {how}")


def downgrade() -> None:
    for table, triggers in TRIGGERS.items():
        for name in triggers:
            op.execute(f"drop trigger {name} on {table}")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}")
