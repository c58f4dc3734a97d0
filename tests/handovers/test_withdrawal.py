"""Withdrawn after acceptance: the sender asks, the receiver answers (edge case of the rules)."""

from datetime import timedelta

from sqlalchemy import select

from portal.access import Role
from portal.clock import today
from portal.handovers.meeting import JointMeeting
from portal.organisations.models import Membership
from tests import make
from tests.handovers import road as steps
from tests.handovers.test_notices import mails, worker  # noqa: F401  (fixtures)
from tests.handovers.ways import to_accepted, to_meeting, to_review

ASKED = "A-kassen har bedt om at trække pakken tilbage: svar ja eller nej"
ASKING = "I har bedt om at trække pakken tilbage. Kommunen svarer"


def alerts(client, road):
    return [
        one.text.strip() for one in steps.page(client.get(road.address)).select(".alert-heading")
    ]


def test_yes_closes_the_package_and_its_meeting(road, sender, receiver):
    to_meeting(road)
    road.take(sender, "ask-withdrawal", reason_code="job", reason="Begynder på mandag")
    assert ASKING in alerts(sender, road)
    assert ASKED in alerts(receiver, road)
    assert "Begynder på mandag" in receiver.get(road.address).text

    road.take(receiver, "agree-withdrawal")

    assert road.state(sender) == road.state(receiver) == "Trukket tilbage"
    assert "Har fået job" in receiver.get(road.address).text
    [meeting] = make.records.scalars(select(JointMeeting))
    assert meeting.state == "cancelled"


def test_no_leaves_it_as_it_was_and_brings_the_owners_together(
    road,
    sender,
    receiver,
    fund,
    municipality,
    mails,  # noqa: F811
):
    owners = [
        make.user(body, Role.AGREEMENT_OWNER, email=f"{name}@owner.example")
        for name, body in {"a": fund, "b": municipality}.items()
    ]
    to_accepted(road)
    road.take(sender, "ask-withdrawal", reason_code="mistake")
    road.take(receiver, "refuse-request", reason="Samtalen er på fredag")

    assert road.state(receiver) == "Fællessamtale skal aftales"
    shown = sender.get(road.address).text
    assert "Sagt nej: at trække pakken tilbage" in shown
    assert "Samtalen er på fredag" in shown
    told = {mail.recipient for mail in mails() if "uenige" in mail.subject}
    assert told == {owner.email for owner in owners}


def test_who_asked_may_think_again(road, sender, receiver):
    to_accepted(road)
    road.take(sender, "ask-withdrawal", reason_code="mistake")
    blocked = receiver.get(f"{road.address}/steps/plan-meeting")
    assert blocked.status_code == 303  # first the answer
    shown = steps.hidden(steps.page(sender.get(road.address)))
    answer = sender.post(f"{road.address}/steps/take-back-request", data=shown)
    assert answer.status_code == 303
    assert receiver.get(f"{road.address}/steps/plan-meeting").status_code == 200


def test_a_package_is_withdrawn_though_its_recipient_has_left(
    road,
    sender,
    receiver,
    contact,
    coordinator,
    mails,  # noqa: F811
):
    """Nobody who has left is asked or written to; who leads there is told."""
    to_review(road)
    road.take(receiver, "assign", person_id=str(contact.id))
    place = make.records.scalars(select(Membership).where(Membership.user_id == contact.id)).one()
    place.valid_until = today() - timedelta(days=1)
    make.saved(place)
    assert receiver.get(road.address).status_code in {302, 403}
    before = {mail.id for mail in mails()}

    road.take(sender, "withdraw", reason_code="moved")

    assert road.state(sender) == "Trukket tilbage"
    assert {mail.recipient for mail in mails() if mail.id not in before} == {coordinator.email}
