"""Reads members and hours from a file: every line is checked before any is taken.

Nothing here writes; `recording.py` and `actions.py` do.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _

from portal import cpr, lines, uploads
from portal.cases.actions import Member
from portal.cpr import Cpr, NotCpr
from portal.lines import Cells, Report, Unreadable, Wrong

MOST_BYTES = 250_000  # sealed it must still pass as a form field
MONTH = re.compile(r"(?:(\d{1,2})[-./ ](\d{4})|(\d{4})-(\d{2}))")
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


@dataclass(frozen=True)
class Hours:
    """Hours of one member's month; the member is named by number or own reference."""

    cpr: Cpr | None
    own_reference: str | None
    month: date
    hours: Decimal
    reason: str | None


@dataclass(frozen=True)
class Names:
    """What the words of a file stand for: ids by folded name; None where two have the same."""

    municipalities: Mapping[str, uuid.UUID | None]
    advisers: Mapping[str, uuid.UUID | None]
    units: Mapping[str, uuid.UUID | None]


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
            municipality_id=cells.value(
                "Kommune", lambda name: lines.one_of(names.municipalities, name)
            ),
            benefit_start=cells.value("Dagpengeperiode fra", lines.day_of),
            weekly_hours=cells.value("Timer om ugen", _weekly) or Decimal(37),
            phone=cells.text("Telefon") or None,
            email=cells.value("E-mail", lines.email_of),
            adviser_id=cells.value("Rådgiver", lambda name: lines.one_of(names.advisers, name)),
            unit_id=cells.value("Enhed", lambda name: lines.one_of(names.units, name)),
            own_reference=cells.text("Egen reference") or None,
            trial=bool(cells.value("Forsøg", lines.yes_of)),
        )

    report = lines.read(text, MEMBER_COLUMNS, read)
    lines.refuse_doubles(report, "CPR-nummer", lambda member: member.cpr)
    lines.refuse_doubles(report, "Egen reference", lambda member: member.own_reference)
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

    report = lines.read(text, HOURS_COLUMNS, read)
    lines.refuse_doubles(report, "Måned", lambda row: (row.cpr, row.own_reference, row.month))
    return report


def _cpr(text: str, today: date) -> Cpr:
    try:
        return cpr.parse(text, today=today)
    except NotCpr as wrong:
        raise Wrong(_(str(wrong))) from None


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
