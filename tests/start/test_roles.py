"""The start page of those who handle no single cases: what they must do today, and where to."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portal.access import POSSIBLE_ROLES, OrganisationKind, Role
from portal.agreements.models import State as AgreementState
from portal.agreements.parts import AgreementSection, AgreementSignatory
from portal.clock import now, today
from portal.handovers.models import State
from portal.organisations.models import CouncilMembership
from tests import make

KIND_OF = {role: kind for kind, roles in POSSIBLE_ROLES.items() for role in roles}


@pytest.fixture
def read(client_of):
    def main(person):
        page = client_of(person).get("/")
        assert page.status_code == 200
        return BeautifulSoup(page.text, "html.parser").select_one("main")

    return main


def links(main):
    return {link.text.strip(): link["href"] for link in main.select("a")}


@pytest.mark.parametrize("role", Role)
def test_every_role_is_told_what_to_do_and_led_only_where_it_may_go(role, app, client_of):
    """No role meets an empty page, and no link of its own page or menu refuses it."""
    body = make.organisation("Prøvestedet", KIND_OF[role])
    client = client_of(make.user(body, role))
    page = BeautifulSoup(client.get("/").text, "html.parser")
    assert page.select("main h2"), "nothing is said"
    inside = {link["href"] for link in page.select("main a, nav a") if link["href"][0] == "/"}
    assert {address: client.get(address).status_code for address in inside} == dict.fromkeys(
        inside, 200
    )


@pytest.mark.parametrize("role", [Role.AGREEMENT_OWNER, Role.AUDITOR, Role.LOCAL_ADMINISTRATOR])
def test_who_handles_no_cases_sees_no_person(role, fund, municipality, adviser, read):
    case = make.member_case(fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id)
    make.handover(case, State.DRAFT, sender_person_id=adviser.id)
    assert "Karl" not in read(make.user(fund, role)).text
    assert "Karl" in read(adviser).text


@pytest.mark.parametrize(("days", "told"), [(90, True), (91, False)])
def test_the_agreement_owner_is_told_three_months_before_an_agreement_ends(
    days, told, fund, municipality, read
):
    version = make.agreement(fund, municipality, valid_until=today() + timedelta(days=days))
    shown = links(read(make.user(fund, Role.AGREEMENT_OWNER)))
    assert (f"/agreements/{version.agreement_id}" in shown.values()) == told


def test_the_auditor_is_told_what_can_be_read_and_whom_to_ask(fund, read):
    make.user(fund, Role.LOCAL_ADMINISTRATOR, name="Bent Påfund", email="bent@example.dk")
    main = read(make.user(fund, Role.AUDITOR))
    assert "Der er intet, du skal gøre i dag" in main.text
    assert links(main)["bent@example.dk"] == "mailto:bent@example.dk"


def test_the_administrator_is_told_who_cannot_work(fund, read):
    unit = make.unit(fund)
    lately = {"signed_in_at": now()}
    make.user(fund, name="Rikke Uden-Rolle", unit_id=unit.id, **lately)
    make.user(fund, Role.ADVISER, name="Ulf Uden-Enhed", **lately)
    make.user(fund, Role.ADVISER, name="Alma I-Orden", unit_id=unit.id, **lately)
    long_ago = make.days_ago(80)
    sleeping = {"created_at": long_ago, "signed_in_at": long_ago}
    make.user(fund, Role.ADVISER, name="Sigurd Sjælden", unit_id=unit.id, **sleeping)
    main = read(make.user(fund, Role.LOCAL_ADMINISTRATOR))
    under = {}
    for heading in main.select("h3"):
        under[heading.text] = [name.text for name in heading.find_next("ul").select("a")]
    assert under == {
        "Mangler en rolle": ["Rikke Uden-Rolle"],
        "Mangler en enhed": ["Ulf Uden-Enhed"],
        "Bliver lukket inden for to uger": ["Sigurd Sjælden"],
    }


def test_an_administrator_with_nothing_to_do_is_told_so(fund, read):
    main = read(make.user(fund, Role.LOCAL_ADMINISTRATOR, signed_in_at=now()))
    assert "Der venter intet på dig" in main.text
    assert links(main)["Se alle brugere"] == "/administration/users"


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COUNCIL_MEMBER])
def test_the_council_is_told_how_many_agreements_its_area_has(role, fund, municipality, read):
    council = make.organisation("Rådet Øst", OrganisationKind.COUNCIL)
    lies = {"municipality_id": municipality.id, "council_id": council.id}
    make.saved(CouncilMembership(valid_from=make.LONG_AGO, **lies))
    make.agreement(fund, municipality, valid_until=today() + timedelta(days=30))
    main = read(make.user(council, role))
    tile = main.select_one(".tile a")
    assert tile.select_one(".tile-count").text == "1"
    assert tile["href"] == "/agreements/in-area"
    assert "Lillekøbing Kommune – Prøvebæk A-kasse" in main.text


def test_a_partner_is_told_where_projects_stand_and_whom_to_ask(app, read):
    union = make.organisation("Prøveforbundet", OrganisationKind.PARTNER)
    make.user(union, Role.LOCAL_ADMINISTRATOR, name="Kurt Attrap", email="kurt@example.dk")
    main = read(make.user(union, Role.PROJECT_PARTNER))
    assert "Projekter, som I bliver inviteret til, står her." in main.text
    assert "Kurt Attrap" in main.text


def test_the_operator_sees_organisations_and_their_sign_in(app, client_of, read):
    make.fund("Åben A-kasse", "aaben")
    shut = make.provider_of(make.fund("Shut A-kasse", "lukket"))
    shut.enabled = False
    make.saved(shut)
    operator = make.user(make.organisation("Driften", OrganisationKind.PLATFORM), Role.OPERATOR)
    main = read(operator)
    assert main.select_one(".tile-count").text == "2"
    assert "Shut A-kasse (lukket)" in main.text
    page = BeautifulSoup(client_of(operator).get("/providers/").text, "html.parser")
    rows = [[cell.text.strip() for cell in row.select("td")] for row in page.select("tbody tr")]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("Driften", "Drift", "Åbent"),
        ("Shut A-kasse", "A-kasse", "Lukket"),
        ("Åben A-kasse", "A-kasse", "Åbent"),
    ]
    assert "samspil provider add" in page.text


def test_who_has_two_roles_sees_what_both_must_do(fund, municipality, read):
    make.agreement(fund, municipality, valid_until=today() + timedelta(days=30))
    main = read(make.user(fund, Role.TEAM_LEAD, Role.AGREEMENT_OWNER))
    headings = [heading.text for heading in main.select("h2")]
    assert "Din tur" in headings
    assert "Aftaler" in headings


def test_the_agreement_owner_sees_what_waits_for_the_own_side(fund, municipality, client_of):
    """Sections to answer, and one's own signature; the other side sees its own count."""
    opened = make.under_way(fund, municipality, AgreementState.NEGOTIATING)
    section = {"heading": "H", "prompt": "", "source": "", "governs": []}
    states = [("empty", None), ("proposed", "fund"), ("proposed", "fund"), ("agreed", "fund")]
    for place, (state, side) in enumerate(states, 1):
        own = {"key": f"k{place}", "position": place, "state": state, "side": side}
        make.of_version(opened, AgreementSection, **section, **own)
    seen = []
    for organisation in (fund, municipality):
        person = make.user(organisation, Role.AGREEMENT_OWNER)
        seen.append(client_of(person).get("/").text)
    assert "1 afsnit hos jer, 2 hos den anden side" in seen[0]
    assert "3 afsnit hos jer, 0 hos den anden side" in seen[1]


def test_whoever_is_to_sign_is_led_there(fund, municipality, client_of):
    signing = make.under_way(fund, municipality, AgreementState.SIGNING)
    named, other = (make.user(fund, Role.AGREEMENT_OWNER) for _person in range(2))
    who = {"organisation_id": fund.id, "name": "A", "title": "B", "authority": "C"}
    make.of_version(signing, AgreementSignatory, user_id=named.id, **who)
    address = f"/negotiations/{signing.id}/signing"
    assert address in client_of(named).get("/").text
    assert address not in client_of(other).get("/").text
