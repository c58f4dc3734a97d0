"""Times for the joint meeting that one side has offered."""

from datetime import timedelta

from portal.clock import now
from portal.handovers.models import Handover, Party, Pending
from portal.handovers.parts import HandoverRequest
from tests import make


def slots(handover: Handover, side: Party, *days: int) -> HandoverRequest:
    """An hour each, so many days from now."""
    owner = handover.sender_id if side == Party.SENDER else handover.receiver_id
    times = [now().replace(microsecond=0) + timedelta(days=day) for day in days or (8, 9)]
    rows = [
        {"starts": at.isoformat(), "ends": (at + timedelta(hours=1)).isoformat()} for at in times
    ]
    where = {"place": "Rådhuset", "video_link": None} if side == Party.RECEIVER else {}
    own = {"handover_id": handover.id, "organisation_id": owner, "side": side}
    detail = {"slots": rows, **where}
    return make.saved(HandoverRequest(kind=Pending.SLOTS, person="Jonas", detail=detail, **own))
