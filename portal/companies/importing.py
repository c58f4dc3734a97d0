"""Companies from a CSV file: looked through first, with what is there twice, then taken in."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal import lines
from portal.companies import actions, numbers, queries
from portal.companies.actions import Given, Hand
from portal.lines import Cells, Report
from portal.organisations.queries import municipalities, names_on
from portal.projects.queries import own_part

COLUMNS = {
    "CVR-nummer": True,
    "Navn": True,
    "Branche": True,
    "Kommune": True,
    "Kontaktperson": False,
    "Telefon": False,
    "E-mail": False,
    "Spurgt": False,
    "Svaret": False,
    "Interesseret": False,
}


@dataclass(frozen=True)
class Told:
    """One line: the company, and where it stands in the survey."""

    cvr: str
    given: Given
    asked_on: date | None
    answered_on: date | None
    interested: bool | None


def read(text: str, *, by: Hand) -> Report[Told]:
    """The file with everything that is wrong with it, in two statements. Raises Unreadable."""
    known = municipalities(by.at.today)
    towns = [(name, one.id) for one in known for name in {one.name, one.short_name}]
    ids = lines.folded(towns)
    report = lines.read(text, COLUMNS, lambda cells: told(cells, ids, by.at.today))
    lines.refuse_doubles(report, "CVR-nummer", lambda row: row.cvr)
    refuse_known(report, by)
    return report


def told(cells: Cells, towns: Mapping[str, uuid.UUID | None], today: date) -> Told:
    asked, answered = cells.value("Spurgt", lines.day_of), cells.value("Svaret", lines.day_of)
    interested = cells.value("Interesseret", lines.yes_of)
    refuse_days(cells, asked, answered, today)
    if (answered is None) != (interested is None) and not cells.faults:
        cells.refuse("Interesseret", _("Skriv både hvornår de svarede, og ja eller nej."))
    return Told(
        cvr=cells.value("CVR-nummer", numbers.parsed),
        given=Given(
            name=cells.text("Navn"),
            trade=cells.text("Branche"),
            municipality_id=cells.value("Kommune", lambda name: lines.one_of(towns, name)),
            contact_name=cells.text("Kontaktperson") or None,
            contact_phone=cells.text("Telefon") or None,
            contact_email=cells.value("E-mail", lines.email_of),
        ),
        asked_on=asked or answered,
        answered_on=answered,
        interested=interested,
    )


def refuse_days(cells: Cells, asked: date | None, answered: date | None, today: date) -> None:
    for column, day in {"Spurgt": asked, "Svaret": answered}.items():
        if day and day > today:
            cells.refuse(column, _("Dagen ligger ude i fremtiden."))
    if asked and answered and answered < asked:
        cells.refuse("Svaret", _("Dagen ligger før den dag, de blev spurgt."))


def refuse_known(report: Report[Told], by: Hand) -> None:
    """What the register has already is not taken in again: the reader sees who contacts it."""
    known = queries.numbered(by.project, [row.cvr for row in report.rows.values()])
    contacts = {one.contacted_by_id for one in known.values() if one.contacted_by_id}
    names: Mapping[Any, str] = names_on(contacts, by.at.today) if contacts else {}
    for line, row in [*report.rows.items()]:
        if one := known.get(row.cvr):
            words = _("Står allerede i projektet.")
            if who := names.get(one.contacted_by_id):
                words = _("Står allerede i projektet og kontaktes af %(who)s.", who=who)
            report.refuse(line, "CVR-nummer", words)


def take_in(report: Report[Told], ours: bool, *, by: Hand) -> int:
    """All lines that are in order, at once. Raises NotNow outside the own period."""
    own_part(by.project, by.actor, by.at.today)
    made = []
    for row in report.rows.values():
        one = actions.begun(row.cvr, row.given, ours, by=by)
        one.asked_on, one.answered_on = row.asked_on, row.answered_on
        one.interested = row.interested
        made.append(one)
    return actions.add_all(made)
