"""From one municipality to the next, from one fund to the next: what goes along, who sees it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import cpr, keys
from portal.access import Role
from portal.cases.models import CasePlan, MemberCase
from portal.clock import end_of_day, now, today
from portal.db import db
from portal.handovers import superseding
from portal.handovers.models import Handover, Kind, State
from portal.handovers.parts import HandoverOnward
from portal.handovers.restricted import HandoverReader
from portal.organisations.models import Organisation, User
from portal.settings import load
from tests import beside, make
from tests.handovers import road as steps
from tests.handovers.road import Road
from tests.handovers.ways import to_accepted, to_review


@pytest.fixture
def there(client_of):
    """Who receives in the municipality that the citizen has moved to."""
    new_home = make.organisation("Nyby Kommune")
    return client_of(make.user(new_home, Role.CONTACT, name="Nete Nyby"))


def the(road: Road) -> Handover:
    return make.fresh(make.records.get_one(Handover, road.address.rsplit("/", 1)[1]))


def superseded(worker, road: Road) -> None:
    """The job that taking over has queued, run twice."""
    with worker.app_context():
        for _twice in range(2):
            superseding.supersede(str(the(road).id))
            db.session.commit()


def moved_on(road: Road, receiver: FlaskClient, **values) -> Road:
    """From the package that was taken on, a draft to the next municipality."""
    address = f"{road.address}/move-on"
    options = steps.page(receiver.get(address)).select("select[name=receiver_id] option")
    [to] = [str(one["value"]) for one in options if one.text == "Nyby Kommune"]
    day = (today() - timedelta(days=3)).isoformat()
    typed = {"receiver_id": to, "day": day} | values
    answer = receiver.post(address, data=steps.hidden(steps.page(receiver.get(address))) | typed)
    assert answer.status_code == 303, steps.errors(answer)
    return Road(receiver, receiver, answer.location.removesuffix("/draft"))


def write(road: Road, **values) -> None:
    shown = steps.hidden(steps.page(road.sender.get(f"{road.address}/draft")))
    told = {"informed_on": today().isoformat(), "informed_channel": "phone"}
    told |= {"summary": "Gik i gang med kurset i maj.", "responsible_from": "", **values}
    assert road.sender.post(f"{road.address}/draft", data=shown | told).status_code == 303


def test_what_was_taken_on_goes_on_when_the_citizen_moves(road, sender, receiver, there, worker):
    to_accepted(road)
    note = {"text": "Kun til os selv", "audience": "own"}
    page = steps.page(receiver.get(road.address))
    receiver.post(f"{road.address}/messages", data=steps.hidden(page) | note)
    onward = moved_on(road, receiver)
    write(onward, responsible_from=(today() - timedelta(days=3)).isoformat())
    assert "flyttet til" not in sender.get(road.address).text  # a draft is nobody else's
    onward.take(receiver, "send")

    told = sender.get(road.address).text
    assert "Forløbet er flyttet til Nyby Kommune" in told
    assert sender.get(onward.address).status_code == 404
    shown = there.get(onward.address).text
    assert "To job om ugen" in shown
    assert "Gik i gang med kurset i maj." in shown
    assert "Kun til os selv" not in shown
    assert there.get(road.address).status_code == 404

    onward.take(there, "acknowledge")
    assert onward.state(there) == "Skal overtages"
    onward.take(there, "take-over")
    assert onward.state(receiver) == "Overdraget"
    superseded(worker, onward)
    former = the(road)
    assert (former.state, former.superseded_by_id) == (State.SUPERSEDED, the(onward).id)
    assert "Forløbet er flyttet til Nyby Kommune" in sender.get(road.address).text


def test_what_was_finished_stays_finished_and_moves_on_again(road, receiver, there, worker, sender):
    to_accepted(road)
    onward = moved_on(road, receiver)
    write(onward)
    onward.take(receiver, "send")
    onward.take(receiver, "withdraw", reason_code="mistake")
    assert "Forløbet er flyttet" not in sender.get(road.address).text
    assert [*make.records.scalars(select(HandoverOnward))] == []
    make.records.commit()


def test_only_what_was_taken_on_is_sent_on(road, sender, receiver, there):
    to_review(road)
    assert receiver.get(f"{road.address}/move-on").status_code == 409
    road.take(receiver, "accept", responsible_from="2026-12-31")
    assert receiver.get(f"{road.address}/move-on").status_code == 200
    assert sender.get(f"{road.address}/move-on").status_code == 409


# --- From fund to fund ---


@pytest.fixture
def new_fund():
    return make.fund("Ny A-kasse")


@pytest.fixture
def advised(new_fund, client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of(make.user(new_fund, Role.ADVISER, name="Nanna Ny"))


def change(case: MemberCase, to, **values) -> Handover:
    values = {"consented_on": date(2026, 11, 20), "receiver_id": to.id} | values
    return make.handover(case, State.DRAFT, kind=Kind.AKASSESKIFT, **values)


def test_the_plan_goes_to_the_new_fund_and_its_draft_takes_the_place(
    case, new_fund, sender, receiver, advised, worker
):
    old = make.handover(case, State.ACCEPTED)
    road = Road(sender, advised, f"/handovers/{change(case, new_fund).id}")
    road.take(sender, "send")
    shown = advised.get(road.address).text
    assert "20.11.2026" in shown
    assert "To job om ugen" in shown
    road.take(advised, "acknowledge")
    road.take(advised, "take-over")
    superseded(worker, road)

    begun = make.records.scalars(select(Handover).where(Handover.former_id == the(road).id)).one()
    assert (begun.sender_id, begun.kind, begun.state) == (new_fund.id, "overgang", "draft")
    assert make.fresh(old).superseded_by_id == begun.id
    assert make.fresh(case).closed_reason == "other_fund"
    plan = make.records.scalars(select(CasePlan).where(CasePlan.case_id == begun.case_id)).one()
    assert plan.search_strategy == "To job om ugen"
    make.records.commit()

    assert begun.reference in sender.get(f"/handovers/{old.id}").text
    assert advised.get(f"/handovers/{old.id}").status_code == 404
    assert f"/handovers/{begun.id}" in advised.get(road.address).text
    for package in (old, the(road)):
        left = make.party(package, make.records.get_one(Organisation, case.organisation_id))
        assert left.valid_until == end_of_day(today() + timedelta(days=30))
    assert (
        make.party(old, make.records.get_one(Organisation, case.municipality_id)).valid_until
        is None
    )
    assert receiver.get(f"/handovers/{old.id}").status_code == 200
    assert advised.post(f"/handovers/{begun.id}/delete").status_code == 409  # others stand on it


def test_a_new_fund_takes_a_restricted_member_into_a_restricted_case(
    case, new_fund, adviser, sender, advised, client_of
):
    """Of whoever saw the package there; and into no second case beside one that is not shown."""
    beside.restricted_case(case, adviser)
    ring, number = keys.of(load()), cpr.parse("6205881234", today=today())
    case.cpr = ring.seal_cpr(number, table="member_case", row_id=case.id)
    case.cpr_index = ring.find_cpr(number)
    make.records.commit()
    road = Road(sender, advised, f"/handovers/{change(case, new_fund).id}")
    road.take(sender, "send")
    assert advised.get(road.address).status_code == 404
    users = select(User).where(User.organisation_id == new_fund.id)
    [first] = make.records.scalars(users).all()
    own = {"handover_id": the(road).id, "organisation_id": new_fund.id, "named_by": "Ea"}
    make.saved(HandoverReader(user_id=first.id, person=first.name, **own))
    road.take(advised, "acknowledge")
    other = make.user(new_fund, Role.TEAM_LEAD)
    theirs = make.member_case(
        new_fund,
        make.records.get_one(Organisation, case.municipality_id),
        cpr="x",
        cpr_index=ring.find_cpr(number),
    )
    restriction = beside.restricted_case(theirs, other)
    refused = road.step(advised, "take-over")
    assert "Bed din teamleder om at tage pakken over." in refused.text

    make.records.delete(restriction)
    theirs.closed_at, theirs.closed_reason = now(), "mistake"
    make.records.commit()
    road.take(advised, "take-over")
    begun = make.records.scalars(select(Handover).where(Handover.former_id == the(road).id)).one()
    taken = make.records.get_one(MemberCase, begun.case_id)
    assert taken.readers == [first.id]
    seen = [one.get(f"/cases/{taken.id}").status_code for one in (advised, client_of(other))]
    assert seen == [200, 404]
    assert client_of(other).get(f"/handovers/{begun.id}").status_code == 404
    make.records.commit()
