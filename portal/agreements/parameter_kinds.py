"""The kinds of parameter: what each may hold, and how it is read.

What is wrong is said in Danish, for the person who typed it.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import LazyString, get_locale
from flask_babel import gettext as _


class Refused(ValueError):
    """The parameters cannot be used; `reasons` says why in Danish, by the name of the field."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in reasons.items()))


class Unfit(ValueError):
    """One value is out of bounds; the message is the Danish reason.

    `row` (from 0) and `column` say where in a table or in a group of fields.
    """

    def __init__(self, reason: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(reason)
        self.row, self.column = row, column

    def place(self, name: str) -> str:
        """`name`, `name-column`, or `name-2-column` where one cell of a table is at fault."""
        return "-".join(str(part) for part in (name, self.row, self.column) if part is not None)


@dataclass(frozen=True)
class Definition:
    """What a parameter is called and where it takes effect, in Danish.

    One that is agreed `ahead` belongs to a step that Samspil does not have yet: nothing reads it.
    """

    label: LazyString
    effect: LazyString
    ahead: bool = field(default=False, kw_only=True)

    def read(self, value: object) -> Any:
        raise NotImplementedError


class Unit(StrEnum):
    WORKING_DAYS = "working_days"  # Danish ones: config/rules/calendar.toml
    DAYS = "days"
    HOURS = "hours"
    PIECES = "pieces"


@dataclass(frozen=True)
class Whole(Definition):
    """A whole number from `least` to `most`, both included."""

    least: int
    most: int
    unit: Unit = field(default=Unit.WORKING_DAYS, kw_only=True)

    def read(self, value: object) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise Unfit(
                _("Skriv et helt tal fra %(least)d til %(most)d.", least=self.least, most=self.most)
            )
        return value


@dataclass(frozen=True)
class Flag(Definition):
    """Yes or no."""

    def read(self, value: object) -> bool:
        if type(value) is not bool:
            raise Unfit(_("Vælg ja eller nej."))
        return value


@dataclass(frozen=True)
class Choice(Definition):
    """One of the options."""

    options: Mapping[str, LazyString]

    def read(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise Unfit(_("Vælg en af: %(options)s.", options=", ".join(self.options)))
        return value


@dataclass(frozen=True)
class Choices(Definition):
    """Some of the options, each once, in their own order; none only where it `may_be_empty`."""

    options: Mapping[str, LazyString]
    may_be_empty: bool = field(default=False, kw_only=True)

    def read(self, value: object) -> tuple[str, ...]:
        chosen = list(value) if isinstance(value, list | tuple) else []
        is_empty = not chosen and not (self.may_be_empty and isinstance(value, list | tuple))
        if is_empty or not set(map(str, chosen)) <= set(self.options):
            raise Unfit(_("Vælg mindst en af: %(options)s.", options=", ".join(self.options)))
        if len(set(chosen)) < len(chosen):
            raise Unfit(_("Hver må kun vælges én gang."))
        return tuple(option for option in self.options if option in chosen)


@dataclass(frozen=True)
class Lines(Definition):
    """Lines of the parties' own words, each once, at most `most` of at most `longest` signs.

    None means what `empty` says.
    """

    most: int
    longest: int
    empty: LazyString

    def read(self, value: object) -> tuple[str, ...]:
        given: list[Any] = list(value) if isinstance(value, list | tuple) else [None]
        if not all(isinstance(line, str) for line in given):
            raise Unfit(_("Skriv en tekst."))
        lines = tuple(" ".join(line.split()) for line in given if line.strip())
        if len(lines) > self.most:
            raise Unfit(_("Der må højst være %(most)d linjer.", most=self.most))
        if any(len(line) > self.longest for line in lines):
            raise Unfit(_("En linje må højst være på %(most)d tegn.", most=self.longest))
        if len({*lines}) < len(lines):
            raise Unfit(_("Hver må kun stå én gang."))
        return lines


@dataclass(frozen=True)
class Items(Definition):
    """From `least` to `most` rows with a code of their own, out of `codes` where that is given."""

    item: type["PlanField"] | type["Reason"]
    least: int
    most: int
    codes: tuple[str, ...] = ()

    def read(self, value: object) -> tuple[Any, ...]:
        rows = list(value) if isinstance(value, list | tuple) else []
        if not self.least <= len(rows) <= self.most:
            raise Unfit(
                _("Angiv fra %(least)d til %(most)d linjer.", least=self.least, most=self.most)
            )
        items = tuple(_item(self.item, row, number) for number, row in enumerate(rows))
        for item in items:
            if self.codes and item.code not in self.codes:
                raise Unfit(_("Koden »%(code)s« kendes ikke.", code=item.code))
        if len({item.code for item in items}) < len(items):
            raise Unfit(_("Hver kode må kun bruges én gang."))
        return items


@dataclass(frozen=True)
class PlanField:
    """Something the plan holds; without what is `required` the package cannot be sent."""

    code: str
    label_da: str
    label_en: str
    required: bool

    @property
    def label(self) -> str:
        """In the reader's language; in Danish where nobody reads."""
        locale = get_locale()
        return self.label_en if locale and locale.language == "en" else self.label_da


@dataclass(frozen=True)
class Reason:
    """Why a receiver rejects; it may need the criterion that is not met, or a text.

    After its last day it is not offered any more; what was rejected with it keeps its words.
    """

    code: str
    label_da: str
    label_en: str
    needs_criterion: bool
    needs_text: bool
    valid_until: date | None = None


def _item(kind: type[PlanField] | type[Reason], row: object, number: int) -> PlanField | Reason:
    types = {column.name: column.type for column in fields(kind)}
    needed = {column.name for column in fields(kind) if column.default is MISSING}
    if not isinstance(row, Mapping) or not needed <= row.keys() <= types.keys():
        raise Unfit(_("Hver linje skal have felterne %(names)s.", names=", ".join(types)))
    cells = {name: _cell(cell, name, number) for name, cell in row.items()}
    for name in sorted(needed):
        if cells[name] == "":
            raise Unfit(_("Skriv en tekst."), number, name)
        if type(cells[name]) is not types[name]:
            words = _("Feltet %(name)s er ikke udfyldt rigtigt.", name=name)
            raise Unfit(words, number, name)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", cells["code"]):
        raise Unfit(_("Koden »%(code)s« skal være små bogstaver.", code=cells["code"]))
    return kind(**cells)


def _cell(cell: object, name: str, number: int) -> Any:
    """A day comes as a day from a file, as text from a form or the database, or not at all."""
    if name != "valid_until" or cell is None or type(cell) is date:
        return cell
    try:
        return date.fromisoformat(str(cell)) if cell else None
    except ValueError:
        raise Unfit(_("Skriv dagen som dd/mm/åååå."), number, name) from None
