from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def test_now_is_aware_and_today_is_its_day():
    before, today, after = clock.now(), clock.today(), clock.now()

    assert before.tzinfo is UTC
    assert clock.day_of(before) <= today <= clock.day_of(after)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 1, 14, 22, 59, 59, tzinfo=UTC), date(2026, 1, 14)),
        (datetime(2026, 1, 14, 23, 0, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 7, 14, 21, 59, 59, tzinfo=UTC), date(2026, 7, 14)),
        (datetime(2026, 7, 14, 22, 0, tzinfo=UTC), date(2026, 7, 15)),
    ],
)
def test_the_day_is_the_one_in_copenhagen(instant, day):
    assert clock.day_of(instant) == day


def test_a_naive_instant_has_no_day():
    naive = datetime(2026, 1, 14, 12, 0)  # noqa: DTZ001 - the refusal of naive times is the subject

    assert clock.day_of(naive.replace(tzinfo=UTC)) == date(2026, 1, 14)
    with pytest.raises(ValueError, match="time zone"):
        clock.day_of(naive)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 1, 15), datetime(2026, 1, 15, 23, 0, tzinfo=UTC)),
        (date(2026, 7, 15), datetime(2026, 7, 15, 22, 0, tzinfo=UTC)),
        # The clocks go forward on 29 March and back on 25 October.
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, 0, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, 0, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_its_midnight_in_copenhagen(day, end):
    assert clock.end_of_day(day) == end
    assert clock.end_of_day(day).tzinfo is UTC


@given(DAYS)
def test_the_last_moment_of_a_day_is_in_it_and_its_end_is_not(day):
    end = clock.end_of_day(day)

    assert clock.day_of(end - timedelta(microseconds=1)) == day
    assert clock.day_of(end) == day + clock.ONE_DAY


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 1),  # Wednesday before Easter
        date(2026, 4, 7),  # Tuesday after Easter
        date(2026, 5, 1),  # 1 May
        date(2026, 5, 15),  # Friday after Ascension Day
        date(2026, 12, 23),
        date(2026, 12, 30),
        date(2024, 4, 26),  # the Friday on which Store bededag would have been
        date(2025, 6, 6),  # Friday after grundlovsdag
    ],
)
def test_working_days(day):
    assert clock.is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 21),  # Saturday
        date(2026, 11, 22),  # Sunday
        date(2026, 4, 2),  # skærtorsdag
        date(2026, 4, 3),  # langfredag
        date(2026, 4, 6),  # 2. påskedag
        date(2026, 5, 14),  # Kristi himmelfartsdag
        date(2026, 5, 25),  # 2. pinsedag
        date(2026, 6, 5),  # grundlovsdag, a Friday
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2023, 5, 5),  # Store bededag, the last one
    ],
)
def test_days_off(day):
    assert not clock.is_working_day(day)


@pytest.mark.parametrize(
    ("day", "n", "due"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 20), 2, date(2026, 11, 24)),  # over a weekend
        (date(2026, 11, 21), 2, date(2026, 11, 24)),  # begun on a Saturday
        (date(2026, 4, 1), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 4, 30), 1, date(2026, 5, 1)),  # onto 1 May
        (date(2026, 6, 4), 1, date(2026, 6, 8)),  # over grundlovsdag and a weekend
        (date(2026, 12, 23), 3, date(2026, 12, 30)),  # over Christmas
        (date(2026, 12, 30), 1, date(2027, 1, 4)),  # over New Year
        (date(2023, 5, 4), 1, date(2023, 5, 8)),  # over Store bededag
        (date(2024, 4, 25), 1, date(2024, 4, 26)),  # no Store bededag any more
        (date(2026, 4, 7), -1, date(2026, 4, 1)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
    ],
)
def test_adding_working_days(day, n, due):
    assert clock.add_working_days(day, n) == due


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 22), 0),
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 4, 1), date(2026, 4, 7), 1),
        (date(2026, 4, 7), date(2026, 4, 1), -1),
    ],
)
def test_counting_working_days(first, last, days):
    assert clock.working_days_between(first, last) == days


@given(DAYS, st.integers(1, 60))
def test_counting_undoes_adding(day, n):
    due = clock.add_working_days(day, n)

    assert clock.is_working_day(due)
    assert clock.working_days_between(day, due) == n
