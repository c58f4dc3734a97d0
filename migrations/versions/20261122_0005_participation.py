"""participation: who is let in when, the copies that lists use, search, sessions, the audit's guard

Functions that see more than their caller belong to the keeper: under FORCE the owner of a table is
held by its policies too, and so would be the owner's functions. Each names its schemas, is closed
to PUBLIC (which may otherwise call any new function) and takes no organisation from its caller,
but for `can_receive`, which answers yes or no.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

AGREEMENT_PARTIES = """
create function agreement_parties() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into public.agreement_party
        (id, agreement_id, organisation_id, side, valid_from)
    values (gen_random_uuid(), new.agreement_id, new.organisation_id, new.side, now())
    on conflict (agreement_id, organisation_id) do update set side = excluded.side;
    return null;
end $$
"""
HANDOVER_PARTIES = """
create function handover_parties() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_op = 'INSERT' then
        insert into public.handover_party (id, handover_id, organisation_id, side, valid_from)
        values (gen_random_uuid(), new.id, new.sender_id, 'sender', now());
    end if;
    if new.sent_at is not null and (tg_op = 'INSERT' or old.sent_at is null) then
        insert into public.handover_party (id, handover_id, organisation_id, side, valid_from)
        values (gen_random_uuid(), new.id, new.receiver_id, 'receiver', now());
    end if;
    update public.handover_party set changed_at = new.changed_at where handover_id = new.id;
    return null;
end $$
"""
# Where no clock runs the due day is far ahead, so that it sorts last and pages by key.
HANDOVER_COPIES = """
create function handover_party_copies() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    select h.state, h.kind, h.reference, h.member_name, h.cpr_index, h.changed_at,
        coalesce(h.due_on, date '9999-12-31'),
        case when h.closed_at is not null then 'closed'
            when h.turn in (new.side, 'both') then 'ours' else 'theirs' end,
        case new.side when 'sender' then h.receiver_id else h.sender_id end,
        case new.side when 'sender' then h.sender_person_id else h.receiver_person_id end,
        case new.side when 'sender' then h.sender_person else h.receiver_person end,
        case new.side when 'sender' then h.sender_unit_id else h.receiver_unit_id end,
        to_tsvector('pg_catalog.simple', replace(h.reference || ' ' || h.member_name, '-', ' '))
            || array_to_tsvector(array[new.organisation_id::text])
    into new.state, new.kind, new.reference, new.member_name, new.cpr_index, new.changed_at,
        new.due_on, new.standing, new.other_id, new.person_id, new.person, new.unit_id, new.search
    from public.handover h where h.id = new.handover_id;
    return new;
end $$
"""
# `@@` is not leakproof, so under a policy it gets no index. Here the organisation is a lexeme
# beside the words. Only ids leave; the rows are then read under the policy like any others.
HANDOVER_SEARCH = """
create function handover_search(words text[], most integer) returns setof uuid
language sql stable security definer set search_path = '' rows 25 as $$
    select id from public.handover_party
    where organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid
    and valid_from <= now() and coalesce(valid_until, 'infinity') > now()
    and search @@ (
        to_tsquery('pg_catalog.simple', array_to_string($1, ':* & ') || ':*')
        && quote_literal(current_setting('samspil.organisation', true))::tsquery
    )
    order by changed_at desc, handover_id desc limit $2
$$
"""
HANDOVER_OPENINGS = """
create function handover_openings(handover uuid)
returns table (side text, first_at timestamptz, last_at timestamptz, times bigint)
language sql stable security definer set search_path = '' rows 2 as $$
    select p.side, min(a.at), max(a.at), count(*)
    from public.audit_event a
    join public.handover_party p
        on p.handover_id = $1 and p.organisation_id = a.organisation_id
    where a.subject_id = $1 and a.action = 'handovers.show' and a.outcome = 'done'
    and exists (
        select from public.handover_party me where me.handover_id = $1
        and me.organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        and me.valid_from <= now() and coalesce(me.valid_until, 'infinity') > now()
    )
    group by p.side
$$
"""
CASE_COPIES = """
create function member_case_search_words() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    new.search := to_tsvector(
        'pg_catalog.simple',
        translate(new.name || ' ' || coalesce(new.own_reference, ''), '-./_:', '     ')
    ) || array_to_tsvector(array[new.organisation_id::text]);
    return new;
end $$
"""
CASE_SEARCH = """
create function member_case_search(words text[], most integer) returns setof uuid
language sql stable security definer set search_path = '' rows 25 as $$
    select id from public.member_case
    where organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid
    and search @@ (
        to_tsquery('pg_catalog.simple', array_to_string($1, ':* & ') || ':*')
        && quote_literal(current_setting('samspil.organisation', true))::tsquery
    )
    order by created_at desc, id desc limit $2
$$
"""
# One round trip says who asks. Read before any organisation is known, hence the keeper's. The
# session lives while it is used (idle), at most until expires_at, and only as long as its user,
# membership and provider do. `seen_at` moves at most once a minute, and nobody waits to move it.
SESSION_OF = """
create function session_of(hash bytea, idle interval, touch boolean)
returns table (
    session_id uuid, user_id uuid, name text, language text, organisation_id uuid,
    organisation text, organisation_slug text, kind text, unit_id uuid, level text, roles text[]
)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    today constant date := (now() at time zone 'Europe/Copenhagen')::date;
begin
    if touch then
        update public.user_session set seen_at = now() where id = (
            select id from public.user_session
            where token_hash = hash and ended_at is null and expires_at > now()
            and seen_at > now() - idle and seen_at < now() - interval '1 minute'
            for update skip locked
        );
    end if;
    return query
    select s.id, u.id, u.name, u.language, o.id, n.name, o.slug, o.kind::text, m.unit_id,
        s.level, coalesce((
            select array_agg(distinct g.role::text) from public.role_grant g
            where g.membership_id = m.id
        ), '{}')
    from public.user_session s
    join public."user" u on u.id = s.user_id and u.closed_at is null
    join public.identity_provider i on i.id = s.provider_id and i.enabled
    join public.membership m on m.user_id = u.id and m.organisation_id = s.organisation_id
        and m.valid_from <= today and coalesce(m.valid_until, 'infinity') >= today
    join public.organisation o on o.id = s.organisation_id
    join lateral (
        select v.name from public.organisation_name v
        where v.organisation_id = o.id and v.valid_from <= today
        order by v.valid_from desc limit 1
    ) n on true
    where s.token_hash = hash and s.ended_at is null and s.expires_at > now()
    and s.seen_at > now() - idle;
end $$
"""
# A provider says goodbye on behalf of somebody; on a shared issuer only the session knows for which
# organisation. Only ids leave; the rows are then ended under the policy of that organisation.
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
CAN_RECEIVE = """
create function can_receive(organisation uuid, today date) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.unit u where u.organisation_id = $1 and u.mailbox is not null
        and u.valid_from <= $2 and coalesce(u.valid_until, 'infinity') >= $2
    ) or exists (
        select from public.membership m
        join public."user" p on p.id = m.user_id and p.closed_at is null
        join public.role_grant g on g.membership_id = m.id and g.role in ('contact', 'coordinator')
        where m.organisation_id = $1
        and m.valid_from <= $2 and coalesce(m.valid_until, 'infinity') >= $2
    )
$$
"""
# The only change that a row of the log ever sees is its seal.
AUDIT_GUARD = """
create function audit_event_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if tg_op = 'UPDATE' and old.seal_no is null and new.seal_no is not null
        and to_jsonb(old) - 'seal_no' - 'hash' = to_jsonb(new) - 'seal_no' - 'hash'
    then
        return new;
    end if;
    raise exception 'the audit log is never changed';
end $$
"""
FUNCTIONS = (
    "agreement_parties()",
    "handover_parties()",
    "handover_party_copies()",
    "handover_search(text[], integer)",
    "handover_openings(uuid)",
    "member_case_search_words()",
    "member_case_search(text[], integer)",
    "session_of(bytea, interval, boolean)",
    "sessions_of(uuid, text, text)",
    "can_receive(uuid, date)",
)
FOR_THE_WEB = (
    "handover_search(text[], integer)",
    "handover_openings(uuid)",
    "member_case_search(text[], integer)",
    "session_of(bytea, interval, boolean)",
    "sessions_of(uuid, text, text)",
    "can_receive(uuid, date)",
)
TRIGGERS = (
    ("parties", "after insert or update", "agreement_side", "agreement_parties()"),
    ("parties", "after insert or update", "handover", "handover_parties()"),
    ("copies", "before insert or update", "handover_party", "handover_party_copies()"),
    ("copies", "before insert or update", "member_case", "member_case_search_words()"),
    ("guard", "before update or delete", "audit_event", "audit_event_guard()"),
)


def upgrade() -> None:
    for made in (
        AGREEMENT_PARTIES,
        HANDOVER_PARTIES,
        HANDOVER_COPIES,
        HANDOVER_SEARCH,
        HANDOVER_OPENINGS,
        CASE_COPIES,
        CASE_SEARCH,
        SESSION_OF,
        SESSIONS_OF,
        CAN_RECEIVE,
        AUDIT_GUARD,
    ):
        op.execute(made)
    for name, when, table, function in TRIGGERS:
        op.execute(
            f"create trigger {name} {when} on {table} for each row execute function {function}"
        )
    op.execute(
        "create trigger guard_all before truncate on audit_event "
        "for each statement execute function audit_event_guard()"
    )
    op.execute(f"revoke execute on function {', '.join(FUNCTIONS)} from public")
    op.execute(f"grant execute on function {', '.join(FOR_THE_WEB)} to samspil_app, samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for function in FUNCTIONS:
        op.execute(f"alter function {function} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute("drop trigger guard_all on audit_event")
    for name, _when, table, _function in TRIGGERS:
        op.execute(f"drop trigger {name} on {table}")
    for function in (*FUNCTIONS, "audit_event_guard()"):
        op.execute(f"drop function {function}")
