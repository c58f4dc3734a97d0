"""On hold until a day: the clocks stand still, and the package wakes by itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from portal.clock import COPENHAGEN, Moment, add_working_days, today
from portal.db import db
from portal.handovers import upkeep
from portal.handovers.models import Handover, State
from portal.handovers.reminding import clock_of
from portal.jobs import enqueue
from tests import make
from tests.handovers import road as steps
from tests.handovers.ways import to_meeting, to_review

MONDAY = date(2026, 11, 23)


def at(day: date) -> Moment:
    return Moment(datetime.combine(day, datetime.min.time(), COPENHAGEN), day)


@pytest.fixture
def wakes(worker, app):
    """What the worker does at the beginning of a day."""

    def run(day: date) -> int:
        with worker.app_context():
            woken = upkeep.wake(at(day))
            db.session.commit()
        return woken

    return run


def the(road) -> Handover:
    return make.fresh(make.records.get_one(Handover, road.address.rsplit("/", 1)[1]))


def test_a_package_on_hold_waits_and_goes_on_with_what_it_had(road, sender, receiver, wakes):
    to_review(road)
    before = the(road).due_on
    until = today() + timedelta(days=30)
    road.take(sender, "hold", until=until.isoformat(), reason="Begynder måske i job")

    held = the(road)
    assert clock_of(held) is None  # so nobody is reminded
    assert held.due_on == until
    shown = receiver.get(road.address).text
    assert "Pakken er på pause til" in shown
    assert "Begynder måske i job" in shown
    assert road.state(receiver) == "På pause"
    assert receiver.get(f"{road.address}/steps/accept").status_code == 303  # not now

    assert wakes(until - timedelta(days=1)) == 0
    assert wakes(until) == 1
    assert wakes(until) == 0
    woken = the(road)
    assert (woken.hold_until, woken.due_for) == (None, "decide")
    assert woken.due_on == add_working_days(until, 5)
    assert before == add_working_days(today(), 5)
    assert "Samspil" in sender.get(road.address).text
    assert receiver.get(f"{road.address}/steps/accept").status_code == 200


def test_two_days_are_left_at_least(case, wakes):
    late = {"due_for": "decide", "due_on": MONDAY}
    held = {"hold_until": MONDAY, "hold_reason": "Ferie", "hold_for": "decide", "hold_left": 0}
    made = make.handover(case, State.RECEIVED, **late | {"due_for": "hold"} | held)
    assert wakes(MONDAY) == 1
    assert make.fresh(made).due_on == add_working_days(MONDAY, 2)


def test_a_planned_meeting_keeps_its_day(road, sender, receiver):
    to_meeting(road)
    day = the(road).due_on
    until = (today() + timedelta(days=1)).isoformat()
    road.take(receiver, "hold", until=until, reason="Borgeren er syg")
    answer = sender.post(
        f"{road.address}/steps/resume", data=steps.hidden(steps.page(sender.get(road.address)))
    )
    assert answer.status_code == 303
    assert (the(road).due_for, the(road).due_on) == ("meeting", day)


@pytest.mark.parametrize(("days", "told"), [(0, "fremtiden"), (60, ""), (61, "højst vare til")])
def test_a_pause_lasts_sixty_days_at_most(days, told, road, sender):
    to_review(road)
    until = (today() + timedelta(days=days)).isoformat()
    answer = road.step(sender, "hold", until=until, reason="Kursus")
    assert told in " ".join(steps.errors(answer))
    assert answer.status_code == (422 if told else 303)


def test_two_workers_wake_each_package_once_and_many_in_more_than_one_job(
    case,
    worker,
    app,
    monkeypatch,
    run_jobs,
):
    """What another holds is left to it; where there are more than a job takes, the next goes on."""
    held = {"hold_until": MONDAY, "hold_reason": "Ferie", "hold_for": "decide", "hold_left": 2}
    late = {"due_on": MONDAY, "due_for": "hold"}
    others = [make.organisation(f"{name} Kommune") for name in ("Første", "Anden", "Tredje")]
    packages = [
        make.handover(case, State.RECEIVED, receiver_id=one.id, **late | held) for one in others
    ]
    monkeypatch.setattr(upkeep, "MOST", 1)
    with worker.app_context():
        assert upkeep.wake(at(MONDAY)) == 1
        with ThreadPoolExecutor(1) as another:
            assert another.submit(woken_by_another, worker).result() == 1
        db.session.commit()
    assert sum(make.fresh(one).hold_until is not None for one in packages) == 1
    with worker.app_context():
        enqueue(upkeep.tend, timestamp=0)
        db.session.commit()
    run_jobs()
    assert [make.fresh(one).hold_until for one in packages] == [None] * 3


def woken_by_another(worker) -> int:
    with worker.app_context():
        woken = upkeep.wake(at(MONDAY))
        db.session.commit()
        return woken
