"""Batches as the person who made them reads them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, func, select

from portal.access import Actor
from portal.bulk.models import Batch, BatchRow, Doing
from portal.db import db
from portal.handovers import chasing, words, worklist
from portal.handovers.models import Handover, Party
from portal.handovers.workflow import HANDOVER
from portal.workflow import NotNow, NotYours

RECENT = 20


@dataclass(frozen=True)
class Listed:
    """A row of a batch. `shown` is as the work list has it, None where it is out of sight."""

    row: BatchRow
    shown: Row[Any] | None
    obstacle: str | None  # before it is confirmed: why it will not be done


def batch(batch_id: uuid.UUID) -> Batch:
    """A colleague may see it and go on with it, as with everything else that is not restricted."""
    return db.session.scalars(select(Batch).where(Batch.id == batch_id)).one()


def recent(actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """The person's last confirmed batches, newest first, with how many were done of how many."""
    rows = (
        select(
            Batch.id,
            Batch.doing,
            Batch.confirmed_at,
            Batch.finished_at,
            func.count().label("total"),
            func.count().filter(done()).label("done"),
        )
        .join(BatchRow, BatchRow.batch_id == Batch.id)
        .where(Batch.user_id == actor.user_id, Batch.confirmed_at.is_not(None))
    )
    return db.session.execute(
        rows.group_by(Batch.id).order_by(Batch.confirmed_at.desc()).limit(RECENT)
    ).all()


def done() -> Any:
    return BatchRow.done_at.is_not(None) & BatchRow.lack.is_(None)


def packages(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Handover]:
    found = db.session.scalars(select(Handover).where(Handover.id.in_(ids)))
    return {one.id: one for one in found}


def listed(chosen: Batch, actor: Actor, today: date) -> list[Listed]:
    """Its rows in the order of the list; obstacles as long as nothing has been done."""
    own = select(BatchRow).where(BatchRow.batch_id == chosen.id).order_by(BatchRow.position)
    rows = [*db.session.scalars(own)]
    ids = [row.handover_id for row in rows]
    shown = {one.handover_id: one for one in worklist.chosen(ids, actor=actor, today=today)}
    if chosen.confirmed_at:
        return [Listed(row, shown.get(row.handover_id), None) for row in rows]
    known, by = packages(ids), chasing.reminded(ids, today)
    return [
        Listed(
            row,
            shown.get(row.handover_id),
            obstacle(chosen.doing, known.get(row.handover_id), row, actor, by.get(row.handover_id)),
        )
        for row in rows
    ]


def obstacle(
    doing: Doing, handover: Handover | None, row: BatchRow, actor: Actor, reminded_by: str | None
) -> str | None:
    """Why it cannot be done with this package now, in words; None where it can."""
    if handover is None:
        return str(_("Du har ikke længere adgang til pakken."))
    if doing == Doing.EXPORT:
        return None
    if doing == Doing.REMIND:
        return chasing.obstacle(handover, actor, reminded_by)
    try:
        HANDOVER.step(doing, handover, actor)
    except NotNow:
        return not_now(handover, actor)
    except NotYours:
        return not_yours()
    return changed() if handover.version != row.version else None


def not_now(handover: Handover, actor: Actor) -> str:
    party = handover.party_of(actor) or Party.RECEIVER
    state = words.state_of(handover, party).name
    return str(_("Det er ikke muligt i status »%(state)s«.", state=state))


def not_yours() -> str:
    return str(_("Det har du ikke ret til."))


def changed() -> str:
    return str(_("Pakken er ændret, siden du valgte den."))
