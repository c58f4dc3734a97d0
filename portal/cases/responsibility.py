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

from babel import dates, numbers
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from portal import rules
from portal.rules import RuleSet, months_after

CENT = Decimal("0.01")
HORIZON = 120  # months; past it a forecast says nothing
AMOUNT = "0.##"


def N_(sentence: str) -> str:
    """Marks a sentence for the translators; `Reason.told` translates it."""
    return sentence


# fmt: off
MONTHS = (
    N_("januar"), N_("februar"), N_("marts"), N_("april"), N_("maj"), N_("juni"), N_("juli"),
    N_("august"), N_("september"), N_("oktober"), N_("november"), N_("december"),
)
# fmt: on
SHORT = N_("d/M")
NO_PERIOD = N_("A-kassen har ingen periode: %(text)s")
BY_MONTHS = N_("Timetal ikke fastsat: %(months)s måneder er gået → ansvaret overgår %(day)s")
NEVER = N_("%(limit)s timer nås ikke inden for %(years)s år (%(weekly)s t/uge)")
HAS_PASSED = N_(
    "%(limit)s timer er passeret i %(month)s (%(total)s timer) → ansvaret overgår %(day)s"
)
WILL_PASS = N_("%(limit)s timer passeres i %(month)s → ansvaret overgår %(day)s (%(weekly)s t/uge)")


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
class Reason:
    """Why responsibility passes on a day: one of the sentences above, and what fills it."""

    text: str
    values: Mapping[str, object]
    month: date | None = None
    with_year: bool = False

    @property
    def danish(self) -> str:
        """As it goes into a package, whoever reads the page."""
        name = MONTHS[self.month.month - 1] if self.month else ""
        filled = {key: _danish(value) for key, value in self.values.items()}
        return self.text % {**filled, "month": self._dated(name)}

    @property
    def told(self) -> str:
        """In the reader's language."""
        name = month_name(self.month) if self.month else ""
        filled = {key: _told(value) for key, value in self.values.items()}
        return str(_(self.text, **{**filled, "month": self._dated(name)}))

    def _dated(self, name: str) -> str:
        return f"{name} {self.month.year}" if self.month and self.with_year else name


@dataclass(frozen=True)
class Forecast:
    """`day` is None where the fund has no period, or no end of it can be foreseen."""

    day: date | None
    reason: Reason
    hours: Decimal = Decimal(0)  # recorded so far
    limit: Decimal | None = None
    is_reached: bool = False  # by recorded hours alone
    months: tuple[Month, ...] = ()

    @property
    def sentence(self) -> str:
        return self.reason.danish


def forecast(
    rule_set: RuleSet, *, start: date, weekly: Decimal, recorded: Mapping[date, Decimal]
) -> Forecast:
    """What the hours recorded, and the weekly hours where none are, lead to under the rule set."""
    if rule_set.period is None:
        return Forecast(None, Reason(NO_PERIOD, {"text": rule_set.period_text}))
    counted = {month: hours for month, hours in recorded.items() if month >= first_of(start)}
    sum_so_far = sum(counted.values(), Decimal(0))
    if rule_set.period.hours is None:
        day = months_after(start, rule_set.period.months)
        reason = Reason(BY_MONTHS, {"months": rule_set.period.months, "day": day})
        return Forecast(day, reason, sum_so_far)
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
    told: dict[str, object] = {"limit": limit, "weekly": weekly}
    if passing is None:
        never = Reason(NEVER, told | {"years": HORIZON // 12})
        return Forecast(None, never, hours, limit, months=months)
    is_reached = all(m.is_recorded for m in months if m.month <= passing.month)
    told |= {"total": passing.total, "day": passing.last_day}
    # With the year where the month alone could be another one.
    with_year = passing.month - start >= timedelta(days=330)
    text = HAS_PASSED if is_reached else WILL_PASS
    reason = Reason(text, told, passing.month, with_year)
    return Forecast(passing.last_day, reason, hours, limit, is_reached, months)


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


def month_name(month: date) -> str:
    """In the reader's language."""
    return str(_(MONTHS[month.month - 1]))


def _danish(value: object) -> object:
    """As Danes write it: 410, 37,5, 410,01, 31/12."""
    if isinstance(value, Decimal):
        return numbers.format_decimal(value, AMOUNT, locale="da")
    return dates.format_date(value, SHORT, locale="da") if isinstance(value, date) else value


def _told(value: object) -> object:
    """As the reader writes it."""
    if isinstance(value, Decimal):
        return format_decimal(value, AMOUNT)
    return format_date(value, _(SHORT)) if isinstance(value, date) else value
