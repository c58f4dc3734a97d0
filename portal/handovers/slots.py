"""Times for the joint meeting: one party offers some, the other picks one, or none with words.

What only one of them knows is asked of that one: the municipality says where, whoever picks says
what the member wishes.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _

from portal import rules
from portal.access import Actor
from portal.clock import Moment, day_of
from portal.db import db
from portal.handovers import attendance, requests
from portal.handovers.lacks import Effect, Given, refuse
from portal.handovers.meeting import JointMeeting
from portal.handovers.models import Handover, Party, Pending
from portal.handovers.parts import Answer
from portal.handovers.steps_of_meeting import time_lacks
from portal.meetings import planning
from portal.meetings.planning import place_lack
from portal.workflow import Done, Lack

Written = tuple[Any, Any, Any]  # a day, a beginning and an end, each if it was written


class Slot(NamedTuple):
    starts_at: datetime
    ends_at: datetime


def limits(day: date) -> tuple[int, int]:
    """How many times are offered, at least and at most."""
    return rules.on(day, "handover.slots_least"), rules.on(day, "handover.slots_most")


def offer_slots(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    found = {place: row for place, row in enumerate(given["slots"]) if any(row)}
    least, most = limits(at.today)
    is_ours = handover.party_of(actor) == Party.RECEIVER
    lacks = [lack for place, row in found.items() for lack in row_lacks(handover, place, row, at)]
    refuse(
        *lacks,
        None
        if least <= len(found) <= most
        else Lack(f"days-{len(found)}", _("Tilbyd fra %(a)s til %(b)s tider.", a=least, b=most)),
        place_lack(given) if is_ours else None,
    )
    times = [Slot(*span(row)) for row in found.values()]
    refuse(None if len({*times}) == len(times) else Lack("days-1", _("To af tiderne er ens.")))
    told = [
        {"starts": one.starts_at.isoformat(), "ends": one.ends_at.isoformat()}
        for one in sorted(times)
    ]
    where = {name: given.get(name) or None for name in ("place", "video_link")} if is_ours else {}
    return requests.ask(handover, Pending.SLOTS, actor, at, detail={"slots": told, **where})


def row_lacks(handover: Handover, place: int, row: Written, at: Moment) -> Iterator[Lack | None]:
    """Of one time as it was written: day, beginning and end."""
    if not all(row):
        yield Lack(f"days-{place}", _("Skriv både dag og klokkeslæt, eller lad tiden stå tom."))
        return
    starts_at, ends_at = span(row)
    yield from time_lacks(handover, starts_at, ends_at, at, f"days-{place}", f"ends-{place}")


def span(row: Written) -> tuple[datetime, datetime]:
    return planning.span(*row)


def offered(request: Any) -> list[Slot]:
    return [
        Slot(*(datetime.fromisoformat(one[name]) for name in ("starts", "ends")))
        for one in request.detail["slots"]
    ]


def pick_slot(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """The meeting is planned as if the receiver had written it."""
    request = requests.pending(handover)
    times, chosen = offered(request), given.get("slot")
    is_one = isinstance(chosen, int) and chosen in range(len(times))
    is_ours = handover.party_of(actor) == Party.RECEIVER
    refuse(None if is_one else Lack("slot", _("Vælg en af tiderne.")))
    picked, where = times[chosen or 0], given if is_ours else request.detail
    attends = attendance.wish(handover, given)
    refuse(
        *time_lacks(handover, *picked, at, "slot", "slot"),
        place_lack(where) if is_ours else None,
        attendance.lack(attends),
    )
    meeting = JointMeeting(handover_id=handover.id, organisation_id=actor.organisation_id)
    meeting.sequence, meeting.starts_at, meeting.ends_at = 0, *picked
    meeting.place, meeting.video_link = where.get("place") or None, where.get("video_link") or None
    for name in ("participants", "called_in_on", "called_in_via"):
        setattr(meeting, name, (given.get(name) or None) if is_ours else None)
    db.session.add(meeting)
    requests.end(handover, Answer.AGREED, actor.name, at)
    handover.fund_attends, handover.due_on = attends, day_of(picked.starts_at)
    return Done(detail={"is": picked.starts_at.isoformat()})


EFFECTS: dict[str, Effect] = {"offer_slots": offer_slots, "pick_slot": pick_slot}
