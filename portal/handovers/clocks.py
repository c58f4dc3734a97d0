"""Whose clock runs, and until when. Due days are Danish working days; each ends at its midnight.

Source: handover deadlines of the agreement version that the package was made under.
"""

from datetime import date

from portal.clock import add_working_days, day_of, working_days_between
from portal.handovers import queries
from portal.handovers.models import Handover, Kind, State
from portal.handovers.workflow import HOLD, UNDER_REVIEW, standing


def days(handover: Handover, clock: str) -> int:
    """Working days of a deadline, as the package's own version of the agreement has it."""
    allowed: int = handover.parameters[f"{clock}_days"]
    return allowed


def move(handover: Handover, target: State, today: date) -> None:
    """Come to a state: its turn and its clock. While the sender answers, the receiver's waits."""
    source = handover.state
    drop_hold(handover)
    if target == State.INFO_REQUESTED:
        due_on = handover.due_on or today
        handover.days_left = working_days_between(today, due_on) if due_on > today else 0
    handover.state = target
    start(handover, today)
    if (source, target) == (State.INFO_REQUESTED, State.RECEIVED):
        least = days(handover, "resume")
        handover.due_on = add_working_days(today, max(handover.days_left or 0, least))
    if target != State.INFO_REQUESTED:
        handover.days_left = None


def start(handover: Handover, today: date) -> None:
    now = standing(handover.state, handover.fund_attends)
    handover.turn = now.turn
    handover.due_for = now.clock
    if handover.state == State.DRAFT:
        handover.due_on = handover.responsible_from
    elif now.clock is None:
        handover.due_on = None
    elif now.clock != "meeting":  # its day is the meeting's own
        run(handover, now.clock, today)


def run(handover: Handover, clock: str, today: date) -> None:
    """Let a deadline of the agreement run from today, also where the state is kept."""
    handover.due_for = clock
    handover.due_on = add_working_days(today, days(handover, clock))


def pause(handover: Handover, until: date, today: date) -> None:
    """What was left is kept; meanwhile the day on which it wakes is the only one."""
    due_on = handover.due_on or today
    handover.hold_for, handover.due_for = handover.due_for, HOLD
    handover.hold_left = working_days_between(today, due_on) if due_on > today else 0
    handover.due_on = until


def wake(handover: Handover, today: date) -> None:
    """The clock goes on with what it had, but with the least that the agreement leaves."""
    left = max(handover.hold_left or 0, days(handover, "resume"))
    handover.due_for, handover.due_on = handover.hold_for, add_working_days(today, left)
    if handover.due_for == "meeting" and (meeting := queries.live_meeting(handover)):
        handover.due_on = day_of(meeting.starts_at)
    drop_hold(handover)


def drop_hold(handover: Handover) -> None:
    handover.hold_until = handover.hold_reason = None
    handover.hold_for = handover.hold_left = None


def has_passed(handover: Handover, today: date) -> bool:
    """Whether responsibility has passed though nobody has taken on the package that was sent."""
    day, waits = handover.responsible_from, {State.SENT, *UNDER_REVIEW, State.REJECTED}
    is_to_fund = handover.kind in (Kind.AKASSESKIFT, Kind.RETUR)
    return not is_to_fund and day is not None and day <= today and handover.state in waits


def is_overdue(due_on: date | None, today: date) -> bool:
    return due_on is not None and due_on < today
