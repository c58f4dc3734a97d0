"""What is left of a rejected package to who rejected it: number, day and reason. No member.

While it may still be read, the list leads to it; after the agreed days the row is all there is.
"""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, Uuid, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, db
from portal.handovers.models import HandoverParty
from portal.handovers.queries import name_of
from portal.sight import Sight, mine, named


class HandoverReference(Base):
    """One rejection, for who rejected. Triggers write it with the step, and take it away when the
    package is to be assessed anew or was in error; of a restricted one only who is named reads.
    """

    __tablename__ = "handover_reference"
    __table_args__ = (
        UniqueConstraint("handover_id", "organisation_id"),
        Index("ix_handover_reference_list", "organisation_id", "rejected_on", "id"),
    )
    sight = Sight(see=f"{mine()} and {named('handover_reference')}")

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    reference: Mapped[str]
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    rejected_on: Mapped[date]
    reason: Mapped[str]  # the agreement's words of then
    criterion: Mapped[str | None]  # that was not met, in the words of then
    readers: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))


MOST = 200


def rejected(today: date) -> Sequence[Any]:
    """The newest of the own organisation's; `is_open` while the package itself may be read."""
    one, party = HandoverReference, HandoverParty
    is_open = select(party.id).where(party.handover_id == one.handover_id).exists()
    rows = select(
        one.handover_id,
        one.reference,
        one.rejected_on,
        one.reason,
        one.criterion,
        name_of(one.other_id, today).label("other"),
        is_open.label("is_open"),
    )
    newest = rows.order_by(one.rejected_on.desc(), one.id).limit(MOST)
    return db.session.execute(newest).all()
