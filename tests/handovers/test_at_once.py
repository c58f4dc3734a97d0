"""Two people at once, a double click, a stale tab, the back button: nothing twice, nothing lost."""

import pytest
from sqlalchemy import text

from portal.access import Role
from portal.handovers import queries
from tests import make
from tests.handovers.road import errors, hidden, page, status

ACCEPT = {"responsible_from": "2026-12-31"}


@pytest.fixture
def under_review(road, sender, receiver):
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    return road


@pytest.fixture
def colleague(municipality, client_of):
    return client_of(make.user(municipality, Role.COORDINATOR, name="Karen Attrap"))


def events(road) -> list[str]:
    key = {"id": road.address.rsplit("/", 1)[1]}
    rows = "select step from handover_event where handover_id = :id order by at"
    found = [*make.records.scalars(text(rows), key)]
    make.records.commit()
    return found


def test_a_double_click_is_one_step_and_one_receipt(under_review, receiver):
    url = f"{under_review.address}/steps/accept"
    filled = hidden(page(receiver.get(url))) | ACCEPT
    assert [receiver.post(url, data=filled).status_code for _click in range(2)] == [303, 303]
    assert "Det er allerede gjort." in receiver.get(under_review.address).text
    assert events(under_review).count("accept") == 1


def test_the_back_button_finds_the_receipt_of_its_form(under_review, receiver):
    url = f"{under_review.address}/steps/request-info"
    filled = hidden(page(receiver.get(url))) | {"questions-0": "Hvornår?"}
    receiver.post(url, data=filled)
    again = receiver.post(url, data=filled)
    assert again.status_code == 303
    assert events(under_review).count("request_info") == 1


def test_the_second_of_two_reads_who_was_first(under_review, receiver, colleague):
    url = f"{under_review.address}/steps/request-info"
    filled = hidden(page(receiver.get(url))) | {"questions-0": "Har Karl kørekort?"}
    under_review.take(colleague, "accept", **ACCEPT)

    answer = receiver.post(url, data=filled)

    assert answer.status_code == 409
    assert "Accepteret af Karen Attrap" in answer.text
    assert "Har Karl kørekort?" in answer.text
    assert status(answer) == "Fællessamtale skal aftales"
    assert "request_info" not in events(under_review)


def test_a_step_that_is_still_open_asks_for_a_second_look(
    under_review, receiver, colleague, contact
):
    url = f"{under_review.address}/steps/accept"
    filled = hidden(page(receiver.get(url))) | ACCEPT
    under_review.take(colleague, "assign", person_id=str(contact.id))

    answer = receiver.post(url, data=filled)

    assert answer.status_code == 409
    assert "Du kan stadig: Acceptér" in answer.text
    under_review.take(receiver, "accept", **ACCEPT)


def test_a_change_between_reading_and_writing_is_noticed(under_review, receiver, monkeypatch):
    asked = queries.handover

    def overtaken(handover_id):
        row = asked(handover_id)
        make.records.execute(text("update handover set version = version + 1"))
        make.records.commit()
        monkeypatch.setattr(queries, "handover", asked)
        return row

    url = f"{under_review.address}/steps/accept"
    filled = hidden(page(receiver.get(url))) | ACCEPT
    monkeypatch.setattr(queries, "handover", overtaken)
    assert receiver.post(url, data=filled).status_code == 409
    assert "accept" not in events(under_review)


def test_an_old_link_says_what_happened(under_review, receiver):
    answer = receiver.get(f"{under_review.address}/steps/acknowledge", follow_redirects=True)
    assert "Det er ikke muligt nu: Kvitteret for modtagelsen af Jonas Skabelon" in answer.text


def test_two_who_write_the_same_draft_get_both_texts(road, sender, fund, client_of):
    other = client_of(make.user(fund, Role.ADVISER, name="Jens Attrap"))
    url = f"{road.address}/draft"
    mine = hidden(page(sender.get(url))) | {"summary": "Min tekst"}
    theirs = hidden(page(other.get(url))) | {"summary": "Kollegaens ord"}
    assert other.post(url, data=theirs).status_code == 303

    answer = sender.post(url, data=mine)

    assert answer.status_code == 409
    assert "Min tekst" in answer.text
    assert "Kollegaens ord" in answer.text
    again = hidden(page(answer)) | {"summary": "Min tekst"}
    assert sender.post(url, data=again).status_code == 303


def test_what_was_typed_stays_when_something_is_wrong(under_review, receiver):
    answer = under_review.step(receiver, "accept", responsible_from="ikke en dag", rating="good")
    assert answer.status_code == 422
    assert errors(answer) == ["Skriv dagen som dd/mm/åååå."]
    assert "ikke en dag" in answer.text
