"""Every template that lies in the configuration, and what is refused in one."""

import shutil
from collections import Counter
from datetime import date

import pytest

from portal.agreements import governed, templates
from portal.agreements.parameter_kinds import Refused
from portal.agreements.parameters import definitions

TODAY = date(2026, 11, 22)
FILES = [file for file in sorted(templates.FOLDER.glob("*.toml")) if file.stem != "sections"]
WHOLE = """
title = "En prøve"
version = 1
about = "Til en test."
source = "Testen selv"
term = "fixed"
criteria = ["language"]
goal_set = "one-entrance"
goals = ["talks_on_time"]

[text.purpose]
source = "Testen selv"
text = "Et formål."

[parameters]
decide_days = 4
"""


@pytest.fixture
def written(tmp_path):
    """A template's file with one thing written otherwise."""

    def write(before="", after=""):
        assert before in WHOLE
        file = tmp_path / "proeve.toml"
        file.write_text(WHOLE.replace(before, after, 1), "utf-8")
        return file

    return write


def test_three_real_kinds_are_there():
    assert {"one-to-one", "several-funds", "lead-fund"} <= {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_template_is_whole_and_names_its_sources(file):
    assert [*templates.flaws(file, TODAY)] == []
    template = templates.template(file)
    assert len(template.sections) == 17
    assert template.source.strip()
    for section in template.sections:
        assert section.heading.strip()
        assert section.prompt.strip().endswith((".", "?"))
        assert section.source.strip(), section.key
    for row in (*template.criteria, *template.goals, *template.contacts):
        assert row["source"].strip(), row["code"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_template_starts_with_is_accepted_once_the_term_is_told(file):
    template = templates.template(file)
    for section in template.sections:
        given = {name: cell for name, cell in template.given(section).items() if name != "term"}
        assert governed.check(given) == given


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_all_that_governs_is_agreed_in_exactly_one_section(file):
    named = Counter(
        name for section in templates.template(file).sections for name in section.governs
    )
    assert named.keys() == {*governed.names()}
    assert definitions().keys() <= named.keys()
    assert {*named.values()} == {1}
    assert templates.unknown_names() == []


def test_what_the_sources_do_not_say_has_no_text():
    """In the two whose sources are known in part; the rest is asked for."""
    told = {
        name: {section.key for section in templates.templates()[name].sections if section.text}
        for name in ("several-funds", "lead-fund")
    }
    assert told["several-funds"] == {"background", "purpose", "scope", "goals"}
    assert told["lead-fund"] == {"parties", "background", "purpose", "scope"}


def test_talks_on_time_is_the_goal_of_several_funds():
    [goal] = templates.templates()["several-funds"].goals
    assert (goal["target"], goal["unit"]) == (95, "percent")
    assert templates.templates()["lead-fund"].goals == ()


def test_no_template_invents_a_notice():
    """What only the parties can say stays open in the form."""
    for template in templates.templates().values():
        [last] = [section for section in template.sections if section.key == "term"]
        with pytest.raises(Refused) as refused:
            governed.check(template.given(last))
        assert refused.value.reasons.keys() == {"term-valid_from"}


UNFIT = {
    "parameter": ("decide_days = 4", "decide_weeks = 4", "parameters.decide_weeks"),
    "bounds": ("decide_days = 4", "decide_days = 99", "parameters.decide_days"),
    "section": ("[text.purpose]", "[text.intention]", "text.intention"),
    "criterion": ('["language"]', '["handwriting"]', "criteria"),
    "goal": ('["talks_on_time"]', '["talks_in_rhyme"]', "goals"),
    "goal set": ('"one-entrance"', '"two-entrances"', "goal_set"),
    "term": ('"fixed"', '"for_ever"', "term"),
    "key": ('about = "Til en test."', 'abuot = "Til en test."', "abuot"),
    "type": ("version = 1", 'version = "1"', "version"),
    "toml": ("version = 1", "version = ", "filen"),
}


@pytest.mark.parametrize(("before", "after", "key"), UNFIT.values(), ids=UNFIT)
def test_a_flaw_is_named(written, before, after, key):
    assert [*templates.flaws(written(), TODAY)] == []
    found = dict(templates.flaws(written(before, after), TODAY))
    assert key in found
    assert found[key]


@pytest.mark.parametrize("name", ["handwriting", "talks_in_rhyme"])
def test_an_unknown_code_is_told_by_its_name(written, name):
    before = "language" if name == "handwriting" else "talks_on_time"
    [(_key, why)] = templates.flaws(written(before, name), TODAY)
    assert f"»{name}«" in why


@pytest.mark.parametrize(("day", "is_there"), [((2026, 12, 31), True), ((2027, 1, 1), False)])
def test_a_template_picks_no_criterion_that_has_retired(written, day, is_there):
    file = written('["language"]', '["language", "youth_no_education"]')
    found = dict(templates.flaws(file, date(*day)))
    gone = {"criteria": "Kriteriet »youth_no_education« er udgået."}
    assert found == ({} if is_there else gone)


def test_a_new_template_needs_no_code(written, tmp_path, monkeypatch):
    for file in (*FILES, templates.FOLDER / "sections.toml"):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    assert "proeve" not in templates.templates.__wrapped__()
    written()
    found = templates.templates.__wrapped__()["proeve"]
    assert found.parameters.decide_days == 4
    assert [row["code"] for row in found.criteria] == ["language"]
    assert {one.text for one in found.sections} == {"", "Et formål."}
