"""What is different between two versions: the wording section by section, the values one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _

from portal.agreements import freezing, governed, queries, words
from portal.agreements.differing import Change, Piece, marked
from portal.agreements.drafting import agreed_values
from portal.agreements.models import BINDING, AgreementVersion, State
from portal.agreements.parts import AgreementMove, Move
from portal.agreements.presenting import in_words


@dataclass(frozen=True)
class Wording:
    """A section of a version as it is read: its heading and its text, empty where left out."""

    key: str
    heading: str
    text: str


@dataclass(frozen=True)
class Changed:
    """A section in which a word is different, or that only one of the two has."""

    heading: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Value:
    """Something that is agreed as data, in words, before and after."""

    label: str
    old: str
    new: str

    @property
    def pieces(self) -> list[Piece]:
        return marked(self.old, self.new)


@dataclass(frozen=True)
class Comparison:
    sections: list[Changed]
    values: list[Value]

    @property
    def is_same(self) -> bool:
        return not self.sections and not self.values


def compare(old: AgreementVersion, new: AgreementVersion) -> Comparison:
    """From `old` to `new`, in the order of the new one."""
    return Comparison(
        sections=[*changed(wordings(old), wordings(new))],
        values=different(values(old), values(new), governed.names()),
    )


def wordings(version: AgreementVersion) -> list[Wording]:
    if version.state in BINDING or version.state == State.SIGNING:
        rows = version.sections
        return [
            Wording(
                row["key"], row["heading"], "" if row.get("is_left_out") else row["text"].strip()
            )
            for row in rows
        ]
    found = queries.sections(version.id)
    return [Wording(row.key, row.heading, "" if row.is_left_out else row.text) for row in found]


def values(version: AgreementVersion) -> dict[str, Any]:
    """All that is governed; the days of what is frozen are its own."""
    if version.state not in BINDING and version.state != State.SIGNING:
        return freezing.settled(queries.sections(version.id))
    found = agreed_values(version)
    first, last = version.valid_from, version.valid_until
    days = {"valid_from": str(first or ""), "valid_until": str(last or "")}
    return found | {"term": found["term"] | days}


def changed(old: Sequence[Wording], new: Sequence[Wording]) -> list[Changed]:
    before = {row.key: row for row in old}
    there = {row.key for row in new}
    found = [
        Changed(row.heading, pieces)
        for row in new
        if is_different(pieces := marked(text_of(before.get(row.key)), row.text))
    ]
    gone = [row for row in old if row.key not in there and row.text]
    return found + [Changed(row.heading, marked(row.text, "")) for row in gone]


def text_of(row: Wording | None) -> str:
    return row.text if row else ""


def is_different(pieces: Sequence[Piece]) -> bool:
    return any(piece.change != Change.SAME for piece in pieces)


def different(old: Mapping[str, Any], new: Mapping[str, Any], names: Iterable[str]) -> list[Value]:
    found = []
    for name in names:
        before, after = in_words(name, old.get(name)), in_words(name, new.get(name))
        if before != after:
            found.append(Value(str(governed.label(name)), before, after))
        elif old.get(name) != new.get(name) and name in old and name in new:
            found.append(Value(str(governed.label(name)), before, _("Ordene er ændret")))
    return found


@dataclass(frozen=True)
class Said:
    """A move in a section, and what a proposal changed of the one before."""

    move: AgreementMove
    words: LazyString
    changes: list[Piece]
    values: list[Value]

    @property
    def is_changed(self) -> bool:
        return bool(self.changes or self.values)


def said(moves: Sequence[AgreementMove]) -> list[Said]:
    """The newest first."""
    proposals = [move for move in moves if move.move == Move.PROPOSE]
    before = dict(zip(proposals, proposals[1:], strict=False))
    return [after(move, before.get(move)) for move in moves]


def after(move: AgreementMove, was: AgreementMove | None) -> Said:
    changes, values = [], []
    if was:
        pieces = marked(was.text or "", move.text or "")
        changes = pieces if is_different(pieces) else []
        values = different(was.given or {}, move.given or {}, move.given or {})
    return Said(move, words.MOVES[move.move], changes, values)
