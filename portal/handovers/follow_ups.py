"""What the receiver asks again months after the package was completed, and what came of it.

A task is written when the package ends, done once with a coded outcome and no text, and ended where
the fund learns that it has become pointless. One word of it stands in one digest; then it is quiet.
"""

import calendar
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal import rules
from portal.clock import add_working_days
from portal.db import Base
from portal.handovers.models import Handover, Party, seen_as, seen_by_parties
from portal.sight import Sight, mine


class Outcome(StrEnum):
    JOB = "job"
    EDUCATION = "education"
    ON_PLAN = "on_plan"
    NEW_PLAN = "new_plan"
    OFF_BENEFIT = "off_benefit"
    NOT_REACHED = "not_reached"
    OTHER = "other"


class HandoverFollowUp(Base):
    """One task of the receiver; both parties read it. `lapsed` is the fund's ground for no task.

    The ground is a code of those on which a package is obsolete.
    """

    __tablename__ = "handover_follow_up"
    __table_args__ = (
        UniqueConstraint("handover_id", "months"),
        CheckConstraint(
            "num_nonnulls(outcome, lapsed) = num_nonnulls(done_at)", name="outcome_or_lapsed"
        ),
        CheckConstraint("(done_at is null) = (done_by is null)", name="done_by"),
        Index(
            "ix_handover_follow_up_open",
            "organisation_id",
            "due_on",
            postgresql_where="done_at is null",
        ),
    )
    sight = Sight(
        see=seen_by_parties("handover_follow_up"),
        insert=f"{mine('handover_follow_up.organisation_id')} "
        f"and {seen_as(Party.RECEIVER, 'handover_follow_up')}",
        update=seen_by_parties("handover_follow_up"),
        columns="outcome, lapsed, done_at, done_by",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    months: Mapped[int]
    due_on: Mapped[date]  # a working day
    outcome: Mapped[Outcome | None]
    lapsed: Mapped[str | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    told_at: Mapped[datetime | None]  # when it stood in a digest: once


def tasks_of(handover: Handover, ended_on: date) -> Iterator[HandoverFollowUp]:
    """Those that follow from the end of a package, each on a working day."""
    for months in rules.on(ended_on, "handover.follow_up_months", tuple):
        yield HandoverFollowUp(
            id=uuid.uuid4(),
            handover_id=handover.id,
            organisation_id=handover.receiver_id,
            months=int(months),
            due_on=add_working_days(months_after(ended_on, int(months)), 0),
        )


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
