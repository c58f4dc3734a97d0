"""What was corrected in a package after it was sent: each once, with old and new side by side."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.handovers.models import Party, added_by_parties, seen_by_parties
from portal.sight import Sight


class HandoverAmendment(Base):
    """One part of the content (`path`, as the frozen content has it) was, is, and why.

    The sender's makes a content version, `number`; the receiver's changes what is its own. Where
    only the own side reads the reason, it stands in a note of that side and not here.
    """

    __tablename__ = "handover_amendment"
    __table_args__ = (
        Index("ix_handover_amendment_handover", "handover_id", "at"),
        CheckConstraint("(audience = 'both') = (reason is not null)", name="reason"),
        CheckConstraint("audience in ('both', 'own')", name="audience"),
        CheckConstraint("(side = 'sender') = (number is not null)", name="number"),
        CheckConstraint("(acknowledged_at is null) = (acknowledged_by is null)", name="seen"),
    )
    sight = Sight(
        see=seen_by_parties("handover_amendment"),
        insert=added_by_parties("handover_amendment").insert,
        update=seen_by_parties("handover_amendment"),
        columns="acknowledged_at, acknowledged_by",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[Party]
    path: Mapped[str]
    old: Mapped[Any] = mapped_column(JSONB(), nullable=False)  # JSON null where nothing stood
    new: Mapped[Any] = mapped_column(JSONB(), nullable=False)
    audience: Mapped[str]  # who reads the reason: both parties, or the own side
    reason: Mapped[str | None]
    number: Mapped[int | None]
    at: Mapped[datetime]
    person: Mapped[str]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
