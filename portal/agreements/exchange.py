"""An agreement as a file of JSON: what is agreed between whom, without negotiation and signatures.

`docs/agreement.schema.json` describes the file. What is read in becomes a draft; the file is a
stranger's, so everything in it is checked before a row is made of it.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from portal import rules
from portal.access import Actor
from portal.agreements import drafting, governed, queries
from portal.agreements.freezing import section_content
from portal.agreements.models import BINDING, SIDES, Agreement, AgreementVersion, Side
from portal.agreements.parameter_kinds import Refused as Wrong
from portal.agreements.parts import AgreementSection
from portal.agreements.templates import sections
from portal.clock import Moment
from portal.workflow import Lack, Refused

FORMAT = "samspil-agreement/1"
LARGEST = 500_000  # bytes
MOST_SECTIONS = 60
SHORT, LINE, LONG = 200, 2000, 20_000  # characters
WHOLE = {"format": SHORT, "title": SHORT, "template": SHORT, "source": LINE, "note": LINE}
PARTY = {"organisation": SHORT, "side": SHORT, "represented_by": SHORT, "mandate": 500}
SECTION = {"key": SHORT, "heading": 300, "prompt": LINE, "text": LONG, "source": LINE}
FLAGS = ("is_free", "is_left_out")
MAY_BE_NULL = {"template", "note", "represented_by", "mandate"}
CODE = re.compile(r"[a-z][a-z0-9_]{0,60}")
OWN_KEY = re.compile(r"[a-z][a-z0-9_-]{0,60}")
Row = dict[str, Any]


def exported(agreement: Agreement, version: AgreementVersion) -> Row:
    """A version as the file holds it: as it was signed, or as it stands while it is negotiated."""
    if version.state not in BINDING:
        return content(agreement, version, queries.sections(version.id))
    made = drafting.carried_over(version)
    for section in made:
        if "term" in section.given:
            days = {"valid_from": version.valid_from, "valid_until": version.valid_until}
            term = section.given["term"] | {key: str(day or "") for key, day in days.items()}
            section.given = section.given | {"term": term}
    return content(agreement, version, made)


def content(
    agreement: Agreement, version: AgreementVersion, made: Sequence[AgreementSection]
) -> Row:
    ids = {row.organisation_id for row in version.sides}
    slugs = queries.slugs(ids)
    parties = [
        {
            "organisation": slugs[row.organisation_id],
            "side": str(row.side),
            "represented_by": slugs.get(row.represented_by_id),
            "mandate": row.mandate,
        }
        for row in version.sides
    ]
    return {
        "format": FORMAT,
        "title": agreement.title,
        "template": version.template,
        "source": version.source,
        "note": version.note,
        "parties": sorted(parties, key=lambda row: str(row["organisation"])),
        "sections": [section_content(section) for section in made],
    }


def as_bytes(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


# --- Taking one in ---


def take_in(file: bytes, *, actor: Actor, at: Moment) -> AgreementVersion:
    """A draft of what the file says, that the own organisation alone sees.

    Raises:
        Refused: the file cannot be used; every reason at once, as far as its shape lets it be read.
    """
    told = table(file)
    refuse(shape_lacks(told))
    refuse(section_lacks(told["sections"]))
    named = {row[key] for row in told["parties"] for key in ("organisation", "represented_by")}
    found = queries.organisations(named)
    ids = {slug: one.id for slug, one in found.items()}
    sides = {slug: SIDES[one.kind] for slug, one in found.items() if one.kind in SIDES}
    refuse(party_lacks(told["parties"], ids, sides, actor))
    origin = {name: told[name] for name in ("template", "source", "note")}
    made = drafting.begin_from(told["title"], ids.values(), rows(told), origin, actor=actor, at=at)
    drafting.act_through(made, mandates(told["parties"], ids))
    return made


def refuse(found: Iterator[str]) -> None:
    if lacks := [Lack("file", text) for text in found]:
        raise Refused(lacks[:20])


def table(file: bytes) -> Any:
    if len(file) > LARGEST:
        raise Refused([Lack("file", _("Filen er for stor. Højst 500 kB."))])
    try:
        told = json.loads(file.decode("utf-8-sig"), parse_constant=int)
        json.dumps(told, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError):
        raise Refused([Lack("file", _("Filen er ikke JSON, som kan læses."))]) from None
    if "\\u0000" in json.dumps(told):
        raise Refused([Lack("file", _("Filen er ikke JSON, som kan læses."))])
    return told


def shape_lacks(told: Any) -> Iterator[str]:
    lists = {"parties": (PARTY, 200), "sections": (SECTION, MOST_SECTIONS)}
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        yield _("Filen er ikke en aftale fra Samspil (%(format)s).", format=FORMAT)
        return
    yield from text_lacks(told, WHOLE, "", {*lists})
    for name, (texts, most) in lists.items():
        found = told.get(name)
        if not isinstance(found, list) or not 1 <= len(found) <= most:
            yield _("»%(name)s« skal være en liste med 1 til %(most)d.", name=name, most=most)
            continue
        more = {*FLAGS, "governs", "given"} if name == "sections" else set()
        for number, row in enumerate(found, 1):
            yield from text_lacks(row, texts, f"{name}[{number}].", more)
            if name == "sections" and isinstance(row, dict):
                yield from flag_lacks(row, f"{name}[{number}].")


def text_lacks(row: Any, texts: Mapping[str, int], where: str, more: set[str]) -> Iterator[str]:
    if not isinstance(row, dict):
        yield _("»%(name)s« har en forkert form.", name=where.rstrip("."))
        return
    for name in sorted(row.keys() - texts.keys() - more):
        yield _("»%(name)s« kendes ikke.", name=f"{where}{name}"[:SHORT])
    for name, most in texts.items():
        cell = row.get(name)
        if not (isinstance(cell, str) or (cell is None and name in MAY_BE_NULL and name in row)):
            yield _("»%(name)s« skal være en tekst.", name=f"{where}{name}")
        elif cell and len(cell) > most:
            shown = format_decimal(most)
            yield _("»%(name)s« må højst være %(most)s tegn.", name=f"{where}{name}", most=shown)
        elif name in {"title", "heading"} and not str(cell).strip():
            yield _("»%(name)s« er tom.", name=f"{where}{name}")


def flag_lacks(row: Row, where: str) -> Iterator[str]:
    for name, kind in {**dict.fromkeys(FLAGS, bool), "governs": list, "given": dict}.items():
        if type(row.get(name)) is not kind:
            yield _("»%(name)s« har en forkert form.", name=f"{where}{name}")


def section_lacks(told: Sequence[Row]) -> Iterator[str]:
    """Sections and parameters are the model's; what the parties added governs nothing."""
    model = {row.key: row for row in sections({})}
    keys = [row["key"] for row in told]
    if len({*keys}) < len(keys):
        yield _("Hvert afsnit må kun stå én gang.")
    for row in told:
        known = model.get(row["key"])
        if (known is None) != row["is_free"] or not OWN_KEY.fullmatch(row["key"]):
            yield _("Afsnittet »%(key)s« kendes ikke.", key=row["key"])
            continue
        governs = [*known.governs] if known else []
        for name in sorted({*row["given"]} ^ {*governs}):
            words = (
                _("Parameteren »%(name)s« mangler i afsnittet »%(key)s«.")
                if name in governs
                else _("Parameteren »%(name)s« kendes ikke i afsnittet »%(key)s«.")
            )
            yield words % {"name": name[:SHORT], "key": row["key"]}
        if row["governs"] != governs:
            yield _("»%(name)s« har en forkert form.", name=f"{row['key']}.governs")
        yield from value_lacks({k: v for k, v in row["given"].items() if k in governs})


def value_lacks(given: Mapping[str, Any]) -> Iterator[str]:
    fit = {}
    for name, value in given.items():
        if all(is_flat(row) for row in (value if isinstance(value, list) else [value])):
            fit[name] = dated(value) if name == "term" else value
        else:
            yield f"{governed.label(name)}: " + _("har en forkert form.")
    try:
        read = governed.check(fit)
    except Wrong as wrong:
        for place, why in wrong.reasons.items():
            yield f"{governed.label(place.partition('-')[0])}: {why}"
        return
    for name in sorted(fit):
        is_list = isinstance(read[name], list) <= isinstance(fit[name], list)
        if not (is_list and (name != "term" or has_types(read[name]))):
            yield f"{governed.label(name)}: " + _("har en forkert form.")
    known = {"", *(row.key for row in rules.rule_sets())}
    if "term" in read and read["term"]["rule_set"] not in known:
        yield _("Regelsættet »%(key)s« kendes ikke.", key=read["term"]["rule_set"])


def has_types(term: Row) -> bool:
    """What no form can send: the reader of a term looks at the cells that its kind asks for."""
    texts = all(isinstance(term[name], str) for name in ("valid_from", "valid_until", "rule_set"))
    return texts and (term["notice_months"] is None or type(term["notice_months"]) is int)


def dated(term: Any) -> Any:
    """A draft's days may still be open; the rest of its term is checked all the same."""
    if not isinstance(term, dict) or term.get("valid_from") != "":
        return term
    some_day = term.get("valid_until") or date.min.isoformat()
    return term | {"valid_from": some_day, "valid_until": some_day}


def is_flat(row: Any) -> bool:
    """Cells are short texts, numbers or nothing: what the readers and the pages count on."""
    cells = row.values() if isinstance(row, dict) else [row]
    if isinstance(row, dict) and "code" in row and not CODE.fullmatch(str(row["code"])):
        return False
    return all(
        cell is None
        or isinstance(cell, bool)
        or (isinstance(cell, int) and abs(cell) <= 1_000_000)
        or (isinstance(cell, str) and len(cell) <= LINE)
        for cell in cells
    )


def party_lacks(
    told: Sequence[Row], ids: Mapping[str, uuid.UUID], sides: Mapping[str, Side], actor: Actor
) -> Iterator[str]:
    named = [row["organisation"] for row in told]
    if len({*named}) < len(named):
        yield _("Hver part må kun stå én gang.")
    for slug in [*named, *(row["represented_by"] for row in told if row["represented_by"])]:
        if slug not in ids:
            yield _("Organisationen »%(slug)s« kendes ikke.", slug=slug)
    if actor.organisation_id not in {ids.get(slug) for slug in named}:
        yield _("Jeres egen organisation er ikke part i aftalen.")
    for row in told:
        if row["organisation"] in ids and row["side"] != sides.get(row["organisation"]):
            yield _("Organisationen »%(slug)s« står på en forkert side.", slug=row["organisation"])
    if any(row["mandate"] and not row["represented_by"] for row in told):
        yield _("En fuldmagt kræver en part, der handler.")


def rows(told: Mapping[str, Any]) -> list[AgreementSection]:
    """The values as the readers give them: a number may stand in a file as a text."""
    return [AgreementSection(**row | {"given": values(row["given"])}) for row in told["sections"]]


def values(given: Row) -> Row:
    return {
        name: one if name == "term" else governed.read(name, one) for name, one in given.items()
    }


def mandates(told: Sequence[Row], ids: Mapping[str, uuid.UUID]) -> drafting.Mandates:
    return {
        ids[row["organisation"]]: (ids[row["represented_by"]], row["mandate"] or "")
        for row in told
        if row["represented_by"]
    }
