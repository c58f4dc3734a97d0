"""When responsibility passes: the limit, the months, and the reason that a person reads."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import rules
from portal.cases.responsibility import HORIZON, expected, first_of, forecast
from portal.rules import months_after

FULL = Decimal(37)
JANUARY = date(2026, 1, 1)
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
WEEKLY = st.decimals(1, 37, places=2)
MONTHLY = st.decimals(0, 300, places=2)


def told(start, recorded=None, *, weekly=FULL, rule_set="2026"):
    chosen = rules.rule_set(rule_set)
    return forecast(chosen, start=start, weekly=weekly, recorded=recorded or {})


def months(start, *hours):
    return {months_after(first_of(start), n): Decimal(each) for n, each in enumerate(hours)}


def test_the_reason_is_told_as_the_issue_writes_it():
    found = told(date(2026, 11, 16))
    assert found.sentence == "410 timer passeres i februar → ansvaret overgår 28/2 (37 t/uge)"
    assert (found.day, found.is_reached) == (date(2027, 2, 28), False)


@pytest.mark.parametrize(
    ("last", "passes"), [("90.00", date(2026, 4, 30)), ("90.01", date(2026, 3, 31))]
)
def test_more_than_410_hours_passes_and_410_does_not(last, passes):
    found = told(JANUARY, months(JANUARY, "160.00", "160.00", last))
    assert found.hours == Decimal(320) + Decimal(last)
    assert found.day == passes


def test_recorded_hours_alone_make_it_a_fact():
    found = told(JANUARY, months(JANUARY, "160.33", "160.33", "90.00"))
    assert found.is_reached
    assert found.sentence == (
        "410 timer er passeret i marts (410,66 timer) → ansvaret overgår 31/3"
    )


def test_a_month_without_hours_is_counted_by_the_week_and_shown_as_such():
    recorded = months(JANUARY, "160.33", "160.33", "160.33")
    del recorded[date(2026, 2, 1)]
    found = told(JANUARY, recorded)
    assert [month.is_recorded for month in found.months] == [True, False, True]
    assert not found.is_reached


def test_part_time_takes_longer():
    found = told(JANUARY, weekly=Decimal("18.5"))
    assert found.day == date(2026, 6, 30)
    assert found.sentence == "410 timer passeres i juni → ansvaret overgår 30/6 (18,5 t/uge)"


def test_a_month_of_another_year_says_so():
    assert "i marts 2027" in told(JANUARY, weekly=Decimal("6.74")).sentence


def test_the_first_month_counts_its_weekdays():
    assert expected(date(2026, 11, 1), date(2026, 11, 16), FULL) == Decimal("81.40")
    assert expected(date(2026, 12, 1), date(2026, 11, 16), FULL) == Decimal("160.33")
    assert expected(date(2026, 7, 1), date(2026, 7, 1), FULL) == Decimal("160.33")  # 23 weekdays


def test_hours_before_the_period_do_not_count():
    found = told(date(2026, 2, 2), {date(2026, 1, 1): Decimal(160)})
    assert found.hours == 0
    assert found.day == told(date(2026, 2, 2)).day


def test_a_correction_moves_the_day():
    early = told(JANUARY, months(JANUARY, "160", "160", "160"))
    late = told(JANUARY, months(JANUARY, "160", "37", "160"))
    assert (early.day, late.day) == (date(2026, 3, 31), date(2026, 4, 30))


def test_unknown_hours_go_by_months():
    found = told(date(2027, 1, 15), rule_set="2027-extended")
    assert found.day == date(2027, 5, 15)
    assert found.sentence == "Timetal ikke fastsat: 4 måneder er gået → ansvaret overgår 15/5"
    assert found.limit is None


@pytest.mark.parametrize("key", ["2015", "2020-ordinary"])
def test_without_a_period_of_the_fund_there_is_no_day(key):
    found = told(rules.rule_set(key).since, rule_set=key)
    assert found.day is None
    assert "Jobcentret har ansvaret" in found.sentence


def test_what_is_never_reached_has_no_day():
    found = told(JANUARY, {months_after(JANUARY, n): Decimal(0) for n in range(HORIZON)})
    assert found.day is None
    assert found.sentence == "410 timer nås ikke inden for 10 år (37 t/uge)"


def test_the_limit_of_the_rule_sets_is_that_of_the_rule():
    """The figure stands in two files: per rule set, and as the rule that it comes from."""
    for rule_set in rules.rule_sets():
        if rule_set.period and rule_set.period.hours is not None:
            rule = rules.on(rule_set.since, "responsibility.transfer_hours", Decimal)
            assert rule_set.period.hours == rule, rule_set.key


@given(DAYS, WEEKLY, st.lists(MONTHLY, max_size=12))
def test_the_day_is_the_end_of_the_first_month_over_the_limit(start, weekly, hours):
    found = told(start, months(start, *hours), weekly=weekly)
    over = [month for month in found.months if month.total > found.limit]
    assert found.day == (over[0].last_day if over else None)
    assert [month.month for month in found.months] == sorted({m.month for m in found.months})
    totals = [month.total for month in found.months]
    assert totals == sorted(totals)
    assert totals[-1] == sum(month.hours for month in found.months)


@given(DAYS, WEEKLY, st.lists(MONTHLY, min_size=1, max_size=6), st.integers(0, 5), MONTHLY)
def test_more_hours_never_pass_later(start, weekly, hours, place, more):
    before = told(start, months(start, *hours), weekly=weekly)
    hours[place % len(hours)] += more
    after = told(start, months(start, *hours), weekly=weekly)
    assert after.day <= before.day


@given(DAYS, WEEKLY)
def test_no_month_is_expected_to_hold_more_than_a_whole_one(start, weekly):
    month = first_of(start)
    first, second = (expected(each, start, weekly) for each in (month, months_after(month, 1)))
    assert 0 <= first <= second
    whole = rules.on(month, "responsibility.full_time_month_hours", Decimal)
    assert expected(months_after(month, 1), start, FULL) == whole


def test_what_goes_into_a_package_is_danish_whoever_reads_the_page(web):
    with web.test_request_context(headers={"Cookie": "language=en"}):
        found = told(JANUARY, weekly=Decimal("6.74"))
        assert "timer passeres i marts 2027 → ansvaret overgår" in found.sentence
        assert "hours are passed in March 2027 → responsibility passes on" in found.reason.told


def test_each_reader_is_told_days_and_numbers_as_they_write_them(web):
    found = told(JANUARY, months(JANUARY, "160", "160", "90.01"), weekly=Decimal("22.5")).reason
    assert found.danish.endswith("(410,01 timer) → ansvaret overgår 31/3")
    with web.test_request_context(headers={"Cookie": "language=en"}):
        assert found.told.endswith("(410.01 hours) → responsibility passes on 31 March")
    with web.test_request_context():
        assert found.told == found.danish
    coming = told(JANUARY, weekly=Decimal("22.5")).reason
    with web.test_request_context(headers={"Cookie": "language=en"}):
        assert coming.told.endswith("(22.5 h/week)")
    assert coming.danish.endswith("(22,5 t/uge)")
