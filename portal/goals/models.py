"""Figures as they were counted, and what people count by hand."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base
from portal.organisations.models import of_same
from portal.sight import Sight, mine


class GoalCount(Base):
    """One exact figure of an organisation's own people or packages; the worker writes it.

    The total of a quarter has an empty `breakdown` and `cell`, and alone tells how many were
    excluded, by reason, and censored. Figures of quarters and of municipalities add up: everybody
    counts in one of them. Without a municipality is what nobody has said the place of.
    """

    __tablename__ = "goal_count"
    __table_args__ = (
        UniqueConstraint(
            "organisation_id",
            "fund_id",
            "municipality_id",
            "set",
            "code",
            "first_day",
            "last_day",
            "breakdown",
            "cell",
            name="uq_goal_count",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint('yes >= 0 and "of" >= 0 and censored >= 0', name="counts"),
    )
    sight = Sight(see=mine())

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    municipality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    set: Mapped[str]
    code: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    breakdown: Mapped[str] = mapped_column(default="")
    cell: Mapped[str] = mapped_column(default="")
    yes: Mapped[int]
    of: Mapped[int]
    excluded: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    censored: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime] = mapped_column(default=now)


class TallyKind(StrEnum):
    INSTITUTION = "institution"
    NOTICE_ADVICE = "notice_advice"
    NOTICE_PLACEMENT = "notice_placement"


class GoalTally(Base):
    """What somebody has counted by hand on one day; about no person, and never changed."""

    __tablename__ = "goal_tally"
    __table_args__ = (
        of_same("user_id", "user"),
        CheckConstraint("number between 1 and 500", name="number"),
        Index("ix_goal_tally_day", "organisation_id", "day"),
    )
    sight = Sight(see=mine(), insert=mine(), update=mine(), columns="undone_at")

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    municipality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[TallyKind]
    day: Mapped[date]
    number: Mapped[int]
    note: Mapped[str | None]  # which institution
    user_id: Mapped[uuid.UUID]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]
