"""Actions of meetings that are owed: told in the daily digest before the day, and once late."""

import uuid
from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, or_, select

from portal import mail
from portal.access import Role
from portal.agreements.models import Agreement
from portal.batches import in_batches
from portal.clock import add_working_days
from portal.db import db
from portal.meetings.parts import MeetingNote, NoteKind
from portal.meetings.series import HELD, Meeting
from portal.organisations.queries import Reader, acting, in_role

BEFORE = 3  # working days
LONGEST_KEY = 31  # what a mail takes as a reference
N = MeetingNote


def reference_of(agreement: Agreement) -> str:
    return agreement.key.upper()[:LONGEST_KEY]


def owed(
    agreement_id: uuid.UUID, party_id: uuid.UUID, user_id: uuid.UUID | None
) -> list[MeetingNote]:
    """What somebody of a party has not closed yet, the earliest due first."""
    rows = select(N).where(
        N.agreement_id == agreement_id,
        N.kind == NoteKind.ACTION,
        N.closed_at.is_(None),
        N.party_id == party_id,
        N.user_id == user_id,
    )
    return [*db.session.scalars(rows.order_by(N.due_on))]


def due(day: date) -> Iterator[tuple[MeetingNote, mail.Line, list[Reader]]]:
    """What is due soon and was not told of, and what has come to be late since it was."""
    soon = add_working_days(day, BEFORE)
    told_on = func.date(N.told_at)
    is_news = or_(
        N.told_at.is_(None) & (N.due_on <= soon), (N.due_on < day) & (told_on <= N.due_on)
    )
    rows = (
        select(N, Agreement)
        .join(Meeting, Meeting.id == N.meeting_id)
        .join(Agreement, Agreement.id == N.agreement_id)
        .where(N.kind == NoteKind.ACTION, N.closed_at.is_(None), Meeting.state.in_(HELD), is_news)
    )
    for note, agreement, *_key in in_batches(rows, N.due_on, N.id, of=N):
        if note.due_on:
            what = "action_late" if note.due_on < day else "action"
            yield note, mail.Line(reference_of(agreement), what, note.due_on), readers(note, day)


def readers(note: MeetingNote, day: date) -> list[Reader]:
    """Who is to do it or stands in, else the party's owners; nobody from outside is written to."""
    if note.party_id is None:
        return []
    person = acting(note.party_id, note.user_id, day) if note.user_id else []
    return person or in_role(note.party_id, Role.AGREEMENT_OWNER, day)
