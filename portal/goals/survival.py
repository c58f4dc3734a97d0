"""How soon people come into an ordinary job: Kaplan-Meier, by weeks since the first benefit day.

Whoever is transferred, moves, leaves the fund or ends otherwise is followed until then and no
longer, and everybody until the day that the data are of. The band is of 95 %, on the log-log scale
(Kalbfleisch and Prentice), so that it stays between nobody and everybody. scipy draws it, and is
loaded where a curve is asked for.
"""

import math
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from portal.suppression import least_shown

BAND = 0.95
WEEK = 7


@dataclass(frozen=True, order=True)
class Followed:
    """One person: for how many days, and whether a job ended it."""

    days: int
    found: bool


@dataclass(frozen=True)
class Step:
    """From this day on so many in a hundred are in a job, with the least and most of the band."""

    day: int
    share: float
    low: float
    high: float
    at_risk: int  # who was followed until here without a job
    found: int

    @property
    def week(self) -> float:
        return self.day / WEEK


@dataclass(frozen=True)
class Curve:
    """`censored` are those who were followed without a job and then no longer."""

    people: int
    censored: int
    last: int  # the day until which somebody was followed
    steps: list[Step]

    def at(self, week: int) -> Step | None:
        """The step that holds after so many whole weeks; None before the first."""
        return next((one for one in reversed(self.steps) if one.day <= week * WEEK), None)


def curve(people: Iterable[Followed]) -> Curve:
    """Who ends on the same day as somebody finds a job was still looking that day."""
    known = [*people]
    found = Counter(one.days for one in known if one.found)
    last = max((one.days for one in known), default=0)
    steps = [
        Step(day, share, low, high, sum(one.days >= day for one in known), found[day])
        for day, share, low, high in drawn(known)
        if day in found
    ]
    return Curve(len(known), len(known) - found.total(), last, steps)


def drawn(people: Sequence[Followed]) -> Iterator[tuple[int, float, float, float]]:
    """On each day on which somebody ended: how many in a hundred have a job, and the band.

    Where everybody has one, nothing is said of how sure that is.
    """
    from scipy import stats

    if not people:
        return
    ended = stats.CensoredData(
        uncensored=[one.days for one in people if one.found],
        right=[one.days for one in people if not one.found],
    )
    left = stats.ecdf(ended).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the band has no end there, as said above
        band = left.confidence_interval(BAND, method="log-log")
    ends = zip(band.high.probabilities, band.low.probabilities, strict=True)
    for day, share, (high, low) in zip(left.quantiles, left.probabilities, ends, strict=True):
        in_job = 100 * (1 - float(share))
        sure = not math.isnan(low)
        least, most = (100 * (1 - float(end)) if sure else in_job for end in (high, low))
        yield int(day), in_job, least, most


# --- What others are shown of it ---

ROUNDED_TO = 5  # in a hundred


@dataclass(frozen=True)
class Point:
    """After so many weeks: the share in a job with its band, in whole fives of a hundred."""

    week: int
    share: int
    low: int
    high: int


def points(people: Sequence[Followed], weeks: Sequence[int], day: date) -> list[Point]:
    """The curve at fixed weeks, where enough people have found a job since the last one shown.

    Single steps would tell when single people found one. Where fewer than the limit have found a
    job since, or are still followed without one, that week is left out; it is in the next one.
    """
    limit, whole = least_shown(day), curve(people)
    until = [_found(people, week) for week in weeks]
    shown: list[Point] = []
    told = 0
    for week, found in zip(weeks, until, strict=True):
        still = sum(one.days > week * WEEK for one in people)
        step = whole.at(week)
        if step and found - told >= limit and still >= limit:
            told = found
            shown.append(Point(week, *map(rounded, (step.share, step.low, step.high))))
    return shown


def _found(people: Sequence[Followed], week: int) -> int:
    return sum(one.found and one.days <= week * WEEK for one in people)


def rounded(percent: float) -> int:
    return ROUNDED_TO * round(percent / ROUNDED_TO)
