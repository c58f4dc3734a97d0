"""The industry project of East Jutland: from a file of 600 companies to the models side by side."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from portal.access import OrganisationKind, Role
from portal.participants.models import EventKind
from tests import company, make, participant, project
from tests.browser import faults

pytestmark = pytest.mark.journey
HEAD = "CVR-nummer;Navn;Branche;Kommune"


@pytest.fixture
def union(fund):
    return make.organisation("3F Prøve", OrganisationKind.PARTNER)


@pytest.fixture
def metal(fund):
    return make.organisation("Dansk Metal Prøve", OrganisationKind.PARTNER)


@pytest.fixture
def led(municipality, union, metal):
    return project.project(municipality, union, metal, municipalities=(municipality,))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def told(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def taken_in(page: Page, here: str, known: str) -> None:
    """600 of 602 lines: one stands twice in the file, one in the register already."""
    numbers = [company.free_cvr() for _number in range(600)]
    lines = [f"{one};Fabrik {n:04d};Metal;Lillekøbing Kommune" for n, one in enumerate(numbers)]
    lines += [
        f"{numbers[0]};Fabrik 0000;Metal;Lillekøbing Kommune",
        f"{known};Smedjen;Metal;Lillekøbing Kommune",
    ]
    file = "\r\n".join([HEAD, *lines]).encode("utf-8-sig")
    page.goto(f"{here}/companies/import")
    page.get_by_label("Csv-fil").set_input_files(
        {"name": "virksomheder.csv", "mimeType": "text/csv", "buffer": file}
    )
    press(page, "Se linjerne igennem")
    told(page, "2 linjer har fejl")
    told(page, "Står også på en tidligere linje i filen.")
    told(page, "står allerede i projektet og kontaktes af Dansk Metal Prøve")
    assert faults(page, picture="east-import-refused") == []
    page.get_by_label("Hent resten uden linjerne med fejl").check()
    page.get_by_label("Vi kontakter virksomhederne").check()
    press(page, "Hent 600 virksomheder")
    told(page, "600 virksomheder er hentet.")
    press(page, "Alle vores er spurgt i dag")
    told(page, "600 virksomheder er spurgt i dag.")


def in_need(page: Page, here: str) -> None:
    """One of them answers and says what it needs; what it wishes now becomes a job order."""
    page.goto(f"{here}/companies/?q=Fabrik+0007")
    page.get_by_role("link", name="Fabrik 0007", exact=True).click()
    page.get_by_text("Gem virksomhedens svar").click()
    page.get_by_label("Ja", exact=True).check()
    press(page, "Gem svaret")
    page.get_by_text("Tilføj et behov").click()
    page.get_by_label("Hvad skal de kunne?").fill("Svejse rustfrit stål")
    page.get_by_label("Hvor mange?").fill("2")
    press(page, "Gem behovet")
    told(page, "Svejse rustfrit stål")
    page.get_by_role("link", name="Ny jobordre").click()
    assert faults(page, picture="east-new-order") == []
    page.get_by_label("Hvem søger virksomheden?").fill("Svejser til rustfrit stål")
    page.get_by_label("Virksomhedens egen frist").fill("01-01-2020")
    press(page, "Gem jobordren")
    told(page, "Fristen er allerede overskredet.")
    expect(page.get_by_label("Hvem søger virksomheden?")).to_have_value("Svejser til rustfrit stål")
    page.get_by_label("Virksomhedens egen frist").fill("")
    press(page, "Gem jobordren")
    told(page, "Jobordren er modtaget.")


def matched(page: Page, others: Page) -> None:
    """A candidate of each union; the other's is hired, and the company is called."""
    for each, name in ((page, "Ane Anker"), (others, "Bo Bæk")):
        each.goto(page.url)
        each.get_by_label("Jeres kandidat").select_option(label=name)
        press(each, "Foreslå kandidaten")
        told(each, "Kandidaten er foreslået.")
    page.reload()
    told(page, "Kandidat 2 (Dansk Metal Prøve)")
    assert page.get_by_text("Bo Bæk").count() == 0
    press(page, "Kandidaterne er præsenteret")
    page.get_by_text("Skriv udfaldet for kandidat 1").click()
    page.locator("#reason-1").select_option(label="En anden blev valgt")
    press(page, "Ikke ansat")
    told(page, "Udfaldet er gemt.")
    page.get_by_text("Skriv udfaldet for kandidat 2").click()
    press(page, "Ansat")
    told(page, "Vælg, hvad personen er ansat som.")
    assert faults(page, picture="east-outcome-refused") == []
    page.locator("#form-2").select_option(label="Voksenlærling")
    page.locator("#timing-2").select_option(label="Før forløbet")
    press(page, "Ansat")
    told(page, "Udfaldet er gemt.")
    press(page, "Jobordren er besat")
    page.get_by_label("Hvad sagde virksomheden?").fill("De er glade for ham.")
    press(page, "Gem opkaldet")
    told(page, "Opkaldet er noteret.")


def test_from_a_file_of_600_companies_to_the_models_side_by_side(
    opened, led, municipality, union, metal
):
    here = f"/projects/{led.id}"
    known = company.company(led, metal, municipality, contacted_by_id=metal.id, name="Smedjen")
    participant.participant(led, union, name="Ane Anker")
    bo = participant.participant(led, metal, name="Bo Bæk")
    course = participant.participant(led, metal, name="Ida Ibsen", model="uddannelsesmodellen")
    for kind in (EventKind.STARTED, EventKind.COMPLETED):
        participant.event(course, kind)
    page, others = (opened(make.user(one, Role.PROJECT_PARTNER)) for one in (union, metal))
    taken_in(page, here, known.cvr)
    in_need(page, here)
    matched(page, others)
    others.goto(f"{here}/participants/{bo.id}")
    told(others, "Voksenlærling, før forløbet")
    others.goto(f"{here}/funnel")
    for model, step in {
        "Samarbejdsmodellen": "Fået job",
        "Uddannelsesmodellen": "Gennemført",
    }.items():
        table = others.get_by_role("region", name=model)
        row = table.get_by_role("row", name=re.compile(step))
        expect(row.get_by_role("cell").first).to_have_text("1")

    others.goto(f"{here}/participants/export")
    assert faults(others, picture="east-export") == []
    others.get_by_label("Hvad skal filen bruges til?").fill("Møde i styregruppen")
    with others.expect_download() as download:
        press(others, "Gem som fil")
    assert download.value.suggested_filename.endswith(".csv")
    page.goto(f"{here}/companies/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Gem listen som fil").click()
    assert download.value.suggested_filename == f"{led.reference}.csv"


def test_the_lead_steers_on_pages_that_fit(opened, led, municipality, union):
    """The pages that no other journey comes to, with what was refused."""
    here = f"/projects/{led.id}"
    page = opened(make.user(municipality, Role.AGREEMENT_OWNER))
    partner = make.records.query(type(project.partner(led, make.organisation()))).filter_by(
        organisation_id=union.id
    )
    looked = {
        here: "east-project",
        f"{here}/documents/": "east-documents",
        f"{here}/partners/{partner.one().id}/lead": "east-lead",
        f"{here}/phases/new": "east-phase",
        f"{here}/risks/new": "east-risk",
        f"{here}/budget/import": "east-budget-import",
    }
    make.records.commit()
    for address, picture in looked.items():
        page.goto(address)
        assert faults(page, picture=picture) == [], address
    page.goto(f"{here}/budget/new")
    page.get_by_label("År").fill(str(date.max.year))
    page.get_by_label("Bevilget").fill("1000")
    press(page, "Gem")
    expect(page.get_by_label("Bevilget")).to_have_value("1000")
    assert faults(page, picture="east-budget-refused") == []
