"""A council knows which agreements exist in its area: that they do, between whom and how long."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import NullPool, create_engine, text

from portal import rules
from portal.access import OrganisationKind, Role
from portal.agreements.models import UNDER_WAY, Term
from portal.clock import today
from portal.organisations.models import CouncilMembership
from portal.settings import database_url
from tests import make

DAY = today()
ALONE = "select count(*) from agreement_version"


@pytest.fixture
def council(app):
    return make.organisation("Rådet Øst", OrganisationKind.COUNCIL)


@pytest.fixture
def lies_under(council):
    def lie(municipality, **values):
        days = {"valid_from": make.LONG_AGO} | values
        whose = {"municipality_id": municipality.id, "council_id": council.id}
        return make.saved(CouncilMembership(**whose, **days))

    return lie


@pytest.fixture
def seen(council, client_of):
    """The rows of the council's list: municipality, fund, from and until."""

    def rows(role=Role.SECRETARY, whose=council):
        answer = client_of(make.user(whose, role)).get("/agreements/in-area")
        assert answer.status_code == 200
        tables = BeautifulSoup(answer.text, "html.parser").select("main table")
        listed = [
            row for one in tables if not one.select("tbody th") for row in one.select("tbody tr")
        ]
        return [[cell.text.strip() for cell in row.select("td")] for row in listed]

    return rows


@pytest.fixture
def charted(council, client_of):
    """The map on a day: its columns, and of each municipality what stands in them."""
    secretary = make.user(council, Role.SECRETARY)

    def ask(day=None):
        address = f"/agreements/in-area?day={day}" if day else "/agreements/in-area"
        answer = client_of(secretary).get(address)
        assert answer.status_code == 200
        [table] = [
            one
            for one in BeautifulSoup(answer.text, "html.parser").select("main table")
            if one.select("tbody th[scope=row]")
        ] or [BeautifulSoup("", "html.parser")]
        heads = [one.text.strip() for one in table.select("thead th[scope=col]")][2:]
        rows = {
            row.select("th")[0].text.strip(): [
                " ".join(cell.text.split()) for cell in row.select("td")
            ]
            for row in table.select("tbody tr")
        }
        return heads, rows

    return ask


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COUNCIL_MEMBER])
def test_the_council_sees_parties_and_days(role, seen, lies_under, fund, municipality):
    make.agreement(fund, municipality, valid_from=date(2026, 1, 1), valid_until=date(2099, 12, 31))
    lies_under(municipality)
    [row] = seen(role)
    assert row == ["Lillekøbing Kommune", "Prøvebæk A-kasse", "01.01.2026", "31.12.2099"]


def test_another_area_is_another_councils(seen, lies_under, fund, municipality, outsider):
    make.agreement(fund, outsider)
    make.agreement(fund, municipality)
    lies_under(municipality)
    assert [row[0] for row in seen()] == ["Lillekøbing Kommune"]


@pytest.mark.parametrize(
    ("days", "count"),
    [
        ({"valid_until": DAY}, 1),
        ({"valid_until": DAY - timedelta(days=1)}, 0),
        ({"valid_from": DAY}, 1),
        ({"valid_from": DAY + timedelta(days=1)}, 0),
    ],
)
def test_the_area_is_that_of_the_day(days, count, seen, lies_under, fund, municipality):
    make.agreement(fund, municipality)
    lies_under(municipality, **days)
    assert len(seen()) == count


def test_all_parties_of_a_shared_agreement_are_named(
    seen, lies_under, fund, municipality, outsider
):
    version = make.agreement(fund, municipality)
    make.side(version, outsider)
    lies_under(municipality)
    assert seen()[0][0] == "Lillekøbing Kommune, Udkøbing Kommune"


def test_a_municipality_that_left_is_no_party_and_brings_no_sight(
    seen, lies_under, fund, municipality, outsider
):
    first = make.agreement(fund, municipality)
    make.side(first, outsider)
    days = {"valid_from": DAY - timedelta(days=1)}
    make.agreement_version(first.agreement_id, fund, outsider, number=2, **days)
    lies_under(municipality)
    assert seen() == []
    lies_under(outsider)
    assert seen()[0][0] == "Udkøbing Kommune"


def test_of_an_agreement_with_versions_the_first_day_and_the_last_are_told(
    seen, lies_under, fund, municipality
):
    first = make.agreement(fund, municipality, valid_from=date(2020, 1, 1))
    days = {"valid_from": date(2025, 1, 1), "valid_until": date(2098, 6, 30)}
    make.agreement_version(first.agreement_id, number=2, **days)
    lies_under(municipality)
    assert seen()[0][2:] == ["01.01.2020", "30.06.2098"]


def test_the_list_parts_what_is_in_force_coming_and_ended(
    council, lies_under, client_of, fund, municipality
):
    for first, last in ((-5, 5), (9, None), (-9, -6)):
        until = DAY + timedelta(days=last) if last else None
        make.agreement(
            fund, municipality, valid_from=DAY + timedelta(days=first), valid_until=until
        )
    lies_under(municipality)
    page = client_of(make.user(council, Role.SECRETARY)).get("/agreements/in-area").text
    headings = [found.text for found in BeautifulSoup(page, "html.parser").select("main h2")]
    assert headings[1:] == ["I kraft", "Kommende", "Udløbet"]


def test_a_council_without_agreements_is_told_so(council, client_of):
    page = client_of(make.user(council, Role.COUNCIL_MEMBER)).get("/agreements/in-area").text
    assert "Ingen aftaler i området" in page


def test_what_was_agreed_stays_with_the_parties(
    council, lies_under, client_of, fund, municipality, adviser
):
    """By page and by plain SQL; the control is a party, for which both are there."""
    version = make.agreement(fund, municipality)
    lies_under(municipality)
    address = f"/agreements/{version.agreement_id}"
    assert client_of(make.user(council, Role.SECRETARY)).get(address).status_code == 404
    assert client_of(adviser).get(address).status_code == 200
    assert (count_as(council, ALONE), count_as(fund, ALONE)) == (0, 1)


def test_who_is_no_council_gets_nothing_from_the_function(council, lies_under, fund, municipality):
    make.agreement(fund, municipality)
    lies_under(municipality)
    for function, count in (("agreements_in_area", 2), ("pairs_in_area", 1)):
        asked = f"select count(*) from {function}(current_date)"
        found = {who: count_as(who, asked) for who in (fund, municipality, None, council)}
        assert found == {fund: 0, municipality: 0, None: 0, council: count}


def count_as(organisation, query):
    engine = create_engine(database_url("app"), poolclass=NullPool)
    with engine.connect() as connection:
        if organisation:
            setting = text("select set_config('samspil.organisation', :id, true)")
            connection.execute(setting, {"id": str(organisation.id)})
        return connection.scalar(text(query))


@pytest.mark.parametrize("state", sorted(UNDER_WAY))
def test_what_is_not_agreed_is_not_told(seen, lies_under, fund, municipality, state):
    make.under_way(fund, municipality, state)
    lies_under(municipality)
    assert seen() == []
    make.agreement(fund, municipality)
    assert len(seen()) == 1


# --- The map ---


def test_each_municipality_of_the_area_is_a_row_and_each_fund_with_an_agreement_a_column(
    charted, lies_under, fund, municipality, outsider
):
    make.agreement(fund, municipality, valid_until=DAY)
    both = make.agreement(make.fund("Anden A-kasse"), municipality)
    make.side(both, outsider)
    make.fund("Ærø A-kasse")
    lies_under(municipality)
    lies_under(outsider)
    heads, rows = charted()
    assert heads == ["Anden A-kasse", "Prøvebæk A-kasse"]
    assert [*rows] == ["Lillekøbing Kommune", "Udkøbing Kommune"]
    ends = f"Aftale til {DAY:%d.%m.%Y}"
    assert rows["Lillekøbing Kommune"] == ["2", "Aftale uden slutdag", ends]
    assert rows["Udkøbing Kommune"] == ["1", "Aftale uden slutdag", "–Ingen aftale"]


def test_a_municipality_of_another_area_is_no_row(
    charted, lies_under, fund, municipality, outsider
):
    shared = make.agreement(fund, municipality)
    make.side(shared, outsider)
    lies_under(municipality)
    assert [*charted()[1]] == ["Lillekøbing Kommune"]


@pytest.mark.parametrize(("days", "count"), [(-6, 0), (-5, 1), (5, 1), (6, 0)])
def test_the_map_is_of_the_day_that_is_chosen(charted, lies_under, fund, municipality, days, count):
    first, last = DAY - timedelta(days=5), DAY + timedelta(days=5)
    make.agreement(fund, municipality, valid_from=first, valid_until=last)
    lies_under(municipality)
    _heads, rows = charted(DAY + timedelta(days=days))
    assert sum(row[0] == "1" for row in rows.values()) == count


def test_between_two_versions_there_is_none(charted, seen, lies_under, fund, municipality):
    """The list tells the first day and the last; the map, that on this day nothing is in force."""
    first = make.agreement(fund, municipality, valid_until=DAY - timedelta(days=1))
    later = {"number": 2, "valid_from": DAY + timedelta(days=1)}
    make.agreement_version(first.agreement_id, **later)
    lies_under(municipality)
    assert charted()[1] == {}
    assert charted(DAY + timedelta(days=1))[1]["Lillekøbing Kommune"][0] == "1"
    assert charted(DAY - timedelta(days=1))[1]["Lillekøbing Kommune"][0] == "1"


def test_what_follows_a_rule_set_is_on_the_map_until_that_ends(
    charted, lies_under, fund, municipality
):
    law = rules.rule_set("2026")
    make.agreement(fund, municipality, term=Term.RULE_SET, rule_set=law.key)
    lies_under(municipality)
    assert charted(law.until)[1]["Lillekøbing Kommune"][1].endswith(f"{law.until:%d.%m.%Y}")
    assert charted(law.until + timedelta(days=1))[1] == {}


def test_a_day_that_is_none_is_refused_at_its_field(council, client_of):
    client = client_of(make.user(council, Role.SECRETARY))
    answer = client.get("/agreements/in-area?day=i+morgen")
    assert answer.status_code == 422
    assert "Skriv dagen som dd/mm/åååå." in answer.text
    assert "i morgen" in answer.text
    assert client.get("/agreements/in-area?day=1.1.2027").status_code == 200


def test_the_page_is_one_place_in_the_menu(council, client_of):
    """The agreements that the council observes have a shorter address of the same beginning."""
    client = client_of(make.user(council, Role.SECRETARY))
    for address in ("/agreements/in-area", "/agreements/"):
        shown = BeautifulSoup(client.get(address).text, "html.parser")
        assert {a["href"] for a in shown.select("nav a[aria-current]")} == {address}
