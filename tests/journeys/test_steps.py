"""The pages of steps and of what lies beside them, which no other journey opens."""

from datetime import timedelta
from typing import Any

import pytest

from portal.access import Role
from portal.clock import now, today
from portal.handovers.breaches import HandoverBreach
from portal.handovers.models import State
from tests import make
from tests.browser import faults

pytestmark = pytest.mark.journey
S = State


@pytest.fixture
def leader(fund):
    return make.user(fund, Role.TEAM_LEAD, Role.ADVISER, name="Torben Fører")


@pytest.fixture
def coordinator(municipality):
    return make.user(municipality, Role.COORDINATOR, Role.CONTACT, name="Karen Attrap")


@pytest.fixture
def at(fund, municipality, leader, coordinator):
    """The address of a package in a state, each of a member of its own."""
    version = make.agreement(fund, municipality)

    def made(state, **values):
        case = make.member_case(fund, municipality, name="Karl Prøvesen", adviser_id=leader.id)
        people = {"sender_person_id": leader.id, "receiver_person_id": coordinator.id}
        if values.pop("by_criteria", state == S.REJECTED):
            people["agreement_version_id"] = version.id
        return make.handover(case, state, **people, **values)

    return made


def wrong_on(page, addresses) -> dict[str, list[str]]:
    """What is wrong with each page at both widths, and which were not there."""
    found = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer
        assert (answer.status, page.url.split("?")[0].endswith(address.split("?")[0])) == (
            200,
            True,
        ), address
        found[address] = faults(page)
    return {address: wrong for address, wrong in found.items() if wrong}


def test_the_steps_of_a_fund_are_accessible_and_fit(opened, at, fund, leader):
    then = now() - timedelta(minutes=8)
    ended: dict[str, Any] = {"closed_side": "sender", "closed_from": S.RECEIVED}
    ended |= {"sent_at": then, "received_at": then, "closed_at": now()}
    error = at(S.IN_ERROR, sent_at=then, closed_at=now())
    own = {"handover_id": error.id, "organisation_id": fund.id, "found_by": leader.name}
    make.saved(HandoverBreach(opened=[], **own))
    received, held = at(S.RECEIVED), at(S.MEETING_HELD)
    held.due_for, held.due_on = "auto_complete", today() + timedelta(days=5)
    make.saved(held)
    make.minutes(held)
    steps = {
        received: ("amend?part=phone", "hold", "obsolete", "withdraw", "move-case", "mark-error"),
        at(S.ACCEPTED): ("ask-withdrawal", "offer-slots"),
        at(S.MEETING_PLANNED): ("cancel-meeting",),
        at(S.REJECTED): ("contest",),
        at(S.WITHDRAWN, **ended): ("reset",),
        held: ("object",),
    }
    pages = [f"/handovers/{one.id}/steps/{step}" for one, many in steps.items() for step in many]
    case = f"/cases/{received.case_id}"
    pages += [f"/handovers/{error.id}/breach", "/handovers/passing", f"{case}/events/new"]
    pages += [f"{case}/access", f"/handovers/new/{at(S.DRAFT).case_id}"]
    assert wrong_on(opened(leader), pages) == {}


def test_the_steps_of_a_municipality_are_accessible_and_fit(opened, at, fund, coordinator):
    received, done = at(S.RECEIVED, by_criteria=True), at(S.COMPLETED)
    asked = make.question(received, fund.id, answer_due_on=today() + timedelta(days=5))
    steps = {
        received: ("reject", "ask-redirect", "assign"),
        at(S.ACCEPTED): ("waive-meeting", "correct"),
        at(S.MEETING_PLANNED): ("record-no-show",),
    }
    pages = [f"/handovers/{one.id}/steps/{step}" for one, many in steps.items() for step in many]
    pages += [f"/handovers/{received.id}/messages/{asked.id}/answer"]
    pages += [f"/handovers/{done.id}/{name}" for name in ("give-back", "move-on", "transfer")]
    pages += ["/handovers/follow-ups"]
    assert wrong_on(opened(coordinator), pages) == {}


def test_the_page_of_lookups_is_accessible_and_fits(opened, fund):
    assert wrong_on(opened(make.user(fund, Role.AUDITOR)), ["/lookups/"]) == {}
