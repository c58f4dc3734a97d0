"""What a calendar shows, and whose it is."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.access import CASEWORKERS, GRANTS, Permission, Role
from portal.db import db
from portal.identity.models import hashed
from portal.meetings.models import CalendarFeed

INVITED = frozenset(role for role in Role if Permission.MEETING_READ in GRANTS[role])


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
class Booked:
    """A meeting about an agreement as an outside calendar may know it, by the agreement's key."""

    meeting_id: uuid.UUID
    kind: str
    key: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Shown:
    """A calendar that may be read today, in its owner's language, by the time of its meetings."""

    feed_id: uuid.UUID
    language: str
    appointments: list[Appointment]
    booked: list[Booked]


def calendar_of(token: str, today: date) -> Shown | None:
    """Asked without a session; None where the address was never one, or is one no longer."""
    joint = asked(func.calendar_of, CASEWORKERS, Appointment, token, today)
    booked = asked(func.meetings_of_calendar, INVITED, Booked, token, today)
    rows = [*joint, *booked]
    if not rows:
        return None
    return Shown(
        rows[0].feed_id,
        rows[0].language,
        sorted((Appointment(*row[2:]) for row in joint if row.meeting_id), key=begin),
        sorted((Booked(*row[2:]) for row in booked if row.meeting_id), key=begin),
    )


def begin(one: Appointment | Booked) -> datetime:
    return one.starts_at


def asked(
    function: Any, roles: Iterable[Role], shape: type[Any], token: str, today: date
) -> Sequence[Any]:
    """Of the keeper's function, which alone knows whose address it is."""
    names = ("feed_id", "language", *shape.__annotations__)
    told = function(hashed(token), sorted(roles), today).table_valued(*names)
    return db.session.execute(select(*(told.c[name] for name in names))).all()
