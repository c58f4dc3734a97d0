"""What agreements are made of, as it lies in `config/`: criteria, goals and written agreements.

Texts here are only the start of an agreement: what was agreed is copied into its version, so a
changed file never changes an agreement that runs.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from portal.agreements import indicators
from portal.agreements.indicators import Indicator
from portal.agreements.parameters import Parameters, parse

CONFIG = Path(__file__).parents[2] / "config"


@dataclass(frozen=True)
class Criterion:
    """One criterion of visitation; `guidance` asks for the consequence for the job search.

    `wording` says how a judgement of the member is to be put; most criteria need no such rule.
    """

    code: str
    label_da: str
    label_en: str
    guidance: str
    sensitivity: Literal["ordinary", "confidential", "special_category", "criminal"]
    evidence: Literal["self_reported", "observed", "documented"]
    kind: Literal["discretionary", "statutory"]
    valid_from: date
    source: str
    valid_until: date | None = None
    wording: str = ""
    under_age: int | None = None  # years, where the law names an age
    doubt: str = ""

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Goal:
    """What is measured, as a row of an agreement; the indicator is named by its set and code.

    `target` is what it is held against, None where something is to be done; `baseline` is where
    the parties began.
    """

    code: str
    area: str
    aim: str
    indicator: str
    unit: Literal["percent", "count_per_year", "done"]
    measured_by: Literal["register", "own_count", "survey"]
    method: str
    source: str
    target: int | None = None
    doubt: str = ""
    set: str = ""
    direction: Literal["at_least", "at_most"] = "at_least"
    baseline: int | None = None


UNITS: Mapping[str, Literal["percent", "count_per_year", "done"]] = {
    "percent": "percent",
    "count": "count_per_year",
    "yes_no": "done",
}
MEASURED_BY: Mapping[str, Literal["register", "own_count", "survey"]] = {
    "counted": "own_count",
    "stated": "own_count",
    "imported": "register",
    "survey": "survey",
}


@dataclass(frozen=True)
class Section:
    """A section of an agreement: a heading and text in Danish, paragraphs parted by empty lines."""

    key: str
    heading: str
    text: str
    source: str


@dataclass(frozen=True)
class ContactRole:
    """A function that an agreement names on one side; the person is filled in by that side.

    `told_of` is what whoever fills it gets mail about; empty for one to call only.
    """

    code: str
    side: Literal["fund", "municipality"]
    label_da: str
    label_en: str
    source: str
    told_of: str = ""


@dataclass(frozen=True)
class WrittenAgreement:
    """An agreement as data, ready to be loaded; parties are slugs, both days are included.

    `expected_per_year` is how many newly unemployed members the source expects.
    """

    key: str
    title: str
    funds: tuple[str, ...]
    municipalities: tuple[str, ...]
    valid_from: date
    valid_until: date | None
    expected_per_year: int | None
    note: str
    source: str
    sections: tuple[Section, ...]
    contact_roles: tuple[ContactRole, ...]
    criteria: tuple[Criterion, ...]
    goals: tuple[Goal, ...]
    parameters: Parameters
    parameter_sources: Mapping[str, str]


@cache
def criteria() -> tuple[Criterion, ...]:
    """All criteria of the catalogue with their days, in the order in which they are asked."""
    rows = _table("criteria/complex-cases.toml")["criterion"]
    return tuple(Criterion(**row) for row in rows)


@cache
def goals(key: str) -> tuple[Goal, ...]:
    """The goals of one set, for instance "bupl-a-trial"; LookupError where there is none."""
    found = indicators.sets().get(key)
    if found is None:
        raise LookupError(f"config/goals/{key}.toml does not exist")
    return tuple(goal(one, found.source) for one in found.indicators)


def goal(one: Indicator, source: str) -> Goal:
    """The row with which an agreement takes an indicator over."""
    return Goal(
        code=one.code,
        area=one.area,
        aim=one.aim,
        indicator=one.name_da,
        unit=UNITS[one.unit],
        measured_by=MEASURED_BY[one.method],
        method=one.how,
        source=source,
        target=one.target,
        doubt=one.doubt,
        set=one.set,
        direction=one.direction,
        baseline=one.baseline,
    )


@cache
def agreements() -> tuple[WrittenAgreement, ...]:
    """Every agreement that is written down in `config/agreements/`."""
    files = sorted((CONFIG / "agreements").glob("*.toml"))
    tables = [_table(f"agreements/{file.name}") for file in files]
    return tuple(agreement(table, row) for table in tables for row in table.get("agreement", ()))


def agreement(table: Mapping[str, Any], row: Mapping[str, Any]) -> WrittenAgreement:
    """One `[[agreement]]` of a file with what the file says of all of them."""
    return WrittenAgreement(
        key=row["key"],
        title=row["title"],
        funds=tuple(row["funds"]),
        municipalities=tuple(row["municipalities"]),
        valid_from=table["valid_from"],
        valid_until=table.get("valid_until"),
        expected_per_year=row.get("expected_per_year"),
        note=table["note"],
        source=table["source"],
        sections=tuple(Section(**section) for section in table["section"]),
        contact_roles=tuple(ContactRole(**role) for role in table["contact_role"]),
        criteria=_chosen(criteria(), table["criteria"], table["valid_from"]),
        goals=tuple(goal for goal in goals(table["goal_set"]) if goal.code in table["goals"]),
        parameters=parse(table["parameters"]),
        parameter_sources=table["parameter_sources"],
    )


def _chosen(rows: Sequence[Criterion], codes: Sequence[str], day: date) -> tuple[Criterion, ...]:
    """The criteria named by `codes`, in their wording on `day`."""
    wordings = {row.code: row for row in rows if row.holds(day)}
    return tuple(wordings[code] for code in codes)


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / name).read_text("utf-8"))
