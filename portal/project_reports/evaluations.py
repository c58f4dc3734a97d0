"""What became of a project: the lead's summary, the partners' recommendations, and the booklet.

The facts are frozen when the evaluation is finished; numbers of people are told as in reports.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base, Json
from portal.project_reports.models import LEAD
from portal.projects.models import added_by_a_partner, seen_by_partners, taking_part
from portal.sight import Sight, mine


class EvaluationState(StrEnum):
    DRAFT = "draft"
    FINISHED = "finished"


class ProjectEvaluation(Base):
    """The one evaluation of a project; partners see its draft, councils what is finished.

    `content` and `until` (the last day of which figures of people were published) are of the day on
    which it was finished.
    """

    __tablename__ = "project_evaluation"
    __table_args__ = (
        UniqueConstraint("project_id"),
        CheckConstraint(
            "(state = 'finished') = (num_nonnulls(content, hash, finished_at, finished_by) = 4)",
            name="finished",
        ),
    )
    sight = Sight(
        see=taking_part(
            "project_evaluation",
            "project_party.standing <> 'invited' "
            "and greatest(project_party.standing = 'partner', "
            "project_evaluation.state = 'finished')",
        ),
        insert=f"{mine('project_evaluation.organisation_id')} and "
        f"{taking_part('project_evaluation', LEAD)} and project_evaluation.state = 'draft'",
        update=taking_part("project_evaluation", LEAD),
        columns="summary, lessons, state, content, hash, until, finished_at, finished_by, "
        "changed_at, revision",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    summary: Mapped[str]
    lessons: Mapped[str]
    state: Mapped[EvaluationState] = mapped_column(default=EvaluationState.DRAFT)
    content: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    hash: Mapped[str | None]
    until: Mapped[date | None]
    finished_at: Mapped[datetime | None]
    finished_by: Mapped[str | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def is_finished(self) -> bool:
        return self.state is EvaluationState.FINISHED


class ProjectRecommendation(Base):
    """What a partner recommends after the project, and to whom; its own until all is finished."""

    __tablename__ = "project_recommendation"
    __table_args__ = (Index("ix_project_recommendation_of", "project_id", "written_at"),)
    sight = Sight(
        see=seen_by_partners("project_recommendation"),
        insert=added_by_a_partner("project_recommendation"),
        delete=f"{mine('project_recommendation.organisation_id')} and "
        + taking_part("project_recommendation", "project_party.writes"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    whom: Mapped[str]  # it is for
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(default=now)
    written_by: Mapped[str]
