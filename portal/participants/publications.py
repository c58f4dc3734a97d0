"""What is published of people in projects, a quarter at a time: see decision 0029 and `telling`.

Partners read counts of records, each partner's for itself. A council, and the secretariat, read
people counted once over all partners. Nobody reads both, for the difference of the two would say
how many people two partners know.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base
from portal.participants.models import EventKind
from portal.projects.models import taking_part
from portal.sight import Open, Sight

ONLY_ADDED = "select, insert"
COUNCIL = "coalesce(project_party.role, 'secretariat') = 'secretariat'"


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
        UniqueConstraint("project_id", "organisation_id", "model", "kind", "publication_id"),
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
    first_day: Mapped[date]
    last_day: Mapped[date]
    people: Mapped[int]


class UnitedFigure(Base):
    """So many people, counted once over all partners, came to a step in the block."""

    __tablename__ = "united_figure"
    __table_args__ = (
        UniqueConstraint("project_id", "model", "kind", "publication_id"),
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
    first_day: Mapped[date]
    last_day: Mapped[date]
    people: Mapped[int]
