"""What a calendar shows, and whose it is."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from portal.access import CASEWORKERS
from portal.db import db
from portal.identity.models import hashed
from portal.meetings.models import CalendarFeed


def feed_of(user_id: uuid.UUID) -> CalendarFeed | None:
    """Of somebody in the own organisation. The address itself nobody can read."""
    rows = select(CalendarFeed).where(CalendarFeed.user_id == user_id)
    return db.session.scalars(rows).one_or_none()


@dataclass(frozen=True)
class Appointment:
    """A joint meeting as an outside calendar may know it: when, and under which reference."""

    meeting_id: uuid.UUID
    handover_id: uuid.UUID
    reference: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    with_fund: bool


@dataclass(frozen=True)
class Shown:
    """A calendar that may be read today, in its owner's language, by the time of its meetings."""

    feed_id: uuid.UUID
    language: str
    appointments: list[Appointment]


def calendar_of(token: str, today: date) -> Shown | None:
    """Asked without a session; None where the address was never one, or is one no longer."""
    names = ("feed_id", "language", *Appointment.__annotations__)
    told = func.calendar_of(hashed(token), sorted(CASEWORKERS), today).table_valued(*names)
    rows = db.session.execute(select(*(told.c[name] for name in names))).all()
    if not rows:
        return None
    found = [Appointment(*row[2:]) for row in rows if row.meeting_id]
    return Shown(rows[0].feed_id, rows[0].language, sorted(found, key=lambda one: one.starts_at))
