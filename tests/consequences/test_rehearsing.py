"""The criteria of a version tried on old assessments: what is not known is never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.agreements.criteria import RULES, Rule
from portal.cases.models import CriterionAnswer
from portal.consequences.rehearsing import Assessed, Outcome, first_day, outcome, rehearse

YES, NO, UNKNOWN = CriterionAnswer.YES, CriterionAnswer.NO, CriterionAnswer.UNKNOWN
DAY = date(2026, 11, 22)


def criteria(*codes):
    return [{"code": code, "kind": "discretionary", "label_da": code.title()} for code in codes]


any_of = Rule("any", 1).is_met


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"health": YES, "language": NO}, Outcome.MET),
        ({"health": NO, "language": NO}, Outcome.NOT_MET),
        ({"health": NO, "language": UNKNOWN}, Outcome.OPEN),
        ({"health": NO}, Outcome.OPEN),  # nobody asked about the language
        ({"health": YES}, Outcome.MET),  # and it makes no difference
        ({"health": NO, "language": NO, "debt": YES}, Outcome.NOT_MET),  # a criterion that is gone
        ({}, Outcome.OPEN),
    ],
)
def test_what_an_old_assessment_comes_to(answers, expected):
    assert outcome(answers, criteria("health", "language"), any_of) == expected


def test_another_rule_gives_another_outcome():
    both = Rule("at_least", 2).is_met
    two = criteria("health", "language")
    assert outcome({"health": YES, "language": YES}, two, both) == Outcome.MET
    assert outcome({"health": YES}, two, both) == Outcome.OPEN
    assert outcome({"health": NO}, two, both) == Outcome.NOT_MET


def test_without_criteria_nobody_is_referred():
    assert outcome({"health": YES}, [], any_of) == Outcome.NOT_MET


def test_each_is_counted_once_and_what_cannot_be_tried_is_named():
    assessed = [
        Assessed({"health": YES, "debt": NO}, was_referred=True),
        Assessed({"health": NO, "debt": YES}, was_referred=True),
        Assessed({"health": NO, "debt": NO}, was_referred=False),
    ]
    found = rehearse(
        assessed, criteria("health", "debt"), criteria("health", "language"), any_of, DAY
    )
    assert found.outcomes == {Outcome.MET: 1, Outcome.NOT_MET: 0, Outcome.OPEN: 2}
    assert (found.count, found.referred) == (3, 2)
    assert (found.gone, found.added) == (("Debt",), ("Language",))


def test_a_quarter_is_three_months_back_from_the_day():
    assert first_day(DAY) == date(2026, 8, 22)
    assert first_day(date(2026, 5, 31)) == date(2026, 2, 28)


answered = st.dictionaries(st.sampled_from("abc"), st.sampled_from([YES, NO, UNKNOWN]))


@given(answered, st.sets(st.sampled_from("abcd"), min_size=1), st.sampled_from([*RULES]))
def test_an_outcome_holds_whatever_the_unknown_turns_out_to_be(answers, codes, rule):
    enough = Rule(rule, 2).is_met
    rows = criteria(*sorted(codes))
    open_ones = [code for code in codes if answers.get(code) not in {YES, NO}]
    said = outcome(answers, rows, enough)
    for turned in (YES, NO):
        known = answers | dict.fromkeys(open_ones, turned)
        assert said in {Outcome.OPEN, outcome(known, rows, enough)}
