"""The work list by the other party: offered are those that occur, for one's own side only."""

import pytest

from portal.access import Role
from portal.handovers.models import State
from tests import make
from tests.handovers.road import page


@pytest.fixture
def packages(fund, municipality, outsider, contact):
    """From two funds to one municipality, and one that goes elsewhere."""
    other = make.fund("Anden A-kasse", "anden")

    def sent(sender, receiver, name):
        case = make.member_case(sender, receiver, name=name)
        who = {"receiver_person_id": contact.id} if receiver is municipality else {}
        return make.handover(case, State.RECEIVED, **who)

    sent(fund, municipality, "Anna")
    sent(other, municipality, "Bo")
    sent(other, outsider, "Carl")
    return other


def offered(soup):
    return {one.text: one["value"] for one in soup.select("#filter-other option")}


def people(soup):
    return [cell.text for cell in soup.select("tbody td[hx-ignore]")]


def test_those_that_occur_are_offered_and_filter(packages, fund, receiver):
    shown = page(receiver.get("/handovers/"))
    assert [*offered(shown)] == ["Alle", "Anden A-kasse", "Prøvebæk A-kasse"]
    assert sorted(people(shown)) == ["Anna", "Bo"]
    filtered = page(receiver.get(f"/handovers/?other={fund.id}"))
    assert people(filtered) == ["Anna"]
    [tag] = filtered.select(".active-filters .tag")
    assert "Prøvebæk A-kasse" in tag.text
    assert len(people(page(receiver.get(tag["href"])))) == 1 + 1


def test_another_organisations_counterparts_are_its_own(packages, outsider, client_of):
    stranger = client_of(make.user(outsider, Role.CONTACT))
    assert [*offered(page(stranger.get("/handovers/?tab=unassigned")))] == ["Alle", "Anden A-kasse"]


def test_who_has_no_package_is_offered_nobody_and_a_foreign_filter_is_named(
    fund, municipality, outsider, receiver
):
    assert not offered(page(receiver.get("/handovers/")))
    shown = page(receiver.get(f"/handovers/?other={outsider.id}"))
    assert [*offered(shown)] == ["Alle", "Udkøbing Kommune"]
    assert "Ingen overdragelser passer til filtrene" in shown.text
