"""What has been published: a row for each quarter, and what was told with it. Nothing changes.

A figure is of one fund and one municipality and of a run of quarters, its block (see
`portal.suppression`). What is not to be known is not in the tables, so nothing has to be kept from
whoever reads them.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base
from portal.sight import ME, Open, Sight

OF_THE_PAIR = f"{ME} = any(array[fund_id, municipality_id])"
ONLY_ADDED = "select, insert"


class Publication(Base):
    """A quarter that was published, whether or not any figure was ready in it."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("last_day"),
        CheckConstraint("first_day < last_day", name="days"),
    )
    sight = Open(worker=ONLY_ADDED)

    first_day: Mapped[date]
    last_day: Mapped[date]
    at: Mapped[datetime] = mapped_column(default=now)


class PublishedFigure(Base):
    """Of `of` people, packages or entries of the block it holds for `low` to `high`."""

    __tablename__ = "published_figure"
    __table_args__ = (
        UniqueConstraint(
            "fund_id",
            "municipality_id",
            "set",
            "code",
            "cell",
            "publication_id",
            name="uq_published_figure_part",
        ),
        CheckConstraint('0 <= low and low <= high and high <= "of"', name="shown"),
        CheckConstraint("first_day < last_day", name="days"),
    )
    sight = Sight(see=OF_THE_PAIR, worker=ONLY_ADDED)

    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"), index=True)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    municipality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    set: Mapped[str]
    code: Mapped[str]
    cell: Mapped[str] = mapped_column(default="")  # which part, of what is told in parts
    first_day: Mapped[date]
    last_day: Mapped[date]
    of: Mapped[int]
    low: Mapped[int]
    high: Mapped[int]


class PublishedCurve(Base):
    """How soon those found a job who became unemployed in the block: points as in `Point`."""

    __tablename__ = "published_curve"
    __table_args__ = (
        UniqueConstraint("fund_id", "municipality_id", "publication_id"),
        CheckConstraint("first_day < last_day", name="days"),
    )
    sight = Sight(see=OF_THE_PAIR, worker=ONLY_ADDED)

    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"), index=True)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    municipality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    people: Mapped[int]
    points: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
