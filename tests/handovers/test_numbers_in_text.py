"""A CPR number in what the other party reads is noticed, and the writer told (E8)."""

import pytest

NUMBER = "610190-1233"
NOTICED = "ligner et CPR-nummer"


@pytest.mark.parametrize(
    ("text", "is_noticed"), [(f"Spørg {NUMBER}", True), ("Ring 12345678", False)]
)
def test_a_number_in_free_text_is_noticed(text, is_noticed, road, sender, receiver):
    """In the draft, a message, a question and an answer; what is noticed is stored all the same."""
    road.write(summary=text)
    assert (NOTICED in sender.get(road.address).text) == is_noticed
    road.take(sender, "send")
    for audience in ("both", "own"):
        letter = {"text": text, "audience": audience}
        assert receiver.post(f"{road.address}/messages", data=letter).status_code == 303
        assert (NOTICED in receiver.get(road.address).text) == is_noticed
    road.take(receiver, "acknowledge")
    receiver.get(road.address)
    road.take(receiver, "request-info", **{"questions-0": text})
    assert (NOTICED in receiver.get(road.address).text) == is_noticed
    sender.get(road.address)
    road.take(sender, "provide-info", **{"answers-0": text, "unanswerable-0": ""})
    assert (NOTICED in sender.get(road.address).text) == is_noticed
