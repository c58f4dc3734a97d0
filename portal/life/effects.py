"""What an event does to the member's packages and case: one table, without the database.

Source: the rules of the handover package, edge cases: a job, a move, another fund, the end of the
benefit, death. The day decides: what lies ahead is listed now and done then.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal import rules
from portal.clock import ONE_DAY
from portal.handovers.models import STRAIGHT, Kind, State
from portal.life.models import Happening

H, S = Happening, State
# No transfer is left; the case is closed with this reason.
CLOSING = {
    H.JOB: "job",
    H.EDUCATION: "education",
    H.OTHER_FUND: "other_fund",
    H.BENEFIT_ENDED: "benefit_ended",
    H.DEATH: "deceased",
}
UNSENT = {S.DRAFT, S.SIGNOFF}
NOT_TAKEN_ON = UNSENT | {S.SENT, S.RECEIVED, S.INFO_REQUESTED}


class What(StrEnum):
    """Of a package first, then of the case."""

    LAPSE = "lapse"  # it is obsolete
    PAUSE = "pause"  # its clocks too; on the day named it goes on
    CALL_OFF = "call_off"  # its meeting, which lies in the pause
    REDIRECT = "redirect"  # it goes on to the new municipality as it was sent
    BEGIN_ANEW = "begin_anew"  # it is obsolete, and a draft for the new municipality stands instead
    KEEP = "keep"  # the old municipality finishes it
    MINUTES_ONLY = "minutes_only"  # only the minutes are missing: they are written
    NO_FOLLOW_UP = "no_follow_up"  # it is completed: what was to be asked again is pointless
    CLOSE_CASE = "close_case"
    MOVE_CASE = "move_case"  # its municipality
    REPLACED = "replaced"  # by the new fund's, once that has taken over
    TO_FUND = "to_fund"  # a draft with the plan, as the member has agreed


@dataclass(frozen=True)
class Package:
    """What the table asks of a package; `meets_on` the day of its planned meeting."""

    id: uuid.UUID
    reference: str
    state: State
    meets_on: date | None = None
    is_resting: bool = False
    kind: Kind = Kind.OVERGANG
    goes_on: bool = False  # whether the new municipality can take it as it was sent


@dataclass(frozen=True)
class Effect:
    """One thing that is done on `on`; without a package, to the case."""

    what: What
    on: date
    package: Package | None = None
    until: date | None = None

    def is_due(self, today: date) -> bool:
        return self.on <= today


@dataclass(frozen=True)
class Event:
    """As it is recorded, or about to be."""

    kind: Happening
    day: date
    until: date | None = None
    municipality_id: uuid.UUID | None = None  # the member's new one
    fund_id: uuid.UUID | None = None  # the same
    consented_on: date | None = None  # when the member said yes to the plan going along


def effects(event: Event, packages: Sequence[Package], today: date) -> list[Effect]:
    """Everything that follows, in the order in which it is done; empty where nothing does."""
    on = max(event.day, today)
    if event.consented_on:
        going_on = [one for one in packages if one.state != S.COMPLETED]
        return [*(replaced(one, on) for one in going_on), Effect(What.TO_FUND, on)]
    if event.kind in CLOSING:
        found = [effect for one in packages for effect in ended(one, event, on, today)]
        return [*found, Effect(What.CLOSE_CASE, on)]
    if event.kind == H.MOVED:
        return [
            Effect(What.MOVE_CASE, on),
            *(moved(one, on) for one in packages if one.kind not in STRAIGHT),
        ]
    if event.kind == H.ILLNESS and event.until:
        return [effect for one in packages for effect in ill(one, on, event.until)]
    return []


def ended(package: Package, event: Event, on: date, today: date) -> Iterable[Effect]:
    """Of a job or an education that begins soon it waits for the day: it may fall through."""
    if package.state in (S.COMPLETED, S.MEETING_HELD):
        is_over = package.state == S.COMPLETED
        yield Effect(What.NO_FOLLOW_UP if is_over else What.MINUTES_ONLY, on, package)
        return
    near = timedelta(days=rules.on(today, "handover.event_hold_days"))
    if today < event.day <= today + near:
        yield from rests(package, today, event.day)
    yield Effect(What.LAPSE, on, package)


def replaced(package: Package, on: date) -> Effect:
    """It goes on until the new fund has taken over, so that nobody waits for nobody."""
    only_minutes = package.state == S.MEETING_HELD
    return Effect(What.MINUTES_ONLY if only_minutes else What.REPLACED, on, package)


def moved(package: Package, on: date) -> Effect:
    """What a municipality has taken on it finishes; what it has finished it asks of no more."""
    if package.state == S.COMPLETED:
        return Effect(What.NO_FOLLOW_UP, on, package)
    if package.goes_on and package.state in (S.SENT, S.RECEIVED):
        return Effect(What.REDIRECT, on, package)
    is_open = package.state in NOT_TAKEN_ON
    return Effect(What.BEGIN_ANEW if is_open else What.KEEP, on, package)


def ill(package: Package, on: date, until: date) -> Iterable[Effect]:
    """Not longer than a package may rest; who is still ill then is told of anew."""
    most = on + timedelta(days=rules.on(on, "handover.hold_most_days"))
    first_day_back = min(until + ONE_DAY, most)
    if first_day_back > on and package.state != S.MEETING_HELD:
        yield from rests(package, on, first_day_back)


def rests(package: Package, on: date, until: date) -> Iterable[Effect]:
    """A meeting that lies in it is called off; what is not sent waits for nobody."""
    if package.state in UNSENT | {S.COMPLETED} or package.is_resting:
        return
    if package.meets_on and on <= package.meets_on < until:
        yield Effect(What.CALL_OFF, on, package)
    yield Effect(What.PAUSE, on, package, until)
