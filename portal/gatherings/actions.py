"""Holding, moving and cancelling gatherings, and which companies come to them."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal import rules
from portal.companies import numbers
from portal.companies import queries as companies
from portal.companies.actions import Hand
from portal.db import db
from portal.gatherings import queries
from portal.gatherings.models import Gathering, GatheringCompany, GatheringKind, GatheringMove
from portal.lines import Wrong
from portal.projects.queries import leads, own_part
from portal.workflow import Lack, NotYours, Overtaken, Refused, flush

MOVED = ("day", "begins_at", "place")


@dataclass(frozen=True)
class Given:
    """What a gathering is; from `provider` on of a course alone. The price is of each person."""

    kind: GatheringKind
    title: str
    for_whom: str | None
    place: str
    day: date
    begins_at: time
    ends_at: time | None
    last_day: date | None
    seats: int | None
    provider: str | None = None
    price: int | None = None
    fund: str | None = None
    listed: str | None = None
    listed_on: date | None = None
    declared_by: str | None = None
    declared_on: date | None = None

    @property
    def ends_on(self) -> date:
        return self.last_day or self.day


def hold(given: Given, follows: Gathering | None, *, by: Hand) -> Gathering:
    """A new one; `follows` is the round before. Raises NotNow, Refused."""
    own_part(by.project, by.actor, by.at.today)
    refuse(lacks(given, by))
    made = Gathering(
        id=uuid.uuid4(),
        project_id=by.project.id,
        organisation_id=by.me,
        follows_id=follows.id if follows else None,
        made_at=by.at.now,
        made_by=by.actor.name,
        changed_at=by.at.now,
        **asdict(given),
    )
    db.session.add(made)
    flush()
    return made


def may_change(one: Gathering, by: Hand) -> bool:
    """Who holds it, and who leads the project."""
    return one.organisation_id == by.me or leads(by.project, by.actor)


def only_holder(one: Gathering, version: int | None, by: Hand) -> None:
    """Raises NotNow, NotYours, Refused for what is held or cancelled, Overtaken."""
    own_part(by.project, by.actor, by.at.today)
    if not may_change(one, by):
        raise NotYours("change")
    if one.is_cancelled:
        raise Refused([Lack("", _("Det er aflyst og kan ikke ændres."))])
    if one.ends_on < by.at.today:
        words = _("Det er holdt og kan ikke ændres. Resultaterne kan stadig skrives.")
        raise Refused([Lack("day", words)])
    if version != one.revision:
        raise Overtaken


def edit(one: Gathering, given: Given, why: str | None, version: int | None, *, by: Hand) -> None:
    """Another day, time or place is a move, which has a reason. Raises as `only_holder`."""
    only_holder(one, version, by)
    told = asdict(given) | {"kind": one.kind}
    is_moved = any(told[name] != getattr(one, name) for name in MOVED)
    missing = [Lack("why", _("Skriv, hvorfor det bliver flyttet."))] if is_moved and not why else []
    refuse([*missing, *lacks(given, by)])
    if is_moved and why:
        db.session.add(moved(one, why, by))
    for name, value in told.items():
        setattr(one, name, value)
    one.changed_at = by.at.now
    flush()


def moved(one: Gathering, why: str, by: Hand) -> GatheringMove:
    return GatheringMove(
        id=uuid.uuid4(),
        gathering_id=one.id,
        project_id=one.project_id,
        organisation_id=by.me,
        was_day=one.day,
        was_begins_at=one.begins_at,
        was_place=one.place,
        reason=why,
        at=by.at.now,
        person=by.actor.name,
    )


def cancel(one: Gathering, why: str, version: int | None, *, by: Hand) -> None:
    """Nothing more is signed up or entered; who was signed up stays. Raises as `only_holder`."""
    only_holder(one, version, by)
    one.cancelled_at, one.cancel_reason, one.changed_at = by.at.now, why, by.at.now
    flush()


def lacks(given: Given, by: Hand) -> list[Lack]:
    first, last, today = by.project.starts_on, by.project.ends_on, by.at.today
    asks: list[tuple[str, bool, Callable[[], Any]]] = [
        ("day", not first <= given.day <= last, lambda: outside(first, last)),
        ("last_day", given.ends_on > last, lambda: outside(first, last)),
        ("last_day", given.ends_on < given.day,
         lambda: _("Den sidste dag ligger før den første.")),
        ("ends_at", bool(given.ends_at and given.ends_at <= given.begins_at),
         lambda: _("Det slutter, før det begynder.")),
    ]  # fmt: skip
    if given.kind == GatheringKind.COURSE:
        asks += asked_of_course(given, today)
    return [Lack(field, str(words())) for field, wrong, words in asks if wrong]


def asked_of_course(given: Given, today: date) -> list[tuple[str, bool, Callable[[], Any]]]:
    future: Callable[[], Any] = lambda: _("Dagen ligger ude i fremtiden.")  # noqa: E731  (one line)
    return [
        ("provider", not given.provider, lambda: _("Skriv, hvem der holder kurset.")),
        ("listed", bool(given.listed_on and not given.listed),
         lambda: _("Skriv kursets kode på positivlisten.")),
        ("listed_on", bool(given.listed and not given.listed_on),
         lambda: _("Skriv, hvilken dag kurset stod på positivlisten.")),
        ("listed_on", bool(given.listed_on and given.listed_on > today), future),
        ("declared_by", bool(given.declared_on and not given.declared_by),
         lambda: _("Skriv, hvilken arbejdsgiver erklæringen er fra.")),
        ("declared_on", bool(given.declared_by and not given.declared_on),
         lambda: _("Skriv, hvornår erklæringen er givet.")),
        ("declared_on", bool(given.declared_on and given.declared_on > today), future),
        ("listed", needs_list(given) and not (given.listed or given.declared_by),
         lambda: _("Puljen kræver, at kurset står på positivlisten, eller at en arbejdsgiver har "
                   "erklæret at ville ansætte.")),
    ]  # fmt: skip


def needs_list(given: Given) -> bool:
    return given.fund in rules.on(given.day, "projects.positive_list_funds", tuple)


def outside(first: date, last: date) -> str:
    words = _("Dagen ligger uden for projektet, som varer fra %(first)s til %(last)s.")
    return str(words % {"first": format_date(first, "long"), "last": format_date(last, "long")})


# --- Companies that come ---


def bring(one: Gathering, typed: str, jobs: int | None, *, by: Hand) -> GatheringCompany:
    """A company of the register, by what ends in its CVR number. Raises NotNow, Refused."""
    own_part(by.project, by.actor, by.at.today)
    refuse([Lack("", _("Det er aflyst."))] if one.is_cancelled else [])
    company_id = found(typed, by)
    if company_id in {row.company_id for row in queries.companies(one)}:
        raise Refused([Lack("company", _("Virksomheden kommer allerede."))])
    made = GatheringCompany(
        id=uuid.uuid4(),
        gathering_id=one.id,
        project_id=one.project_id,
        organisation_id=by.me,
        company_id=company_id,
        jobs=jobs,
        made_at=by.at.now,
        made_by=by.actor.name,
    )
    db.session.add(made)
    flush()
    return made


def found(typed: str, by: Hand) -> uuid.UUID:
    """Raises Refused."""
    words = _("Vælg en af projektets virksomheder, eller skriv dens CVR-nummer.")
    try:
        number = numbers.parsed(typed.rpartition(",")[2])
        return companies.numbered(by.project, [number])[number].id
    except (Wrong, KeyError):
        raise Refused([Lack("company", words)]) from None


def leave_out(one: Gathering, brought_id: uuid.UUID, *, by: Hand) -> None:
    """Whoever brought a company says that it does not come. Raises NotNow, NotYours, Refused."""
    own_part(by.project, by.actor, by.at.today)
    if one.ends_on < by.at.today:
        raise Refused([Lack("", _("Det er holdt. Virksomheden bliver stående."))])
    row = queries.brought(one, brought_id)
    if row.organisation_id != by.me:
        raise NotYours("leave_out")
    db.session.delete(row)
    flush()


def refuse(found_: list[Lack]) -> None:
    if found_:
        raise Refused(found_)
