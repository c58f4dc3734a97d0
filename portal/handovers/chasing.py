"""Reminding whoever has the turn, by hand: a mail with the reference, one a package and day."""

import uuid
from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.access import Actor
from portal.clock import Moment
from portal.db import db
from portal.handovers import notices
from portal.handovers.models import Handover, Party, Turn
from portal.handovers.parts import HandoverReminder
from portal.jobs import enqueue, jobs
from portal.workflow import Lack, Refused


def reminded(ids: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, str]:
    """Which packages somebody has sent a reminder of on `day`, and who."""
    table = HandoverReminder
    rows = select(table.handover_id, table.person).where(
        table.handover_id.in_([*ids]), table.day == day
    )
    return {handover_id: person for handover_id, person in db.session.execute(rows)}


def obstacle(handover: Handover, actor: Actor, by: str | None) -> str | None:
    """Why nobody is reminded now; `by` is who has done it today already."""
    if handover.turn == Turn.NOBODY:
        return str(_("Pakken er afsluttet, så der er ingen at rykke."))
    if by:
        return str(_("%(name)s har allerede sendt en rykker i dag.", name=by))
    sides = {Turn.SENDER: handover.sender_person_id, Turn.RECEIVER: handover.receiver_person_id}
    if sides.get(handover.turn) == actor.user_id:
        return str(_("Det er din egen tur."))
    return None


def remind(handover: Handover, *, actor: Actor, at: Moment) -> None:
    """Raises Refused where it is nobody's turn or somebody has done it today."""
    by = reminded([handover.id], at.today).get(handover.id)
    why = obstacle(handover, actor, by)
    if why is None:
        why = written(handover, actor, at)
    if why:
        raise Refused([Lack("handover", why)])


def written(handover: Handover, actor: Actor, at: Moment) -> str | None:
    """None when it is; who comes second of two at once reads that it was done."""
    own = {"handover_id": handover.id, "organisation_id": actor.organisation_id}
    row = HandoverReminder(id=uuid.uuid4(), person=actor.name, day=at.today, at=at.now, **own)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return str(_("Der er allerede sendt en rykker i dag."))
    enqueue(tell_reminder, reminder_id=str(row.id))
    return None


@jobs.task(name="handovers.tell_reminder")
def tell_reminder(reminder_id: str) -> None:
    """As the worker: to whoever has the turn by now; a second run finds the mails written."""
    reminder = db.session.get(HandoverReminder, uuid.UUID(reminder_id))
    if reminder is None:
        return
    handover = db.session.scalars(select(Handover).where(Handover.id == reminder.handover_id)).one()
    for party in Party:
        if handover.turn in (Turn.BOTH, Turn(party)):
            notices.write(handover, party, "reminder", reminder)
