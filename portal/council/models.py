"""What a council follows of its area, counted ahead."""

import uuid

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.sight import Sight, mine


class AreaTally(Base):
    """A number about the projects of a council's area, by trade, fund and year; by trigger.

    `fund` "" is all of them, `year` 0 all years. `what`: "projects"; a colour, of those that are
    open, else "over"; "granted", "committed", "spent" in kroner; or a step of participants, as
    published. With a fund it is of the projects that have money of it, and of that money. A year is
    one that a project runs in, that the money is of, or that a figure's block ended in.
    """

    __tablename__ = "area_tally"
    __table_args__ = (
        UniqueConstraint("organisation_id", "trade", "fund", "year", "what"),
        Index("ix_area_tally_of", "organisation_id", "fund", "year"),
    )
    sight = Sight(see=mine(), worker="select")

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    trade: Mapped[str]
    fund: Mapped[str]
    year: Mapped[int]
    what: Mapped[str]
    number: Mapped[int] = mapped_column(BigInteger)
