"""The content of a version: what is lacking before it can be signed, and its frozen form.

The canonical form is JSON with sorted keys; equal content has equal bytes and so an equal hash.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _

from portal.agreements import criteria, governed, queries
from portal.agreements.governed import day as day_of_text
from portal.agreements.models import Agreement, AgreementSide, AgreementVersion, Side, Term
from portal.agreements.parameter_kinds import Refused as Wrong
from portal.agreements.parameters import definitions, parse
from portal.agreements.parts import AgreementSection, AgreementSignatory, SectionState
from portal.organisations.collation import sort_key
from portal.organisations.queries import names_on
from portal.workflow import Lack

TABLES = ("criteria", "goals", "contacts")


def settled(sections: Iterable[AgreementSection]) -> dict[str, Any]:
    """What all sections say of everything that is governed, by name."""
    return {name: value for section in sections for name, value in section.given.items()}


def lacks(
    agreement: Agreement,
    version: AgreementVersion,
    sections: Sequence[AgreementSection],
    signatories: Sequence[AgreementSignatory],
    today: date,
) -> list[Lack]:
    """Everything that keeps the version from being signed, each at its section's key."""
    values = settled(sections)
    return [
        *section_lacks(sections),
        *party_lacks(version.sides, signatories, today),
        *term_lacks(agreement, version, values.get("term") or {}, today),
        *parameter_lacks(sections, values),
        *criteria_lacks(values),
    ]


def section_lacks(sections: Iterable[AgreementSection]) -> Iterator[Lack]:
    for section in sections:
        if section.state != SectionState.AGREED:
            words = _("»%(heading)s« er ikke aftalt endnu.", heading=section.heading)
            yield Lack(section.key, words)


def party_lacks(
    sides: Iterable[AgreementSide], signatories: Iterable[AgreementSignatory], today: date
) -> Iterator[Lack]:
    if {row.side for row in acting(sides)} != {Side.FUND, Side.MUNICIPALITY}:
        yield Lack("parties", _("Der skal være mindst én a-kasse og én kommune, som handler selv."))
    missing = without_signatory(sides, signatories)
    if missing:
        who = ", ".join(sorted(names_on(missing, today).values(), key=sort_key))
        yield Lack("signatories", _("Der mangler en underskriver hos: %(who)s.", who=who))


def without_signatory(
    sides: Iterable[AgreementSide], signatories: Iterable[AgreementSignatory]
) -> set[uuid.UUID]:
    """Who acts on its own and has named nobody to sign."""
    return {row.organisation_id for row in acting(sides)} - {
        row.organisation_id for row in signatories
    }


def acting(sides: Iterable[AgreementSide]) -> list[AgreementSide]:
    return [row for row in sides if row.side != Side.OBSERVER and row.represented_by_id is None]


def term_lacks(
    agreement: Agreement, version: AgreementVersion, term: Mapping[str, Any], today: date
) -> Iterator[Lack]:
    first, last = day_of_text(term.get("valid_from")), day_of_text(term.get("valid_until"))
    if first is None:
        yield Lack("term", _("Skriv, hvornår aftalen begynder."))
        return
    if first < today:
        yield Lack("term", _("Første dag er gået. Vælg en dag fra i dag og frem."))
    funds = [row.organisation_id for row in version.sides if row.side == Side.FUND]
    others = [row.organisation_id for row in version.sides if row.side == Side.MUNICIPALITY]
    for other in queries.governing(funds, others, first, last):
        if other.agreement_id != agreement.id and not other.has_ended(first):
            words = _("Der er allerede en aftale mellem to af parterne i perioden: »%(title)s«.")
            yield Lack("term", words % {"title": other.agreement.title})


def parameter_lacks(
    sections: Iterable[AgreementSection], values: Mapping[str, Any]
) -> Iterator[Lack]:
    """What holds between parameters of different sections."""
    where = {name: section.key for section in sections for name in section.governs}
    try:
        parse({name: values[name] for name in definitions() if name in values})
    except Wrong as wrong:
        for name, reason in wrong.reasons.items():
            label = definitions()[name].label if name in definitions() else name
            yield Lack(where.get(name, "roles"), f"{label}: {reason}")


def criteria_lacks(values: Mapping[str, Any]) -> Iterator[Lack]:
    """What is picked must be there when the agreement begins, and enough of it until it ends."""
    term, rows = values.get("term") or {}, values.get("criteria") or []
    first, last = day_of_text(term.get("valid_from")), day_of_text(term.get("valid_until"))
    for name in sorted(governed.RETIRING):
        found = governed.retired(name, values.get(name), first) if first else ()
        yield from (Lack("visitation", why) for _place, why in found)
    if "visitation" not in (values.get("kinds") or []):
        return
    lasting = criteria.offered(rows, last or date.max)
    judged, needed = criteria.judged(lasting), values.get("criteria_needed") or 1
    if not rows:
        yield Lack("visitation", _("Visitation kræver mindst ét kriterium."))
    elif not lasting:
        yield Lack("visitation", _("Mindst ét kriterium skal gælde i hele aftalens tid."))
    elif values.get("criteria_rule") == "at_least" and len(judged) < needed:
        words = _("Reglen kræver %(needed)s kriterier; kun %(there)s gælder i hele aftalens tid.")
        yield Lack("visitation", words % {"needed": needed, "there": len(judged)})


def freeze(
    agreement: Agreement,
    version: AgreementVersion,
    sections: Sequence[AgreementSection],
    attempt: int,
) -> None:
    """Write the content onto the version, with its hash.

    `attempt` counts how often it was sent to be signed: a signature is for one of them.
    """
    values = settled(sections)
    term = values["term"]
    version.term = Term(term["term"])
    version.valid_from = day_of_text(term["valid_from"])
    version.valid_until = version.ends_on = day_of_text(term["valid_until"])
    version.notice_months, version.rule_set = term["notice_months"], term["rule_set"] or None
    version.parameters = {name: values[name] for name in definitions()}
    version.criteria, version.goals = values["criteria"], values["goals"]
    version.contacts = values["contacts"]
    version.sections = [section_content(section) for section in sections]
    version.parameter_sources = dict.fromkeys(definitions(), version.source)
    version.hash = digest(content(agreement, version) | {"attempt": attempt})


def section_content(section: AgreementSection) -> dict[str, Any]:
    return {
        "key": section.key,
        "heading": section.heading,
        "prompt": section.prompt,
        "text": section.text,
        "source": section.source,
        "governs": section.governs,
        "given": section.given,
        "is_free": section.is_free,
        "is_left_out": section.is_left_out,
    }


def content(agreement: Agreement, version: AgreementVersion) -> dict[str, Any]:
    """All that is agreed between whom, with organisations by their slugs."""
    ids = {row.organisation_id for row in version.sides}
    ids |= {row.represented_by_id for row in version.sides if row.represented_by_id}
    slugs = queries.slugs(ids)
    return {
        "key": agreement.key,
        "title": agreement.title,
        "number": version.number,
        "template": version.template,
        "parties": sorted(
            (
                {
                    "organisation": slugs[row.organisation_id],
                    "side": row.side,
                    "represented_by": slugs.get(row.represented_by_id),
                    "mandate": row.mandate,
                }
                for row in version.sides
            ),
            key=lambda row: str(row["organisation"]),
        ),
        "sections": version.sections,
        "note": version.note,
    }


def canonical(content: Mapping[str, Any]) -> bytes:
    compact = (",", ":")
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=compact, default=str)
    return text.encode()


def digest(content: Mapping[str, Any]) -> str:
    return sha256(canonical(content)).hexdigest()
