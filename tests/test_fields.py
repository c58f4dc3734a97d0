"""What people type where a day or a time of day is asked for."""

from datetime import date, time

import pytest

from portal.fields import day_of, time_of

FIRST_OF_MARCH = [
    "2027-03-01",
    "1/3-2027",
    "1.3.2027",
    "01-03-2027",
    "010327",
    "01032027",
    "1/3/27",
    "1. 3. 2027",
    "1 3 2027",
]
NO_DAY = ["", "1/3", "31/2-2027", "1/13-2027", "20270301", "1. marts 2027", "i morgen"]


@pytest.mark.parametrize("typed", FIRST_OF_MARCH)
def test_a_day_as_danes_write_it(typed):
    assert day_of(typed) == date(2027, 3, 1)


@pytest.mark.parametrize("typed", NO_DAY)
def test_what_is_no_day_is_told_of(typed):
    with pytest.raises(ValueError, match="dd/mm/åååå"):
        day_of(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *((typed, time(9, 30)) for typed in ("930", "0930", "9:30", "9.30", "09:30", "kl. 9.30")),
        *((typed, time(9)) for typed in ("9", "09", "9:00", "0900")),
        ("1030", time(10, 30)),
        ("0", time(0)),
        ("2359", time(23, 59)),
    ],
)
def test_a_time_as_danes_write_it(typed, meant):
    assert time_of(typed) == meant


@pytest.mark.parametrize("typed", ["", "24", "9:60", "93", "9:3", "12345", "halv ti", "9 AM"])
def test_what_is_no_time_is_told_of(typed):
    with pytest.raises(ValueError, match="tt:mm"):
        time_of(typed)
