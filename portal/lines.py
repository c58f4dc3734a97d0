"""Lines of a CSV file as Danish spreadsheets write them: each is checked before any is taken.

`;` between the fields, in UTF-8 (with or without BOM) or as Danish Excel writes. The first line
names the columns in Danish. Nothing here writes.
"""

import csv
import io
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from flask_babel import gettext as _

MOST_LINES = 2000
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
DAYS = ("%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d")
YES, NO = {"ja", "j", "x", "1"}, {"nej", "n", "0"}
Read = TypeVar("Read")


class Unreadable(Exception):
    """The file as a whole cannot be used; the message is Danish."""


class Wrong(Exception):
    """One value cannot be used; the message is Danish and does not repeat the value."""


@dataclass(frozen=True)
class Fault:
    """`line` counts from 1 with the headings, as the person's spreadsheet does."""

    line: int
    column: str
    reason: str


@dataclass
class Report(Generic[Read]):
    """What a file holds, by line, and everything that is wrong with it."""

    rows: dict[int, Read] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, line: int, column: str, reason: str) -> None:
        self.faults.append(Fault(line, column, reason))
        self.rows.pop(line, None)

    @property
    def faulty_lines(self) -> int:
        return len({fault.line for fault in self.faults})


def folded(pairs: Sequence[tuple[str, uuid.UUID]]) -> dict[str, uuid.UUID | None]:
    """Names without regard to case and spaces; one that stands for two ids stands for none."""
    ids: dict[str, set[uuid.UUID]] = {}
    for name, id_ in pairs:
        ids.setdefault(fold(name), set()).add(id_)
    return {name: found.pop() if len(found) == 1 else None for name, found in ids.items()}


class Cells:
    """One line by column; what is wrong is noted, so that all of it is told at once."""

    def __init__(self, line: int, cells: Mapping[str, str], needed: Mapping[str, bool]) -> None:
        self.line, self.cells, self.needed = line, cells, needed
        self.faults: list[Fault] = []

    def text(self, column: str) -> str:
        text = " ".join((self.cells.get(column) or "").split())
        if not text and self.needed[column]:
            self.refuse(column, _("Feltet skal udfyldes."))
        return text

    def value(self, column: str, read: Callable[[str], Any]) -> Any:
        """None where nothing stands, or where it is wrong."""
        text = self.text(column)
        try:
            return read(text) if text else None
        except Wrong as wrong:
            self.refuse(column, str(wrong))
            return None

    def refuse(self, column: str, reason: str) -> None:
        self.faults.append(Fault(self.line, column, reason))


def read(text: str, columns: Mapping[str, bool], made_of: Callable[[Cells], Read]) -> Report[Read]:
    report: Report[Read] = Report()
    for line, cells in lines_of(text, columns):
        one = Cells(line, cells, columns)
        row = made_of(one)
        if one.faults:
            report.faults += one.faults
        else:
            report.rows[line] = row
    if not report.rows and not report.faults:
        raise Unreadable(_("Filen har ingen linjer under overskrifterne."))
    return report


def lines_of(text: str, columns: Mapping[str, bool]) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines by column name; empty ones are passed over. Raises Unreadable."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    heads = heads_of(next(reader, []), columns)
    for line in whole(reader):
        if reader.line_num > MOST_LINES + 1:
            raise Unreadable(_("Filen er for stor. Del den i flere med højst 2.000 linjer."))
        if any(cell.strip() for cell in line):
            yield reader.line_num, dict(zip(heads, line, strict=False))


def whole(reader: Any) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:
        raise Unreadable(
            _("Filen er ikke en tekstfil. Gem den som CSV (semikolonsepareret).")
        ) from None


def heads_of(line: Sequence[str], columns: Mapping[str, bool]) -> list[str]:
    known = {fold(column): column for column in columns}
    heads = [known.get(fold(cell), "") for cell in line]
    if unknown := [cell.strip() for cell in line if cell.strip() and fold(cell) not in known]:
        words = _("Filen har ukendte overskrifter: %(names)s.", names=", ".join(unknown))
        raise Unreadable(words)
    if missing := [column for column, needed in columns.items() if needed and column not in heads]:
        words = _("Filen mangler overskrifterne: %(names)s.", names=", ".join(missing))
        raise Unreadable(words)
    return heads


def refuse_doubles(report: Report[Read], column: str, key: Callable[[Read], Any]) -> None:
    """The second line with the same key is the wrong one."""
    seen: Counter[Any] = Counter()
    for line, row in [*report.rows.items()]:
        if (value := key(row)) is not None:
            seen[value] += 1
            if seen[value] > 1:
                report.refuse(line, column, _("Står også på en tidligere linje i filen."))


def fold(text: str) -> str:
    return " ".join(text.casefold().split())


def one_of(ids: Mapping[str, uuid.UUID | None], name: str) -> uuid.UUID:
    found = ids.get(fold(name))
    if found is None:
        ambiguous = fold(name) in ids
        raise Wrong(_("Navnet passer på flere.") if ambiguous else _("Navnet kendes ikke."))
    return found


def email_of(text: str) -> str:
    if not EMAIL.fullmatch(text):
        raise Wrong(_("Skriv en e-mailadresse som navn@eksempel.dk."))
    return text


def yes_of(text: str) -> bool:
    if fold(text) not in YES | NO:
        raise Wrong(_("Skriv ja eller nej."))
    return fold(text) in YES


def day_of(text: str) -> date:
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise Wrong(_("Skriv dagen som dd-mm-åååå."))
