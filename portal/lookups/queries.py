"""Who has looked at one citizen: by day, purpose and organisation, never by person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Uuid, func, select
from sqlalchemy import column as named_column
from sqlalchemy.types import DateTime, Text

from portal.cpr import Cpr
from portal.db import db
from portal.handovers.queries import name_of
from portal.keys import Keys

COLUMNS = (
    named_column("at", DateTime(timezone=True)),
    named_column("organisation_id", Uuid()),
    named_column("action", Text()),
    named_column("purpose", Text()),
    named_column("subject_type", Text()),
    named_column("subject_id", Uuid()),
    named_column("reference", Text()),
)


@dataclass(frozen=True)
class Citizen:
    """Whom a report is about: a whole number, or the reference of a package or an own case."""

    number: Cpr | None = None
    reference: str | None = None


def lookups(citizen: Citizen, *, keys: Keys, today: date) -> Sequence[Any]:
    """Newest first, across the own case and every package that the own organisation has part in.

    The function that is asked names the organisation itself, as the session has it.
    """
    index = keys.find_cpr(citizen.number) if citizen.number else None
    found = func.citizen_lookups(index, citizen.reference).table_valued(*COLUMNS)
    name = name_of(found.c.organisation_id, today).label("organisation")
    return db.session.execute(select(found, name)).all()


def days(rows: Sequence[Any]) -> tuple[datetime, datetime] | None:
    """The first and the last moment that a report tells of."""
    return (rows[-1].at, rows[0].at) if rows else None
