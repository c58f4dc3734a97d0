from datetime import date
from itertools import groupby

import pytest

from portal import terms

NAMES = sorted(terms._terms())


@pytest.mark.parametrize("name", NAMES)
def test_every_word_has_a_source_and_no_day_has_two(name):
    versions = sorted(terms.versions(name), key=lambda v: (v.organisation or "", v.since))

    assert all(version.source for version in versions)
    for _organisation, rows in groupby(versions, key=lambda v: v.organisation):
        own = list(rows)
        for earlier, later in zip(own, own[1:], strict=False):
            assert earlier.until is not None
            assert earlier.since <= earlier.until < later.since


@pytest.mark.parametrize("name", NAMES)
def test_every_word_is_there_in_danish_and_english(name):
    for version in terms.versions(name):
        assert version.words["da"].singular
        assert version.words["en"].singular


@pytest.mark.parametrize(
    ("name", "last_day", "before", "after"),
    [
        ("municipality_service", date(2026, 6, 30), "jobcentret", "kommunen"),
        (
            "regional_council",
            date(2024, 12, 31),
            "det regionale arbejdsmarkedsråd",
            "det regionale beskæftigelsesråd",
        ),
        ("national_council", date(2024, 12, 31), "Beskæftigelsesrådet", "Arbejdsmarkedsrådet"),
        ("first_talk", date(2023, 12, 31), "cv-samtalen", "den første samtale"),
        ("talk", date(2023, 12, 31), "samtalen", "jobsamtalen"),
    ],
)
def test_a_word_changes_with_the_day(name, last_day, before, after):
    next_day = date.fromordinal(last_day.toordinal() + 1)

    assert terms.on(last_day, name).definite == before
    assert terms.on(next_day, name).definite == after


def test_the_short_word_follows_too():
    assert terms.on(date(2024, 12, 31), "regional_council").short == "RAR"
    assert terms.on(date(2025, 1, 1), "regional_council").short == "RBR"


def test_an_organisation_may_keep_its_own_word():
    day = date(2026, 11, 22)

    assert terms.on(day, "municipality_service", "slagelse").definite == "Jobcenter Slagelse"
    assert terms.on(day, "municipality_service", "kolding").definite == "kommunen"
    assert terms.on(day, "unemployment_fund", "slagelse").definite == "a-kassen"


def test_a_name_has_one_form():
    term = terms.on(date(2026, 11, 22), "municipality_service", "slagelse")

    assert {term.singular, term.definite, term.plural, term.short} == {"Jobcenter Slagelse"}


def test_english_on_request():
    day = date(2026, 11, 22)

    assert terms.on(day, "joint_meeting", language="en").plural == "joint meetings"
    with pytest.raises(terms.NoTerm, match="'sv'"):
        terms.on(day, "joint_meeting", language="sv")


def test_no_word_outside_its_dates():
    assert terms.on(date(2023, 12, 31), "availability_talk").singular == "rådighedssamtale"
    with pytest.raises(terms.NoTerm, match="no word on 2024-01-01"):
        terms.on(date(2024, 1, 1), "availability_talk")


def test_an_unknown_term_is_refused():
    with pytest.raises(terms.NoTerm, match="no term named tea"):
        terms.on(date(2026, 1, 1), "tea")


def test_the_version_tells_its_doubt():
    assert "to trin" in terms.version(date(2026, 7, 1), "municipality_service").doubt
    assert terms.version(date(2026, 6, 30), "municipality_service").doubt == ""
