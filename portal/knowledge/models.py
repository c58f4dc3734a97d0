"""What an area learns: practices of its partners, wishes to the secretariat, and newsletters.

An area is a regional council's. Whoever belongs to it on the day reads: its municipalities, the
council itself, and the others that have an agreement or a project there (`knowledge_areas`).
Nothing here is about a person.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base, Json
from portal.sight import ME, Sight, mine


class PracticeState(StrEnum):
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class NewsletterState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


def in_area(table: str) -> str:
    """Of an area that the own organisation belongs to today."""
    return f"{table}.council_id in (select knowledge_areas())"


class KnowledgePractice(Base):
    """What somebody does that others may learn from; withdrawn it is the publisher's alone.

    `contact` is a unit, a shared mailbox or a main number.
    """

    __tablename__ = "knowledge_practice"
    __table_args__ = (Index("ix_knowledge_practice_of", "council_id", "published_on"),)
    sight = Sight(
        see=f"{in_area('knowledge_practice')} and greatest("
        f"knowledge_practice.state = 'published', {mine('knowledge_practice.organisation_id')})",
        insert=f"{mine('knowledge_practice.organisation_id')} and {in_area('knowledge_practice')}",
        update=mine("knowledge_practice.organisation_id"),
        columns="title, what, whom, result, contact, state, changed_at, changed_by, revision",
    )

    council_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str]
    what: Mapped[str]
    whom: Mapped[str]  # it is for
    result: Mapped[str]
    contact: Mapped[str]
    state: Mapped[PracticeState] = mapped_column(default=PracticeState.PUBLISHED)
    published_on: Mapped[date]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class KnowledgeWish(Base):
    """What somebody in the area wants to know, heard at a meeting or sent in, and the answer."""

    __tablename__ = "knowledge_wish"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(answer, answered_on, answered_by) in (0, 3)", name="answered"
        ),
        Index("ix_knowledge_wish_of", "council_id", "heard_on"),
    )
    sight = Sight(
        see=in_area("knowledge_wish"),
        insert=f"{mine('knowledge_wish.organisation_id')} and {in_area('knowledge_wish')} "
        "and knowledge_wish.answer is null",
        update=f"greatest(knowledge_wish.organisation_id = {ME}, knowledge_wish.council_id = {ME})",
        columns="text, heard_at, heard_on, answer, answered_on, answered_by, revision",
    )

    council_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    text: Mapped[str]
    heard_at: Mapped[str]  # such as a meeting of the council
    heard_on: Mapped[date]
    answer: Mapped[str | None]
    answered_on: Mapped[date | None]
    answered_by: Mapped[str | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class Newsletter(Base):
    """A quarter of an area, drawn from its facts and edited by the secretariat; then locked.

    `content` holds its parts in order, each with a heading and a text.
    """

    __tablename__ = "newsletter"
    __table_args__ = (
        UniqueConstraint("council_id", "first_day"),
        CheckConstraint("council_id = organisation_id", name="own"),
        CheckConstraint("first_day < last_day", name="days"),
        CheckConstraint(
            "(state = 'published') = (num_nonnulls(published_at, published_by) = 2)",
            name="published",
        ),
    )
    sight = Sight(
        see=f"{in_area('newsletter')} and "
        f"greatest(newsletter.state = 'published', {mine('newsletter.council_id')})",
        insert=f"{mine('newsletter.organisation_id')} and newsletter.state = 'draft' "
        f"and {in_area('newsletter')}",
        update=mine("newsletter.council_id"),
        columns="content, state, published_at, published_by, changed_at, revision",
    )

    council_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    content: Mapped[list[Json]] = mapped_column(JSONB)
    state: Mapped[NewsletterState] = mapped_column(default=NewsletterState.DRAFT)
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def is_published(self) -> bool:
        return self.state is NewsletterState.PUBLISHED
