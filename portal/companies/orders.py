"""Job orders: what a company asks for, until when, and who is presented for it."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal.access import Actor
from portal.clock import now
from portal.companies.models import Company, of_company
from portal.db import Base
from portal.projects.matches import JobForm, Timing
from portal.projects.models import added_by_a_partner, seen_by_partners, taking_part
from portal.sight import ME, Sight


class OrderState(StrEnum):
    OPEN = "open"
    PRESENTED = "presented"
    FILLED = "filled"
    NOT_FILLED = "not_filled"
    WITHDRAWN = "withdrawn"


S = OrderState
WAITING = frozenset({S.OPEN, S.PRESENTED})
ENDED = frozenset({S.FILLED, S.NOT_FILLED, S.WITHDRAWN})


class OrderParty(StrEnum):
    """As what an organisation meets a job order: it keeps it, or brings candidates."""

    KEEPER = "keeper"
    PARTNER = "partner"


class Outcome(StrEnum):
    HIRED = "hired"
    NOT_HIRED = "not_hired"
    WITHDRAWN = "withdrawn"


class Reason(StrEnum):
    """Why a candidate was not hired; never free text, which other partners would read."""

    QUALIFICATIONS = "qualifications"
    ANOTHER_CHOSEN = "another_chosen"
    HOURS_OR_PLACE = "hours_or_place"
    NO_MEETING = "no_meeting"
    DECLINED = "declined"
    OTHER = "other"


class JobOrder(Base):
    """What a company asks a partner for. `due_at` is the instant by which candidates are presented.

    `clock` is the rule that set it, or "employer" where the company set it itself. `fewest` and
    `most` are the candidates that the model wanted on the day. An order is owed a call when it has
    ended; `followed_up_on` is its day.
    """

    __tablename__ = "job_order"
    __table_args__ = (
        of_company(),
        UniqueConstraint("id", "project_id"),
        UniqueConstraint("reference"),
        CheckConstraint("number between 1 and 99", name="number"),
        CheckConstraint("due_at >= received_at", name="due"),
        CheckConstraint("1 <= fewest and fewest <= most", name="candidates"),
        CheckConstraint(
            "(state in ('filled', 'not_filled', 'withdrawn')) = (ended_at is not null)",
            name="ended",
        ),
        CheckConstraint("state <> 'presented' or presented_at is not null", name="presented"),
        CheckConstraint("followed_up_on is null or ended_at is not null", name="followed_up"),
        Index("ix_job_order_list", "project_id", "due_at"),
        Index("ix_job_order_of", "company_id"),
    )
    sight = Sight(
        see=seen_by_partners("job_order"),
        insert=f"{added_by_a_partner('job_order')} and job_order.state = 'open'",
        update=taking_part(
            "job_order",
            f"greatest(project_party.leads, "
            f"project_party.writes and job_order.organisation_id = {ME})",
        ),
        columns="need, number, contact, due_at, clock, state, presented_at, ended_at, end_reason, "
        "followed_up_on, changed_at, revision",
    )

    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    company_id: Mapped[uuid.UUID]
    reference: Mapped[str]
    model: Mapped[str]  # a key of config/projects
    need: Mapped[str]
    number: Mapped[int]
    contact: Mapped[str | None]  # who at the company is to be called
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    clock: Mapped[str]
    fewest: Mapped[int]
    most: Mapped[int]
    state: Mapped[OrderState] = mapped_column(default=OrderState.OPEN)
    presented_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    followed_up_on: Mapped[date | None]
    made_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column()
    company: Mapped[Company] = relationship(viewonly=True)
    candidates: Mapped[list["JobCandidate"]] = relationship(
        viewonly=True,
        order_by=lambda: JobCandidate.number,
        primaryjoin=lambda: JobOrder.id == foreign(JobCandidate.order_id),
    )
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def kind(self) -> OrderState:
        return self.state

    def party_of(self, actor: Actor) -> OrderParty:
        is_own = self.organisation_id == actor.organisation_id
        return OrderParty.KEEPER if is_own else OrderParty.PARTNER

    def is_late(self, at: datetime) -> bool:
        """Nobody is presented, and the deadline has passed."""
        return self.presented_at is None and self.state in WAITING and self.due_at < at


class JobCandidate(Base):
    """Somebody who is presented for a job order: of others than its partner a number alone.

    `participant_id` names one of the own organisation's people, whom no other partner can read.
    Somebody who is hired is matched: the database writes that into the participant's story.
    """

    __tablename__ = "job_candidate"
    __table_args__ = (
        ForeignKeyConstraint(
            ["order_id", "project_id"], ["job_order.id", "job_order.project_id"], ondelete="cascade"
        ),
        ForeignKeyConstraint(
            ["participant_id", "project_id", "organisation_id"],
            ["participant.id", "participant.project_id", "participant.organisation_id"],
            ondelete="cascade",
        ),
        UniqueConstraint("order_id", "number"),
        CheckConstraint("(timing is null) = (form is null)", name="match"),
        CheckConstraint("form is null or outcome is not distinct from 'hired'", name="hired"),
        CheckConstraint("(outcome is null) = (outcome_on is null)", name="outcome"),
        CheckConstraint("(reason is null) = (outcome is distinct from 'not_hired')", name="reason"),
        Index(
            "uq_job_candidate_once",
            "order_id",
            "participant_id",
            unique=True,
            postgresql_where="outcome is distinct from 'withdrawn'",
        ),
        Index("ix_job_candidate_of", "participant_id"),
    )
    sight = Sight(
        see=seen_by_partners("job_candidate"),
        insert=added_by_a_partner("job_candidate"),
        update=taking_part("job_candidate", "project_party.writes"),
        columns="outcome, outcome_on, timing, form, reason, outcome_by, revision",
    )

    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    order_id: Mapped[uuid.UUID]
    participant_id: Mapped[uuid.UUID]
    number: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[str]
    outcome: Mapped[Outcome | None]
    outcome_on: Mapped[date | None]
    timing: Mapped[Timing | None]
    form: Mapped[JobForm | None]
    reason: Mapped[Reason | None]
    outcome_by: Mapped[str | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def is_in(self) -> bool:
        """Still one of the candidates, or was one to the end."""
        return self.outcome != Outcome.WITHDRAWN
