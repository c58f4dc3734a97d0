"""Which councils the area lay under before: eight RAR until the end of 2024, five RBR after.

Data: `config/reference/council_memberships.csv`; the words of each time: `config/terms.toml`.
"""

import uuid
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date

from portal import terms
from portal.organisations.collation import sort_key
from portal.terms import Term

WORD = "regional_council"


@dataclass(frozen=True)
class Lying:
    """That a municipality lay under a council, from one day to another, both included."""

    municipality_id: uuid.UUID
    council_id: uuid.UUID
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class Boundaries:
    """Under which councils the municipalities of an area have lain, and what these are called."""

    memberships: list[Lying]
    names: dict[uuid.UUID, str]

    @property
    def breaks(self) -> list[date]:
        """The first days of other boundaries than before."""
        days = sorted({one.valid_from for one in self.memberships})
        return days[1:]

    def breaks_before(self, year: int) -> date | None:
        """What changed within the year, so that its numbers are not those of the year before."""
        return next((day for day in self.breaks if day.year == year), None)

    def councils_in(self, year: int | None, among: Set[uuid.UUID] | None = None) -> list[uuid.UUID]:
        """On the year's last day, of the area or of some of its municipalities, by their names."""
        if year is None:
            return []
        day = date(year, 12, 31)
        found = {
            one.council_id
            for one in self.memberships
            if one.valid_from <= day <= (one.valid_until or day)
            and (among is None or one.municipality_id in among)
        }
        return sorted(found, key=lambda one: sort_key(self.names[one]))

    def named(self, councils: Iterable[uuid.UUID]) -> list[str]:
        return [self.names[one] for one in councils]

    def was_otherwise(self, year: int | None) -> bool:
        """Whether the area lay under others in the year than it does now."""
        return bool(year and any(day > date(year, 12, 31) for day in self.breaks))


def boundaries(memberships: Iterable[Sequence[str]], names: Iterable[Sequence[str]]) -> Boundaries:
    """From rows as the database tells them in JSON; of each council its last name."""
    known = [
        Lying(
            uuid.UUID(town),
            uuid.UUID(council),
            date.fromisoformat(first),
            date.fromisoformat(last) if last else None,
        )
        for town, council, first, last in memberships
    ]
    last = sorted(names, key=lambda row: row[1])
    return Boundaries(known, {uuid.UUID(council): name for council, _first, name in last})


def word(year: int, language: str) -> Term:
    """What a council was called at the end of the year."""
    return terms.on(date(year, 12, 31), WORD, language=language)
