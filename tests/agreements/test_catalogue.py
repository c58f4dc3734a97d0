import re
from collections import Counter
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from portal.agreements import catalogue
from portal.agreements.parameters import default, definitions
from portal.organisations import reference

DEMO_DAY = date(2026, 11, 22)
DIAGNOSIS = re.compile(r"(spørg|skriv) .*diagnose", re.IGNORECASE)


def test_the_catalogue_holds_fifteen_criteria_with_labels_and_sources():
    criteria = catalogue.criteria()

    assert len({criterion.code for criterion in criteria}) == 15
    for criterion in criteria:
        assert criterion.label_da
        assert criterion.label_en
        assert criterion.guidance
        assert criterion.source


def test_no_criterion_has_two_wordings_on_one_day():
    for _code, rows in groupby(
        sorted(catalogue.criteria(), key=lambda c: c.code), lambda c: c.code
    ):
        wordings = sorted(rows, key=lambda criterion: criterion.valid_from)
        for earlier, later in zip(wordings, wordings[1:], strict=False):
            assert earlier.valid_until is not None
            assert earlier.valid_until < later.valid_from


def test_health_is_asked_for_as_a_consequence_never_as_a_diagnosis():
    sensitive = [c for c in catalogue.criteria() if c.sensitivity == "special_category"]

    assert {c.code for c in sensitive} == {
        "health_physical",
        "health_mental",
        "disability",
        "addiction",
    }
    for criterion in catalogue.criteria():
        for sentence in re.split(r"(?<=[.])\s", criterion.guidance):
            if DIAGNOSIS.search(sentence):
                assert "ikke" in sentence


def test_the_statutory_reason_is_apart_from_judgement():
    kinds = {criterion.code: criterion.kind for criterion in catalogue.criteria()}

    assert [code for code, kind in kinds.items() if kind == "statutory"] == ["youth_no_education"]


def test_a_criterion_holds_on_its_days():
    [youth] = [c for c in catalogue.criteria() if c.code == "youth_no_education"]

    assert [youth.holds(day) for day in (date(2024, 1, 1), date(2026, 12, 31))] == [True, True]
    assert [youth.holds(day) for day in (date(2023, 12, 31), date(2027, 1, 1))] == [False, False]


def test_the_goals_are_those_of_the_annex():
    goals = {goal.code: goal for goal in catalogue.goals("bupl-a-trial")}

    assert len(goals) == 24
    assert (goals["job_3_months"].target, goals["job_3_months"].unit) == (60, "percent")
    assert (goals["job_6_months"].target, goals["job_6_months"].unit) == (70, "percent")
    assert (goals["placements"].target, goals["placements"].unit) == (150, "count_per_year")
    assert all((goal.target is None) == (goal.unit == "done") for goal in goals.values())


def test_the_seven_agreements_are_those_of_the_source():
    expected = {
        agreement.municipalities: agreement.expected_per_year
        for agreement in catalogue.agreements()
    }

    assert expected == {
        ("koebenhavn",): 350,
        ("frederiksberg",): 38,
        ("slagelse",): 56,
        ("aarhus",): 171,
        ("kolding",): 45,
        ("fredericia",): 34,
        ("vejle",): 41,
    }
    assert sum(filter(None, expected.values())) == 735


@pytest.fixture(scope="module")
def organisations():
    folder = Path(__file__).parents[2] / "config" / "reference"
    return {row.slug: row for row in reference.read(folder).organisations}


@pytest.mark.parametrize("agreement", catalogue.agreements(), ids=lambda agreement: agreement.key)
def test_an_agreement_is_whole(agreement, organisations):
    assert agreement.valid_from <= DEMO_DAY <= agreement.valid_until
    assert {organisations[slug].kind for slug in agreement.funds} == {"unemployment_fund"}
    assert {organisations[slug].kind for slug in agreement.municipalities} == {"municipality"}
    assert "Demonstrationsaftale" in agreement.note
    assert len(agreement.criteria) == 10
    assert len(agreement.goals) == 10
    assert Counter(role.side for role in agreement.contact_roles) == {"fund": 3, "municipality": 3}
    assert all(s.heading and s.text and s.source for s in agreement.sections)


def test_where_the_source_is_silent_the_default_holds():
    agreement = catalogue.agreements()[0]
    silent = {name for name, source in agreement.parameter_sources.items() if source == "default"}

    assert agreement.parameter_sources.keys() == definitions().keys()
    for name in silent - {"rejection_reasons"}:  # without an agreement nothing can be rejected
        assert getattr(agreement.parameters, name) == getattr(default(), name)


def test_the_plan_of_the_agreement_holds_what_the_source_asks_for():
    required = catalogue.agreements()[0].parameters.required_plan_codes

    assert required[:3] == ("job_goals", "focus_areas", "search_strategy")


def test_no_wording_is_chosen_outside_its_days():
    codes = ["youth_no_education"]

    assert catalogue._chosen(catalogue.criteria(), codes, date(2026, 1, 1))
    with pytest.raises(KeyError):
        catalogue._chosen(catalogue.criteria(), codes, date(2027, 1, 1))
