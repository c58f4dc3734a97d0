"""The plan, its checklist and the contact course."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.cases.models import (
    CasePlan,
    ChecklistExemption,
    Effort,
    EffortStatus,
    ProfileClarification,
    Talk,
    TalkOutcome,
)
from tests import make

PLAN = {
    "version": "0",
    "job_goals": "Pædagog i dagtilbud\n\n  Skolepædagog ",
    "focus_areas": "Netværk",
    "search_strategy": "To ansøgninger om ugen",
    "my_plan_link": "https://job.jobnet.dk/minplan",
    "my_plan_on": "02/11/2026",
}


@pytest.fixture
def client(adviser, client_of):
    return client_of(adviser)


@pytest.fixture
def path(case):
    return f"/cases/{case.id}"


def only(model):
    make.records.expire_all()
    [row] = make.records.scalars(select(model)).all()
    make.records.commit()
    return row


def count(model):
    found = len(make.records.scalars(select(model)).all())
    make.records.commit()
    return found


def value_of(answer, field):
    [box] = BeautifulSoup(answer.text, "html.parser").select(f"[name={field}]")
    return box.text.strip() if box.name == "textarea" else box.get("value", "")


def standing(page, label):
    html = BeautifulSoup(page.text, "html.parser")
    [point] = [li for li in html.select(".checklist li") if label in li.text]
    [badge] = point.select(".badge")
    return badge.text


# --- The plan ---


def test_the_plan_is_written_goal_by_goal(path, client):
    assert client.post(f"{path}/plan", data=PLAN).status_code == 303
    plan = only(CasePlan)
    assert plan.job_goals == ["Pædagog i dagtilbud", "Skolepædagog"]
    assert "Skolepædagog" in client.get(path).text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://jobnet.dk", "data:text/html,x"])
def test_a_link_that_is_no_page_is_refused(link, path, client):
    answer = client.post(f"{path}/plan", data=PLAN | {"my_plan_link": link})
    assert answer.status_code == 422
    assert count(CasePlan) == 0
    assert client.post(f"{path}/plan", data=PLAN).status_code == 303


@pytest.mark.parametrize("first", [True, False])
def test_two_who_write_see_both_texts(first, path, client):
    if not first:
        client.post(f"{path}/plan", data=PLAN)
    version = 0 if first else only(CasePlan).version
    client.post(f"{path}/plan", data=PLAN | {"version": version, "focus_areas": "Deres"})
    answer = client.post(f"{path}/plan", data=PLAN | {"version": version, "focus_areas": "Mine"})
    assert answer.status_code == 409
    assert value_of(answer, "focus_areas") == "Mine"
    assert "Deres" in answer.text
    again = PLAN | {"focus_areas": "Mine", "version": value_of(answer, "version")}
    assert client.post(f"{path}/plan", data=again).status_code == 303
    assert only(CasePlan).focus_areas == "Mine"


def test_a_pasted_plan_is_shown_and_not_saved(path, client):
    client.post(f"{path}/plan", data=PLAN)
    text = "Jobmål\n- Klubpædagog\nAktiviteter:\nPraktik\nAndet:\nUkendt"
    answer = client.post(f"{path}/plan/paste", data={"text": text})
    assert value_of(answer, "job_goals") == "Klubpædagog"
    assert value_of(answer, "focus_areas") == "Netværk"  # nothing was pasted for it
    assert "Praktik" in answer.text
    assert "Ukendt" in answer.text
    assert only(CasePlan).job_goals == ["Pædagog i dagtilbud", "Skolepædagog"]


def test_a_number_in_free_text_is_noticed(path, client):
    answer = client.post(
        f"{path}/plan", data=PLAN | {"focus_areas": "620588-1234"}, follow_redirects=True
    )
    assert "ligner et CPR-nummer" in answer.text
    assert "Indsatsområder" in answer.text
    other = client.post(f"{path}/plan", data=PLAN | {"version": "1"}, follow_redirects=True)
    assert "ligner et CPR-nummer" not in other.text


def test_every_field_says_who_reads_it(path, client, version):
    for page in ("plan", "talks/new", "efforts/new", "clarifications/new", "assessments/new"):
        html = BeautifulSoup(client.get(f"{path}/{page}").text, "html.parser")
        written = html.select("textarea:not(#text), input.form-input[type=text]:not([id*=_on])")
        silent = [box["id"] for box in written if not html.select(f"#{box['id']}-readers")]
        assert written
        assert set(silent) <= {"day", "first_day", "last_day"}, page


# --- The checklist ---


def test_the_checklist_follows_what_is_written(path, client):
    assert standing(client.get(path), "Jobmål") == "Mangler"
    client.post(f"{path}/plan", data=PLAN)
    assert standing(client.get(path), "Jobmål") == "Klar"


def test_a_point_that_does_not_apply_says_why(path, client):
    form = {"code": "placements", "reason": "Ingen formidlede job endnu"}
    client.post(f"{path}/exemptions", data=form)
    page = client.get(path)
    assert standing(page, "Formidlede job") == "Ikke relevant"
    assert "Ingen formidlede job endnu" in page.text
    client.post(f"{path}/exemptions", data=form | {"reason": "Anden grund"})
    assert only(ChecklistExemption).reason == "Anden grund"
    client.post(f"{path}/exemptions/remove", data={"code": "placements"})
    assert standing(client.get(path), "Formidlede job") == "Ikke udfyldt"


def test_without_a_reason_the_point_stays(path, client):
    client.post(f"{path}/exemptions", data={"code": "placements", "reason": ""})
    assert count(ChecklistExemption) == 0


def test_the_checklist_is_that_of_the_agreement_in_force(path, client, fund, municipality):
    assert "Samspils standard" in client.get(path).text
    fields = [{"code": "talks", "label_da": "Egne samtaler", "label_en": "Talks", "required": True}]
    make.agreement(fund, municipality, parameters={"plan_fields": fields})
    page = client.get(path)
    assert standing(page, "Egne samtaler") == "Mangler"
    assert len(BeautifulSoup(page.text, "html.parser").select(".checklist li")) == 1


# --- The course ---

TALK = {"day": "05/11/2026", "kind": "job_talk", "form": "phone", "outcome": "held"}
EFFORT = {"kind": "company_based", "description": "Praktik", "status": "running",
          "first_day": "09/11/2026", "last_day": "04/12/2026"}  # fmt: skip


def test_a_talk_is_registered_changed_and_removed(path, client):
    assert client.post(f"{path}/talks/new", data=TALK).status_code == 303
    talk = only(Talk)
    change = TALK | {"outcome": "absent", "reason": "Syg"}
    assert client.post(f"{path}/talks/{talk.id}", data=change).status_code == 303
    assert (only(Talk).outcome, only(Talk).reason) == (TalkOutcome.ABSENT, "Syg")
    client.post(f"{path}/talks/{talk.id}/remove")
    assert count(Talk) == 0


@pytest.mark.parametrize(
    "change", [{"outcome": "absent"}, {"outcome": "exempt"}, {"day": "23/11/2026"}, {"kind": ""}]
)
def test_a_talk_that_cannot_be_is_refused(change, path, client):
    assert client.post(f"{path}/talks/new", data=TALK | change).status_code == 422
    assert count(Talk) == 0
    assert client.post(f"{path}/talks/new", data=TALK).status_code == 303


def test_an_exemption_may_lie_ahead(path, client):
    form = TALK | {"day": "01/12/2026", "outcome": "exempt", "reason": "Begynder i job"}
    assert client.post(f"{path}/talks/new", data=form).status_code == 303
    assert only(Talk).reason == "Begynder i job"


def test_an_effort_is_registered_changed_and_removed(path, client):
    client.post(f"{path}/efforts/new", data=EFFORT)
    effort = only(Effort)
    client.post(f"{path}/efforts/{effort.id}", data=EFFORT | {"status": "stopped"})
    assert only(Effort).status is EffortStatus.STOPPED
    assert standing(client.get(path), "Virksomhedsrettede forløb") == "Klar"
    client.post(f"{path}/efforts/{effort.id}/remove")
    assert count(Effort) == 0


def test_an_effort_ends_after_it_begins(path, client):
    answer = client.post(f"{path}/efforts/new", data=EFFORT | {"last_day": "08/11/2026"})
    assert answer.status_code == 422
    assert count(Effort) == 0
    assert client.post(f"{path}/efforts/new", data=EFFORT).status_code == 303


def test_a_clarification_is_a_day_and_a_tool_and_nothing_more(path, client):
    client.post(f"{path}/clarifications/new", data={"day": "20/09/2026", "tool": "Jobnet"})
    row = only(ProfileClarification)
    assert {*ProfileClarification.__table__.columns.keys()} == {
        "id", "organisation_id", "case_id", "day", "tool",
    }  # fmt: skip
    client.post(f"{path}/clarifications/{row.id}/remove")
    assert count(ProfileClarification) == 0
