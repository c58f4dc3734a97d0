"""Which times a package has in each state."""

from portal.handovers.models import State

SENT = ("sent_at",)
RECEIVED = (*SENT, "received_at")
ACCEPTED = (*RECEIVED, "accepted_at")
HELD = (*ACCEPTED, "held_at")
REACHED: dict[State, tuple[str, ...]] = {
    State.DRAFT: (),
    State.SIGNOFF: (),
    State.SENT: SENT,
    State.RECEIVED: RECEIVED,
    State.INFO_REQUESTED: RECEIVED,
    State.ACCEPTED: ACCEPTED,
    State.MEETING_PLANNED: ACCEPTED,
    State.MEETING_HELD: HELD,
    State.COMPLETED: (*HELD, "closed_at"),
    State.REJECTED: (*RECEIVED, "closed_at"),
    State.WITHDRAWN: (*SENT, "closed_at"),
    State.OBSOLETE: (*SENT, "closed_at"),
    State.SUPERSEDED: (*SENT, "closed_at"),
    State.IN_ERROR: (*SENT, "closed_at"),
}
