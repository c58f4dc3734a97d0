"""Telling the party whose turn it is, by mail: reference and link, nothing else.

The web only queues; the worker, who alone may know addresses, finds the readers and writes.
"""

import uuid
from collections.abc import Collection, Iterator

from flask import current_app
from sqlalchemy import select

from portal import mail
from portal.clock import day_of
from portal.db import db
from portal.handovers import invitations, queries, reached
from portal.handovers.files import HandoverFile
from portal.handovers.models import Handover, Kind, Party, Pending, Turn
from portal.handovers.parts import HandoverEvent, HandoverMessage, HandoverReminder
from portal.jobs import enqueue, jobs
from portal.organisations.queries import leaders

SILENT = {"create", "call_in"}
# Of the sender alone, and what its person is told.
INTERNAL = {
    "submit_for_signoff": "signoff",
    "return_to_draft": "returned",
    "move_case": "assigned",
}
CORRECTING = {"amend", "correct"}  # they tell of something and ask for nothing
OF_A_MOVE = {"send", "withdraw", "obsolete", "take_over", "reset"}  # the fund is told of them
TWICE = 2
SAID_BY_INVITATION = {"plan_meeting", "pick_slot", "cancel_meeting"}  # one mail says it, not two


def queue(event: HandoverEvent) -> None:
    """In the transaction of the step: without it no mail, with it always one."""
    if event.step not in SILENT:
        enqueue(tell, event_id=str(event.id))


def queue_message(message: HandoverMessage) -> None:
    enqueue(tell_message, message_id=str(message.id))


@jobs.task(name="handovers.tell")
def tell(event_id: str) -> None:
    """The mails of one step; a second run finds them written."""
    event = db.session.get(HandoverEvent, uuid.UUID(event_id))
    if event is None:
        return
    handover = db.session.scalars(select(Handover).where(Handover.id == event.handover_id)).one()
    if is_silent(handover, event):
        return
    called = invitations.sync(handover, event)
    if event.step in INTERNAL:
        write(handover, Party.SENDER, INTERNAL[event.step], event)
        return
    if event.user_id is None:  # Samspil's own: neither party knows of it yet
        write(handover, Party.SENDER, "updated", event)
    if event.step == "assign":
        if handover.receiver_person_id != event.user_id:
            write(handover, Party.RECEIVER, "assigned", event)
        write(handover, Party.SENDER, "updated", event)
        return
    other = Party.RECEIVER if event.organisation_id == handover.sender_id else Party.SENDER
    is_theirs = handover.turn in (Turn.BOTH, Turn(other)) and event.step not in CORRECTING
    but = called if event.step in SAID_BY_INVITATION else set()
    write(handover, other, "your_turn" if is_theirs else "updated", event, but=but)
    if handover.kind == Kind.FLYTNING and event.step in OF_A_MOVE:
        write(begun_as(handover), Party.SENDER, "updated", event)
    for template in of_concern(handover, event):
        tell_owners(handover, event, template)
    if event.step == "record_no_show" and event.detail["count"] == TWICE:
        tell_leaders(handover, event)


def begun_as(handover: Handover) -> Handover:
    """The fund's own package, from which a citizen who moves has been sent on: it is told of it."""
    while handover.former_id and handover.kind == Kind.FLYTNING:
        handover = db.session.get_one(Handover, handover.former_id)
    return handover


def of_concern(handover: Handover, event: HandoverEvent) -> Iterator[str]:
    """What the agreement owners of both parties are told of."""
    if event.step == "request_info" and handover.rounds >= handover.parameters["info_rounds"]:
        yield "rounds"
    if event.step == "refuse_request" and event.detail["kind"] == Pending.WITHDRAWAL:
        yield "request_refused"
    if event.step == "mark_error" and event.detail["opened"]:
        yield "opened_in_error"
    if event.step == "contest":
        yield "contested"


def is_silent(handover: Handover, event: HandoverEvent) -> bool:
    """Nothing is mailed of a death: the page says it. What was never sent has no other party."""
    is_death = event.step == "obsolete" and event.detail["code"] == "death"
    return is_death or (handover.sent_at is None and event.step not in INTERNAL)


def tell_leaders(handover: Handover, event: HandoverEvent) -> None:
    """Of the municipality, whose meeting has come to nothing twice."""
    base = current_app.extensions["samspil"].base_url
    for leader in leaders(handover.receiver_id, day_of(event.at)):
        mail.queue(
            leader.address,
            "missed_twice",
            reference=handover.reference,
            url=f"{base}/handovers/{handover.id}",
            language=leader.language,
            subject_id=handover.id,
            once=f"missed {event.id}",
        )


def tell_owners(handover: Handover, event: HandoverEvent, template: str) -> None:
    """The owners of both parties bring them together: after the last round of questions, or a no
    to what one party needed the other for."""
    base = current_app.extensions["samspil"].base_url
    for owner in reached.owners(handover, day_of(event.at)):
        mail.queue(
            owner.address,
            template,
            reference=handover.reference,
            url=f"{base}/",
            language=owner.language,
            subject_id=handover.id,
            once=f"{template} {event.id}",
        )


@jobs.task(name="handovers.tell_message")
def tell_message(message_id: str) -> None:
    message = db.session.get(HandoverMessage, uuid.UUID(message_id))
    if message is None:
        return
    handover = db.session.scalars(select(Handover).where(Handover.id == message.handover_id)).one()
    other = Party.RECEIVER if message.organisation_id == handover.sender_id else Party.SENDER
    write(handover, other, "question" if message.answer_due_on else "message", message)


def write(
    handover: Handover,
    party: Party,
    template: str,
    cause: HandoverEvent | HandoverMessage | HandoverReminder | HandoverFile,
    *,
    but: Collection[str] = (),
) -> None:
    """Who cannot sign in gets the reference and no link to what it is about."""
    base, day = current_app.extensions["samspil"].base_url, day_of(cause.at)
    url = f"{base}/handovers/{handover.id}"
    if party == Party.RECEIVER and not queries.reception(handover.receiver_id, day).is_on_board:
        template, url = "not_on_board", f"{base}/"
    for reader in reached.recipients(handover, party, day):
        if reader.address in but:
            continue
        mail.queue(
            reader.address,
            template,
            reference=handover.reference,
            url=url,
            language=reader.language,
            subject_id=handover.id,
            once=str(cause.id),
        )
