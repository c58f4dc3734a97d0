"""restricted packages: for named people only, held by the database

A party's row holds who may see the package there, and its policy asks for it: nothing where it is
everybody. So whatever hangs on the row follows, lists and search too, and `samspil.person` says who
asks, beside the organisation. What is hidden is counted for everybody; which they are is known to
who leads, who owns agreements and who is named.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0035"
down_revision = "0034"

ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
PERSON = "nullif(current_setting('samspil.person', true), '')::uuid"
RUNS = "valid_from <= now() and coalesce({0}valid_until, 'infinity') > now()"
HELD = f"""
    select from public.membership m join public.role_grant g on g.membership_id = m.id
    where m.user_id = {PERSON} and m.organisation_id = {ME}
    and m.valid_from <= (now() at time zone 'Europe/Copenhagen')::date
    and coalesce(m.valid_until, 'infinity') >= (now() at time zone 'Europe/Copenhagen')::date
    and g.role in ({{0}})
"""
LEADS = f"""
create function leads() returns boolean
language sql stable security definer set search_path = '' as $$
    select exists ({HELD.format("'team_lead', 'coordinator'")})
$$
"""
# Without who has asked for it, nothing of it is told but that it is there.
RESTRICTED = f"""
create function handover_restricted() returns table
    (handover_id uuid, reference text, side text, state text, person text, sees boolean)
language sql stable security definer set search_path = '' rows 25 as $$
    select p.handover_id, p.reference, p.side, p.state, p.person, {PERSON} = any(p.readers)
    from public.handover_party p
    where p.organisation_id = {ME} and p.{RUNS.format("p.")} and p.readers is not null
    and ({PERSON} = any(p.readers)
        or exists ({HELD.format("'team_lead', 'coordinator', 'agreement_owner'")}))
$$
"""
HIDDEN = f"""
create function handover_hidden() returns bigint
language sql stable security definer set search_path = '' as $$
    select count(*) from public.handover_party p
    where p.organisation_id = {ME} and p.{RUNS.format("p.")} and p.readers is not null
    and p.standing <> 'closed' and not coalesce({PERSON} = any(p.readers), false)
$$
"""
# After `copies` and `letters`, by its name. Whoever has the package is named by having it.
READERS = """
create function handover_party_readers() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    new.readers := null;
    if exists (select from public.handover_restriction r
        where r.handover_id = new.handover_id and r.lifted_at is null) then
        new.readers := array(
            select r.user_id from public.handover_reader r
            where r.handover_id = new.handover_id and r.organisation_id = new.organisation_id
            union select new.person_id where new.person_id is not null);
    end if;
    return new;
end $$
"""
WRITTEN = """
create function handover_readers_written() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update public.handover_party set readers = readers
    where handover_id = coalesce(new.handover_id, old.handover_id);
    return null;
end $$
"""
TRIGGERS = (
    ("readers", "before insert or update", "handover_party", "handover_party_readers()"),
    ("written", "after insert or update", "handover_restriction", "handover_readers_written()"),
    ("written", "after insert or delete", "handover_reader", "handover_readers_written()"),
)
FUNCTIONS = ("leads()", "handover_restricted()", "handover_hidden()")
BEHIND = ("handover_party_readers()", "handover_readers_written()")
# A list is read from its index alone, so what the policy asks for is in it.
FORMER, OURS = "(valid_from, valid_until)", "(valid_from, valid_until, readers)"


def upgrade() -> None:
    op.add_column("handover_party", sa.Column("readers", ARRAY(sa.Uuid())))
    include(FORMER, OURS)
    op.create_index(
        "ix_handover_party_restricted",
        "handover_party",
        ["organisation_id"],
        postgresql_where=sa.text("readers is not null"),
    )
    make_tables()
    for made in (LEADS, RESTRICTED, HIDDEN, READERS, WRITTEN):
        op.execute(made)
    keep(*FUNCTIONS, *BEHIND)
    op.execute(f"grant execute on function {', '.join(FUNCTIONS)} to samspil_app, samspil_worker")
    for name, when, table, function in TRIGGERS:
        op.execute(
            f"create trigger {name} {when} on {table} for each row execute function {function}"
        )
    replace_in("handover_search", SEARCHED, SEARCHED + NAMED)
    replace_in("calendar_of", CALENDAR, CALENDAR + FED)
    replace_in("handover_openings", OPENED, OPENED + LOOKED)


# What the functions of before say of who is let in, and what is said besides from now on.
SEARCHED = "and valid_from <= now() and coalesce(valid_until, 'infinity') > now()"
NAMED = f"\n    and coalesce({PERSON} = any(readers), readers is null)"
CALENDAR = "and p.valid_from <= now() and coalesce(p.valid_until, 'infinity') > now()"
FED = "\n        and coalesce(f.user_id = any(p.readers), p.readers is null)"
OPENED = "and me.valid_from <= now() and coalesce(me.valid_until, 'infinity') > now()"
LOOKED = f"\n        and coalesce({PERSON} = any(me.readers), me.readers is null)"


def replace_in(function: str, old: str, new: str) -> None:
    """The function as it stands, with a sentence of it changed; who owns it and may call it stays."""
    found = f"select pg_get_functiondef(oid) from pg_proc where proname = '{function}'"
    body = op.get_bind().scalar(sa.text(found))
    if old not in body:
        raise RuntimeError(f"{function} is not as it was expected")
    op.get_bind().exec_driver_sql(body.replace(old, new, 1).replace("%", "%%"))


def make_tables() -> None:
    op.create_table(
        "handover_restriction",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by", sa.Text()),
        sa.Column("lifted_reason", sa.Text()),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], ondelete="cascade"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.CheckConstraint(
            "num_nulls(lifted_at, lifted_by, lifted_reason) in (0, 3)", name="lifted"
        ),
    )
    op.create_index(
        "uq_handover_restriction_one",
        "handover_restriction",
        ["handover_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.create_table(
        "handover_reader",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], ondelete="cascade"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(
            ["user_id", "organisation_id"], ["user.id", "user.organisation_id"]
        ),
        sa.UniqueConstraint("handover_id", "user_id"),
    )


def include(old: str, new: str) -> None:
    found = (
        "select indexname, indexdef from pg_indexes where tablename = 'handover_party' "
        f"and indexdef like '%INCLUDE {old}%' order by indexname"
    )
    for name, definition in op.get_bind().execute(sa.text(found)).all():
        op.execute(f"drop index {name}")
        op.execute(definition.replace(old, new))


def keep(*functions: str) -> None:
    op.execute(f"revoke execute on function {', '.join(functions)} from public")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for function in functions:
        op.execute(f"alter function {function} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    replace_in("handover_openings", LOOKED, "")
    replace_in("calendar_of", FED, "")
    replace_in("handover_search", NAMED, "")
    for name, _when, table, _function in TRIGGERS:
        op.execute(f"drop trigger {name} on {table}")
    op.drop_table("handover_reader")
    op.drop_table("handover_restriction")
    op.drop_index("ix_handover_party_restricted", "handover_party")
    include(OURS, FORMER)
    op.drop_column("handover_party", "readers")
    for function in (*FUNCTIONS, *BEHIND):
        op.execute(f"drop function {function}")
