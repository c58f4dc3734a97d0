"""The goals of an agreement as its parties report on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from portal.agreements.indicators import Indicator
from portal.agreements.models import Agreement, AgreementVersion
from portal.agreements.models import State as AgreementState
from portal.goals.periods import Period, before, of_frequency
from portal.goals.published import indicator_of

UNITS = {"percent": "percent", "count_per_year": "count", "done": "yes_no"}
METHODS = {"register": "imported", "own_count": "stated", "survey": "survey"}
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Asked:
    """One goal of the version that governs, with what its indicator says of it.

    `indicator` is None for a goal in the parties' own words, and for one that no set has any more.
    """

    row: Mapping[str, Any]
    indicator: Indicator | None

    @property
    def set(self) -> str:
        """Signed before sets had names, it is the one that has its code."""
        return self.indicator.set if self.indicator else ""

    @property
    def code(self) -> str:
        return str(self.row["code"])

    @property
    def unit(self) -> str:
        return UNITS[self.row["unit"]]

    @property
    def method(self) -> str:
        return self.indicator.method if self.indicator else METHODS[self.row["measured_by"]]

    @property
    def source(self) -> str:
        return self.indicator.source if self.indicator else "own_count"

    @property
    def is_typed(self) -> bool:
        """Whether somebody writes the figure; of the others Samspil publishes it."""
        return self.method in {"imported", "stated"}

    @property
    def target(self) -> int | None:
        target: int | None = self.row["target"]
        return target

    @property
    def frequency(self) -> str:
        return self.indicator.frequency if self.indicator else "half_year"

    def last_period(self, today: date) -> Period:
        """The newest one of its frequency that is over; of a year's goal a quarter may be told."""
        often = "quarter" if self.frequency == "year" else self.frequency
        return before(often, of_frequency(often, today))

    def is_met(self, value: Decimal | None, is_yes: bool | None, period: Period) -> bool | None:
        """A count is held against its share of the year; None where there is no figure."""
        if self.unit == "yes_no":
            return is_yes
        if value is None or self.target is None:
            return None
        target = Decimal(self.target)
        if self.unit == "count":
            target = target * ((period.last - period.first).days + 1) / DAYS_A_YEAR
        at_most = self.row.get("direction") == "at_most"
        return value <= target if at_most else value >= int(target)

    def in_words(self, value: Decimal | None, base: int | None, is_yes: bool | None) -> str:
        if self.unit == "yes_no":
            return str({True: _("Ja"), False: _("Nej"), None: ""}[is_yes])
        if value is None:
            return ""
        figure = format_decimal(value)
        if self.unit == "count":
            return str(figure)
        told = _("%(figure)s %%", figure=figure)
        return _("%(told)s af %(base)s", told=told, base=base) if base is not None else str(told)


def asked(version: AgreementVersion) -> list[Asked]:
    return [Asked(row, indicator_of(row)) for row in version.goals]


def governing(agreement: Agreement, today: date) -> AgreementVersion | None:
    """The version whose goals are reported on; of one that was only drafted nobody reports."""
    shown = agreement.shown_on(today)
    return shown if shown and shown.state != AgreementState.ABANDONED else None


def goal_of(version: AgreementVersion, set_key: str, code: str) -> Asked | None:
    found = (one for one in asked(version) if (one.set or "own", one.code) == (set_key, code))
    return next(found, None)
