"""What a document can show: our font and its letters, and texts in no other characters."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

FONTS = Path(__file__).parent / "static" / "vendor" / "fonts"
WEIGHTS = ("Regular", "Italic", "Medium", "SemiBold", "Bold")
DROPPED = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
LINES = str.maketrans({"\u2028": "\n", "\u2029": "\n\n", "\x0b": "\n", "\x0c": "\n"})
ENDLESS = re.compile(r"[^\W_]{40,}")  # as in letter.typ
CHECKSUM = re.compile(r"[0-9a-f]{64}")


class FontsMissing(RuntimeError):
    """The fonts come with the installed assets and are not there."""


def has_endless_word(texts: str) -> bool:
    """Whether a word is too long for a line, other than a checksum, which has a line of its own."""
    return any(not CHECKSUM.fullmatch(found) for found in ENDLESS.findall(texts))


@cache
def fonts() -> "typst.Fonts":
    """Ours only, so that every machine makes the same document."""
    import typst

    font_files()
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def font_files() -> list[Path]:
    files = [FONTS / f"IBMPlexSans-{weight}.ttf" for weight in WEIGHTS]
    missing = ", ".join(file.name for file in files if not file.is_file())
    if missing:
        raise FontsMissing(f"{FONTS} lacks {missing}: run.py copies them there, start it once")
    return files


@cache
def letters() -> frozenset[int]:
    """What every weight of our font can show."""
    from fontTools.ttLib import TTFont

    maps = []
    for file in font_files():
        with TTFont(file, lazy=True) as font:
            maps.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*maps)


def printable(data: object) -> object:
    """The same data in characters that the font has: PDF/UA refuses others, and an emoji in a
    note must not stop a package. What has no letter is told by its number: [U+1F600]."""
    if isinstance(data, str):
        return _printable(data)
    if isinstance(data, Mapping):
        return {key: printable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [printable(value) for value in data]
    return data


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    plain = unicodedata.normalize("NFC", "\n".join(text.translate(LINES).splitlines()))
    return "".join(map(_shown, plain.translate(DROPPED)))


def _shown(character: str) -> str:
    if character in "\n\u00a0" or (ord(character) in letters() and character.isprintable()):
        return character
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " "
    return f"[U+{ord(character):04X}]"
