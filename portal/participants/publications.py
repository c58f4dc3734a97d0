"""What is published of people in projects, a quarter at a time: see decision 0029 and `telling`.

Partners read counts of records, each partner's for itself. A council, and the secretariat, read
people counted once over all partners. Nobody reads both, for the difference of the two would say
how many people two partners know.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base, Json
from portal.participants.models import EventKind
from portal.projects.matches import JobForm, Timing
from portal.projects.models import taking_part
from portal.sight import Open, Sight

ONLY_ADDED = "select, insert"
# Forms that are told together: one by one hardly any would ever be enough.
FORMS = {
    JobForm.ORDINARY: "ordinary",
    JobForm.APPRENTICE: "apprenticeship",
    JobForm.ADULT_APPRENTICE: "apprenticeship",
    JobForm.INTERNSHIP: "trial",
    JobForm.WAGE_SUBSIDY: "trial",
}
JOBS = (JobForm.ORDINARY, JobForm.APPRENTICE, JobForm.ADULT_APPRENTICE)
COUNCIL = "coalesce(project_party.role, 'secretariat') = 'secretariat'"


def cell_of(timing: str, form: str) -> str:
    """Which part of the matches; the parts are the blocks, and their whole is told nowhere else."""
    return f"{Timing(timing)}/{FORMS[JobForm(form)]}" if timing else ""


class ProjectPublication(Base):
    """A quarter that was published, whether or not any figure was ready in it."""

    __tablename__ = "project_publication"
    __table_args__ = (
        UniqueConstraint("last_day"),
        CheckConstraint("first_day < last_day", name="days"),
    )
    sight = Open(worker=ONLY_ADDED)

    first_day: Mapped[date]
    last_day: Mapped[date]
    at: Mapped[datetime] = mapped_column(default=now)


class ProjectFigure(Base):
    """So many records of one partner came to a step in the block, a run of whole quarters."""

    __tablename__ = "project_figure"
    __table_args__ = (
        UniqueConstraint(
            "project_id", "organisation_id", "model", "kind", "cell", "publication_id"
        ),
        CheckConstraint("first_day < last_day", name="days"),
        CheckConstraint("people > 0", name="people"),
    )
    sight = Sight(
        see=taking_part(
            "project_figure", f"project_party.standing = 'partner' and not ({COUNCIL})"
        ),
        worker=ONLY_ADDED,
    )

    publication_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("project_publication.id"), index=True
    )
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    model: Mapped[str]
    kind: Mapped[EventKind]
    cell: Mapped[str] = mapped_column(default="")  # of a match its timing and form, see `cells`
    first_day: Mapped[date]
    last_day: Mapped[date]
    people: Mapped[int]


class UnitedFigure(Base):
    """So many people, counted once over all partners, came to a step in the block."""

    __tablename__ = "united_figure"
    __table_args__ = (
        UniqueConstraint("project_id", "model", "kind", "cell", "publication_id"),
        CheckConstraint("first_day < last_day", name="days"),
        CheckConstraint("people > 0", name="people"),
    )
    sight = Sight(
        see=taking_part("united_figure", f"project_party.standing <> 'invited' and {COUNCIL}"),
        worker=ONLY_ADDED,
    )

    publication_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("project_publication.id"), index=True
    )
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    model: Mapped[str]
    kind: Mapped[EventKind]
    cell: Mapped[str] = mapped_column(default="")  # of a match its timing and form, see `cells`
    first_day: Mapped[date]
    last_day: Mapped[date]
    people: Mapped[int]


class ProjectCurve(Base):
    """How soon those found a job who came into the project in the block: points as in `Point`.

    Of one partner's records, or, without a partner, of people counted once over all.
    """

    __tablename__ = "project_curve"
    __table_args__ = (
        Index(
            "uq_project_curve_once",
            "project_id",
            "organisation_id",
            "model",
            "publication_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("first_day < last_day", name="days"),
    )
    sight = Sight(
        see=taking_part(
            "project_curve",
            f"project_party.standing <> 'invited' "
            f"and ({COUNCIL}) = (project_curve.organisation_id is null)",
        ),
        worker=ONLY_ADDED,
    )

    publication_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("project_publication.id"), index=True
    )
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    model: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    people: Mapped[int]
    points: Mapped[list[Json]] = mapped_column(JSONB)
