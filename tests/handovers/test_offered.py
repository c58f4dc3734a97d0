"""What a page offers: only what the reader may do, one filled button, and no id twice."""

from collections import Counter

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.handovers.parts import HandoverDraft
from tests import make
from tests.handovers.road import page


@pytest.fixture
def under_review(road, sender, receiver):
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    return road


@pytest.fixture
def leader(municipality, client_of):
    return client_of(make.user(municipality, Role.COORDINATOR, name="Karen Attrap"))


def button(client, address, text):
    """The kind of the button with that text; None where there is none."""
    found = [one for one in page(client.get(address)).select("main .button") if text in one.text]
    return found[0]["class"][1] if found else None


def offered(client, road):
    options = page(client.get(f"{road.address}/steps/assign")).select("#person_id option")
    return {option.text for option in options}


def test_only_who_leads_is_offered_colleagues(under_review, receiver, leader, contact):
    assert offered(receiver, under_review) == {contact.name}
    assert offered(leader, under_review) == {contact.name, "Karen Attrap"}
    for client, shown, hidden in (
        (receiver, "Tag sagen selv", "Tildel sagsbehandler"),
        (leader, "Tildel sagsbehandler", "Tag sagen selv"),
    ):
        for address in (under_review.address, f"{under_review.address}/steps/assign"):
            assert button(client, address, shown)
            assert button(client, address, hidden) is None
    under_review.take(receiver, "assign", person_id=str(contact.id))
    assert button(receiver, under_review.address, "Tag sagen selv") is None
    assert button(leader, under_review.address, "Tildel sagsbehandler")


def test_while_the_other_party_has_the_turn_accepting_is_not_the_filled_button(
    under_review, receiver
):
    assert button(receiver, under_review.address, "Acceptér") == "button-primary"
    under_review.take(receiver, "request-info", **{"questions-0": "Har Karl kørekort?"})
    assert button(receiver, under_review.address, "Acceptér") == "button-secondary"


def test_sending_is_the_filled_button_once_nothing_is_lacking(road, sender):
    review = f"{road.address}/steps/send"
    assert button(sender, review, "Send pakken") == "button-primary"
    written = make.records.scalars(select(HandoverDraft)).one()
    written.informed_on = None
    make.saved(written)
    assert button(sender, review, "Send pakken") == "button-secondary"


def test_no_id_stands_twice_on_a_page(under_review, case, sender, receiver):
    package = under_review.address
    steps = [f"{package}/steps/{name}" for name in ("assign", "accept", "request-info")]
    for client, addresses in (
        (sender, ["/", "/cases/", f"/cases/{case.id}", f"/cases/{case.id}/hours", package]),
        (receiver, ["/", "/handovers/", package, *steps]),
    ):
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            counted = Counter(one["id"] for one in page(answer).select("main [id]"))
            assert counted, address
            assert [one for one, n in counted.items() if n > 1] == [], address
