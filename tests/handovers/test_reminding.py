"""On which day somebody is told of a package's clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.agreements.parameters import default, plain
from portal.handovers.models import Handover, State
from portal.handovers.reminding import Level, level_on

# Due on Thursday 17 December 2026, before Christmas: 24, 25, 26, 31 December and 1 January are off.
DUE = date(2026, 12, 17)
LONG_AGO = datetime(2026, 11, 2, 9, tzinfo=UTC)


def package(state: State = State.SENT, clock: str | None = "acknowledge", **values) -> Handover:
    values = {"due_on": DUE, "created_at": LONG_AGO, "changed_at": LONG_AGO} | values
    return Handover(state=state, due_for=clock, parameters=plain(default()), **values)


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (date(2026, 12, 14), None),
        (date(2026, 12, 15), Level.REMINDER),  # two working days before
        (date(2026, 12, 16), Level.REMINDER),
        (date(2026, 12, 17), Level.LATE),
        (date(2026, 12, 21), Level.LATE),
        (date(2026, 12, 22), Level.OWNERS),  # three after
        (date(2027, 1, 1), Level.OWNERS),
        (date(2027, 1, 3), Level.OWNERS),
        (date(2027, 1, 4), Level.AGENDA),  # eight after, with Christmas and New Year between
        (date(2027, 6, 1), Level.AGENDA),
    ],
)
def test_each_level_comes_on_its_working_day(day, level):
    assert level_on(package(), day) == level


def test_nobody_is_reminded_on_the_day_that_the_clock_began():
    begun = datetime(2026, 12, 15, 9, tzinfo=UTC)
    assert level_on(package(changed_at=begun), begun.date()) is None
    assert level_on(package(changed_at=begun), date(2026, 12, 16)) == Level.REMINDER


def test_what_is_late_is_told_though_the_package_was_touched_today():
    touched = datetime(2026, 12, 17, 9, tzinfo=UTC)
    assert level_on(package(changed_at=touched), DUE) == Level.LATE


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (date(2026, 12, 15), None),
        (date(2026, 12, 16), Level.REMINDER),  # the day before
        (date(2026, 12, 17), Level.REMINDER),
        (date(2026, 12, 18), Level.LATE),  # not recorded the day after
    ],
)
def test_a_planned_meeting_is_told_of_the_day_before_and_missed_the_day_after(day, level):
    assert level_on(package(State.MEETING_PLANNED, "meeting"), day) == level


@pytest.mark.parametrize(
    ("working_days", "level"),
    [(4, None), (5, Level.REMINDER), (19, Level.REMINDER), (20, Level.LATE)],
)
def test_a_draft_that_lies_is_told_of_twice(working_days, level):
    day = {4: date(2026, 11, 6), 5: date(2026, 11, 9), 19: date(2026, 11, 27)}
    at = day.get(working_days, date(2026, 11, 30))
    assert level_on(package(State.DRAFT, None, due_on=None), at) == level


def test_without_a_clock_nobody_is_told():
    done = package(State.COMPLETED, None, due_on=None)
    assert level_on(done, DUE + timedelta(days=365)) is None
    assert level_on(package(), DUE + timedelta(days=365)) is not None


def test_the_agreement_decides_how_long():
    patient = package()
    patient.parameters = patient.parameters | {"remind_before_days": 1, "owners_after_days": 5}
    assert level_on(patient, date(2026, 12, 15)) is None
    assert level_on(patient, date(2026, 12, 16)) == Level.REMINDER
    assert level_on(patient, date(2026, 12, 22)) == Level.LATE
