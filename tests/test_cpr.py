"""CPR numbers. Every number here has 60 added to its day, so that it is nobody's; the few others
are made while the test runs, from days that nobody is born on: before 1900 or after today."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import cpr
from portal.cpr import Cpr, NotCpr

TODAY = date(2026, 11, 22)
NUMBER = Cpr("6101901234")

# No test may depend on how fast the machine is.


def of_the_1860s(serial: int) -> str:
    """Nobody alive has it, and it is no replacement number."""
    return f"010160{serial:04}"


class TestParse:
    @pytest.mark.parametrize(
        "typed",
        [
            "6101901234",
            "610190-1234",
            "610190 1234",
            " 610190 - 1234 ",
            "61 01 90 1234",
            "610190–1234",
        ],
    )
    def test_it_may_be_typed_in_many_ways(self, typed):
        assert cpr.parse(typed, today=TODAY) == NUMBER

    @pytest.mark.parametrize(
        ("typed", "complaint"),
        [
            ("", "ti cifre"),
            ("610190-123", "ti cifre"),
            ("610190-12345", "ti cifre"),
            ("610190-123A", "ti cifre"),
            ("610190/1234", "ti cifre"),
            ("٦١٠١٩٠١٢٣٤", "ti cifre"),
            ("000190-1234", "ikke en dato"),
            ("600190-1234", "ikke en dato"),
            ("920190-1234", "ikke en dato"),
            ("900290-1234", "ikke en dato"),
            ("611390-1234", "ikke en dato"),
            ("610000-1234", "ikke en dato"),
        ],
    )
    def test_what_cannot_be_one_is_refused_without_repeating_it(self, typed, complaint):
        with pytest.raises(NotCpr, match=complaint) as refusal:
            cpr.parse(typed, today=TODAY)

        assert not typed or typed not in str(refusal.value)

    def test_a_birthday_is_not_after_today(self):
        number = f"{TODAY.day + 60}{TODAY:%m%y}-4123"

        assert cpr.parse(number, today=TODAY).born == TODAY
        with pytest.raises(NotCpr, match="fremtiden"):
            cpr.parse(number, today=TODAY - timedelta(days=1))

    @pytest.mark.parametrize(
        ("digits", "born"),
        [
            ("6101363999", date(1936, 1, 1)),
            ("6101364000", date(2036, 1, 1)),
            ("6101374000", date(1937, 1, 1)),
            ("6101575000", date(2057, 1, 1)),
            ("6101585000", date(1858, 1, 1)),
            ("6101369000", date(2036, 1, 1)),
            ("6101379000", date(1937, 1, 1)),
            ("8902004000", date(2000, 2, 29)),
            ("9112990000", date(1999, 12, 31)),
        ],
    )
    def test_the_seventh_digit_names_the_century(self, digits, born):
        assert cpr.parse(digits, today=date(2099, 1, 1)).born == born

    @given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 3999))
    def test_every_day_of_a_century_has_its_replacement_numbers(self, born, serial):
        digits = f"{born.day + 60}{born:%m%y}{serial:04}"

        number = cpr.parse(f"{digits[:6]}-{digits[6:]}", today=TODAY)

        assert number == Cpr(digits)
        assert number.born == born
        assert number.is_replacement


class TestShown:
    def test_it_shows_itself_masked_unless_asked_for_as_a_whole(self):
        assert NUMBER.masked == str(NUMBER) == repr(NUMBER) == f"{[NUMBER]}"[1:-1] == "610190-xxxx"
        assert NUMBER.whole == "610190-1234"


class TestHints:
    def test_a_replacement_number_is_named(self):
        [hint] = cpr.hints(NUMBER)

        assert "erstatningsnummer" in hint

    def test_modulus_is_a_hint_and_no_refusal(self):
        failing = [s for s in range(5000, 5011) if len(cpr.hints(Cpr(of_the_1860s(s)))) == 2]
        holding = [s for s in range(5000, 5011) if len(cpr.hints(Cpr(of_the_1860s(s)))) == 1]

        assert failing
        assert holding
        number = cpr.parse(of_the_1860s(failing[0]), today=TODAY)
        assert "modulus 11" in cpr.hints(number)[0]

    def test_a_birth_before_1900_is_worth_a_look(self):
        assert "før 1900" in cpr.hints(Cpr(of_the_1860s(5000)))[-1]
        assert not any("1900" in hint for hint in cpr.hints(NUMBER))


class TestFindIn:
    @pytest.mark.parametrize(
        "typed",
        [
            "610190-1234",
            "6101901234",
            "610190 1234",
            "610190 - 1234",
            "61 01 90 1234",
            "61.01.90-1234",
            "610190–1234",
            "610190\u00a01234",
        ],
    )
    def test_a_number_in_a_sentence_is_noticed(self, typed):
        text = f"Ring om Karl ({typed}), tak."

        [(start, end)] = cpr.find_in(text)

        assert text[start:end] == typed

    def test_each_of_several_is_noticed(self):
        text = "610190-1234 og cpr620290-4321."

        assert [text[start:end] for start, end in cpr.find_in(text)] == [
            "610190-1234",
            "620290-4321",
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Født i 1990, ring 70 12 34 56",
            "+45 70 12 34 56",
            "EAN 5790000000000",
            "61019012345",
            "16101901234",
            "999999-1234",
            "mødet er 20.11.26 kl. 14.30",
            "beløb 610190-123",
            "٦١٠١٩٠١٢٣٤",
        ],
    )
    def test_other_numbers_are_left_alone(self, text):
        assert cpr.find_in(text) == []

    @given(st.text())
    def test_no_text_is_too_odd(self, text):
        assert all(sum(map(str.isdigit, text[start:end])) == 10 for start, end in cpr.find_in(text))
