"""The templates that an agreement is begun from, as they lie in `config/agreements/templates/`.

A new template is a new file and needs no code: the seventeen sections stand in `sections.toml`, a
template adds its texts, parameters, criteria, goals and tasks. `flaws` says what is wrong in one.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from portal.agreements import catalogue
from portal.agreements.governed import is_known
from portal.agreements.models import Term
from portal.agreements.parameter_kinds import Refused
from portal.agreements.parameters import Parameters, default, parse, plain
from portal.settings import CONFIG

FOLDER = CONFIG / "agreements" / "templates"
SECTIONS = "sections"
UNKNOWN = "Kendes ikke."
NEEDED = {"title": str, "version": int, "about": str, "source": str, "term": str}
ALLOWED = {
    "criteria": list,
    "goal_set": str,
    "goals": list,
    "text": dict,
    "contact_role": list,
    "parameters": dict,
    "notice_months": int,
    "place": int,
}
LAST = 99


@dataclass(frozen=True)
class TemplateSection:
    """A section with what it asks; where the template's source says something, also its text."""

    key: str
    heading: str
    prompt: str
    governs: tuple[str, ...]
    text: str
    source: str


@dataclass(frozen=True)
class Template:
    """A whole agreement to begin from; `name` is the file's."""

    name: str
    version: int
    title: str
    about: str
    source: str
    term: Term
    notice_months: int | None
    sections: tuple[TemplateSection, ...]
    parameters: Parameters
    criteria: tuple[dict[str, Any], ...]
    goals: tuple[dict[str, Any], ...]
    contacts: tuple[dict[str, Any], ...]
    place: int  # among those offered

    @property
    def stamp(self) -> str:
        return f"{self.name}, version {self.version}"

    def given(self, section: TemplateSection) -> dict[str, Any]:
        """What the section starts with for all that it governs."""
        term = {"term": self.term, "notice_months": self.notice_months}
        days = {"valid_from": "", "valid_until": "", "rule_set": ""}
        values = plain(self.parameters) | {
            "criteria": [*self.criteria],
            "goals": [*self.goals],
            "contacts": [*self.contacts],
            "term": term | days,
        }
        return {name: values[name] for name in section.governs}


@cache
def templates() -> dict[str, Template]:
    """Every template by name, those with the fewest parties first."""
    files = sorted(FOLDER.glob("*.toml"))
    found = [template(file) for file in files if file.stem != SECTIONS]
    return {one.name: one for one in sorted(found, key=lambda one: one.place)}


def template(file: Path) -> Template:
    table = table_of(file)
    catalogued = {row.code: asdict(row) for row in catalogue.criteria()}
    agreed = catalogue.goals(table["goal_set"]) if "goal_set" in table else ()
    return Template(
        name=file.stem,
        version=table["version"],
        title=table["title"],
        about=table["about"],
        source=table["source"],
        term=Term(table["term"]),
        notice_months=table.get("notice_months"),
        sections=tuple(sections(table)),
        parameters=parse(plain(default()) | table.get("parameters", {})),
        criteria=tuple(as_json(catalogued[code]) for code in table.get("criteria", ())),
        goals=tuple(as_json(asdict(goal)) for goal in agreed if goal.code in table["goals"]),
        contacts=tuple(table.get("contact_role", ())),
        place=table.get("place", LAST),
    )


def sections(table: Mapping[str, Any]) -> Iterator[TemplateSection]:
    model = table_of(FOLDER / f"{SECTIONS}.toml")
    for row in model["section"]:
        text = table.get("text", {}).get(row["key"], {"text": "", "source": model["source"]})
        yield TemplateSection(
            key=row["key"],
            heading=row["heading"],
            prompt=row["prompt"],
            governs=tuple(row["governs"]),
            text=text["text"].strip(),
            source=text["source"],
        )


def as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Days as ISO texts."""
    return {key: str(cell) if hasattr(cell, "isoformat") else cell for key, cell in row.items()}


def table_of(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


def flaws(file: Path, today: date) -> Iterator[tuple[str, str]]:
    """The key that is wrong in a template's file, and why, in Danish.

    Wrong is also what could not be agreed any more if one began from it today.
    """
    try:
        table = table_of(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        yield "filen", f"Kan ikke læses: {error}"
        return
    yield from shape_flaws(table)
    known = {row["key"] for row in table_of(FOLDER / f"{SECTIONS}.toml")["section"]}
    yield from ((f"text.{key}", UNKNOWN) for key in table.get("text", {}) if key not in known)
    yield from unknown_codes("criteria", table, {row.code for row in catalogue.criteria()})
    yield from retired_codes(table, today)
    yield from goal_flaws(table)
    if table.get("term") not in [*Term]:
        yield "term", f"Skal være en af: {', '.join(Term)}."
    try:
        parse(plain(default()) | table.get("parameters", {}))
    except Refused as refused:
        yield from ((f"parameters.{name}", reason) for name, reason in refused.reasons.items())


def shape_flaws(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((key, "Mangler.") for key in NEEDED if key not in table)
    for key, value in table.items():
        kind = {**NEEDED, **ALLOWED}.get(key)
        if kind is None:
            yield key, UNKNOWN
        elif type(value) is not kind:
            yield key, "Har en forkert type."


def unknown_codes(key: str, table: Mapping[str, Any], known: set[str]) -> Iterator[tuple[str, str]]:
    codes = (code for code in table.get(key, ()) if code not in known)
    yield from ((key, f"Koden »{code}« kendes ikke.") for code in codes)


def retired_codes(table: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    there = {row.code for row in catalogue.criteria() if row.holds(today)}
    known = {row.code for row in catalogue.criteria()}
    gone = (code for code in table.get("criteria", ()) if code in known - there)
    yield from (("criteria", f"Kriteriet »{code}« er udgået.") for code in gone)


def goal_flaws(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        agreed = catalogue.goals(table["goal_set"]) if "goal_set" in table else ()
    except LookupError:
        yield "goal_set", f"Sættet »{table['goal_set']}« findes ikke."
    else:
        yield from unknown_codes("goals", table, {goal.code for goal in agreed})


def unknown_names() -> list[str]:
    """What the sections claim to govern and nobody knows."""
    model = table_of(FOLDER / f"{SECTIONS}.toml")
    return [name for row in model["section"] for name in row["governs"] if not is_known(name)]
