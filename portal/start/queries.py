"""What waits for one person today."""

from datetime import date
from typing import Any

from sqlalchemy import Row, select

from portal.access import Actor
from portal.cases.models import MemberCase
from portal.clock import add_working_days
from portal.db import db
from portal.handovers.models import Handover, Kind, State
from portal.handovers.queries import name_of

SOON = 15  # working days before responsibility passes: the first reminder (handover clocks)
FEW = 8


def passing_soon(actor: Actor, today: date) -> list[Row[Any]]:
    """Own members whose responsibility passes soon or has passed, and whose package is not sent."""
    case = MemberCase
    under_way = select(Handover.id).where(
        Handover.case_id == case.id,
        Handover.kind == Kind.OVERGANG,
        Handover.state.not_in([State.WITHDRAWN, State.DRAFT]),
    )
    draft = select(Handover.id).where(
        Handover.case_id == case.id,
        Handover.kind == Kind.OVERGANG,
        Handover.state == State.DRAFT,
    )
    rows = (
        select(
            case.id,
            case.name,
            case.transfer_on,
            name_of(case.municipality_id, today).label("municipality"),
            draft.limit(1).scalar_subquery().label("draft_id"),
        )
        .where(
            case.adviser_id == actor.user_id,
            case.closed_at.is_(None),
            case.transfer_on <= add_working_days(today, SOON),
            ~under_way.exists(),
        )
        .order_by(case.transfer_on, case.id)
        .limit(FEW)
    )
    return list(db.session.execute(rows))
