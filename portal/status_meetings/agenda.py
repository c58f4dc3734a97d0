"""The agenda before it is sent: drawn from the facts, then the parties' own.

Samspil proposes; a person accepts, rewords, reorders, removes or adds. Drawing anew brings the
evidence up to date and leaves alone what a person has decided.
"""

import hashlib
import json
import uuid
from datetime import date

from flask_babel import force_locale

from portal.access import Actor, Permission
from portal.agreements import queries as agreements
from portal.clock import Moment, day_of
from portal.db import Json, db
from portal.meetings import points
from portal.meetings.parts import ItemState, MeetingItem
from portal.meetings.points import OWN
from portal.meetings.series import Meeting, MeetingState
from portal.status_meetings import queries
from portal.status_meetings.facts import Asked, Fact, Figures, facts, missed, surveyed
from portal.workflow import NotNow, NotYours, Overtaken, flush

CLOSING = "closing"
SAID = ("code", "label", "method", "source", "target", "text", "is_met", "period")
FOUND_BY = ("set", "first", "last", "share", "each")  # how the database finds it again
FROZEN = SAID + FOUND_BY
OF_FIGURES = ("goals", "surveys")
A_QUARTER = 92  # days, where no meeting was held before


def demand(meeting: Meeting, actor: Actor, *states: MeetingState) -> None:
    """Raises NotNow and NotYours where the agenda is not this person's to change now."""
    if meeting.state not in states or meeting.party_of(actor) is None:
        raise NotNow("agenda", meeting.state)
    if not actor.may(Permission.MEETING_WRITE):
        raise NotYours("agenda")


def asked(meeting: Meeting, figures: Figures, actor: Actor, day: date) -> Asked:
    agreement = agreements.agreement(meeting.agreement_id)
    version = agreement.shown_on(day) or agreement.binding[0]
    before = queries.held_before(meeting)
    since = day_of(before.starts_at) if before else date.fromordinal(day.toordinal() - A_QUARTER)
    return Asked(agreement, version, since, day, actor, figures)


def draw(meeting: Meeting, figures: Figures, *, actor: Actor, at: Moment) -> int:
    """Propose what the facts of the day give; how many points are new."""
    demand(meeting, actor, MeetingState.PLANNED)
    with force_locale("da"):  # both parties read the same paper
        found = [*facts(asked(meeting, figures, actor, at.today))]
    new, gone = points.drawn(
        queries.items(meeting.id), found, lambda fact: proposed(meeting, fact, actor), CLOSING
    )
    for one in gone:
        db.session.delete(one)
    db.session.add_all(new)
    flush()
    return len(new)


def proposed(meeting: Meeting, fact: Fact, actor: Actor) -> MeetingItem:
    return point(
        meeting,
        actor,
        source=fact.code,
        title=fact.title,
        text=fact.text,
        minutes=fact.minutes,
        state=ItemState.PROPOSED,
        evidence=fact.evidence,
    )


def point(meeting: Meeting, actor: Actor, **values: object) -> MeetingItem:
    own = {"meeting_id": meeting.id, "agreement_id": meeting.agreement_id}
    made = MeetingItem(id=uuid.uuid4(), organisation_id=actor.organisation_id, spent=0, **own)
    for name, value in values.items():
        setattr(made, name, value)
    return made


def add(meeting: Meeting, *, title: str, text: str, minutes: int, actor: Actor) -> MeetingItem:
    """A point of one's own, last; also while the meeting runs."""
    demand(meeting, actor, MeetingState.PLANNED, MeetingState.IN_PROGRESS)
    last = max((one.position for one in queries.items(meeting.id)), default=0)
    words = {"title": title, "text": text, "minutes": minutes}
    how = {"source": OWN, "state": ItemState.ACCEPTED, "position": last + 1}
    made = point(meeting, actor, **words, **how)
    db.session.add(made)
    flush()
    return made


def take_all(meeting: Meeting, *, actor: Actor) -> None:
    """Accept whatever is proposed and not decided yet."""
    demand(meeting, actor, MeetingState.PLANNED)
    points.take_all(queries.items(meeting.id))
    flush()


def decide(meeting: Meeting, item: MeetingItem, how: str, *, actor: Actor) -> None:
    """Accept, remove or bring back. What is removed can be brought back until it is sent."""
    demand(meeting, actor, MeetingState.PLANNED)
    item.state = points.DECIDED[how]
    flush()


def shift(meeting: Meeting, item: MeetingItem, by: int, *, actor: Actor) -> None:
    """One place up (-1) or down (1); at the end it stays."""
    demand(meeting, actor, MeetingState.PLANNED)
    points.shift(queries.agenda(meeting.id), item, by)
    flush()


def reword(
    meeting: Meeting, item: MeetingItem, words: Json, *, seen: int, actor: Actor
) -> MeetingItem:
    """Title, text and planned minutes. Whoever words a proposal accepts it.

    Raises:
        Overtaken: somebody has changed it since it was shown.
    """
    demand(meeting, actor, MeetingState.PLANNED)
    if item.revision != seen:
        raise Overtaken
    item.title, item.text, item.minutes = words["title"], words["text"], words["minutes"]
    item.state = ItemState.ACCEPTED
    flush()
    return item


# --- The clock ---


def talk_about(meeting: Meeting, item: MeetingItem, *, actor: Actor, at: Moment) -> None:
    """The meeting comes to this point: its clock runs, and that of the one before stops."""
    demand(meeting, actor, MeetingState.IN_PROGRESS)
    for one in queries.items(meeting.id):
        if one.running_since:
            stop(one, at)
    item.running_since = at.now
    flush()


def pause(meeting: Meeting, item: MeetingItem, *, actor: Actor, at: Moment) -> None:
    demand(meeting, actor, MeetingState.IN_PROGRESS)
    stop(item, at)
    flush()


def stop(item: MeetingItem, at: Moment) -> None:
    item.spent, item.running_since = spent(item, at), None


def spent(item: MeetingItem, at: Moment) -> int:
    """Seconds that the point has taken so far."""
    since = item.running_since
    return item.spent + (max(int((at.now - since).total_seconds()), 0) if since else 0)


# --- What is sent ---


def pack(meeting: Meeting, figures: Figures, at: Moment) -> Json:
    """The agenda with its evidence and every figure, as they are when it is sent."""
    with force_locale("da"):
        told = figures(meeting.agreement_id, at.today)
    return {
        "day": at.today.isoformat(),
        "items": [
            {"title": one.title, "text": one.text, "minutes": one.minutes, "source": one.source}
            | {"evidence": one.evidence}
            for one in queries.agenda(meeting.id)
        ],
        "figures": [{name: plain(getattr(one, name)) for name in FROZEN} for one in told],
    }


def bring_up_to_date(meeting: Meeting, figures: Figures, actor: Actor, day: date) -> None:
    """What points about figures rest on is as it is when the agenda is sent."""
    with force_locale("da"):
        of_today = asked(meeting, figures, actor, day)
        found = {one.code: one for one in (*missed(of_today), *surveyed(of_today))}
    for item in queries.agenda(meeting.id):
        if item.source in OF_FIGURES:
            item.evidence = found[item.source].evidence if item.source in found else None
    flush()


def plain(value: object) -> object:
    if isinstance(value, tuple):
        return [*value]
    return value if value is None or isinstance(value, bool | int) else str(value)


def hash_of(content: Json) -> str:
    """SHA-256, in hex, of the content in its one spelling."""
    spelt = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelt.encode()).hexdigest()


def undecided(meeting: Meeting) -> list[str]:
    found = queries.items(meeting.id)
    return [one.title for one in found if one.state == ItemState.PROPOSED]
