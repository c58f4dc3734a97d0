"""Danish order: æ, ø and å are the last letters, and aa is å."""

import pytest

from portal.organisations.collation import sort_key


def test_the_last_letters_are_ae_oe_aa():
    words = ["Ålborg", "Ærø", "Zebra", "Ørsted", "Ebeltoft", "Aalborg"]
    assert sorted(words, key=sort_key) == [
        "Ebeltoft",
        "Zebra",
        "Ærø",
        "Ørsted",
        "Ålborg",
        "Aalborg",
    ]


def test_double_a_is_sorted_as_aa_and_is_the_same_letter():
    assert sort_key("Aabenraa") == sort_key("Åbenrå")
    assert sorted(["Aarhus", "Billund", "Allerød"], key=sort_key)[-1] == "Aarhus"


def test_case_does_not_count():
    assert sort_key("BUPL-A") == sort_key("bupl-a")


@pytest.mark.parametrize(("written", "plain"), [("é", "e"), ("ü", "y"), ("ö", "ø"), ("ä", "æ")])
def test_foreign_letters_stand_with_their_danish_likes(written, plain):
    assert sort_key(written) == sort_key(plain)


def test_two_ways_to_write_a_letter_are_one():
    assert sort_key("A\u030arhus") == sort_key("Århus")


def test_a_space_comes_before_every_letter():
    assert sorted(["Ringkøbing", "Ring By", "Ring"], key=sort_key) == [
        "Ring",
        "Ring By",
        "Ringkøbing",
    ]


def test_the_key_has_only_letters_and_digits_that_all_collations_sort_alike():
    assert sort_key("Lyngby-Taarbæk (3F) Ø/Å") == "lyngby tzzcrbzzak 3f zzb zzc"
