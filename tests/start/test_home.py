"""What must I do today, answered for each role."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portal.clock import add_working_days, today
from portal.handovers.models import State
from tests import make


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
