"""What each step asks for and what it changes besides the state.

Each function looks first (and refuses with every lack at once), then changes the package. The
state itself, the turn, the clock and the event are `actions.take`'s.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal.access import Actor, Permission
from portal.agreements import criteria
from portal.clock import COPENHAGEN, Moment, add_working_days, day_of, is_working_day
from portal.db import db
from portal.handovers import clocks, days, queries, sending, words
from portal.handovers.meeting import JointMeeting, MeetingState, Minutes
from portal.handovers.models import Handover
from portal.handovers.parts import HandoverQuestion
from portal.handovers.workflow import MINUTES_SHARED
from portal.workflow import Done, Lack, NotYours, Refused

Given = Mapping[str, Any]


Effect = Callable[[Handover, Given, Actor, Moment], Done]


def refuse(*lacks: Lack | None) -> None:
    if found := [lack for lack in lacks if lack]:
        raise Refused(found)


def wanted(given: Given, name: str, text: str) -> Lack | None:
    value = given.get(name)
    missing = value is None or (isinstance(value, str) and not value.strip())
    return Lack(name, text) if missing else None


def send(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """The content is frozen and the receiver let in; what the case becomes later stays at home."""
    draft = given["draft"]
    reception = queries.reception(handover.receiver_id, at.today)
    of_case = given["source"], given["agreement"]
    refuse(*sending.lacks(handover, draft, *of_case, reception, actor, at.today))
    sending.identify(handover, given["source"], given["keys"])
    handover.sent_at = at.now
    handover.receiver_unit_id = reception.unit_id
    if not sending.needs_another(handover):  # else whoever made it keeps it
        handover.sender_person_id, handover.sender_person = actor.user_id, actor.name
    frozen = sending.freeze(handover, draft, *of_case, actor, given.get("shown"), given["desks"])
    return Done(detail={"number": frozen.number, "hash": frozen.hash})


def acknowledge(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    handover.received_at = at.now
    return Done()


def assign(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """To oneself, or by a leader to another; the other must be here, active and in the role."""
    person_id: uuid.UUID = given["person_id"]
    if person_id != actor.user_id and not actor.may(Permission.HANDOVER_LEAD):
        raise NotYours("assign")
    person = queries.colleague(person_id, at.today)
    refuse(
        None if person else Lack("person_id", _("Vælg en kollega, der kan tage sagen.")),
        Lack("person_id", _("%(name)s er fraværende.", name=person.name))
        if person and person.is_absent
        else None,
    )
    assert person is not None  # noqa: S101  (refused above)
    handover.receiver_person_id, handover.receiver_person = person.id, person.name
    handover.receiver_unit_id = person.unit_id or handover.receiver_unit_id
    return Done(detail={"person": person.name})


def request_info(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    questions = [text.strip() for text in given["questions"] if text and text.strip()]
    refuse(
        None
        if questions
        else Lack("questions", _("Skriv mindst ét konkret spørgsmål, som a-kassen kan svare på.")),
        Lack("questions", _("Der er spurgt %(n)s gange. Tal sammen i stedet.", n=handover.rounds))
        if handover.rounds >= handover.parameters["info_rounds"]
        else None,
    )
    handover.rounds += 1
    for position, text in enumerate(questions, 1):
        db.session.add(
            HandoverQuestion(
                handover_id=handover.id,
                organisation_id=actor.organisation_id,
                round=handover.rounds,
                position=position,
                text=text,
                asked_by=actor.name,
                asked_at=at.now,
            )
        )
    return Done(detail={"questions": len(questions)})


def provide_info(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Every question of the round answered, or why it cannot be."""
    lacks = []
    for question in given["questions"]:
        answer = (given["answers"].get(question.id) or "").strip()
        reason = (given["unanswerable"].get(question.id) or "").strip()
        if bool(answer) == bool(reason):
            lacks.append(Lack(f"answer-{question.id}", one_of_two(question.position, bool(answer))))
        question.answer, question.unanswerable = answer or None, reason or None
        question.answered_at, question.answered_by = at.now, actor.name
    refuse(*lacks, *sending.moved_away(handover, given["source"]))
    of_case = given["source"], given["agreement"]
    frozen = sending.freeze(
        handover, given["draft"], *of_case, actor, given.get("shown"), given["desks"]
    )
    return Done(detail={"number": frozen.number, "hash": frozen.hash})


def one_of_two(number: int, both: bool) -> str:
    text: str = _("Spørgsmål %(n)s: svar, eller skriv, hvorfor I ikke kan oplyse det.", n=number)
    if both:
        text = _("Spørgsmål %(n)s: skriv kun det ene, et svar eller en grund.", n=number)
    return text


def accept(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Somebody has it from here: without an assignee the one who accepts takes it."""
    if handover.receiver_person_id is None:
        handover.receiver_person_id, handover.receiver_person = actor.user_id, actor.name
        handover.receiver_unit_id = actor.unit_id
    day, was = given.get("responsible_from"), handover.responsible_from
    detail = {"rating": given["rating"]} if given.get("rating") else {}
    refuse(None if day or was else Lack("responsible_from", _("Skriv den dag, ansvaret overgår.")))
    if day and day != was:
        refuse(*beyond(handover, day, at))
        handover.responsible_from = day
        handover.responsible_source = f"foreslået af {actor.name} ved accept" + (
            f" i stedet for {was:%d.%m.%Y}" if was else ""
        )
        detail |= {"was": was.isoformat() if was else None, "is": day.isoformat()}
    handover.accepted_at, handover.accepted_by = at.now, actor.name
    return Done(detail=detail)


def beyond(handover: Handover, day: date, at: Moment) -> list[Lack]:
    """Of a day that is not the sender's: the content that was sent says when the period began."""
    assert handover.sent_at is not None  # noqa: S101  (a draft is not accepted)
    start = queries.newest_content(handover.id).content.get("benefit_start")
    return days.of_responsibility(
        day,
        benefit_start=date.fromisoformat(start) if start else None,
        sent_on=day_of(handover.sent_at),
        today=at.today,
    )


def reject(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """With a reason of the agreement's list, and what would help the member instead."""
    if handover.parameters["reject_by_leader"] and not actor.may(Permission.HANDOVER_LEAD):
        raise NotYours("reject")
    code = given.get("reason_code")
    offered = criteria.offered(handover.parameters["rejection_reasons"], at.today)
    reasons = {reason["code"]: reason for reason in offered}
    refuse(
        None if code in reasons else Lack("reason_code", _("Vælg en årsag fra aftalen.")),
        Lack("criterion", _("Vælg det kriterium, der ikke er opfyldt."))
        if reasons.get(code, {}).get("needs_criterion") and not given.get("criterion")
        else None,
        wanted(given, "reason_text", _("Begrund afvisningen, så a-kassen kan handle på den.")),
        wanted(given, "alternative", _("Skriv, hvad I foreslår i stedet.")),
    )
    handover.closed_reason = code
    handover.closed_text = given["reason_text"]
    detail = {
        "code": code,
        "criterion": given.get("criterion"),
        "alternative": given["alternative"],
    }
    return Done(reason=given["reason_text"], detail=detail)


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
    handover.fund_attends = given["fund_attends"]
    handover.due_on = given["day"]
    told = {"is": starts_at.isoformat()}
    if was is None:
        return Done(detail=told)
    code, reason = given["reason_code"], given.get("reason") or None
    return Done(reason=reason, detail=told | {"was": was, "code": code})


def reason_lacks(given: Given, known: Mapping[str, Any]) -> list[Lack | None]:
    """One of the list; the last resort is no reason without words."""
    code = given.get("reason_code")
    return [
        None if code in known else Lack("reason_code", _("Vælg en årsag.")),
        wanted(given, "reason", _("Skriv årsagen, så den anden part forstår den."))
        if code == "other"
        else None,
    ]


def span(given: Given) -> tuple[datetime, datetime]:
    """The meeting's time as people wrote it, in Copenhagen, as aware times."""
    day, first, last = given.get("day"), given.get("starts"), given.get("ends")
    if not day or not first or not last:
        raise Refused([Lack("day", _("Skriv dag og klokkeslæt for samtalen."))])
    start = datetime.combine(day, first, tzinfo=COPENHAGEN)
    return start, datetime.combine(day, last, tzinfo=COPENHAGEN)


def meeting_lacks(handover: Handover, given: Given, at: Moment) -> list[Lack | None]:
    starts_at, ends_at = span(given)
    earliest = add_working_days(at.today, clocks.days(handover, "meeting_notice"))
    return [
        None
        if given["day"] >= earliest
        else Lack(
            "day",
            _("Samtalen kan tidligst holdes %(day)s.", day=format_date(earliest, "long")),
        ),
        None
        if is_working_day(given["day"])
        else Lack("day", _("Dagen er ikke en arbejdsdag. Vælg en anden.")),
        None
        if ends_at > starts_at
        else Lack("ends", _("Samtalen skal slutte, efter at den er begyndt.")),
        None
        if given.get("place") or given.get("video_link")
        else Lack("place", _("Skriv et sted eller et link til videomødet.")),
        None
        if given.get("fund_attends") is not None
        else Lack("fund_attends", _("Svar, om borgeren ønsker, at a-kassen deltager.")),
    ]


def cancel_meeting(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    refuse(*reason_lacks(given, words.MEETING_REASONS))
    meeting = queries.live_meeting(handover)
    assert meeting is not None  # noqa: S101  (the state says that there is one)
    code, reason = given["reason_code"], given.get("reason") or None
    meeting.state, meeting.cancelled_reason = MeetingState.CANCELLED, code
    meeting.sequence += 1
    return Done(reason=reason, detail={"was": meeting.starts_at.isoformat(), "code": code})


def record_held(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    meeting = queries.live_meeting(handover)
    assert meeting is not None  # noqa: S101  (the state says that there is one)
    called_on = meeting.called_in_on or given.get("called_in_on")
    called_via = meeting.called_in_via or given.get("called_in_via")
    text = _("Skriv, hvornår og hvordan borgeren blev indkaldt.")
    refuse(
        Lack("held", _("Samtalen er ikke begyndt endnu.")) if at.now < meeting.starts_at else None,
        None if called_on and called_via else Lack("called_in_on", text),
        *days.past("called_in_on", called_on, at.today),
    )
    meeting.called_in_on, meeting.called_in_via = called_on, called_via
    meeting.state, meeting.attendance = MeetingState.HELD, dict(given["attendance"])
    handover.held_at = at.now
    return Done(detail={"attendance": meeting.attendance})


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


def complete(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    registered: date | None = given.get("registered_on")
    refuse(
        None
        if queries.minutes_count(handover)
        else Lack("minutes", _("Skriv og del referatet, før overdragelsen afsluttes.")),
        None
        if registered
        else Lack("registered_on", _("Skriv, hvornår overgangen er registreret i DFDG.")),
        Lack("registered_on", _("Dagen kan ikke ligge i fremtiden."))
        if registered and registered > at.today
        else None,
    )
    handover.registered_on = registered
    return Done(detail={"registered_on": registered.isoformat() if registered else None})


def withdraw(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """A reason from a short list; the receiver reads it.

    A transfer by law has the shorter one: only where the duty no longer exists.
    """
    code = given.get("reason_code")
    refuse(*reason_lacks(given, words.withdrawal_reasons(handover.kind)))
    handover.closed_reason, handover.closed_text = code, given.get("reason") or None
    return Done(reason=given.get("reason") or None, detail={"code": code})


EFFECTS: dict[str, Effect] = {
    "send": send,
    "acknowledge": acknowledge,
    "assign": assign,
    "request_info": request_info,
    "provide_info": provide_info,
    "accept": accept,
    "reject": reject,
    "plan_meeting": plan_meeting,
    "cancel_meeting": cancel_meeting,
    "record_held": record_held,
    "publish_minutes": publish_minutes,
    "complete": complete,
    "withdraw": withdraw,
}
