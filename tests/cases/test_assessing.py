"""The assessment against the agreement's criteria: the adviser decides, and nothing changes it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from portal.agreements.catalogue import criteria
from portal.cases.models import Assessment, Decision
from portal.cpr import Cpr
from portal.keys import of
from tests import make
from tests.cases.conftest import CRITERIA, TODAY

FIRST, SECOND, THIRD = (criterion["code"] for criterion in CRITERIA)


@pytest.fixture
def client(adviser, client_of):
    return client_of(adviser)


@pytest.fixture
def path(case, version):
    return f"/cases/{case.id}/assessments"


@pytest.fixture
def form(version):
    return {
        "version_id": version.id,
        f"answer_{FIRST}": "yes",
        f"consequence_{FIRST}": "Kan kun søge deltidsjob",
        f"answer_{SECOND}": "no",
        f"answer_{THIRD}": "unknown",
        "decision": "refer",
        "reason": "Kommunen kan hjælpe med mere",
        "informed_on": "20/11/2026",
        "informed_channel": "phone",
        "member_comment": "Det er jeg glad for",
    }


def assessments():
    make.records.expire_all()
    found = make.records.scalars(select(Assessment).order_by(Assessment.decided_at)).all()
    told = [(row.decision, [(a.code, a.answer, a.label) for a in row.answers]) for row in found]
    make.records.commit()
    return told


def test_the_decision_is_kept_with_every_answer(path, form, client, case):
    assert client.post(f"{path}/new", data=form).status_code == 303
    [(decision, answers)] = assessments()
    assert decision is Decision.REFER
    assert answers == [
        (criterion["code"], answer, criterion["label_da"])
        for criterion, answer in zip(CRITERIA, ("yes", "no", "unknown"), strict=True)
    ]
    page = client.get(f"/cases/{case.id}").text
    assert "Visiteres til kommunen" in page
    assert "Kan kun søge deltidsjob" in page
    assert "Det er jeg glad for" in page


def test_nothing_is_chosen_beforehand(path, client):
    html = BeautifulSoup(client.get(f"{path}/new").text, "html.parser")
    assert html.select("input[type=radio]")
    assert not html.select("input[checked], option[selected]:not([value=''])")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {f"answer_{SECOND}": None},
            f"Svar ja, nej eller ved ikke: {CRITERIA[1]['label_da']}",
        ),
        ({f"consequence_{FIRST}": ""}, "Skriv, hvad det betyder for jobsøgningen"),
        ({f"answer_{FIRST}": "unknown"}, "Mindst ét kriterium skal være opfyldt."),
        ({"decision": None}, "Vælg, hvad du afgør"),
        ({"reason": ""}, "Skriv din begrundelse"),
        ({"informed_channel": ""}, "både, hvornår og hvordan"),
        ({"informed_on": "23/11/2026"}, "ude i fremtiden"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_kept(change, words, path, form, client):
    given = {name: value for name, value in (form | change).items() if value is not None}
    answer = client.post(f"{path}/new", data=given)
    assert answer.status_code == 422
    assert words in answer.text
    assert assessments() == []


@pytest.mark.parametrize("field", [f"consequence_{FIRST}", "reason", "member_comment"])
def test_a_number_is_asked_about_before_the_assessment_is_final(field, path, form, client):
    """Nothing changes an assessment afterwards. The text stays in the form."""
    form |= {field: "Bor hos 610190-1233"}
    first = client.post(f"{path}/new", data=form)
    assert first.status_code == 422
    assert assessments() == []
    shown = BeautifulSoup(first.text, "html.parser")
    assert "ligner et CPR-nummer" in shown.select(f"#{field}-error")[0].text
    assert shown.select(f"#{field}")[0].text.strip() == form[field]
    noticed = shown.select('[name="noticed"]')[0]["value"]
    cleaned = form | {field: "Bor hos sin bror", "noticed": noticed}
    assert client.post(f"{path}/new", data=cleaned).status_code == 303
    assert client.post(f"{path}/new", data=form | {"noticed": noticed}).status_code == 303
    assert len(assessments()) == 2


def test_what_is_wrong_is_told_in_the_order_of_the_page(path, form, client):
    given = {"version_id": form["version_id"]}
    soup = BeautifulSoup(client.post(f"{path}/new", data=given).text, "html.parser")
    links = [str(one["href"]) for one in soup.select('[data-module="error-summary"] a')]
    answers = [f"#answer_{code}-0" for code in (FIRST, SECOND, THIRD)]
    assert links == [*answers, "#decision-0", "#reason"]


def test_keeping_the_member_needs_no_criterion(path, form, client):
    form |= {f"answer_{FIRST}": "no", "decision": "keep", "informed_on": "", "informed_channel": ""}
    assert client.post(f"{path}/new", data=form).status_code == 303
    assert assessments()[0][0] is Decision.KEEP


def test_a_met_criterion_does_not_decide(path, form, client):
    assert client.post(f"{path}/new", data=form | {"decision": "keep"}).status_code == 303
    assert assessments()[0][0] is Decision.KEEP


def test_a_new_one_leaves_the_old_one_as_it_was(path, form, client):
    client.post(f"{path}/new", data=form)
    before = assessments()
    client.post(f"{path}/new", data=form | {"decision": "keep"})
    assert assessments()[:1] == before
    page = client.get(path).text
    assert page.index("Nyeste vurdering") < page.index("Tidligere vurdering")


def test_the_web_cannot_change_an_assessment(path, form, client, fund, seen_by):
    client.post(f"{path}/new", data=form)
    with seen_by(fund) as session:
        assert session.execute(text("select count(*) from assessment")).scalar() == 1
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text("update assessment set reason = 'x'"))


def test_criteria_that_changed_meanwhile_are_answered_anew(path, form, client):
    answer = client.post(f"{path}/new", data=form | {"version_id": "another"})
    assert answer.status_code == 422
    assert "ny version" in answer.text
    assert "Kommunen kan hjælpe med mere" in answer.text
    assert assessments() == []


def test_without_an_agreement_nobody_is_assessed(case, form, client, fund, municipality):
    other = make.member_case(fund, make.organisation("Fjernkøbing Kommune"))
    page = client.get(f"/cases/{other.id}/assessments/new")
    assert "Ingen aftale om tidlig visitation" in page.text
    client.post(f"/cases/{other.id}/assessments/new", data=form)
    assert assessments() == []
    assert client.post(f"/cases/{case.id}/assessments/new", data=form).status_code == 303


# --- The agreement's rule, reasons by law, and criteria that end ---

YOUTH = next(
    vars(row) | {"valid_from": "2024-01-01", "valid_until": "2026-12-31"}
    for row in criteria()
    if row.code == "youth_no_education"
)


@pytest.fixture
def agreed(version):
    """The agreement with something written otherwise; it is read anew on each page."""

    def write(**values):
        for name, value in values.items():
            setattr(version, name, value)
        make.records.commit()

    return write


def by_rule(version, **values):
    return version.parameters | values


def test_two_criteria_are_needed_where_the_agreement_says_so(path, form, client, version, agreed):
    agreed(parameters=by_rule(version, criteria_rule="at_least", criteria_needed=2))
    shown = client.get(f"{path}/new").text
    assert "Mindst 2 kriterier skal være opfyldt." in shown

    answer = client.post(f"{path}/new", data=form)
    assert answer.status_code == 422
    assert "Medlemmet kan ikke visiteres efter aftalen. Mindst 2 kriterier" in answer.text
    assert "Reglen er ikke opfyldt." in answer.text
    assert assessments() == []

    enough = {f"answer_{SECOND}": "yes", f"consequence_{SECOND}": "Kan ikke stå op en hel dag"}
    assert client.post(f"{path}/new", data=form | enough).status_code == 303
    assert assessments()[0][0] is Decision.REFER


def test_a_met_rule_still_decides_nothing(path, form, client, version, agreed):
    agreed(parameters=by_rule(version, criteria_rule="any"))
    answer = client.post(f"{path}/new", data=form | {"decision": "keep"})
    assert answer.status_code == 303
    assert assessments()[0][0] is Decision.KEEP


def test_a_reason_by_law_stands_apart_and_asks_for_no_consequence(
    path, form, client, version, agreed
):
    agreed(criteria=[*CRITERIA, YOUTH], parameters=by_rule(version, criteria_rule="all"))
    html = BeautifulSoup(client.get(f"{path}/new").text, "html.parser")
    assert [one.text for one in html.select(".criteria h3")] == [
        "Grunde, der følger af loven",
        "Kriterier, som du vurderer",
    ]
    assert not html.select(f"[name=consequence_{YOUTH['code']}]")

    by_law = form | {f"answer_{YOUTH['code']}": "yes", f"answer_{FIRST}": "no"}
    assert client.post(f"{path}/new", data=by_law).status_code == 303
    [(decision, answers)] = assessments()
    assert decision is Decision.REFER
    assert answers[0][:2] == (YOUTH["code"], "yes")


@pytest.mark.parametrize(("born", "is_refused"), [("221101", True), ("231101", False)])
def test_the_law_names_an_age_that_the_number_is_held_against(
    born, is_refused, fund, municipality, client, form, agreed
):
    """On 22 November 2026 the one is 25 years, the other will be tomorrow. Replacement numbers."""
    agreed(criteria=[*CRITERIA, YOUTH])
    digits = f"{int(born[:2]) + 60}{born[2:]}4000"
    member = make.member_case(fund, municipality)
    keys = of(client.application.extensions["samspil"])
    number = Cpr(digits)
    member.cpr = keys.seal_cpr(number, table="member_case", row_id=member.id)
    member.cpr_index = keys.find_cpr(number)
    make.records.commit()

    told = form | {f"answer_{YOUTH['code']}": "yes"}
    answer = client.post(f"/cases/{member.id}/assessments/new", data=told)
    assert (answer.status_code == 422) is is_refused
    assert ("Grunden gælder kun under 25 år." in answer.text) is is_refused


@pytest.mark.parametrize(("days", "is_asked"), [(0, True), (-1, False)])
def test_a_criterion_is_asked_on_its_last_day_and_not_the_day_after(
    days, is_asked, path, form, client, agreed
):
    last = TODAY + timedelta(days=days)
    agreed(criteria=[*CRITERIA[:2], CRITERIA[2] | {"valid_until": last.isoformat()}])
    assert (CRITERIA[2]["label_da"] in client.get(f"{path}/new").text) is is_asked

    assert client.post(f"{path}/new", data=form).status_code == 303
    [(_decision, answers)] = assessments()
    assert (THIRD in [code for code, _answer, _label in answers]) is is_asked


def test_an_assessment_keeps_its_version_for_ever(path, form, client, case, version, fund):
    """Another version words, asks and counts otherwise: what was decided stands as it was."""
    client.post(f"{path}/new", data=form)
    [before] = assessments()
    shown = client.get(f"/cases/{case.id}").text
    assert "Mindst ét kriterium skal være opfyldt." in shown

    other = [CRITERIA[0] | {"label_da": "Andre ord"}]
    parameters = by_rule(version, criteria_rule="all")
    values = {"number": 2, "criteria": other, "parameters": parameters, "valid_from": TODAY}
    make.agreement_version(version.agreement_id, **values)

    assert assessments() == [before]
    again = client.get(f"/cases/{case.id}").text
    assert CRITERIA[0]["label_da"] in again
    assert "Andre ord" not in again
    assert "Mindst ét kriterium skal være opfyldt." in again
    assert "Andre ord" in client.get(f"{path}/new").text
