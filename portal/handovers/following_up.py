"""Doing what was to be asked again, ending what has become pointless, and telling of it once."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, select

from portal import mail, rules
from portal.access import Actor
from portal.batches import in_batches
from portal.clock import Moment
from portal.db import db
from portal.handovers import reached
from portal.handovers.follow_ups import HandoverFollowUp, Outcome
from portal.handovers.models import Handover, HandoverParty, State
from portal.handovers.models import Party as Side
from portal.handovers.passing import leads
from portal.handovers.queries import name_of
from portal.organisations.queries import Reader, work_of
from portal.workflow import NotNow, flush

Task = HandoverFollowUp


def task(handover_id: uuid.UUID, task_id: uuid.UUID) -> Task:
    """Raises NoResultFound where there is none that the asking organisation sees."""
    rows = select(Task).where(Task.id == task_id, Task.handover_id == handover_id)
    return db.session.scalars(rows).one()


def open_tasks(handover_id: uuid.UUID) -> Sequence[Task]:
    rows = select(Task).where(Task.handover_id == handover_id, Task.done_at.is_(None))
    return db.session.scalars(rows.order_by(Task.due_on)).all()


def due(actor: Actor, until: date, today: date, most: int) -> list[Row[Any]]:
    return list(db.session.execute(due_rows(actor, until, today, most)))


def due_rows(actor: Actor, until: date, today: date, most: int) -> Select[Any]:
    """What is to be asked again by `until`, the oldest first: one's own, or for a leader all that
    the unit has. Only the receiver has any.
    """
    party = HandoverParty
    whose = party.person_id == work_of(actor.user_id, today)
    if leads(actor):
        whose = party.unit_id == actor.unit_id
    columns: list[Any] = [
        Task.handover_id,
        Task.due_on,
        Task.months,
        party.member_name,
        party.reference,
        party.person,
        name_of(party.other_id, today).label("other"),
    ]
    return (
        select(*columns)
        .join(party, party.handover_id == Task.handover_id)
        .where(
            Task.organisation_id == actor.organisation_id,
            party.organisation_id == actor.organisation_id,
            Task.done_at.is_(None),
            Task.due_on <= until,
            whose,
        )
        .order_by(Task.due_on, Task.id)
        .limit(most)
    )


def opens_on(task: Any) -> date:
    """From which day on it may be done."""
    return task.due_on - timedelta(days=rules.on(task.due_on, "handover.follow_up_early_days"))  # type: ignore[no-any-return]  # of a row, or of what was gathered of it


def record(task: Task, outcome: Outcome, *, actor: Actor, at: Moment) -> None:
    """What the receiver found; a code, never a text.

    Raises:
        NotNow: it is the other party's, somebody has done or ended it, or its day is far ahead.
    """
    is_ours = task.organisation_id == actor.organisation_id
    if not is_ours or task.done_at or at.today < opens_on(task):
        raise NotNow("follow_up", State.COMPLETED)
    task.outcome, task.done_at, task.done_by = outcome, at.now, actor.name
    flush()


def end(handover: Handover, ground: str, *, actor: Actor, at: Moment) -> None:
    """The fund knows why nobody needs to ask any more."""
    for one in open_tasks(handover.id):
        one.lapsed, one.done_at, one.done_by = ground, at.now, actor.name
    flush()


def take_up_again(handover: Handover, ground: str) -> None:
    """The event fell through: what it ended is to be asked again."""
    rows = select(Task).where(Task.handover_id == handover.id, Task.lapsed == ground)
    for one in db.session.scalars(rows):
        one.lapsed = one.done_at = one.done_by = None
    flush()


def to_tell(day: date) -> Iterator[tuple[Task, mail.Line, list[Reader]]]:
    """As the worker: what has come and stood in no digest yet, and who does it."""
    rows = (
        select(Task, Handover)
        .join(Handover, Handover.id == Task.handover_id)
        .where(Task.due_on <= day, Task.done_at.is_(None), Task.told_at.is_(None))
    )
    for found, handover, *_key in in_batches(rows, Task.due_on, Task.id, of=Task):
        line = mail.Line(handover.reference, "follow_up", found.due_on)
        yield found, line, reached.recipients(handover, Side.RECEIVER, day)
