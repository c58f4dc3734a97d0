"""When somebody is told of a package's clock: shortly before, on the due day, and as it grows late.

Nothing is decided here: silence never refuses and never accepts. After the last level it is quiet,
and the package waits for the next status meeting.

Source: handover deadlines of the agreement version that the package was made under; what no
agreement sets stands in `config/rules/handover.toml`.
"""

from datetime import date, timedelta
from enum import IntEnum

from portal import rules
from portal.clock import add_working_days, day_of
from portal.handovers.models import Handover, Kind, State
from portal.handovers.workflow import HOLD

DRAFT = "draft"  # the clock of what lies unsent
UNSENT = {DRAFT, "signoff"}  # the sender's alone


class Level(IntEnum):
    REMINDER = 0  # who has the turn
    LATE = 1  # besides: the functional mailbox
    OWNERS = 2  # the agreement owners of both parties
    AGENDA = 3  # the same: it is a point of their next status meeting


class Passing(IntEnum):
    """How near the day is on which responsibility passes, where no package is sent."""

    FAR = 0  # the adviser
    NEAR = 1  # the adviser
    CLOSE = 2  # besides: the functional mailbox
    PASSED = 3  # the fund's agreement owners


def passing_on(transfer_on: date, day: date) -> Passing | None:
    """The highest that has come on `day`."""
    far, near = map(int, rules.on(day, "handover.transfer_remind_days", tuple))
    close = rules.on(day, "handover.transfer_stand_in_days")
    before = {Passing.FAR: far, Passing.NEAR: near, Passing.CLOSE: close}
    first = {one: add_working_days(transfer_on, -days) for one, days in before.items()}
    come = [one for one, begins in first.items() if begins <= day]
    return Passing.PASSED if transfer_on <= day else max(come, default=None)


def clock_of(handover: Handover) -> tuple[str, date] | None:
    """Which clock runs, and its day; None where none does."""
    if handover.state == State.DRAFT:
        return DRAFT, day_of(handover.created_at)
    if handover.due_for and handover.due_on and handover.due_for != HOLD:
        return handover.due_for, handover.due_on
    return None


def level_on(handover: Handover, day: date, *, is_over: bool = False) -> Level | None:
    """The highest level that has come on `day`: what a standstill has missed is not made up for.

    `is_over` is whether the member's case is closed.

    Nobody is reminded of a deadline on the very day that it began to run.
    """
    come = [level for level, first in first_days(handover, is_over).items() if first <= day]
    highest = max(come, default=None)
    is_new = day_of(handover.changed_at) >= day
    return None if highest == Level.REMINDER and is_new else highest


def first_days(handover: Handover, is_over: bool = False) -> dict[Level, date]:
    """From which day on each level has come."""
    running = clock_of(handover)
    if running is None:
        return {}
    clock, due_on = running
    if clock == DRAFT:
        after = rules.on(due_on, "handover.draft_remind_days", tuple)
        told = {Level(n): add_working_days(due_on, int(days)) for n, days in enumerate(after)}
        return told | (leaving(handover, due_on) if is_deleted(handover, is_over) else {})
    agreed = handover.parameters
    is_meeting = clock == "meeting"
    before = 1 if is_meeting else agreed["remind_before_days"]
    return {
        Level.REMINDER: add_working_days(due_on, -before),
        Level.LATE: add_working_days(due_on, 1) if is_meeting else due_on,
        Level.OWNERS: add_working_days(due_on, agreed["owners_after_days"]),
        Level.AGENDA: add_working_days(due_on, agreed["agenda_after_days"]),
    }


def is_deleted(handover: Handover, is_over: bool) -> bool:
    """A draft of the transfer by law stays while its own clock runs; one in another's place too."""
    takes_a_place = handover.former_id is not None and not handover.is_straight
    return not takes_a_place and (is_over or handover.kind != Kind.OVERGANG)


def leaving(handover: Handover, made_on: date) -> dict[Level, date]:
    """When the adviser is told that the draft is about to be deleted."""
    days = rules.on(made_on, "handover.draft_delete_days")
    before = rules.on(made_on, "handover.draft_warn_days")
    return {Level.OWNERS: made_on + timedelta(days=days - before)}
