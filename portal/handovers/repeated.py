"""The tables of steps and standings as the database's guards ask for them."""

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.sight import Open


class RepeatedStep(Base):
    """A line of `workflow.HANDOVER` as the database's guards ask for it; migrations add them."""

    __tablename__ = "handover_step"
    sight = Open(worker="select")

    step: Mapped[str]
    source: Mapped[list[str]] = mapped_column(ARRAY(Text))
    target: Mapped[str | None]  # without one the state is kept
    sides: Mapped[list[str]] = mapped_column(ARRAY(Text))
    kinds: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    pending: Mapped[list[str] | None] = mapped_column(ARRAY(Text))  # '' is none; null is any
    asks: Mapped[str | None]  # the request that it makes
    ends: Mapped[str | None]  # which of the two ends the request with it: asked or asker
    held: Mapped[bool | None]  # only while on hold, or only while not
    changes: Mapped[list[str]] = mapped_column(ARRAY(Text))


class RepeatedStanding(Base):
    """A line of `workflow.STANDINGS`; `without_fund` where the member's wish decides."""

    __tablename__ = "handover_standing"
    sight = Open(worker="select")

    state: Mapped[str]
    turn: Mapped[str]
    clock: Mapped[str | None]
    without_fund: Mapped[bool | None]
