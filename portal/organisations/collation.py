"""Danish order and spelling: the server knows neither (the wheel has no ICU)."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice, product

# After z come æ, ø, å; "zz" and a letter comes after all words but those that begin with it.
LETTERS = str.maketrans(
    {"æ": "zza", "ä": "zza", "ø": "zzb", "ö": "zzb", "œ": "zzb", "å": "zzc", "ü": "y", "ð": "d"}
)


# Written in two ways in names, and typed in either.
TWO_WAYS = {"aa": "å", "ae": "æ", "oe": "ø"} | {"å": "aa", "æ": "ae", "ø": "oe"}
PLACES = re.compile("(" + "|".join(TWO_WAYS) + ")")
MOST_WAYS = 32  # of all the words of one search together


def sort_key(text: str) -> str:
    """What to sort a name by: æ, ø, å last, aa as å, accents and case without weight.

    A double a is read as å wherever it stands, also where it is two letters ("Isaac").
    """
    folded = unicodedata.normalize("NFC", text).casefold().replace("aa", "å").translate(LETTERS)
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFD", folded)
        if not unicodedata.combining(letter)
    )
    return " ".join(re.findall(r"[^\W_]+", plain))


def beginnings(words: Sequence[str]) -> str:
    """What PostgreSQL searches for: words that begin like all of these, spelled in either way.

    "påf" is found by "paaf", and "Aagaard" by "ågå". The words hold letters and digits only; the
    last one's mark of a beginning is left to the search function, which puts it there.
    """
    ways = islice(product(*map(spellings, words)), MOST_WAYS)
    return ":* | ".join(":* & ".join(way) for way in ways)


def spellings(word: str) -> list[str]:
    """The word as it is typed, then as it may be written besides: å for aa, æ for ae, ø for oe."""
    parts = PLACES.split(word.casefold())
    choices = [(part, TWO_WAYS[part]) if part in TWO_WAYS else (part,) for part in parts]
    return ["".join(chosen) for chosen in islice(product(*choices), MOST_WAYS)]
