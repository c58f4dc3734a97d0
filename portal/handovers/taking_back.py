"""What came back: the member's case goes on, and says there since when the fund has it again."""

from flask_babel import force_locale
from sqlalchemy import select

from portal.access import Actor
from portal.cases import actions as cases
from portal.cases import queries as case_queries
from portal.cases import recording
from portal.cases.models import MemberCase
from portal.clock import Moment
from portal.db import db
from portal.handovers import following_up, words
from portal.handovers.models import Handover

LAPSED = "returned"  # what was to be asked again is the fund's now


def take_back(handover: Handover, actor: Actor, at: Moment) -> MemberCase:
    """The member's case goes on, with the day and whose word it is in its history.

    Where the fund has opened a newer one meanwhile, that one goes on.
    """
    case = case_queries.held_case(handover.case_id)
    if case.closed_at is not None:
        case = newer(handover) or opened(case)
    with force_locale("da"):
        source = f"{handover.reference}: {words.RETURNED_FOR[handover.returned_for or '']}"
    day = handover.responsible_from or at.today
    recording.take_back(case, day=day, source=source, actor=actor)
    former = db.session.scalars(select(Handover).where(Handover.id == handover.former_id))
    for one in former:
        following_up.end(one, LAPSED, actor=actor, at=at)
    return case


def newer(handover: Handover) -> MemberCase | None:
    rows = select(MemberCase).where(
        MemberCase.cpr_index == handover.cpr_index, MemberCase.closed_at.is_(None)
    )
    return db.session.scalars(rows).one_or_none() if handover.cpr_index else None


def opened(case: MemberCase) -> MemberCase:
    cases.reopen(case)
    return case
