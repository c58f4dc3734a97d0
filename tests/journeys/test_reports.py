"""From a drafted report to its booklet and the area's newsletter, in real browsers."""

from datetime import timedelta

import pytest

from portal.access import OrganisationKind, Role
from portal.clock import today
from portal.projects.models import ProjectState
from tests import make, project
from tests.browser import faults

pytestmark = pytest.mark.journey


@pytest.fixture
def union(fund):
    return make.organisation("3F Prøve", OrganisationKind.PARTNER)


def test_a_project_reports_is_evaluated_and_is_learned_from(opened, union, municipality):
    council = project.council(municipality)
    first = today() - timedelta(days=200)
    one = project.project(
        municipality, union, municipalities=(municipality,), state=ProjectState.REPORTING,
        starts_on=first, ends_on=today() + timedelta(days=100),
    )  # fmt: skip
    project.phase(one, planned_from=first, planned_until=first + timedelta(days=60))
    project.budget(one, municipality, year=first.year)
    lead = opened(make.user(municipality, Role.AGREEMENT_OWNER, name="Gitte Ejer"))
    secretary = opened(make.user(council, Role.SECRETARY, name="Susanne Sekretær"))

    lead.goto(f"/projects/{one.id}/reports/")
    assert faults(lead, picture="reports-none") == []
    lead.get_by_role("link", name="Begynd en statusrapport").click()
    lead.get_by_role("button", name="Saml rapporten").click()
    lead.get_by_label("Hvad er der sket?").fill("Alle virksomheder er spurgt")
    assert faults(lead, picture="report-written") == []
    lead.get_by_role("button", name="Gem kladden").click()
    lead.get_by_role("link", name="Attestér og send").click()
    address = lead.url.removesuffix("/certify")
    certify(lead)

    secretary.goto(address)
    assert faults(secretary, picture="report-sent") == []
    secretary.get_by_role("link", name="Send tilbage").click()
    secretary.get_by_role("button", name="Send tilbage").click()
    secretary.get_by_role("link", name="Skriv, hvad der skal rettes.").click()
    secretary.keyboard.type("Skriv om afvigelserne")
    secretary.get_by_role("button", name="Send tilbage").click()
    secretary.get_by_text("Rapporten er sendt tilbage til tovholderen.").wait_for()
    lead.goto(f"{address}/certify")
    certify(lead)
    secretary.goto(f"{address}/accept")
    secretary.get_by_role("button", name="Godkend og lås").click()
    secretary.get_by_text("Rapporten er godkendt og låst.").wait_for()
    assert faults(secretary, picture="report-accepted") == []

    lead.goto(f"/projects/{one.id}/evaluation/edit")
    lead.get_by_label("Hvad kom der ud af projektet?").fill("Begge modeller har givet job")
    lead.get_by_role("button", name="Gem kladden").click()
    lead.get_by_role("link", name="Skriv en anbefaling").click()
    lead.get_by_label("Til hvem?").fill("Rådet")
    lead.get_by_label("Hvad anbefaler I?").fill("Saml kurserne")
    lead.get_by_role("button", name="Gem anbefalingen").click()
    assert faults(lead, picture="evaluation") == []
    lead.get_by_role("button", name="Gør evalueringen færdig").click()
    lead.get_by_text("Evalueringen er færdig.").wait_for()
    secretary.goto(f"/projects/{one.id}/evaluation/")
    with secretary.expect_download() as booklet:
        secretary.get_by_role("link", name="Hent evalueringen som hæfte (PDF)").click()
    assert booklet.value.path().read_bytes().startswith(b"%PDF")

    partner = opened(make.user(union, Role.PROJECT_PARTNER))
    partner.goto("/knowledge/practices/new")
    for label in ("Overskrift", "Hvad gør I?", "For hvem?", "Hvad kom der ud af det?",
                  "Hvor kan man høre mere?"):  # fmt: skip
        partner.get_by_label(label).fill("Match før kursus")
    assert faults(partner, picture="practice-new") == []
    partner.get_by_role("button", name="Del med området").click()
    partner.get_by_text("Praksissen er delt med området.").wait_for()
    secretary.goto("/knowledge/newsletters/new")
    secretary.get_by_role("button", name="Saml nyhedsbrevet").click()
    assert "Match før kursus" in secretary.get_by_label("Praksis at lære af").input_value()
    secretary.get_by_label("Kort fortalt").fill("Et godt kvartal")
    secretary.get_by_role("button", name="Gem kladden").click()
    secretary.get_by_role("button", name="Udgiv nyhedsbrevet").click()
    secretary.get_by_text("Nyhedsbrevet er udgivet.").wait_for()
    partner.goto(secretary.url)
    partner.get_by_text("Et godt kvartal").wait_for()
    assert faults(partner, picture="newsletter") == []
    partner.goto("/knowledge/")
    assert faults(partner, picture="knowledge") == []


def certify(lead):
    lead.get_by_label("Næste statusrapport").fill(f"{today() + timedelta(days=30):%d/%m/%Y}")
    lead.get_by_label("Jeg attesterer").check()
    lead.get_by_role("button", name="Attestér og send").click()
    lead.get_by_text("Rapporten er attesteret og sendt.").wait_for()
