"""Minutes that nobody opposes end the package by themselves, after the time that is agreed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.clock import Moment, now, today
from portal.db import db
from portal.handovers import upkeep
from portal.handovers.meeting import Minutes, MinutesObjection
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverEvent
from portal.mail import OutgoingMail
from tests import make

DAY = timedelta(days=1)


@pytest.fixture
def shared(case, adviser, contact):
    """A package whose minutes were shared, and the end is awaited."""

    def made(**values):
        known = {"due_for": "auto_complete", "due_on": today() - DAY, "fund_attends": True}
        people = {"sender_person_id": adviser.id, "receiver_person_id": contact.id}
        package = make.handover(case, State.MEETING_HELD, **known | people | values)
        own = {"handover_id": package.id, "organisation_id": package.receiver_id}
        told = {"next_contact_on": today(), "next_contact_person": "J", "published_by": "J"}
        make.saved(Minutes(number=1, text="Referat", goals=[], **told, **own))
        return package

    return made


@pytest.fixture
def nightly(worker):
    """What the worker does in a night; how many it ended."""

    def run():
        with worker.app_context():
            ended = upkeep.complete_unopposed(Moment(now(), today()))
            db.session.commit()
        return ended

    return run


def test_the_last_day_is_the_parties_own_and_the_day_after_ends_it(shared, nightly):
    package = shared(due_on=today())
    assert nightly() == 0
    package.due_on = today() - DAY
    make.saved(package)
    assert nightly() == 1
    assert make.fresh(package).state == State.COMPLETED
    assert (package.closed_side, package.registered_on) == ("system", None)
    assert nightly() == 0  # twice is once


def test_history_says_that_samspil_did_it_and_both_are_told(
    shared, nightly, run_jobs, sender, receiver, adviser, contact
):
    package = shared()
    nightly()
    run_jobs()
    [event] = make.records.scalars(select(HandoverEvent)).all()
    assert (event.step, event.person, event.user_id) == ("auto_complete", "Samspil", None)
    told = {mail.recipient for mail in make.records.scalars(select(OutgoingMail))}
    make.records.commit()
    assert told == {adviser.email, contact.email}
    for client in (sender, receiver):
        shown = client.get(f"/handovers/{package.id}").text
        assert "Overdragelsen afsluttet, fordi ingen gjorde indsigelse" in shown
        assert "Det er ikke oplyst, hvornår overgangen er registreret i DFDG." in shown


@pytest.mark.parametrize(
    "waits",
    [
        {"due_for": "objection"},
        {"due_for": "minutes"},
        {"hold_until": today() + DAY, "hold_reason": "Ferie"},
        {"pending": "withdrawal"},
    ],
    ids=lambda waits: min(waits),
)
def test_what_still_waits_for_somebody_is_not_ended(waits, shared, nightly, fund, municipality):
    shared(**waits)
    assert nightly() == 0
    other = make.handover(
        make.member_case(fund, municipality),
        State.MEETING_HELD,
        due_for="auto_complete",
        due_on=today() - DAY,
    )
    assert nightly() == 1
    assert make.fresh(other).state == State.COMPLETED


def test_two_workers_end_it_once(shared, nightly):
    """What one has in hand the other passes by."""
    package = shared()
    row = select(Handover).where(Handover.id == package.id).with_for_update()
    make.records.scalars(row).one()
    assert nightly() == 0
    make.records.commit()
    assert nightly() == 1
    assert len(make.records.scalars(select(HandoverEvent)).all()) == 1


def test_an_objection_that_is_open_is_never_passed_over(shared, nightly):
    """Whatever the clock says."""
    package = shared()
    own = {"handover_id": package.id, "organisation_id": package.sender_id}
    make.saved(MinutesObjection(number=1, text="Forkert", person="Mette", **own))
    assert nightly() == 0
    assert make.fresh(package).state == State.MEETING_HELD
