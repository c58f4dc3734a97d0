"""Indicators as data: what can be measured, how it is counted and what it is held against.

They lie in `config/goals/`, a file a set; a new set needs no code. An agreement names those that
its parties measure themselves on, with a target and a baseline of their own. Texts are in Danish.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parents[2] / "config" / "goals"


@dataclass(frozen=True)
class Rule:
    """A rule by its name, with what it is given: `{ rule = "members", months = 3 }`."""

    name: str
    given: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Indicator:
    """What is measured.

    `counted` is computed from what Samspil knows, `imported` comes from a register and `stated` is
    what a party says; `survey` are answers to the question of that code. `cohort` says which
    people, packages or entries are looked at, and by which day they belong to a period; `measure`
    which of them count. A `percent` is held against how many there were, a `count` against a year.
    What is published of people is told in parts by `published_by`, one of the `breakdowns` in which
    each counts once, or as a whole where it is empty: docs/decisions/0029.
    `target` and `baseline` are proposals: what is agreed stands in the agreement.
    """

    set: str
    code: str
    area: str
    name_da: str
    name_en: str
    aim: str
    definition: str
    counts: str
    leaves_out: str
    owner: Literal["fund", "municipality", "both"]
    method: Literal["counted", "survey", "imported", "stated"]
    source: Literal["own_count", "dfdg", "dream", "jobindsats", "survey"]
    unit: Literal["percent", "count", "yes_no"]
    direction: Literal["at_least", "at_most"]
    frequency: Literal["quarter", "half_year", "year"]
    how: str
    target: int | None = None
    baseline: int | None = None
    cohort: Rule | None = None
    measure: Rule | None = None
    breakdowns: tuple[str, ...] = ()
    published_by: str = ""
    question: str | None = None
    doubt: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.set, self.code


@dataclass(frozen=True)
class IndicatorSet:
    key: str
    title_da: str
    title_en: str
    source: str
    indicators: tuple[Indicator, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Indicator]:
        return {one.code: one for one in self.indicators}


@cache
def sets() -> Mapping[str, IndicatorSet]:
    """Every set of the folder, by its key, which is its file's name."""
    return {file.stem: _set(file) for file in sorted(FOLDER.glob("*.toml"))}


def indicator(set_key: str, code: str) -> Indicator | None:
    """None where the set, or the code in it, is not in the folder any more."""
    found = sets().get(set_key)
    return found.by_code.get(code) if found else None


def counted() -> list[Indicator]:
    """All that Samspil counts itself, of every set."""
    return [one for each in sets().values() for one in each.indicators if one.method == "counted"]


def _set(file: Path) -> IndicatorSet:
    table = tomllib.loads(file.read_text("utf-8"))
    rows = tuple(_indicator(file.stem, row) for row in table["indicator"])
    return IndicatorSet(
        table["key"], table["title_da"], table["title_en"], table["source"], indicators=rows
    )


def _indicator(set_key: str, row: Mapping[str, Any]) -> Indicator:
    told: dict[str, Any] = dict(row)
    for name in ("cohort", "measure"):
        if name in told:
            given = dict(told[name])
            told[name] = Rule(given.pop("rule"), given)
    return Indicator(**told | {"set": set_key, "breakdowns": tuple(told.get("breakdowns", ()))})
