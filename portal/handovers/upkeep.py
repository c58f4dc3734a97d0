"""What the worker does with packages whose day has come: it wakes them, and clears old drafts."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from portal import rules
from portal.cases.models import MemberCase
from portal.clock import Moment, now, today
from portal.db import db
from portal.handovers import actions
from portal.handovers.models import STRAIGHT, Handover, Kind, State
from portal.handovers.parts import HandoverNotice
from portal.handovers.reminding import DRAFT, Level
from portal.handovers.workflow import MINUTES_SHARED
from portal.jobs import enqueue, jobs
from portal.workflow import Refused

MOST = 500  # of each in a job


@jobs.periodic(cron="7 4 * * *")
@jobs.task(name="handovers.upkeep", queueing_lock="handovers.upkeep")
def tend(timestamp: int) -> None:
    """Before anybody is at work. Twice is once, and a day of standstill is made up for."""
    at = Moment(now(), today())
    done = wake(at), complete_unopposed(at), clear_drafts(at)
    if max(done) == MOST:  # the next ones are a transaction of their own
        enqueue(tend, once="handovers.upkeep", timestamp=timestamp)


def some(rows: Select[Handover], *order: Any) -> Sequence[Handover]:
    """At most so many at a time; what another worker or a person holds is left to them."""
    claimed = rows.order_by(*order, Handover.id).limit(MOST).with_for_update(skip_locked=True)
    return db.session.scalars(claimed).all()


def wake(at: Moment) -> int:
    found = some(select(Handover).where(Handover.hold_until <= at.today), Handover.hold_until)
    for handover in found:
        actions.by_system(handover, "resume", {}, at=at)
    return len(found)


def complete_unopposed(at: Moment) -> int:
    """Packages whose minutes were shared long enough ago.

    A day ends at its midnight, so the last one is still the parties' own.
    """
    rows = select(Handover).where(
        Handover.state == State.MEETING_HELD,
        Handover.due_for == MINUTES_SHARED,
        Handover.due_on < at.today,
        Handover.pending.is_(None),
        Handover.hold_until.is_(None),
    )
    ended = 0
    for handover in some(rows, Handover.due_on):
        with suppress(Refused):  # an objection is open: it waits for its answer
            actions.by_system(handover, "auto_complete", {}, at=at)
            ended += 1
    return ended


def clear_drafts(at: Moment) -> int:
    """Drafts that nobody has finished, a week after their adviser was told of it.

    The transfer by law goes on whether there is a draft or not, so its draft stays as long as the
    member's case is open.
    """
    deleted_after = timedelta(days=rules.on(at.today, "handover.draft_delete_days"))
    warned = timedelta(days=rules.on(at.today, "handover.draft_warn_days"))
    told = select(HandoverNotice.id).where(
        HandoverNotice.handover_id == Handover.id,
        HandoverNotice.clock == DRAFT,
        HandoverNotice.level == Level.OWNERS,
        HandoverNotice.told_at <= at.now - warned,
    )
    runs = select(MemberCase.id).where(
        MemberCase.id == Handover.case_id,
        MemberCase.closed_at.is_(None),
        Handover.kind == Kind.OVERGANG,
    )
    rows = select(Handover).where(
        Handover.state == State.DRAFT,
        Handover.created_at <= at.now - deleted_after,
        told.exists(),
        or_(Handover.former_id.is_(None), Handover.kind.in_(STRAIGHT)),  # takes no other's place
        ~runs.exists(),
    )
    found = some(rows, Handover.created_at)
    for handover in found:
        db.session.delete(handover)
    return len(found)
