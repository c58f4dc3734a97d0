"""Many packages at once: what somebody has chosen, and what became of each."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base
from portal.handovers.models import seen_by_parties
from portal.organisations.models import of_same
from portal.sight import Sight, mine, of_own


class Doing(StrEnum):
    """What can be done with many at once: steps by their names, and what is no step."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    MOVE_CASE = "move_case"
    REMIND = "remind"
    EXPORT = "export"


class Batch(Base):
    """Packages that somebody has chosen. Nothing happens before it is confirmed, and once only.

    `user_id` is who confirmed, before that who chose; `roles` are the person's at that moment: what
    is left to do later is done with no more than these.
    """

    __tablename__ = "batch"
    __table_args__ = (
        of_same("user_id", "user"),
        CheckConstraint("finished_at is null or confirmed_at is not null", name="confirmed"),
        Index("ix_batch_user", "user_id", "made_at"),
    )
    sight = Sight(
        see=mine(),
        insert=mine(),
        update=mine(),
        columns="user_id, person_id, roles, language, confirmed_at, finished_at",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID]
    doing: Mapped[Doing]
    is_cut: Mapped[bool]  # the list had more than fit in
    made_at: Mapped[datetime] = mapped_column(default=now)
    person_id: Mapped[uuid.UUID | None]  # whom they are assigned to
    roles: Mapped[list[str]]
    language: Mapped[str]  # in which the person reads what could not be done
    confirmed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class BatchRow(Base):
    """One package of a batch; `version` is the one that was chosen, `lack` why it was not done."""

    __tablename__ = "batch_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "handover_id"),
        CheckConstraint("lack is null or done_at is not null", name="lack"),
    )
    sight = Sight(
        see=mine(),
        insert=f"{of_own('batch_row', 'batch', by='batch_id')} and {seen_by_parties('batch_row')}",
        update=mine(),
        columns="done_at, lack",
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("batch.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    handover_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("handover.id", ondelete="cascade"), index=True
    )
    position: Mapped[int]
    version: Mapped[int]
    done_at: Mapped[datetime | None]
    lack: Mapped[str | None]
