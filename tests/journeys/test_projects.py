"""The pages of a project with companies and people, in a real browser."""

import pytest

from portal.access import OrganisationKind, Role
from portal.participants.models import EventKind
from tests import company, make, participant, project
from tests.browser import faults

pytestmark = pytest.mark.journey


@pytest.fixture
def union(fund):
    return make.organisation("3F Prøve", OrganisationKind.PARTNER)


def test_a_union_finds_its_way_in_a_project(opened, union, municipality):
    one = project.project(municipality, union, municipalities=(municipality,))
    anna, bo = (participant.participant(one, union, name=name) for name in ("Anna Å", "Bo Bæk"))
    met = participant.met(anna)
    participant.event(anna, EventKind.MATCHED)
    firm = company.company(one, union, municipality, contacted_by_id=union.id)
    company.need(firm, union)
    company.contact(firm, union)
    order = company.order(firm, union)
    company.candidate(order, union, participant_id=bo.id)
    here = f"/projects/{one.id}"
    page = opened(make.user(union, Role.PROJECT_PARTNER))
    for address in (
        here,
        f"{here}/participants",
        f"{here}/participants/{anna.id}",
        f"{here}/participants/{anna.id}/events/{met.id}",
        f"{here}/participants/import",
        f"{here}/funnel",
        f"{here}/companies/",
        f"{here}/companies/{firm.id}",
        f"{here}/job-orders/",
    ):
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
        assert faults(page, picture=f"project{address.replace('/', '-')[46:]}") == [], address

    page.goto(f"{here}/participants")
    page.get_by_label("Søg på navn").fill("bæk")
    page.get_by_role("button", name="Søg").click()
    page.get_by_role("link", name="Bo Bæk").wait_for()
    assert page.get_by_role("link", name="Anna Å").count() == 0
    assert page.url.endswith("/participants")  # no name in an address
    page.get_by_label("Søg på navn").fill("findes ikke")
    page.get_by_role("button", name="Søg").click()
    page.get_by_role("heading", name="Ingen deltagere passer til søgningen").wait_for()

    page.goto(f"{here}/participants/{anna.id}/events/{met.id}")
    page.get_by_role("button", name="Stryg").click()
    page.get_by_role("link", name="Skriv, hvorfor den skal væk.").click()
    assert page.get_by_label("Hvorfor skal den væk?").evaluate("e => e === document.activeElement")

    page.goto(f"{here}/job-orders/{order.id}")
    page.get_by_text("Luk uden ansættelse").first.click()
    page.get_by_role("button", name="Luk uden ansættelse").click()
    page.get_by_role("alert").wait_for()
    told = page.locator("details[open] .form-error-message").all_inner_texts()
    assert [one.splitlines()[-1] for one in told] == ["Skriv, hvorfor ingen blev ansat."]
    assert faults(page, picture="project-job-order-refused") == []
