"""What a step asks of the database (performance P6): counted over the whole road of a package."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.cases.models import CasePlan
from portal.clock import now, today
from portal.handovers.meeting import JointMeeting
from portal.handovers.models import State
from portal.handovers.workflow import HANDOVER
from tests import make
from tests.handovers import road as steps

MOST = 12


@dataclass
class Cost:
    """Takes steps as their party does, and counts what the press of each button asked."""

    road: steps.Road
    statements: list[str]
    taken: dict[str, int] = field(default_factory=dict)

    def __call__(self, who: FlaskClient, name: str, **values: Any) -> None:
        url = f"{self.road.address}/steps/{name}"
        given = steps.hidden(steps.page(who.get(url))) | values
        self.statements.clear()
        answer = who.post(url, data=given)
        assert answer.status_code == 303, (name, steps.errors(answer))
        self.taken[name.replace("-", "_")] = len(self.statements)
        assert not [one for one in self.statements if "RETURNING" in one.upper()], name


@pytest.fixture(autouse=True)
def agreed(fund, municipality):
    """A package under an agreement asks for its version too."""
    return make.agreement(fund, municipality)


@pytest.fixture
def cost(road, statements):
    return Cost(road, statements)


def begin_meeting() -> None:
    make.records.execute(update(JointMeeting).values(starts_at=now()))
    make.records.commit()


def test_no_step_takes_more_than_twelve(cost, sender, receiver, contact):
    called = {"called_in_on": today().isoformat(), "called_in_via": "jobnet"}
    cost(sender, "send")
    cost(receiver, "acknowledge")
    cost(receiver, "assign", person_id=str(contact.id))
    cost(receiver, "request-info", **{"questions-0": "Hvornår er kørekortet fra?"})
    cost(sender, "provide-info", **{"answers-0": "Fra 2011", "unanswerable-0": ""})
    cost(receiver, "accept", responsible_from="2026-12-31")
    cost(receiver, "plan-meeting", **steps.meeting(**called))
    cost(sender, "cancel-meeting", reason_code="staff", reason="Mødeleder er syg")
    cost(sender, "offer-slots", **steps.slots())
    cost(receiver, "pick-slot", slot="0", place="Rådhuset", fund_attends="yes", **called)
    begin_meeting()
    cost(receiver, "record-no-show", reason_code="logistics")
    cost(receiver, "plan-meeting", **steps.meeting(**called))
    begin_meeting()
    cost(receiver, "record-held", member="yes", municipality="yes", fund="yes")
    cost(receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas Skabelon"))
    cost(sender, "object", text="Målet er et andet.")
    cost(receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas Skabelon"))
    cost(receiver, "complete", registered_on=today().isoformat())
    assert {name: n for name, n in cost.taken.items() if n > MOST} == {}
    elsewhere = {"withdraw", "reject", "find_info", "amend", "correct"}
    assert elsewhere <= HANDOVER.steps.keys() - cost.taken.keys()


def test_answering_with_news_takes_no_more_than_twelve(cost, sender, receiver, case):
    """A new version is frozen, other than the one before."""
    cost(sender, "send")
    cost(receiver, "acknowledge")
    cost(receiver, "request-info", **{"questions-0": "Hvornår er kørekortet fra?"})
    plan = make.records.scalars(select(CasePlan).where(CasePlan.case_id == case.id)).one()
    plan.search_strategy = "Tre job om ugen"
    make.records.commit()
    cost(sender, "provide-info", **{"answers-0": "Fra 2011", "unanswerable-0": ""})
    assert cost.taken["provide_info"] <= MOST


def test_taking_it_back_takes_no_more_than_twelve(cost, sender):
    cost(sender, "send")
    cost(sender, "withdraw", reason_code="mistake")
    assert cost.taken["withdraw"] <= MOST


def test_refusing_it_takes_no_more_than_twelve(
    cost, road, case, agreed, sender, receiver, coordinator, client_of
):
    package = make.handover(case, State.RECEIVED, agreement_version_id=agreed.id)
    road.address = f"/handovers/{package.id}"
    why = {"reason_code": "other", "reason_text": "Der mangler en plan.", "alternative": "Et møde"}
    cost(client_of(coordinator), "reject", **why)
    assert cost.taken["reject"] <= MOST


def test_putting_right_takes_no_more_than_twelve(cost, sender, receiver):
    """The sender's part, and the receiver's own day and answers."""
    why = {"reason": "Stod forkert", "audience": "both"}
    cost(sender, "send")
    cost(sender, "amend?part=summary", new="Noget andet", **why)
    cost(receiver, "acknowledge")
    cost(receiver, "request-info", **{"questions-0": "Hvornår er kørekortet fra?"})
    cost(receiver, "find-info", **{"answers-0": "Fra 2011", "unanswerable-0": ""})
    cost(receiver, "accept", responsible_from="2026-12-31", complete="yes")
    cost(receiver, "correct", new="15/1-2027", **why)
    assert {name: n for name, n in cost.taken.items() if n > MOST} == {}
