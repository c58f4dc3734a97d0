"""Words that change with the day, and for some organisations besides.

The word follows the day of the event, so an old agreement keeps its "jobcenter". Names of
organisations are no terms: they have their own dates in the reference data.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "config" / "terms.toml"


class NoTerm(LookupError):
    """No word is written down for that day or in that language."""


@dataclass(frozen=True)
class Term:
    """A word in its forms: "jobcenter", "jobcentret", "jobcentre", "jobcentrene"; "RAR" if short.

    Forms that a name does not have ("Jobcenter Slagelse") are the singular again.
    """

    singular: str
    definite: str
    plural: str
    definite_plural: str
    short: str


@dataclass(frozen=True)
class Version:
    """A term in its languages from `since` to `until`; for one organisation if that is named."""

    words: Mapping[str, Term]
    since: date
    source: str
    until: date | None = None
    doubt: str = ""
    organisation: str | None = None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def on(day: date, name: str, organisation_slug: str | None = None, *, language: str = "da") -> Term:
    """The word for `name` on `day`: the organisation's own where it has one, else everybody's."""
    words = version(day, name, organisation_slug).words
    if language not in words:
        raise NoTerm(f"term {name} has no word in {language!r}")
    return words[language]


def version(day: date, name: str, organisation_slug: str | None = None) -> Version:
    """The version in force on `day`, with its source and doubt."""
    candidates = [v for v in versions(name) if v.holds(day)]
    for organisation in (organisation_slug, None):
        for candidate in candidates:
            if candidate.organisation == organisation:
                return candidate
    raise NoTerm(f"term {name} has no word on {day.isoformat()}")


def versions(name: str) -> tuple[Version, ...]:
    if name not in _terms():
        raise NoTerm(f"no term named {name} in config/terms.toml")
    return _terms()[name]


@cache
def _terms() -> dict[str, tuple[Version, ...]]:
    table = tomllib.loads(FILE.read_text("utf-8"))
    return {name: tuple(_version(row) for row in rows) for name, rows in table.items()}


def _version(row: Mapping[str, Any]) -> Version:
    fields = dict(row)
    words = {language: _term(fields.pop(language)) for language in ("da", "en")}
    return Version(words=words, **fields)


def _term(row: Mapping[str, str]) -> Term:
    singular = row["singular"]
    forms = {key: singular for key in ("definite", "plural", "definite_plural", "short")}
    return Term(**{**forms, **row})
