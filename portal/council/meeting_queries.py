"""The meetings of the own council, with their points and who is asked."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from portal.council.models import CouncilItem, CouncilMeeting, CouncilParticipant
from portal.db import db
from portal.meetings.parts import ItemState
from portal.meetings.series import HELD

M = CouncilMeeting


def meetings() -> Sequence[CouncilMeeting]:
    """The newest first."""
    return db.session.scalars(select(M).order_by(M.starts_at.desc())).all()


def meeting(meeting_id: uuid.UUID) -> CouncilMeeting:
    """Raises NoResultFound for another council's."""
    return db.session.scalars(select(M).where(M.id == meeting_id)).one()


def last_number(series: str) -> int:
    """Of the meetings that are called so; nought before the first."""
    rows = select(func.max(M.number)).where(func.lower(M.series) == series.lower())
    return db.session.scalar(rows) or 0


def newest() -> CouncilMeeting | None:
    return db.session.scalars(select(M).order_by(M.starts_at.desc()).limit(1)).one_or_none()


def held_before(at: datetime) -> CouncilMeeting | None:
    rows = select(M).where(M.state.in_(HELD), M.starts_at < at).order_by(M.starts_at.desc())
    return db.session.scalars(rows.limit(1)).one_or_none()


def items(meeting_id: uuid.UUID) -> Sequence[CouncilItem]:
    """All that were proposed or added, in the order of the agenda."""
    rows = select(CouncilItem).where(CouncilItem.meeting_id == meeting_id)
    return db.session.scalars(rows.order_by(CouncilItem.position, CouncilItem.id)).all()


def agenda(meeting_id: uuid.UUID) -> list[CouncilItem]:
    """What is on it: removed points are not."""
    return [one for one in items(meeting_id) if one.state != ItemState.REMOVED]


def item(meeting_id: uuid.UUID, item_id: uuid.UUID) -> CouncilItem:
    rows = select(CouncilItem).where(
        CouncilItem.meeting_id == meeting_id, CouncilItem.id == item_id
    )
    return db.session.scalars(rows).one()


def people(meeting_id: uuid.UUID) -> Sequence[CouncilParticipant]:
    """By name; whoever comes from outside last."""
    who = CouncilParticipant
    rows = select(who).where(who.meeting_id == meeting_id)
    return db.session.scalars(rows.order_by(who.user_id.is_(None), who.name)).all()
