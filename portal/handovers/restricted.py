"""Packages that only named people may see: protected address, a member of the staff, or their kin.

The database holds it (docs/decisions): a package of which one is not named is not there, in no list
and under no address. Who leads, and who owns agreements, know of it by its reference alone.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Row,
    UniqueConstraint,
    column,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.audit import AuditEvent
from portal.cases.restricted import LEADING, MOST_SHOWN, Basis, looked_at
from portal.clock import now
from portal.db import Base, db
from portal.handovers.models import Party, State, seen_by_parties
from portal.organisations.models import of_same
from portal.sight import Sight, mine

KNOWN = "{0}.handover_id in (select known.handover_id from handover_restricted() known)"


class HandoverRestriction(Base):
    """That a package is for named people only, of both parties, until it is lifted."""

    __tablename__ = "handover_restriction"
    __table_args__ = (
        CheckConstraint("num_nulls(lifted_at, lifted_by, lifted_reason) in (0, 3)", name="lifted"),
        Index(
            "uq_handover_restriction_one",
            "handover_id",
            unique=True,
            postgresql_where="lifted_at is null",
        ),
    )
    sight = Sight(
        see=KNOWN.format("handover_restriction"),
        insert=f"{mine('handover_restriction.organisation_id')} and {LEADING} "
        f"and {seen_by_parties('handover_restriction')}",
        update=f"{KNOWN.format('handover_restriction')} and {LEADING}",
        columns="lifted_at, lifted_by, lifted_reason",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    basis: Mapped[Basis]
    reason: Mapped[str]
    person: Mapped[str]  # who set it
    set_at: Mapped[datetime] = mapped_column(default=now)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_reason: Mapped[str | None]


class HandoverReader(Base):
    """Somebody whom one party has named for a restricted package. Who has it needs no naming."""

    __tablename__ = "handover_reader"
    __table_args__ = (
        UniqueConstraint("handover_id", "user_id"),
        of_same("user_id", "user"),
    )
    sight = Sight(
        see=f"{mine('handover_reader.organisation_id')} and {KNOWN.format('handover_reader')}",
        insert=f"{mine('handover_reader.organisation_id')} and {LEADING} "
        f"and {KNOWN.format('handover_reader')}",
        delete=f"{mine('handover_reader.organisation_id')} and {LEADING} "
        f"and {KNOWN.format('handover_reader')}",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID]
    person: Mapped[str]
    named_by: Mapped[str]
    named_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True)
class Restricted:
    """What is known of a restricted package without opening it."""

    handover_id: uuid.UUID
    reference: str
    side: Party
    state: State
    person: str | None  # who has it on the own side
    sees: bool  # the one who asks is named
    restriction: HandoverRestriction
    readers: Sequence[HandoverReader]  # of the own side


def restricted(handover_id: uuid.UUID | None = None) -> list[Restricted]:
    """The own organisation's, the newest first; for who leads, owns agreements or is named."""
    names = ("handover_id", "reference", "side", "state", "person", "sees")
    known = func.handover_restricted().table_valued(*(column(name) for name in names))
    rows = select(known, HandoverRestriction).join(
        HandoverRestriction, HandoverRestriction.handover_id == known.c.handover_id
    )
    rows = rows.where(HandoverRestriction.lifted_at.is_(None))
    if handover_id:
        rows = rows.where(HandoverRestriction.handover_id == handover_id)
    found = db.session.execute(rows.order_by(HandoverRestriction.set_at.desc())).all()
    named = readers({row.handover_id for row in found})
    return [
        Restricted(
            row.handover_id,
            row.reference,
            Party(row.side),
            State(row.state),
            row.person,
            bool(row.sees),
            row.HandoverRestriction,
            [one for one in named if one.handover_id == row.handover_id],
        )
        for row in found
    ]


def is_hidden(case_id: uuid.UUID) -> bool:
    """Whether the member has an open package that the one who asks may not see."""
    return bool(db.session.scalar(select(func.handover_hidden_of(case_id))))


def kept_by_case(handover_id: uuid.UUID) -> uuid.UUID | None:
    """The fund's own case, where that is restricted: the package is not lifted before it is."""
    return db.session.scalar(select(func.handover_kept_by_case(handover_id)))


def readers(handover_ids: set[uuid.UUID]) -> Sequence[HandoverReader]:
    rows = select(HandoverReader).where(HandoverReader.handover_id.in_(handover_ids))
    return db.session.scalars(rows.order_by(HandoverReader.person)).all()


def openings(packages: Sequence[Restricted]) -> list[Row[Any]]:
    """Who of the own organisation opened which of them since it was restricted, the last first."""
    rows = select(AuditEvent.at, AuditEvent.person, AuditEvent.action, AuditEvent.subject_id)
    rows = rows.join(HandoverRestriction, HandoverRestriction.handover_id == AuditEvent.subject_id)
    rows = rows.where(
        *looked_at(HandoverRestriction),
        AuditEvent.subject_id.in_({one.handover_id for one in packages}),
        AuditEvent.action.like("handover%"),
        HandoverRestriction.lifted_at.is_(None),
    )
    return [*db.session.execute(rows.order_by(AuditEvent.at.desc()).limit(MOST_SHOWN))]
