"""People from a CSV file with `;`: first looked at, then all taken in, or none."""

import csv
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import StringIO

from flask_babel import gettext as _

from portal import cpr
from portal.access import Actor
from portal.clock import Moment
from portal.cpr import NotCpr
from portal.keys import Keys
from portal.participants import actions
from portal.participants.actions import Person
from portal.participants.models import Work
from portal.projects.models import Project
from portal.workflow import Lack, Refused

COLUMNS = ("navn", "model", "ledig", "cpr", "kommune")
MOST = 2000
YES, NO = "ja", "nej"


@dataclass
class Line:
    """One line of the file: what it says, and everything that is wrong with it."""

    number: int
    told: Mapping[str, str]
    faults: list[str] = field(default_factory=list)
    person: Person | None = None


def read(text: str, models: Mapping[str, str], towns: Mapping[str, uuid.UUID], today: date) \
        -> list[Line]:  # fmt: skip
    """Every line looked at; nothing is written. `models` by their names, `towns` by theirs.

    Raises Refused: the columns are not those that a line needs, or there are too many lines.
    """
    found = csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";")
    try:
        rows = [(found.line_num, row) for row in found if any(cell.strip() for cell in row)]
    except csv.Error:
        words = _("Filen kan ikke læses. Er der et anførselstegn for meget?")
        raise Refused([Lack("lines", words)]) from None
    heads = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    if sorted(heads) != sorted(COLUMNS):
        words = _("Første linje skal være: %(columns)s", columns=";".join(COLUMNS))
        raise Refused([Lack("lines", words)])
    if len(rows) - 1 > MOST:
        raise Refused([Lack("lines", _("Højst %(most)d linjer ad gangen.", most=MOST))])
    return [look_at(number, heads, row, models, towns, today) for number, row in rows[1:]]


def look_at(
    number: int, heads: Sequence[str], row: Sequence[str], models: Mapping[str, str],
    towns: Mapping[str, uuid.UUID], today: date,
) -> Line:  # fmt: skip
    cells = [cell.strip() for cell in [*row, *[""] * (len(heads) - len(row))]]
    line = Line(number, dict(zip(heads, cells, strict=False)))
    told = line.told
    try:
        whose = cpr.parse(told["cpr"], today=today) if told["cpr"] else None
    except NotCpr as error:
        whose = None
        line.faults.append(str(_(str(error))))
    wrong = {
        _("Skriv et navn."): not told["navn"],
        _("Modellen er ikke en af projektets."): told["model"].casefold() not in models,
        _("Skriv ja eller nej i »ledig«."): told["ledig"].casefold() not in {YES, NO},
        _("Kommunen kendes ikke."): bool(told["kommune"])
        and told["kommune"].casefold() not in towns,
    }
    line.faults += [words for words, holds in wrong.items() if holds]
    if not line.faults:
        is_unemployed = told["ledig"].casefold() == YES
        line.person = Person(
            name=told["navn"],
            model=models[told["model"].casefold()],
            work=Work.UNEMPLOYED if is_unemployed else Work.EMPLOYED,
            cpr=whose,
            municipality_id=towns.get(told["kommune"].casefold()),
        )
    return line


def take_in(
    lines: Sequence[Line], project: Project, *, actor: Actor, at: Moment, keys: Keys
) -> int:
    """All of them, or none: how many. Raises Refused with the faults written on the lines."""
    for line in lines:
        if line.person is None:
            continue
        try:
            actions.add(project, line.person, actor=actor, at=at, keys=keys)
        except Refused as refused:
            line.faults += [lack.text for lack in refused.lacks]
    if wrong := [str(line.number) for line in lines if line.faults]:
        words = _("Ret linjerne først: %(numbers)s.", numbers=", ".join(wrong))
        raise Refused([Lack("lines", words)])
    return len(lines)
