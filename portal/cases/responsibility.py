"""The clock of responsibility: when a member passes from the fund to the municipality.

Nothing here reads the database or the clock: the same facts give the same answer on every day. The
day on which responsibility passes is only forecast; a person confirms it (domain: paid hours are
known after the month). Hours are benefit hours of one calendar month, a month is its first day.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal import rules
from portal.rules import RuleSet, months_after

CENT = Decimal("0.01")
HORIZON = 120  # months; past it a forecast says nothing
# fmt: off
MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september",
    "oktober", "november", "december",
)
# fmt: on


@dataclass(frozen=True)
class Month:
    """One month of the count; `total` is the sum at its end."""

    month: date
    hours: Decimal
    is_recorded: bool  # else counted with the member's weekly hours
    total: Decimal

    @property
    def last_day(self) -> date:
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])


@dataclass(frozen=True)
class Forecast:
    """`day` is None where the fund has no period, or no end of it can be foreseen."""

    day: date | None
    sentence: str  # Danish, with the reason
    hours: Decimal = Decimal(0)  # recorded so far
    limit: Decimal | None = None
    is_reached: bool = False  # by recorded hours alone
    months: tuple[Month, ...] = ()


def forecast(
    rule_set: RuleSet, *, start: date, weekly: Decimal, recorded: Mapping[date, Decimal]
) -> Forecast:
    """What the hours recorded, and the weekly hours where none are, lead to under the rule set."""
    if rule_set.period is None:
        return Forecast(None, f"A-kassen har ingen periode: {rule_set.period_text}")
    counted = {month: hours for month, hours in recorded.items() if month >= first_of(start)}
    sum_so_far = sum(counted.values(), Decimal(0))
    if rule_set.period.hours is None:
        day = months_after(start, rule_set.period.months)
        reason = f"Timetal ikke fastsat: {rule_set.period.months} måneder er gået"
        return Forecast(day, f"{reason} → ansvaret overgår {_short(day)}", sum_so_far)
    limit = rule_set.period.hours
    months = tuple(_count(start, weekly, counted, limit))
    return _by_hours(months, start, weekly, sum_so_far, limit)


def _count(
    start: date, weekly: Decimal, recorded: Mapping[date, Decimal], limit: Decimal
) -> Iterator[Month]:
    """Month by month until the limit is passed and nothing recorded is left."""
    last = max(recorded, default=start)
    total = Decimal(0)
    for n in range(HORIZON):
        month = months_after(first_of(start), n)
        hours = recorded.get(month, expected(month, start, weekly))
        total += hours
        yield Month(month, hours, month in recorded, total)
        if total > limit and month >= first_of(last):
            return


def _by_hours(
    months: tuple[Month, ...], start: date, weekly: Decimal, hours: Decimal, limit: Decimal
) -> Forecast:
    passing = next((month for month in months if month.total > limit), None)
    if passing is None:
        far = f"{number(limit)} timer nås ikke inden for {HORIZON // 12} år"
        return Forecast(None, f"{far} ({number(weekly)} t/uge)", hours, limit, months=months)
    is_reached = all(m.is_recorded for m in months if m.month <= passing.month)
    name = _month_name(passing.month, start)
    if is_reached:
        reason = f"{number(limit)} timer er passeret i {name} ({number(passing.total)} timer)"
        sentence = f"{reason} → ansvaret overgår {_short(passing.last_day)}"
    else:
        reason = f"{number(limit)} timer passeres i {name}"
        sentence = f"{reason} → ansvaret overgår {_short(passing.last_day)}"
        sentence += f" ({number(weekly)} t/uge)"
    return Forecast(passing.last_day, sentence, hours, limit, is_reached, months)


def expected(month: date, start: date, weekly: Decimal) -> Decimal:
    """The most that a month can pay for `weekly` hours; of the first month its weekdays count."""
    full_month = rules.on(month, "responsibility.full_time_month_hours", Decimal)
    full_week = rules.on(month, "responsibility.full_time_week_hours", Decimal)
    whole = (full_month * weekly / full_week).quantize(CENT)
    if month != first_of(start):
        return whole
    days = monthrange(month.year, month.month)[1]
    left = (date(month.year, month.month, n) for n in range(start.day, days + 1))
    return min(whole, (sum(day.weekday() < 5 for day in left) * weekly / 5).quantize(CENT))


def first_of(day: date) -> date:
    return day.replace(day=1)


def number(value: Decimal) -> str:
    """As Danes write it: 410, 37,5, 410,01."""
    text = f"{value.quantize(CENT)}".rstrip("0").rstrip(".")
    return text.replace(".", ",")


def _month_name(month: date, start: date) -> str:
    """With the year where the month alone could be another one."""
    name = MONTHS[month.month - 1]
    return name if month - start < timedelta(days=330) else f"{name} {month.year}"


def _short(day: date) -> str:
    return f"{day.day}/{day.month}"
