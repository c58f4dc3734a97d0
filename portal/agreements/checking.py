"""Reads written agreements from files and says everything that is wrong in them at once."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from portal.access import OrganisationKind
from portal.agreements import catalogue
from portal.agreements.catalogue import ContactRole, Section, WrittenAgreement
from portal.agreements.governed import TOLD_OF
from portal.agreements.models import Side
from portal.agreements.parameter_kinds import Refused
from portal.agreements.parameters import DEFAULT, definitions, parse

Table = dict[str, Any]
Shape = Mapping[str, type]
Found = Iterator[tuple[str, str]]
"""The key that is wrong, and why, in Danish."""

FILE: Shape = {
    "note": str,
    "source": str,
    "valid_from": date,
    "criteria": list,
    "goal_set": str,
    "goals": list,
    "agreement": list,
    "section": list,
    "contact_role": list,
    "parameters": dict,
    "parameter_sources": dict,
}
AGREEMENT: Shape = {"key": str, "title": str, "funds": list, "municipalities": list}
SECTION: Shape = {field.name: str for field in fields(Section)}
CONTACT_ROLE: Shape = {row.name: str for row in fields(ContactRole) if row.default is MISSING}
OPTIONAL: Shape = {"valid_until": date, "expected_per_year": int, "told_of": str}
PARTIES = {
    "funds": OrganisationKind.UNEMPLOYMENT_FUND,
    "municipalities": OrganisationKind.MUNICIPALITY,
}
NEVER_EMPTY = {"agreement", "section", *PARTIES}
CODES = {"criteria", "goals", *PARTIES}
WORDS = {str: "tekst", date: "en dato", list: "en liste", dict: "en tabel", int: "et helt tal"}


@dataclass(frozen=True, order=True)
class Flaw:
    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, {self.key}: {self.reason}"


class Flawed(Exception):
    """The files hold flaws: all of them."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(sorted(flaws))
        super().__init__("\n".join(str(flaw) for flaw in self.flaws))


def read(folder: Path, kinds: Mapping[str, OrganisationKind]) -> tuple[WrittenAgreement, ...]:
    """The agreements in the files of `folder`; `kinds` are the organisations that exist, by slug.

    Raises:
        Flawed: with everything that is wrong, by file and key.
    """
    flaws: list[Flaw] = []
    written: list[WrittenAgreement] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name == DEFAULT.name:
            continue
        table, found = _table(path)
        found = found or [*_flaws_of(table, kinds)]
        flaws += (Flaw(path.name, key, reason) for key, reason in found)
        if not found:
            written += (catalogue.agreement(table, row) for row in table["agreement"])
    flaws += (
        Flaw("*", key, "Nøglen bruges af flere aftaler.")
        for key in _repeated(agreement.key for agreement in written)
    )
    if flaws:
        raise Flawed(flaws)
    return tuple(written)


def _table(path: Path) -> tuple[Table, list[tuple[str, str]]]:
    try:
        return tomllib.loads(path.read_text("utf-8")), []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [("filen", f"Kan ikke læses: {error}")]


def _flaws_of(table: Table, kinds: Mapping[str, OrganisationKind]) -> Found:
    """What is wrong in the shape first; only a file of the right shape is read for its sense."""
    if shape := [*_shape_flaws(table)]:
        yield from shape
        return
    yield from _date_flaws(table)
    for row in table["agreement"]:
        yield from _party_flaws(row, kinds)
    yield from _code_flaws(table)
    yield from _parameter_flaws(table)


# --- Shape ---


def _shape_flaws(table: Table) -> Found:
    yield from _row_flaws(table, FILE, "")
    lists = {"agreement": AGREEMENT, "section": SECTION, "contact_role": CONTACT_ROLE}
    for name, shape in lists.items():
        rows = table.get(name)
        for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
            yield from _row_flaws(row, shape, f"{name}[{number}].")


def _row_flaws(row: Any, shape: Shape, where: str) -> Found:
    if not isinstance(row, dict):
        yield where.rstrip("."), "Skal være en tabel."
        return
    yield from ((f"{where}{key}", "Mangler.") for key in shape if key not in row)
    known = {**OPTIONAL, **shape}
    for key, value in row.items():
        if key not in known:
            yield f"{where}{key}", "Kendes ikke."
        elif type(value) is not known[key]:
            yield f"{where}{key}", f"Skal være {WORDS[known[key]]}."
        elif value == "" or (value == [] and key in NEVER_EMPTY):
            yield f"{where}{key}", "Er tom."
        elif key in CODES and any(type(code) is not str for code in row[key]):
            yield f"{where}{key}", "Skal være en liste af tekster."


# --- Sense ---


def _date_flaws(table: Table) -> Found:
    if table.get("valid_until", date.max) < table["valid_from"]:
        yield "valid_until", "Ligger før valid_from."


def _party_flaws(row: Table, kinds: Mapping[str, OrganisationKind]) -> Found:
    for name, kind in PARTIES.items():
        for slug in row[name]:
            if kinds.get(slug) != kind:
                word = "a-kasse" if name == "funds" else "kommune"
                yield f"{row['key']}.{name}", f"»{slug}« er ingen {word}, der findes."
        for slug in _repeated(row[name]):
            yield f"{row['key']}.{name}", f"»{slug}« står der flere gange."


def _code_flaws(table: Table) -> Found:
    known = {row.code for row in catalogue.criteria()}
    there = {row.code for row in catalogue.criteria() if row.holds(table["valid_from"])}
    yield from _unknown("criteria", table["criteria"], known)
    gone = sorted({*table["criteria"]} & known - there)
    yield from (("criteria", f"Kriteriet »{code}« gælder ikke på første dag.") for code in gone)
    try:
        goals = {goal.code for goal in catalogue.goals(table["goal_set"])}
    except LookupError:
        yield "goal_set", f"Sættet »{table['goal_set']}« findes ikke."
    else:
        yield from _unknown("goals", table["goals"], goals)
    for name, key in (("section", "key"), ("contact_role", "code")):
        for code in _repeated(row[key] for row in table[name]):
            yield f"{name}.{key}", f"»{code}« står der flere gange."
    for row in table["contact_role"]:
        if row["side"] not in [*Side]:
            yield f"contact_role.{row['code']}.side", f"Skal være en af: {', '.join(Side)}."
        if row.get("told_of", "") not in TOLD_OF:
            options = ", ".join(filter(None, TOLD_OF))
            yield f"contact_role.{row['code']}.told_of", f"Skal være en af: {options}."


def _unknown(key: str, codes: list[str], known: set[str]) -> Found:
    yield from ((key, f"Koden »{code}« kendes ikke.") for code in codes if code not in known)
    yield from ((key, f"Koden »{code}« står der flere gange.") for code in _repeated(codes))


def _parameter_flaws(table: Table) -> Found:
    try:
        if "visitation" in parse(table["parameters"]).kinds and not table["criteria"]:
            yield "criteria", "Visitation kræver mindst ét kriterium."
    except Refused as refused:
        yield from ((f"parameters.{name}", reason) for name, reason in refused.reasons.items())
    for name in sorted(table["parameter_sources"].keys() ^ definitions().keys()):
        missing = name in definitions()
        yield f"parameter_sources.{name}", "Mangler." if missing else "Kendes ikke."


def _repeated(values: Iterable[Any]) -> list[Any]:
    return [value for value, times in Counter(values).items() if times > 1]
