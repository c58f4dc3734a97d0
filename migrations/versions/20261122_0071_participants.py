"""participants of projects, their events, and what is counted and published of them

An event is never changed: another takes its place. The keeper's `participant_counted` marks the one
that was replaced, holds what completed against what started, and keeps the tally.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"

ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
KINDS = (
    "sourced",
    "invited",
    "met",
    "screened",
    "competence_assessed",
    "offered",
    "started",
    "completed",
    "dropped",
    "matched",
    "employed_3",
    "employed_6",
    "employed_12",
)
# Schools, employers, associations and secretariats hold no CPR number, whoever writes.
GUARD = """
create function participant_guard() returns trigger
language plpgsql security definer set search_path = '' as $$
declare its record;
begin
    select p.role, o.kind into its
    from public.project_partner p join public.organisation o on o.id = p.organisation_id
    where p.project_id = new.project_id and p.organisation_id = new.organisation_id
        and p.state = 'taking_part'
    order by coalesce(p.valid_until, 'infinity') desc limit 1;
    if its.role is null or its.role = 'secretariat' or its.kind = 'council' then
        raise exception 'a participant is of a partner, and of no secretariat'
            using errcode = 'insufficient_privilege';
    end if;
    if new.cpr is not null and (its.role in ('employer', 'school', 'association')
        or its.kind not in ('unemployment_fund', 'municipality') and its.role <> 'union') then
        raise exception 'a partner of the role % holds no CPR number', its.role
            using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
KEYED = """
create function participant_keyed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if not exists (select from public.participant p
        where p.id = new.participant_id and p.cpr is not null) then
        raise exception 'no CPR number, no key' using errcode = 'check_violation';
    end if;
    delete from public.participant_key k where k.participant_id = new.participant_id;
    return new;
end $$
"""
FORGOTTEN = """
create function participant_forgotten() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    delete from public.participant_key k where k.participant_id = new.id;
    return null;
end $$
"""
# By the first current event of its kind, with or without those that are named.
FIRST = """
create function participant_first(whose uuid, what text, but uuid, again uuid)
returns table (model text, timing text, form text, first_day date)
language sql stable security definer set search_path = '' as $$
    select e.model, coalesce(e.timing, ''), coalesce(e.form, ''),
        date_trunc('quarter', e.day)::date
    from public.participant_event e
    where e.participant_id = whose and e.kind = what and not e.is_void
        and e.id is distinct from but and (e.replaced_by_id is null or e.id = again)
    order by e.day, e.recorded_at, e.id limit 1
$$
"""
COUNTED = """
create function participant_counted() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    was text;
    what text;
    before record;
    after record;
begin
    perform from public.participant p where p.id = new.participant_id for update;
    if exists (select from public.participant p
        where p.id = new.participant_id and p.anonymised_on is not null) then
        raise exception 'nothing happens to whom nobody knows' using errcode = 'check_violation';
    end if;
    if new.replaces_id is not null then
        update public.participant_event e set replaced_by_id = new.id
        where e.id = new.replaces_id and e.participant_id = new.participant_id
            and e.replaced_by_id is null and not e.is_void
        returning e.kind into was;
        if was is null then
            raise exception 'that event cannot be replaced' using errcode = 'check_violation';
        end if;
    end if;
    if exists (
        select from public.participant_event c
        where c.participant_id = new.participant_id and c.kind in ('completed', 'dropped')
            and c.replaced_by_id is null and not c.is_void and not exists (
                select from public.participant_event s
                where s.participant_id = c.participant_id and s.kind = 'started'
                    and s.replaced_by_id is null and not s.is_void and s.day <= c.day)
    ) then
        raise exception 'nobody completes or drops out who has not started'
            using errcode = 'check_violation', constraint = 'started';
    end if;
    for what in select distinct k from unnest(array[new.kind, was]) k where k is not null loop
        select * into before from public.participant_first(
            new.participant_id, what, new.id, new.replaces_id);
        select * into after from public.participant_first(
            new.participant_id, what, null, null);
        if before is not distinct from after then
            continue;
        end if;
        if before.model is not null then
            update public.participant_tally t set people = t.people - 1
            where t.project_id = new.project_id and t.organisation_id = new.organisation_id
                and t.model = before.model and t.kind = what and t.timing = before.timing
                and t.form = before.form and t.first_day = before.first_day;
        end if;
        if after.model is not null then
            insert into public.participant_tally as t (id, project_id, organisation_id, model, kind,
                timing, form, first_day, people)
            values (gen_random_uuid(), new.project_id, new.organisation_id, after.model, what,
                after.timing, after.form, after.first_day, 1)
            on conflict (project_id, organisation_id, model, kind, timing, form, first_day)
            do update set people = t.people + 1;
        end if;
    end loop;
    return null;
end $$
"""
# Whether somebody of a partner has started and not ended; asked by itself and by who leads.
WAITED_FOR = f"""
create function people_on_the_way(partner uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.project_partner p
        join public.project_party own on own.project_id = p.project_id
            and own.organisation_id = {ME}
            and (own.leads or own.organisation_id = p.organisation_id)
        join lateral (
            select distinct on (e.participant_id) e.kind from public.participant_event e
            where e.project_id = p.project_id and e.organisation_id = p.organisation_id
                and e.kind in ('started', 'completed', 'dropped')
                and e.replaced_by_id is null and not e.is_void
            order by e.participant_id, e.day desc, e.recorded_at desc
        ) last on last.kind = 'started'
        where p.id = partner)
$$
"""
KEEPERS = {
    "people_on_the_way(uuid)": WAITED_FOR,
    "participant_guard()": GUARD,
    "participant_keyed()": KEYED,
    "participant_forgotten()": FORGOTTEN,
    "participant_first(uuid, text, uuid, uuid)": FIRST,
    "participant_counted()": COUNTED,
}
TRIGGERS = (
    "create trigger guard before insert or update of cpr on participant "
    "for each row execute function participant_guard()",
    "create trigger forgotten after update of cpr on participant for each row "
    "when (old.cpr is not null and new.cpr is null) execute function participant_forgotten()",
    "create trigger keyed before insert on participant_key "
    "for each row execute function participant_keyed()",
    "create trigger counted after insert on participant_event "
    "for each row execute function participant_counted()",
)
TABLES = (
    "united_figure",
    "project_figure",
    "project_publication",
    "participant_tally",
    "participant_event",
    "participant_key",
    "participant",
)


def one_of(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="one_of", native_enum=False, length=40)


def column(name: str, kind: Any, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=optional)


def text(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Text(), optional=optional) for name in names]


def day(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Date(), optional=optional) for name in names]


def at(*names: str) -> list[sa.Column[Any]]:
    return [column(name, sa.DateTime(timezone=True)) for name in names]


def some(*names: str) -> list[sa.Column[Any]]:
    return [column(name, sa.Uuid(), optional=True) for name in names]


def key() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), primary_key=True)


def to(name: str, table: str = "organisation", *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(f"{table}.id"), nullable=optional)


def of_project() -> sa.Column[Any]:
    whole = sa.ForeignKey("project.id", ondelete="cascade")
    return sa.Column("project_id", sa.Uuid(), whole, nullable=False)


def of_participant() -> list[Any]:
    names = ["participant_id", "project_id", "organisation_id"]
    whole = ["participant.id", "participant.project_id", "participant.organisation_id"]
    key_ = sa.ForeignKeyConstraint(names, whole, ondelete="cascade")
    return [*(column(name, sa.Uuid()) for name in names), key_]


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def upgrade() -> None:
    people()
    events()
    figures()
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for name, made in KEEPERS.items():
        op.execute(made)
        op.execute(f"revoke execute on function {name} from public")
    for trigger in TRIGGERS:
        op.execute(trigger)
    for name in KEEPERS:
        op.execute(f"alter function {name} owner to samspil_keeper")
    op.execute("grant execute on function people_on_the_way(uuid) to samspil_app")
    op.execute("revoke create on schema public from samspil_keeper")


def people() -> None:
    op.create_table(
        "participant",
        key(),
        of_project(),
        to("organisation_id"),
        sa.Column("reference", sa.Text(), nullable=False, unique=True),
        *text("name", "cpr", optional=True),
        column("birth_year", sa.Integer(), optional=True),
        to("municipality_id", optional=True),
        *text("model"),
        column("work", one_of("unemployed", "employed")),
        *at("added_at"),
        *text("added_by"),
        *at("changed_at"),
        *day("anonymised_on", optional=True),
        column("revision", sa.Integer()),
        sa.UniqueConstraint("id", "project_id", "organisation_id"),
        sa.UniqueConstraint("id", "organisation_id"),
        check("anonymised", "(name is null) = (anonymised_on is not null)"),
        check("forgotten", "name is not null or num_nonnulls(cpr, birth_year) = 0"),
        check("birth_year", "birth_year between 1900 and 2100"),
    )
    listed = ["project_id", "organisation_id", "reference"]
    op.create_index("ix_participant_list", "participant", listed)
    op.create_table(
        "participant_key",
        key(),
        *of_participant(),
        column("person_key", sa.LargeBinary()),
        sa.UniqueConstraint("project_id", "organisation_id", "person_key"),
    )
    op.create_index("ix_participant_key_of", "participant_key", ["participant_id"])


def events() -> None:
    op.create_table(
        "participant_event",
        key(),
        *of_participant(),
        column("kind", one_of(*KINDS)),
        *day("day"),
        *text("model"),
        column("timing", one_of("before", "during", "after"), optional=True),
        column(
            "form",
            one_of("ordinary", "apprentice", "adult_apprentice", "internship", "wage_subsidy"),
            optional=True,
        ),
        *text("reason", optional=True),
        *some("company_id", "job_order_id", "gathering_id"),
        *text("form_key"),
        *some("replaces_id", "replaced_by_id"),
        column("is_void", sa.Boolean()),
        *at("recorded_at"),
        *text("recorded_by"),
        *(
            sa.ForeignKeyConstraint([name, "project_id"], [f"{table}.id", f"{table}.project_id"])
            for name, table in {"company_id": "company", "job_order_id": "job_order"}.items()
        ),
        sa.UniqueConstraint("organisation_id", "form_key"),
        sa.UniqueConstraint("replaces_id"),
        check("future", "day <= (recorded_at at time zone 'Europe/Copenhagen')::date"),
        check("timing", "(kind = 'matched') = (timing is not null)"),
        check("form", "(kind = 'matched') = (form is not null)"),
        check("reason", "kind <> 'dropped' or reason is not null"),
        check("void", "not is_void or replaces_id is not null"),
    )
    indexes = {
        "of": ["participant_id", "day"],
        "count": ["project_id", "kind", "day"],
        "company": ["company_id"],
        "order": ["job_order_id"],
        "gathering": ["gathering_id"],
    }
    for name, columns in indexes.items():
        op.create_index(f"ix_participant_event_{name}", "participant_event", columns)
    op.create_table(
        "participant_tally",
        key(),
        of_project(),
        to("organisation_id"),
        *text("model"),
        column("kind", one_of(*KINDS)),
        *text("timing", "form"),
        *day("first_day"),
        column("people", sa.Integer()),
        sa.UniqueConstraint(
            "project_id", "organisation_id", "model", "kind", "timing", "form", "first_day"
        ),
        check("people", "people >= 0"),
    )
    op.create_index("ix_participant_tally_day", "participant_tally", ["first_day"])


def figures() -> None:
    op.create_table(
        "project_publication",
        key(),
        *day("first_day", "last_day"),
        *at("at"),
        sa.UniqueConstraint("last_day"),
        check("days", "first_day < last_day"),
    )
    for table, of in {"project_figure": [to("organisation_id")], "united_figure": []}.items():
        names = ["project_id", *(one.name for one in of), "model", "kind", "publication_id"]
        op.create_table(
            table,
            key(),
            to("publication_id", "project_publication"),
            of_project(),
            *of,
            *text("model"),
            column("kind", one_of(*KINDS)),
            *day("first_day", "last_day"),
            column("people", sa.Integer()),
            sa.UniqueConstraint(*names),
            check("days", "first_day < last_day"),
            check("people", "people > 0"),
        )
        op.create_index(f"ix_{table}_publication_id", table, ["publication_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for name in KEEPERS:
        op.execute(f"drop function {name}")
