"""NSIS levels of assurance, and which a role asks for."""

from enum import StrEnum

from portal.access import Role


class Level(StrEnum):
    """From the lowest. What a provider does not say, or says in unknown words, is NONE (B1)."""

    NONE = "None"
    LOW = "Low"
    SUBSTANTIAL = "Substantial"
    HIGH = "High"


RANK = {level: rank for rank, level in enumerate(Level)}
# They see totals and never a person (B2); whoever may see or admit people needs Substantial.
ENOUGH_AT_LOW = frozenset({Role.SECRETARY, Role.COUNCIL_MEMBER})


def reaches(level: Level, wanted: Level) -> bool:
    return RANK[level] >= RANK[wanted]


def held_at(level: Level, roles: frozenset[Role]) -> frozenset[Role]:
    """What is left of the roles for somebody who signed in at this level."""
    if reaches(level, Level.SUBSTANTIAL):
        return roles
    return roles & ENOUGH_AT_LOW if reaches(level, Level.LOW) else frozenset()
