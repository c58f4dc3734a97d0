"""Figures made ready to be drawn, each with the words or the table that say the same."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import format_decimal
from flask_babel import gettext as _

from portal import charts
from portal.charts import Bar, CurvePicture, Trend
from portal.goals.following import followed
from portal.goals.publications import PublishedCurve
from portal.goals.published import Shown
from portal.goals.survival import WEEK, Point, curve
from portal.handovers.export import Cell, Table

HALF_A_YEAR = 26


@dataclass(frozen=True)
class Line:
    """A goal with its pictures; without a figure, or one that is no number, there are none."""

    goal: Shown
    bar: Bar | None
    trend: Trend | None


def lines(found: Iterable[Shown]) -> list[Line]:
    return [Line(one, *pictures(one)) for one in found]


def pictures(goal: Shown) -> tuple[Bar | None, Trend | None]:
    values = [one.span for one in goal.past]
    known = [one for one in values if one]
    if not known or goal.unit == "yes_no":
        return None, None
    full = 100 if goal.unit == "percent" else charts.full_of(known, goal.target)
    now = values[-1]
    bar = charts.bar(now, goal.target, full) if now else None
    return bar, charts.trend(values, goal.target, full)


# --- How soon people find a job ---


@dataclass(frozen=True)
class Row:
    """A line of the table beside the picture."""

    week: str
    share: str
    band: str
    at_risk: int | None = None
    found: int | None = None


@dataclass(frozen=True)
class Drawn:
    picture: CurvePicture
    people: int
    censored: int | None
    first: date
    last: date
    rows: list[Row]

    @property
    def end(self) -> str:
        return self.rows[-1].share if self.rows else "0 %"

    @property
    def about(self) -> str:
        """The curve in one sentence, for who does not see it."""
        if not self.rows:
            return str(_("Ingen er kommet i job endnu."))
        last = self.rows[-1]
        return str(
            _(
                "Efter %(week)s uger er %(share)s i ordinært job, med et bælte fra %(band)s.",
                week=last.week,
                share=last.share,
                band=last.band,
            )
        )


def of_published(found: PublishedCurve | None) -> Drawn | None:
    """Straight lines between the weeks that are shown; None where nothing is."""
    if found is None or not found.points:
        return None
    points = [Point(**one) for one in found.points]
    values = [(one.week, one.share, one.low, one.high) for one in points]
    return Drawn(
        picture=charts.curve(values, HALF_A_YEAR),
        people=found.people,
        censored=None,
        first=found.first_day,
        last=found.last_day,
        rows=[Row(str(one.week), f"{one.share} %", f"{one.low}–{one.high} %") for one in points],
    )


def of_own(fund_id: uuid.UUID, first: date, last: date) -> Drawn:
    people = [
        one
        for (whose, _municipality), many in followed(first, last, last).items()
        if whose == fund_id
        for one in many
    ]
    drawn = curve(people)
    until = drawn.last / WEEK
    weeks = HALF_A_YEAR if until <= HALF_A_YEAR else 2 * HALF_A_YEAR
    steps = [one for one in drawn.steps if one.week <= weeks]
    values = [(one.week, one.share, one.low, one.high) for one in steps]
    return Drawn(
        picture=charts.curve(values, weeks, until),
        people=drawn.people,
        censored=drawn.censored,
        first=first,
        last=last,
        rows=[
            Row(
                format_decimal(one.week, "0.0"),
                f"{one.share:.0f} %",
                f"{one.low:.0f}–{one.high:.0f} %",
                one.at_risk,
                one.found,
            )
            for one in steps
        ],
    )


def table(drawn: Drawn | None) -> Table:
    rows: Table = [
        [one.week, one.share, one.band, one.at_risk, one.found]
        for one in (drawn.rows if drawn else ())
    ]
    return [list[Cell](heads()), *rows]


def heads() -> list[str]:
    """Of the table beside a curve; the last two are told of the own people only."""
    band = _("%(percent)d %%-bælte", percent=95)
    return [_("Uger"), _("I ordinært job"), band, _("Følges stadig"), _("Kom i job")]
