"""What is different between two texts, word by word, so that it can be read aloud and in print."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    SAME = "same"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True)
class Piece:
    """Some words that stayed, came or went."""

    change: Change
    text: str


def marked(old: str, new: str) -> list[Piece]:
    """The new text with what was deleted still in its place; put together it gives either text."""
    return [*pieces(WORDS.findall(old), WORDS.findall(new))]


def pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(Change.SAME, "".join(old[i:j]))
            continue
        if i < j:
            yield Piece(Change.DELETED, "".join(old[i:j]))
        if k < m:
            yield Piece(Change.INSERTED, "".join(new[k:m]))
