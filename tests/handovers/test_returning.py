"""Back to the fund: who may, on which ground, what goes along, and what the case says of it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.cases.models import MemberCase, ResponsibilityDate
from portal.clock import today
from portal.handovers.models import Kind
from portal.handovers.parts import HandoverContent
from tests import make
from tests.handovers import road as steps
from tests.handovers.road import Road
from tests.handovers.test_straight import superseded, the
from tests.handovers.ways import to_accepted, to_review

BACK = {"return_grounds": ["criteria_gone"]}
TOLD = {"done_since": "Kursus i maj, virksomhedspraktik i juni.", "remaining": "Ny jobplan."}


def yesterday() -> str:
    return (today() - timedelta(days=1)).isoformat()


def page_of(road: Road, who: Any) -> Any:
    return who.get(f"{road.address}/give-back")


def given_back(road: Road, receiver: Any, **values: Any) -> Road:
    """From the package that was taken on, a draft back to the fund."""
    shown = steps.hidden(steps.page(page_of(road, receiver)))
    typed = {"ground": "new_period", "day": yesterday()} | values
    answer = receiver.post(f"{road.address}/give-back", data=shown | typed)
    assert answer.status_code == 303, steps.errors(answer)
    return Road(receiver, road.sender, answer.location.removesuffix("/draft"))


def write(back: Road, **values: Any) -> None:
    shown = steps.hidden(steps.page(back.sender.get(f"{back.address}/draft")))
    told = {"informed_on": today().isoformat(), "informed_channel": "phone", **TOLD}
    told |= {"responsible_from": yesterday(), **values}
    assert back.sender.post(f"{back.address}/draft", data=shown | told).status_code == 303


def sent_back(road: Road, receiver: Any) -> Road:
    back = given_back(road, receiver)
    write(back)
    back.take(receiver, "send")
    return back


def test_what_was_taken_on_goes_back_and_the_members_case_goes_on(road, sender, receiver, worker):
    """What was confirmed of the day stays as history, and the day of the return stands first."""
    to_accepted(road)
    case = make.records.get_one(MemberCase, the(road).case_id)
    make.of_case(case, ResponsibilityDate, day=today(), source="letter", recorded_by="Mette")
    case.closed_at, case.closed_reason = the(road).accepted_at, "handed_over"
    make.records.commit()

    back = given_back(road, receiver)
    shown = receiver.get(f"{back.address}/steps/send").text
    assert "Skriv, hvad der mangler." in shown
    assert sender.get(back.address).status_code == 404  # a draft is nobody else's
    write(back)
    back.take(receiver, "send")
    read = sender.get(back.address).text
    for part in (*TOLD.values(), "To job om ugen", "ny dagpengeperiode", "Ansvaret går tilbage"):
        assert part in read
    assert "på vej tilbage" in sender.get(road.address).text

    back.take(sender, "acknowledge")
    assert back.state(sender) == "Skal overtages"
    back.take(sender, "take-over")
    superseded(worker, back)
    assert the(road).superseded_by_id == the(back).id
    assert (make.fresh(case).closed_at, case.transfer_confirmed) == (None, False)
    [was, now] = make.records.scalars(
        select(ResponsibilityDate).order_by(ResponsibilityDate.recorded_at)
    )
    assert (was.is_return, now.is_return, now.day) == (False, True, today() - timedelta(days=1))
    assert now.source.startswith(the(back).reference)
    make.records.commit()
    told = sender.get(f"/cases/{case.id}").text
    assert "Ansvaret er tilbage hos jer fra" in told
    assert "Ny overdragelse" in told  # the member may be handed over anew
    assert receiver.get(f"{road.address}/give-back").status_code == 409


def test_only_what_was_taken_on_goes_back_and_only_once(road, sender, receiver):
    to_review(road)
    assert page_of(road, receiver).status_code == 409
    road.take(receiver, "accept", responsible_from="2026-12-31")
    assert page_of(road, sender).status_code == 409
    back = sent_back(road, receiver)
    assert page_of(road, receiver).location == back.address
    for step in ("acknowledge", "take-over"):
        back.take(sender, step)
    assert page_of(road, receiver).status_code == 409


def test_what_passed_by_law_goes_back_by_law_alone(road, receiver, fund, municipality):
    """Beside an earlier transfer, which the agreement lets go back too."""
    version = make.agreement(fund, municipality, parameters=BACK)
    to_accepted(road)
    offered = page_of(road, receiver).text
    assert "ny dagpengeperiode" in offered
    assert "Kriterierne for visitationen" not in offered
    taken = the(road)
    taken.kind, taken.agreement_version_id = Kind.VISITATION, version.id
    make.records.commit()
    assert "Kriterierne for visitationen" in page_of(road, receiver).text


def test_the_documents_say_why_and_what_is_left(road, sender, receiver):
    to_accepted(road)
    back = sent_back(road, receiver)
    rows = select(HandoverContent.content).where(HandoverContent.handover_id == the(back).id)
    content = make.records.scalars(rows).one()
    make.records.commit()
    assert content["returned_for"] == "new_period"
    assert {name: content[name] for name in TOLD} == TOLD
    assert sender.get(f"{back.address}/package.pdf").mimetype == "application/pdf"
