"""A council follows the projects of its area and holds its meeting, in a real browser."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from portal.access import OrganisationKind, Role
from portal.clock import today
from portal.organisations.models import CouncilMembership
from tests import make, project
from tests.browser import faults

pytestmark = pytest.mark.journey


def fine(page: Page, address: str, picture: str) -> None:
    answer = page.goto(address)
    assert answer
    assert answer.status == 200, address
    assert faults(page, picture=picture) == [], address


def test_a_secretary_follows_two_projects_and_holds_a_meeting_that_a_member_reads(
    opened, municipality
):
    before = make.organisation("RAR Østjylland", OrganisationKind.COUNCIL)
    until = {"valid_from": date(2015, 1, 1), "valid_until": date(2024, 12, 31)}
    make.saved(CouncilMembership(municipality_id=municipality.id, council_id=before.id, **until))
    council = project.council(municipality, "RBR Midtjylland")
    town: dict[str, Any] = {"municipalities": (municipality,)}
    told: dict[str, Any] = {"colour": "red", "colour_reason": "Kurset mangler en lærer"}
    told |= {"next_report_on": today() - timedelta(days=5), "starts_on": date(2024, 2, 1)}
    industry = project.project(municipality, title="Industriprojektet i Østjylland", **told, **town)
    project.budget(industry, municipality, year=2024)
    project.project(municipality, title="Pædagoger: jobmatchdag", trade="childcare", **town)
    page = opened(make.user(council, Role.SECRETARY, name="Susanne Sekretær"))
    member = opened(make.user(council, Role.COUNCIL_MEMBER, name="Preben Medlem"))

    page.goto("/council-projects/")
    page.get_by_role("heading", name="Nøgletal i området").wait_for()  # came by itself
    fine(page, "/council-projects/", "council-projects")
    both = page.locator("#projects table").first.get_by_role("link")
    assert both.count() == 2
    page.get_by_label("Branche").select_option(label="Industri")
    page.get_by_role("link", name="Pædagoger: jobmatchdag").wait_for(state="detached")
    assert "trade=industry" in page.url
    with page.expect_download() as got:
        page.get_by_role("link", name="Hent rådspapir (PDF)").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    fine(page, "/council-projects/?year=2024", "council-projects-2024")
    assert "RAR Østjylland" in page.locator("main").inner_text()
    fine(page, f"/council-projects/{industry.id}", "council-project")

    fine(page, "/council-meetings/new", "council-meeting-new")
    for day in page.get_by_label(re.compile(r"^Dag")).all()[1:]:
        day.fill("")
    page.get_by_label(re.compile(r"^Dag")).first.fill(f"{today():%d-%m-%Y}")
    page.get_by_label("Fra kl.").fill("00.00")
    page.get_by_label("Til kl.").fill("23.59")
    page.get_by_label("Sted").fill("Regionshuset, lokale 2")
    page.get_by_role("button", name="Planlæg møderne").click()
    page.get_by_role("link", name="Rådsmøde 1").click()
    here = page.url
    page.get_by_role("link", name="Lav dagsordenen").click()
    page.get_by_role("button", name="Hent punkter fra dagens tal").click()
    page.get_by_role("button", name="Tag alle forslag med").click()
    page.get_by_label("Punkt", exact=True).fill("Rådets plan for 2027")
    page.get_by_role("button", name="Tilføj punktet").click()
    fine(page, page.url, "council-agenda")
    page.get_by_role("link", name="Færdig: se og send dagsordenen").click()
    page.get_by_role("button", name="Send dagsordenen").click()
    page.get_by_role("button", name="Begynd mødet").click()
    writes = page.get_by_role("link", name=re.compile("^Skriv beslutningen"))
    while writes.count():
        writes.first.click()
        page.get_by_label("Beslutning").fill("Rådet tog punktet til efterretning.")
        page.get_by_role("button", name="Gem").click()
        page.get_by_role("heading", name="Rådsmøde 1").wait_for()
    page.get_by_role("link", name="Skriv fremmødet").click()
    assert faults(page, picture="council-people") == []
    page.get_by_role("button", name="Alle var med").click()
    page.get_by_role("button", name="Del beslutningsreferatet").click()
    page.get_by_role("link", name="Skriv, at referatet er godkendt").click()
    page.get_by_label("Begrundelse").fill("Godkendt af formanden uden bemærkninger.")
    page.get_by_role("button", name="Skriv, at referatet er godkendt").click()
    page.get_by_text("Referatet er godkendt.").first.wait_for()
    fine(page, here, "council-meeting")

    fine(member, here, "council-meeting-member")
    assert member.locator("main").get_by_role("button").count() == 0
    assert (
        member.locator("main").get_by_role("link", name=re.compile("^(Ret|Skriv|Lav)")).count() == 0
    )
    with member.expect_download() as got:
        member.get_by_role("link", name="Beslutningsreferat (PDF)").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    fine(member, "/council-projects/", "council-projects-member")
    assert member.get_by_role("link", name="Projekter", exact=True).count() == 0
