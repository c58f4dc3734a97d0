"""Agreements as data: who is a party on which side, and the versions that govern."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.clock import now
from portal.db import Base, Json
from portal.organisations.models import Organisation
from portal.sight import Sight, running, taken_part_in


class Side(StrEnum):
    FUND = "fund"
    MUNICIPALITY = "municipality"


class Standing(StrEnum):
    IN_FORCE = "in_force"
    COMING = "coming"
    ENDED = "ended"


def seen_by_parties(table: str, column: str = "agreement_id") -> str:
    return taken_part_in("agreement_party", "agreement_id", key=f"{table}.{column}")


class Agreement(Base):
    """A cooperation agreement between one or more funds and one or more municipalities."""

    __tablename__ = "agreement"
    sight = Sight(see=seen_by_parties("agreement", "id"))

    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    versions: Mapped[list["AgreementVersion"]] = relationship(
        order_by=lambda: AgreementVersion.number.desc(), viewonly=True
    )
    sides: Mapped[list["AgreementSide"]] = relationship(viewonly=True)

    def shown_on(self, day: date) -> "AgreementVersion":
        """The last version begun by `day`; before the first, the first that will."""
        begun = [version for version in self.versions if version.valid_from <= day]
        return begun[0] if begun else self.versions[-1]

    def standing(self, day: date) -> Standing:
        """Whether a version governs: the same question as `queries.governing`."""
        shown = self.shown_on(day)
        if shown.valid_from > day:
            return Standing.COMING
        return Standing.ENDED if shown.has_ended(day) else Standing.IN_FORCE


class AgreementSide(Base):
    """A party on one of the two sides, from one day to another, both included."""

    __tablename__ = "agreement_side"
    __table_args__ = (
        UniqueConstraint("agreement_id", "organisation_id"),
        CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
    )
    sight = Sight(see=seen_by_parties("agreement_side"))

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    side: Mapped[Side]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    organisation: Mapped[Organisation] = relationship(viewonly=True)


class AgreementParty(Base):
    """The right to see an agreement. Triggers on AgreementSide keep it; the web only reads it."""

    __tablename__ = "agreement_party"
    __table_args__ = (
        UniqueConstraint("agreement_id", "organisation_id"),
        Index("ix_agreement_party_list", "organisation_id", "agreement_id"),
    )
    sight = Sight(see=running("agreement_party"), worker="select, update")

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[Side]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class AgreementVersion(Base):
    """What was agreed, from one day to another, both included. Never changed."""

    __tablename__ = "agreement_version"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
    )
    sight = Sight(see=seen_by_parties("agreement_version"), worker="select, insert")

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    number: Mapped[int]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    parameters: Mapped[Json]  # what the rest of Samspil reads: agreements/parameters.py
    sections: Mapped[list[Any]] = mapped_column(JSONB)
    criteria: Mapped[list[Any]] = mapped_column(JSONB)
    goals: Mapped[list[Any]] = mapped_column(JSONB)
    contacts: Mapped[list[Any]] = mapped_column(JSONB)
    expected_per_year: Mapped[int | None]  # newly unemployed members, as the source expects
    note: Mapped[str | None]  # what every reader must know, such as that it is a demonstration
    source: Mapped[str]
    parameter_sources: Mapped[Json]  # by name; "default" where Samspil's standard fills in
    hash: Mapped[str]  # SHA-256 of what was loaded, in hex
    created_at: Mapped[datetime] = mapped_column(default=now)
    agreement: Mapped[Agreement] = relationship(viewonly=True)

    def has_ended(self, day: date) -> bool:
        return self.valid_until is not None and self.valid_until < day
