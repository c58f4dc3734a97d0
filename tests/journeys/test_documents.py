"""Documents, the whole number and the export in a real browser."""

import uuid

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from portal import cpr, keys
from portal.access import Role
from portal.clock import today
from portal.handovers.files import FileState
from portal.handovers.models import State
from portal.handovers.parts import HandoverContent
from tests import beside, make
from tests.browser import faults

pytestmark = pytest.mark.journey

NUMBER = "6101902345"


@pytest.fixture
def coordinator(municipality):
    return make.user(municipality, Role.COORDINATOR, Role.CONTACT, name="Karen Attrap")


@pytest.fixture
def package(fund, municipality, settings):
    """One with a number and a meeting."""
    case = make.member_case(fund, municipality, name="Karl Prøvesen")
    number, handover_id = cpr.parse(NUMBER, today=today()), uuid.uuid4()
    sealed = keys.of(settings).seal_cpr(number, table="handover", row_id=handover_id)
    made = make.handover(case, State.MEETING_PLANNED, id=handover_id, cpr=sealed, due_on=today())
    content = {
        "member": {"name": case.name, "cpr": number.masked},
        "job_goals": ["Industritekniker"],
        "assessment": None,
    }
    make.records.execute(update(HandoverContent).values(content=content))
    make.records.commit()
    return made


FILES: dict[FileState, dict[str, str]] = {
    FileState.WAITING: {"name": "Et meget langt navn uden mening " * 3 + ".txt"},
    FileState.CLEAN: {},
    FileState.INFECTED: {"finding": "Eicar"},
}


def test_the_pages_are_accessible_and_fit(opened, package, coordinator, fund):
    page, here = opened(coordinator), f"/handovers/{package.id}"
    for position, (state, more) in enumerate(FILES.items(), 1):
        beside.file(package, fund, position=position, data=state.encode(), state=state, **more)
    for address in (here, f"{here}/files", f"{here}/access", "/handovers/export?tab=unassigned"):
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
        if address == here:
            page.get_by_text("Vis hele nummeret").click()
        assert faults(page) == [], address


def test_the_pages_of_restricted_access_fit_too(opened, package, coordinator):
    page, here = opened(coordinator), f"/handovers/{package.id}"
    beside.restricted(package, coordinator)
    for address in (here, f"{here}/access", "/handovers/restricted"):
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
        assert faults(page) == [], address


@pytest.mark.parametrize("scripts", [True, False])
def test_the_number_is_shown_for_a_purpose(opened, package, coordinator, scripts):
    page = opened(coordinator, java_script_enabled=scripts)
    page.goto(f"/handovers/{package.id}")
    page.get_by_text("Vis hele nummeret").click()
    page.get_by_role("button", name="Vis CPR-nummer").click()
    expect(page.get_by_text("Vælg et formål.").first).to_be_visible()
    expect(page.get_by_text("610190-2345")).to_have_count(0)

    page.get_by_label("Hvad skal nummeret bruges til?").select_option("Journalisere pakken")
    page.get_by_role("button", name="Vis CPR-nummer").click()
    expect(page.get_by_text("610190-2345")).to_be_visible()
    assert "2345" not in page.url

    page.goto(f"/handovers/{package.id}")
    expect(page.get_by_text("610190-2345")).to_have_count(0)


def test_documents_are_fetched_by_their_links(opened, package, coordinator):
    page = opened(coordinator)
    page.goto(f"/handovers/{package.id}")
    for link, ending in (
        ("Pakken, som den blev sendt (PDF)", "-version-1.pdf"),
        ("Pakken med hele forløbet (PDF)", "-forloeb.pdf"),
        ("Kopi til borgeren (PDF)", "-kopi-til-medlemmet.pdf"),
        ("Hent til journal", ".zip"),
        ("Hent samtalen til kalenderen (.ics)", ".ics"),
    ):
        with page.expect_download() as fetched:
            page.get_by_role("link", name=link).click()
        assert fetched.value.suggested_filename == f"{package.reference}{ending}"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_list_is_fetched_for_a_purpose(opened, package, coordinator, scripts):
    page = opened(coordinator, java_script_enabled=scripts)
    page.goto("/handovers/?tab=unassigned")
    page.get_by_role("link", name="Eksportér listen").click()
    page.get_by_role("button", name="Hent fil").click()
    expect(page.get_by_text("Skriv, hvad filen skal bruges til.").first).to_be_visible()

    page.get_by_label("Hvad skal filen bruges til?").fill("Gennemgang på teammødet")
    for _again in range(2):
        with page.expect_download() as fetched:
            page.get_by_role("button", name="Hent fil").click()
        assert fetched.value.suggested_filename.endswith(".xlsx")
