"""What a project is steered by: phases, what moved them, risks, decisions, money and its story."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base, Json
from portal.projects.models import (
    ProjectState,
    added_by_the_lead,
    of_the_lead,
    seen_by_all,
    seen_by_partners,
    taking_part,
)
from portal.sight import ME, Sight, mine


class PhaseKind(StrEnum):
    PHASE = "phase"
    MILESTONE = "milestone"  # of one day


class Level(StrEnum):
    """How much of a project a risk would cost."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ProjectPhase(Base):
    """A stretch of the project, or a milestone; days are both included.

    What was planned first is in the oldest move, else here. `key` is the phase of the model that it
    was drawn from.
    """

    __tablename__ = "project_phase"
    __table_args__ = (
        UniqueConstraint("id", "project_id"),
        CheckConstraint("(planned_from is null) = (planned_until is null)", name="planned"),
        CheckConstraint("planned_until >= planned_from", name="planned_span"),
        CheckConstraint("actual_until >= actual_from", name="actual_span"),
        CheckConstraint("actual_until is null or actual_from is not null", name="begun"),
        CheckConstraint(
            "kind = 'phase' or planned_from is not distinct from planned_until "
            "and actual_from is not distinct from actual_until",
            name="one_day",
        ),
        Index("ix_project_phase_of", "project_id", "position"),
    )
    sight = Sight(
        see=seen_by_all("project_phase"),
        insert=added_by_the_lead("project_phase"),
        update=of_the_lead("project_phase"),
        delete=of_the_lead("project_phase"),
        columns="position, name, planned_from, planned_until, actual_from, actual_until, revision",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[PhaseKind]
    key: Mapped[str | None]
    position: Mapped[int]
    name: Mapped[str]
    planned_from: Mapped[date | None]
    planned_until: Mapped[date | None]
    actual_from: Mapped[date | None]
    actual_until: Mapped[date | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    def is_late(self, day: date) -> bool:
        """It should have been over, or begun."""
        if self.planned_from is None or self.planned_until is None or self.actual_until:
            return False
        return self.planned_until < day or (self.actual_from is None and self.planned_from < day)


class ProjectMove(Base):
    """That planned days were moved, and why; never changed."""

    __tablename__ = "project_move"
    __table_args__ = (Index("ix_project_move_of", "project_id", "at"),)
    sight = Sight(see=seen_by_all("project_move"), insert=added_by_the_lead("project_move"))

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    phase_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_phase.id", ondelete="cascade"))
    was_from: Mapped[date]
    was_until: Mapped[date]
    planned_from: Mapped[date]
    planned_until: Mapped[date]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    person: Mapped[str]


class ProjectRisk(Base):
    """What may go wrong, how much it would cost, and what is done about it."""

    __tablename__ = "project_risk"
    __table_args__ = (
        CheckConstraint("(closed_on is null) = (closed_by is null)", name="closed"),
        Index("ix_project_risk_of", "project_id"),
    )
    sight = Sight(
        see=seen_by_all("project_risk"),
        insert=added_by_the_lead("project_risk"),
        update=of_the_lead("project_risk"),
        columns="text, level, answer, closed_on, closed_by, revision",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    text: Mapped[str]
    level: Mapped[Level]
    answer: Mapped[str]  # what is done about it
    written_at: Mapped[datetime] = mapped_column(default=now)
    written_by: Mapped[str]
    closed_on: Mapped[date | None]
    closed_by: Mapped[str | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class ProjectDecision(Base):
    """What was decided on a day, and by whom; never changed."""

    __tablename__ = "project_decision"
    __table_args__ = (Index("ix_project_decision_of", "project_id", "decided_on"),)
    sight = Sight(see=seen_by_all("project_decision"), insert=added_by_the_lead("project_decision"))

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    decided_on: Mapped[date]
    decided_by: Mapped[str]  # such as the steering group
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(default=now)
    written_by: Mapped[str]


class ProjectBudget(Base):
    """The money of one fund in one year at one partner, in whole kroner; guarded by the database.

    The lead writes what is granted; the holder what is committed and spent of it.
    """

    __tablename__ = "project_budget"
    __table_args__ = (
        UniqueConstraint("project_id", "fund", "year", "holder_id"),
        CheckConstraint("0 <= spent and spent <= committed", name="spent"),
        CheckConstraint("committed <= granted", name="committed"),
    )
    sight = Sight(
        see=seen_by_all("project_budget"),
        insert=added_by_the_lead("project_budget"),
        update=taking_part(
            "project_budget",
            "greatest(project_party.leads, "
            f"project_party.writes and project_budget.holder_id = {ME})",
        ),
        delete=of_the_lead("project_budget"),
        columns="granted, committed, spent, changed_at, changed_by, revision",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    fund: Mapped[str]  # a key of config/projects/lists.toml
    year: Mapped[int]
    granted: Mapped[int] = mapped_column(BigInteger)
    committed: Mapped[int] = mapped_column(BigInteger)
    spent: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class ProjectEvent(Base):
    """A step that was taken, a colour that was set, a partner that came or went."""

    __tablename__ = "project_event"
    __table_args__ = (
        Index("ix_project_event_of", "project_id", "at"),
        Index(
            "uq_project_event_form",
            "project_id",
            "form_key",
            unique=True,
            postgresql_where="form_key is not null",
        ),
    )
    sight = Sight(
        see=seen_by_partners("project_event"),
        insert=f"{mine('project_event.organisation_id')} and "
        + taking_part("project_event", "project_party.standing = 'partner'"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    step: Mapped[str]
    source: Mapped[ProjectState | None]
    target: Mapped[ProjectState]
    reason: Mapped[str | None]
    detail: Mapped[Json] = mapped_column(JSONB)
    form_key: Mapped[str | None]
