"""The steps of a meeting, each with its guards and effects; and the minutes that both approve."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal.access import Actor, Role
from portal.agreements import contacts
from portal.agreements import queries as agreements
from portal.agreements.models import Side
from portal.clock import Moment, day_of
from portal.db import Json, db
from portal.meetings import planning
from portal.meetings.attendance import unanswered
from portal.meetings.parts import MeetingApproval, MeetingMinutes, MeetingParticipant
from portal.meetings.series import Meeting, MeetingState
from portal.meetings.workflow import MEETING
from portal.status_meetings import agenda, duties, queries
from portal.status_meetings.facts import Figures
from portal.status_meetings.minutes import content
from portal.status_meetings.planning import happened
from portal.workflow import Lack, Overtaken, Refused, Stamp, flush

Given = Mapping[str, Any]
BOTH = {Side.FUND, Side.MUNICIPALITY}


def take(
    meeting: Meeting, name: str, given: Given, *, actor: Actor, at: Moment, stamp: Stamp
) -> bool:
    """Take a step of the table. False when this very form took it before.

    Raises:
        NotNow: not from this state, or not for this party.
        NotYours: the person's roles do not reach.
        Overtaken: somebody changed the meeting after the form was shown.
        Refused: something is missing; every lack at once.
    """
    if queries.event_of_form(meeting.id, stamp.key):
        return False
    step = MEETING.step(name, meeting, actor)
    if meeting.revision != stamp.version:
        raise Overtaken
    source = meeting.state
    with db.session.no_autoflush:  # half of a step would break the table's checks
        reason = EFFECTS[name](meeting, given, actor, at)
        if step.target:
            meeting.state = MeetingState(step.target)
        meeting.changed_at = at.now
    flush()
    AFTER.get(name, nothing)(meeting, actor, at)
    happened(meeting, name, source, actor, at, reason=reason, key=stamp.key)
    return True


def nothing(meeting: Meeting, actor: Actor, at: Moment) -> None:
    """Most steps are whole once they are taken."""


# --- Before the meeting ---


def move(meeting: Meeting, given: Given, actor: Actor, at: Moment) -> str | None:
    """Another time or place; calendars know it by the same id and a higher number."""
    starts_at, ends_at = planning.span(given["day"], given["starts"], given["ends"])
    words = _("Mødet skal slutte, efter at det er begyndt.")
    lacks = [planning.place_lack(given), planning.end_lack(starts_at, ends_at, "ends", words)]
    if given["day"] < at.today:
        lacks.append(Lack("day", _("Dagen ligger i fortiden.")))
    refuse(*lacks)
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.place, meeting.video_link = given.get("place") or None, given.get("video_link") or None
    meeting.sequence += 1
    return given.get("reason") or None


def refuse(*lacks: Lack | None) -> None:
    if found := [lack for lack in lacks if lack]:
        raise Refused(found)


def send_agenda(meeting: Meeting, given: Given, actor: Actor, at: Moment) -> None:
    """From here the agenda and its figures stay as they are; the version that holds is kept."""
    figures: Figures = given["figures"]
    waiting = agenda.undecided(meeting)
    parties = {row.party_id for row in queries.participants(meeting.id)}
    agreement = agreements.agreement(meeting.agreement_id)
    version = agreement.shown_on(day_of(meeting.starts_at)) or agreement.binding[0]
    sides = {row.side for row in version.sides if row.organisation_id in parties}
    refuse(
        Lack("agenda", _("Tag stilling til forslagene: %(titles)s.", titles=", ".join(waiting)))
        if waiting
        else None,
        None if queries.agenda(meeting.id) else Lack("agenda", _("Der er ingen punkter endnu.")),
        None if sides >= BOTH else Lack("people", _("Der skal være deltagere fra begge sider.")),
        planning.place_lack({"place": meeting.place, "video_link": meeting.video_link}),
    )
    agenda.bring_up_to_date(meeting, figures, actor, at.today)
    meeting.version_id, meeting.sent_at = version.id, at.now
    meeting.pack = agenda.pack(meeting, figures, at)
    meeting.pack_hash = agenda.hash_of(meeting.pack)


def cancel(meeting: Meeting, given: Given, actor: Actor, at: Moment) -> str:
    reason = str(given.get("reason") or "").strip()
    refuse(None if reason else Lack("reason", _("Skriv hvorfor. Begge parter læser det.")))
    meeting.cancelled_reason = reason
    meeting.sequence += 1
    return reason


# --- The meeting and its minutes ---


def begin(meeting: Meeting, given: Given, actor: Actor, at: Moment) -> None:
    day = day_of(meeting.starts_at)
    words = _("Mødet er aftalt til %(day)s. Flyt det, hvis I holder det før.")
    early = Lack("begin", words % {"day": format_date(day, "long")})
    refuse(early if at.today < day else None)
    meeting.began_at = at.now


def share_minutes(meeting: Meeting, given: Given, actor: Actor, at: Moment) -> None:
    """Whoever was asked has come or not: it is said of each."""
    people = queries.participants(meeting.id)
    there = {str(one.id): one.attended for one in people}
    words = _("Skriv for hver deltager, om vedkommende var med.")
    refuse(Lack("people", words) if [*unanswered(there, there)] else None)
    for one in queries.items(meeting.id):
        if one.running_since:
            agenda.stop(one, at)


def keep_minutes(meeting: Meeting, actor: Actor, at: Moment, reason: str | None = None) -> None:
    """The next number, as it stands now; approvals of the one before are of that one alone."""
    found = queries.minutes(meeting.id)
    told: Json = content(meeting)
    db.session.add(
        MeetingMinutes(
            meeting_id=meeting.id,
            agreement_id=meeting.agreement_id,
            organisation_id=actor.organisation_id,
            number=found[0].number + 1 if found else 1,
            content=told,
            hash=agenda.hash_of(told),
            reason=reason,
            shared_at=at.now,
            shared_by=actor.name,
        )
    )
    flush()


def approve(meeting: Meeting, given: Given, actor: Actor, at: Moment) -> None:
    """For the own party, these very minutes.

    Raises Refused for whoever neither takes part nor speaks for the party, for minutes that were
    corrected meanwhile, and for a party that has approved them already.
    """
    newest = queries.minutes(meeting.id)[0]
    known = {row.organisation_id for row in queries.approvals(meeting.id) if is_of(row, newest)}
    may = may_approve(meeting, actor, at)
    words = _(
        "Du kan ikke godkende referatet: det gør en, der deltager i mødet, eller jeres aftaleejer "
        "eller en stedfortræder."
    )
    refuse(
        None if may else Lack("approve", words),
        None
        if given["number"] == newest.number
        else Lack("approve", _("Referatet er rettet, siden du åbnede siden. Læs det igen.")),
        Lack("approve", _("I har allerede godkendt referatet."))
        if actor.organisation_id in known
        else None,
    )
    side = meeting.party_of(actor)
    row = MeetingApproval(
        meeting_id=meeting.id,
        agreement_id=meeting.agreement_id,
        organisation_id=actor.organisation_id,
        side=side,
        number=newest.number,
        user_id=actor.user_id,
        person=actor.name,
        at=at.now,
    )
    db.session.add(row)


def is_of(row: MeetingApproval, newest: MeetingMinutes) -> bool:
    return row.number == newest.number


def settle(meeting: Meeting, actor: Actor, at: Moment) -> None:
    """Once both sides have approved the same minutes, they are approved."""
    newest = queries.minutes(meeting.id)[0]
    sides = {row.side for row in queries.approvals(meeting.id) if is_of(row, newest)}
    if sides >= BOTH:
        meeting.state, meeting.approved_at = MeetingState.MINUTES_APPROVED, at.now
        flush()


def may_approve(meeting: Meeting, actor: Actor, at: Moment) -> bool:
    """A participant, the party's agreement owner, or who stands in for one of them."""
    if Role.AGREEMENT_OWNER in actor.roles:
        return True
    people = queries.participants(meeting.id)
    if takes_part(people, actor, at) or duties.owners_stood_in_for(actor, at.today):
        return True
    rows = contacts.rows_on(meeting.agreement_id, at.today).values()
    own = [row for row in rows if row.organisation_id == actor.organisation_id]
    return any(row.deputy_id == actor.user_id for row in own)


def takes_part(people: Any, actor: Actor, at: Moment) -> bool:
    acting = duties.stood_in_for(actor, at.today)
    own: list[MeetingParticipant] = [one for one in people if one.party_id == actor.organisation_id]
    return any(one.user_id in acting for one in own)


Effect = Callable[[Meeting, Given, Actor, Moment], str | None]
EFFECTS: dict[str, Effect] = {
    "move": move,
    "send_agenda": send_agenda,
    "cancel": cancel,
    "begin": begin,
    "share_minutes": share_minutes,
    "approve": approve,
}
AFTER: dict[str, Callable[[Meeting, Actor, Moment], None]] = {
    "share_minutes": keep_minutes,
    "approve": settle,
}
