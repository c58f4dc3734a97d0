"""The one place where counts of people become figures that others are shown.

A count below the limit is hidden, nought too: that nobody is in a cell can say something of
everybody who is counted. What is hidden must not be found by subtraction either, so of parts that
make up a total another is hidden as long as those hidden together are one alone or fewer than the
limit. Which one follows the order of the parts and never their sizes, and of what is hidden nothing
is said, not even that it is small: whoever knows this file could else reckon back from the total.
Two tables over overlapping people (two periods, two filters, before and after a change)
can be subtracted from each other. Hence what is shown again and again is made of blocks that have
nobody in common: of a group as many quarters as it takes until it is large enough, counted once.
Every total, period and share is a sum of blocks and tells no more than they do. Why this holds, and
against whom it does not: docs/decisions/0029.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from flask_babel import gettext as _

from portal import rules

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Figure:
    """What is shown of a count: the count, or that it is hidden; of a total what it is `below`."""

    count: int | None
    below: int | None = None

    def __str__(self) -> str:
        if self.count is not None:
            return str(self.count)
        words = _("Færre end %(limit)d", limit=self.below) if self.below else _("Vises ikke")
        return str(words)


@dataclass(frozen=True)
class Shown(Generic[Key]):
    """A total and the parts that make it up."""

    total: Figure
    parts: Mapping[Key, Figure]


@dataclass(frozen=True)
class Share:
    """Of how many people something holds, as it may be shown: exactly, or between two counts."""

    of: int
    low: int
    high: int

    def __add__(self, other: "Share") -> "Share":
        """Of two groups that have nobody in common."""
        return Share(self.of + other.of, self.low + other.low, self.high + other.high)

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    @property
    def percents(self) -> tuple[float, float]:
        """The least and the most that it can be; of nobody, nothing is known."""
        return (100 * self.low / self.of, 100 * self.high / self.of) if self.of else (0.0, 100.0)


def least_shown(day: date) -> int:
    return rules.on(day, "small_numbers.least_shown")


def least_in_block(day: date) -> int:
    """Twice as many at the least, or those in whom something holds and the rest could not both be
    shown."""
    return max(rules.on(day, "small_numbers.least_in_block"), 2 * least_shown(day))


def block(of: int, yes: int, day: date) -> Share | None:
    """What is shown of a group that is counted once; nothing as long as it is too small.

    Few in whom it holds are "fewer than the limit", and so are few in whom it does not: a share of
    all or of all but one would tell of the rest. Every count that is not shown could be any of as
    many as the limit.
    """
    limit = least_shown(day)
    if of < least_in_block(day):
        return None
    if yes < limit:
        return Share(of, 0, limit - 1)
    if of - yes < limit:
        return Share(of, of - limit + 1, of)
    return Share(of, yes, yes)


def count_block(count: int, day: date) -> Share | None:
    """The same of what is only counted, and of nobody that it does not hold."""
    return Share(count, count, count) if count >= least_shown(day) else None


def shown(counts: Mapping[Key, int], day: date) -> Shown[Key]:
    """The parts of one total, and the total. Of nobody at all it is said that there is nobody."""
    total, limit = sum(counts.values()), least_shown(day)
    if not total:
        return Shown(Figure(0), {key: Figure(0) for key in counts})
    if total < limit:
        return Shown(Figure(None, limit), dict.fromkeys(counts, Figure(None)))
    hidden = _hidden(counts, limit)
    return Shown(
        Figure(total),
        {key: Figure(None if key in hidden else count) for key, count in counts.items()},
    )


def _hidden(counts: Mapping[Key, int], limit: int) -> set[Key]:
    """The small parts and, from the first of them on in a circle, as many as must go with them."""
    keys = list(counts)
    hidden = {key for key in keys if counts[key] < limit}
    first = next((place for place, key in enumerate(keys) if key in hidden), 0)
    for key in [*keys[first:], *keys[:first]]:
        together = sum(counts[one] for one in hidden)
        if hidden and (len(hidden) == 1 or together < limit):
            hidden.add(key)
    return hidden
