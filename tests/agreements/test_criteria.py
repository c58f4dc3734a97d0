"""The criteria of an agreement: which are asked, how many it takes, and how they are agreed."""

from datetime import date, timedelta

import pytest

from portal.agreements import catalogue, criteria, freezing, governed
from portal.agreements.criteria import Rule
from portal.agreements.parameter_kinds import Unfit
from portal.agreements.templates import as_json

LANGUAGE, SKILLS, YOUTH = (
    governed.CRITERION_MORE | as_json(vars(row))
    for code in ("language", "personal_skills", "youth_no_education")
    for row in catalogue.criteria()
    if row.code == code
)
OWN = LANGUAGE | {"code": "own_1", "label_da": "Langt til arbejde", "source": "Parterne selv"}


@pytest.mark.parametrize(
    ("rule", "judged", "is_met"),
    [
        (Rule("any", 2), (False, False, False), False),
        (Rule("any", 2), (True, False, False), True),
        (Rule("at_least", 2), (True, False, False), False),
        (Rule("at_least", 2), (True, True, False), True),
        (Rule("at_least", 3), (True, True, True), True),
        (Rule("all", 2), (True, True, False), False),
        (Rule("all", 2), (True, True, True), True),
        (Rule("all", 2), (), False),
    ],
)
def test_the_rule_counts_what_is_judged(rule, judged, is_met):
    assert rule.is_met(("discretionary", met) for met in judged) is is_met


@pytest.mark.parametrize("rule", [Rule("any", 2), Rule("at_least", 2), Rule("all", 2)])
def test_a_reason_by_law_is_enough_by_itself_and_counts_in_no_rule(rule):
    judged = [("discretionary", False), ("discretionary", False)]

    assert rule.is_met([("statutory", True), *judged])
    assert not rule.is_met([("statutory", False), *judged])
    assert rule.is_met([("statutory", False), *((kind, True) for kind, _met in judged)])


def test_the_rule_is_told_in_words(app):
    with app.test_request_context():
        told = [criteria.in_words(Rule(name, 3), [LANGUAGE]) for name in criteria.RULES]
        with_law = criteria.in_words(Rule("any", 3), [LANGUAGE, YOUTH])
    words = ("Mindst ét kriterium", "Mindst 3 kriterier", "Alle kriterier")
    assert told == [f"{how_many} skal være opfyldt." for how_many in words]
    assert with_law == f"{told[0]} En grund, der følger af loven, er nok i sig selv."


def test_a_criterion_is_asked_until_its_last_day_and_no_longer():
    last = date(2027, 3, 31)
    rows = [LANGUAGE, OWN | {"valid_until": last.isoformat()}]

    assert criteria.offered(rows, last) == rows
    assert criteria.offered(rows, last + timedelta(days=1)) == [LANGUAGE]


def test_each_criterion_of_the_catalogue_says_what_a_yes_rests_on():
    rows = {row.code: row for row in catalogue.criteria()}

    assert {row.evidence for row in rows.values()} <= criteria.EVIDENCE.keys()
    assert rows["personal_skills"].wording
    for row in rows.values():
        if row.wording:  # a judgement of the member rests on more than what somebody says
            assert row.evidence != "self_reported"
        if row.sensitivity == "special_category":  # nobody documents a diagnosis
            assert row.evidence == "self_reported"


UNFIT = {
    "no words": (OWN | {"label_da": " "}, "label_da"),
    "unknown sensitivity": (OWN | {"sensitivity": "secret"}, "sensitivity"),
    "unknown evidence": (OWN | {"evidence": "rumour"}, "evidence"),
    "no day": (OWN | {"valid_until": "31. juni"}, "valid_until"),
    "a judgement on hearsay": (SKILLS | {"evidence": "self_reported"}, "evidence"),
    "a law of one's own": (OWN | {"kind": "statutory"}, "code"),
    "longer than the law": (YOUTH | {"valid_until": "2027-01-01"}, "valid_until"),
    "the law for ever": (YOUTH | {"valid_until": None}, "valid_until"),
}


@pytest.mark.parametrize(("row", "column"), UNFIT.values(), ids=UNFIT)
def test_what_is_wrong_with_a_criterion_is_told_at_its_place(app, row, column):
    with app.test_request_context():
        assert governed.criteria([LANGUAGE, SKILLS, YOUTH, OWN])
        with pytest.raises(Unfit) as caught:
            governed.criteria([LANGUAGE, row])
    assert (caught.value.row, caught.value.column) == (1, column)


def test_a_reason_by_law_may_end_earlier_than_the_law(app):
    with app.test_request_context():
        [row] = governed.criteria([YOUTH | {"valid_until": "2026-11-30"}])
    assert row["valid_until"] == "2026-11-30"


def test_what_was_agreed_before_evidence_was_asked_is_read_as_told_by_the_member(app):
    before = {key: cell for key, cell in LANGUAGE.items() if key not in governed.CRITERION_MORE}

    with app.test_request_context():
        [row] = governed.criteria([before])
    assert (row["evidence"], row["wording"], row["valid_until"]) == ("self_reported", "", None)


AGREED = {
    "kinds": ["overgang", "visitation"],
    "criteria_rule": "any",
    "criteria_needed": 2,
    "term": {"valid_from": "2026-12-01", "valid_until": "2027-11-30"},
    "criteria": [LANGUAGE, OWN],
}
ENDING = OWN | {"valid_until": "2027-11-29"}  # the day before the agreement ends
LACKING = {
    "none": ({"criteria": []}, "mindst ét kriterium"),
    "none that lasts": ({"criteria": [ENDING]}, "gælde i hele aftalens tid"),
    "one too few": (
        {"criteria": [LANGUAGE, ENDING], "criteria_rule": "at_least"},
        "Reglen kræver 2 kriterier; kun 1 gælder i hele aftalens tid.",
    ),
    "retired before it begins": (
        {"criteria": [LANGUAGE, OWN | {"valid_until": "2026-11-30"}]},
        "»Langt til arbejde« gælder kun til og med 30. november 2026.",
    ),
    "by law retired before it begins": (
        {"term": {"valid_from": "2027-01-01"}, "criteria": [LANGUAGE, YOUTH]},
        "gælder kun til og med 31. december 2026.",
    ),
}


@pytest.mark.parametrize(("change", "words"), LACKING.values(), ids=LACKING)
def test_what_keeps_the_criteria_from_being_signed(app, change, words):
    enough = {"criteria": [LANGUAGE, OWN], "criteria_rule": "at_least"}
    with app.test_request_context():
        assert [*freezing.criteria_lacks(AGREED | enough)] == []
        [lack] = freezing.criteria_lacks(AGREED | change)
    assert lack.field == "visitation"
    assert words in lack.text


def test_without_visitation_no_criterion_is_needed(app):
    with app.test_request_context():
        assert [*freezing.criteria_lacks(AGREED | {"criteria": [], "kinds": ["overgang"]})] == []
