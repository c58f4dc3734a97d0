"""That the platform's operator may read one package for a while: granted by one of its parties.

There is no participation in it: nothing is hung on the package, no list shows it, and no step can
be taken. A function of the keeper reads it out, as long as the grant runs (docs/decisions).
"""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base
from portal.handovers.models import seen_by_parties
from portal.sight import Sight, mine

LONGEST = 72  # hours, whatever the settings say
OWN = f"{mine('support_grant.organisation_id')} and (select administers())"


class Standing(StrEnum):
    RUNS = "runs"
    OVER = "over"


class SupportGrant(Base):
    """One package, one reason, one end. A restricted package cannot be granted."""

    __tablename__ = "support_grant"
    __table_args__ = (
        CheckConstraint(
            "ends_at > granted_at and ends_at <= granted_at + interval '72 hours'", name="ends"
        ),
        CheckConstraint("num_nulls(ended_at, ended_by) in (0, 2)", name="ended"),
        Index("ix_support_grant_package", "handover_id"),
        Index("ix_support_grant_own", "organisation_id", "granted_at"),
    )
    sight = Sight(
        see=OWN,
        insert=f"{OWN} and {seen_by_parties('support_grant')}",
        update=OWN,
        columns="ended_at, ended_by",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    reference: Mapped[str]
    reason: Mapped[str]
    with_content: Mapped[bool] = mapped_column(default=False)  # also what was sent
    granted_by: Mapped[str]
    granted_at: Mapped[datetime] = mapped_column(default=now)
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]

    def standing(self, at: datetime) -> Standing:
        return Standing.RUNS if self.ended_at is None and self.ends_at > at else Standing.OVER
