"""A survey from opening to results: that each answers once, and what is then shown."""

import re
import uuid

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.clock import now, today
from portal.surveys import results
from portal.surveys.models import State, Survey, SurveyResult
from portal.surveys.questionnaires import questionnaire
from tests import beside, make
from tests.surveys.looking import (
    DAY,
    NO,
    OUT,
    SATISFIED,
    YES,
    Q,
    Span,
    advisers,
    links,
    outbox,
    tokens,
    told,
)

YEAR = Span(today() - 300 * DAY, today() + DAY)


def test_a_lead_asks_the_advisers_and_reads_what_they_said(
    app, fund, municipality, lead, client_of, worker, run_jobs, mailbox, end
):
    version = make.agreement(fund, municipality)
    people = advisers(fund, 12)
    client = client_of(lead)
    given = {
        "questionnaire": "advisers",
        "agreement_id": str(version.agreement_id),
        "first_day": f"{today() - 90 * DAY:%d/%m/%Y}",
        "last_day": f"{today():%d/%m/%Y}",
        "opens_on": f"{today():%d/%m/%Y}",
        "closes_on": f"{today() + 9 * DAY:%d/%m/%Y}",
        "first_reminder": "4",
        "language": "da",
    }
    place = client.post("/surveys/new", data=given).location
    page = told(client.get(place).text)
    assert "12 Egne medarbejdere" in page
    assert "Prøvebæk A-kasse vil gerne høre din mening" in page
    assert client.post(f"{place}/open").location == place
    run_jobs()
    assert {mail["To"] for mail in mailbox.received} == {one.email for one in people}
    assert outbox() == []  # neither addresses nor links stay behind
    found = [re.search(r"/survey/\S+", mail.get_content()) for mail in mailbox.received]
    addresses = [hit[0] for hit in found if hit]
    assert "Mails sendt til 12 Har svaret 0" in told(client.get(place).text)
    browser = app.test_client()
    assert "Prøvebæk A-kasse spørger" in told(browser.get(addresses[0]).text)
    for number, address in enumerate(addresses[:11]):
        choice = {f"q_{Q}": YES if number < 6 else NO}
        assert browser.post(address, data=choice).location == "/survey/received?language=da"
        followed = told(client.get(place).text)
        assert ("Har svaret Færre end 5" in followed) == (number < 4)
        assert "%" not in followed  # nothing of what was answered
    assert "Svaret er allerede modtaget" in browser.post(addresses[0], data=SATISFIED).text
    assert browser.get(addresses[0]).status_code == 200
    [survey] = make.records.scalars(select(Survey))
    make.records.commit()
    end(survey)
    shown = told(client.get(place).text)
    assert "Spurgt 12 Har svaret 11 Svarprocent 92 %" in shown
    assert "Helt enig eller overvejende enig 6 11 55 %" in shown
    table = client.get(f"{place}/results.csv").data.decode("utf-8-sig")
    assert table.splitlines()[-1].endswith(";11;6;55 %")
    with worker.app_context():
        came = results.outcome(version.agreement_id, Q, YEAR)
        assert came is not None
        assert (came.invited, came.answered, came.yes, came.of) == (12, 11, 6, 11)
        assert (came.share.is_exact, came.response, came.of_agreement) == (True, 92, True)
        assert results.outcome(version.agreement_id, "satisfied_course", YEAR) is None
        assert results.outcome(version.agreement_id, Q, Span(YEAR.first, today() - DAY)) is None


@pytest.mark.parametrize(
    ("yes", "no", "out", "shown"),
    [
        (5, 5, 1, [(10, 5, 5)]),
        (8, 4, 0, [(12, 8, 12)]),
        (2, 9, 1, [(11, 0, 4)]),
        (5, 4, 3, [(None, None, None)]),
        (4, 0, 0, []),
        (4, 0, 1, [(None, None, None)]),
    ],
    ids=["exact", "few no", "few yes", "too few of both", "too few answers", "just enough"],
)
def test_what_is_shown_follows_the_one_layer_for_counts(
    yes, no, out, shown, app, fund, municipality, worker, write, end
):
    advisers(fund, 12)
    version = make.agreement(fund, municipality)
    survey = beside.survey(fund, State.OPEN, agreement_id=version.agreement_id)
    write(survey)
    browser = app.test_client()
    choices = [YES] * yes + [NO] * no + [OUT] * out
    for token, choice in zip(tokens(survey, worker), choices, strict=False):
        browser.post(f"/survey/{token}", data={f"q_{Q}": choice})
    end(survey)
    found = [*make.records.scalars(select(SurveyResult))]
    make.records.commit()
    assert [(row.of, row.low, row.high) for row in found] == shown
    with worker.app_context():
        came = results.outcome(version.agreement_id, Q, YEAR)
        assert (came is None) == (shown in ([], [(None, None, None)]))


def test_reminders_go_to_those_who_have_not_answered_and_addresses_go_with_the_last(
    app, fund, worker, write, run_jobs, mailbox
):
    people = advisers(fund, 6)
    survey = beside.survey(fund, State.OPEN)
    write(survey)
    run_jobs()
    first, second, *_others = tokens(survey, worker)
    [of_first] = [mail["To"] for mail in mailbox.received if first in mail.get_content()]
    app.test_client().post(f"/survey/{first}", data=SATISFIED)
    gone = next(one for one in people if one.email != of_first)
    gone.closed_at = now()
    make.records.commit()
    mailbox.received.clear()
    write(survey, today() + 2 * DAY)
    run_jobs()
    assert mailbox.received == []  # the first reminder is due after three days
    write(survey, today() + 3 * DAY)
    write(survey, today() + 3 * DAY)
    run_jobs()
    asked = {one.email for one in people} - {of_first, gone.email}
    assert {str(mail["To"]) for mail in mailbox.received} == asked
    assert mailbox.received[0]["Subject"].startswith("Påmindelse")
    assert len(mailbox.received) == len(asked)
    assert {link.address for link in links(survey)} == {*asked, None}
    write(survey, today() + 6 * DAY)
    assert {link.address for link in links(survey)} == {None}
    assert app.test_client().get(f"/survey/{second}").status_code == 200  # the link still works


def test_a_form_that_lacks_an_answer_keeps_the_others(app, fund, municipality, worker, write):
    survey = beside.survey(fund, State.OPEN, questionnaire="members", language="en")
    for number in range(6):
        make.member_case(
            fund, municipality, email=f"a{number}@x.example", benefit_start=survey.first_day
        )
    write(survey)
    address = f"/survey/{tokens(survey, worker)[0]}"
    browser = app.test_client()
    assert browser.get(f"{address}?language=da").text.count("Send svar") == 1
    questions = questionnaire("members").questions
    typed = {f"q_{one.code}": one.options[1].code for one in questions[1:]}
    refused = browser.post(address, data=typed)
    page = BeautifulSoup(refused.text, "html.parser")
    assert refused.status_code == 422
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert "Choose an answer to question 1." in refused.text
    assert len(page.find_all("input", checked=True)) == len(typed)
    assert not links(survey)[0].is_answered
    wrong = typed | {f"q_{questions[0].code}": "forged"}
    assert browser.post(address, data=wrong).status_code == 422
    whole = typed | {f"q_{questions[0].code}": questions[0].options[0].code}
    assert browser.post(address, data=whole).status_code == 303


def test_a_survey_that_is_stopped_shows_nothing_and_its_links_are_dead(
    app, fund, lead, client_of, worker, write
):
    advisers(fund, 6)
    survey = beside.survey(fund, State.OPEN)
    write(survey)
    found = tokens(survey, worker)
    for token in found:
        app.test_client().post(f"/survey/{token}", data=SATISFIED)
    client = client_of(lead)
    assert client.post(f"/surveys/{survey.id}/stop").status_code == 303
    assert (links(survey), outbox()) == ([], [])
    assert "Stoppet" in client.get(f"/surveys/{survey.id}").text
    never = app.test_client().get(f"/survey/{'x' * 43}")
    for token in found:
        dead = app.test_client().get(f"/survey/{token}")
        assert (dead.status_code, dead.text) == (never.status_code, never.text) != (200, "")
    assert client.post(f"/surveys/{survey.id}/stop").status_code == 409


def test_one_fund_as_a_whole_stands_in_where_the_agreement_has_no_survey(
    app, fund, municipality, worker
):
    version = make.agreement(fund, municipality)
    whole = beside.survey(fund, State.CLOSED, invited=20, answered=12)
    told_of = {"organisation_id": fund.id, "survey_id": whole.id, "position": 0, "question": Q}
    make.saved(SurveyResult(of=12, low=6, high=6, **told_of))
    with worker.app_context():
        came = results.outcome(version.agreement_id, Q, YEAR)
        assert came is not None
        assert (came.of_agreement, came.yes, came.of) == (False, 6, 12)
        assert results.outcome(uuid.uuid4(), Q, YEAR) is None
