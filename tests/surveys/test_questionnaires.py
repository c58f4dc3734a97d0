"""What is asked, as data: whole in both languages, and what the indicators ask for."""

import copy
from typing import Any

import pytest

from portal.goals.catalogue import sets
from portal.surveys.questionnaires import (
    Counts,
    Unusable,
    content,
    information,
    parsed,
    questionnaires,
)


def test_every_indicator_by_survey_has_its_question():
    asked = {question.code for one in questionnaires() for question in one.questions}
    indicators = {one.question for each in sets().values() for one in each.indicators
                  if one.method == "survey"}  # fmt: skip
    assert indicators <= asked
    assert len(indicators) == 9


def test_satisfied_is_satisfied_or_very_satisfied():
    """As annex 1 has it: neither nor is no yes, and who is not concerned is left out."""
    [members] = [one for one in questionnaires() if one.key == "members"]
    [question] = [one for one in members.questions if one.code == "satisfied_course"]
    told = {one.code: one.counts for one in question.options}
    assert {code for code, counts in told.items() if counts == Counts.YES} == {
        "satisfied",
        "very_satisfied",
    }
    assert told["neither"] == Counts.NO
    assert told["not_for_me"] == Counts.LEFT_OUT


def test_everybody_is_told_who_asks_until_when_and_from_how_many_on():
    for language in ("da", "en"):
        texts = " ".join(one.text[language] for one in information())
        for name in ("{organisation}", "{last_day}", "{least}"):
            assert name in texts


def changed(*path: Any, **changes: Any) -> Any:
    """The advisers' questionnaire with something else in it; None takes it out."""
    whole = copy.deepcopy(content("advisers"))
    part = whole
    for step in path:
        part = part[step]
    for name, value in changes.items():
        part.pop(name) if value is None else part.update({name: value})
    return whole


FIRST = "scales", "agreement", 0


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (changed(title_en=" "), "title is missing in en"),
        (changed(edition=None), "edition"),
        (changed(respondents="neighbours"), "neighbours"),
        (changed(colour="red"), "unknown colour"),
        (changed("question", 0, scale="none"), "none"),
        (changed("question", 0, text_da=None), "text is missing in da"),
        (changed(question=[]), "at least one"),
        (changed(*FIRST, counts="maybe"), "maybe"),
        (changed(*FIRST, code="mostly"), "there once"),
        (changed("scales", agreement=content("advisers")["scales"]["agreement"][:2]), "that is no"),
    ],
)
def test_what_is_unfit_is_named(told, words):
    assert parsed(changed()).key == "advisers"
    with pytest.raises(Unusable, match=words):
        parsed(told)
