"""Taking a file in: what it says is held against the database, then all of it, or nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from portal.access import Actor
from portal.cases import actions, files, places, queries
from portal.cases.actions import Member, begun
from portal.cases.files import Hours, Names
from portal.cases.models import BenefitHours, MemberCase
from portal.cases.responsibility import first_of
from portal.db import db
from portal.keys import Keys
from portal.lines import Report, folded
from portal.organisations.queries import municipalities
from portal.workflow import Refused


@dataclass(frozen=True)
class Setting:
    """Who imports, when, with which keys; `fund` is the slug of the own organisation."""

    actor: Actor
    fund: str
    keys: Keys
    today: date


# --- Members ---


def read_members(text: str, setting: Setting) -> Report[Member]:
    """The file with everything that is wrong with it. Raises Unreadable."""
    report = files.members(text, _names(setting), today=setting.today)
    refuse_known(report, setting.keys)
    for line, member in [*report.rows.items()]:
        try:
            actions.rule_set_for(member, fund=setting.fund, municipality="")
        except Refused as refused:
            report.refuse(line, "Dagpengeperiode fra", refused.lacks[0].text)
    return report


def import_members(members: Iterable[Member], setting: Setting) -> int:
    """Open a case for each; they were read and checked in this transaction."""
    slugs = {each.id: each.slug for each in municipalities(setting.today)}
    units: dict[Any, Any] = {each.id: each.unit_id for each in places.advisers(setting.today)}
    cases = [
        begun(
            member,
            (member.adviser_id, member.unit_id or units.get(member.adviser_id)),
            fund=setting.fund,
            municipality=slugs[member.municipality_id],
            keys=setting.keys,
            actor=setting.actor,
        )
        for member in members
    ]
    db.session.add_all(cases)
    db.session.flush()
    return len(cases)


def _names(setting: Setting) -> Names:
    known = municipalities(setting.today)
    both = [(name, each.id) for each in known for name in {each.name, each.short_name}]
    advisers, units = (
        places.advisers(setting.today),
        places.units(setting.actor.organisation_id, setting.today),
    )
    return Names(
        municipalities=folded(both),
        advisers=folded([(each.name, each.id) for each in advisers]),
        units=folded([(each.name, each.id) for each in units]),
    )


def refuse_known(
    report: Report[Member],
    keys: Keys,
    numbers: str = "CPR-nummer",
    references: str = "Egen reference",
) -> None:
    """Whoever has an open case is not registered again; the two are places in the file."""
    indexes = {line: keys.find_cpr(m.cpr) for line, m in report.rows.items() if m.cpr}
    own = {line: m.own_reference for line, m in report.rows.items() if m.own_reference}
    known, taken = queries.all_taken(indexes.values(), own.values())
    for line in [*report.rows]:
        if indexes.get(line) in known:
            report.refuse(line, numbers, _("Medlemmet har allerede en åben sag."))
        elif own.get(line) in taken:
            report.refuse(line, references, _("Referencen bruges på en åben sag."))


# --- Hours ---


@dataclass(frozen=True)
class Taken:
    """Hours of a line with the case that they belong to."""

    case: MemberCase
    hours: Hours


def read_hours(text: str, setting: Setting) -> Report[Taken]:
    """The file with everything that is wrong with it. Raises Unreadable."""
    read = files.hours(text, today=setting.today)
    cases = _cases_of(read.rows.values(), setting.keys)
    known, _transfers = queries.facts_of([case.id for case in cases.values()])
    report: Report[Taken] = Report(faults=read.faults)
    for line, row in read.rows.items():
        case = cases.get(_key(row, setting.keys))
        if case is None:
            report.refuse(line, "Egen reference", _("A-kassen har ingen åben sag for medlemmet."))
        elif not first_of(case.benefit_start) <= row.month <= setting.today:
            report.refuse(line, "Måned", _("Måneden ligger uden for dagpengeperioden."))
        elif _corrects(row, known[case.id]) and not row.reason:
            words = _("Måneden har andre timer i forvejen. Skriv, hvorfor de rettes.")
            report.refuse(line, "Årsag", words)
        else:
            report.rows[line] = Taken(case, row)
    return report


@dataclass(frozen=True)
class Correction:
    """Hours of a month that were other before, and why they are corrected."""

    case: MemberCase
    was: Decimal
    now: Hours


@dataclass(frozen=True)
class Shift:
    """A member whose forecast the file moves. A confirmed day stays whatever the hours say."""

    case: MemberCase
    was: date | None
    day: date | None
    confirmed: date | None


@dataclass(frozen=True)
class Outlook:
    """What taking the file would lead to: nothing of it has happened."""

    corrections: list[Correction]
    shifts: list[Shift]


def outlook(rows: Iterable[Taken]) -> Outlook:
    """Of a file that was read; three statements for any number of lines."""
    by_case: dict[MemberCase, list[Hours]] = {}
    for row in rows:
        by_case.setdefault(row.case, []).append(row.hours)
    known, transfers = queries.facts_of([case.id for case in by_case])
    corrections = [
        Correction(case, queries.newest(known[case.id])[one.month], one)
        for case, hours in by_case.items()
        for one in hours
        if _corrects(one, known[case.id])
    ]
    newest = {case_id: queries.confirmed(rows) for case_id, rows in transfers.items()}
    confirmed = {case_id: row.day for case_id, row in newest.items() if row}
    moved = (
        shift(case, known[case.id], hours, confirmed.get(case.id))
        for case, hours in by_case.items()
    )
    return Outlook(corrections, [one for one in moved if one.was != one.day])


def shift(
    case: MemberCase, known: Iterable[BenefitHours], new: Iterable[Hours], confirmed: date | None
) -> Shift:
    recorded = queries.newest(known)
    after = recorded | {one.month: one.hours for one in new}
    was, day = (queries.forecast_of(case, hours).day for hours in (recorded, after))
    return Shift(case, was, day, confirmed)


def import_hours(rows: Iterable[Taken], setting: Setting) -> int:
    """Add what is new; hours that are known already are passed over. The number of rows added."""
    rows = [*rows]
    known, _transfers = queries.facts_of([row.case.id for row in rows])
    new = [row for row in rows if _differs(row.hours, known[row.case.id])]
    db.session.add_all(_recorded(row, setting.actor) for row in new)
    db.session.flush()
    actions.recount(*{row.case.id: row.case for row in new}.values())
    db.session.flush()
    return len(new)


def _recorded(row: Taken, actor: Actor) -> BenefitHours:
    return BenefitHours(
        organisation_id=row.case.organisation_id,
        case_id=row.case.id,
        month=row.hours.month,
        hours=row.hours.hours,
        source="file",
        reason=row.hours.reason,
        recorded_by=actor.name,
    )


def _corrects(row: Hours, known: Iterable[BenefitHours]) -> bool:
    return row.month in queries.newest(known) and _differs(row, known)


def _differs(row: Hours, known: Iterable[BenefitHours]) -> bool:
    return queries.newest(known).get(row.month) != row.hours


def _key(row: Hours, keys: Keys) -> bytes | str | None:
    return keys.find_cpr(row.cpr) if row.cpr else row.own_reference


def _cases_of(rows: Iterable[Hours], keys: Keys) -> Mapping[bytes | str | None, MemberCase]:
    """Open cases by what names them in the file."""
    wanted = {_key(row, keys) for row in rows}
    indexes = [key for key in wanted if isinstance(key, bytes)]
    found = queries.open_cases(indexes, [key for key in wanted if isinstance(key, str)])
    by_number = {case.cpr_index: case for case in found if case.cpr_index}
    return by_number | {case.own_reference: case for case in found if case.own_reference}


def sealed(text: str, setting: Setting, kind: str) -> str:
    """The file as the confirming page carries it: for this person and this purpose only."""
    return setting.keys.seal(text, table="file", column=kind, row_id=setting.actor.user_id)


def unsealed(value: str, setting: Setting, kind: str) -> str:
    """Raises Undecipherable."""
    return setting.keys.open(value, table="file", column=kind, row_id=setting.actor.user_id)
