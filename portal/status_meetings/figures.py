"""Where the pack takes its figures from: what is published, and nothing that is counted live."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.goals.figure_words import METHODS, promise, span_of
from portal.goals.published import figures_of
from portal.status_meetings.facts import Shown


@dataclass(frozen=True)
class Told:
    """A goal and its figure in the words in which they are frozen with the agenda."""

    code: str
    label: str
    method: str
    source: str
    target: str
    text: str
    is_met: bool | None
    is_known: bool
    period: str


def published(agreement_id: uuid.UUID, day: date) -> Sequence[Shown]:
    """None as long as an agreement has no goals."""
    return [
        Told(
            code=one.code,
            label=one.label,
            method=one.method,
            source=str(METHODS[one.method]),
            target=promise(one.target, one.unit, one.direction),
            text=one.text,
            is_met=one.is_met,
            is_known=one.is_known,
            period=span_of(one.period),
        )
        for one in figures_of(agreement_id, day)
    ]
