"""The clock of what nobody has: it runs beside the package's own, and tells who can assign it."""

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from portal import rules
from portal.clock import COPENHAGEN, add_working_days, day_of
from portal.db import db
from portal.handovers.models import Handover
from portal.handovers.parts import HandoverNotice
from portal.handovers.reminding import Level
from portal.handovers.workflow import WITH_RECEIVER

UNASSIGNED = "unassigned"


def is_unassigned(handover: Handover) -> bool:
    """Sent, and nobody of the receiver's has it; what is on hold waits for nobody."""
    is_there = handover.state in WITH_RECEIVER and handover.receiver_person_id is None
    return is_there and handover.hold_until is None


def come(day: date) -> list[dict[str, Any]]:
    """A notice for each package that has waited in the queue for so long on `day`."""
    days: int = rules.on(day, "handover.unassigned_days")
    told = select(HandoverNotice.id).where(
        HandoverNotice.handover_id == Handover.id,
        HandoverNotice.clock == UNASSIGNED,
        HandoverNotice.due_on > func.date(Handover.sent_at),  # with who has it now
    )
    rows = select(Handover.id, Handover.sent_at).where(
        Handover.state.in_(sorted(WITH_RECEIVER)),
        Handover.receiver_person_id.is_(None),
        Handover.hold_until.is_(None),
        Handover.sent_at < datetime.combine(day, time.min, COPENHAGEN),
        ~told.exists(),
    )
    found = [
        (id_, add_working_days(day_of(at), days)) for id_, at in db.session.execute(rows) if at
    ]
    return [
        {
            "id": uuid.uuid4(),
            "handover_id": id_,
            "clock": UNASSIGNED,
            "due_on": due_on,
            "level": Level.LATE,
            "found_on": day,
        }
        for id_, due_on in found
        if due_on <= day
    ]
