from datetime import date
from decimal import Decimal

import pytest

from portal import rules

FILES = sorted(path.stem for path in rules.FOLDER.glob("*.toml") if path.stem != "rule_sets")
NAMES = [f"{file}.{key}" for file in FILES for key in rules._table(file)]

KOEBENHAVN = {"fund": "bupl-a", "municipality": "koebenhavn"}
SLAGELSE = {"fund": "bupl-a", "municipality": "slagelse"}


@pytest.mark.parametrize("name", NAMES)
def test_every_value_has_a_source_and_no_day_has_two(name):
    versions = rules.versions(name)

    assert all(version.source for version in versions)
    for earlier, later in zip(versions, versions[1:], strict=False):
        assert earlier.until is not None
        assert earlier.since <= earlier.until < later.since


def test_a_value_comes_with_the_day_and_as_it_is_stored():
    day = date(2026, 11, 22)

    assert rules.on(day, "handover.acknowledge_days") == 2
    assert rules.on(day, "responsibility.transfer_hours", Decimal) == Decimal("410.00")
    assert rules.on(day, "responsibility.counted_at", str) == "month_end"
    assert rules.on(day, "handover.transfer_remind_days", tuple) == (15, 10)


def test_no_value_before_the_first_day():
    assert rules.on(date(2020, 1, 1), "responsibility.transfer_hours", Decimal) == 410
    with pytest.raises(rules.NoRule, match="no value on 2019-12-31"):
        rules.on(date(2019, 12, 31), "responsibility.transfer_hours", Decimal)


def test_the_version_in_force_tells_its_doubt():
    name = "responsibility.transfer_hours"

    assert "kun medlemmer i forsøget" in rules.version(date(2023, 12, 31), name).doubt
    assert "a-kasses vejledning" in rules.version(date(2024, 1, 1), name).doubt


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("handover.tea_days", r"has no \[\[tea_days\]\]"),
        ("tea.days", "tea.toml does not exist"),
        ("responsibility.counted_at", "which is no int"),
    ],
)
def test_a_wrong_question_is_answered_clearly(name, message):
    with pytest.raises(rules.NoRule, match=message):
        rules.on(date(2026, 1, 1), name)


def test_a_version_ends_with_its_last_day():
    version = rules.Version(1, date(2026, 1, 1), "test", until=date(2026, 6, 30))

    assert [version.holds(day) for day in (date(2025, 12, 31), date(2026, 1, 1))] == [False, True]
    assert [version.holds(day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [True, False]


def test_there_are_seven_rule_sets_with_sources():
    assert [rule_set.key for rule_set in rules.rule_sets()] == [
        "2015",
        "2020-ordinary",
        "2020-trial",
        "2024",
        "2026",
        "2027-extended",
        "2027-free-choice",
    ]
    assert all(rule_set.sources for rule_set in rules.rule_sets())
    assert all(rule_set.doubts for rule_set in rules.rule_sets() if rule_set.is_announced)


def test_confirmed_rule_sets_follow_each_other_without_a_gap():
    confirmed = [r for r in rules.rule_sets() if not (r.trial or r.is_announced)]

    for earlier, later in zip(confirmed, confirmed[1:], strict=False):
        assert (later.since - earlier.until).days == 1


def test_the_period_of_the_fund_may_be_none_known_or_of_unknown_hours():
    assert rules.rule_set("2015").period is None
    assert rules.rule_set("2024").period == rules.Period(months=3, hours=Decimal("410.00"))
    assert rules.rule_set("2020-trial").period == rules.Period(3, Decimal("410.00"), notice=True)
    assert rules.rule_set("2027-extended").period == rules.Period(months=4, hours=None)
    assert rules.rule_set("2027-extended").hours_unknown
    assert not rules.rule_set("2015").hours_unknown


@pytest.mark.parametrize("key", ["2020-trial", "2024", "2026"])
def test_the_hours_of_a_rule_set_are_those_of_the_rule(key):
    rule_set = rules.rule_set(key)

    assert rule_set.period is not None
    hours = rules.on(rule_set.since, "responsibility.transfer_hours", Decimal)
    assert rule_set.period.hours == hours


@pytest.mark.parametrize(
    ("start", "trial", "key"),
    [
        (date(2015, 7, 1), False, "2015"),
        (date(2019, 12, 31), False, "2015"),
        (date(2020, 1, 1), False, "2020-ordinary"),
        (date(2020, 1, 1), True, "2020-trial"),
        (date(2023, 12, 31), True, "2020-trial"),
        (date(2024, 1, 1), False, "2024"),
        (date(2026, 6, 30), False, "2024"),
        (date(2026, 7, 1), False, "2026"),
        (date(2026, 12, 31), False, "2026"),
        (date(2027, 1, 1), False, "2026"),
        (date(2027, 1, 1), True, "2027-extended"),
        (date(2029, 12, 31), True, "2027-extended"),
        (date(2030, 1, 1), True, "2026"),
    ],
)
def test_the_rule_set_follows_the_day_and_the_trial(start, trial, key):
    assert rules.choose_rule_set(start, **SLAGELSE, trial=trial).key == key


def test_the_municipality_decides_between_the_trials_of_2027():
    start = date(2027, 1, 1)

    assert rules.choose_rule_set(start, **KOEBENHAVN, trial=True).key == "2027-free-choice"
    assert rules.choose_rule_set(start, **SLAGELSE, trial=True).key == "2027-extended"
    assert rules.choose_rule_set(start, **KOEBENHAVN, trial=False).key == "2026"


def test_no_rule_set_before_the_first():
    assert rules.choose_rule_set(date(2015, 7, 1), **SLAGELSE, trial=False).key == "2015"
    with pytest.raises(rules.NoRule, match="2015-06-30"):
        rules.choose_rule_set(date(2015, 6, 30), **SLAGELSE, trial=False)


def test_a_start_that_every_source_agrees_on_has_no_doubt():
    assert rules.choose_rule_set(date(2025, 1, 1), **SLAGELSE, trial=False).doubts == ()


def test_the_last_confirmed_rule_set_goes_on_with_a_visible_doubt():
    before = rules.choose_rule_set(date(2026, 9, 1), **SLAGELSE, trial=False)
    after = rules.choose_rule_set(date(2027, 1, 1), **SLAGELSE, trial=False)

    assert not any("senest bekræftede" in doubt for doubt in before.doubts)
    assert any("senest bekræftede" in doubt and "31.12.2026" in doubt for doubt in after.doubts)


def test_a_period_that_runs_into_unconfirmed_rules_is_doubted():
    inside = rules.choose_rule_set(date(2026, 10, 1), **SLAGELSE, trial=False)
    across = rules.choose_rule_set(date(2026, 10, 2), **SLAGELSE, trial=False)

    assert not any("rækker ind i 2027" in doubt for doubt in inside.doubts)
    assert any("rækker ind i 2027" in doubt for doubt in across.doubts)


def test_a_trial_mark_where_no_trial_runs_is_doubted():
    ordinary = rules.choose_rule_set(date(2025, 1, 1), **SLAGELSE, trial=True)

    assert ordinary.key == "2024"
    assert any("intet forsøg dækker" in doubt for doubt in ordinary.doubts)


def test_a_fund_not_confirmed_in_the_trial_is_doubted():
    start = date(2021, 1, 1)
    confirmed = rules.choose_rule_set(start, fund="3f", municipality="odense", trial=True)
    doubted = rules.choose_rule_set(start, fund="bupl-a", municipality="odense", trial=True)

    assert len(doubted.doubts) == len(confirmed.doubts) + 1
    assert "ikke bekræftet, at a-kassen deltog" in doubted.doubts[-1]
