"""What is shown to whoever may not open the records: the published figures of agreements.

A figure is of the last four quarters that were published, and is the sum of the blocks that were
told in them; see `portal.suppression`. Nothing here counts people.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache, reduce
from operator import add
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from portal import rules
from portal.agreements.indicators import Indicator, indicator, sets
from portal.agreements.models import Agreement, AgreementSide, AgreementVersion
from portal.agreements.overview import others_of
from portal.agreements.queries import shown_on
from portal.charts import Range
from portal.clock import ONE_DAY
from portal.db import db, gathered, revived
from portal.goals.catalogue import is_of_people
from portal.goals.figure_words import text_of
from portal.goals.parties import OF_EACH_PAIR
from portal.goals.periods import Period, Quarter, is_settled, last_closed, rolling
from portal.goals.publications import Publication, PublishedCurve
from portal.goals.values import GoalValue, ValueState
from portal.straight import Straight
from portal.suppression import Share

ALWAYS = 100  # percent
TREND = 4  # figures, one a quarter, the last one the newest
Key = tuple[str, str]
"""The set and the code of an indicator."""


@dataclass(frozen=True)
class Past:
    """One figure as it was when its quarter was published, or as a side reported it.

    `span` is the least and the most that it can be, in the unit of the target; a figure that was
    not shown, and one that is no number, has none.
    """

    period: Period
    of: Indicator
    span: Range | None = None
    share: Share | None = None
    reported: str | None = None  # in words, by a side
    is_met: bool | None = None  # as the side that reported it says

    @property
    def text(self) -> str:
        if self.reported is not None:
            return self.reported
        return text_of(self.share, self.of.unit, self.of.method)

    @property
    def is_known(self) -> bool:
        return self.share is not None or self.reported is not None


@dataclass(frozen=True)
class Shown:
    """A goal of an agreement with its figure; `is_met` is None where that cannot be said."""

    set: str
    code: str
    label: str
    area: str
    unit: str
    method: str
    source: str
    direction: str
    target: int | None
    baseline: int | None
    is_met: bool | None
    past: list[Past]

    @property
    def text(self) -> str:
        return self.past[-1].text

    @property
    def share(self) -> Share | None:
        return self.past[-1].share

    @property
    def period(self) -> Period:
        return self.past[-1].period

    @property
    def trend(self) -> list[str]:
        return [one.text for one in self.past]

    @property
    def is_known(self) -> bool:
        """Whether there is a figure at all."""
        return self.past[-1].is_known

    @property
    def gap(self) -> float:
        """How far it is from the target at the best, in hundredths of the target; nought if met."""
        if not self.past or not (span := self.past[-1].span):
            return 0.0
        if not self.target or self.is_met is not False:
            return 0.0
        best = span[1] if self.direction == "at_least" else span[0]
        return abs(best - self.target) / self.target * 100


@dataclass(frozen=True)
class Promised:
    """An agreement in its version of the day: whose, and what it promises to measure."""

    agreement_id: uuid.UUID
    version_id: uuid.UUID
    title: str
    others: str
    goals: Sequence[Mapping[str, Any]]
    values: Sequence[Any]


def figures_of(agreement_id: uuid.UUID, day: date) -> list[Shown]:
    """Each goal of the version of the day, as published by then; none for who sees no agreement."""
    rows = promises(day).where(AgreementVersion.agreement_id == agreement_id)
    found = db.session.execute(rows).one_or_none()
    return figures_by_agreement([found], day)[agreement_id] if found else []


def told_together(version: AgreementVersion, keys: Sequence[Key], day: date) -> list[Shown]:
    """Of all parties of the agreement together, whether or not they are goals of theirs."""
    known = [one for key in keys if (one := indicator(*key))]
    goals = [
        {"set": one.set, "code": one.code, "indicator": one.name_da, "area": one.area}
        for one in known
    ]
    asked = Promised(version.agreement_id, version.id, "", "", goals, ())
    return figures_by_agreement([asked], day)[version.agreement_id]


def promised(organisation_id: uuid.UUID, day: date) -> list[Promised]:
    """All agreements that one sees, in one statement."""
    rows: list[Row[Any]] = promises_to(organisation_id, day).rows(db.session, {})
    return [
        Promised(
            row.agreement_id,
            row.version_id,
            row.title,
            ", ".join(sorted(row.others or ())),
            row.goals,
            row.values,
        )
        for row in rows
    ]


@lru_cache(maxsize=256)
def promises_to(organisation_id: uuid.UUID, day: date) -> Straight:
    """Kept, for a statement costs more to write than to ask."""
    return Straight(promises(day, others_of(organisation_id, day).label("others")))


def promises(day: date, *columns: Any) -> Select[Any]:
    version = AgreementVersion

    rows = select(
        version.agreement_id,
        version.id.label("version_id"),
        Agreement.title,
        version.goals,
        gathered(GoalValue, and_(*reported(version, day)), GoalValue.first_day).label("values"),
        *columns,
    )
    is_shown = version.id == shown_on(day)
    return rows.join(Agreement, Agreement.id == version.agreement_id).where(is_shown)


def reported(version: type[AgreementVersion], day: date) -> tuple[ColumnElement[bool], ...]:
    """What a side has reported of a goal and both read, of periods that were over by the day."""
    is_read = GoalValue.state.in_([ValueState.SUBMITTED, ValueState.APPROVED])
    return GoalValue.agreement_id == version.agreement_id, is_read, GoalValue.last_day < day


def figures_by_agreement(
    found: Iterable[Promised | Row[Any]], day: date, trend: int = TREND
) -> dict[uuid.UUID, list[Shown]]:
    """Of many agreements in one statement; `trend`: how many figures of each goal."""
    known, quarters = [*found], rules.on(day, "publication.quarters")
    told = shares_of(known, day, quarters + trend)
    last = newest(day)
    periods = [rolling(last.after(-back), quarters) for back in reversed(range(trend))]
    return {
        one.agreement_id: [
            shown(goal, of, past(of, told[one.agreement_id], one.values, periods))
            for goal in one.goals
            if (of := indicator_of(goal))
        ]
        for one in known
    }


def indicator_of(goal: Mapping[str, Any]) -> Indicator | None:
    """Goals signed before sets had names say their code only."""
    if goal.get("set"):
        return indicator(goal["set"], goal["code"])
    return next((one for key in sets() if (one := indicator(key, goal["code"]))), None)


Told = dict[Key, dict[date, Share]]
"""Of an indicator by the last day of the quarter in which it was told."""


def shares_of(
    found: Iterable[Promised | Row[Any]], day: date, quarters: int
) -> dict[uuid.UUID, Told]:
    """What was told of all parties of each in the last so many quarters, and one more."""
    versions = {one.version_id: one.agreement_id for one in found}
    told: dict[uuid.UUID, Told] = {agreement_id: {} for agreement_id in versions.values()}
    of_version = {str(version): told[agreement_id] for version, agreement_id in versions.items()}
    given = {"versions": [*versions], "until": day}
    given["since"] = last_closed(day).after(-quarters).first
    for row in sums().rows(db.session, given) if versions else ():
        of_goal = of_version[row.version].setdefault((row.set, row.code), {})
        of_goal[row.last_day] = share_of(row)
    return told


def is_of_each_pair(set_key: str, code: str) -> bool:
    of = indicator(set_key, code)
    return bool(of and of.cohort and of.cohort.name in OF_EACH_PAIR)


def share_of(row: Row[Any]) -> Share:
    """A meeting of many stands with each pair of them: of an agreement it is one meeting."""
    if is_of_each_pair(row.set, row.code):
        return Share(row.most, row.most, row.most)
    return Share(row.of, row.low, row.high)


@cache
def sums() -> Straight:
    """Of each version's pairs, added up for each quarter; of a version that one is a side of."""
    figures = ("set", "code", "last_day", "of", "low", "high", "most")
    given = (
        bindparam("versions", type_=ARRAY(Uuid)),
        bindparam("since", type_=Date),
        bindparam("until", type_=Date),
    )
    told = func.agreement_told(*given).table_valued(column("version_id", Uuid), *figures)
    named = cast(told.c.version_id, String).label("version")  # a word is found sooner than an id
    return Straight(select(named, *(told.c[name] for name in figures)))


def newest(day: date) -> Quarter:
    """The last quarter that is published by the day."""
    last = last_closed(day)
    return last if is_settled(last, day) else last.after(-1)


def past(of: Indicator, told: Told, values: Sequence[Any], periods: Sequence[Period]) -> list[Past]:
    """The newest figures of a goal, the last one the newest; at least one, if it says nothing."""
    if of.method == "counted":
        by_day = told.get(of.key, {})
        return [past_of(of, by_day, period) for period in periods]
    named = [one for one in values if (one["set"], one["code"]) == of.key]
    own = revived(GoalValue, named[-len(periods) :])
    return [past_value(of, one) for one in own] or [Past(periods[-1], of)]


def past_value(of: Indicator, one: GoalValue) -> Past:
    span = None if one.value is None else (float(one.value), float(one.value))
    return Past(one.period, of, span, reported=one.shown, is_met=one.is_met)


def past_of(of: Indicator, by_day: Mapping[date, Share], period: Period) -> Past:
    share = total(by_day[last] for last in by_day if period.first <= last <= period.last)
    if share is None and of.unit == "count" and not is_of_people(of):
        share = Share(0, 0, 0)
    return Past(period, of, measured(share, of.unit) if share else None, share)


def shown(goal: Mapping[str, Any], of: Indicator, known: list[Past]) -> Shown:
    target, now = goal.get("target"), known[-1]
    direction = goal.get("direction") or of.direction
    return Shown(
        set=of.set,
        code=of.code,
        label=goal["indicator"],
        area=goal["area"],
        unit=of.unit,
        method=of.method,
        source=of.source,
        direction=direction,
        target=target,
        baseline=goal.get("baseline"),
        is_met=is_met(now.span, of.unit, target, direction) if now.is_met is None else now.is_met,
        past=known,
    )


def total(shares: Iterable[Share]) -> Share | None:
    known = [*shares]
    return reduce(add, known) if known else None


def measured(share: Share, unit: str) -> Range:
    """The least and the most that the figure can be, in the unit of its target."""
    return (share.low, share.high) if unit == "count" else share.percents


def is_met(span: Range | None, unit: str, target: int | None, direction: str) -> bool | None:
    """Whether the target is reached whatever the figure is between its bounds, or is not.

    What is answered by yes or no is reached where the answer was yes each time.
    """
    target = ALWAYS if unit == "yes_no" else target
    if span is None or target is None:
        return None
    low, high = span
    met, missed = (low >= target, high < target)
    if direction == "at_most":
        met, missed = (high <= target, low > target)
    return True if met else False if missed else None


def last_told(year: int, today: date) -> date:
    """The day by which the year's figures are published; today, as long as that is to come."""
    last = Quarter(year, 4).last
    settled = timedelta(days=rules.on(last, "publication.settled_days"))
    return min(today, last + settled + ONE_DAY)


def curve_of(agreement_id: uuid.UUID, until: date = date.max) -> PublishedCurve | None:
    """Of an agreement between one fund and one municipality: the newest curve that was told with a
    quarter that ended by the day."""
    side = AgreementSide.organisation_id
    of_agreement = select(side).where(AgreementSide.agreement_id == agreement_id)
    rows = (
        select(PublishedCurve)
        .join(Publication, Publication.id == PublishedCurve.publication_id)
        .where(Publication.last_day <= until)
        .where(PublishedCurve.fund_id.in_(of_agreement))
        .where(PublishedCurve.municipality_id.in_(of_agreement))
    )
    return db.session.scalars(rows.order_by(PublishedCurve.last_day.desc()).limit(1)).first()
