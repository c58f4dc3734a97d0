"""Where the pack takes its figures from: what is published, and nothing that is counted live."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.goals.figure_words import METHODS, promise, span_of
from portal.goals.published import figures_of, is_of_each_pair
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
    set: str = ""
    first: date | None = None
    last: date | None = None
    share: tuple[int, int, int] | None = None  # of how many, the least and the most
    each: bool = False  # whether it stands whole with each pair of the agreement


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
            set=one.set,
            first=one.period.first,
            last=one.period.last,
            share=(one.share.of, one.share.low, one.share.high) if one.share else None,
            each=is_of_each_pair(one.set, one.code),
        )
        for one in figures_of(agreement_id, day)
    ]
