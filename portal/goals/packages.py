"""Packages and their deadlines as cohorts: what both parties may open, both may count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)

from portal.agreements.models import AgreementVersion
from portal.clock import ONE_DAY, is_working_day
from portal.goals.cohorts import OF_PEOPLE, Cohort, Column, Condition, Given, Making, Window, day_of
from portal.goals.parties import OF_PARTIES
from portal.handovers.follow_ups import HandoverFollowUp, Outcome
from portal.handovers.models import Handover, Kind, State
from portal.handovers.parts import HandoverEvent, HandoverRating

REACH = timedelta(days=200)  # a deadline that runs out in a period began at most so long before


ENDED = {"deceased": "death", "education": Outcome.EDUCATION}  # why nobody needs to ask
TOLD = (Outcome.JOB, Outcome.ON_PLAN, Outcome.NEW_PLAN)


def of_packages(rows: Select[Any], day: Column, **more: Any) -> Cohort:
    return Cohort(
        rows=rows,
        fund=Handover.sender_id,
        municipality=Handover.receiver_id,
        day=day,
        is_of_both=True,
        **{
            "breakdowns": {"kind": Handover.kind, "version": version()},
            "excluded": (("error", Handover.state == State.IN_ERROR),),
        }
        | more,
    )


def version() -> Column:
    """The number of the agreement's version; none where there was no agreement."""
    number = cast(AgreementVersion.number, String)
    found = select(number).where(AgreementVersion.id == Handover.agreement_version_id)
    return found.scalar_subquery()


def packages_sent(given: Given, window: Window) -> Cohort:
    return of_packages(select().select_from(Handover), day_of(Handover.sent_at))


def decided(given: Given, window: Window) -> Cohort:
    """Referrals that the receiver has accepted, or rejected and not taken up again."""
    is_rejected = Handover.state == State.REJECTED
    at = case((is_rejected, Handover.closed_at), else_=Handover.accepted_at)
    rows = select().select_from(Handover)
    rows = rows.where(Handover.kind == Kind.VISITATION, at.is_not(None))
    return of_packages(
        rows,
        day_of(at),
        breakdowns={
            "reason": case((is_rejected, Handover.closed_reason)),
            "criterion": case((is_rejected, criterion())),
            "version": version(),
        },
    )


def criterion() -> Column:
    """Which criterion the last rejection found not met."""
    said = (
        select(HandoverEvent.detail["criterion"].astext)
        .where(HandoverEvent.handover_id == Handover.id, HandoverEvent.step == "reject")
        .order_by(HandoverEvent.at.desc())
        .limit(1)
    )
    return said.scalar_subquery()


def accepted(given: Given, window: Window) -> Cohort:
    """Accepted packages with what the receiver said of them, if it said anything."""
    rows = select().select_from(Handover)
    rows = rows.outerjoin(HandoverRating, HandoverRating.handover_id == Handover.id)
    return of_packages(
        rows.where(Handover.accepted_at.is_not(None)),
        day_of(Handover.accepted_at),
        marks=HandoverRating.missing,
    )


def followed_up(given: Given, window: Window) -> Cohort:
    """Members that the receiver asks again so many months after the package was completed.

    On the day that it is to be asked; whom nobody has asked yet, or reached, cannot be followed.
    """
    task = HandoverFollowUp
    rows = select().select_from(task).join(Handover, Handover.id == task.handover_id)
    said = func.coalesce(task.outcome, task.lapsed)
    return of_packages(
        rows.where(task.months == given["months"]),
        task.due_on,
        excluded=(
            ("error", Handover.state == State.IN_ERROR),
            *((name, func.coalesce(said == code, false())) for name, code in ENDED.items()),
        ),
        censored=func.coalesce(said.not_in(TOLD), true()),
    )


# --- Deadlines ---


@dataclass(frozen=True)
class Deadline:
    """One step's deadline: when it began to run, and when the step was taken."""

    starts: Column
    ends: Column
    where: Condition


def deadline(step: str) -> Deadline:
    match step:
        case "acknowledge":
            return Deadline(Handover.sent_at, Handover.received_at, sent())
        case "decide":
            rejected = case((Handover.state == State.REJECTED, Handover.closed_at))
            ends = func.coalesce(Handover.accepted_at, rejected)
            return Deadline(Handover.received_at, ends, sent())
        case "plan":
            planned = first_event(HandoverEvent.source == State.ACCEPTED)
            return Deadline(Handover.accepted_at, planned, sent())
    told = first_event(HandoverEvent.step == "publish_minutes")
    return Deadline(Handover.held_at, told, Handover.meeting_waived.is_(None))


def sent() -> Condition:
    return Handover.sent_at.is_not(None)


def first_event(where: Condition) -> Column:
    rows = select(func.min(HandoverEvent.at)).where(
        HandoverEvent.handover_id == Handover.id,
        HandoverEvent.target.not_in([State.ACCEPTED, State.RECEIVED]),
        where,
    )
    return rows.scalar_subquery()


STEPS = ("acknowledge", "decide", "plan", "minutes")
OF_ITS_PACKAGE = (
    Handover.sender_id,
    Handover.receiver_id,
    Handover.kind,
    Handover.state,
    Handover.closed_at,
)


def deadlines(given: Given, window: Window) -> Cohort:
    """Deadlines that ran out; one that was met stands on its due day all the same.

    Each brings along what is asked of its package: joined to the package again, of which PostgreSQL
    expects a handful, each deadline was held against each package.
    """
    run = union_all(*(of_step(step, window) for step in STEPS)).subquery("run")
    days = calendar(window)
    due = due_on(day_of(run.c.starts), run.c.allowed, days, window)
    columns: list[Any] = [run, due.label("due"), day_of(run.c.ends).label("ended")]
    rows = select(*columns).join_from(run, days, true())
    found = rows.subquery("deadline")
    late_end = and_(found.c.closed_at.is_not(None), day_of(found.c.closed_at) <= found.c.due)
    is_over = or_(found.c.ended.is_not(None), found.c.due < window.today)
    return Cohort(
        rows=select().select_from(found).where(is_over),
        fund=found.c.sender_id,
        municipality=found.c.receiver_id,
        day=found.c.due,
        breakdowns={"step": found.c.step, "kind": found.c.kind},
        excluded=(
            ("error", found.c.state == State.IN_ERROR),
            ("paused", is_paused(found.c)),
            ("ended", and_(found.c.ended.is_(None), late_end)),
        ),
        done_on=found.c.ended,
        is_of_both=True,
    )


def of_step(step: str, window: Window) -> Select[Any]:
    one = deadline(step)
    allowed = cast(Handover.parameters[f"{step}_days"].astext, Integer)
    columns: list[Column] = [
        Handover.id,
        literal(step, String).label("step"),
        one.starts.label("starts"),
        one.ends.label("ends"),
        allowed.label("allowed"),
        *OF_ITS_PACKAGE,
    ]
    return select(*columns).where(
        one.where, day_of(one.starts).between(window.first - REACH, window.last)
    )


def is_paused(run: Any) -> Condition:
    """That something else was waited for meanwhile."""
    return exists().where(
        HandoverEvent.handover_id == run.id,
        HandoverEvent.step.in_(["hold", "request_info"]),
        HandoverEvent.at >= run.starts,
        HandoverEvent.at <= func.coalesce(run.ends, func.now()),
    )


def calendar(window: Window) -> CTE:
    """The working days around a period, and how many of them each day of it has behind it.

    What a Danish working day is is not for SQL to know: it is given as two lists.
    """
    last = window.last + REACH
    days = [before(window) + ONE_DAY * n for n in range(1, (last - before(window)).days)]
    working = [day for day in days if is_working_day(day)]
    behind = [*accumulate(int(is_working_day(day)) for day in days)]
    lists = select(
        literal(working, ARRAY(Date)).label("working"),
        literal(behind, ARRAY(Integer)).label("behind"),
    )
    return lists.cte("calendar")


def before(window: Window) -> date:
    return window.first - REACH - ONE_DAY


def due_on(starts: Column, allowed: Column, days: CTE, window: Window) -> Column:
    """So many working days after the start, which is not counted itself."""
    place = type_coerce(starts - literal(before(window), Date), Integer)
    return type_coerce(days.c.working[days.c.behind[place] + allowed], Date)


OF_PACKAGES: dict[str, Callable[[Given, Window], Cohort]] = {
    "packages_sent": packages_sent,
    "decided": decided,
    "accepted": accepted,
    "deadlines": deadlines,
    "followed_up": followed_up,
}
COHORTS: dict[str, Making] = OF_PEOPLE | OF_PACKAGES | OF_PARTIES
