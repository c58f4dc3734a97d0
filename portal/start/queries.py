"""What waits for one person today."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, select

from portal.access import Actor
from portal.cases.models import MemberCase
from portal.clock import add_working_days
from portal.db import db
from portal.handovers.models import Handover, HandoverParty, Kind, State
from portal.handovers.queries import name_of
from portal.handovers.worklist import MOST_COUNTED, in_tab

SOON = 15  # working days before responsibility passes: the first reminder (handover clocks)
FEW = 8


@dataclass(frozen=True)
class Waiting:
    """Counts are capped: nobody reads further than over a thousand."""

    late: int
    today: int
    unassigned: int


def waiting(actor: Actor, today: date) -> Waiting:
    party = HandoverParty
    mine, nobodys = in_tab("mine", actor), in_tab("unassigned", actor)
    row = db.session.execute(
        select(
            counted(and_(mine, party.due_on < today)).label("late"),
            counted(and_(mine, party.due_on == today)).label("today"),
            counted(nobodys).label("unassigned"),
        )
    ).one()
    return Waiting(row.late, row.today, row.unassigned)


def counted(condition: Any) -> Any:
    rows = select(HandoverParty.id).where(condition).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()


def passing_soon(actor: Actor, today: date) -> list[Row[Any]]:
    """Own members whose responsibility passes soon or has passed, and who have no package yet."""
    case = MemberCase
    under_way = select(Handover.id).where(
        Handover.case_id == case.id,
        Handover.kind == Kind.OVERGANG,
        Handover.state.not_in([State.WITHDRAWN, State.DRAFT]),
    )
    rows = (
        select(
            case.id,
            case.name,
            case.transfer_on,
            name_of(case.municipality_id, today).label("municipality"),
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
