from datetime import date

import pytest

from portal.goals.periods import (
    Period,
    Quarter,
    before,
    closed,
    last_closed,
    of_frequency,
    quarter_of,
    rolling,
)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), Quarter(2026, 1)),
        (date(2026, 3, 31), Quarter(2026, 1)),
        (date(2026, 4, 1), Quarter(2026, 2)),
        (date(2026, 12, 31), Quarter(2026, 4)),
    ],
)
def test_a_day_lies_in_the_quarter_of_its_month(day, quarter):
    assert quarter_of(day) == quarter
    assert quarter.first <= day <= quarter.last


def test_a_quarter_is_closed_when_its_last_day_has_passed():
    quarter = Quarter(2026, 3)
    assert not closed(quarter, date(2026, 9, 30))
    assert closed(quarter, date(2026, 10, 1))
    assert last_closed(date(2026, 10, 1)) == quarter
    assert last_closed(date(2026, 2, 1)) == Quarter(2025, 4)


def test_four_quarters_together_are_a_year_across_the_new_year():
    assert rolling(Quarter(2026, 1)) == Period(date(2025, 4, 1), date(2026, 3, 31))
    assert rolling(Quarter(2026, 1)).quarters() == [
        Quarter(2025, 2),
        Quarter(2025, 3),
        Quarter(2025, 4),
        Quarter(2026, 1),
    ]
    assert Period(date(2026, 1, 2), date(2026, 6, 30)).quarters() == [Quarter(2026, 2)]


def test_periods_by_frequency_follow_each_other():
    half = of_frequency("half_year", date(2026, 7, 1))
    assert half == Period(date(2026, 7, 1), date(2026, 12, 31))
    assert before("half_year", half) == Period(date(2026, 1, 1), date(2026, 6, 30))
    assert of_frequency("year", date(2026, 5, 5)) == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert half.overlaps(Period(date(2026, 12, 31), date(2027, 1, 1)))
    assert not half.overlaps(before("half_year", half))
