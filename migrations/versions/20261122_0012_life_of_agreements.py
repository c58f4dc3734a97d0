"""agreements live: versions have states, parties belong to versions, one governs a pair and day

Triggers derive who sees an agreement and which pairs a version governs.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

TABLES = ("agreement", "agreement_version", "agreement_side")
STATES = ("draft", "negotiating", "ready", "signing", "signed", "superseded", "terminated")
STATE = sa.Enum(*STATES, "abandoned", name="state", native_enum=False, length=40)
TERM = sa.Enum("fixed", "open_ended", "rule_set", name="term", native_enum=False, length=40)
OLD_SIDE = sa.Enum("fund", "municipality", name="side", native_enum=False, length=40)
SIDE = sa.Enum("fund", "municipality", "observer", name="side", native_enum=False, length=40)

BINDING = "state in ('signed', 'superseded', 'terminated')"
UNDER_WAY = "state in ('draft', 'negotiating', 'ready', 'signing')"
VERSION_CHECKS = {
    "ends": "ends_on is null or ends_on >= valid_from - 1",
    "private": "(state = 'draft') = (private_to is not null)",
    "frozen": "not (state in ('signing', 'signed', 'superseded', 'terminated')) "
    "or (valid_from is not null and hash <> '')",
    "signed": f"({BINDING}) = (signed_at is not null)",
    "sign_by": "(state = 'signing') = (sign_by is not null)",
    "ended": "state not in ('superseded', 'terminated') or ends_on is not null",
    "term": "term <> 'fixed' or hash = '' or valid_until is not null",
    "rule_set": "(term = 'rule_set') = (rule_set is not null)",
}
SIDE_CHECKS = {
    "represented": "represented_by_id <> organisation_id",
    "mandate": "(represented_by_id is null) = (mandate is null)",
}

# Who sees an agreement: the parties of what is under way (of a draft its drafter alone), and those
# of what was signed. A party that the newest version leaves out sees it until that one begins.
# Observers are let in with the first signature. An agreement that was given up before it was ever
# signed stays with those who negotiated it; who was to join a signed one sees it that day out.
PARTIES_FOLLOW = """
create function agreement_parties_follow(which uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
    with taking_part as (
        select s.organisation_id, s.side,
            bool_or(not v.bound and v.state <> 'abandoned' and s.side <> 'observer'
                and coalesce(v.private_to = s.organisation_id, true)) as is_open,
            max(v.number) filter (where v.bound) as last_bound,
            max(v.changed_at at time zone 'Europe/Copenhagen') filter (
                where v.state = 'abandoned' and s.side <> 'observer')::date as given_up_on
        from public.agreement_side s
        join (select *, state in ('signed', 'superseded', 'terminated') as bound
            from public.agreement_version where agreement_id = which) v on v.id = s.version_id
        group by s.organisation_id, s.side
    ), seeing as (
        select t.organisation_id, t.side, case when t.is_open then null
            when t.last_bound is not null then (
                select min(later.valid_from)::timestamp at time zone 'Europe/Copenhagen'
                from public.agreement_version later
                where later.agreement_id = which and later.number > t.last_bound
                    and later.state in ('signed', 'superseded', 'terminated'))
            when exists (select from public.agreement_version bound
                where bound.agreement_id = which
                    and bound.state in ('signed', 'superseded', 'terminated'))
            then (t.given_up_on + 1)::timestamp at time zone 'Europe/Copenhagen' end as until
        from taking_part t
        where t.is_open or t.last_bound is not null or t.given_up_on is not null
        union
        select v.private_to, case o.kind when 'unemployment_fund' then 'fund'
            else 'municipality' end, null
        from public.agreement_version v join public.organisation o on o.id = v.private_to
        where v.agreement_id = which
    ), now_seeing as (
        select organisation_id, max(side) as side,
            case when bool_or(until is null) then null else max(until) end as until
        from seeing group by organisation_id
    ), gone as (
        update public.agreement_party p set valid_until = now()
        where p.agreement_id = which and coalesce(p.valid_until, 'infinity') > now()
            and not exists (
                select from now_seeing n where n.organisation_id = p.organisation_id)
    )
    insert into public.agreement_party
        (id, agreement_id, organisation_id, side, valid_from, valid_until)
    select gen_random_uuid(), which, n.organisation_id, n.side, now(), n.until from now_seeing n
    on conflict (agreement_id, organisation_id)
        do update set side = excluded.side, valid_until = excluded.valid_until;
end $$
"""
PAIRS_FOLLOW = """
create function agreement_pairs_follow(which uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
    delete from public.agreement_pair where version_id = which;
    insert into public.agreement_pair (id, agreement_id, version_id, fund_id, municipality_id,
        fund_number, municipality_number, first_day, last_day)
    select gen_random_uuid(), v.agreement_id, v.id, fund.id, municipality.id,
        fund.number, municipality.number, v.valid_from, v.ends_on
    from public.agreement_version v
    join public.agreement_side f on f.version_id = v.id and f.side = 'fund'
    join public.agreement_side m on m.version_id = v.id and m.side = 'municipality'
    join public.organisation fund on fund.id = f.organisation_id
    join public.organisation municipality on municipality.id = m.organisation_id
    where v.id = which and v.state in ('signed', 'superseded', 'terminated')
        and coalesce(v.ends_on >= v.valid_from, true);
end $$
"""
AGREEMENT_CREATED = """
create function agreement_created() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into public.agreement_party (id, agreement_id, organisation_id, side, valid_from)
    select gen_random_uuid(), new.id, id, case kind when 'unemployment_fund' then 'fund'
        when 'municipality' then 'municipality' else 'observer' end, now()
    from public.organisation where id = new.created_by_id;
    return null;
end $$
"""
AGREEMENT_PARTIES = """
create function agreement_parties() returns trigger
language plpgsql security definer set search_path = '' as $$
declare side public.agreement_side := case when tg_op = 'DELETE' then old else new end;
begin
    perform public.agreement_parties_follow(side.agreement_id);
    perform public.agreement_pairs_follow(side.version_id);
    return null;
end $$
"""
VERSION_MOVED = """
create function agreement_version_moved() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform public.agreement_parties_follow(new.agreement_id);
    perform public.agreement_pairs_follow(new.id);
    return null;
end $$
"""
FUNCTIONS = (
    "agreement_parties_follow(uuid)",
    "agreement_pairs_follow(uuid)",
    "agreement_created()",
    "agreement_version_moved()",
)
OLD_PARTIES = """
create or replace function agreement_parties() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into public.agreement_party
        (id, agreement_id, organisation_id, side, valid_from)
    values (gen_random_uuid(), new.agreement_id, new.organisation_id, new.side, now())
    on conflict (agreement_id, organisation_id) do update set side = excluded.side;
    return null;
end $$
"""


def upgrade() -> None:
    op.add_column(
        "organisation",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    )
    op.create_unique_constraint(op.f("uq_organisation_number"), "organisation", ["number"])
    op.execute("drop trigger parties on agreement_side")
    with_all_rows(True)
    agreements()
    versions()
    sides()
    with_all_rows(False)
    pairs()
    functions()
    op.execute("select agreement_pairs_follow(id) from agreement_version")


def with_all_rows(seen: bool) -> None:
    """No policy stands while migrations run: only without FORCE does the owner change any row."""
    for table in TABLES:
        op.execute(f"alter table {table} {'no force' if seen else 'force'} row level security")


def agreements() -> None:
    op.add_column("agreement", sa.Column("created_by_id", sa.Uuid(), nullable=True))
    refer("agreement", "created_by_id", "organisation")


def refer(table: str, column: str, to: str, ondelete: str | None = None) -> None:
    name = op.f(f"fk_{table}_{column}")
    op.create_foreign_key(name, table, to, [column], ["id"], ondelete=ondelete)


def versions() -> None:
    for column in (
        sa.Column("state", STATE, nullable=True),
        sa.Column("private_to", sa.Uuid(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("term", TERM, nullable=True),
        sa.Column("notice_months", sa.Integer(), nullable=True),
        sa.Column("rule_set", sa.Text(), nullable=True),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("sign_by", sa.Date(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
    ):
        op.add_column("agreement_version", column)
    op.execute("""
        update agreement_version v set signed_at = v.created_at, changed_at = v.created_at,
            revision = 1, hash = case v.hash when '' then 'unknown' else v.hash end,
            term = case when v.valid_until is null then 'open_ended' else 'fixed' end,
            state = case when next.day is null then 'signed' else 'superseded' end,
            ends_on = least(v.valid_until, next.day - 1)
        from agreement_version same left join lateral (
            select min(valid_from) as day from agreement_version later
            where later.agreement_id = same.agreement_id and later.number > same.number
        ) next on true where same.id = v.id""")
    for name in ("state", "term", "changed_at", "revision"):
        op.alter_column("agreement_version", name, nullable=False)
    op.alter_column("agreement_version", "valid_from", nullable=True)
    refer("agreement_version", "private_to", "organisation")
    for name, check in VERSION_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_agreement_version_{name}"), "agreement_version", check)
    op.create_index(
        "uq_agreement_version_under_way",
        "agreement_version",
        ["agreement_id"],
        unique=True,
        postgresql_where=sa.text(UNDER_WAY),
    )


def sides() -> None:
    op.drop_constraint(op.f("uq_agreement_side_agreement_id_organisation_id"), "agreement_side")
    for name in ("version_id", "represented_by_id"):
        op.add_column("agreement_side", sa.Column(name, sa.Uuid(), nullable=True))
    op.add_column("agreement_side", sa.Column("mandate", sa.Text(), nullable=True))
    op.execute("""
        insert into agreement_side (id, agreement_id, version_id, organisation_id, side, valid_from)
        select gen_random_uuid(), v.agreement_id, v.id, s.organisation_id, s.side, s.valid_from
        from agreement_side s join agreement_version v on v.agreement_id = s.agreement_id
        where s.valid_from <= v.valid_from
            and coalesce(s.valid_until >= coalesce(v.ends_on, v.valid_from), true)""")
    op.execute("delete from agreement_side where version_id is null")
    op.drop_constraint(op.f("ck_agreement_side_span"), "agreement_side")
    op.drop_column("agreement_side", "valid_from")
    op.drop_column("agreement_side", "valid_until")
    op.alter_column("agreement_side", "version_id", nullable=False)
    refer("agreement_side", "version_id", "agreement_version", "cascade")
    refer("agreement_side", "represented_by_id", "organisation")
    name = op.f("uq_agreement_side_version_id_organisation_id")
    op.create_unique_constraint(name, "agreement_side", ["version_id", "organisation_id"])
    for name, check in SIDE_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_agreement_side_{name}"), "agreement_side", check)


def pairs() -> None:
    op.create_table(
        "agreement_pair",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("fund_number", sa.BigInteger(), nullable=False),
        sa.Column("municipality_number", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date()),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(fund_number, fund_number, '[]')"), "&&"),
            (sa.text("int8range(municipality_number, municipality_number, '[]')"), "&&"),
            (sa.text("daterange(first_day, last_day, '[]')"), "&&"),
            name="one_in_force",
        ),
    )
    refer("agreement_pair", "agreement_id", "agreement", "cascade")
    refer("agreement_pair", "version_id", "agreement_version", "cascade")
    refer("agreement_pair", "fund_id", "organisation")
    refer("agreement_pair", "municipality_id", "organisation")
    op.create_index("ix_agreement_pair_of", "agreement_pair", ["fund_id", "municipality_id"])
    op.create_index("ix_agreement_pair_version", "agreement_pair", ["version_id"])


def functions() -> None:
    for made in (PARTIES_FOLLOW, PAIRS_FOLLOW, AGREEMENT_CREATED, VERSION_MOVED):
        op.execute(made)
    op.execute(AGREEMENT_PARTIES.replace("create function", "create or replace function"))
    op.execute(f"revoke execute on function {', '.join(FUNCTIONS)} from public")
    for name, when, table, function in (
        ("parties", "after insert or delete", "agreement_side", "agreement_parties()"),
        ("created", "after insert", "agreement", "agreement_created()"),
        (
            "moved",
            "after update of state, private_to, ends_on, valid_from",
            "agreement_version",
            "agreement_version_moved()",
        ),
    ):
        op.execute(
            f"create trigger {name} {when} on {table} for each row execute function {function}"
        )
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for function in FUNCTIONS:
        op.execute(f"alter function {function} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    """Back to parties of agreements; what was never signed goes."""
    for name, table in (
        ("moved", "agreement_version"),
        ("created", "agreement"),
        ("parties", "agreement_side"),
    ):
        op.execute(f"drop trigger {name} on {table}")
    op.execute(OLD_PARTIES)
    op.execute(f"drop function {', '.join(FUNCTIONS)}")
    op.drop_table("agreement_pair")
    with_all_rows(True)
    op.execute(f"delete from agreement_version where not ({BINDING})")
    op.execute("delete from agreement where id not in (select agreement_id from agreement_version)")
    sides_as_before()
    versions_as_before()
    op.drop_column("agreement", "created_by_id")
    with_all_rows(False)
    op.execute(
        "create trigger parties after insert or update on agreement_side "
        "for each row execute function agreement_parties()"
    )
    op.drop_column("organisation", "number")


def sides_as_before() -> None:
    op.add_column("agreement_side", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("agreement_side", sa.Column("valid_until", sa.Date(), nullable=True))
    op.execute("delete from agreement_side where side = 'observer'")
    op.execute("""
        update agreement_side s set valid_from = v.valid_from
        from agreement_version v where v.id = s.version_id""")
    op.execute("""
        delete from agreement_side s using agreement_side other
        where other.agreement_id = s.agreement_id and other.organisation_id = s.organisation_id
            and (other.valid_from, other.id) < (s.valid_from, s.id)""")
    for name in SIDE_CHECKS:
        op.drop_constraint(op.f(f"ck_agreement_side_{name}"), "agreement_side")
    for name in ("version_id", "represented_by_id", "mandate"):
        op.drop_column("agreement_side", name)
    op.alter_column("agreement_side", "valid_from", nullable=False)
    op.create_unique_constraint(
        op.f("uq_agreement_side_agreement_id_organisation_id"),
        "agreement_side",
        ["agreement_id", "organisation_id"],
    )
    op.create_check_constraint(
        op.f("ck_agreement_side_span"),
        "agreement_side",
        "valid_until is null or valid_until >= valid_from",
    )


def versions_as_before() -> None:
    op.drop_index("uq_agreement_version_under_way", "agreement_version")
    for name in VERSION_CHECKS:
        op.drop_constraint(op.f(f"ck_agreement_version_{name}"), "agreement_version")
    for name in (
        "state",
        "private_to",
        "ends_on",
        "term",
        "notice_months",
        "rule_set",
        "template",
        "sign_by",
        "signed_at",
        "changed_at",
        "revision",
    ):
        op.drop_column("agreement_version", name)
    op.alter_column("agreement_version", "valid_from", nullable=False)
