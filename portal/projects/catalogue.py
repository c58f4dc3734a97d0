"""Models of projects as data (`config/projects`): a new one is a new file and no code.

Beside them `lists.toml` names the types of projects, the trades and the funds.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from portal.projects.models import PartnerRole

FOLDER = Path(__file__).parents[2] / "config" / "projects"
LISTS = "lists"
LANGUAGES = ("da", "en")


class Unusable(ValueError):
    """A file of `config/projects` that is not as it must be; says which and why."""


@dataclass(frozen=True)
class Entry:
    """Something with a key and a name in each language."""

    key: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class FunnelStep:
    """A kind of event that is counted, and what it is called in this model."""

    kind: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class Model:
    """How people find work in it. `clock` is that of its job orders: `config/rules/projects.toml`.

    `candidates`: the fewest and the most that are presented for one order.
    """

    key: str
    name: Mapping[str, str]
    purpose: Mapping[str, str]
    source: str
    roles: tuple[PartnerRole, ...]
    clock: str
    candidates: tuple[int, int]
    phases: tuple[Entry, ...]
    funnel: tuple[FunnelStep, ...]


def models() -> list[Model]:
    """All, by their keys."""
    return [model(file.stem) for file in sorted(FOLDER.glob("*.toml")) if file.stem != LISTS]


@cache
def model(key: str) -> Model:
    """Raises Unusable."""
    file = FOLDER / f"{key}.toml"
    if not file.is_file():
        raise Unusable(f"{key}: there is no such model")
    made = parsed(tomllib.loads(file.read_text("utf-8")))
    if made.key != key:
        raise Unusable(f"{key}: the key is the name of the file")
    return made


def parsed(told: Mapping[str, Any]) -> Model:
    """Raises Unusable for what is missing, unknown or there twice."""
    key = str(told.get("key", "?"))
    try:
        fewest, most = told["candidates"]
        made = Model(
            key=key,
            name=both(told, "name"),
            purpose=both(told, "purpose"),
            source=str(told["source"]),
            roles=tuple(PartnerRole(role) for role in told["roles"]),
            clock=str(told["clock"]),
            candidates=(int(fewest), int(most)),
            phases=entries(told["phase"]),
            funnel=tuple(FunnelStep(str(row["kind"]), both(row, "name")) for row in told["funnel"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable(f"{key}: {error}") from error
    if len({step.kind for step in made.funnel}) < len(made.funnel):
        raise Unusable(f"{key}: a step of the funnel stands there twice")
    if not 0 < fewest <= most:
        raise Unusable(f"{key}: candidates are from one number to another")
    return made


def both(row: Mapping[str, Any], name: str) -> Mapping[str, str]:
    return {language: str(row[f"{name}_{language}"]) for language in LANGUAGES}


def entries(rows: list[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """Raises ValueError for a key that stands there twice."""
    made = tuple(Entry(str(row["key"]), both(row, "name")) for row in rows)
    if len({one.key for one in made}) < len(made):
        raise ValueError("a key stands there twice")
    return made


@cache
def listed(name: str) -> tuple[Entry, ...]:
    told = tomllib.loads((FOLDER / f"{LISTS}.toml").read_text("utf-8"))
    return entries(told[name])


def types() -> tuple[Entry, ...]:
    return listed("type")


def trades() -> tuple[Entry, ...]:
    return listed("trade")


def funds() -> tuple[Entry, ...]:
    """Where money comes from: pools, never an a-kasse."""
    return listed("fund")


def name_of(entries_: tuple[Entry, ...], key: str, language: str) -> str:
    """What a key is called; the key itself where the file no longer has it."""
    return next((one.name[language] for one in entries_ if one.key == key), key)
