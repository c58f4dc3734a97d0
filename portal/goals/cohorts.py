"""Whom an indicator looks at: the rules by name.

A rule gives one row for each subject: a member's case, a move, an entry of the counter, or what
`packages.py` gives of packages. A subject belongs to the period in which its day lies. Instants
count on their day in Copenhagen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)

from portal import rules
from portal.cases.models import NEVER, Effort, EffortKind, EffortStatus, MemberCase, Talk
from portal.cases.models import TalkOutcome as Outcome
from portal.goals.models import GoalTally
from portal.goals.periods import Period
from portal.life.models import Happening, LifeEvent

Column = SQLColumnExpression[Any]
Condition = ColumnElement[bool]
Exclusions = tuple[tuple[str, Condition], ...]
Given = Mapping[str, Any]
LEFT = ("other_fund", "left_fund", "benefit_ended")
BREAKDOWNS = (
    "municipality",
    "working_time",
    "rule_set",
    "kind",
    "step",
    "reason",
    "criterion",
    "version",
    "missing",
)


@dataclass(frozen=True)
class Window:
    """The days of a period that have come."""

    period: Period
    today: date

    @property
    def first(self) -> date:
        return self.period.first

    @property
    def last(self) -> date:
        return min(self.period.last, self.today)


@dataclass(frozen=True)
class Cohort:
    """The subjects, and of each whose it is, its day and what it may be broken down by.

    `marks` is a list in JSON: each of its texts is a cell of its own. `done_on` is the day on which
    what was to be done by the subject's day was done. Packages are of both parties.
    """

    rows: Select[Any]
    fund: Column
    municipality: Column
    day: Column
    breakdowns: Mapping[str, Column]
    excluded: Exclusions = ()
    censored: Condition = false()
    weight: Column = literal(1)
    marks: Column | None = None
    done_on: Column | None = None
    is_of_both: bool = False


def day_of(instant: Any) -> Column:
    return cast(func.timezone("Europe/Copenhagen", instant), Date)


# --- Members ---


def of_members(window: Window, rows: Select[Any], day: Column, **more: Any) -> Cohort:
    """Cases, whatever has become of them; a member counts where they live now."""
    return Cohort(
        rows=rows,
        fund=MemberCase.organisation_id,
        municipality=MemberCase.municipality_id,
        day=day,
        **{
            "breakdowns": {
                "working_time": working_time(window.today),
                "rule_set": MemberCase.rule_set,
            },
            "excluded": (("mistake", MemberCase.closed_reason == "mistake"),),
        }
        | more,
    )


def working_time(today: date) -> Column:
    full = rules.on(today, "responsibility.full_time_week_hours", Decimal)
    return case((MemberCase.weekly_hours >= full, "full"), else_="part")


def closed_by(day: Column, *reasons: str) -> Condition:
    """That the case was closed for one of the reasons on the day or before."""
    is_closed = MemberCase.closed_at.is_not(None)  # never unknown, so that it can be turned round
    return and_(
        is_closed, MemberCase.closed_reason.in_(reasons), day_of(MemberCase.closed_at) <= day
    )


def in_job_by(day: Column) -> Condition:
    """In an ordinary job on the day: a job was recorded, or the case closed for one."""
    found = exists().where(
        LifeEvent.case_id == MemberCase.id,
        LifeEvent.kind == Happening.JOB,
        LifeEvent.undone_at.is_(None),
        LifeEvent.day <= day,
    )
    return or_(closed_by(day, "job"), found)


def transferred_by(day: Column) -> Condition:
    passed = and_(MemberCase.transfer_confirmed, MemberCase.transfer_on <= day)
    return or_(passed, closed_by(day, "handed_over"))


def gone_by(day: Column) -> Exclusions:
    """Those of whom nothing more can be said because of what happened to them."""
    reasons = (("deceased", "deceased"), ("education", "education"))
    return tuple((name, closed_by(day, reason)) for name, reason in reasons)


def members(given: Given, window: Window) -> Cohort:
    """Members for whom so many months or weeks have passed since the first benefit day."""
    step = func.make_interval(0, given.get("months", 0), given.get("weeks", 0))
    rows = select().select_from(MemberCase)
    if "rule_sets" in given:
        rows = rows.where(MemberCase.rule_set.in_(given["rule_sets"]))
    return of_members(window, rows, cast(MemberCase.benefit_start + step, Date))


def first_talk(given: Given, window: Window) -> Cohort:
    """Members whose first talk was held."""
    held = (
        select(Talk.case_id, func.min(Talk.day).label("day"))
        .where(Talk.outcome == Outcome.HELD)
        .group_by(Talk.case_id)
        .subquery("first_talk")
    )
    rows = select().select_from(MemberCase).join(held, held.c.case_id == MemberCase.id)
    return of_members(window, rows, held.c.day)


def handed_over(given: Given, window: Window) -> Cohort:
    """Members whose day of transfer came; as long as nobody has confirmed it, they are censored."""
    day = MemberCase.transfer_on
    rows = select().select_from(MemberCase).where(day < NEVER)
    ended = ("mistake", MemberCase.closed_reason == "mistake")
    return of_members(
        window,
        rows,
        day,
        excluded=(
            ended,
            ("in_work", in_job_by(day)),
            *gone_by(day),
            ("left", closed_by(day, *LEFT)),
        ),
        censored=~transferred_by(day),
    )


PLACED = (EffortStatus.AGREED, EffortStatus.RUNNING, EffortStatus.FINISHED)


def begun_on() -> Column:
    """The first day of an effort; where none was written, the day on which it was recorded."""
    return func.coalesce(Effort.first_day, day_of(Effort.recorded_at))


def placed(given: Given, window: Window) -> Cohort:
    """Members with a job that the fund has found for them; once in each quarter."""
    quarter = func.date_trunc("quarter", begun_on())
    found = (
        select(Effort.case_id, func.min(begun_on()).label("day"))
        .where(Effort.kind == EffortKind.PLACEMENT, Effort.status.in_(PLACED))
        .group_by(Effort.case_id, quarter)
        .subquery("placement")
    )
    rows = select().select_from(MemberCase).join(found, found.c.case_id == MemberCase.id)
    return of_members(window, rows, found.c.day)


def moves(given: Given, window: Window) -> Cohort:
    rows = select().select_from(LifeEvent).join(MemberCase, MemberCase.id == LifeEvent.case_id)
    moved = LifeEvent.kind == Happening.MOVED, LifeEvent.undone_at.is_(None)
    return of_members(window, rows.where(*moved), LifeEvent.day)


def exits(given: Given, window: Window) -> Cohort:
    rows = select().select_from(MemberCase).where(MemberCase.closed_at.is_not(None))
    by = {"reason": MemberCase.closed_reason}
    return of_members(window, rows, day_of(MemberCase.closed_at), breakdowns=by)


# --- What is counted by hand ---


def tally(given: Given, window: Window) -> Cohort:
    """Entries of the quick counter of one kind, each with its number."""
    there = GoalTally.kind == given["kind"], GoalTally.undone_at.is_(None)
    return Cohort(
        rows=select().select_from(GoalTally).where(*there),
        fund=GoalTally.organisation_id,
        municipality=GoalTally.municipality_id,
        day=GoalTally.day,
        breakdowns={},
        weight=GoalTally.number,
    )


Making = Callable[[Given, Window], Cohort]
OF_PEOPLE: dict[str, Making] = {
    "members": members,
    "first_talk": first_talk,
    "handed_over": handed_over,
    "placed": placed,
    "moves": moves,
    "exits": exits,
    "tally": tally,
}
