"""An agreement as its readers see it: the page and the PDF are made of the same words."""

import tomllib
import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from flask_babel import format_date, format_datetime, get_locale, ngettext
from flask_babel import gettext as _

from portal.agreements import contacts, criteria
from portal.agreements.governed import SENSITIVITIES
from portal.agreements.models import Agreement, AgreementSide, AgreementVersion, Side
from portal.agreements.parameter_kinds import Choice, Choices, Definition, Flag, Lines, Unit, Whole
from portal.agreements.parameters import DEFAULT, KINDS, Parameters, definitions
from portal.agreements.queries import parameters_of, signatures
from portal.organisations.collation import sort_key
from portal.organisations.queries import names_on, units
from portal.pdf import (
    AgreedCriterion,
    AgreementContact,
    AgreementParty,
    Fact,
    Goal,
    Letter,
    Parameter,
)
from portal.pdf import Agreement as Document

Row = Mapping[str, Any]
Names = Mapping[uuid.UUID, str]
BY_DEFAULT = "default"  # the source of a parameter that Samspil's standard fills in
# Those that stand in places of their own.
LISTED = ("kinds", "plan_fields", "rejection_reasons", "criteria_rule", "criteria_needed")


def document(
    agreement: Agreement, version: AgreementVersion, *, today: date, people: bool = False
) -> Document:
    """Names are those of the version's first day, mailboxes and people those of today.

    A document that lasts names no people: they change without it, and observers read it too.
    """
    names = names_on((row.organisation_id for row in version.sides), version.begins_on)
    agreed = parameters_of(version)
    made: Document = {
        "letter": _letter(agreement, version, names),
        "title": agreement.title,
        "parties": [_party(row, names) for row in _sorted(version, names)],
        "valid_from": _day(version.begins_on),
        "valid_until": _last_day(version),
        "covers": [str(KINDS[kind]) for kind in agreed.kinds],
        "sections": [{"heading": row["heading"], "text": said_in(row)} for row in version.sections],
        "parameters": parameters(agreed),
        "criteria": [criterion(row) for row in criteria.judged(version.criteria)],
        "statutory": [criterion(row) for row in criteria.statutory(version.criteria)],
        "rule": criteria.in_words(agreed.rule, version.criteria) if version.criteria else "",
        "reasons": [until(vars(reason)) for reason in agreed.rejection_reasons],
        "plan": plan(agreed),
        "goals": [_goal(row) for row in version.goals],
        "contacts": [*_contacts(agreement, version, names, today, people)],
        "versions": [_version(row) for row in agreement.binding],
        "sources": sources(version),
    }
    if version.note:
        made["notice"] = {"head": _("Bemærk"), "text": version.note}
    if version.expected_per_year is not None:
        made["facts"] = [(_("Forventede nyledige om året"), str(version.expected_per_year))]
    return made


def said_in(section: Mapping[str, Any]) -> str:
    """Its text; of a section without one, where else to look, or that nothing is agreed."""
    if section.get("is_left_out"):
        return str(_("Ikke aftalt: afsnittet udgår af aftalen."))
    if not section["text"].strip() and section.get("governs"):
        return str(_("Det, der er aftalt her, står i skemaerne længere nede."))
    return str(section["text"])


def signed_document(agreement: Agreement, version: AgreementVersion, *, today: date) -> Document:
    """The document with who signed it, and what kind of signature that is."""
    made = document(agreement, version, today=today)
    names = names_on((row.organisation_id for row in version.sides), version.begins_on)
    if not (found := signatures(version)):
        return made  # taken in from a file: signed elsewhere
    made["signatures"] = [
        {
            "organisation": names[row.organisation_id],
            "person": f"{row.name}, {row.title}. {row.authority}",
            "day": format_datetime(row.at, "d. MMMM y 'kl.' HH.mm"),
        }
        for row in found
    ]
    words = _(
        "Underskrifterne er elektroniske godkendelser, givet i Samspil efter pålogning gennem hver "
        "parts egen identitetsudbyder. De er ikke kvalificerede elektroniske signaturer."
    )
    made["signed"] = str(words)
    return made


def _letter(agreement: Agreement, version: AgreementVersion, names: Names) -> Letter:
    """The first sentence of a note stands on every page: what is no real agreement says so."""
    parties = (names[row.organisation_id] for row in _sorted(version, names))
    made: Letter = {
        "sender": {"name": ", ".join(parties)},
        "reference": agreement.key,
        "version": str(version.number),
        "dated": _day(version.begins_on),
        "hash": version.hash,
    }
    if version.note:
        made["mark"] = version.note.partition(".")[0]
    return made


def parameters(agreed: Parameters) -> list[Parameter]:
    """Each with what is agreed and where it takes effect."""
    return [
        {
            "name": str(definition.label),
            "value": value_words(definition, getattr(agreed, name)),
            "note": effect(definition),
        }
        for name, definition in definitions().items()
        if name not in LISTED
    ]


@cache
def standard() -> dict[str, str]:
    """What the page says of the terms that hold where no agreement is in force."""
    table = tomllib.loads(DEFAULT.read_text("utf-8"))
    return {name: table[name] for name in ("title", "text", "source")}


def plan(agreed: Parameters) -> list[str]:
    return [
        _("%(field)s (krav)", field=label(vars(row))) if row.required else label(vars(row))
        for row in agreed.plan_fields
    ]


def sources(version: AgreementVersion) -> list[str]:
    """Each once, the agreement's own first, and last what Samspil's standard fills in."""
    rows = [*version.sections, *version.contacts, *version.criteria, *version.goals]
    origins = version.parameter_sources
    found = [version.source, *(row["source"] for row in rows), *origins.values()]
    named = [source for source in dict.fromkeys(found) if source != BY_DEFAULT]
    filled = [
        str(definition.label)
        for name, definition in definitions().items()
        if origins.get(name) == BY_DEFAULT
    ]
    words = _("Samspils standard, hvor parterne ikke har aftalt andet: %(terms)s")
    return [*named, words % {"terms": ", ".join(filled)}] if filled else named


def label(row: Row) -> str:
    """In the reader's language, Danish where it has no other."""
    locale = get_locale()
    return str(row.get(f"label_{locale.language if locale else 'da'}") or row["label_da"])


def effect(definition: Definition) -> str:
    """Where the parameter takes effect, also where it does so only later."""
    if not definition.ahead:
        return str(definition.effect)
    later = _("Aftalt på forhånd: Samspil følger det ikke endnu.")  # in braces it is not extracted
    return f"{definition.effect} {later}"


def value_words(definition: Definition, value: Any) -> str:
    match definition:
        case Flag():
            return str(_("Ja") if value else _("Nej"))
        case Choice():
            return str(definition.options[value])
        case Choices():
            return ", ".join(str(definition.options[one]) for one in value) or str(_("Ingen"))
        case Lines():
            return "; ".join(value) or str(definition.empty)
        case Whole():
            return counted(value, definition.unit)
        case _:
            return str(value)


def counted(number: int, unit: Unit) -> str:
    match unit:
        case Unit.WORKING_DAYS:
            return str(ngettext("%(num)d arbejdsdag", "%(num)d arbejdsdage", number))
        case Unit.DAYS:
            return str(ngettext("%(num)d dag", "%(num)d dage", number))
        case Unit.HOURS:
            return str(ngettext("%(num)d time", "%(num)d timer", number))
    return str(number)


def criterion(row: Row) -> AgreedCriterion:
    """How it is asked, what a yes rests on, and how long it is asked."""
    basis = criteria.EVIDENCE[row.get("evidence", "self_reported")]
    asked = [row["guidance"], row.get("wording") or ""]
    return {
        "criterion": until(row),
        "guidance": " ".join(text for text in asked if text),
        "basis": str(basis),
        "sensitivity": str(SENSITIVITIES[row["sensitivity"]]),
    }


def until(row: Row) -> str:
    """The label, with the last day where it has one."""
    if not row.get("valid_until"):
        return label(row)
    last = _day(date.fromisoformat(str(row["valid_until"])))
    return str(_("%(label)s (til og med %(last)s)", label=label(row), last=last))


def _sorted(version: AgreementVersion, names: Names) -> list[AgreementSide]:
    def place(row: AgreementSide) -> tuple[bool, str]:
        return row.side != Side.FUND, sort_key(names[row.organisation_id])

    return sorted(version.sides, key=place)


def _party(row: AgreementSide, names: Names) -> AgreementParty:
    words = {
        Side.FUND: _("A-kasse"),
        Side.MUNICIPALITY: _("Kommune"),
        Side.OBSERVER: _("Observatør"),
    }
    name, side = names[row.organisation_id], words[row.side]
    if not row.represented_by_id:
        return {"name": name, "side": side}
    acts = _("%(who)s handler på vegne af parten.", who=names[row.represented_by_id])
    return {"name": name, "side": side, "note": f"{acts} {row.mandate}"}


def _contacts(
    agreement: Agreement, version: AgreementVersion, names: Names, today: date, people: bool
) -> Iterator[AgreementContact]:
    """The functions that each side fills, then the units with their functional mailboxes."""
    sides = _sorted(version, names)
    there = contacts.desks(agreement, version, today)
    mailboxes = [
        unit for unit in units((row.organisation_id for row in sides), today) if unit.mailbox
    ]
    for side in sides:
        name = names[side.organisation_id]
        for desk in (row for row in there if row.organisation_id == side.organisation_id):
            person, reach = _filled(desk, people)
            role = label(desk.function)
            yield {"organisation": name, "person": person, "role": role, "reach": reach}
        for unit in (row for row in mailboxes if row.organisation_id == side.organisation_id):
            yield {
                "organisation": name,
                "person": unit.name,
                "role": _("Funktionspostkasse"),
                "reach": unit.mailbox or "",
            }


def _filled(desk: contacts.Desk, people: bool) -> tuple[str, str]:
    """Who it is, and how that person is reached."""
    if not people:
        return _("Udpeges af parten i Samspil"), desk.mailbox or "–"
    person = desk.person
    reach = [person.phone if person else None, desk.mailbox]
    return person.name if person else _("Ikke udpeget"), "\n".join(filter(None, reach)) or "–"


def _goal(row: Row) -> Goal:
    words = {
        "register": _("Registertal"),
        "own_count": _("Egen optælling"),
        "survey": _("Spørgeskema"),
    }
    return {
        "goal": row["indicator"],
        "target": goal_target(row),
        "measured": f"{words[row['measured_by']]}: {row['method']}",
    }


def goal_target(row: Row) -> str:
    """What it is held against, and where the parties began."""
    words = goal_figure(row, row["target"]) if row["target"] is not None else _("Gennemført")
    if row.get("baseline") is None:
        return str(words)
    began = goal_amount(row, row["baseline"])
    return str(_("%(target)s (udgangspunkt: %(began)s)", target=words, began=began))


def goal_figure(row: Row, figure: int) -> str:
    amount = goal_amount(row, figure)
    if row.get("direction") == "at_most":
        return str(_("Højst %(amount)s", amount=amount))
    return str(_("Mindst %(amount)s", amount=amount))


def goal_amount(row: Row, figure: int) -> str:
    if row["unit"] == "percent":
        return str(_("%(figure)d pct.", figure=figure))
    return str(_("%(figure)d om året", figure=figure))


def _version(row: AgreementVersion) -> Fact:
    span = _("%(first)s til %(last)s", first=_day(row.begins_on), last=_last_day(row))
    return _("Version %(number)d", number=row.number), span


def _last_day(version: AgreementVersion) -> str:
    return _day(version.last_day) if version.last_day else str(_("den opsiges"))


def _day(day: date) -> str:
    return str(format_date(day, "long"))
