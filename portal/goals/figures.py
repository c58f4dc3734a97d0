"""An organisation's own exact figures, as they were counted last."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from portal.access import Actor, Permission
from portal.agreements import catalogue as agreed
from portal.agreements.document import label
from portal.agreements.indicators import Indicator, IndicatorSet, sets
from portal.agreements.parameters import default
from portal.cases.words import CLOSING_REASONS
from portal.db import db
from portal.goals import words
from portal.goals.counting import Counted, is_of_both
from portal.goals.models import GoalCount
from portal.goals.periods import Period, Quarter
from portal.handovers.words import KINDS
from portal.organisations.queries import names_on

# Of these the words are the same for everybody; of the others see `named`.
LABELS: dict[str, dict[Any, Any]] = {
    "working_time": dict(words.WORKING_TIME),
    "kind": dict(KINDS),
    "step": dict(words.DEADLINES),
}


@dataclass
class Figured:
    """An indicator with what was counted of it in the quarters asked for."""

    indicator: Indicator
    counted: Counted = field(default_factory=Counted)
    counted_at: datetime | None = None

    @property
    def share(self) -> float | None:
        """In percent; None where nobody counts."""
        return 100 * self.counted.yes / self.counted.of if self.counted.of else None

    @property
    def share_shown(self) -> int | None:
        """Whole; all and nobody are said of nothing else."""
        found = self.counted
        if self.share is None or found.yes in {0, found.of}:
            return None if self.share is None else round(self.share)
        return min(99, max(1, round(self.share)))


def readable(actor: Actor, today: date) -> dict[str, list[Indicator]]:
    """By set, what the person may read exactly: figures of members where their records are open."""
    found = {}
    for each in sets().values():
        kept = [one for one in each.indicators if one.method == "counted"]
        kept = [one for one in kept if may_read(one, actor, today)]
        if kept:
            found[each.key] = kept
    return found


def may_read(one: Indicator, actor: Actor, today: date) -> bool:
    return actor.may(Permission.CASE_READ) or is_of_both(one, today)


def figured(
    indicators: Sequence[Indicator],
    quarters: Sequence[Quarter],
    municipality_id: uuid.UUID | None = None,
) -> list[Figured]:
    """Summed over the quarters, of one municipality or of all."""
    found = {one.key: Figured(one) for one in indicators}
    if not quarters:
        return [*found.values()]
    rows = select(GoalCount).where(
        GoalCount.set.in_({one.set for one in indicators}),
        GoalCount.first_day.in_([quarter.first for quarter in quarters]),
        *within(municipality_id),
    )
    for row in db.session.scalars(rows):
        if (row.set, row.code) in found:
            tell(found[row.set, row.code], row)
    return [*found.values()]


def within(municipality_id: uuid.UUID | None) -> Iterable[ColumnElement[bool]]:
    return [GoalCount.municipality_id == municipality_id] if municipality_id else []


def tell(one: Figured, row: GoalCount) -> None:
    one.counted_at = max(one.counted_at or row.counted_at, row.counted_at)
    if row.breakdown:
        one.counted.put(row.breakdown, row.cell, row.yes, row.of)
        return
    total = Counted(row.yes, row.of, censored=row.censored)
    total.excluded.update(row.excluded)
    one.counted.add(total)
    if row.municipality_id:
        one.counted.put("municipality", str(row.municipality_id), row.yes, row.of)


def places() -> list[uuid.UUID]:
    """The municipalities of which the organisation has figures."""
    rows = select(GoalCount.municipality_id).where(GoalCount.municipality_id.is_not(None))
    return [one for one in db.session.scalars(rows.distinct()) if one]


@dataclass(frozen=True)
class Cell:
    label: str
    yes: int
    of: int


def broken_down(one: Figured, today: date) -> list[tuple[str, list[Cell]]]:
    """By each breakdown that has more than one cell, the largest first."""
    found = []
    for name in one.indicator.breakdowns:
        pairs = one.counted.cells.get(name, {})
        if len(pairs) > 1 or (pairs and name in {"missing", "criterion", "reason"}):
            labels = named(name, pairs, today)
            cells = [Cell(str(labels.get(key, key)), *pair) for key, pair in pairs.items()]
            cells.sort(key=lambda cell: (-cell.of, -cell.yes, cell.label))
            found.append((str(words.BREAKDOWNS[name]), cells))
    return found


def named(breakdown: str, keys: Iterable[str], today: date) -> dict[Any, Any]:
    match breakdown:
        case "municipality":
            ids = [uuid.UUID(key) for key in keys]
            return {str(id): name for id, name in names_on(ids, today).items()}
        case "reason":
            rejections = {row.code: label(vars(row)) for row in default().rejection_reasons}
            return rejections | dict(CLOSING_REASONS)
        case "missing":
            return {row.code: label(vars(row)) for row in default().plan_fields}
        case "criterion":
            return {row.code: row.label_da for row in agreed.criteria()}
    return LABELS.get(breakdown, {})


@dataclass(frozen=True)
class Span:
    """Quarters to choose: the key in the address and the days."""

    key: str
    quarters: tuple[Quarter, ...]

    @property
    def period(self) -> Period:
        return Period(self.quarters[0].first, self.quarters[-1].last)


def spans(today: date, quarter: Quarter) -> list[Span]:
    """The four closed quarters together, the running one, and each of the four."""
    before = tuple(quarter.after(back) for back in (-4, -3, -2, -1))
    single = [Span(f"{one.year}-{one.number}", (one,)) for one in (quarter, *reversed(before))]
    return [Span("year", before), *single]


def in_order(found: Iterable[IndicatorSet]) -> list[IndicatorSet]:
    """What the law asks first, then Samspil's own, then the sets of agreements."""
    first = {"law": 0, "cooperation": 1}
    return sorted(found, key=lambda each: (first.get(each.key, len(first)), each.title_da))
