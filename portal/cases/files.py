"""Reads members and hours from a file: every line is checked before any is taken.

Files are CSV with `;`, in UTF-8 (with or without BOM) or as Danish Excel writes them. The first
line names the columns in Danish. Nothing here writes; `recording.py` and `actions.py` do.
"""

import csv
import io
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

from flask_babel import gettext as _

from portal import cpr, uploads
from portal.cases.actions import Member
from portal.cpr import Cpr, NotCpr

MOST_BYTES = 250_000  # sealed it must still pass as a form field
MOST_LINES = 2000
DAYS = ("%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d")
MONTH = re.compile(r"(?:(\d{1,2})[-./ ](\d{4})|(\d{4})-(\d{2}))")
YES, NO = {"ja", "j", "x", "1"}, {"nej", "n", "0"}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MEMBER_COLUMNS = {
    "Navn": True,
    "CPR-nummer": False,
    "Kommune": True,
    "Dagpengeperiode fra": True,
    "Timer om ugen": False,
    "Telefon": False,
    "E-mail": False,
    "Rådgiver": False,
    "Enhed": False,
    "Egen reference": False,
    "Forsøg": False,
}
HOURS_COLUMNS = {
    "CPR-nummer": False,
    "Egen reference": False,
    "Måned": True,
    "Timer": True,
    "Årsag": False,
}
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


@dataclass(frozen=True)
class Hours:
    """Hours of one member's month; the member is named by number or own reference."""

    cpr: Cpr | None
    own_reference: str | None
    month: date
    hours: Decimal
    reason: str | None


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


@dataclass(frozen=True)
class Names:
    """What the words of a file stand for: ids by folded name; None where two have the same."""

    municipalities: Mapping[str, uuid.UUID | None]
    advisers: Mapping[str, uuid.UUID | None]
    units: Mapping[str, uuid.UUID | None]


def folded(pairs: Sequence[tuple[str, uuid.UUID]]) -> dict[str, uuid.UUID | None]:
    """Names without regard to case and spaces; one that stands for two ids stands for none."""
    ids: dict[str, set[uuid.UUID]] = {}
    for name, id_ in pairs:
        ids.setdefault(_fold(name), set()).add(id_)
    return {name: found.pop() if len(found) == 1 else None for name, found in ids.items()}


def text_of(content: bytes) -> str:
    """Raises Unreadable for a file that is too large or is no text."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("Filen er for stor. Del den i flere med højst 2.000 linjer."))
    try:
        return uploads.text_of(content)
    except uploads.Unacceptable as error:
        raise Unreadable(str(error)) from None


def members(text: str, names: Names, *, today: date) -> Report[Member]:
    def read(cells: Cells) -> Member:
        return Member(
            name=cells.text("Navn"),
            cpr=cells.value("CPR-nummer", lambda typed: _cpr(typed, today)),
            municipality_id=cells.value("Kommune", lambda name: _one(names.municipalities, name)),
            benefit_start=cells.value("Dagpengeperiode fra", _day),
            weekly_hours=cells.value("Timer om ugen", _weekly) or Decimal(37),
            phone=cells.text("Telefon") or None,
            email=cells.value("E-mail", _email),
            adviser_id=cells.value("Rådgiver", lambda name: _one(names.advisers, name)),
            unit_id=cells.value("Enhed", lambda name: _one(names.units, name)),
            own_reference=cells.text("Egen reference") or None,
            trial=bool(cells.value("Forsøg", _yes)),
        )

    report = _read(text, MEMBER_COLUMNS, read)
    _refuse_doubles(report, "CPR-nummer", lambda member: member.cpr)
    _refuse_doubles(report, "Egen reference", lambda member: member.own_reference)
    return report


def hours(text: str, *, today: date) -> Report[Hours]:
    def read(cells: Cells) -> Hours:
        number = cells.value("CPR-nummer", lambda typed: _cpr(typed, today))
        reference = cells.text("Egen reference") or None
        if not (number or reference or cells.text("CPR-nummer")):
            cells.refuse("Egen reference", _("Skriv CPR-nummer eller egen reference."))
        return Hours(
            cpr=number,
            own_reference=reference,
            month=cells.value("Måned", _month),
            hours=cells.value("Timer", _hours),
            reason=cells.text("Årsag") or None,
        )

    report = _read(text, HOURS_COLUMNS, read)
    _refuse_doubles(report, "Måned", lambda row: (row.cpr, row.own_reference, row.month))
    return report


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


def _read(text: str, columns: Mapping[str, bool], read: Callable[[Cells], Read]) -> Report[Read]:
    report: Report[Read] = Report()
    for line, cells in _lines(text, columns):
        one = Cells(line, cells, columns)
        row = read(one)
        if one.faults:
            report.faults += one.faults
        else:
            report.rows[line] = row
    if not report.rows and not report.faults:
        raise Unreadable(_("Filen har ingen linjer under overskrifterne."))
    return report


def _lines(text: str, columns: Mapping[str, bool]) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines by column name; empty ones are passed over. Raises Unreadable."""
    reader = csv.reader(io.StringIO(text), delimiter=";")
    heads = _heads(next(reader, []), columns)
    for line in _whole(reader):
        if reader.line_num > MOST_LINES + 1:
            raise Unreadable(_("Filen er for stor. Del den i flere med højst 2.000 linjer."))
        if any(cell.strip() for cell in line):
            yield reader.line_num, dict(zip(heads, line, strict=False))


def _whole(reader: Any) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:
        raise Unreadable(
            _("Filen er ikke en tekstfil. Gem den som CSV (semikolonsepareret).")
        ) from None


def _heads(line: Sequence[str], columns: Mapping[str, bool]) -> list[str]:
    known = {_fold(column): column for column in columns}
    heads = [known.get(_fold(cell), "") for cell in line]
    if unknown := [cell.strip() for cell in line if cell.strip() and _fold(cell) not in known]:
        words = _("Filen har ukendte overskrifter: %(names)s.", names=", ".join(unknown))
        raise Unreadable(words)
    if missing := [column for column, needed in columns.items() if needed and column not in heads]:
        words = _("Filen mangler overskrifterne: %(names)s.", names=", ".join(missing))
        raise Unreadable(words)
    return heads


def _refuse_doubles(report: Report[Read], column: str, key: Callable[[Read], Any]) -> None:
    """The second line with the same key is the wrong one."""
    seen: Counter[Any] = Counter()
    for line, row in [*report.rows.items()]:
        if (value := key(row)) is not None:
            seen[value] += 1
            if seen[value] > 1:
                report.refuse(line, column, _("Står også på en tidligere linje i filen."))


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _one(ids: Mapping[str, uuid.UUID | None], name: str) -> uuid.UUID:
    found = ids.get(_fold(name))
    if found is None:
        ambiguous = _fold(name) in ids
        raise Wrong(_("Navnet passer på flere.") if ambiguous else _("Navnet kendes ikke."))
    return found


def _cpr(text: str, today: date) -> Cpr:
    try:
        return cpr.parse(text, today=today)
    except NotCpr as wrong:
        raise Wrong(_(str(wrong))) from None


def _day(text: str) -> date:
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise Wrong(_("Skriv dagen som dd-mm-åååå."))


def _month(text: str) -> date:
    found = MONTH.fullmatch(text)
    month, year = (found[1] or found[4], found[2] or found[3]) if found else ("0", "0")
    if not 1 <= int(month) <= 12:
        raise Wrong(_("Skriv måneden som mm-åååå."))
    return date(int(year), int(month), 1)


def _weekly(text: str) -> Decimal:
    return _number(text, 1, 37)


def _hours(text: str) -> Decimal:
    return _number(text, 0, 300)


def _number(text: str, least: int, most: int) -> Decimal:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not least <= value <= most or value != round(value, 2):
        raise Wrong(_("Skriv et tal fra %(least)d til %(most)d.", least=least, most=most))
    return value


def _email(text: str) -> str:
    if not EMAIL.fullmatch(text):
        raise Wrong(_("Skriv en e-mailadresse som navn@eksempel.dk."))
    return text


def _yes(text: str) -> bool:
    if _fold(text) not in YES | NO:
        raise Wrong(_("Skriv ja eller nej."))
    return _fold(text) in YES
