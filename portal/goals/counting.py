"""Exact figures: how many of a cohort count, who is left out and why, and who cannot be followed.

One statement an indicator, over all organisations at once; as the worker it sees every row, as the
web only what the asking organisation sees.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
)

from portal.agreements.indicators import Indicator
from portal.db import db
from portal.goals.cohorts import Cohort, Column, Window
from portal.goals.measures import MEASURES, Measured
from portal.goals.packages import COHORTS
from portal.goals.periods import Period

YES, NO, CENSORED, OUT = "yes", "no", "censored", "out "
Place = tuple[uuid.UUID, uuid.UUID | None]
"""A fund and a municipality; entries of the counter may be of no municipality."""
Pairs = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Scope:
    """The people of a fund, in one municipality or in all."""

    fund_id: uuid.UUID
    municipality_id: uuid.UUID | None = None


@dataclass
class Counted:
    """`of` are those who count either way; `excluded` by reason and `censored` are beside them.

    `cells` are by breakdown and by its key, each with how many count and of how many.
    """

    yes: int = 0
    of: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    censored: int = 0
    cells: dict[str, Pairs] = field(default_factory=dict)

    def add(self, other: "Counted") -> None:
        """Of people, packages or days that are others."""
        self.yes, self.of = self.yes + other.yes, self.of + other.of
        self.censored += other.censored
        self.excluded.update(other.excluded)
        for breakdown, pairs in other.cells.items():
            for key, pair in pairs.items():
                self.put(breakdown, key, *pair)

    def put(self, breakdown: str, key: str, yes: int, of: int) -> None:
        before = self.cells.setdefault(breakdown, {}).get(key, (0, 0))
        self.cells[breakdown][key] = (before[0] + yes, before[1] + of)


def count(indicator: Indicator, of: Scope, period: Period, *, today: date) -> Counted:
    """What is counted of one fund, up to and with today."""
    total = Counted()
    for (_fund_id, municipality_id), found in by_place(indicator, period, today, of).items():
        total.add(found)
        if "municipality" in indicator.breakdowns and municipality_id:
            total.put("municipality", str(municipality_id), found.yes, found.of)
    return total


def by_place(
    indicator: Indicator, period: Period, today: date, of: Scope | None = None
) -> dict[Place, Counted]:
    """What is counted in each place where there is anybody to count; of everybody without `of`."""
    cohort, measured = rules_of(indicator, Window(period, today))
    names = [name for name in indicator.breakdowns if name in cohort.breakdowns]
    found = subjects(cohort, measured, names, Window(period, today), of)
    places: dict[Place, Counted] = {}
    for row in db.session.execute(totals(found, names)):
        place = places.setdefault((row.fund_id, row.municipality_id), Counted())
        tell(place, row, names)
    if "missing" in indicator.breakdowns and cohort.marks is not None:
        mark(places, db.session.execute(marked(found)).all())
    return places


def mark(places: dict[Place, Counted], rows: Sequence[Any]) -> None:
    """Each mark in every place, of all that count there: so they add up as everything else."""
    numbers = {(row.fund_id, row.municipality_id, row.mark): row.number for row in rows}
    for name in sorted({row.mark for row in rows}):
        for place, found in places.items():
            found.put("missing", name, numbers.get((*place, name), 0), found.of)


def is_of_both(indicator: Indicator, today: date) -> bool:
    """Whether it counts packages, which both parties may open."""
    cohort, _measured = rules_of(indicator, Window(Period(today, today), today))
    return cohort.is_of_both


def rules_of(indicator: Indicator, window: Window) -> tuple[Cohort, Measured]:
    """Raises LookupError for an indicator that Samspil does not count, or whose rule is unknown."""
    if indicator.cohort is None or indicator.measure is None:
        raise LookupError(f"{indicator.code} is not counted here")
    cohort = COHORTS[indicator.cohort.name](indicator.cohort.given, window)
    return cohort, MEASURES[indicator.measure.name](cohort, indicator.measure.given)


def subjects(
    cohort: Cohort, measured: Measured, names: list[str], window: Window, of: Scope | None
) -> CTE:
    """One row each: whose, how it counts, and what it is broken down by."""
    columns: list[Column] = [
        cohort.fund.label("fund_id"),
        cohort.municipality.label("municipality_id"),
        outcome(cohort, measured).label("outcome"),
        cohort.weight.label("weight"),
    ]
    columns += [cast(cohort.breakdowns[name], String).label(name) for name in names]
    if cohort.marks is not None:
        columns.append(cohort.marks.label("marks"))
    rows = cohort.rows.add_columns(*columns)
    return rows.where(cohort.day.between(window.first, window.last), *within(cohort, of)).cte("one")


def within(cohort: Cohort, of: Scope | None) -> Iterator[ColumnElement[bool]]:
    if of:
        yield cohort.fund == of.fund_id
    if of and of.municipality_id:
        yield cohort.municipality == of.municipality_id


def outcome(cohort: Cohort, measured: Measured) -> Column:
    """The first that fits; what is left counts as not."""
    first = [*cohort.excluded, *measured.before]
    return case(
        *((condition, OUT + reason) for reason, condition in first),
        (cohort.censored, CENSORED),
        (measured.yes, YES),
        *((condition, OUT + reason) for reason, condition in measured.after),
        (measured.censored, CENSORED),
        else_=NO,
    )


def totals(found: CTE, names: list[str]) -> Select[Any]:
    """The totals of each place, and the cells of each breakdown, in one pass."""
    whose = found.c.fund_id, found.c.municipality_id, found.c.outcome
    parts = [tuple_(*whose), *(tuple_(*whose, found.c[name]) for name in names)]
    level = func.grouping(*(found.c[name] for name in names)) if names else literal(0, Integer)
    rows = select(*whose, *(found.c[name] for name in names), level.label("level"))
    number = func.sum(found.c.weight).label("number")
    return rows.add_columns(number).group_by(func.grouping_sets(*parts))


def tell(place: Counted, row: Any, names: list[str]) -> None:
    """Into a place, one line: of the total, or of a cell, of which only who counts is told."""
    is_counting = row.outcome in {YES, NO}
    yes = row.number if row.outcome == YES else 0
    if broken := broken_down(row.level, names):
        key = getattr(row, broken)
        if is_counting and key is not None:
            place.put(broken, key, yes, row.number)
    elif is_counting:
        place.yes, place.of = place.yes + yes, place.of + row.number
    elif row.outcome == CENSORED:
        place.censored += row.number
    else:
        place.excluded[row.outcome.removeprefix(OUT)] += row.number


def broken_down(level: int, names: list[str]) -> str | None:
    """PostgreSQL tells by a bit for each column, the last one lowest, which were summed over."""
    bits = {2 ** (len(names) - 1 - place): name for place, name in enumerate(names)}
    everything = 2 ** len(names) - 1
    return bits.get(everything - level)


def marked(found: CTE) -> Select[Any]:
    """How many of those who count have each mark."""
    marks = func.jsonb_array_elements_text(found.c.marks).table_valued("value", name="mark")
    has = and_(found.c.outcome.in_([YES, NO]), found.c.marks.is_not(None))
    rows = select(
        found.c.fund_id,
        found.c.municipality_id,
        marks.c.value.label("mark"),
        func.count().label("number"),
    )
    counted = rows.select_from(found).join(marks, true()).where(has)
    return counted.group_by(found.c.fund_id, found.c.municipality_id, marks.c.value)
