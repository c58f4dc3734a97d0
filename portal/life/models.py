"""What happens in a member's life, as the fund learns of it, and what it did to the case."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.models import under_case
from portal.clock import now
from portal.db import Base
from portal.organisations.models import of_same


class Happening(StrEnum):
    JOB = "job"  # an ordinary one that ends the unemployment
    SOME_WORK = "some_work"  # few hours or a short time: the unemployment goes on
    ILLNESS = "illness"
    EDUCATION = "education"
    MOVED = "moved"
    OTHER_FUND = "other_fund"
    BENEFIT_ENDED = "benefit_ended"
    DEATH = "death"


class LifeEvent(Base):
    """One event. `day` is when it begins or began; what lies ahead is done on the day itself.

    `done` names what was done and to which package, as it was listed before confirming. Nothing is
    said of a diagnosis: of an illness only until when the member cannot take part.
    """

    __tablename__ = "life_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["case_id", "organisation_id"],
            ["member_case.id", "member_case.organisation_id"],
        ),
        of_same("user_id", "user"),
        CheckConstraint("(kind = 'illness') = (until is not null)", name="until"),
        CheckConstraint(
            "user_id is not null or done_at is not null or undone_at is not null", name="by"
        ),
        CheckConstraint("until >= day", name="span"),
        CheckConstraint("(kind = 'moved') = (municipality_id is not null)", name="where"),
        CheckConstraint("fund_id is null or kind = 'other_fund'", name="fund"),
        CheckConstraint("consented_on is null or fund_id is not null", name="consented"),
        CheckConstraint("(undone_at is null) = (undone_by is null)", name="undone"),
        Index("ix_life_event_case", "case_id"),
        Index(
            "ix_life_event_waits",
            "day",
            postgresql_where="done_at is null and undone_at is null",
        ),
    )
    sight = under_case("life_event", "done, done_at, undone_at, undone_by, version")

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    case_id: Mapped[uuid.UUID]
    kind: Mapped[Happening]
    day: Mapped[date]
    until: Mapped[date | None]  # the last day of an illness, as far as is known
    municipality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    fund_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    consented_on: Mapped[date | None]  # when the member said yes to the plan going along
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[str]
    user_id: Mapped[uuid.UUID | None]  # none of what another fund has taken over
    done: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]  # it fell through, or was somebody else's
    undone_by: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}

    @property
    def recorder(self) -> uuid.UUID:
        """As whom it is done on its day. Raises ValueError for one that another fund took over."""
        if self.user_id is None:
            raise ValueError("only what waits has somebody as whom it is done")
        return self.user_id

    @property
    def waits(self) -> bool:
        return self.done_at is None and self.undone_at is None
