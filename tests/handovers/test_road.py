"""A member is handed over, from the draft to the end: who does what and what they then see."""

import pytest
from sqlalchemy import update

from portal.access import Role
from portal.clock import now, today
from portal.handovers.meeting import JointMeeting
from tests import make
from tests.handovers import road as steps


def test_the_straight_road(road, sender, receiver):
    assert road.state(sender) == "Kladde"
    assert receiver.get(road.address).status_code == 404

    road.take(sender, "send")
    assert road.state(sender) == "Sendt – afventer kvittering"
    assert road.state(receiver) == "Ny"

    road.take(receiver, "acknowledge")
    assert road.state(sender) == "Modtaget – under vurdering"

    road.take(receiver, "request-info", **{"questions-0": "Hvornår er kørekortet fra?"})
    assert road.state(sender) == "Mangler oplysninger"
    assert "Hvornår er kørekortet fra?" in sender.get(road.address).text

    road.take(sender, "provide-info", **{"answers-0": "Fra 2011", "unanswerable-0": ""})
    assert "Fra 2011" in receiver.get(road.address).text

    road.take(receiver, "accept", responsible_from="2026-12-31")
    assert road.state(receiver) == "Fællessamtale skal aftales"

    road.take(
        receiver,
        "plan-meeting",
        **steps.meeting(called_in_on=today().isoformat(), called_in_via="jobnet"),
    )
    assert "Rådhuset, lokale 2" in sender.get(road.address).text
    assert "kl. 10.00" in sender.get(road.address).text  # as it was written, in Copenhagen
    [invitation] = steps.page(receiver.get(road.address)).select("#invitation")
    assert "kl. 10.00" in invitation.text

    hold_the_meeting_now()
    road.take(receiver, "record-held", member="yes", municipality="yes", fund="yes")
    road.take(receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas Skabelon"))
    assert "Vi gik planen igennem." in sender.get(road.address).text

    road.take(receiver, "complete", registered_on=today().isoformat())
    assert road.state(sender) == "Overdraget"
    assert road.state(receiver) == "Overtaget"


def hold_the_meeting_now() -> None:
    """The clock is real, so the meeting comes to us."""
    make.records.execute(update(JointMeeting).values(starts_at=now()))
    make.records.commit()


def test_nobody_else_sees_anything(road, sender, outsider, client_of):
    road.take(sender, "send")
    stranger = client_of(make.user(outsider, *make.every_role(outsider)))
    assert stranger.get(road.address).status_code == 404
    assert stranger.get(f"{road.address}/steps/acknowledge").status_code == 404
    assert "Karl" not in stranger.get("/handovers/?tab=unassigned").text


def test_the_list_says_whose_turn_it_is(road, sender, receiver):
    road.take(sender, "send")
    assert "Karl Prøvesen" in receiver.get("/handovers/?tab=unassigned").text
    assert "Karl Prøvesen" in sender.get("/handovers/?tab=waiting").text
    assert "Karl Prøvesen" not in sender.get("/handovers/").text


def test_a_new_package_stands_on_the_list_of_the_unit_that_receives(
    road, sender, municipality, client_of
):
    unit = make.unit(municipality, "Dagpengeteamet", is_default=True)
    other = make.unit(municipality, "Sygedagpengeteamet")
    road.take(sender, "send")
    for one, sees in ((unit, True), (other, False)):
        client = client_of(make.user(municipality, Role.CONTACT, unit_id=one.id))
        assert ("Karl Prøvesen" in client.get("/handovers/?tab=unit").text) == sees


def test_a_draft_is_due_when_responsibility_passes(road, sender):
    road.write(responsible_from="2026-12-31")
    assert "31.12.2026" in sender.get("/handovers/").text


@pytest.mark.parametrize("word", ["OP-1234-5678", "op-1234", "5678", "1234-5678", "Øst-Sørensen"])
def test_search_understands_hyphens(word, case, sender):
    case.name = "Åse Øst-Sørensen"
    make.saved(case)
    made = make.handover(case, reference="OP-1234-5678")
    assert made.reference in sender.post("/handovers/search", data={"word": word}).text
    assert made.reference not in sender.post("/handovers/search", data={"word": "OP-9999"}).text


@pytest.mark.parametrize("word", ["OP", "o", "op-1234", "Op Sigrid", "Sigrid o"])
def test_what_every_reference_begins_with_says_nothing(word, case, sender):
    """Alone it finds all; beside other words it is not searched for."""
    case.name = "Sigrid Kornblomst"
    make.saved(case)
    made = make.handover(case, reference="OP-1234-5678")
    assert made.reference in sender.post("/handovers/search", data={"word": word}).text
    found = sender.post("/handovers/search", data={"word": f"{word} Findesikke"})
    assert "Ingen fundet" in found.text


def test_what_is_sent_is_danish_whatever_language_the_sender_reads(road, sender, receiver):
    sender.set_cookie("language", "en", domain="127.0.0.1")
    road.take(sender, "send")
    assert "Handovers" in sender.get("/handovers/").text
    assert "ansvaret overgår" in receiver.get(road.address).text


def test_the_menu_knows_where_one_is(road, sender):
    menu = steps.page(sender.get(road.address)).select('.mainmenu [aria-current="page"]')
    assert {one.text.strip() for one in menu} == {"Overdragelser"}


def test_search_finds_by_name_and_reference(road, sender):
    found = sender.post("/handovers/search", data={"word": "prøve"}).text
    assert "Karl Prøvesen" in found
    assert "Ingen fundet" in sender.post("/handovers/search", data={"word": "findesikke"}).text


def test_each_step_leaves_an_audit_row_that_names_it(road, sender):
    road.take(sender, "send")
    steps = [one for one in make.audited() if one.detail.get("step") == "send"]
    assert {one.subject_type for one in steps} == {"handover"}
    assert "done" in {one.outcome for one in steps}
