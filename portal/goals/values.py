"""A figure that one side reports of a goal, and what the other side says to it.

Written as a draft by its own side; submitted, both sides read it; the other side approves it or
sends it back and says why. What is submitted or approved is locked.
"""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.agreements.models import Side, by_the_two_sides
from portal.clock import now
from portal.db import Base
from portal.goals.periods import Period
from portal.sight import Sight, mine


class ValueState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


LOCKED = {ValueState.SUBMITTED, ValueState.APPROVED}
FIGURES = "value, target, base, is_yes, note, source, source_day, shown, is_met, explanation"
STEPS = (
    "state, submitted_by, submitted_at, answered_by, answered_at, answer, written_by, written_at"
)
OWN = f"{mine('goal_value.organisation_id')} and {by_the_two_sides('goal_value')}"


class GoalValue(Base):
    """One goal of an agreement in one period; `shown` is its figure in words, for both sides.

    `value` is in percent or a count and `base` of how many; of what is answered by yes or no it is
    `is_yes` and `note`. `target` is the agreed one when it was written. `source_day` is the day of
    the register's figure. `answer` is why the other side sent it back.
    """

    __tablename__ = "goal_value"
    __table_args__ = (
        UniqueConstraint(
            "agreement_id",
            "organisation_id",
            "set",
            "code",
            "first_day",
            "last_day",
            name="uq_goal_value_own",
        ),
        # Periods of a goal never overlap, save in drafts, which the other side cannot see. Without
        # an extension the server compares ranges alone, so the goal is a range of one number.
        ExcludeConstraint(
            (text("int8range(goal_number, goal_number, '[]')"), "&&"),
            (text("daterange(first_day, last_day, '[]')"), "&&"),
            name="one_period",
            where=text("state <> 'draft'"),
        ),
        CheckConstraint("last_day >= first_day", name="span"),
        CheckConstraint("value >= 0 and base >= 0", name="positive"),
        CheckConstraint("state <> 'returned' or answer is not null", name="returned"),
        CheckConstraint(
            "state = 'draft' or (submitted_at is not null and submitted_by is not null)",
            name="submitted",
        ),
        CheckConstraint(
            "state not in ('returned', 'approved') or (answered_at is not null "
            "and answered_by is not null)",
            name="answered",
        ),
        CheckConstraint(
            "state = 'draft' or is_met is distinct from false or explanation is not null",
            name="explained",
        ),
        Index("ix_goal_value_agreement", "agreement_id", "first_day"),
    )
    sight = Sight(
        see=f"{by_the_two_sides('goal_value')} and case when goal_value.state = 'draft' "
        f"then {mine('goal_value.organisation_id')} else true end",
        insert=f"{OWN} and goal_value.state = 'draft'",
        update=by_the_two_sides("goal_value"),
        delete=f"{OWN} and goal_value.state = 'draft'",
        columns=f"{FIGURES}, {STEPS}, version",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[Side]
    set: Mapped[str]
    code: Mapped[str]
    goal_number: Mapped[int] = mapped_column(BigInteger)  # by trigger
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[ValueState] = mapped_column(default=ValueState.DRAFT)
    value: Mapped[Decimal | None] = mapped_column(Numeric(9, 1))
    base: Mapped[int | None]
    is_yes: Mapped[bool | None]
    note: Mapped[str | None]
    source: Mapped[str]
    source_day: Mapped[date | None]
    shown: Mapped[str] = mapped_column(default="")
    target: Mapped[int | None]
    is_met: Mapped[bool | None]
    explanation: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(default=now)
    submitted_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)

    @property
    def is_locked(self) -> bool:
        return self.state in LOCKED
