"""The checklist of a case: what the agreement wants the plan to hold, and what is there."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from portal.agreements.parameter_kinds import PlanField


class Standing(StrEnum):
    READY = "ready"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Point:
    """One point; `reason` says why it does not apply."""

    code: str
    label: str
    required: bool
    standing: Standing
    reason: str | None = None

    @property
    def is_lacking(self) -> bool:
        """Whether the package cannot be sent for its sake."""
        return self.required and self.standing is Standing.MISSING


def checklist(
    demands: Iterable[PlanField], *, present: Set[str], exempt: Mapping[str, str]
) -> tuple[Point, ...]:
    """In the order of the agreement. What is there is ready, whatever was exempted before."""
    return tuple(_point(demand, present, exempt) for demand in demands)


def _point(demand: PlanField, present: Set[str], exempt: Mapping[str, str]) -> Point:
    fixed = (demand.code, demand.label, demand.required)
    if demand.code in present:
        return Point(*fixed, Standing.READY)
    if demand.code in exempt:
        return Point(*fixed, Standing.NOT_APPLICABLE, exempt[demand.code])
    return Point(*fixed, Standing.MISSING)


def lacks(points: Iterable[Point]) -> list[Point]:
    return [point for point in points if point.is_lacking]
