"""What the package's page says, in each party's own words and in the reader's language."""

import re

import pytest
from sqlalchemy import select

from portal.clock import today
from portal.handovers.models import Handover, State
from tests import make
from tests.handovers import road as steps
from tests.handovers.test_road import hold_the_meeting_now
from tests.handovers.ways import to_begun_without_a_call, to_meeting

REASON = {
    "code": "criterion_not_met",
    "label_da": "Kriteriet er ikke opfyldt",
    "label_en": "The criterion is not met",
    "needs_criterion": False,
}


def main(client, address):
    return " ".join(steps.page(client.get(address)).select("main")[0].text.split())


def in_english(client):
    client.set_cookie("language", "en", domain="127.0.0.1")
    return client


def test_each_party_reads_its_own_word_for_whom_it_is_about(road, sender, receiver):
    to_begun_without_a_call(road)
    called = {"called_in_on": today().isoformat(), "called_in_via": "jobnet"}
    road.take(receiver, "record-held", member="yes", municipality="yes", fund="yes", **called)
    ours, theirs = main(sender, road.address), main(receiver, road.address)
    assert "Medlemmet er informeret" in ours
    assert "Medlemmet, Kommunen, A-kassen" in ours
    assert "Medlemmet ønsker, at a-kassen deltager" in ours
    assert "Medlem indkaldt" in ours
    assert not re.search("borger", ours, re.IGNORECASE)
    assert "Borgeren er informeret" in theirs
    assert "Borgeren, Kommunen, A-kassen" in theirs
    assert "Borgeren ønsker, at a-kassen deltager" in theirs
    assert not re.search("medlem", theirs, re.IGNORECASE)


def test_only_the_sender_reads_that_the_receiver_has_opened_it(road, sender, receiver):
    road.take(sender, "send")
    assert "Åbnet af kommunen Ikke endnu" in main(sender, road.address)
    assert "Åbnet af kommunen" not in main(receiver, road.address)


def test_a_draft_shows_its_sender_what_the_receiver_will_read(road, sender):
    road.write(summary="Søger bredt.", informed_on="")
    shown = main(sender, road.address)
    assert "Søger bredt." in shown
    assert "Skriv, hvornår og hvordan medlemmet er informeret." in shown
    assert "To job om ugen" in shown


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_text_to_the_citizen_is_danish_whoever_copies_it(language, road, receiver):
    to_meeting(road)
    receiver.set_cookie("language", language, domain="127.0.0.1")
    [box] = steps.page(receiver.get(road.address)).select("#invitation")
    assert box["lang"] == "da"
    assert "Kære Karl Prøvesen" in box.text
    assert re.search(r"Vi indkalder dig til fællessamtale \w+dag den .* kl\. 10\.00\.", box.text)
    assert "Din a-kasse deltager, fordi du har ønsket det." in box.text


def test_reasons_of_the_agreement_are_read_in_the_readers_language(
    fund, municipality, case, sender, receiver
):
    version = make.agreement(fund, municipality, parameters={"rejection_reasons": [REASON]})
    basis = {"agreement_version_id": version.id, "parameters": version.parameters}
    made = make.handover(case, State.RECEIVED, **basis)
    page = f"/handovers/{made.id}"
    assert "Kriteriet er ikke opfyldt" in main(receiver, f"{page}/steps/reject")
    assert "The criterion is not met" in main(in_english(receiver), f"{page}/steps/reject")


def test_what_is_stored_is_danish_whatever_language_the_actor_reads(road, sender, receiver):
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    road.take(in_english(receiver), "accept", responsible_from="2027-03-01")
    kept = make.records.scalars(select(Handover)).one()
    assert kept.responsible_source == "foreslået af Jonas Skabelon ved accept"


def test_no_button_leads_to_a_step_that_must_be_refused(road, sender, receiver):
    to_meeting(road, called_in_on=today().isoformat(), called_in_via="jobnet")
    assert "Registrér samtalen som holdt" not in main(receiver, road.address)
    hold_the_meeting_now()
    assert "Registrér samtalen som holdt" in main(receiver, road.address)
    road.take(receiver, "record-held", member="yes", municipality="yes", fund="no")
    assert "Afslut overdragelsen" not in main(receiver, road.address)
    road.take(receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas"))
    assert "Afslut overdragelsen" in main(receiver, road.address)


def test_a_rejection_tells_each_party_what_it_means(fund, municipality, case, sender, receiver):
    version = make.agreement(fund, municipality, parameters={"rejection_reasons": [REASON]})
    basis = {"agreement_version_id": version.id, "parameters": version.parameters}
    made = steps.Road(
        sender, receiver, f"/handovers/{make.handover(case, State.RECEIVED, **basis).id}"
    )
    given = {"reason_text": "Kan søge bredt", "alternative": "Et kursus hos jer"}
    made.take(receiver, "reject", reason_code="criterion_not_met", **given)
    for client, head, more in (
        (sender, "Kommunen har afvist pakken", "I kan lave en ny pakke med nye oplysninger"),
        (receiver, "I har afvist pakken", "I foreslår i stedet:"),
    ):
        shown = main(client, made.address)
        for words in (head, more, "Kriteriet er ikke opfyldt", *given.values()):
            assert words in shown
    assert "I kan lave en ny pakke" not in main(receiver, made.address)
