"""Lists of cases: whose, in which order, in how many statements; and the search in them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from portal import cpr, keys
from portal.cases import lists
from portal.cases.lists import PAGE
from tests import make
from tests.cases.conftest import TODAY
from tests.conftest import HTMX

NUMBER = cpr.parse("620588-1234", today=TODAY)


def names(answer):
    assert answer.status_code == 200
    html = BeautifulSoup(answer.text, "html.parser")
    return [link.text for link in html.select("tbody a")]


def counts(answer):
    html = BeautifulSoup(answer.text, "html.parser")
    return [each.text for each in html.select(".subnav .count")]


def older(answer):
    link = BeautifulSoup(answer.text, "html.parser").select_one("a[rel=next]")
    return link and link["href"]


@pytest.fixture
def client(adviser, client_of):
    return client_of(adviser)


@pytest.fixture
def cases(fund, municipality, outsider, adviser, leader, team):
    def add(name, place, day, **values):
        return make.member_case(fund, place, name=name, transfer_on=day, **values)

    add("Bo Ømand", outsider, date(2026, 12, 1), adviser_id=adviser.id)
    add("Asta Brinch", municipality, date(2026, 12, 31), adviser_id=adviser.id)
    add("Dorte Æblegård", municipality, date(2026, 11, 30), unit_id=team.id)
    closed = {"closed_at": datetime(2026, 11, 1, tzinfo=UTC), "closed_reason": "job"}
    add("Carla Fuglsang", municipality, date(2026, 10, 31), adviser_id=adviser.id, **closed)


def test_each_list_holds_its_own_by_deadline(cases, leader, client, client_of):
    assert names(client.get("/cases/")) == ["Bo Ømand", "Asta Brinch"]
    assert names(client.get("/cases/?list=all")) == ["Dorte Æblegård", "Bo Ømand", "Asta Brinch"]
    assert names(client.get("/cases/?list=closed")) == ["Carla Fuglsang"]
    assert names(client_of(leader).get("/cases/?list=unit")) == ["Dorte Æblegård"]


def test_the_tabs_count_what_the_lists_hold(cases, leader, client, client_of):
    assert counts(client.get("/cases/")) == ["2", "0", "3", "1"]
    assert counts(client_of(leader).get("/cases/?list=closed")) == ["0", "1", "3", "1"]


def test_a_municipality_filters_by_its_name_in_the_address(cases, client):
    answer = client.get("/cases/?municipality=lillekoebing")
    assert names(answer) == ["Asta Brinch"]
    assert "Fjern filter:" in answer.text
    part = client.get("/cases/?municipality=lillekoebing", headers=HTMX)
    assert names(part) == ["Asta Brinch"]
    assert "<html" not in part.text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/cases/", "Du har ingen medlemmer endnu"),
        ("/cases/?municipality=udkoebing", "Ingen medlemmer passer til filtret"),
        ("/cases/?list=unit", "Din enhed har ingen medlemmer"),
        ("/cases/?list=closed", "Ingen lukkede sager"),
    ],
)
def test_an_empty_list_says_why(address, words, client):
    assert words in client.get(address).text


def test_a_search_without_a_word_and_one_without_a_hit_say_so(cases, client):
    assert "Skriv et navn" in client.post("/cases/search", data={"words": " "}).text
    assert "Ingen medlemmer fundet" in client.post("/cases/search", data={"words": "Xerxes"}).text


@pytest.mark.parametrize("closed", [False, True])
def test_pages_follow_on_without_gaps_or_doubles(closed, fund, municipality, adviser, client):
    for n in range(PAGE * 2 + 3):
        values = {"transfer_on": date(2026, 12, 1) + timedelta(n // 4), "adviser_id": adviser.id}
        if closed:
            at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=n // 4)
            values |= {"closed_at": at, "closed_reason": "job"}
        make.member_case(fund, municipality, name=f"Nr. {n:03}", **values)
    seen, address = [], f"/cases/?list={'closed' if closed else 'mine'}"
    while address:
        answer = client.get(address)
        seen += names(answer)
        address = older(answer)
    assert len(seen) == len(set(seen)) == PAGE * 2 + 3
    assert (seen == sorted(seen, key=lambda name: int(name[4:]) // 4)) is not closed


@pytest.mark.parametrize("place", ["nonsense", "2026-12-01", "2026-12-01_x"])
def test_a_place_that_is_none_is_not_found(place, client):
    assert client.get(f"/cases/?after={place}").status_code == 404
    assert client.get("/cases/?list=wrong").status_code == 404


def test_a_list_takes_three_statements_however_long(
    fund, municipality, adviser, client, statements
):
    taken = []
    for _round in range(2):
        for _case in range(15):
            make.member_case(fund, municipality, adviser_id=adviser.id)
        client.get("/cases/")  # the filter's list of municipalities is known from here on
        statements.clear()
        assert len(names(client.get("/cases/"))) > 10
        taken.append([statement.split()[0] for statement in statements])
    assert taken == [["select", "SELECT", "INSERT"]] * 2


def test_a_search_finds_beginnings_of_name_and_reference(cases, fund, municipality, client):
    make.member_case(fund, municipality, name="Sigrid Kornblomst", own_reference="A-2026-118")
    for words in ("korn", "sig KORN", "A-2026-118", "2026-1"):
        found = names(client.post("/cases/search", data={"words": words}))
        assert found == ["Sigrid Kornblomst"], words
    assert names(client.post("/cases/search", data={"words": "fugl"})) == ["Carla Fuglsang"]
    assert names(client.post("/cases/search", data={"words": "ØMAND bo"})) == ["Bo Ømand"]


@pytest.mark.parametrize("typed", ["aebleg", "Æbleg", "æblegaard", "ÆBLEGÅRD dor"])
def test_a_search_finds_danish_letters_in_either_spelling(typed, cases, client):
    assert names(client.post("/cases/search", data={"words": typed})) == ["Dorte Æblegård"]


def test_a_search_shows_the_own_unit_first_and_says_whose_each_is(
    fund, municipality, leader, team, client_of
):
    other = make.unit(fund, "Team Anden")
    make.member_case(fund, municipality, name="Alma Skitse", unit_id=other.id)
    make.member_case(fund, municipality, name="Åse Skitse", unit_id=team.id)
    make.member_case(fund, municipality, name="Ærø Skitse", unit_id=team.id)
    answer = client_of(leader).post("/cases/search", data={"words": "skits"})
    assert names(answer) == ["Ærø Skitse", "Åse Skitse", "Alma Skitse"]
    rows = BeautifulSoup(answer.text, "html.parser").select("tbody tr")
    assert [row.select("td")[5].text for row in rows] == [team.name, team.name, "Team Anden"]
    assert "3 medlemmer fundet" in answer.text


@pytest.mark.parametrize(
    ("many", "told"),
    [(25, "25 medlemmer fundet"), (30, "30 medlemmer fundet. De første 25 vises")],
)
def test_a_search_counts_what_it_found_and_says_when_more_than_shown(
    many, told, fund, municipality, client
):
    for number in range(many):
        make.member_case(fund, municipality, name=f"Skitse {number}")
    answer = client.post("/cases/search", data={"words": "skits"})
    assert len(names(answer)) == 25
    assert told in answer.text


def test_a_search_with_hits_past_counting_says_at_least(fund, municipality, client, monkeypatch):
    monkeypatch.setattr(lists, "MOST_HITS", 26)
    for number in range(30):
        make.member_case(fund, municipality, name=f"Skitse {number}")
    assert "Mindst 26 medlemmer" in client.post("/cases/search", data={"words": "skits"}).text


def test_one_search_leaves_one_row_without_the_word(cases, client):
    client.post("/cases/search", data={"words": "Fuglsang"})
    [event] = make.audited()
    assert event.action == "cases.search"
    assert "Fuglsang" not in str(vars(event))


def test_another_fund_s_members_are_not_found(cases, municipality, client, settings):
    other = make.fund("Nabobæk A-kasse")
    ring = keys.of(settings)
    case = make.member_case(other, municipality, name="Sigrid Kornblomst")
    case.cpr = ring.seal_cpr(NUMBER, table="member_case", row_id=case.id)
    case.cpr_index = ring.find_cpr(NUMBER)
    make.saved(case)
    answer = client.post("/cases/search", data={"words": "Korn"})
    assert "Ingen medlemmer fundet" in answer.text
    answer = client.post("/cases/search-cpr", data={"number": NUMBER.whole})
    assert "Ingen sag med det CPR-nummer" in answer.text


def test_a_whole_number_finds_the_one_member_and_is_written_down(
    cases, fund, municipality, client, settings
):
    ring = keys.of(settings)
    case = make.member_case(fund, municipality, name="Sigrid Kornblomst")
    case.cpr = ring.seal_cpr(NUMBER, table="member_case", row_id=case.id)
    case.cpr_index = ring.find_cpr(NUMBER)
    make.saved(case)
    assert names(client.post("/cases/search-cpr", data={"number": "6205881234"})) == [case.name]
    [event] = make.audited(case.id)
    assert (event.action, event.purpose) == ("cases.search_cpr", "cpr")
    assert client.post("/cases/search-cpr", data={"number": "x"}).status_code == 422


def test_a_number_in_the_search_for_names_is_not_searched_for(cases, client):
    answer = client.post("/cases/search", data={"words": NUMBER.whole})
    assert "Det ligner et CPR-nummer" in answer.text
    assert NUMBER.whole not in answer.text
