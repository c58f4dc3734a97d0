"""What the two write to each other: who reads it, what waits for an answer, what is unread."""

import re

import pytest
from sqlalchemy import select

from portal import limits
from portal.access import Role
from portal.clock import add_working_days, now, today
from portal.handovers.models import State
from portal.handovers.parts import HandoverMessage
from tests import make
from tests.handovers.road import errors, hidden, page

ASKED, ANSWER = "Har Karl kørekort?", "Ja, siden 2011."
UNREAD = "1 ulæst besked"


def write(who, road, text, audience="both", **more):
    """As a browser does: what is saved leads back to the page."""
    letter = hidden(page(who.get(road.address))) | {"text": text, "audience": audience}
    saved = who.post(f"{road.address}/messages", data=letter | more)
    if saved.status_code == 303:
        who.get(saved.location)
    return saved


def test_nobody_floods_the_other_with_mails(road, sender, monkeypatch):
    road.take(sender, "send")
    moment = now().replace(second=40, microsecond=0)
    monkeypatch.setattr(limits, "now", lambda: moment)
    monkeypatch.setattr(limits, "LETTERS_PER_MINUTE", 2)
    codes = [write(sender, road, f"Besked {number}").status_code for number in range(3)]
    assert codes == [303, 303, 429]


def ask(who, road):
    assert write(who, road, ASKED, asks="y").status_code == 303
    return message(ASKED)


def message(text):
    made = make.records.scalars(select(HandoverMessage).where(HandoverMessage.text == text)).one()
    make.records.commit()
    return made


def answer(who, road, question, text=ANSWER):
    url = f"{road.address}/messages/{question.id}/answer"
    return who.post(url, data=hidden(page(who.get(url))) | {"text": text})


def badges(who, tab):
    """What the list says of the one package, if it is there at all."""
    found = page(who.get(f"/handovers/?tab={tab}")).select("tbody .badge")
    return [badge.text for badge in found]


def letters(who, road):
    """The messages as the page shows them, oldest first, each on one line."""
    shown = page(who.get(road.address)).select(".message")
    return [re.sub(r"\s+", " ", one.text).strip() for one in shown]


class TestAQuestion:
    def test_it_waits_on_the_list_of_who_is_asked_until_it_is_answered(
        self, road, sender, receiver
    ):
        """It is the municipality's turn all the while: the fund is asked something beside it."""
        road.take(sender, "send")
        road.take(receiver, "acknowledge")
        assert badges(sender, "mine") == []
        question = ask(receiver, road)
        waiting = ["Modtaget – under vurdering", "1 spørgsmål til jer", UNREAD]
        assert badges(sender, "mine") == waiting
        [due] = page(sender.get("/handovers/")).select("tbody .due time")
        assert due["datetime"] == add_working_days(today(), 5).isoformat()
        assert badges(sender, "waiting") == []
        assert badges(receiver, "unassigned") == ["Til vurdering"]
        assert "1 spørgsmål venter på jeres svar" in sender.get(road.address).text

        assert answer(sender, road, question).status_code == 303
        assert badges(sender, "mine") == []
        assert "venter på jeres svar" not in sender.get(road.address).text
        assert badges(sender, "waiting") == ["Modtaget – under vurdering"]
        assert badges(receiver, "unassigned") == ["Til vurdering", UNREAD]

    def test_it_and_its_answer_lead_to_each_other(self, road, sender, receiver):
        road.take(sender, "send")
        answer(sender, road, ask(receiver, road))
        asked, answered = page(receiver.get(road.address)).select(".message")
        assert asked.select("a")[0]["href"] == f"#{answered['id']}"
        assert answered.select("a")[0]["href"] == f"#{asked['id']}"
        assert "Fundet selv" not in answered.text

    def test_who_asked_may_have_found_it(self, road, sender, receiver):
        road.take(sender, "send")
        assert answer(receiver, road, ask(receiver, road)).status_code == 303
        assert "Fundet selv" in letters(sender, road)[1]
        assert badges(sender, "mine") == []

    def test_it_is_answered_once(self, road, sender, receiver):
        road.take(sender, "send")
        question = ask(receiver, road)
        assert answer(sender, road, question).status_code == 303
        late = answer(receiver, road, question, "Vi har fundet det selv")
        words = "Spørgsmålet er allerede besvaret. Svaret står under Beskeder."
        assert (late.status_code, errors(late)) == (422, [words])
        assert "Vi har fundet det selv" in late.text

    def test_only_what_both_read_can_be_asked(self, road, sender, receiver):
        road.take(sender, "send")
        refused = write(receiver, road, ASKED, "own", asks="y")
        words = "Den anden part kan kun svare på det, begge parter læser."
        assert (refused.status_code, errors(refused)) == (422, [words])
        assert write(receiver, road, ASKED, "own").status_code == 303

    def test_a_message_that_asks_nothing_is_not_answered(self, road, sender, receiver):
        road.take(sender, "send")
        write(sender, road, "Til orientering")
        told = message("Til orientering")
        assert receiver.get(f"{road.address}/messages/{told.id}/answer").status_code == 404

    @pytest.mark.parametrize("state", [State.SENT, State.RECEIVED])
    def test_it_moves_no_deadline_of_those_whose_turn_it_is(self, state, case, municipality, fund):
        due = add_working_days(today(), 9)
        package = make.handover(case, state, due_on=due)
        make.question(package, fund.id, answer_due_on=add_working_days(today(), 2))
        asked, asking = (make.party(package, one) for one in (municipality, fund))
        assert (asked.due_on, asked.questions) == (due, 1)
        assert (asking.standing, asking.questions) == ("theirs", 0)


class TestUnread:
    def test_each_person_has_their_own(self, road, sender, receiver, municipality, client_of):
        colleague = client_of(make.user(municipality, Role.CONTACT))
        road.take(sender, "send")
        write(sender, road, "Til orientering")
        assert badges(receiver, "unassigned") == ["Ny", UNREAD]
        assert [one.startswith("Ny ") for one in letters(receiver, road)] == [True]
        assert badges(receiver, "unassigned") == ["Ny"]
        assert [one.startswith("Ny ") for one in letters(receiver, road)] == [False]
        assert badges(colleague, "unassigned") == ["Ny", UNREAD]

    def test_ones_own_is_read_and_a_colleagues_note_is_not(
        self, road, sender, receiver, municipality, client_of
    ):
        colleague = client_of(make.user(municipality, Role.CONTACT))
        road.take(sender, "send")
        write(colleague, road, "Ring mandag", "own")
        assert [one.startswith("Ny ") for one in letters(colleague, road)] == [False]
        assert badges(colleague, "unassigned") == ["Ny"]
        assert badges(receiver, "unassigned") == ["Ny", UNREAD]
        assert badges(sender, "waiting") == ["Sendt – afventer kvittering"]

    def test_a_package_that_is_emptied_has_nothing_unread(
        self, road, sender, receiver, fund, client_of
    ):
        road.take(sender, "send")
        ask(receiver, road)
        assert badges(sender, "mine")[1:] == ["1 spørgsmål til jer", UNREAD]
        leader = client_of(make.user(fund, Role.TEAM_LEAD))
        wrong = {"reason_code": "wrong_person", "reason": "Forvekslet med en anden"}
        road.take(leader, "mark-error", **wrong)
        assert badges(sender, "closed") == ["Fejloprettet"]

    def test_what_came_while_one_wrote_is_still_new(self, road, sender, receiver):
        road.take(sender, "send")
        form = hidden(page(receiver.get(road.address)))
        write(sender, road, "Skrevet imens")
        mine = form | {"text": "Min egen", "audience": "both"}
        assert receiver.post(f"{road.address}/messages", data=mine).status_code == 303
        assert [one.startswith("Ny ") for one in letters(receiver, road)] == [True, False]
