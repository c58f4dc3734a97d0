"""An accepted package takes the place of the other open ones of the same member and kind.

The accepting municipality does not see them, so the worker does it.
"""

import uuid

from sqlalchemy import select

from portal.clock import Moment, now, today
from portal.db import db
from portal.handovers.models import Handover
from portal.jobs import enqueue, jobs


def queue(handover: Handover) -> None:
    """In the transaction of the acceptance."""
    enqueue(supersede, handover_id=str(handover.id))


@jobs.task(name="handovers.supersede")
def supersede(handover_id: str) -> None:
    """Twice is once: what is closed is not found again."""
    from portal.handovers import actions  # which queues this

    newer = db.session.get(Handover, uuid.UUID(handover_id))
    if newer is None or newer.accepted_at is None or newer.is_closed:
        return
    for older in others(newer):
        actions.by_system(older, "supersede", {"newer": newer}, at=Moment(now(), today()))


def others(newer: Handover) -> list[Handover]:
    """Those there were when it was accepted: a job that comes late ends nothing begun since."""
    rows = select(Handover).where(
        Handover.case_id == newer.case_id,
        Handover.kind == newer.kind,
        Handover.id != newer.id,
        Handover.created_at <= newer.accepted_at,
        Handover.closed_at.is_(None),
    )
    return [*db.session.scalars(rows.order_by(Handover.created_at))]
