"""What employers answer becomes a figure of their agreement; a council reads what is published."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.access import Role
from portal.agreements import catalogue, indicators
from portal.agreements.templates import as_json
from portal.clock import ONE_DAY, moment, today
from portal.db import db
from portal.surveys import upkeep
from portal.surveys.models import Survey
from tests import make
from tests.browser import PHONE, faults, press
from tests.council import published
from tests.surveys.looking import tokens

pytestmark = pytest.mark.journey
SATISFIED, DISSATISFIED = "satisfied", "dissatisfied"
EMPLOYERS = [f"job{number}@børnehus.example" for number in range(12)]


@pytest.fixture
def agreement(fund, municipality):
    goal = indicators.indicator("bupl-a-trial", "employers_satisfied")
    assert goal
    return make.agreement(fund, municipality, goals=[as_json(vars(catalogue.goal(goal, "Kilde")))])


@pytest.fixture
def night(worker):
    """What the worker does for the survey: its mails, and its end when its last day is over."""

    def work(*, is_over=False):
        [survey] = make.records.scalars(select(Survey))
        if is_over:
            survey.opens_on, survey.closes_on = today() - 9 * ONE_DAY, today() - ONE_DAY
        make.records.commit()
        with worker.app_context():
            upkeep.close_ended(today()) if is_over else upkeep.write_some(survey.id, moment())
            db.session.commit()
        return survey

    return work


def test_employers_answer_on_a_phone_and_their_agreement_gets_its_figure(
    agreement, fund, opened, visit, base_url, app, worker, night
):
    ulla = opened(make.user(fund, Role.AGREEMENT_OWNER, name="Ulla Ejer"))
    ulla.goto("/surveys/new")
    ulla.get_by_label("Spørgeskema").select_option("employers")
    ulla.get_by_label("Aftale").select_option(index=1)
    file = "Virksomhed;E-mail\r\n" + "".join(f"Børnehus;{one}\r\n" for one in EMPLOYERS)
    given = {"name": "liste.csv", "mimeType": "text/csv", "buffer": file.encode("cp1252")}
    ulla.get_by_label("Csv-fil med e-mailadresser").set_input_files(given)
    assert faults(ulla, picture="figures-1-survey") == []
    press(ulla, "Gem kladden")
    expect(ulla.get_by_role("main")).to_contain_text("12De e-mailadresser")
    press(ulla, "Åbn, og send mailene")
    links = tokens(night(), worker)

    phone = visit(PHONE, base_url=base_url)
    phone.goto(f"/survey/{links[0]}")
    expect(phone.get_by_text("Hvor tilfreds er du med det match")).to_be_visible()
    press(phone, "Send svar")
    expect(phone.get_by_role("link", name="Vælg et svar til spørgsmål 1.")).to_be_visible()
    assert faults(phone, picture="figures-2-answer") == []
    phone.get_by_role("link", name="English").click()
    phone.get_by_label("Satisfied", exact=True).check()
    assert faults(phone, picture="figures-3-answer-english") == []
    press(phone, "Send answer")
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    phone.goto(f"/survey/{links[0]}")
    expect(phone.get_by_role("heading", name="Svaret er allerede modtaget")).to_be_visible()
    assert phone.context.cookies() == []

    browser = app.test_client()
    for number, link in enumerate(links[1:11]):
        chosen = SATISFIED if number < 5 else DISSATISFIED
        browser.post(f"/survey/{link}", data={"q_employers_satisfied": chosen})
    ulla.reload()
    assert "%" not in ulla.get_by_role("main").inner_text()
    survey = night(is_over=True)
    ulla.reload()
    expect(ulla.get_by_text("92 %")).to_be_visible()
    assert faults(ulla, picture="figures-4-result") == []

    ulla.goto(f"/goals/agreements/{agreement.agreement_id}/new/bupl-a-trial/employers_satisfied")
    ulla.get_by_label("Første dag").fill(f"{survey.first_day:%d/%m/%Y}")
    ulla.get_by_label("Sidste dag").fill(f"{survey.last_day:%d/%m/%Y}")
    ulla.get_by_label("Forklaring").fill("Flere match blev lavet i en travl tid.")
    press(ulla, "Gem kladden")
    expect(ulla.get_by_text("55 % (6 af 11), svarprocent 92")).to_be_visible()


def test_a_councils_secretary_chooses_among_published_figures_and_prints_them(opened, worker):
    region = published.region()
    published.publish(worker)
    susanne = opened(region.secretary)
    susanne.goto("/council-figures/")
    susanne.get_by_label("Fordelt på").select_option(label="A-kasse")
    press(susanne, "Vis tal")
    table = susanne.get_by_role("table")
    expect(table.get_by_role("rowheader")).to_have_text("Prøvebæk A-kasse")
    assert faults(susanne, picture="figures-5-council") == []
    susanne.emulate_media(media="print")
    expect(table).to_be_visible()
    expect(susanne.get_by_role("button", name="Vis tal")).to_be_hidden()
    expect(susanne.get_by_role("navigation")).to_have_count(0)
