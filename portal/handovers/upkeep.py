"""What the worker does with packages whose day has come: it wakes them."""

from sqlalchemy import select

from portal.clock import Moment, now, today
from portal.db import db
from portal.handovers import actions
from portal.handovers.models import Handover
from portal.jobs import jobs


@jobs.periodic(cron="7 4 * * *")
@jobs.task(name="handovers.upkeep", queueing_lock="handovers.upkeep")
def tend(timestamp: int) -> None:
    """Before anybody is at work. Twice is once, and a day of standstill is made up for."""
    wake(Moment(now(), today()))


def wake(at: Moment) -> int:
    rows = select(Handover).where(Handover.hold_until <= at.today).order_by(Handover.hold_until)
    found = db.session.scalars(rows.with_for_update(skip_locked=True)).all()
    for handover in found:
        actions.by_system(handover, "resume", {}, at=at)
    return len(found)
