"""Thousands of packages to measure with: `python -m demo.bulk --handovers 30000 --day 2026-11-22`.

They are the demo's own packages, copied to other members, parties and people. Python draws the
lots, the same for the same seed and day; the database copies the rows, one statement a table, and
its triggers make the party rows as they do for the portal. One fund sends a fifth of all and one
municipality receives a fifth; the fund FOA has no more than the few of the demo.
"""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date

from alembic import command
from psycopg.sql import SQL, Composed, Identifier, Literal
from sqlalchemy import (
    Connection,
    DateTime,
    NullPool,
    Table,
    create_engine,
    exists,
    func,
    select,
    text,
)

from demo import data, figures, names, setting_up, writing
from demo.chance import Chance
from demo.ground import FUND, OTHER_FUND, Ground
from demo.staff import Maker, Team
from demo.walking import DEFAULT
from portal.access import OrganisationKind
from portal.app import create_app
from portal.cases.models import MemberCase
from portal.db import Base, db
from portal.embedded import FORGETFUL
from portal.handovers.models import STRAIGHT, Handover, Kind
from portal.handovers.parts import HandoverContent
from portal.operations import alembic
from portal.organisations.models import Organisation
from portal.references import ALPHABET
from portal.settings import embedded

BIG_RECEIVER = "koebenhavn"
BIG = 20  # percent of the packages that FUND sends, and that BIG_RECEIVER receives
EACH, SIZE = 20, 12  # packages a year of one person, and people of one team
BATCH = 20_000  # packages in a transaction
LONGEST = 7200  # seconds by which a copy lies before what it is a copy of
ODD = 0x9E3779B1  # times this, numbers below a power of two become others, no two the same

# What a copy is made of: its number, the package copied, its parties, their people, its member.
LOTS = """
create temp table lot (
    n integer primary key, template uuid, sender uuid, receiver uuid, place text,
    sender_user uuid, sender_name text, sender_unit uuid,
    receiver_user uuid, receiver_name text, receiver_unit uuid, desk uuid,
    member text, reference text, back interval, version uuid
) on commit preserve rows
"""
MULTIPLY = """
insert into {table} ({names})
select {values} from lot join handover h on h.id = lot.template join {table} t on {link} {told}
where lot.n >= {first} and lot.n < {last}
"""
# Contents as they are hashed, with marks where a copy has words of its own.
TOLD = "create temp table told (id uuid primary key, words text) on commit preserve rows"
MARKS = {"@reference@": "lot.reference", "@member@": "lot.member", "@place@": "lot.place"}

NEW_ID = "md5(t.{0}::text || lot.n)::uuid"
OWN_USER = """case t.{0} when h.sender_person_id then lot.sender_user
    when h.receiver_person_id then lot.receiver_user end"""
OWN_NAME = """case t.{0} when h.sender_person then coalesce(lot.sender_name, t.{0})
    when h.receiver_person then coalesce(lot.receiver_name, t.{0}) else t.{0} end"""
# By column, in whichever table it is; every other one is copied as it is, times a little earlier.
COPIED = {
    "organisation_id": "case t.{0} when h.sender_id then lot.sender else lot.receiver end",
    **dict.fromkeys(("id", "handover_id", "case_id", "answers_id"), NEW_ID),
    **dict.fromkeys(("user_id", "sender_person_id", "receiver_person_id", "adviser_id"), OWN_USER),
    **dict.fromkeys(("person", "sender_person", "receiver_person", "accepted_by"), OWN_NAME),
    **dict.fromkeys(("frozen_by", "asked_by", "answered_by", "published_by"), OWN_NAME),
    **dict.fromkeys(("recorded_by", "next_contact_person"), OWN_NAME),
    **dict.fromkeys(("sender_id",), "lot.sender"),
    **dict.fromkeys(("receiver_id", "municipality_id"), "lot.receiver"),
    **dict.fromkeys(("sender_unit_id", "unit_id"), "lot.sender_unit"),
    "receiver_unit_id": "case when t.receiver_person_id is null then lot.desk "
    "else coalesce(lot.receiver_unit, lot.desk) end",
    **dict.fromkeys(("name", "member_name"), "lot.member"),
    "reference": "lot.reference",
    "own_reference": "t.{0} || '-' || lot.n",
    **dict.fromkeys(("cpr", "cpr_index"), "null"),  # they are sealed for their row
    "agreement_version_id": "lot.version",
    "parameters": "coalesce((select v.parameters from agreement_version v where v.id = lot.version)"
    ", {default}::jsonb)",
    "content": "told.words::jsonb",
    "hash": "encode(sha256(convert_to(told.words, 'UTF8')), 'hex')",
}
OF_CASE = ("member_case", "case_plan", "talk", "effort", "benefit_hours")
OF_PACKAGE = (
    "handover",
    "handover_draft",
    "handover_content",
    "handover_question",
    "handover_message",
    "handover_note",
    "joint_meeting",
    "minutes",
    "handover_filing",
    "handover_event",
)


def fill(*, day: date, seed: int, count: int) -> None:
    """The demo's people and packages, and copies until there are `count` packages."""
    data.fill(day=day, seed=seed)
    with data.owner() as engine, engine.connect() as connection:
        ground = data.stand(engine, day)
        crowd(connection, ground, seed, count)
        there = connection.scalar(select(func.count()).select_from(Handover)) or 0
        connection.exec_driver_sql(LOTS)
        copy_in(connection, "lot", Lots(connection, ground, seed).draw(range(there, count)))
        connection.exec_driver_sql(TOLD)
        copy_in(connection, "told", [*contents(connection)])
        connection.exec_driver_sql("analyze lot, told")
        connection.commit()
        for first in range(there, count, BATCH):
            with connection.begin():
                for table in (*OF_CASE, *OF_PACKAGE):
                    multiply(connection, Base.metadata.tables[table], first)


def crowd(connection: Connection, ground: Ground, seed: int, count: int) -> None:
    """An organisation with more packages has more people, and nobody has more to do."""
    rows: list[Base] = []
    for slug in (FUND, BIG_RECEIVER):
        maker = Maker(ground, Chance(seed, ground.day, "crowd", slug), slug, rows)
        for number in range(count * BIG // 100 // EACH // SIZE):
            team = Team(f"Hold {number + 1:03}", (), SIZE)
            for _person in maker.colleagues(team, maker.unit(team.name, is_first=False)):
                pass
    writing.write(connection, writing.lines(rows))


PEOPLE = """
select u.organisation_id, u.id, u.name, m.unit_id from "user" u
join membership m on m.user_id = u.id
where exists (select from role_grant g where g.membership_id = m.id
    and g.role in ('adviser', 'team_lead', 'contact', 'coordinator'))
order by u.id
"""
NOBODY = (None, None, None)


class Lots:
    """Draws what each copy is made of."""

    def __init__(self, connection: Connection, ground: Ground, seed: int) -> None:
        self.ground, self.chance = ground, Chance(seed, ground.day, "copies")
        asked = Handover.signoff_person_id.is_(None)  # of somebody whom a copy's fund need not have
        over = Handover.kind.not_in(STRAIGHT)  # the others lie between two of a kind, or go back
        rows = select(Handover.id, Handover.kind).where(asked, over).order_by(Handover.id)
        self.templates = connection.execute(rows).all()
        self.statutory = [row for row in self.templates if row.kind == Kind.OVERGANG]
        desks = connection.execute(text("select organisation_id, id from unit where is_default"))
        self.desks = {row.organisation_id: row.id for row in desks}
        self.people: dict[object, list[tuple[object, ...]]] = {}
        for organisation_id, *person in connection.execute(text(PEOPLE)):
            self.people.setdefault(organisation_id, []).append(tuple(person))
        there = select(Organisation.slug, Organisation.kind)
        there = there.where(Organisation.successor_id.is_(None)).order_by(Organisation.slug)
        kinds = connection.execute(there).all()
        self.funds = [
            slug
            for slug, kind in kinds
            if kind == OrganisationKind.UNEMPLOYMENT_FUND and slug not in {FUND, OTHER_FUND}
        ]
        self.places = [slug for slug, kind in kinds if kind == OrganisationKind.MUNICIPALITY]

    def draw(self, numbers: range) -> Iterator[tuple[object, ...]]:
        for number in numbers:
            yield self.lot(number)

    def lot(self, number: int) -> tuple[object, ...]:
        chance, ground = self.chance, self.ground
        fund = FUND if chance.likely(BIG) else chance.choice(self.funds)
        place = BIG_RECEIVER if chance.likely(BIG) else chance.choice(self.places)
        sender, receiver = ground.organisations[fund], ground.organisations[place]
        version = ground.agreement(fund, place, ground.day)
        template = chance.choice(self.templates if version else self.statutory)
        return (
            number,
            template.id,
            sender,
            receiver,
            ground.names[place],
            *self.somebody(sender),
            *self.somebody(receiver),
            self.desks.get(receiver),
            names.person(chance),
            reference(number),
            f"{chance.randint(0, LONGEST)} seconds",
            version.id if version else None,
        )

    def somebody(self, organisation_id: object) -> tuple[object, ...]:
        """Most organisations have no users here; their people keep their names."""
        people = self.people.get(organisation_id)
        return self.chance.choice(people) if people else NOBODY


def reference(number: int) -> str:
    value = (number * ODD) % 32**8
    letters = "".join(ALPHABET[value >> 5 * place & 31] for place in range(8))
    return f"OP-{letters[:4]}-{letters[4:]}"


def contents(connection: Connection) -> Iterator[tuple[object, str]]:
    """As they are hashed: the same words, with marks for what differs between copies."""
    for row in connection.execute(select(HandoverContent.id, HandoverContent.content)).all():
        told = row.content | {"reference": "@reference@", "municipality": "@place@"}
        told["member"] = {"name": "@member@", "cpr": None}
        yield row.id, json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def copy_in(connection: Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (the connection is open)
    with (
        driver.cursor() as cursor,
        cursor.copy(SQL("copy {} from stdin").format(Identifier(table))) as into,
    ):
        for row in rows:
            into.write_row(row)


def multiply(connection: Connection, table: Table, first: int) -> None:
    """One batch of copies of all rows that belong to the packages copied, or to their cases."""
    columns = [column for column in writing.written(table)]
    values = [copied(column.key, isinstance(column.type, DateTime)) for column in columns]
    link = {"handover": "t.id = h.id", "member_case": "t.id = h.case_id"}.get(
        table.name, "t.case_id = h.case_id" if table.name in OF_CASE else "t.handover_id = h.id"
    )
    statement = SQL(MULTIPLY).format(
        link=SQL(link),
        table=Identifier(table.name),
        names=SQL(", ").join(Identifier(column.key) for column in columns),
        values=SQL(", ").join(values),
        told=SQL(told_again() if table.name == "handover_content" else ""),
        first=Literal(first),
        last=Literal(first + BATCH),
    )
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (the connection is open)
    driver.execute(statement)


def copied(column: str, is_time: bool) -> Composed:
    as_it_is = "t.{0} - lot.back" if is_time else "t.{0}"
    rule = COPIED.get(column, as_it_is).format(f'"{column}"', default="{default}")
    default = Literal(json.dumps(DEFAULT, ensure_ascii=False))
    return SQL(rule).format(default=default)


def told_again() -> str:
    words = "marked.words"
    for mark, value in MARKS.items():
        words = f"replace({words}, '{mark}', {value})"
    return f"join told marked on marked.id = t.id cross join lateral (select {words} as words) told"


def main() -> None:
    """Tables, ground and as many packages as were asked for, in the database SAMSPIL_DATABASE."""
    parser = argparse.ArgumentParser(prog="python -m demo.bulk")
    parser.add_argument("--handovers", type=int, required=True)
    parser.add_argument("--day", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with ExitStack() as stack:
        if "DATABASE_OWNER_URL" not in os.environ:
            stack.enter_context(embedded().running(FORGETFUL))
            make_database(os.environ.get("SAMSPIL_DATABASE", "samspil"))
        command.upgrade(alembic(), "head")
        refuse_where_cases_are()
        lay(asked.day)
        fill(count=asked.handovers, day=asked.day, seed=asked.seed)
        settle()  # or figures are counted by the plans of empty tables
        figures.fill(day=asked.day, seed=asked.seed)
        print(settle(), "handovers")


def make_database(name: str) -> None:
    engine = create_engine(
        embedded().url("postgres", "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        there = text("select 1 from pg_database where datname = :name")
        if connection.scalar(there, {"name": name}) is None:
            connection.execute(text(f'create database "{name}" owner samspil_owner'))


def refuse_where_cases_are() -> None:
    with data.owner() as engine, engine.connect() as connection:
        if connection.scalar(select(exists(select(MemberCase.id)))):
            sys.exit("There are cases already; name another database in SAMSPIL_DATABASE.")


def lay(day: date) -> None:
    app = create_app(role="worker")
    with app.app_context():
        setting_up.lay(issuers="http://127.0.0.1:5001", secret=secrets.token_urlsafe(), day=day)
        db.session.commit()
        db.engine.dispose()


def settle() -> int:
    """Without statistics the first plans would be those of empty tables; how many packages."""
    with data.owner() as engine:
        own = engine.execution_options(isolation_level="AUTOCOMMIT")
        with own.connect() as connection:
            connection.exec_driver_sql("vacuum analyze")
            return connection.scalar(select(func.count()).select_from(Handover)) or 0


if __name__ == "__main__":
    main()
