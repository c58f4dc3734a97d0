"""Minutes while they are written, as they were typed. Only the municipality sees them."""

import uuid

from sqlalchemy import select

from portal.access import Actor
from portal.clock import Moment
from portal.db import Json, db
from portal.handovers.meeting import MinutesDraft
from portal.handovers.models import Handover, Party, State
from portal.workflow import NotNow, Overtaken, flush


def of(handover_id: uuid.UUID) -> MinutesDraft | None:
    rows = select(MinutesDraft).where(MinutesDraft.handover_id == handover_id)
    return db.session.scalars(rows).one_or_none()


def keep(handover: Handover, typed: Json, *, seen: int, actor: Actor, at: Moment) -> MinutesDraft:
    """Save what stands in the form; `seen` is the version that it was opened with, 0 for none.

    Raises:
        NotNow: there is nothing to write minutes of, or not for this party.
        Overtaken: a colleague has saved since.
    """
    is_ours = handover.party_of(actor) == Party.RECEIVER
    if handover.state != State.MEETING_HELD or not is_ours:
        raise NotNow("keep_minutes", handover.state)
    draft = of(handover.id)
    if (draft.version if draft else 0) != seen:
        raise Overtaken
    if draft is None:
        own = {"handover_id": handover.id, "organisation_id": actor.organisation_id}
        draft = MinutesDraft(**own)
        db.session.add(draft)
    draft.typed, draft.person, draft.saved_at = typed, actor.name, at.now
    flush()
    return draft


def drop(handover: Handover) -> None:
    """What is shared is no draft any more."""
    if draft := of(handover.id):
        db.session.delete(draft)
