"""What people count by hand: in two clicks, about no person, and taken back as easily."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal import cpr
from portal.access import Actor
from portal.clock import Moment
from portal.db import db
from portal.goals.models import GoalTally, TallyKind
from portal.goals.periods import Period
from portal.workflow import Lack, NotNow, Refused, flush

BACK = timedelta(days=366)
SHOWN = 20


def count(given: Mapping[str, Any], *, actor: Actor, at: Moment) -> GoalTally:
    """Raises Refused for a day to come or more than a year back, and for a person's number."""
    if lacks := [*refused(given, at.today)]:
        raise Refused(lacks)
    place = given.get("municipality_id")
    made = GoalTally(
        id=uuid.uuid4(),
        organisation_id=actor.organisation_id,
        municipality_id=uuid.UUID(place) if place else None,
        kind=TallyKind(given["kind"]),
        day=given["day"],
        number=given["number"],
        note=(given.get("note") or "").strip() or None,
        user_id=actor.user_id,
        recorded_by=actor.name,
        recorded_at=at.now,
    )
    db.session.add(made)
    flush()
    return made


def refused(given: Mapping[str, Any], today: date) -> list[Lack]:
    lacks = []
    if given["day"] > today:
        lacks.append(Lack("day", _("Dagen ligger ude i fremtiden.")))
    elif given["day"] < today - BACK:
        lacks.append(Lack("day", _("Dagen ligger mere end et år tilbage.")))
    if cpr.find_in(given.get("note") or ""):
        lacks.append(Lack("note", _("Skriv ikke noget om personer her. Slet CPR-nummeret.")))
    return lacks


def undo(entry_id: uuid.UUID, *, at: Moment) -> GoalTally:
    """Raises NotNow for one that was taken back before, NoResultFound for another's."""
    entry = db.session.scalars(select(GoalTally).where(GoalTally.id == entry_id)).one()
    if entry.undone_at:
        raise NotNow("undo", entry.kind)
    entry.undone_at = at.now
    flush()
    return entry


def entries() -> Sequence[GoalTally]:
    """The newest of the own organisation's."""
    rows = select(GoalTally).where(GoalTally.undone_at.is_(None))
    newest = rows.order_by(GoalTally.day.desc(), GoalTally.recorded_at.desc()).limit(SHOWN)
    return db.session.scalars(newest).all()


def sums(period: Period) -> dict[TallyKind, int]:
    rows = select(GoalTally.kind, func.sum(GoalTally.number)).where(
        GoalTally.undone_at.is_(None), GoalTally.day.between(period.first, period.last)
    )
    found = {row[0]: int(row[1]) for row in db.session.execute(rows.group_by(GoalTally.kind))}
    return {kind: found.get(kind, 0) for kind in TallyKind}
