"""Deadlines in Danish working days: started, paused while the sender answers, resumed."""

from datetime import date

import pytest

from portal.handovers import clocks
from portal.handovers.models import Handover, State, Turn

MONDAY = date(2026, 11, 23)
PARAMETERS = {
    "acknowledge_days": 2,
    "decide_days": 5,
    "answer_days": 5,
    "plan_days": 5,
    "minutes_days": 3,
    "resume_days": 2,
}


def package(state: State, due_on: date | None = None, **values: object) -> Handover:
    return Handover(state=state, due_on=due_on, parameters=PARAMETERS, **values)


@pytest.mark.parametrize(
    ("source", "target", "turn", "due_on"),
    [
        (State.DRAFT, State.SENT, Turn.RECEIVER, date(2026, 11, 25)),
        (State.SENT, State.RECEIVED, Turn.RECEIVER, date(2026, 11, 30)),
        (State.RECEIVED, State.INFO_REQUESTED, Turn.SENDER, date(2026, 11, 30)),
        (State.RECEIVED, State.ACCEPTED, Turn.RECEIVER, date(2026, 11, 30)),
        (State.MEETING_PLANNED, State.MEETING_HELD, Turn.RECEIVER, date(2026, 11, 26)),
        (State.MEETING_HELD, State.COMPLETED, Turn.NOBODY, None),
    ],
)
def test_a_state_brings_turn_and_due_day(source, target, turn, due_on):
    handover = package(source)
    clocks.move(handover, target, MONDAY)
    assert (handover.turn, handover.due_on) == (turn, due_on)


@pytest.mark.parametrize(
    ("left", "resumed"),
    [
        (date(2026, 11, 30), date(2026, 12, 10)),  # five days were left
        (date(2026, 11, 24), date(2026, 12, 7)),  # one was left: at least two
        (date(2026, 11, 20), date(2026, 12, 7)),  # overdue already: at least two
    ],
)
def test_the_receivers_clock_waits_for_the_answer(left, resumed):
    handover = package(State.RECEIVED, due_on=left)
    clocks.move(handover, State.INFO_REQUESTED, MONDAY)
    clocks.move(handover, State.RECEIVED, date(2026, 12, 3))
    assert (handover.due_on, handover.days_left) == (resumed, None)


def test_days_are_working_days_over_christmas():
    handover = package(State.SENT)
    clocks.move(handover, State.RECEIVED, date(2026, 12, 22))
    assert handover.due_on == date(2027, 1, 4)


def test_overdue_begins_after_the_due_day():
    assert not clocks.is_overdue(MONDAY, MONDAY)
    assert clocks.is_overdue(MONDAY, date(2026, 11, 24))
