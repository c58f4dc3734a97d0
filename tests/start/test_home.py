"""What must I do today, answered for each role."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portal.access import Role
from portal.clock import add_working_days, now, today
from portal.handovers.models import State
from portal.meetings.parts import NoteKind
from portal.meetings.series import MeetingState
from tests import make, meeting


def tiles(client) -> dict[str, str]:
    soup = BeautifulSoup(client.get("/").text, "html.parser")
    found = soup.select(".tile a")
    counts = [(one.select_one(".tile-label"), one.select_one(".tile-count")) for one in found]
    return {label.text.strip(): count.text.strip() for label, count in counts if label and count}


def test_a_contact_sees_what_is_late_today_and_nobodys(
    fund, municipality, adviser, contact, client_of
):
    for n, days in enumerate((-1, 0, 3)):
        case = make.member_case(fund, municipality, name=f"Medlem {n}", adviser_id=adviser.id)
        due = {"due_on": today() + timedelta(days=days), "receiver_person_id": contact.id}
        make.handover(case, State.RECEIVED, **due)
    nobodys = make.member_case(fund, municipality, name="Uden sagsbehandler")
    make.handover(nobodys, State.SENT)

    shown = tiles(client_of(contact))

    assert shown["Overskredet"] == "1"
    assert shown["Frist i dag"] == "1"
    assert shown["Venter på dig"] == "3"
    assert shown["Ikke tildelt"] == "1"


@pytest.mark.parametrize(("days", "told"), [(15, True), (16, False)])
def test_an_adviser_is_told_15_working_days_before_responsibility_passes(
    days, told, fund, municipality, adviser, client_of
):
    passes = add_working_days(today(), days)
    make.member_case(
        fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id, transfer_on=passes
    )
    assert ("Karl Prøvesen" in client_of(adviser).get("/").text) == told


def test_nobody_is_told_of_a_member_whose_package_is_sent(fund, municipality, adviser, client_of):
    soon = {"adviser_id": adviser.id, "transfer_on": add_working_days(today(), 5)}
    sent = make.member_case(fund, municipality, name="Sendt Prøvesen", **soon)
    make.handover(sent, State.SENT)
    make.member_case(fund, municipality, name="Glemt Prøvesen", **soon)
    text = client_of(adviser).get("/").text
    assert "Glemt Prøvesen" in text
    assert "Sendt Prøvesen" not in text


def beside(name, page):
    """The row of the member whose responsibility passes soon: where its last link leads."""
    rows = BeautifulSoup(page, "html.parser").select('[aria-labelledby="passing-heading"] tr')
    [row] = [row for row in rows if name in row.text]
    *_name, link = row.select("a")
    return link.text, link["href"]


@pytest.fixture
def soon(fund, municipality, adviser):
    passes = add_working_days(today(), 5)
    return make.member_case(
        fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id, transfer_on=passes
    )


def test_who_has_no_package_yet_is_to_get_one(soon, adviser, client_of):
    text = client_of(adviser).get("/").text
    assert beside("Karl Prøvesen", text) == ("Lav pakken", f"/handovers/new/{soon.id}")


def test_who_has_a_draft_is_led_on_to_that(soon, adviser, client_of):
    draft = make.handover(soon, State.DRAFT, sender_person_id=adviser.id)
    text = client_of(adviser).get("/").text
    goes_on = ("Skriv videre på kladden", f"/handovers/{draft.id}/draft")
    assert beside("Karl Prøvesen", text) == goes_on


def test_a_withdrawn_package_and_a_visitation_are_no_draft_of_the_legal_transfer(
    soon, fund, municipality, adviser, client_of
):
    make.handover(soon, State.WITHDRAWN)
    version = make.agreement(fund, municipality, parameters=make.BOTH_KINDS)
    make.handover(soon, State.DRAFT, agreement_version_id=version.id)
    text = client_of(adviser).get("/").text
    assert beside("Karl Prøvesen", text) == ("Lav pakken", f"/handovers/new/{soon.id}")


def test_a_colleagues_members_are_not_ones_own_to_hand_over(soon, fund, client_of):
    colleague = make.user(fund, Role.ADVISER)
    assert "Karl Prøvesen" not in client_of(colleague).get("/").text


def test_a_team_lead_is_told_of_the_units_members_and_of_no_other_units(
    fund, municipality, client_of
):
    own, other = make.unit(fund), make.unit(fund)
    lead = make.user(fund, Role.TEAM_LEAD, unit_id=own.id)
    adviser = make.user(fund, Role.ADVISER, name="Rikke Rådgiver", unit_id=own.id)
    soon = {"transfer_on": add_working_days(today(), 5), "adviser_id": adviser.id}
    make.member_case(fund, municipality, name="Egen Enhed", unit_id=own.id, **soon)
    make.member_case(fund, municipality, name="Anden Enhed", unit_id=other.id, **soon)
    soup = BeautifulSoup(client_of(lead).get("/").text, "html.parser")
    [row] = soup.select('[aria-labelledby="passing-heading"] tbody tr')
    assert "Egen Enhed" in row.text
    assert "Rikke Rådgiver" in row.text


@pytest.mark.parametrize("role", [Role.ADVISER, Role.TEAM_LEAD, Role.CONTACT, Role.COORDINATOR])
def test_whoever_handles_cases_is_told_when_nothing_waits(role, fund, municipality, client_of):
    home = fund if role in {Role.ADVISER, Role.TEAM_LEAD} else municipality
    text = client_of(make.user(home, role)).get("/").text
    assert "Der venter intet på dig" in text
    assert ("Ingen af dine medlemmer er på vej over" in text) == (home is fund)


def test_meetings_that_come_and_what_one_owes_stand_on_the_start_page(
    fund, municipality, adviser, contact, client_of, statements
):
    """Of whoever is asked to come, and of an owner all; at most four statements, as without."""
    version = make.agreement(fund, municipality)
    near, far = (
        meeting.meeting(
            version, fund, starts_at=now() + timedelta(days=days),
            series=meeting.series(version, fund, title=title),
        )
        for days, title in ((9, "Statusmøde"), (40, "Styregruppe"))
    )  # fmt: skip
    for one in (near, far):
        meeting.participant(one, contact, fund)
    owed = {"kind": NoteKind.ACTION, "due_on": today() - timedelta(days=1), "person": contact.name}
    owed |= {"party_id": municipality.id, "user_id": contact.id, "text": "Ring til Aarhus"}
    over = meeting.meeting(version, fund, MeetingState.MINUTES_APPROVED)
    meeting.note(over, meeting.item(over, fund), fund, **owed)
    owner = make.user(fund, Role.AGREEMENT_OWNER)
    lead = make.user(fund, Role.TEAM_LEAD, unit_id=make.unit(fund).id)
    told = {}
    for who in (contact, owner, adviser, lead):
        client = client_of(who)
        client.get("/")
        statements.clear()
        text = client.get("/").text
        found = {word for word in ("Statusmøde", "Styregruppe", "Ring til Aarhus") if word in text}
        told[who.name] = found
        assert len(statements) <= 4 or who is owner, statements
    assert told == {
        contact.name: {"Statusmøde", "Ring til Aarhus"}, owner.name: {"Statusmøde"},
        adviser.name: set(), lead.name: set(),
    }  # fmt: skip
