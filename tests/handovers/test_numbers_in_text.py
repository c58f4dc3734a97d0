"""A CPR number in what the other party reads is noticed before it is stored for good (E8)."""

import pytest

from tests.handovers.road import errors, hidden, page, status

NUMBER = "610190-1233"
NOTICED = "ligner et CPR-nummer"
ASKED = "Det ligner et CPR-nummer. Slet det. Er det noget andet, så tryk på knappen igen."


@pytest.mark.parametrize(
    ("text", "is_noticed"), [(f"Spørg {NUMBER}", True), ("Ring 12345678", False)]
)
def test_a_number_in_the_draft_is_noticed_and_again_on_the_last_page(
    text, is_noticed, road, sender
):
    """A draft can be put right: what is noticed is stored all the same."""
    road.write(summary=text)
    assert (NOTICED in sender.get(road.address).text) == is_noticed
    review = page(sender.get(f"{road.address}/steps/send"))
    warnings = [one.text for one in review.select(".alert-warning") if NOTICED in one.text]
    assert ["Se efter her: Resumé." in one for one in warnings] == [True] * is_noticed


def pressed(road, who, name, fields):
    """The answers to the first and the second press, and what the first left in the form."""
    url = f"{road.address}/{name}" if name == "messages" else f"{road.address}/steps/{name}"
    form = who.get(road.address if name == "messages" else url)
    first = who.post(url, data=hidden(page(form)) | fields)
    second = who.post(url, data=hidden(page(first)) | fields)
    return first, second


@pytest.mark.parametrize("audience", ["both", "own"])
def test_a_message_with_a_number_is_kept_only_by_whoever_means_it(audience, road, sender, receiver):
    road.take(sender, "send")
    letter = {"text": f"Spørg {NUMBER}", "audience": audience}
    first, second = pressed(road, receiver, "messages", letter)
    assert (first.status_code, errors(first)) == (422, [ASKED])
    assert page(first).select("#text")[0].text.strip() == letter["text"]
    assert second.status_code == 303
    assert page(receiver.get(road.address)).text.count(letter["text"]) == 1


def test_a_step_with_a_number_is_taken_only_by_whoever_means_it(road, sender, receiver):
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    question = {"questions-0": "Er kørekortet fornyet?", "questions-1": f"Er det {NUMBER}?"}
    first, second = pressed(road, receiver, "request-info", question)
    assert (first.status_code, errors(first)) == (422, [ASKED])
    assert page(first).select("#questions-1")[0].text.strip() == question["questions-1"]
    assert status(first) == "Til vurdering"
    assert second.status_code == 303
    answer = {"answers-0": "Ja", "answers-1": f"Ja, {NUMBER}"}
    reasons = {"unanswerable-0": "", "unanswerable-1": ""}
    first, second = pressed(road, sender, "provide-info", answer | reasons)
    assert (first.status_code, second.status_code) == (422, 303)


def test_a_number_in_another_field_is_asked_about_too(road, sender, receiver):
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    url = f"{road.address}/steps/request-info"
    known = hidden(page(receiver.get(url))) | {"noticed": "questions-0"}
    fields = {"questions-0": f"Er det {NUMBER}?", "questions-1": f"Eller {NUMBER}?"}
    assert receiver.post(url, data=known | fields).status_code == 422
    both = known | {"noticed": "questions-0 questions-1"}
    assert receiver.post(url, data=both | fields).status_code == 303
