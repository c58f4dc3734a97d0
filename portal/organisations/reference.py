"""Reads and checks the reference data: organisations, their names, councils and their members.

Three files in one folder, UTF-8 with a header:

- `organisations.csv`: who exists, of what kind, from when to when, and who took over.
- `names.csv`: what each is called. `use` is `name` (shown on the days it holds), `former` (an old
  name whose days are not known) or `alias` (another register's spelling); the last two are only
  searched for.
- `council_memberships.csv`: which regional council a municipality belongs to.

Days are ISO and both ends are included; an empty `valid_until` means that it still holds. A day
that is not known is left empty and the doubt is written in `doubt`. An organisation with a
successor is closed even where its last day is not known.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from stdnum.dk import cvr

KINDS = ("municipality", "unemployment_fund", "council")
USES = ("name", "former", "alias")


@dataclass(frozen=True)
class Dated:
    """Something that holds from one day to another, both included; None is open or unknown."""

    line: int
    valid_from: date | None
    valid_until: date | None
    source: str
    doubt: str

    def holds(self, day: date) -> bool:
        return self._first <= day <= self._last

    def overlaps(self, other: "Dated") -> bool:
        return self._first <= other._last and other._first <= self._last

    def within(self, other: "Dated") -> bool:
        return other._first <= self._first and self._last <= other._last

    @property
    def _first(self) -> date:
        return self.valid_from or date.min

    @property
    def _last(self) -> date:
        return self.valid_until or date.max


@dataclass(frozen=True)
class Organisation(Dated):
    slug: str
    kind: str
    code: str
    cvr: str
    successor: str

    def holds(self, day: date) -> bool:
        """False for an organisation that closed on a day that is not known."""
        closed = bool(self.successor) and self.valid_until is None
        return not closed and super().holds(day)


@dataclass(frozen=True)
class Name(Dated):
    organisation: str
    name: str
    short_name: str
    use: str


@dataclass(frozen=True)
class CouncilMembership(Dated):
    municipality: str
    council: str


@dataclass(frozen=True)
class Reference:
    organisations: tuple[Organisation, ...]
    names: tuple[Name, ...]
    memberships: tuple[CouncilMembership, ...]


@dataclass(frozen=True, order=True)
class Flaw:
    """What is wrong, in Danish, and where: line 1 is the header."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, linje {self.line}: {self.reason}"


class Flawed(Exception):
    """The files hold flaws: all of them, in the order of the lines."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(sorted(flaws))
        super().__init__("\n".join(str(flaw) for flaw in self.flaws))


T = TypeVar("T", bound=Dated)
Cells = dict[str, str]
DATES = ("valid_from", "valid_until")


@dataclass(frozen=True)
class Table(Generic[T]):
    """One file: what its rows become, its columns, and what they must hold."""

    file: str
    make: type[T]
    columns: tuple[str, ...]
    required: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()


ORGANISATIONS = Table(
    "organisations.csv",
    Organisation,
    columns=("slug", "kind", "code", "cvr", *DATES, "successor", "source", "doubt"),
    required=("slug", "kind", "source"),
    choices=(("kind", KINDS),),
)
NAMES = Table(
    "names.csv",
    Name,
    columns=("organisation", "name", "short_name", "use", *DATES, "source", "doubt"),
    required=("organisation", "name", "short_name", "use", "source"),
    choices=(("use", USES),),
)
MEMBERSHIPS = Table(
    "council_memberships.csv",
    CouncilMembership,
    columns=("municipality", "council", *DATES, "source", "doubt"),
    required=("municipality", "council", "valid_from", "source"),
)


def read(folder: Path) -> Reference:
    """The reference data in `folder`; raises `Flawed` with everything that is wrong in it."""
    flaws: list[Flaw] = []
    reference = Reference(
        organisations=_read(folder, ORGANISATIONS, flaws),
        names=_read(folder, NAMES, flaws),
        memberships=_read(folder, MEMBERSHIPS, flaws),
    )
    flaws += _unknowns(reference)
    flaws += _clashes(_sound(reference, flaws))
    if flaws:
        raise Flawed(flaws)
    return reference


# --- Each row by itself ---


def _read(folder: Path, table: Table[T], flaws: list[Flaw]) -> tuple[T, ...]:
    made = []
    for line, cells in _rows(folder / table.file, table, flaws):
        flaws += (Flaw(table.file, line, reason) for reason in _faults(table, cells))
        made.append(_make(table, line, cells))
    return tuple(made)


def _rows(path: Path, table: Table[T], flaws: list[Flaw]) -> Iterator[tuple[int, Cells]]:
    """The filled lines with their numbers; a line of the wrong length is noted and made to fit."""
    try:
        reader = csv.reader(path.read_text("utf-8-sig").splitlines())
    except (FileNotFoundError, UnicodeDecodeError) as error:
        missing = isinstance(error, FileNotFoundError)
        flaws.append(Flaw(table.file, 1, "Filen mangler." if missing else "Filen er ikke UTF-8."))
        return
    if tuple(next(reader, ())) != table.columns:
        flaws.append(Flaw(table.file, 1, f"Kolonnerne skal være {', '.join(table.columns)}."))
        return
    for row in filter(None, reader):
        if len(row) != len(table.columns):
            flaws.append(Flaw(table.file, reader.line_num, "Linjen har et forkert antal felter."))
        cells = [*(cell.strip() for cell in row), *[""] * len(table.columns)][: len(table.columns)]
        yield reader.line_num, dict(zip(table.columns, cells, strict=True))


def _faults(table: Table[T], cells: Cells) -> Iterator[str]:
    for column in table.required:
        if not cells[column]:
            yield f"Feltet {column} er tomt."
    for column, choices in table.choices:
        if cells[column] and cells[column] not in choices:
            yield f"»{cells[column]}« i {column} er ikke en af {', '.join(choices)}."
    if cells.get("cvr") and not cvr.is_valid(cells["cvr"]):
        yield f"»{cells['cvr']}« er ikke et CVR-nummer."
    yield from _date_faults(cells)


def _date_faults(cells: Cells) -> Iterator[str]:
    unreadable = [column for column in DATES if cells[column] and not _day(cells[column])]
    for column in unreadable:
        yield f"»{cells[column]}« i {column} er ikke en dato (åååå-mm-dd)."
    first, last = (_day(cells[column]) for column in DATES)
    if first and last and last < first:
        yield "valid_until ligger før valid_from."
    unknown_start = not cells["valid_from"] and cells.get("use") != "alias"
    unknown_end = not cells["valid_until"] and bool(cells.get("successor"))
    if not cells["doubt"] and (unknown_start or unknown_end):
        yield "En dato mangler. Kendes den ikke, skal tvivlen stå i doubt."


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _make(table: Table[T], line: int, cells: Cells) -> T:
    fields: dict[str, Any] = {**cells, **{column: _day(cells[column]) for column in DATES}}
    return table.make(line=line, **fields)


def _sound(reference: Reference, flaws: list[Flaw]) -> Reference:
    """Without the flawed rows: their dates and codes would only raise false alarms."""
    flawed = {(flaw.file, flaw.line) for flaw in flaws}

    def sound(table: Table[T], rows: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(row for row in rows if (table.file, row.line) not in flawed)

    return Reference(
        organisations=sound(ORGANISATIONS, reference.organisations),
        names=sound(NAMES, reference.names),
        memberships=sound(MEMBERSHIPS, reference.memberships),
    )


# --- Rows that speak of other rows ---


def _unknowns(reference: Reference) -> Iterator[Flaw]:
    kinds = {organisation.slug: organisation.kind for organisation in reference.organisations}
    for organisation in reference.organisations:
        if organisation.successor and kinds.get(organisation.successor) != organisation.kind:
            reason = f"Efterfølgeren »{organisation.successor}« findes ikke."
            yield Flaw(ORGANISATIONS.file, organisation.line, reason)
    for name in reference.names:
        if name.organisation and name.organisation not in kinds:
            yield Flaw(NAMES.file, name.line, f"Organisationen »{name.organisation}« findes ikke.")
    for row in reference.memberships:
        if row.municipality and kinds.get(row.municipality) != "municipality":
            yield Flaw(MEMBERSHIPS.file, row.line, f"Kommunen »{row.municipality}« findes ikke.")
        if row.council and kinds.get(row.council) != "council":
            yield Flaw(MEMBERSHIPS.file, row.line, f"Rådet »{row.council}« findes ikke.")
    yield from _nameless(reference)


def _nameless(reference: Reference) -> Iterator[Flaw]:
    named = {name.organisation for name in reference.names if name.use not in ("former", "alias")}
    for organisation in reference.organisations:
        if organisation.slug and organisation.slug not in named:
            reason = f"Organisationen »{organisation.slug}« har intet navn."
            yield Flaw(ORGANISATIONS.file, organisation.line, reason)


def _clashes(reference: Reference) -> Iterator[Flaw]:
    organisations = {row.slug: row for row in reference.organisations}
    yield from _twice(ORGANISATIONS, reference.organisations, lambda row: row.slug)
    coded = [row for row in reference.organisations if row.code]
    yield from _twice(ORGANISATIONS, coded, lambda row: f"{row.kind} {row.code}")
    numbered = [row for row in reference.organisations if row.cvr]
    yield from _twice(ORGANISATIONS, numbered, lambda row: row.cvr)
    shown = [name for name in reference.names if name.use == "name"]
    yield from _overlaps(NAMES, shown, lambda name: name.organisation)
    yield from _overlaps(MEMBERSHIPS, reference.memberships, lambda row: row.municipality)
    for row in reference.memberships:
        for slug in (row.municipality, row.council):
            if slug in organisations and not row.within(organisations[slug]):
                yield Flaw(MEMBERSHIPS.file, row.line, f"»{slug}« findes ikke i hele perioden.")


def _twice(table: Table[T], rows: Sequence[T], key: Callable[[T], str]) -> Iterator[Flaw]:
    seen: dict[str, int] = {}
    for row in rows:
        if key(row) in seen:
            reason = f"»{key(row)}« står allerede på linje {seen[key(row)]}."
            yield Flaw(table.file, row.line, reason)
        seen.setdefault(key(row), row.line)


def _overlaps(table: Table[T], rows: Sequence[T], key: Callable[[T], str]) -> Iterator[Flaw]:
    groups: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        for earlier in groups[key(row)]:
            if row.overlaps(earlier):
                yield Flaw(table.file, row.line, f"Datoerne overlapper linje {earlier.line}.")
        groups[key(row)].append(row)
