"""What people write to each other about a package: messages, questions, answers, own notes.

Rows are only added. What a person has not read yet follows from how many there were when the person
last opened the package, which its audit row says.
"""

import uuid

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from portal.access import Actor
from portal.clock import Moment, add_working_days
from portal.db import db
from portal.handovers import clocks, notices
from portal.handovers.models import Handover
from portal.handovers.parts import HandoverMessage, HandoverNote
from portal.workflow import Lack, NotNow, Refused


def write_message(
    handover: Handover,
    text: str,
    *,
    asks: bool = False,
    answers: HandoverMessage | None = None,
    actor: Actor,
    at: Moment,
) -> HandoverMessage:
    """Both parties read it. One that `asks` is answered within the agreement's days for answers.

    Raises:
        NotNow: a draft has no other party yet.
    """
    if handover.sent_at is None:
        raise NotNow("message", handover.state)
    due_on = add_working_days(at.today, clocks.days(handover, "answer")) if asks else None
    message = HandoverMessage(
        id=uuid.uuid4(),
        handover_id=handover.id,
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        person=actor.name,
        at=at.now,
        text=text,
        answer_due_on=due_on,
        answers_id=answers.id if answers else None,
    )
    db.session.add(message)
    db.session.flush()
    notices.queue_message(message)
    return message


def answer(
    handover: Handover, question: HandoverMessage, text: str, *, actor: Actor, at: Moment
) -> HandoverMessage:
    """By the other party; or by the one that asked, which has found it itself.

    Raises:
        Refused: it has been answered meanwhile.
    """
    if is_answered(question):
        words = _("Spørgsmålet er allerede besvaret. Svaret står under Beskeder.")
        raise Refused([Lack("text", words)])
    return write_message(handover, text, answers=question, actor=actor, at=at)


def write_note(handover: Handover, text: str, *, actor: Actor, at: Moment) -> None:
    """Only the own side reads it."""
    own = {"handover_id": handover.id, "organisation_id": actor.organisation_id}
    who = {"user_id": actor.user_id, "person": actor.name}
    db.session.add(HandoverNote(at=at.now, text=text, **who, **own))
    db.session.flush()


def question(handover_id: uuid.UUID, message_id: uuid.UUID) -> HandoverMessage:
    """Raises NoResultFound for what is no question of the package."""
    rows = select(HandoverMessage).where(
        HandoverMessage.handover_id == handover_id,
        HandoverMessage.id == message_id,
        HandoverMessage.answer_due_on.is_not(None),
    )
    return db.session.scalars(rows).one()


def is_answered(question: HandoverMessage) -> bool:
    reply = aliased(HandoverMessage)
    return bool(db.session.scalar(select(exists().where(reply.answers_id == question.id))))
