"""match days, meetings, intakes and courses of projects, with seats and a waiting list

Everybody who signs up waits first; under the gathering's lock `gathering_filled` gives the free
seats to those who have waited longest. The unique index refuses a number twice whatever a trigger
does.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"

ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
WRITTEN = (
    "title, for_whom, place, day, begins_at, ends_at, last_day, seats, provider, price, fund, "
    "listed, listed_on, declared_by, declared_on, cancelled_at, cancel_reason"
)
# What is held or cancelled stays as it was, by the day in Copenhagen on which it is changed.
GUARD = """
create function gathering_guard() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_op = 'UPDATE' and old.cancelled_at is not null then
        raise exception 'it is cancelled'
            using errcode = 'check_violation', constraint = 'cancelled';
    end if;
    if tg_op = 'UPDATE' and coalesce(old.last_day, old.day)
        < (new.changed_at at time zone 'Europe/Copenhagen')::date then
        raise exception 'it is held already' using errcode = 'check_violation', constraint = 'held';
    end if;
    if (tg_op = 'INSERT' or row(new.day, new.last_day) is distinct from row(old.day, old.last_day))
        and not exists (select from public.project p where p.id = new.project_id
            and new.day >= p.starts_on and coalesce(new.last_day, new.day) <= p.ends_on) then
        raise exception 'its days are inside the days of its project'
            using errcode = 'check_violation', constraint = 'within';
    end if;
    return new;
end $$
"""
FILLED = """
create function gathering_filled(whose uuid, fresh uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
    its record;
    taken int;
    waiting uuid;
begin
    select * into its from public.gathering g where g.id = whose for update;
    loop
        select count(*) into taken from public.gathering_seat s
        where s.gathering_id = whose and s.given_up_at is null and s.number is not null;
        exit when its.cancelled_at is not null or taken >= its.seats;
        select s.id into waiting from public.gathering_seat s
        where s.gathering_id = whose and s.given_up_at is null and s.number is null
        order by s.asked_at, s.id limit 1 for update skip locked;
        exit when waiting is null;
        update public.gathering_seat s set
            number = (
                select min(n) from generate_series(1, coalesce(its.seats, taken + 1)) n
                where not exists (select from public.gathering_seat o where o.gathering_id = whose
                    and o.given_up_at is null and o.number = n)),
            moved_up_at = case when s.id <> fresh then now() end
        where s.id = waiting;
    end loop;
    update public.gathering g set is_full = coalesce(taken >= g.seats, false)
    where g.id = whose and g.is_full <> coalesce(taken >= g.seats, false);
end $$
"""
ASKED = """
create function gathering_seat_asked() returns trigger
language plpgsql security definer set search_path = '' as $$
declare its record;
begin
    select * into its from public.gathering g where g.id = new.gathering_id for update;
    if its.cancelled_at is not null then
        raise exception 'it is cancelled'
            using errcode = 'check_violation', constraint = 'cancelled';
    end if;
    new.number := null;
    new.moved_up_at := null;
    new.given_up_at := null;
    new.attended := null;
    return new;
end $$
"""
SEATED = """
create function gathering_seated() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_op = 'UPDATE' and old.given_up_at is not null then
        raise exception 'a seat that was given up stays so' using errcode = 'check_violation';
    end if;
    perform public.gathering_filled(new.gathering_id,
        case when tg_op = 'INSERT' then new.id else new.gathering_id end);
    return null;
end $$
"""
RESIZED = """
create function gathering_resized() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform public.gathering_filled(new.id, new.id);
    return null;
end $$
"""
# Of each other partner whole blocks alone, and never of fewer than five (decision 0039).
OTHERS = f"""
create function gathering_others(whose uuid, fewest int) returns bigint
language sql stable security definer set search_path = '' as $$
    select coalesce(sum(one.people / greatest(fewest, 5) * greatest(fewest, 5)), 0)::bigint from (
        select count(*) people from public.gathering_seat s
        join public.project_party own on own.project_id = s.project_id
            and own.organisation_id = {ME} and own.standing = 'partner'
            and own.organisation_id <> s.organisation_id and own.valid_from <= now()
            and coalesce(own.valid_until, 'infinity') > now()
        where s.gathering_id = whose and s.given_up_at is null and s.number is not null
        group by s.organisation_id) one
$$
"""
KEEPERS = {
    "gathering_guard()": GUARD,
    "gathering_filled(uuid, uuid)": FILLED,
    "gathering_seat_asked()": ASKED,
    "gathering_seated()": SEATED,
    "gathering_resized()": RESIZED,
    "gathering_others(uuid, int)": OTHERS,
}
TRIGGERS = (
    f"create trigger guard before insert or update of {WRITTEN} on gathering "
    "for each row execute function gathering_guard()",
    "create trigger resized after update of seats on gathering "
    "for each row execute function gathering_resized()",
    "create trigger asked before insert on gathering_seat "
    "for each row execute function gathering_seat_asked()",
    "create trigger seated after insert or update of given_up_at on gathering_seat "
    "for each row execute function gathering_seated()",
)
TABLES = (
    "gathering_entry",
    "gathering_seat",
    "gathering_company",
    "gathering_move",
    "gathering",
)
KEY = "fk_participant_event_gathering_id_project_id"


def one_of(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="one_of", native_enum=False, length=40)


def column(name: str, kind: Any, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=optional)


def text(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Text(), optional=optional) for name in names]


def day(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return column(name, sa.Date(), optional=optional)


def clock(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return column(name, sa.Time(), optional=optional)


def at(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return column(name, sa.DateTime(timezone=True), optional=optional)


def number(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return column(name, sa.Integer(), optional=optional)


def key() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), primary_key=True)


def ids(*names: str) -> list[sa.Column[Any]]:
    return [column(name, sa.Uuid()) for name in names]


def organisation() -> sa.Column[Any]:
    return sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False)


def to(name: str, table: str, *columns: str) -> sa.ForeignKeyConstraint:
    whole = [f"{table}.id", *(f"{table}.{one}" for one in columns)]
    return sa.ForeignKeyConstraint([name, *columns], whole, ondelete="cascade")


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def upgrade() -> None:
    gatherings()
    around_them()
    seats()
    whole = ["gathering_id", "project_id"], ["id", "project_id"]
    op.create_foreign_key(KEY, "participant_event", "gathering", *whole)
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for name, made in KEEPERS.items():
        op.execute(made)
        op.execute(f"revoke execute on function {name} from public")
    for trigger in TRIGGERS:
        op.execute(trigger)
    for name in KEEPERS:
        op.execute(f"alter function {name} owner to samspil_keeper")
    op.execute("grant execute on function gathering_others(uuid, int) to samspil_app")
    op.execute("revoke create on schema public from samspil_keeper")


def gatherings() -> None:
    op.create_table(
        "gathering",
        key(),
        *ids("project_id"),
        organisation(),
        column("kind", one_of("match_day", "information_meeting", "intake", "course")),
        *text("title"),
        *text("for_whom", optional=True),
        *text("place"),
        day("day"),
        clock("begins_at"),
        clock("ends_at", optional=True),
        day("last_day", optional=True),
        number("seats", optional=True),
        column("follows_id", sa.Uuid(), optional=True),
        *text("provider", optional=True),
        number("price", optional=True),
        *text("fund", "listed", optional=True),
        day("listed_on", optional=True),
        *text("declared_by", optional=True),
        day("declared_on", optional=True),
        column("is_full", sa.Boolean()),
        at("made_at"),
        *text("made_by"),
        at("changed_at"),
        at("cancelled_at", optional=True),
        *text("cancel_reason", optional=True),
        number("revision"),
        to("project_id", "project"),
        sa.UniqueConstraint("id", "project_id"),
        sa.ForeignKeyConstraint(
            ["follows_id", "project_id"], ["gathering.id", "gathering.project_id"]
        ),
        check("seats", "seats > 0"),
        check("days", "last_day >= day"),
        check("times", "ends_at > begins_at"),
        check("price", "price >= 0"),
        check("provider", "kind <> 'course' or provider is not null"),
        check(
            "course",
            "kind = 'course' or num_nonnulls(last_day, provider, price, fund, listed, listed_on, "
            "declared_by, declared_on) = 0",
        ),
        check("listed", "(listed is null) = (listed_on is null)"),
        check("declared", "(declared_by is null) = (declared_on is null)"),
        check("cancelled", "(cancelled_at is null) = (cancel_reason is null)"),
    )
    op.create_index("ix_gathering_list", "gathering", ["project_id", "day"])


def around_them() -> None:
    op.create_table(
        "gathering_move",
        key(),
        *ids("gathering_id", "project_id"),
        organisation(),
        day("was_day"),
        clock("was_begins_at"),
        *text("was_place", "reason"),
        at("at"),
        *text("person"),
        to("gathering_id", "gathering", "project_id"),
    )
    op.create_index("ix_gathering_move_of", "gathering_move", ["gathering_id"])
    op.create_table(
        "gathering_company",
        key(),
        *ids("gathering_id", "project_id"),
        organisation(),
        *ids("company_id"),
        number("jobs", optional=True),
        at("made_at"),
        *text("made_by"),
        to("gathering_id", "gathering", "project_id"),
        to("company_id", "company", "project_id"),
        sa.UniqueConstraint("gathering_id", "company_id"),
        check("jobs", "jobs between 1 and 999"),
    )


def seats() -> None:
    op.create_table(
        "gathering_seat",
        key(),
        *ids("gathering_id", "project_id", "organisation_id", "participant_id"),
        number("number", optional=True),
        at("asked_at"),
        *text("made_by"),
        at("moved_up_at", optional=True),
        at("given_up_at", optional=True),
        column("attended", sa.Boolean(), optional=True),
        to("gathering_id", "gathering", "project_id"),
        to("participant_id", "participant", "project_id", "organisation_id"),
        sa.UniqueConstraint("id", "project_id", "organisation_id"),
        check("number", "number > 0"),
        check("attended", "attended is null or number is not null"),
    )
    for name, of in {"sold": "number", "once": "participant_id"}.items():
        op.create_index(
            f"uq_gathering_seat_{name}",
            "gathering_seat",
            ["gathering_id", of],
            unique=True,
            postgresql_where=sa.text("given_up_at is null"),
        )
    op.create_index("ix_gathering_seat_participant", "gathering_seat", ["participant_id"])
    op.create_table(
        "gathering_entry",
        key(),
        *ids("seat_id", "project_id", "organisation_id"),
        *text("form_key"),
        at("at"),
        *text("person"),
        to("seat_id", "gathering_seat", "project_id", "organisation_id"),
        sa.UniqueConstraint("organisation_id", "form_key"),
    )
    op.create_index("ix_gathering_entry_of", "gathering_entry", ["seat_id"])


def downgrade() -> None:
    op.drop_constraint(KEY, "participant_event", type_="foreignkey")
    for table in TABLES:
        op.drop_table(table)
    for name in KEEPERS:
        op.execute(f"drop function {name}")
