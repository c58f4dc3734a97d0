"""Meetings about agreements: of an organisation, of an agreement, and one with its parts."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.agreements.models import AgreementVersion
from portal.clock import COPENHAGEN
from portal.db import db
from portal.meetings.parts import (
    ItemState,
    MeetingApproval,
    MeetingEvent,
    MeetingItem,
    MeetingMinutes,
    MeetingNote,
    MeetingParticipant,
)
from portal.meetings.series import COMING, HELD, Meeting, MeetingSeries, MeetingState

WHOLE = joinedload(Meeting.series), joinedload(Meeting.agreement), joinedload(Meeting.own_parties)


def meeting(meeting_id: uuid.UUID) -> Meeting:
    rows = select(Meeting).where(Meeting.id == meeting_id).options(*WHOLE)
    return db.session.scalars(rows).unique().one()


def under_way() -> Sequence[Meeting]:
    """Of every agreement: what is coming, runs, or waits for approval, by its day."""
    running = COMING | {MeetingState.IN_PROGRESS, MeetingState.MINUTES_DRAFTED}
    rows = select(Meeting).where(Meeting.state.in_(running)).options(*WHOLE)
    return db.session.scalars(rows.order_by(Meeting.starts_at)).unique().all()


def of_agreement(agreement_id: uuid.UUID) -> Sequence[Meeting]:
    """The newest first."""
    rows = select(Meeting).where(Meeting.agreement_id == agreement_id).options(*WHOLE)
    return db.session.scalars(rows.order_by(Meeting.starts_at.desc())).unique().all()


def of_year(agreement_id: uuid.UUID, year: int) -> Sequence[Meeting]:
    """Those that were held in the year, with their minutes approved, the earliest first."""
    first, last = (datetime.combine(date(y, 1, 1), time.min, COPENHAGEN) for y in (year, year + 1))
    rows = select(Meeting).where(
        Meeting.agreement_id == agreement_id,
        Meeting.state == MeetingState.MINUTES_APPROVED,
        Meeting.starts_at >= first,
        Meeting.starts_at < last,
    )
    return db.session.scalars(rows.order_by(Meeting.starts_at)).all()


def series_of(agreement_id: uuid.UUID) -> Sequence[MeetingSeries]:
    rows = select(MeetingSeries).where(MeetingSeries.agreement_id == agreement_id)
    return db.session.scalars(rows.order_by(MeetingSeries.made_at)).all()


def series(series_id: uuid.UUID, agreement_id: uuid.UUID) -> MeetingSeries:
    rows = select(MeetingSeries).where(
        MeetingSeries.id == series_id, MeetingSeries.agreement_id == agreement_id
    )
    return db.session.scalars(rows).one()


def newest_of(series_id: uuid.UUID) -> Meeting | None:
    rows = select(Meeting).where(Meeting.series_id == series_id)
    return db.session.scalars(rows.order_by(Meeting.number.desc()).limit(1)).one_or_none()


def ahead(series_id: uuid.UUID, at: datetime) -> Sequence[Meeting]:
    """Of a series what is not over yet, also what was called off; the earliest first."""
    rows = select(Meeting).where(Meeting.series_id == series_id, Meeting.ends_at > at)
    return db.session.scalars(rows.options(*WHOLE).order_by(Meeting.starts_at)).unique().all()


def held_before(one: Meeting) -> Meeting | None:
    """The last meeting about the agreement that was held before this one."""
    rows = select(Meeting).where(
        Meeting.agreement_id == one.agreement_id,
        Meeting.state.in_(HELD),
        Meeting.starts_at < one.starts_at,
    )
    last = rows.order_by(Meeting.starts_at.desc()).limit(1)
    return db.session.scalars(last).one_or_none()


def version_of(one: Meeting) -> AgreementVersion:
    return db.session.get_one(AgreementVersion, one.version_id)


# --- Its parts ---


def participants(meeting_id: uuid.UUID) -> Sequence[MeetingParticipant]:
    """The chair first, then by name; whoever comes from outside last."""
    rows = select(MeetingParticipant).where(MeetingParticipant.meeting_id == meeting_id)
    order = MeetingParticipant.party_id.is_(None), MeetingParticipant.name
    return db.session.scalars(rows.order_by(MeetingParticipant.taking, *order)).all()


def items(meeting_id: uuid.UUID) -> Sequence[MeetingItem]:
    """All that were proposed or added, in the order of the agenda."""
    rows = select(MeetingItem).where(MeetingItem.meeting_id == meeting_id)
    return db.session.scalars(rows.order_by(MeetingItem.position, MeetingItem.id)).all()


def agenda(meeting_id: uuid.UUID) -> list[MeetingItem]:
    """What is on it: removed points are not."""
    return [one for one in items(meeting_id) if one.state != ItemState.REMOVED]


def item(meeting_id: uuid.UUID, item_id: uuid.UUID) -> MeetingItem:
    rows = select(MeetingItem).where(
        MeetingItem.meeting_id == meeting_id, MeetingItem.id == item_id
    )
    return db.session.scalars(rows).one()


def notes(meeting_id: uuid.UUID) -> Sequence[MeetingNote]:
    rows = select(MeetingNote).where(MeetingNote.meeting_id == meeting_id)
    return db.session.scalars(rows.order_by(MeetingNote.number)).all()


def note(meeting_id: uuid.UUID, note_id: uuid.UUID) -> MeetingNote:
    rows = select(MeetingNote).where(
        MeetingNote.meeting_id == meeting_id, MeetingNote.id == note_id
    )
    return db.session.scalars(rows).one()


def next_number(meeting_id: uuid.UUID) -> int:
    """Of a note; two who write at once are told apart by the table's key."""
    last = select(func.max(MeetingNote.number)).where(MeetingNote.meeting_id == meeting_id)
    return (db.session.scalar(last) or 0) + 1


def minutes(meeting_id: uuid.UUID) -> Sequence[MeetingMinutes]:
    """The newest first."""
    rows = select(MeetingMinutes).where(MeetingMinutes.meeting_id == meeting_id)
    return db.session.scalars(rows.order_by(MeetingMinutes.number.desc())).all()


def approvals(meeting_id: uuid.UUID) -> Sequence[MeetingApproval]:
    rows = select(MeetingApproval).where(MeetingApproval.meeting_id == meeting_id)
    return db.session.scalars(rows.order_by(MeetingApproval.at)).all()


def events(meeting_id: uuid.UUID) -> Sequence[MeetingEvent]:
    """The newest first."""
    rows = select(MeetingEvent).where(MeetingEvent.meeting_id == meeting_id)
    return db.session.scalars(rows.order_by(MeetingEvent.at.desc(), MeetingEvent.id)).all()


def event_of_form(meeting_id: uuid.UUID, form_key: str) -> MeetingEvent | None:
    rows = select(MeetingEvent).where(MeetingEvent.meeting_id == meeting_id)
    return db.session.scalars(rows.where(MeetingEvent.form_key == form_key)).one_or_none()
