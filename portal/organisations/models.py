"""Organisations, their names and councils with dates, their units and their people."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import OrganisationKind, Role
from portal.clock import now
from portal.db import Base
from portal.sight import EVERYONE_SIGNED_IN, Open, Sight, mine, of_own


def span() -> CheckConstraint:
    return CheckConstraint("valid_until is null or valid_until >= valid_from", name="span")


def of_same(column: str, table: str, owner: str = "organisation_id") -> ForeignKeyConstraint:
    """A user or unit that belongs to the organisation of this row, also where plain SQL says so."""
    return ForeignKeyConstraint([column, owner], [f"{table}.id", f"{table}.organisation_id"])


class Organisation(Base):
    """A body that signs in. What it is called is a question of the day: OrganisationName."""

    __tablename__ = "organisation"
    __table_args__ = (span(), CheckConstraint("cvr ~ '^[0-9]{8}$'", name="cvr"))
    sight = Open()

    # For the database alone: it can exclude overlaps by number, and by id it cannot.
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[OrganisationKind]
    code: Mapped[str | None]  # the public code of a municipality or fund, where it is known
    cvr: Mapped[str | None] = mapped_column(unique=True)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    successor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    source: Mapped[str | None]
    doubt: Mapped[str | None]


class OrganisationName(Base):
    """What an organisation is called from one day to another, both included."""

    __tablename__ = "organisation_name"
    __table_args__ = (
        span(),
        Index("ix_organisation_name_on", "organisation_id", "valid_from"),
    )
    sight = Open()

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    short_name: Mapped[str]
    sort_key: Mapped[str]  # Danish order: the server knows none
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str | None]


class CouncilMembership(Base):
    """Which council a municipality lies under, from one day to another, both included."""

    __tablename__ = "council_membership"
    __table_args__ = (
        span(),
        Index("ix_council_membership_on", "municipality_id", "valid_from"),
    )
    sight = Open()

    municipality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    council_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str | None]


class UnitKind(StrEnum):
    TEAM = "team"
    BRANCH = "branch"
    OFFICE = "office"


class Unit(Base):
    """A team, branch or office. The other side reads its name and functional mailbox."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        UniqueConstraint("id", "organisation_id"),
        span(),
    )
    sight = Sight(
        see=EVERYONE_SIGNED_IN,
        insert=mine(),
        update=mine(),
        columns="name, kind, mailbox, is_default, valid_from, valid_until",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    kind: Mapped[UnitKind]
    mailbox: Mapped[str | None]
    is_default: Mapped[bool] = mapped_column(default=False)  # takes what names no unit
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class User(Base):
    """One person's identity in one organisation: the provider's row and its subject, never e-mail.

    A person who works for two organisations has two identities, which are not linked (B9, A3, A4).
    """

    __tablename__ = "user"
    __table_args__ = (
        UniqueConstraint("provider_id", "subject"),
        UniqueConstraint("id", "organisation_id"),
    )
    sight = Sight(
        see=mine(),
        insert=mine(),
        update=mine(),
        columns="name, email, language, closed_at, reopened_at, signed_in_at",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("identity_provider.id"))
    subject: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="da")
    created_at: Mapped[datetime] = mapped_column(default=now)
    signed_in_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]


class Membership(Base):
    """A user's place in the organisation: the unit, from one day to another, both included."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id"),
        of_same("user_id", "user"),
        of_same("unit_id", "unit"),
        span(),
    )
    sight = Sight(
        see=mine(),
        insert=of_own("membership", "user", by="user_id"),
        update=mine(),
        columns="unit_id, valid_from, valid_until",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class RoleSource(StrEnum):
    PROVIDER = "provider"
    ADMINISTRATOR = "administrator"


class RoleGrant(Base):
    """One role and who gave it: a sign-in takes back only what its provider gave."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("membership_id", "role", "source"),)
    sight = Sight(
        see=mine(), insert=of_own("role_grant", "membership", by="membership_id"), delete=mine()
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    role: Mapped[Role]
    source: Mapped[RoleSource]
    granted_at: Mapped[datetime] = mapped_column(default=now)


class Absence(Base):
    """Days on which a user is away, both included, and who stands in."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="span"),
        CheckConstraint("stand_in_id <> user_id", name="another"),
        of_same("user_id", "user"),
        of_same("stand_in_id", "user"),
        Index("ix_absence_user", "user_id", "last_day"),
        Index("ix_absence_stand_in", "stand_in_id", "last_day"),
    )
    sight = Sight(
        see=mine(),
        insert=of_own("absence", "user", by="user_id"),
        update=mine(),
        delete=mine(),
        columns="first_day, last_day, stand_in_id",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID]
    stand_in_id: Mapped[uuid.UUID | None]
    first_day: Mapped[date]
    last_day: Mapped[date]
