"""The work list: what leads to it, where its rows lead, its orders, and what people are called."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portal.access import Role
from portal.clock import now, today
from portal.handovers.models import Pending, State, Turn
from portal.handovers.worklist import PAGE
from tests import make
from tests.conftest import HTMX
from tests.handovers.road import hidden


@pytest.fixture
def packages(fund, municipality, adviser, contact):
    """The contact's: two late, one due today, one later; and one of a colleague that is late."""

    def received(days, person, name):
        case = make.member_case(fund, municipality, name=name, adviser_id=adviser.id)
        due = {"due_on": today() + timedelta(days=days), "receiver_person_id": person.id}
        changed = now() - timedelta(hours=days + 10)
        return make.handover(case, State.RECEIVED, changed_at=changed, **due)

    colleague = make.user(municipality, Role.CONTACT)
    names = ["Anna Åberg", "Bo Påfund", "Carl Aagaard", "Dora Sørensen"]
    own = [received(days, contact, name) for days, name in zip((-2, -1, 0, 3), names, strict=True)]
    received(-5, colleague, "Egon Nabo")
    return own


def soup(answer):
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def people(page):
    return [cell.text for cell in page.select("tbody td[hx-ignore]")]


@pytest.mark.parametrize(
    ("tile", "shown"),
    [
        ("Overskredet", ["Anna Åberg", "Bo Påfund"]),
        ("Frist i dag", ["Carl Aagaard"]),
        ("Venter på dig", ["Anna Åberg", "Bo Påfund", "Carl Aagaard", "Dora Sørensen"]),
        ("Ikke tildelt", []),
        ("Venter på den anden part", []),
    ],
)
def test_a_tile_leads_to_exactly_what_it_counts(tile, shown, packages, contact, client_of):
    client = client_of(contact)
    tiles = soup(client.get("/")).select(".tile a")
    [link] = [one for one in tiles if one.select_one(".tile-label").text == tile]
    assert link.select_one(".tile-count").text == str(len(shown))
    assert people(soup(client.get(link["href"]))) == shown


@pytest.fixture
def leaders_day(fund, municipality, adviser):
    """What a unit of two has to do, what nobody has, and what another unit has."""
    units = {name: make.unit(municipality, name) for name in ("Nord", "Syd")}
    people = {
        "leder": make.user(municipality, Role.COORDINATOR, unit_id=units["Nord"].id),
        "kollega": make.user(municipality, Role.CONTACT, unit_id=units["Nord"].id),
        "fremmed": make.user(municipality, Role.CONTACT, unit_id=units["Syd"].id),
    }
    for name, days, person, unit in (
        ("Anna sen", -2, "kollega", "Nord"),
        ("Bo i dag", 0, "kollega", "Nord"),
        ("Carl lederens", 2, "leder", "Nord"),
        ("Dora sen hos ingen", -1, None, "Nord"),
        ("Egon ny uden enhed", 1, None, None),
        ("Fie sen i Syd", -3, "fremmed", "Syd"),
    ):
        case = make.member_case(fund, municipality, name=name, adviser_id=adviser.id)
        place = {
            "receiver_person_id": people[person].id if person else None,
            "receiver_unit_id": units[unit].id if unit else None,
        }
        make.handover(case, State.RECEIVED, due_on=today() + timedelta(days=days), **place)
    return people["leder"]


NORTH = ["Anna sen", "Dora sen hos ingen", "Bo i dag", "Carl lederens"]


@pytest.mark.parametrize(
    ("tile", "shown"),
    [
        ("Overskredet i enheden", NORTH[:2]),
        ("Frist i dag i enheden", ["Bo i dag"]),
        ("Venter på enheden", NORTH),
        ("Ikke tildelt", ["Dora sen hos ingen", "Egon ny uden enhed"]),
        ("Ikke tildelt og overskredet", ["Dora sen hos ingen"]),
        ("Venter på dig", ["Carl lederens"]),
        ("Venter på den anden part", []),
    ],
)
def test_a_leaders_tile_counts_the_units_and_leads_to_it(tile, shown, leaders_day, client_of):
    client = client_of(leaders_day)
    home = soup(client.get("/"))
    assert people(home) == NORTH
    [link] = [one for one in home.select(".tile a") if one.select_one(".tile-label").text == tile]
    assert link.select_one(".tile-count").text == str(len(shown))
    assert people(soup(client.get(link["href"]))) == shown


def test_the_filter_by_deadline_is_shown_and_can_be_taken_off(packages, contact, client_of):
    page = soup(client_of(contact).get("/handovers/?due=late"))
    [tag] = page.select(".active-filters .tag")
    assert "Overskredet" in tag.text
    assert page.select_one("#filter-due option[selected]")["value"] == "late"
    assert len(people(soup(client_of(contact).get(tag["href"])))) == 4


def test_a_deadline_that_is_none_is_not_asked_for(packages, contact, client_of):
    assert len(people(soup(client_of(contact).get("/handovers/?due=never")))) == 4


def test_the_export_holds_what_the_filtered_list_does(packages, municipality, contact, client_of):
    leader = make.user(municipality, Role.COORDINATOR)
    for one in packages:
        one.receiver_person_id = leader.id
        make.saved(one)
    client = client_of(leader)
    link = soup(client.get("/handovers/?due=late")).select_one('a[href*="export"]')["href"]
    asks = soup(client.get(link))
    assert "Overskredet" in asks.text
    form = hidden(asks) | {"purpose": "Opfølgning på frister", "format": "csv"}
    assert len(client.post(link, data=form).text.strip().splitlines()) == 1 + 2


def test_reference_and_name_lead_to_the_package_and_the_keyboard_stops_once(
    packages, contact, client_of
):
    row = soup(client_of(contact).get("/handovers/")).select_one("tbody tr")
    reference, name = row.select("a")
    assert (reference.text, name.text) == (packages[0].reference, "Anna Åberg")
    assert reference["href"] == name["href"] == f"/handovers/{packages[0].id}"
    assert [link.get("tabindex") for link in (reference, name)] == [None, "-1"]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without-javascript", "with"])
@pytest.mark.parametrize(
    ("order", "first"),
    [("due", "Anna"), ("-due", "Dora"), ("changed", "Dora"), ("-changed", "Anna")],
)
def test_a_phone_is_offered_each_order(order, first, headers, packages, contact, client_of):
    client = client_of(contact)
    choices = soup(client.get("/handovers/")).select("#filter-sort option")
    assert {choice["value"] for choice in choices} >= {order}
    page = soup(client.get(f"/handovers/?tab=mine&kind=&due=&sort={order}", headers=headers))
    assert people(page)[0].startswith(first)


def test_each_party_reads_its_own_word_for_whom_it_is_about(
    packages, adviser, contact, client_of, fund, municipality
):
    draft = make.member_case(fund, municipality, name="Fie Kladde", adviser_id=adviser.id)
    make.handover(draft, State.DRAFT, sender_person_id=adviser.id)
    for person, word, other in ((adviser, "Medlem", "Borger"), (contact, "Borger", "Medlem")):
        for address in ("/", "/handovers/?tab=mine"):
            table = soup(client_of(person).get(address)).select_one("main table")
            headings = [heading.text for heading in table.select("th")]
            assert word in headings
            assert other not in headings


@pytest.mark.parametrize(
    ("typed", "found"),
    [("paaf", "Bo Påfund"), ("ÅGÅRD", "Carl Aagaard"), ("soer dor", "Dora Sørensen")],
)
def test_a_name_is_found_in_either_spelling(typed, found, packages, contact, client_of):
    page = soup(client_of(contact).post("/handovers/search", data={"word": typed}))
    assert people(page) == [found]
    assert "1 overdragelse fundet" in page.text


def test_a_search_with_more_than_is_shown_says_so(fund, municipality, adviser, client_of):
    for number in range(PAGE + 1):
        case = make.member_case(fund, municipality, name=f"Skitse {number}")
        make.handover(case, State.SENT, sender_person_id=adviser.id)
    page = soup(client_of(adviser).post("/handovers/search", data={"word": "skits"}))
    assert len(people(page)) == PAGE
    assert "De 25 senest ændrede vises" in page.text


def test_what_the_other_party_is_late_with_is_marked_late_too(packages, adviser, client_of):
    page = soup(client_of(adviser).get("/handovers/?tab=waiting"))
    late = [one.find_parent("tr").select_one("td[hx-ignore]").text for one in marked(page)]
    assert late == ["Egon Nabo", "Anna Åberg", "Bo Påfund"]
    assert {"Carl Aagaard", "Dora Sørensen"} < {*people(page)}


def marked(page):
    return page.select("tbody .due-late")


def test_what_is_closed_is_never_late_and_the_newest_stands_first(
    fund, municipality, adviser, client_of
):
    for hours, name in ((5, "Anden"), (9, "Tredje"), (1, "Første")):
        case = make.member_case(fund, municipality, name=name, adviser_id=adviser.id)
        changed = now() - timedelta(hours=hours)
        make.handover(case, State.COMPLETED, changed_at=changed, sender_person_id=adviser.id)
    client = client_of(adviser)
    page = soup(client.get("/handovers/?tab=closed"))
    assert people(page) == ["Første", "Anden", "Tredje"]
    assert marked(page) == []
    [sorted_by] = page.select("th[aria-sort]")
    assert (sorted_by.text.strip(), sorted_by["aria-sort"]) == ("Ændret", "descending")
    oldest = soup(client.get(sorted_by.a["href"]))
    assert people(oldest) == ["Tredje", "Anden", "Første"]


@pytest.mark.parametrize(
    "typed", ["OP-RVJM-XJJC", "op-rvjm-xjjc", "oprvjmxjjc", "op rvjm xjjc", "op-rvjmxjjc", "rvjm"]
)
def test_a_reference_is_found_however_it_is_typed(typed, fund, municipality, adviser, client_of):
    case = make.member_case(fund, municipality, name="Søgt", adviser_id=adviser.id)
    make.handover(case, State.SENT, reference="OP-RVJM-XJJC")
    other = make.member_case(fund, municipality, name="Oprvjmxjjd", adviser_id=adviser.id)
    make.handover(other, State.SENT, reference="OP-RVJN-XJJC")
    page = soup(client_of(adviser).post("/handovers/search", data={"word": typed}))
    assert people(page) == ["Søgt"]


def badges(client, tab) -> list[str]:
    shown = soup(client.get(f"/handovers/?tab={tab}"))
    return [
        " ".join(one.text.split())
        for one in shown.select("tbody .badge, tbody .due-words, tbody .note")
    ]


@pytest.mark.parametrize(
    ("wish", "word"),
    [(None, "Fællessamtale"), (True, "Fællessamtale"), (False, "Samtale")],
)
def test_the_talk_is_joint_unless_the_member_has_said_no(
    wish, word, fund, municipality, adviser, contact, client_of
):
    """In lists, in files and on the page of either party."""
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    people = {"sender_person_id": adviser.id, "receiver_person_id": contact.id}
    made = make.handover(case, State.ACCEPTED, fund_attends=wish, **people)
    told = {
        contact: ("mine", f"{word} skal aftales"),
        adviser: ("waiting", f"Accepteret – {word.lower()} skal aftales"),
    }
    for user, (tab, words) in told.items():
        client = client_of(user)
        assert badges(client, tab) == [words]
        status = soup(client.get(f"/handovers/{made.id}")).select_one(".status-head .badge")
        assert status.text.strip() == words


def test_a_row_says_what_is_late_and_what_one_has_asked_the_other_for(
    fund, municipality, adviser, contact, client_of
):
    late = {"due_on": today() - timedelta(days=1), "receiver_person_id": contact.id}
    for clock, state, more in (
        ("acknowledge", State.SENT, {}),
        ("decide", State.RECEIVED, {"pending": Pending.REDIRECT, "turn": Turn.SENDER}),
    ):
        case = make.member_case(fund, municipality, adviser_id=adviser.id)
        mine = {"sender_person_id": adviser.id}
        make.handover(case, state, due_for=clock, **late | mine | more)
    assert badges(client_of(contact), "mine") == ["overskredet", "kvittering mangler", "Ny"]
    asked = ["overskredet", "svar på pakken mangler", "Modtaget – under vurdering"]
    assert badges(client_of(adviser), "mine") == [*asked, "ønskes sendt til en anden kommune"]
