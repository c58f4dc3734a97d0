"""Agreements, users, units and absence in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.access import Role
from portal.clock import today
from portal.organisations.models import Absence
from tests import make
from tests.agreements.test_pages import WRITTEN
from tests.browser import PHONE, faults, violations

pytestmark = pytest.mark.journey


@pytest.fixture
def unit(fund):
    return make.unit(fund, "Team Øst", mailbox="team-oest@proevebaek.example", is_default=True)


@pytest.fixture
def administrator(fund, unit):
    return make.user(
        fund, Role.LOCAL_ADMINISTRATOR, Role.AUDITOR, name="Anne Attrap", unit_id=unit.id
    )


def test_every_page_is_accessible_and_fits(
    opened, fund, municipality, administrator, adviser, unit
):
    version = make.agreement(fund, municipality, **WRITTEN)
    days = {"first_day": today(), "last_day": today() + timedelta(days=9)}
    make.session_of(administrator, device="Chrome/Windows")
    away = make.saved(Absence(organisation_id=fund.id, user_id=adviser.id, **days))
    page = opened(administrator)
    for address in (
        "/agreements/",
        f"/agreements/{version.agreement_id}",
        "/agreements/default",
        "/sessions/",
        "/administration/users",
        f"/administration/users/{adviser.id}",
        f"/administration/users/{administrator.id}",
        "/administration/units",
        f"/administration/units/{unit.id}",
        "/administration/units/new",
        "/absences/",
        "/absences/new",
        f"/absences/{away.id}",
    ):
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
        assert faults(page, picture=address.strip("/").replace("/", "-")) == [], address


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrator_gives_a_role_and_makes_a_unit(opened, administrator, adviser, scripts):
    page = opened(administrator, java_script_enabled=scripts)
    page.goto("/administration/users")
    page.get_by_role("link", name="Mette Eksempel").click()
    page.get_by_text("Giv en rolle").click()
    page.get_by_label("Rolle", exact=True).select_option("teamleder")
    page.get_by_role("button", name="Giv rollen").click()
    expect(page.get_by_role("status").first).to_contain_text("Ændringen er gemt.")
    page.get_by_role("button", name="Fjern teamleder").click()
    expect(page.get_by_role("button", name="Fjern teamleder")).to_have_count(0)

    page.goto("/administration/units")
    page.get_by_role("link", name="Opret enhed").click()
    page.get_by_label("Navn").fill("TEAM ØST")
    page.get_by_role("button", name="Gem enheden").click()
    expect(page.get_by_role("alert")).to_contain_text("Der findes allerede en enhed med det navn.")
    expect(page.get_by_label("Navn")).to_have_value("TEAM ØST")
    page.get_by_label("Navn").fill("Team Ærø")
    page.get_by_role("button", name="Gem enheden").click()
    expect(page.get_by_role("link", name="Team Ærø")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_leader_chooses_who_is_away_and_then_who_can_stand_in(opened, fund, unit, scripts):
    leader = make.user(fund, Role.TEAM_LEAD, name="Line Leder", unit_id=unit.id)
    make.user(fund, Role.ADVISER, name="Bo Borte", unit_id=unit.id)
    page = opened(leader, java_script_enabled=scripts)
    page.goto("/absences/new")
    heading = page.get_by_role("main").get_by_role("heading", level=2)
    expect(heading).to_have_text("Fravær for Line Leder")
    page.get_by_label("Hvem er væk?").select_option("Bo Borte")
    if not scripts:
        page.get_by_role("button", name="Vælg").click()
    expect(heading).to_have_text("Fravær for Bo Borte")
    stand_ins = page.get_by_label("Stedfortræder").get_by_role("option")
    expect(stand_ins).to_have_text(["Ingen – enhedens postkasse får besked", "Line Leder"])
    assert not scripts or violations(page) == []


def test_an_adviser_says_when_and_who_stands_in(opened, administrator, fund, adviser):
    make.user(fund, Role.ADVISER, name="Kim Kollega")
    page = opened(adviser, PHONE)
    page.goto("/absences/new")
    expect(page.get_by_role("option", name="Anne Attrap")).to_have_count(0)
    first, last = today() + timedelta(days=1), today() + timedelta(days=3)
    page.get_by_label("Første dag").fill(f"{first:%d/%m/%Y}")
    page.get_by_label("Sidste dag").fill(f"{last:%d/%m/%Y}")
    page.get_by_label("Stedfortræder").select_option("Kim Kollega")
    page.get_by_role("button", name="Gem fraværet").click()
    main = page.get_by_role("main")
    for words in ("Mette Eksempel", f"{last:%d.%m.%Y}", "Kim Kollega", "Kommende"):
        expect(main).to_contain_text(words)
    page.get_by_role("link", name="Mette Eksempel").click()
    page.get_by_text("Slet fraværet").click()
    page.get_by_role("button", name="Slet", exact=True).click()
    expect(main).to_contain_text("Intet fravær")
