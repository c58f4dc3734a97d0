"""Chance that is the same for the same words: no clock, no hash order, no other source."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import TypeVar

from portal import clock
from portal.clock import COPENHAGEN

T = TypeVar("T")


class Chance(Random):
    """Begun by words such as the seed, the day and whom it is about."""

    def __init__(self, *words: object) -> None:
        super().__init__("/".join(map(str, words)))

    def id(self) -> uuid.UUID:
        return uuid.UUID(int=self.getrandbits(128), version=4)

    def likely(self, percent: float) -> bool:
        return self.random() * 100 < percent

    def some(self, of: Sequence[T], most: int) -> list[T]:
        """From one to `most` of them, in their own order."""
        chosen = self.sample(range(len(of)), self.randint(1, min(most, len(of))))
        return [of[number] for number in sorted(chosen)]

    def moment(self, day: date, after: datetime | None = None) -> datetime:
        """An instant in working hours of `day`, and later than `after`."""
        at = instant(day, 8, 0) + timedelta(minutes=self.randint(5, 440))
        if after and at <= after:
            return after + timedelta(minutes=self.randint(4, 25))
        return at


def instant(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), COPENHAGEN).astimezone(UTC)


@cache
def later(day: date, working_days: int) -> date:
    """The same as the clock says, and remembered: thousands ask for the same few days."""
    return clock.add_working_days(day, working_days)
