"""What nobody has answered though both parties' agreement owners were told: references only."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from portal.access import Actor
from portal.db import db
from portal.handovers.models import Handover, HandoverParty, State
from portal.handovers.parts import HandoverNotice
from portal.handovers.queries import name_of
from portal.handovers.reminding import Level

MOST, QUARTER = 50, 92  # rows; days


def stuck(actor: Actor, today: date) -> list[Row[Any]]:
    """The longest overdue first, at most 50: reference, the other party, due day, highest level.

    Only what still waits for the same day: a step since then has begun another clock.
    """
    party, notice = HandoverParty, HandoverNotice
    rows = (
        select(
            party.reference,
            party.standing,
            party.due_on,
            name_of(party.other_id, today).label("other"),
            func.max(notice.level).label("level"),
        )
        .join(notice, notice.handover_id == party.handover_id)
        .where(
            party.organisation_id == actor.organisation_id,
            party.standing.in_(["ours", "theirs"]),
            party.due_on < today,
            notice.due_on == party.due_on,
            notice.level >= Level.OWNERS,
        )
        .group_by(party.reference, party.standing, party.due_on, party.other_id)
        .order_by(party.due_on, party.reference)
        .limit(MOST)
    )
    return list(db.session.execute(rows))


def rejected_twice(actor: Actor, today: date) -> list[Row[Any]]:
    """What the parties disagree about: a point of their next status meeting, for a quarter."""
    party, since = HandoverParty, today - timedelta(days=QUARTER)
    rows = (
        select(
            party.reference,
            name_of(party.other_id, today).label("other"),
            Handover.closed_at,
        )
        .join(Handover, Handover.id == party.handover_id)
        .where(
            party.organisation_id == actor.organisation_id,
            party.state == State.REJECTED,
            Handover.contested_at.is_not(None),
            Handover.closed_at >= since,
        )
        .order_by(Handover.closed_at, party.reference)
        .limit(MOST)
    )
    return list(db.session.execute(rows))
