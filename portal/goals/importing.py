"""Figures from registers, from a CSV file with `;`: first looked at, then taken in as drafts.

A line names the agreement, the goal and the period, the figure with a point, of how many, the
register and the day of the figure. What Samspil counts itself is not taken in: the two are never
one figure.
"""

import csv
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import StringIO
from re import fullmatch
from typing import Any

from flask_babel import gettext as _

from portal.access import Actor
from portal.agreements.models import Agreement
from portal.clock import Moment
from portal.fields import day_of
from portal.goals import reporting
from portal.goals.asking import Asked, asked, governing
from portal.goals.periods import Period
from portal.goals.reporting import Reporting
from portal.goals.words import REGISTERS
from portal.workflow import Lack, Refused

COLUMNS = ("aftale", "maal", "foerste_dag", "sidste_dag", "tal", "ud_af", "kilde", "kildedag")
MOST = 500


@dataclass
class Line:
    """One line of the file: what it says, and everything that is wrong with it."""

    number: int
    told: Mapping[str, str]
    faults: list[str] = field(default_factory=list)
    reporting: Reporting | None = None
    period: Period | None = None
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def goal(self) -> Asked | None:
        return self.reporting.goal if self.reporting else None


def read(text: str, agreements: Sequence[Agreement], *, actor: Actor, today: date) -> list[Line]:
    """Every line looked at; nothing is written.

    Raises:
        Refused: the columns are not those that a line needs, or there are too many lines.
    """
    lines = [*parted(text)]
    if len(lines) > MOST:
        words = _("Højst %(most)d linjer ad gangen.", most=MOST)
        raise Refused([Lack("lines", words)])
    known = {one.key: one for one in agreements}
    for line in lines:
        look_at(line, known, actor, today)
    twice(lines)
    return lines


def parted(text: str, columns: Sequence[str] = COLUMNS) -> Iterator[Line]:
    """By its columns, each with the number of its line; empty lines are passed over.

    Raises Refused for other columns than those, and for what is no CSV.
    """
    found = csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";")
    try:
        rows = (row for row in found if any(cell.strip() for cell in row))
        heads = [cell.strip().casefold() for cell in next(rows, [])]
        if sorted(heads) != sorted(columns):
            words = _("Første linje skal være: %(columns)s", columns=";".join(columns))
            raise Refused([Lack("lines", words)])
        for row in rows:
            yield parted_line(found.line_num, heads, row)
    except csv.Error:
        words = _("Linje %(number)d kan ikke læses. Er der et anførselstegn for meget?",
                  number=found.line_num)  # fmt: skip
        raise Refused([Lack("lines", words)]) from None


def parted_line(number: int, heads: Sequence[str], row: Sequence[str]) -> Line:
    cells = [*row, *[""] * (len(heads) - len(row))]
    line = Line(number, {head: cell.strip() for head, cell in zip(heads, cells, strict=False)})
    if len(row) > len(heads):
        line.faults.append(_("Linjen har flere felter end overskrifterne."))
    return line


def look_at(line: Line, known: Mapping[str, Agreement], actor: Actor, today: date) -> None:
    line.faults += [*place(line, known, actor, today), *days(line), *figures(line)]
    if line.faults or line.reporting is None or line.period is None:
        return
    lacks = [
        *reporting.of_period(line.reporting, line.period, today),
        *reporting.out_of_bounds(line.reporting.goal, line.given),
    ]
    line.faults += [lack.text for lack in lacks]


def place(line: Line, known: Mapping[str, Agreement], actor: Actor, today: date) -> Iterator[str]:
    """The agreement and its goal."""
    agreement = known.get(line.told["aftale"])
    version = governing(agreement, today) if agreement else None
    if version is None:
        yield _("Aftalen »%(key)s« kendes ikke.", key=line.told["aftale"])
        return
    code = line.told["maal"]
    goal = next((one for one in asked(version) if one.code == code), None)
    if goal is None:
        yield _("Målet »%(code)s« står ikke i aftalen.", code=code)
    elif goal.method == "counted":
        yield _("Målet »%(code)s« tælles af Samspil og hentes ikke.", code=code)
    elif goal.method != "imported":
        yield _("Målet »%(code)s« hentes ikke fra et register.", code=code)
    else:
        line.reporting = Reporting(version, goal, actor)
        if not line.reporting.may_write:
            yield _("Din rolle kan ikke indberette for aftalen.")


def days(line: Line) -> Iterator[str]:
    found: dict[str, date] = {}
    for name in ("foerste_dag", "sidste_dag", "kildedag"):
        try:
            found[name] = day_of(line.told[name])
        except ValueError:
            words = _("»%(typed)s« er ikke en dag. Skriv den som 2026-09-30.")
            yield f"{name}: " + words % {"typed": line.told[name]}
    if len(found) == len(("foerste_dag", "sidste_dag", "kildedag")):
        line.period = Period(found["foerste_dag"], found["sidste_dag"])
        line.given["source_day"] = found["kildedag"]


def figures(line: Line) -> Iterator[str]:
    typed, base, source = line.told["tal"], line.told["ud_af"], line.told["kilde"].lower()
    if fullmatch(r"\d+,\d+", typed):
        instead = typed.replace(",", ".")
        yield _("Skriv tallet med punktum: %(instead)s, ikke %(typed)s.", instead=instead,
                typed=typed)  # fmt: skip
    elif not fullmatch(r"\d{1,7}(\.\d)?", typed):
        yield _("»%(typed)s« er ikke et tal med højst én decimal.", typed=typed)
    else:
        line.given["value"] = Decimal(typed)
    if base and not fullmatch(r"\d{1,8}", base):
        yield _("»%(typed)s« er ikke et helt antal.", typed=base)
    elif base:
        line.given["base"] = int(base)
    if source not in REGISTERS:
        yield _("Kilden skal være en af: %(sources)s.", sources=", ".join(REGISTERS))
    line.given["source"] = source


def twice(lines: Sequence[Line]) -> None:
    """Two lines of one goal whose periods overlap: the second is at fault."""
    fine = [line for line in lines if not line.faults]
    for place_of, line in enumerate(fine):
        for earlier in fine[:place_of]:
            if key_of(earlier) == key_of(line) and overlap(earlier, line):
                words = _("Perioden overlapper den i linje %(number)d.", number=earlier.number)
                line.faults.append(words)
                break


def key_of(line: Line) -> tuple[uuid.UUID, str]:
    assert line.reporting  # noqa: S101  (a line without faults has its goal)
    return line.reporting.version.agreement_id, line.reporting.goal.code


def overlap(one: Line, other: Line) -> bool:
    return bool(one.period and other.period and one.period.overlaps(other.period))


def take_in(lines: Sequence[Line], *, at: Moment) -> int:
    """All of them as drafts, or none: how many. Raises Refused where a line is at fault."""
    if wrong := [line for line in lines if line.faults]:
        words = _("Ret linjerne først: %(numbers)s.")
        numbers = ", ".join(str(line.number) for line in wrong)
        raise Refused([Lack("lines", words % {"numbers": numbers})])
    for line in lines:
        assert line.reporting and line.period  # noqa: S101, PT018  (it has no faults)
        reporting.begin(line.reporting, line.period, line.given, at=at)
    return len(lines)
