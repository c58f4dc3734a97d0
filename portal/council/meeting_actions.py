"""The secretariat plans a council's meetings, makes the agenda, and writes what was decided."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from portal.access import Actor, Permission, Role
from portal.clock import Moment, day_of
from portal.council import facts, meeting_queries, meeting_upkeep
from portal.council.meeting_papers import content
from portal.council.models import CouncilItem, CouncilMeeting, CouncilParticipant
from portal.council.workflow import COUNCIL_MEETING
from portal.db import Json, db
from portal.meetings import planning, points
from portal.meetings.attendance import unanswered
from portal.meetings.parts import ItemState
from portal.meetings.series import COMING, MeetingState
from portal.organisations.queries import Colleague
from portal.status_meetings.agenda import CLOSING, hash_of
from portal.workflow import Lack, NotNow, NotYours, Overtaken, Refused, Stamp, flush

S = MeetingState
Given = Mapping[str, Any]
A_QUARTER = timedelta(days=92)
NOTICE = timedelta(weeks=3)
ASKED = frozenset({Role.SECRETARY, Role.COUNCIL_MEMBER})


@dataclass(frozen=True)
class Plan:
    """Days of a series, and what its meetings have in common."""

    series: str
    days: Sequence[date]
    starts: time
    ends: time
    place: str | None
    video_link: str | None


def proposed_days(today: date) -> list[date]:
    """Each quarter on days that suit, at least three weeks ahead."""
    newest = meeting_queries.newest()
    first = today + NOTICE
    if newest:
        first = max(first, newest.day + A_QUARTER)
    return [*planning.rhythm(first, "quarterly", None, 4)]


def plan(
    plan: Plan, colleagues: Sequence[Colleague], *, actor: Actor, at: Moment
) -> list[CouncilMeeting]:
    """Meetings on those days with secretaries and members of the council; raises Refused."""
    where = {"place": plan.place, "video_link": plan.video_link}
    lacks = planning.plan_lacks(plan.days, (plan.starts, plan.ends), where, at.today)
    if lacks:
        raise Refused(lacks)
    first = meeting_queries.last_number(plan.series) + 1
    made = [
        one_of(plan, number, day, actor, at)
        for number, day in enumerate(sorted({*plan.days}), start=first)
    ]
    db.session.add_all(made)
    db.session.flush()
    asked = [one for one in colleagues if one.roles & ASKED and one.is_active(at.today)]
    for meeting in made:
        db.session.add_all(invited(meeting, one) for one in asked)
        meeting_upkeep.queue(meeting, "invited")
    flush()
    return made


def one_of(plan: Plan, number: int, day: date, actor: Actor, at: Moment) -> CouncilMeeting:
    starts_at, ends_at = planning.span(day, plan.starts, plan.ends)
    return CouncilMeeting(
        id=uuid.uuid4(),
        organisation_id=actor.organisation_id,
        series=plan.series,
        number=number,
        state=S.PLANNED,
        starts_at=starts_at,
        ends_at=ends_at,
        place=plan.place,
        video_link=plan.video_link,
        sequence=0,
        changed_at=at.now,
    )


def invited(meeting: CouncilMeeting, who: Colleague) -> CouncilParticipant:
    own = {"meeting_id": meeting.id, "organisation_id": meeting.organisation_id}
    return CouncilParticipant(id=uuid.uuid4(), user_id=who.user.id, name=who.user.name, **own)


# --- Steps ---


def take(
    meeting: CouncilMeeting, name: str, given: Given, *, actor: Actor, at: Moment, stamp: Stamp
) -> None:
    """Take a step of the table.

    Raises:
        NotNow: not from this state.
        NotYours: the person's roles do not reach.
        Overtaken: somebody changed the meeting after the form was shown.
        Refused: something is missing; every lack at once.
    """
    step = COUNCIL_MEETING.step(name, meeting, actor)
    if meeting.revision != stamp.version:
        raise Overtaken
    with db.session.no_autoflush:  # half of a step would break the table's checks
        EFFECTS[name](meeting, given, at)
        if step.target:
            meeting.state = S(step.target)
        meeting.changed_at = at.now
    flush()
    if name in meeting_upkeep.TOLD:
        meeting_upkeep.queue(meeting, meeting_upkeep.TOLD[name])


def refuse(*lacks: Lack | None) -> None:
    if found := [lack for lack in lacks if lack]:
        raise Refused(found)


def move(meeting: CouncilMeeting, given: Given, at: Moment) -> None:
    """Another time or place; calendars know it by the same id and a higher number."""
    times = given["starts"], given["ends"]
    refuse(*(
        Lack("day" if one.field == "days-0" else one.field, one.text)
        for one in planning.plan_lacks([given["day"]], times, given, at.today)
    ))  # fmt: skip
    meeting.starts_at, meeting.ends_at = planning.span(given["day"], *times)
    meeting.place, meeting.video_link = given.get("place") or None, given.get("video_link") or None
    meeting.sequence += 1


def send_agenda(meeting: CouncilMeeting, given: Given, at: Moment) -> None:
    """From here the agenda and its papers stay as they are. `given["papers"]` makes them."""
    order = meeting_queries.items(meeting.id)
    waiting = [one.title for one in order if one.state == ItemState.PROPOSED]
    words = _("Tag stilling til forslagene: %(titles)s.", titles=", ".join(waiting))
    agenda = meeting_queries.agenda(meeting.id)
    refuse(
        Lack("agenda", words) if waiting else None,
        None if agenda else Lack("agenda", _("Der er ingen punkter endnu.")),
        None
        if meeting_queries.people(meeting.id)
        else Lack("people", _("Der er ingen deltagere endnu.")),
    )
    with force_locale("da"):
        meeting.pack = {
            "day": at.today.isoformat(),
            "items": [frozen(one) for one in agenda],
            "papers": given["papers"](agenda),
        }
    meeting.pack_hash, meeting.sent_at = hash_of(meeting.pack), at.now


def frozen(one: CouncilItem) -> Json:
    names = ("title", "text", "minutes", "source", "evidence")
    return {name: getattr(one, name) for name in names}


def begin(meeting: CouncilMeeting, given: Given, at: Moment) -> None:
    day = format_date(meeting.day, "long")
    words = _("Mødet er aftalt til %(day)s. Flyt det, hvis I holder det før.", day=day)
    refuse(Lack("begin", words) if at.today < meeting.day else None)
    meeting.began_at = at.now


def share_minutes(meeting: CouncilMeeting, given: Given, at: Moment) -> None:
    """Whoever was asked has come or not, and every point has its decision."""
    people, agenda = meeting_queries.people(meeting.id), meeting_queries.agenda(meeting.id)
    there = {str(one.id): one.attended for one in people}
    words = _("Skriv for hver deltager, om vedkommende var med.")
    open_ = [one.title for one in agenda if not one.decision]
    lacking = _("Skriv beslutningen til: %(titles)s.", titles=", ".join(open_))
    refuse(
        Lack("people", words) if [*unanswered(there, there)] else None,
        Lack("agenda", lacking) if open_ else None,
    )
    meeting.minutes = content(meeting, people, agenda)
    meeting.minutes_hash, meeting.shared_at = hash_of(meeting.minutes), at.now


def approve(meeting: CouncilMeeting, given: Given, at: Moment) -> None:
    how = str(given.get("reason") or "").strip()
    words = _("Skriv, hvordan referatet er godkendt, for eksempel på næste møde.")
    refuse(None if how else Lack("reason", words))
    meeting.approval, meeting.approved_at = how, at.now


def cancel(meeting: CouncilMeeting, given: Given, at: Moment) -> None:
    reason = str(given.get("reason") or "").strip()
    refuse(None if reason else Lack("reason", _("Skriv hvorfor. Alle deltagere læser det.")))
    meeting.cancelled_reason = reason
    meeting.sequence += 1


EFFECTS: dict[str, Callable[[CouncilMeeting, Given, Moment], None]] = {
    "move": move,
    "send_agenda": send_agenda,
    "begin": begin,
    "share_minutes": share_minutes,
    "approve": approve,
    "cancel": cancel,
}


# --- The agenda ---


def demand(meeting: CouncilMeeting, actor: Actor, *states: MeetingState) -> None:
    """Raises NotNow and NotYours where this is not the person's to change now."""
    if meeting.state not in states:
        raise NotNow("agenda", meeting.state)
    if not actor.may(Permission.COUNCIL_WRITE):
        raise NotYours("agenda")


def draw(meeting: CouncilMeeting, *, actor: Actor, at: Moment) -> int:
    """Propose what the facts of the day give; how many points are new."""
    demand(meeting, actor, S.PLANNED)
    before = meeting_queries.held_before(meeting.starts_at)
    since = day_of(before.starts_at) if before else at.today - A_QUARTER
    with force_locale("da"):
        found = [*facts.facts(since, at.today)]
    order = meeting_queries.items(meeting.id)
    new, gone = points.drawn(order, found, lambda fact: proposed(meeting, fact), CLOSING)
    for one in gone:
        db.session.delete(one)
    db.session.add_all(new)
    flush()
    return len(new)


def proposed(meeting: CouncilMeeting, fact: facts.Fact) -> CouncilItem:
    words = {name: getattr(fact, name) for name in ("title", "text", "minutes", "evidence")}
    return point(meeting, source=fact.code, state=ItemState.PROPOSED, **words)


def point(meeting: CouncilMeeting, **values: Any) -> CouncilItem:
    own = {"meeting_id": meeting.id, "organisation_id": meeting.organisation_id}
    return CouncilItem(id=uuid.uuid4(), **own, **values)


def add(meeting: CouncilMeeting, words: Json, *, actor: Actor) -> None:
    """A point of one's own, last but for the one that closes; also while the meeting runs."""
    demand(meeting, actor, S.PLANNED, S.IN_PROGRESS)
    made = point(meeting, **words, source=points.OWN, state=ItemState.ACCEPTED)
    points.appended(meeting_queries.items(meeting.id), [made], CLOSING)
    db.session.add(made)
    flush()


def take_all(meeting: CouncilMeeting, *, actor: Actor) -> None:
    demand(meeting, actor, S.PLANNED)
    points.take_all(meeting_queries.items(meeting.id))
    flush()


def arrange(meeting: CouncilMeeting, item: CouncilItem, how: str, *, actor: Actor) -> None:
    """Accept, remove or bring back; or one place up or down."""
    demand(meeting, actor, S.PLANNED)
    if how in points.DECIDED:
        item.state = points.DECIDED[how]
    else:
        points.shift(meeting_queries.agenda(meeting.id), item, {"up": -1, "down": 1}[how])
    flush()


def reword(
    meeting: CouncilMeeting, item: CouncilItem, words: Json, *, seen: int, actor: Actor
) -> None:
    """Whoever words a proposal accepts it. Raises Overtaken."""
    demand(meeting, actor, S.PLANNED)
    if item.revision != seen:
        raise Overtaken
    item.title, item.text, item.minutes = words["title"], words["text"], words["minutes"]
    item.state = ItemState.ACCEPTED
    flush()


def decide(
    meeting: CouncilMeeting, item: CouncilItem, decision: str, *, seen: int, actor: Actor
) -> None:
    """What the council decided on the point, while the meeting runs. Raises Overtaken."""
    demand(meeting, actor, S.IN_PROGRESS)
    if item.revision != seen:
        raise Overtaken
    item.decision = decision or None
    flush()


# --- Who takes part ---


def ask(
    meeting: CouncilMeeting, who: Colleague | None, outside: Mapping[str, str], *, actor: Actor
) -> None:
    """Somebody of the council, or from outside by name and mail. Raises Refused."""
    demand(meeting, actor, *COMING, S.IN_PROGRESS)
    known = meeting_queries.people(meeting.id)
    if who:
        words = _("%(name)s er allerede med.", name=who.user.name)
        refuse(Lack("user_id", words) if who.user.id in {one.user_id for one in known} else None)
        row = invited(meeting, who)
    else:
        refuse(
            None if outside["name"] else Lack("name", _("Vælg en fra rådet, eller skriv et navn.")),
            None
            if outside["mail"]
            else Lack("mail", _("Skriv en e-mailadresse, så invitationen kan sendes.")),
            Lack("mail", _("Adressen er allerede med."))
            if outside["mail"] in {one.mail for one in known}
            else None,
        )
        own = {"meeting_id": meeting.id, "organisation_id": meeting.organisation_id}
        row = CouncilParticipant(id=uuid.uuid4(), **own, **outside)
    db.session.add(row)
    flush()
    meeting_upkeep.queue(meeting, "invited")


def leave_out(meeting: CouncilMeeting, row_id: uuid.UUID, *, actor: Actor) -> None:
    demand(meeting, actor, *COMING)
    for row in meeting_queries.people(meeting.id):
        if row.id == row_id:
            db.session.delete(row)
    flush()
    meeting_upkeep.queue(meeting, "invited")


def attend(
    meeting: CouncilMeeting, there: Mapping[uuid.UUID, bool | None], *, actor: Actor
) -> None:
    """Who came; while it runs."""
    demand(meeting, actor, S.IN_PROGRESS)
    for row in meeting_queries.people(meeting.id):
        row.attended = there.get(row.id)
    flush()
