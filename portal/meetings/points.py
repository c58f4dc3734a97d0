"""The points of an agenda and their order, whatever the meeting is about.

Samspil proposes points from facts; what a person has decided on or worded stays as it is.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from portal.db import Json
from portal.meetings.parts import ItemState, Point

OWN = "own"  # the source of a point that somebody wrote
DECIDED = {"accept": ItemState.ACCEPTED, "remove": ItemState.REMOVED, "bring": ItemState.ACCEPTED}


class Drawn(Protocol):
    """What a point is proposed for. Its `code` says what it is about, and is there once."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def evidence(self) -> Json | None: ...


F = TypeVar("F", bound=Drawn)
P = TypeVar("P", bound=Point)


def drawn(
    order: Sequence[P], found: Sequence[F], make: Callable[[F], P], last: str = ""
) -> tuple[list[P], list[P]]:
    """The points that are new, and those that the facts give no more; all are numbered.

    New ones come last, but before the one whose source is `last`.
    """
    known = {one.source: one for one in order}
    gone = [one for one in order if is_over(one, found)]
    kept = [one for one in order if one not in gone]
    for fact in found:
        if fact.code in known:
            refresh(known[fact.code], fact)
    new = [make(fact) for fact in found if fact.code not in known]
    appended(kept, new, last)
    return new, gone


def appended(order: Sequence[P], new: Sequence[P], last: str = "") -> None:
    """Number them with the new ones last, but before the one whose source is `last`."""
    closing = [place for place, one in enumerate(order) if one.source == last]
    place = closing[0] if closing else len(order)
    number([*order[:place], *new, *order[place:]])


def is_over(item: Point, found: Sequence[Drawn]) -> bool:
    """A proposal that nobody has decided on, and that the facts give no more."""
    codes = {OWN, *(fact.code for fact in found)}
    return item.state == ItemState.PROPOSED and item.source not in codes


def number(order: Sequence[Point]) -> None:
    for place, one in enumerate(order, start=1):
        one.position = place


def refresh(item: Point, fact: Drawn) -> None:
    """The evidence is of the day; the words only as long as nobody has taken them."""
    item.evidence = fact.evidence
    if item.state == ItemState.PROPOSED:
        item.title, item.text = fact.title, fact.text


def shift(order: Sequence[P], item: P, by: int) -> None:
    """One place up (-1) or down (1); at the end it stays."""
    if item in order:
        others = [one for one in order if one is not item]
        place = min(max(order.index(item) + by, 0), len(others))
        number([*others[:place], item, *others[place:]])


def take_all(order: Sequence[Point]) -> None:
    """Accept whatever is proposed and not decided yet."""
    for one in order:
        if one.state == ItemState.PROPOSED:
            one.state = ItemState.ACCEPTED
