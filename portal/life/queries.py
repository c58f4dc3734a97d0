"""The events of a case, and its packages as the table of effects asks of them."""

import uuid
from collections.abc import Container, Iterator, Sequence
from datetime import date

from sqlalchemy import or_, select

from portal.batches import in_batches
from portal.clock import day_of
from portal.db import db
from portal.handovers.follow_ups import HandoverFollowUp
from portal.handovers.meeting import JointMeeting, MeetingState
from portal.handovers.models import Handover
from portal.life.effects import Package
from portal.life.models import LifeEvent


def events(case_id: uuid.UUID) -> Sequence[LifeEvent]:
    """The newest first."""
    rows = select(LifeEvent).where(LifeEvent.case_id == case_id)
    return db.session.scalars(rows.order_by(LifeEvent.recorded_at.desc())).all()


def event(event_id: uuid.UUID, case_id: uuid.UUID) -> LifeEvent:
    """Raises NoResultFound for another case's, and for another organisation's."""
    rows = select(LifeEvent).where(LifeEvent.id == event_id, LifeEvent.case_id == case_id)
    return db.session.scalars(rows).one()


def going_on(case_id: uuid.UUID) -> Sequence[Handover]:
    """Open packages, and those of which something is to be asked again; the first made first."""
    asked = select(HandoverFollowUp.handover_id).where(HandoverFollowUp.done_at.is_(None))
    goes_on = or_(Handover.closed_at.is_(None), Handover.id.in_(asked))
    rows = select(Handover).where(Handover.case_id == case_id, goes_on)
    return db.session.scalars(rows.order_by(Handover.created_at, Handover.id)).all()


def packages(handovers: Sequence[Handover], going_on: Container[uuid.UUID] = ()) -> list[Package]:
    ids = [one.id for one in handovers]
    live = select(JointMeeting).where(
        JointMeeting.handover_id.in_(ids), JointMeeting.state == MeetingState.PLANNED
    )
    meets = {row.handover_id: day_of(row.starts_at) for row in db.session.scalars(live)}
    return [
        Package(
            one.id,
            one.reference,
            one.state,
            meets.get(one.id),
            one.hold_until is not None,
            one.kind,
            one.id in going_on,
        )
        for one in handovers
    ]


def due(day: date) -> Iterator[LifeEvent]:
    """As the worker: what waits for a day that has come, each taken by one worker alone."""
    rows = select(LifeEvent).where(
        LifeEvent.day <= day, LifeEvent.done_at.is_(None), LifeEvent.undone_at.is_(None)
    )
    key = LifeEvent.day, LifeEvent.id
    return (row[0] for row in in_batches(rows, *key, of=LifeEvent))
