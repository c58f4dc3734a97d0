"""Danish order: æ, ø and å are the last letters, and aa is å; and both ways to spell them."""

import pytest

from portal.organisations.collation import MOST_WAYS, beginnings, sort_key, spellings


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


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Påf", {"påf", "paaf"}),
        ("paaf", {"påf", "paaf"}),
        ("aagå", {"aagå", "aagaa", "ågå", "ågaa"}),
        ("Sørensen", {"sørensen", "soerensen"}),
        ("kjaer", {"kjaer", "kjær"}),
        ("Bo", {"bo"}),
    ],
)
def test_a_word_is_looked_for_in_both_spellings_as_typed_first(typed, found):
    assert {*spellings(typed)} == found
    assert spellings(typed)[0] == typed.casefold()


def test_of_several_words_each_spelling_of_one_goes_with_each_of_the_others():
    assert beginnings(["Åse", "Bo"]) == "åse:* & bo:* | aase:* & bo"


def test_nobody_makes_the_server_look_for_a_million_spellings():
    assert len(spellings("å" * 200)) == MOST_WAYS
    assert beginnings(["åå"] * 40).count("|") == MOST_WAYS - 1
