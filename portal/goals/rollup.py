"""Figures counted ahead: every indicator of every organisation's own, a quarter at a time.

The worker counts the running quarter and the one before every night; what is registered later than
that is found by `samspil goals recount`. Pages add up quarters and never count by themselves.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select

from portal.agreements.indicators import Indicator, counted, indicator
from portal.clock import now, today
from portal.db import db
from portal.goals.counting import Counted, by_place, is_of_both
from portal.goals.models import GoalCount
from portal.goals.periods import Quarter, quarter_of
from portal.jobs import enqueue, jobs

Line = dict[str, Any]
KEY = (
    "organisation_id",
    "fund_id",
    "municipality_id",
    "set",
    "code",
    "first_day",
    "last_day",
    "breakdown",
    "cell",
)
FIGURES = ("yes", "of", "excluded", "censored")
AT_ONCE = 5000


@jobs.periodic(cron="23 1 * * *")
@jobs.task(name="goals.count", queueing_lock="goals.count")
def every_night(timestamp: int) -> None:
    """A job an indicator. Twice is once: what is counted anew takes the place of what was."""
    for quarter in recent(today(), 2):
        for one in counted():
            enqueue(count_one, set_key=one.set, code=one.code, first_day=str(quarter.first))


@jobs.task(name="goals.count_one")
def count_one(set_key: str, code: str, first_day: str) -> None:
    """What is not counted here, or not any more, does nothing."""
    one = indicator(set_key, code)
    if one and one.method == "counted":
        write(one, quarter_of(date.fromisoformat(first_day)), today=today(), at=now())


def recent(day: date, quarters: int) -> list[Quarter]:
    """The running quarter and those before it, so many together, the first first."""
    return [quarter_of(day).after(1 - back) for back in range(quarters, 0, -1)]


def write(one: Indicator, quarter: Quarter, *, today: date, at: datetime) -> int:
    """Count a quarter of an indicator anew, for everybody; how many figures there are."""
    db.session.execute(delete(GoalCount).where(*of_quarter(one, quarter)))
    made = [*lines(one, quarter, today)]
    for first in range(0, len(made), AT_ONCE):
        rows = [
            line | {"id": uuid.uuid4(), "counted_at": at} for line in made[first : first + AT_ONCE]
        ]
        db.session.execute(insert(GoalCount), rows)
    return len(made)


def differing(one: Indicator, quarter: Quarter, *, today: date) -> list[Line]:
    """Figures that are not as they would be counted now, as they stand or should stand."""
    rows = db.session.execute(select(GoalCount.__table__).where(*of_quarter(one, quarter)))
    stored = {key_of(row): row for row in map(dict, rows.mappings())}
    fresh = {key_of(line): line for line in lines(one, quarter, today)}
    wrong = [key for key in stored.keys() | fresh.keys()
             if told(stored.get(key)) != told(fresh.get(key))]  # fmt: skip
    return [fresh.get(key) or stored[key] for key in sorted(wrong, key=str)]


def of_quarter(one: Indicator, quarter: Quarter) -> tuple[Any, ...]:
    return (
        GoalCount.set == one.set,
        GoalCount.code == one.code,
        GoalCount.first_day == quarter.first,
        GoalCount.last_day == quarter.last,
    )


def key_of(line: Line) -> tuple[Any, ...]:
    return tuple(line[name] for name in KEY)


def told(line: Line | None) -> tuple[Any, ...] | None:
    return tuple(line[name] for name in FIGURES) if line else None


def lines(one: Indicator, quarter: Quarter, today: date) -> Iterator[Line]:
    """The rows of a quarter; packages are both parties' own, and stand once for each."""
    of_both = is_of_both(one, today)
    for (fund_id, municipality_id), found in by_place(one, quarter.period, today).items():
        place = {
            "fund_id": fund_id,
            "municipality_id": municipality_id,
            "set": one.set,
            "code": one.code,
            "first_day": quarter.first,
            "last_day": quarter.last,
        }
        owners = [fund_id, municipality_id] if of_both else [fund_id]
        for owner in owners:
            for figures in figures_of(found):
                yield place | {"organisation_id": owner} | figures


def figures_of(found: Counted) -> Iterator[Line]:
    yield {
        "breakdown": "",
        "cell": "",
        "yes": found.yes,
        "of": found.of,
        "excluded": dict(found.excluded),
        "censored": found.censored,
    }
    for breakdown, pairs in found.cells.items():
        for cell, (yes, of) in pairs.items():
            figures = {"yes": yes, "of": of, "excluded": {}, "censored": 0}
            yield {"breakdown": breakdown, "cell": cell} | figures
