"""restricted cases: for named people only, with all that hangs on them, and their packages

As of packages, the row of the case itself holds who may see it, and its policy asks for it. The
packages follow the case: what it freezes is restricted from its start, for both parties, and cannot
be lifted before the case is.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0062"
down_revision = "0061"

ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
PERSON = "nullif(current_setting('samspil.person', true), '')::uuid"
HELD = f"""
    select from public.membership m join public.role_grant g on g.membership_id = m.id
    where m.user_id = {PERSON} and m.organisation_id = {ME}
    and m.valid_from <= (now() at time zone 'Europe/Copenhagen')::date
    and coalesce(m.valid_until, 'infinity') >= (now() at time zone 'Europe/Copenhagen')::date
    and g.role in ('team_lead', 'agreement_owner')
"""
# Without who has asked for it, nothing of it is told but that it is there.
RESTRICTED = f"""
create function case_restricted() returns table
    (case_id uuid, adviser text, is_closed boolean, sees boolean)
language sql stable security definer set search_path = '' rows 25 as $$
    select c.id, u.name, c.closed_at is not null, coalesce({PERSON} = any(c.readers), false)
    from public.member_case c left join public."user" u on u.id = c.adviser_id
    where c.organisation_id = {ME} and c.readers is not null
    and ({PERSON} = any(c.readers) or exists ({HELD}))
$$
"""
HIDDEN = f"""
create function cases_hidden(until date) returns bigint
language sql stable security definer set search_path = '' as $$
    select count(*) from public.member_case c
    where c.organisation_id = {ME} and c.readers is not null and c.closed_at is null
    and ($1 is null or c.transfer_on <= $1) and not coalesce({PERSON} = any(c.readers), false)
$$
"""
# Of what is asked for, what an open case of the own organisation has: also one that is not shown.
TAKEN = f"""
create function cases_taken(numbers bytea[], named text[], but uuid) returns table
    (cpr_index bytea, own_reference text)
language sql stable security definer set search_path = '' rows 5 as $$
    select c.cpr_index, null from public.member_case c
    where c.organisation_id = {ME} and c.closed_at is null and c.cpr_index = any($1)
    and c.id is distinct from $3
    union all
    select null, c.own_reference from public.member_case c
    where c.organisation_id = {ME} and c.closed_at is null and c.own_reference = any($2)
    and c.id is distinct from $3
$$
"""
# Whoever has the case is named by having it.
READERS = """
create function member_case_readers() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    new.readers := null;
    if exists (select from public.case_restriction r
        where r.case_id = new.id and r.lifted_at is null) then
        new.readers := array(
            select r.user_id from public.case_reader r where r.case_id = new.id
            union select new.adviser_id where new.adviser_id is not null);
    end if;
    return new;
end $$
"""
WRITTEN = """
create function case_readers_written() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update public.member_case set readers = readers
    where id = coalesce(new.case_id, old.case_id);
    return null;
end $$
"""
# Of the own side the same people; the other side's leader names its own.
KEEP = """
create function case_keeps(package uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
    about record;
begin
    select h.id, c.organisation_id, c.readers, r.basis, r.person into about
    from public.handover h
    join public.member_case c on c.id = h.case_id
        and c.organisation_id in (h.sender_id, h.receiver_id)
    join public.case_restriction r on r.case_id = c.id and r.lifted_at is null
    where h.id = $1;
    if about.id is null then
        return;
    end if;
    insert into public.handover_restriction
        (id, handover_id, organisation_id, basis, reason, person, set_at)
    values (gen_random_uuid(), about.id, about.organisation_id, about.basis,
        'A-kassen har begrænset adgangen til medlemmets sag.', about.person, now())
    on conflict (handover_id) where lifted_at is null do nothing;
    delete from public.handover_reader
    where handover_id = about.id and organisation_id = about.organisation_id
    and user_id <> all(about.readers);
    insert into public.handover_reader
        (id, handover_id, organisation_id, user_id, person, named_by, named_at)
    select gen_random_uuid(), about.id, about.organisation_id, u.id, u.name, about.person, now()
    from public."user" u where u.id = any(about.readers)
    on conflict (handover_id, user_id) do nothing;
end $$
"""
KEPT = """
create function member_case_kept() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform public.case_keeps(h.id) from public.handover h
    where h.case_id = new.id and new.organisation_id in (h.sender_id, h.receiver_id);
    return null;
end $$
"""
# A member's new fund begins with what it was sent: of what was restricted, no less so.
BEGUN = """
create function handover_kept() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    former record;
begin
    select r.basis, p.readers into former from public.handover h
    join public.handover_restriction r on r.handover_id = h.id and r.lifted_at is null
    join public.handover_party p on p.handover_id = h.id and p.organisation_id = new.sender_id
    where h.id = new.former_id and h.kind = 'akasseskift';
    if former.basis is not null and not exists (select from public.case_restriction r
        where r.case_id = new.case_id and r.lifted_at is null) then
        insert into public.case_restriction
            (id, organisation_id, case_id, basis, reason, person, set_at)
        values (gen_random_uuid(), new.sender_id, new.case_id, former.basis,
            'Den tidligere a-kasse havde begrænset adgangen.', 'Samspil', now());
        insert into public.case_reader
            (id, organisation_id, case_id, user_id, person, named_by, named_at)
        select gen_random_uuid(), new.sender_id, new.case_id, u.id, u.name, 'Samspil', now()
        from public."user" u where u.id = any(former.readers)
        on conflict (case_id, user_id) do nothing;
    end if;
    perform public.case_keeps(new.id);
    return null;
end $$
"""
# As long as the case is restricted: who is not named there is not named for its package either.
GUARD = """
create function handover_restriction_kept() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if exists (
        select from public.handover h
        join public.member_case c on c.id = h.case_id
        and c.organisation_id in (h.sender_id, h.receiver_id)
        where h.id = new.handover_id and c.readers is not null and case tg_table_name
        when 'handover_reader' then c.organisation_id = new.organisation_id
            and (to_jsonb(new) ->> 'user_id')::uuid <> all(c.readers)
        else to_jsonb(new) ->> 'lifted_at' is not null end
    ) then
        raise exception 'a package is kept as its case is' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
KEPT_BY_CASE = f"""
create function handover_kept_by_case(package uuid) returns uuid
language sql stable security definer set search_path = '' as $$
    select c.id from public.handover_party p
    join public.handover h on h.id = p.handover_id
    join public.member_case c on c.id = h.case_id
        and c.organisation_id in (h.sender_id, h.receiver_id)
    where p.handover_id = $1 and p.organisation_id = {ME} and c.readers is not null
    and p.valid_from <= now() and coalesce(p.valid_until, 'infinity') > now()
$$
"""
ASKED = {
    "case_restricted()": RESTRICTED,
    "cases_hidden(date)": HIDDEN,
    "cases_taken(bytea[], text[], uuid)": TAKEN,
    "handover_kept_by_case(uuid)": KEPT_BY_CASE,
}
BEHIND = {
    "member_case_readers()": READERS,
    "case_readers_written()": WRITTEN,
    "case_keeps(uuid)": KEEP,
    "member_case_kept()": KEPT,
    "handover_kept()": BEGUN,
    "handover_restriction_kept()": GUARD,
}
CHANGED = "when (new.readers is not null and new.readers is distinct from old.readers)"
TRIGGERS = (
    ("readers", "before insert or update", "member_case", "", "member_case_readers()"),
    ("written", "after insert or update", "case_restriction", "", "case_readers_written()"),
    ("written", "after insert or delete", "case_reader", "", "case_readers_written()"),
    ("kept", "after update", "member_case", CHANGED, "member_case_kept()"),
    ("kept", "after insert", "handover", "", "handover_kept()"),
    ("kept", "before update", "handover_restriction", "", "handover_restriction_kept()"),
    ("kept", "before insert", "handover_reader", "", "handover_restriction_kept()"),
)
SEARCHED = "where organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid"
NAMED = f"\n    and coalesce({PERSON} = any(readers), readers is null)"
SHIELDED = f"where h.case_id = $1 and h.sender_id = coalesce({ME}, h.sender_id)"
OR_CASE = f"""
        union all select from public.case_restriction r
        where r.case_id = $1 and r.lifted_at is null
        and r.organisation_id = coalesce({ME}, r.organisation_id)"""
INCLUDED = " INCLUDE (readers)"
LISTS = "mine", "unit", "municipality", "open", "closed"


def rewrite(function: str, old: str, new: str) -> None:
    context.script.get_revision("0032").module.rewrite(function, old, new)


def upgrade() -> None:
    op.add_column("member_case", sa.Column("readers", ARRAY(sa.Uuid())))
    for name in LISTS:
        remade(f"ix_member_case_{name}", " WHERE", f"{INCLUDED} WHERE")
    op.create_index(
        "ix_member_case_restricted",
        "member_case",
        ["organisation_id"],
        postgresql_where=sa.text("readers is not null"),
    )
    make_tables()
    for made in (*ASKED.values(), *BEHIND.values()):
        op.execute(made)
    for name, when, table, only, function in TRIGGERS:
        op.execute(
            f"create trigger {name} {when} on {table} for each row {only} "
            f"execute function {function}"
        )
    keep(*ASKED, *BEHIND)
    op.execute(f"grant execute on function {', '.join(ASKED)} to samspil_app, samspil_worker")
    rewrite("member_case_search", SEARCHED, SEARCHED + NAMED)
    rewrite("survey_shields", SHIELDED, SHIELDED + OR_CASE)


def remade(index: str, old: str, new: str) -> None:
    found = sa.text("select indexdef from pg_indexes where indexname = :index")
    definition = op.get_bind().execute(found, {"index": index}).scalar_one()
    op.execute(f"drop index {index}")
    op.execute(definition.replace(old, new))


def make_tables() -> None:
    op.create_table(
        "case_restriction",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by", sa.Text()),
        sa.Column("lifted_reason", sa.Text()),
        of_case(),
        sa.CheckConstraint(
            "num_nulls(lifted_at, lifted_by, lifted_reason) in (0, 3)", name="lifted"
        ),
    )
    op.create_index(
        "uq_case_restriction_one",
        "case_restriction",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.create_table(
        "case_reader",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        of_case(),
        sa.ForeignKeyConstraint(
            ["user_id", "organisation_id"], ["user.id", "user.organisation_id"]
        ),
        sa.UniqueConstraint("case_id", "user_id"),
    )


def of_case() -> sa.ForeignKeyConstraint:
    ours, theirs = ["case_id", "organisation_id"], ["member_case.id", "member_case.organisation_id"]
    return sa.ForeignKeyConstraint(ours, theirs, ondelete="cascade")


def keep(*functions: str) -> None:
    op.execute(f"revoke execute on function {', '.join(functions)} from public")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for function in functions:
        op.execute(f"alter function {function} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    rewrite("survey_shields", OR_CASE, "")
    rewrite("member_case_search", NAMED, "")
    for name, _when, table, _only, _function in TRIGGERS:
        op.execute(f"drop trigger {name} on {table}")
    for function in (*ASKED, *BEHIND):
        op.execute(f"drop function {function}")
    op.drop_table("case_reader")
    op.drop_table("case_restriction")
    op.drop_index("ix_member_case_restricted", "member_case")
    for name in LISTS:
        remade(f"ix_member_case_{name}", INCLUDED, "")
    op.drop_column("member_case", "readers")
