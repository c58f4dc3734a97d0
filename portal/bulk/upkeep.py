"""What the worker does of a batch: the rest of a long one, and clearing away old ones."""

import uuid
from datetime import datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import delete, or_

from portal.access import Actor, Role
from portal.bulk import actions
from portal.bulk.models import Batch
from portal.clock import moment, now
from portal.db import db
from portal.jobs import PATIENT, as_the_web, enqueue, jobs
from portal.organisations.queries import colleague

KEPT = timedelta(days=30)
UNCONFIRMED = timedelta(days=1)


@jobs.task(name="bulk.carry_on", retry=PATIENT)
def carry_on(batch_id: str) -> None:
    """The next rows, and then a job for those after them. Twice is once: a row is done once.

    For the one who confirmed, under the policies and guards that hold a request of theirs.
    """
    batch = db.session.get(Batch, uuid.UUID(batch_id))
    if batch is None or batch.confirmed_at is None or batch.finished_at:
        return
    at, actor = moment(), acting(batch)
    as_the_web(batch.organisation_id, batch.user_id)
    with force_locale(batch.language):
        is_finished = actions.carry_on(batch, actor=actor, at=at)
    if not is_finished:
        enqueue(carry_on, batch_id=batch_id)


def acting(batch: Batch) -> Actor:
    """With the roles of the confirmation that the person still has; none after having left."""
    one = colleague(batch.user_id)
    is_here = one.is_active(moment().today)
    roles = one.roles & {*map(Role, batch.roles)} if is_here else frozenset[Role]()
    where = batch.organisation_id, one.user.name
    return Actor(one.user.id, *where, frozenset(roles), one.membership.unit_id)


@jobs.periodic(cron="41 3 * * *")
@jobs.task(name="bulk.clear", queueing_lock="bulk.clear")
def clear(timestamp: int) -> None:
    """What was done stands in each package's history and in the log."""
    clear_away(now())


def clear_away(at: datetime) -> None:
    old = Batch.made_at < at - KEPT
    never = Batch.confirmed_at.is_(None) & (Batch.made_at < at - UNCONFIRMED)
    db.session.execute(delete(Batch).where(or_(old, never)))
