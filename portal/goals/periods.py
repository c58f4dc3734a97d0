"""The periods that figures are of: quarters, half years and years of the calendar, and sums."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from portal import rules
from portal.clock import ONE_DAY
from portal.rules import months_after

Frequency = Literal["quarter", "half_year", "year"]
MONTHS: dict[str, int] = {"quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Period:
    """Days, both included."""

    first: date
    last: date

    def overlaps(self, other: "Period") -> bool:
        return self.first <= other.last and other.first <= self.last

    def quarters(self) -> "list[Quarter]":
        """Those that lie whole in the period, the first first."""
        found, quarter = [], quarter_of(self.first)
        while quarter.last <= self.last:
            if quarter.first >= self.first:
                found.append(quarter)
            quarter = quarter.after(1)
        return found


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of the calendar; `number` runs from 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        return months_after(self.first, 3) - ONE_DAY

    @property
    def period(self) -> Period:
        return Period(self.first, self.last)

    def after(self, quarters: int) -> "Quarter":
        """So many quarters later, or earlier where it is negative."""
        years, place = divmod(self.number - 1 + quarters, 4)
        return Quarter(self.year + years, place + 1)


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


def closed(quarter: Quarter, today: date) -> bool:
    """Whether its last day has passed."""
    return quarter.last < today


def last_closed(today: date) -> Quarter:
    return quarter_of(today).after(-1)


def rolling(quarter: Quarter, quarters: int = 4) -> Period:
    """So many quarters together, of which this one is the last."""
    return Period(quarter.after(1 - quarters).first, quarter.last)


def of_frequency(frequency: str, day: date) -> Period:
    """The quarter, half year or year of the calendar in which the day lies."""
    months = MONTHS[frequency]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, months_after(first, months) - ONE_DAY)


def before(frequency: str, period: Period) -> Period:
    return of_frequency(frequency, period.first - timedelta(days=1))


def is_settled(quarter: Quarter, day: date) -> bool:
    """Whether what came late has had the time to come."""
    return quarter.last + timedelta(days=rules.on(day, "publication.settled_days")) < day


def in_turn(
    following: Callable[[], Quarter | None], publish: Callable[[Quarter], None], day: date
) -> list[Quarter]:
    """Every quarter that is closed and settled and not published yet, each once and in order."""
    done: list[Quarter] = []
    while (quarter := following()) and is_settled(quarter, day):
        publish(quarter)
        done.append(quarter)
    return done
