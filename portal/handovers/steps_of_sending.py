"""Sending, acknowledging, who has it, questions and answers."""

import uuid
from collections.abc import Sequence
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access import Actor, Permission
from portal.clock import Moment, day_of
from portal.db import db
from portal.handovers import days, files, queries, sending
from portal.handovers.lacks import Effect, Given, refuse, wanted
from portal.handovers.models import Handover, Kind
from portal.handovers.parts import HandoverQuestion
from portal.workflow import Done, Lack, NotNow, NotYours, Refused


def send(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """The content is frozen and the receiver let in; what the case becomes later stays at home."""
    draft = given["draft"]
    reception = queries.reception(handover.receiver_id, at.today)
    of_case = given["source"], given["agreement"]
    enclosed = given["desks"]["files"]
    refuse(*sending.lacks(handover, draft, *of_case, reception, actor, at.today, enclosed))
    sending.identify(handover, given["source"], given["keys"])
    handover.sent_at = at.now
    handover.receiver_unit_id = unit_that_had_it(handover) or reception.unit_id
    if not sending.needs_another(handover):  # else whoever made it keeps it
        handover.sender_person_id, handover.sender_person = actor.user_id, actor.name
    frozen = sending.freeze(handover, draft, *of_case, actor, given.get("shown"), given["desks"])
    return Done(detail={"number": frozen.number, "hash": frozen.hash})


def acknowledge(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    handover.received_at = at.now
    return Done()


def acknowledge_by_phone(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """On behalf of a municipality that has no users yet: whoever calls, writes down with whom.

    Raises NotNow where the municipality is on board: then it acknowledges itself.
    """
    if queries.reception(handover.receiver_id, at.today).is_on_board:
        raise NotNow("acknowledge_by_phone", handover.state)
    assert handover.sent_at is not None  # noqa: S101  (the state says that it was sent)
    day: date | None = given["day"]
    earliest = day_of(handover.sent_at)
    refuse(
        wanted(given, "day", _("Skriv, hvilken dag I talte sammen.")),
        wanted(given, "with_whom", _("Skriv, hvem du talte med.")),
        *days.past("day", day, at.today),
        Lack("day", _("Pakken er først sendt %(day)s.", day=format_date(earliest, "long")))
        if day and day < earliest
        else None,
    )
    handover.received_at = at.now
    told = {"day": day.isoformat() if day else None, "with_whom": given["with_whom"].strip()}
    return Done(detail=told)


def unit_that_had_it(handover: Handover) -> uuid.UUID | None:
    """What goes back to the fund goes to the unit that sent it."""
    if handover.kind != Kind.RETUR:
        return None
    return db.session.scalar(
        select(Handover.sender_unit_id).where(Handover.id == handover.former_id)
    )


def assign(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """To oneself, or by a leader to another; the other must be here, active and in the role."""
    person_id: uuid.UUID = given["person_id"]
    if person_id != actor.user_id and not actor.may(Permission.HANDOVER_LEAD):
        raise NotYours("assign")
    person = whoever_takes_it(person_id, queries.WORKING_ROLES, at.today)
    handover.receiver_person_id, handover.receiver_person = person.id, person.name
    handover.receiver_unit_id = person.unit_id or handover.receiver_unit_id
    return Done(detail={"person": person.name})


def move_case(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """A leader of the sender gives it to a colleague: who is ill or gone loses nothing."""
    person = whoever_takes_it(given["person_id"], queries.WORKING_ROLES, at.today)
    handover.sender_person_id, handover.sender_person = person.id, person.name
    handover.sender_unit_id = person.unit_id or handover.sender_unit_id
    return Done(detail={"person": person.name})


def whoever_takes_it(person_id: uuid.UUID, roles: Sequence[str], today: date) -> queries.Colleague:
    """A colleague who is here, active and in one of the roles. Raises Refused for anybody else."""
    found = {one.id: one for one in queries.colleagues(today, roles)}
    if person_id not in found:
        raise Refused([Lack("person_id", _("Vælg en kollega, der kan tage sagen."))])
    person = found[person_id]
    if person.is_absent:
        raise Refused([Lack("person_id", _("%(name)s er fraværende.", name=person.name))])
    return person


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
    lacks = answers(given, actor, at)
    waiting = files.lacks(handover, given["desks"]["files"])
    refuse(*lacks, *sending.moved_away(handover, given["source"]), *waiting)
    of_case = given["source"], given["agreement"]
    frozen = sending.freeze(
        handover, given["draft"], *of_case, actor, given.get("shown"), given["desks"]
    )
    return Done(detail={"number": frozen.number, "hash": frozen.hash})


def find_info(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """The receiver has found the answers itself, or needs them no longer: it goes on by itself."""
    refuse(*answers(given, actor, at, is_found=True))
    return Done(detail={"found": len(given["questions"])})


def answers(given: Given, actor: Actor, at: Moment, *, is_found: bool = False) -> list[Lack]:
    """To every open question an answer or a reason for none; what is lacking of that."""
    lacks = []
    for question in given["questions"]:
        answer = (given["answers"].get(question.id) or "").strip()
        reason = (given["unanswerable"].get(question.id) or "").strip()
        if bool(answer) == bool(reason):
            lacks.append(Lack(f"answer-{question.id}", one_of_two(question.position, bool(answer))))
        question.answer, question.unanswerable = answer or None, reason or None
        question.answered_at, question.answered_by = at.now, actor.name
        question.is_found = is_found
    return lacks


def one_of_two(number: int, both: bool) -> str:
    text: str = _("Spørgsmål %(n)s: svar, eller skriv, hvorfor I ikke kan oplyse det.", n=number)
    if both:
        text = _("Spørgsmål %(n)s: skriv kun det ene, et svar eller en grund.", n=number)
    return text


EFFECTS: dict[str, Effect] = {
    "send": send,
    "acknowledge": acknowledge,
    "acknowledge_by_phone": acknowledge_by_phone,
    "assign": assign,
    "move_case": move_case,
    "request_info": request_info,
    "provide_info": provide_info,
    "find_info": find_info,
}
