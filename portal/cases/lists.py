"""Lists of cases: one statement brings the tabs' counts and a page of rows."""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    Subquery,
    and_,
    false,
    func,
    select,
    true,
    tuple_,
)

from portal.access import Actor
from portal.cases.models import MemberCase
from portal.cases.queries import name_on
from portal.cases.restricted import hidden
from portal.db import db
from portal.organisations.collation import beginnings, sort_key
from portal.organisations.models import Organisation, OrganisationName, Unit, User

PAGE = 25
MOST_HITS = 200  # of a search; of so many the first page is shown
MOST = 1000  # counted up to here, so that a tab costs the same in the largest fund


class List(StrEnum):
    MINE = "mine"
    UNIT = "unit"
    ALL = "all"
    CLOSED = "closed"


@dataclass(frozen=True)
class Found:
    """A page of cases. `after` is where the next one begins, None on the last."""

    rows: Sequence[Row[Any]]
    counts: dict[List, int]
    after: str | None
    hidden: int  # open cases of the organisation that one is not named for


def cases(
    which: List, *, actor: Actor, day: date, municipality: str = "", after: str = ""
) -> Found:
    """A page of one list; `municipality` is a slug, `after` the place where the last page ended.

    Open cases come by the day on which responsibility passes, closed ones newest first. Raises
    ValueError for a place that is none.
    """
    chosen = select(MemberCase).where(belongs(which, actor))
    if municipality:
        slug = select(Organisation.id).where(Organisation.slug == municipality).scalar_subquery()
        chosen = chosen.where(MemberCase.municipality_id == slug)
    if after:
        chosen = chosen.where(_beyond(which, after))
    first = chosen.order_by(*_order(which, MemberCase.__table__)).limit(PAGE + 1).subquery()
    page, tabs = _named(first, day).subquery(), _counts(actor)
    both = select(tabs, page).select_from(tabs.outerjoin(page, true()))
    found = db.session.execute(both.order_by(*_order(which, page))).all()
    counts = {each: getattr(found[0], f"in_{each}") for each in List}
    rows = [row for row in found if row.id is not None]
    beyond = _place(which, rows[PAGE - 1]) if rows[PAGE:] else None
    return Found(rows[:PAGE], counts, beyond, found[0].hidden)


def search(words: str, *, actor: Actor, day: date) -> list[Row[Any]]:
    """Open and closed cases with these beginnings in name or own reference, at most MOST_HITS.

    Those of the own unit first, closed ones last, by name in Danish order.
    """
    parts = re.findall(r"[^\W_]+", words)
    if not parts:
        return []
    hits = func.member_case_search([beginnings(parts)], MOST_HITS).column_valued("hit")
    chosen = select(MemberCase).where(MemberCase.id.in_(select(hits))).subquery()
    rows = _named(chosen, day).add_columns(chosen.c.unit_id, Unit.name.label("unit"))
    found = db.session.execute(rows.outerjoin(Unit, Unit.id == chosen.c.unit_id))
    return sorted(found, key=lambda row: _place_in_search(row, actor))


def _place_in_search(row: Row[Any], actor: Actor) -> tuple[bool, bool, str, str]:
    is_elsewhere = actor.unit_id is None or row.unit_id != actor.unit_id
    return is_elsewhere, row.closed_at is not None, sort_key(row.name), str(row.id)


def with_cpr(cpr_index: bytes, *, day: date) -> Sequence[Row[Any]]:
    """The cases with exactly this number, which is not itself in the statement."""
    return _rows(MemberCase.cpr_index == cpr_index, day)


def named(ids: Sequence[uuid.UUID], *, day: date) -> Sequence[Row[Any]]:
    """These cases as a list shows them, as far as they are the own organisation's."""
    return _rows(MemberCase.id.in_(ids), day)


def belongs(which: List, actor: Actor) -> ColumnElement[bool]:
    case = MemberCase
    if which is List.CLOSED:
        return case.closed_at.is_not(None)
    unit = case.unit_id == actor.unit_id if actor.unit_id else false()
    whose = {List.MINE: case.adviser_id == actor.user_id, List.UNIT: unit, List.ALL: true()}
    return and_(case.closed_at.is_(None), whose[which])


def _rows(condition: ColumnElement[bool], day: date) -> Sequence[Row[Any]]:
    chosen = select(MemberCase).where(condition).limit(PAGE + 1).subquery()
    rows = _named(chosen, day).order_by(chosen.c.closed_at.is_not(None), chosen.c.name, chosen.c.id)
    return db.session.execute(rows).all()


# What features above know of a case, for its row in a list: a column of the same statement.
BESIDE: dict[str, Callable[[Any], ColumnElement[Any]]] = {}


def _named(case: Subquery, day: date) -> Select[Any]:
    """The few rows that were chosen first, with the names of their municipality and adviser."""
    name = OrganisationName
    shown = "id name own_reference benefit_start transfer_on transfer_confirmed closed_at"
    return (
        select(
            *(case.c[column] for column in shown.split()),
            case.c.adviser_id,
            name.short_name.label("municipality"),
            User.name.label("adviser"),
            *(column(case.c.id).label(name_) for name_, column in BESIDE.items()),
        )
        .join(name, name_on(day, case.c.municipality_id))
        .outerjoin(User, User.id == case.c.adviser_id)
    )


def _counts(actor: Actor) -> Subquery:
    counts = (_count(which, actor) for which in List)
    return select(*counts, hidden().label("hidden")).subquery("tabs")


def _count(which: List, actor: Actor) -> ColumnElement[int]:
    some = select(MemberCase.id).where(belongs(which, actor)).limit(MOST + 1).subquery()
    count = select(func.count()).select_from(some).scalar_subquery()
    return count.label(f"in_{which}")


def _order(which: List, rows: FromClause) -> tuple[Any, ...]:
    if which is List.CLOSED:
        return rows.c.closed_at.desc(), rows.c.id.desc()
    return rows.c.transfer_on, rows.c.id


def _beyond(which: List, place: str) -> ColumnElement[bool]:
    value, _, key = place.partition("_")
    last = uuid.UUID(key)
    if which is List.CLOSED:
        here = tuple_(MemberCase.closed_at, MemberCase.id)
        return here < tuple_(datetime.fromisoformat(value), last)
    return tuple_(MemberCase.transfer_on, MemberCase.id) > tuple_(date.fromisoformat(value), last)


def _place(which: List, row: Row[Any]) -> str:
    value = row.closed_at if which is List.CLOSED else row.transfer_on
    return f"{value.isoformat()}_{row.id}"
