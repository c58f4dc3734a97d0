"""The joint meeting and its minutes."""

from collections.abc import Iterator
from datetime import date, datetime

from flask_babel import format_date
from flask_babel import gettext as _

from portal.access import Actor
from portal.clock import Moment, add_working_days, day_of, is_working_day
from portal.db import Json, db
from portal.handovers import attendance, clocks, days, minutes_drafts, queries, words
from portal.handovers.lacks import Effect, Given, reason_lacks, refuse, wanted
from portal.handovers.meeting import JointMeeting, MeetingState, Minutes
from portal.handovers.models import Handover
from portal.handovers.workflow import MINUTES_SHARED
from portal.meetings import planning
from portal.meetings.attendance import unanswered
from portal.meetings.planning import place_lack
from portal.workflow import Done, Lack, Refused


def plan_meeting(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """A new day keeps the meeting's UID and raises its sequence; the former day is kept too."""
    starts_at, ends_at = span(given)
    meeting = queries.live_meeting(handover)
    why = reason_lacks(given, words.MEETING_REASONS) if meeting else []
    lacks = meeting_lacks(handover, given, at)
    refuse(*why, *lacks, *days.past("called_in_on", given.get("called_in_on"), at.today))
    was = meeting.starts_at.isoformat() if meeting else None
    if meeting is None:
        meeting = JointMeeting(handover_id=handover.id, organisation_id=actor.organisation_id)
        meeting.sequence = 0
        db.session.add(meeting)
    else:
        meeting.sequence += 1
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.place, meeting.video_link = given.get("place") or None, given.get("video_link") or None
    meeting.participants = given.get("participants") or None
    meeting.called_in_on = given.get("called_in_on")
    meeting.called_in_via = given.get("called_in_via") or None
    handover.fund_attends = attendance.wish(handover, given)
    handover.due_on = given["day"]
    told = {"is": starts_at.isoformat()}
    if was is None:
        return Done(detail=told)
    code, reason = given["reason_code"], given.get("reason") or None
    return Done(reason=reason, detail=told | {"was": was, "code": code})


def span(given: Given) -> tuple[datetime, datetime]:
    """The meeting's time as people wrote it, in Copenhagen, as aware times."""
    day, first, last = given.get("day"), given.get("starts"), given.get("ends")
    if not day or not first or not last:
        raise Refused([Lack("day", _("Skriv dag og klokkeslæt for samtalen."))])
    return planning.span(day, first, last)


def meeting_lacks(handover: Handover, given: Given, at: Moment) -> list[Lack | None]:
    attends = attendance.wish(handover, given)
    times = time_lacks(handover, *span(given), at, "day", "ends")
    return [*times, place_lack(given), attendance.lack(attends)]


def time_lacks(
    handover: Handover,
    starts_at: datetime,
    ends_at: datetime,
    at: Moment,
    day_field: str,
    end_field: str,
) -> Iterator[Lack | None]:
    earliest = add_working_days(at.today, clocks.days(handover, "meeting_notice"))
    if day_of(starts_at) < earliest:
        when = format_date(earliest, "long")
        yield Lack(day_field, _("Samtalen kan tidligst holdes %(day)s.", day=when))
    if not is_working_day(day_of(starts_at)):
        yield Lack(day_field, _("Dagen er ikke en arbejdsdag. Vælg en anden."))
    words = _("Samtalen skal slutte, efter at den er begyndt.")
    yield planning.end_lack(starts_at, ends_at, end_field, words)


def cancel_meeting(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    refuse(*reason_lacks(given, words.MEETING_REASONS))
    meeting = queries.live_meeting(handover)
    assert meeting is not None  # noqa: S101  (the state says that there is one)
    code, reason = given["reason_code"], given.get("reason") or None
    meeting.state, meeting.cancelled_reason = MeetingState.CANCELLED, code
    meeting.sequence += 1
    return Done(reason=reason, detail={"was": meeting.starts_at.isoformat(), "code": code})


def call_off(handover: Handover) -> None:
    """No meeting outlives its package."""
    if meeting := queries.live_meeting(handover):
        meeting.state, meeting.cancelled_reason = MeetingState.CANCELLED, "closed"
        meeting.sequence += 1


def record_held(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    meeting = queries.live_meeting(handover)
    assert meeting is not None  # noqa: S101  (the state says that there is one)
    called_on = meeting.called_in_on or given.get("called_in_on")
    called_via = meeting.called_in_via or given.get("called_in_via")
    there = dict(given["attendance"])
    if handover.fund_attends is False:
        there["fund"] = False  # as the member wishes
    text = _("Skriv, hvornår og hvordan borgeren blev indkaldt.")
    refuse(
        Lack("held", _("Samtalen er ikke begyndt endnu.")) if at.now < meeting.starts_at else None,
        None if called_on and called_via else Lack("called_in_on", text),
        *days.past("called_in_on", called_on, at.today),
        *attendance_lacks(there),
    )
    meeting.called_in_on, meeting.called_in_via = called_on, called_via
    meeting.state, meeting.attendance = MeetingState.HELD, there
    handover.held_at = at.now
    return Done(detail={"attendance": meeting.attendance})


def attendance_lacks(there: Json) -> Iterator[Lack]:
    """Answered for each party; without the one whom it is about, no meeting was held."""
    yield from unanswered(there, words.ATTENDANCE)
    if there.get("member") is False:
        text = _("Uden borgeren er samtalen ikke holdt. Registrér udeblivelsen i stedet.")
        yield Lack("member", text)


def publish_minutes(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Every goal that was sent is continued, changed or dropped, the last two with a reason.

    From here the end is awaited; minutes that are put right begin that time anew.
    """
    lacks: list[Lack | None] = [wanted(given, "text", _("Skriv et referat."))]
    for position, goal in enumerate(given["goals"]):
        if goal["outcome"] not in {"continued", "changed", "dropped"}:
            lacks.append(Lack(f"outcomes-{position}", _("Vælg, hvad der sker med målet.")))
        elif goal["outcome"] != "continued" and not (goal.get("reason") or "").strip():
            lacks.append(Lack(f"reasons-{position}", _("Begrund, at målet ændres eller udgår.")))
    refuse(
        *lacks,
        wanted(given, "next_contact_on", _("Skriv dagen for næste kontakt.")),
        next_contact_lack(handover, given.get("next_contact_on"), at.today),
        wanted(given, "next_contact_person", _("Skriv, hvem der tager næste kontakt.")),
    )
    number = queries.minutes_count(handover) + 1
    db.session.add(
        Minutes(
            handover_id=handover.id,
            organisation_id=actor.organisation_id,
            number=number,
            text=given["text"],
            goals=list(given["goals"]),
            next_contact_on=given["next_contact_on"],
            next_contact_person=given["next_contact_person"],
            published_at=at.now,
            published_by=actor.name,
        )
    )
    minutes_drafts.drop(handover)
    clocks.run(handover, MINUTES_SHARED, at.today)
    return Done(detail={"number": number})


def next_contact_lack(handover: Handover, day: date | None, today: date) -> Lack | None:
    """Minutes that are put right later may keep the day that they had."""
    if day is None or day >= today:
        return None
    shared = queries.newest_minutes(handover)
    if shared and shared.next_contact_on == day:
        return None
    return Lack("next_contact_on", _("Næste kontakt kan ikke ligge i fortiden."))


EFFECTS: dict[str, Effect] = {
    "plan_meeting": plan_meeting,
    "cancel_meeting": cancel_meeting,
    "record_held": record_held,
    "publish_minutes": publish_minutes,
}
