"""Doing one thing with many packages: each by the same step as on its own page, or not at all."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from portal import audit
from portal.access import Actor
from portal.bulk import queries
from portal.bulk.models import Batch, BatchRow, Doing
from portal.clock import Moment
from portal.db import db
from portal.handovers import chasing
from portal.handovers.actions import take
from portal.handovers.models import Handover
from portal.workflow import NotNow, NotYours, Overtaken, Refused, Stamp

MOST = 200  # packages of one batch
AT_ONCE = 25  # so many are done while the person waits; the others by the worker, as many a job


def choose(
    doing: Doing,
    ids: Sequence[uuid.UUID],
    *,
    actor: Actor,
    at: Moment,
    language: str,
    is_cut: bool = False,
) -> Batch:
    """Keep what was chosen, in its order and each at its version. Nothing is done yet.

    Raises NoResultFound where one is not the own organisation's business.
    """
    found = queries.packages(ids)
    if found.keys() != {*ids}:
        raise NoResultFound
    batch = Batch(
        id=uuid.uuid4(),
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        doing=doing,
        is_cut=is_cut,
        made_at=at.now,
        roles=sorted(actor.roles),
        language=language,
    )
    db.session.add(batch)
    db.session.flush()
    own = {"batch_id": batch.id, "organisation_id": actor.organisation_id}
    db.session.add_all(
        BatchRow(handover_id=one, position=position, version=found[one].version, **own)
        for position, one in enumerate(ids)
    )
    db.session.flush()
    return batch


def confirm(
    batch: Batch, *, actor: Actor, at: Moment, language: str, given: Mapping[str, Any]
) -> bool:
    """From here on it is done. False where it was confirmed before: a double click, a retry."""
    db.session.refresh(batch, with_for_update=True)
    if batch.confirmed_at:
        return False
    batch.confirmed_at, batch.language, batch.user_id = at.now, language, actor.user_id
    batch.roles, batch.person_id = sorted(actor.roles), given.get("person_id")
    db.session.flush()
    return True


def carry_on(batch: Batch, *, actor: Actor, at: Moment) -> bool:
    """The next rows, by one at a time of all who try; True when none is left.

    In the order of their packages' ids, so that two batches never block one another.
    """
    db.session.refresh(batch, with_for_update=True)
    if batch.finished_at:
        return True
    waiting = select(BatchRow).where(BatchRow.batch_id == batch.id, BatchRow.done_at.is_(None))
    rows = [*db.session.scalars(waiting.order_by(BatchRow.handover_id).limit(AT_ONCE + 1))]
    known = queries.packages([row.handover_id for row in rows[:AT_ONCE]])
    for row in rows[:AT_ONCE]:
        row.lack = outcome(batch, known.get(row.handover_id), row, actor, at)
        row.done_at = at.now
    if len(rows) <= AT_ONCE:
        batch.finished_at = at.now
    db.session.flush()
    return batch.finished_at is not None


def outcome(
    batch: Batch, handover: Handover | None, row: BatchRow, actor: Actor, at: Moment
) -> str | None:
    """None when it was done; what one package refuses stays with this one."""
    why = queries.obstacle(batch.doing, handover, row, actor, None)
    if why or handover is None:
        return why
    try:
        with db.session.begin_nested():
            DOINGS[batch.doing](batch, handover, row, actor, at)
    except Refused as refused:
        return " ".join(lack.text for lack in refused.lacks)
    except (NotNow, Overtaken):
        return queries.changed()
    except NotYours:
        return queries.not_yours()
    trail = audit.Trail(f"bulk.{batch.doing}", "handover", handover.id)
    trail.detail["batch"] = str(batch.id)
    audit.record(actor, trail)
    return None


def acknowledge(batch: Batch, handover: Handover, row: BatchRow, actor: Actor, at: Moment) -> None:
    stamp = Stamp(row.version, str(batch.id))
    take(handover, "acknowledge", {}, actor=actor, at=at, stamp=stamp)


def assign(batch: Batch, handover: Handover, row: BatchRow, actor: Actor, at: Moment) -> None:
    stamp, given = Stamp(row.version, str(batch.id)), {"person_id": batch.person_id}
    take(handover, "assign", given, actor=actor, at=at, stamp=stamp)


def move_case(batch: Batch, handover: Handover, row: BatchRow, actor: Actor, at: Moment) -> None:
    stamp, given = Stamp(row.version, str(batch.id)), {"person_id": batch.person_id}
    take(handover, "move_case", given, actor=actor, at=at, stamp=stamp)


def remind(batch: Batch, handover: Handover, row: BatchRow, actor: Actor, at: Moment) -> None:
    chasing.remind(handover, actor=actor, at=at)


DOINGS = {
    Doing.ACKNOWLEDGE: acknowledge,
    Doing.ASSIGN: assign,
    Doing.MOVE_CASE: move_case,
    Doing.REMIND: remind,
}
