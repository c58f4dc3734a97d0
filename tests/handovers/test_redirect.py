"""Wrong municipality: redirect, not reject. The first one's sight ends, its notes do not travel."""

from typing import Any

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.cases.models import Assessment, AssessmentAnswer, MemberCase
from portal.clock import add_working_days, today
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverLeg, HandoverRequest
from tests import make
from tests.handovers import road as steps
from tests.handovers.ways import to_review


def the(road) -> Handover:
    return make.fresh(make.records.get_one(Handover, road.address.rsplit("/", 1)[1]))


@pytest.fixture
def right(case):
    """The municipality where the member lives, with somebody who receives."""
    return make.organisation("Rettekøbing Kommune")


@pytest.fixture
def there(right, client_of):
    return client_of(make.user(right, Role.CONTACT, name="Rikke Rigtig"))


def move(case: MemberCase, to) -> None:
    case = make.records.get_one(MemberCase, case.id)
    case.municipality_id = to.id
    make.saved(case)


def test_a_package_goes_on_to_the_right_municipality(
    road, sender, receiver, case, right, there, municipality
):
    to_review(road)
    note = {"text": "Vores egen note", "audience": "own"}
    soup = steps.page(receiver.get(road.address))
    receiver.post(f"{road.address}/messages", data=steps.hidden(soup) | note)
    road.take(receiver, "ask-redirect", reason="Bor i Rettekøbing efter eget udsagn")
    assert "svar ja eller nej" in sender.get(road.address).text
    assert receiver.get(f"{road.address}/steps/accept").status_code == 303  # first the answer

    answer = road.step(sender, "agree-redirect")
    assert "Ret først medlemmets kommune" in " ".join(steps.errors(answer))
    move(case, right)
    assert "Rettekøbing Kommune" in sender.get(f"{road.address}/steps/agree-redirect").text
    road.take(sender, "agree-redirect")

    assert receiver.get(road.address).status_code == 404
    assert the(road).reference not in receiver.get("/handovers/?tab=unassigned").text
    shown = there.get(road.address).text
    assert road.state(there) == "Ny"
    assert "To job om ugen" in shown
    assert "Vores egen note" not in shown
    assert "tidligere modtager" in shown
    made = the(road)
    assert (made.receiver_id, made.received_at, made.receiver_person) == (right.id, None, None)
    assert made.due_on == add_working_days(today(), 2)
    leg = make.records.scalars(select(HandoverLeg)).one()
    assert (leg.receiver_id, leg.number, bool(leg.received_at)) == (municipality.id, 1, True)
    make.records.commit()

    road.receiver = there
    road.take(there, "acknowledge")
    road.take(there, "accept", responsible_from="2026-12-31")
    assert receiver.get(road.address).status_code == 404


def test_no_leaves_it_where_it_is(road, sender, receiver):
    to_review(road)
    road.take(receiver, "ask-redirect", reason="Bor vist i Rettekøbing")
    road.take(sender, "refuse-request", reason="Adressen er slået op i dag")
    assert road.state(receiver) == "Til vurdering"
    assert "Adressen er slået op i dag" in receiver.get(road.address).text


@pytest.mark.parametrize(("code", "is_sent_on"), [("change", True), ("other", False)])
def test_an_earlier_transfer_goes_where_the_agreement_there_fits(
    code, is_sent_on, road, sender, receiver, case, right, there, fund, municipality
):
    """As much of what was answered is met under the agreement with the new municipality."""
    criterion = {"code": code, "kind": "judged", "label_da": "Jobskifte"}
    version = make.agreement(fund, municipality)
    make.agreement(fund, right, criteria=[criterion])
    told: dict[str, Any] = {"decision": "refer", "reason": "Skal skifte fag."}
    told |= {"agreement_version_id": version.id, "decided_by": "Mette Eksempel"}
    made = make.of_case(case, Assessment, **told)
    answer = {"position": 1, "code": "change", "label": "Jobskifte", "answer": "yes"}
    own = {"organisation_id": fund.id, "assessment_id": made.id}
    make.saved(AssessmentAnswer(kind="judged", evidence="Ja", **answer, **own))
    package = make.handover(case, State.RECEIVED, agreement_version_id=version.id)
    road.address = f"/handovers/{package.id}"
    road.take(receiver, "ask-redirect", reason="Bor i Rettekøbing")
    move(case, right)
    answered = road.step(sender, "agree-redirect")
    if not is_sent_on:
        assert "opfylder ikke kriterierne" in " ".join(steps.errors(answered))
        return
    assert answered.status_code == 303, steps.errors(answered)
    assert there.get(road.address).status_code == 200
    assert receiver.get(road.address).status_code == 404


SEND_ON = """
update handover set state = 'sent', turn = 'receiver', due_for = 'acknowledge', pending = null,
    receiver_id = :to, sent_at = now(), received_at = null, changed_at = now() where id = :package
"""
ANSWER = """
update handover_request set answer = 'agreed', answered_at = now(), answered_by = 'M'
where handover_id = :package
"""
TELL = """
insert into handover_event (id, handover_id, organisation_id, person, at, step, source, target,
    detail) select gen_random_uuid(), id, :me, '', changed_at, 'agree_redirect', 'received', 'sent',
    '{}' from handover where id = :package
"""


def test_nobody_sends_it_on_without_having_been_asked(tries, case, municipality, fund, right):
    asked = {"pending": "redirect", "turn": "sender"}
    made = make.handover(case, State.RECEIVED, **asked)
    own = {"handover_id": made.id, "organisation_id": municipality.id, "kind": "redirect"}
    make.saved(HandoverRequest(side="receiver", person="Jonas", **own))
    assert not tries(
        "fund", made, ANSWER, SEND_ON, TELL, to=right.id
    )  # the case says nothing of it
    move(case, right)
    assert tries("fund", made, ANSWER, SEND_ON, TELL, to=right.id)
    assert not tries("fund", made, ANSWER, SEND_ON, to=right.id)  # without a word
    on_terms = SEND_ON.replace("changed_at", "parameters = '{\"decide_days\": 999}', changed_at")
    assert not tries("fund", made, ANSWER, on_terms, TELL, to=right.id)
    assert not tries("municipality", made, SEND_ON, to=right.id)
    assert not tries("fund", made, SEND_ON, to=right.id)  # without an answer
    free = make.handover(make.member_case(fund, municipality), State.RECEIVED)
    assert not tries("fund", free, SEND_ON, to=right.id)
