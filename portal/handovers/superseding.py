"""A package that is taken on takes the place of others, in the same transaction or never.

An accepted one, of the other open ones of the same member and kind; one that a municipality has
sent on or back, of the one that it went on from; a new fund's draft, of all that the former fund
has open. Who takes it on does not see them, so the worker does it.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from portal import rules
from portal.cases import actions as cases
from portal.cases.models import MemberCase
from portal.clock import Moment, end_of_day, now, today
from portal.db import db
from portal.handovers.models import SENT_ON, Handover, HandoverParty, Kind, State
from portal.jobs import enqueue, jobs

TAKING = {"accept", "take_over"}


def queue(handover: Handover) -> None:
    """In the transaction of the step."""
    enqueue(supersede, handover_id=str(handover.id))


@jobs.task(name="handovers.supersede")
def supersede(handover_id: str) -> None:
    """Twice is once: what is closed is not found again."""
    from portal.handovers import actions  # which queues this

    newer = db.session.get(Handover, uuid.UUID(handover_id))
    at = Moment(now(), today())
    if newer is None or not is_taken_on(newer):
        return
    instead, older = in_place_of(newer), others(newer)
    for one in older if instead else ():
        actions.by_system(one, "supersede", {"newer": instead}, at=at)
    if newer.kind == Kind.AKASSESKIFT:
        part(newer, older, at)


def is_taken_on(newer: Handover) -> bool:
    ends = State.COMPLETED if newer.is_straight else None
    return newer.accepted_at is not None and (not newer.is_closed or newer.state == ends)


def in_place_of(newer: Handover) -> Handover | None:
    """What stands there from now on: itself, or the new fund's own draft."""
    if newer.kind != Kind.AKASSESKIFT:
        return newer
    return db.session.scalars(select(Handover).where(Handover.former_id == newer.id)).one_or_none()


def others(newer: Handover) -> list[Handover]:
    """Those there were when it was taken on: a job that comes late ends nothing begun since."""
    rows = select(Handover).where(
        Handover.case_id == newer.case_id,
        Handover.id != newer.id,
        Handover.created_at <= newer.accepted_at,
        Handover.closed_at.is_(None),
    )
    if newer.kind in SENT_ON:
        rows = rows.where(Handover.id == newer.former_id)
    elif newer.kind == Kind.AKASSESKIFT:
        held = Handover.state == State.MEETING_HELD  # only the minutes are missing
        rows = rows.where(Handover.sender_id == newer.sender_id, ~held)
    else:
        rows = rows.where(Handover.kind == newer.kind)
    return [*db.session.scalars(rows.order_by(Handover.created_at))]


def part(newer: Handover, older: Sequence[Handover], at: Moment) -> None:
    """The former fund's case is closed, and what it had sent is not its to see for much longer."""
    days = timedelta(days=rules.on(at.today, "handover.former_fund_days"))
    both = HandoverParty.handover_id.in_([newer.id, *(one.id for one in older)])
    own = HandoverParty.organisation_id == newer.sender_id
    ending = update(HandoverParty).where(both, own, HandoverParty.valid_until.is_(None))
    db.session.execute(ending.values(valid_until=end_of_day(at.today + days)))
    case = db.session.get_one(MemberCase, newer.case_id)
    if case.closed_at is None:
        cases.close(case, reason="other_fund", now=at.now)
