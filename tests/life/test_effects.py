"""What an event in a member's life does to packages and case: each row at its boundary."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.cases.words import CLOSING_REASONS
from portal.handovers.models import State
from portal.handovers.words import OBSOLETE_REASONS
from portal.life.actions import GROUNDS
from portal.life.effects import CLOSING, Event, Package, What, effects
from portal.life.models import Happening

TODAY = date(2026, 12, 1)
DAY = timedelta(days=1)
S, H = State, Happening
OPEN = [S.DRAFT, S.SIGNOFF, S.SENT, S.RECEIVED, S.INFO_REQUESTED, S.ACCEPTED, S.MEETING_PLANNED]


def package(state: State, meets_on: date | None = None) -> Package:
    return Package(uuid.uuid4(), f"OP-{state}", state, meets_on)


def happens(kind: Happening, *packages: Package, after: int = 0, lasts: int | None = None):
    """What follows, as (what, which state's package, days from today, days until)."""
    day = TODAY + after * DAY
    until = None if lasts is None else day + lasts * DAY
    found = effects(Event(kind, day, until), packages, TODAY)
    return [
        (
            one.what,
            one.package.state if one.package else None,
            (one.on - TODAY).days,
            (one.until - TODAY).days if one.until else None,
        )
        for one in found
    ]


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("after", [-3, 0])
def test_a_job_that_has_begun_ends_what_is_open(state, after):
    assert happens(H.JOB, package(state), after=after) == [
        (What.LAPSE, state, 0, None),
        (What.CLOSE_CASE, None, 0, None),
    ]


def test_only_the_minutes_are_still_written():
    assert happens(H.JOB, package(S.MEETING_HELD)) == [
        (What.MINUTES_ONLY, S.MEETING_HELD, 0, None),
        (What.CLOSE_CASE, None, 0, None),
    ]


@pytest.mark.parametrize(("after", "rests"), [(1, True), (14, True), (15, False)])
def test_a_job_within_fourteen_days_lets_the_package_rest_until_then(after, rests):
    pause = [(What.PAUSE, S.ACCEPTED, 0, after)] if rests else []
    assert happens(H.JOB, package(S.ACCEPTED), after=after) == [
        *pause,
        (What.LAPSE, S.ACCEPTED, after, None),
        (What.CLOSE_CASE, None, after, None),
    ]


def test_a_meeting_before_the_job_begins_is_called_off():
    meets = package(S.MEETING_PLANNED, TODAY + 2 * DAY)
    assert [what for what, *_rest in happens(H.JOB, meets, after=5)] == [
        What.CALL_OFF,
        What.PAUSE,
        What.LAPSE,
        What.CLOSE_CASE,
    ]


def test_few_hours_of_work_change_nothing():
    assert happens(H.SOME_WORK, *map(package, OPEN)) == []


@pytest.mark.parametrize(
    ("meets", "called_off"), [(-1, False), (0, True), (20, True), (21, False), (None, False)]
)
def test_an_illness_lets_packages_rest_and_calls_off_the_meetings_in_it(meets, called_off):
    meets_on = None if meets is None else TODAY + meets * DAY
    found = happens(H.ILLNESS, package(S.MEETING_PLANNED, meets_on), lasts=20)
    assert (What.CALL_OFF in {what for what, *_rest in found}) == called_off
    assert found[-1] == (What.PAUSE, S.MEETING_PLANNED, 0, 21)  # on the day after it goes on


def test_an_illness_rests_no_draft_no_minutes_and_nothing_once_it_is_over():
    assert happens(H.ILLNESS, *map(package, (S.DRAFT, S.SIGNOFF, S.MEETING_HELD)), lasts=5) == []
    assert happens(H.ILLNESS, package(S.SENT), after=-9, lasts=8) == []
    assert happens(H.ILLNESS, package(S.SENT), after=-9, lasts=9) == [(What.PAUSE, S.SENT, 0, 1)]


def test_what_rests_already_rests_on():
    resting = Package(uuid.uuid4(), "OP", S.SENT, is_resting=True)
    assert happens(H.ILLNESS, resting, lasts=5) == []
    assert [what for what, *_rest in happens(H.JOB, resting, after=3)] == [
        What.LAPSE,
        What.CLOSE_CASE,
    ]


@pytest.mark.parametrize(("lasts", "rests"), [(58, 59), (59, 60), (60, 60)])
def test_no_package_rests_longer_than_it_may(lasts, rests):
    assert happens(H.ILLNESS, package(S.SENT), lasts=lasts)[-1][3] == rests


@pytest.mark.parametrize("state", [S.SENT, S.RECEIVED])
def test_what_can_go_on_goes_on_to_where_the_member_moves(state):
    there = replace(package(state), goes_on=True)
    assert [what for what, *_rest in happens(H.MOVED, there, after=2)] == [
        What.MOVE_CASE,
        What.REDIRECT,
    ]


def test_a_move_begins_anew_what_nobody_has_taken_on():
    found = happens(H.MOVED, *map(package, OPEN), package(S.MEETING_HELD), after=2)
    assert found == [
        (What.MOVE_CASE, None, 2, None),
        *((What.BEGIN_ANEW, state, 2, None) for state in OPEN[:5]),
        *((What.KEEP, state, 2, None) for state in (*OPEN[5:], S.MEETING_HELD)),
    ]


@pytest.mark.parametrize("kind", [H.OTHER_FUND, H.BENEFIT_ENDED, H.EDUCATION, H.DEATH])
def test_what_ends_the_unemployment_ends_what_is_open_but_for_the_minutes(kind):
    found = happens(kind, package(S.DRAFT), package(S.MEETING_HELD), after=-1)
    assert found == [
        (What.LAPSE, S.DRAFT, 0, None),
        (What.MINUTES_ONLY, S.MEETING_HELD, 0, None),
        (What.CLOSE_CASE, None, 0, None),
    ]


def test_each_has_a_ground_that_its_package_knows():
    assert {*GROUNDS} == {*CLOSING, H.MOVED}
    assert {*GROUNDS.values()} <= OBSOLETE_REASONS.keys()
    assert {*CLOSING.values()} <= CLOSING_REASONS.keys()
