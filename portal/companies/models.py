"""The companies of a project: who contacts each, what it answered, what it needs, what was said."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base
from portal.projects.models import added_by_a_partner, seen_by_partners, taking_part
from portal.sight import ME, Sight


class ContactKind(StrEnum):
    """What happened between a company and the project."""

    CALL = "call"
    MAIL = "mail"
    VISIT = "visit"
    ASKED = "asked"
    ANSWERED = "answered"
    TAKEN = "taken"
    HANDED_OVER = "handed_over"
    RELEASED = "released"
    ORDERED = "ordered"
    PRESENTED = "presented"
    FILLED = "filled"
    NOT_FILLED = "not_filled"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    FOLLOW_UP = "follow_up"  # the call after a job order


# What people write down themselves; the other kinds follow from what they do.
SPOKEN = (ContactKind.CALL, ContactKind.MAIL, ContactKind.VISIT)


def of_company() -> ForeignKeyConstraint:
    """The row's company lies in the row's project."""
    return ForeignKeyConstraint(
        ["company_id", "project_id"], ["company.id", "company.project_id"], ondelete="cascade"
    )


def contact_of_it() -> str:
    """Who contacts the need's company, or anybody where that is nobody yet."""
    contact = f"coalesce(company.contacted_by_id, {ME}) = {ME}"
    return f"exists (select from company where company.id = company_need.company_id and {contact})"


class Company(Base):
    """A company in one project's register, once by its CVR number; guarded by the database.

    `contacted_by_id` is the one partner that talks to it; nobody's where it is free to take. Who is
    spoken to there is work data, and is removed after the project.
    """

    __tablename__ = "company"
    __table_args__ = (
        UniqueConstraint("project_id", "cvr"),
        UniqueConstraint("id", "project_id"),
        CheckConstraint("cvr ~ '^[0-9]{8}$'", name="cvr"),
        CheckConstraint("answered_on is null or asked_on <= answered_on", name="asked"),
        CheckConstraint("(interested is null) = (answered_on is null)", name="answered"),
        Index("ix_company_list", "project_id", "sort_key", "id"),
    )
    sight = Sight(
        see=seen_by_partners("company"),
        insert=added_by_a_partner("company"),
        update=taking_part("company", "project_party.writes"),
        columns="name, sort_key, trade, municipality_id, contact_name, contact_phone, "
        "contact_email, contacted_by_id, contacted_at, asked_on, answered_on, interested, answer, "
        "changed_at, revision",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    cvr: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str]
    trade: Mapped[str]  # in its own words, such as "Metal"
    municipality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    contact_name: Mapped[str | None]
    contact_phone: Mapped[str | None]
    contact_email: Mapped[str | None]
    contacted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    contacted_at: Mapped[datetime | None]  # the last time that somebody spoke to it
    asked_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    interested: Mapped[bool | None]
    answer: Mapped[str | None]  # in a few words, why or why not
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class CompanyNeed(Base):
    """What a company says that it will need: which competence, how many, and from when."""

    __tablename__ = "company_need"
    __table_args__ = (
        of_company(),
        CheckConstraint("number between 1 and 999", name="number"),
        Index("ix_company_need_of", "company_id"),
    )
    sight = Sight(
        see=seen_by_partners("company_need"),
        insert=added_by_a_partner("company_need"),
        delete=f"{taking_part('company_need', 'project_party.writes')} and {contact_of_it()}",
    )

    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    company_id: Mapped[uuid.UUID]
    competence: Mapped[str]
    number: Mapped[int]
    needed_from: Mapped[date | None]  # none: as soon as can be
    written_at: Mapped[datetime] = mapped_column(default=now)
    written_by: Mapped[str]


class CompanyContact(Base):
    """One entry of the contact log, never changed; the company's own contact adds it."""

    __tablename__ = "company_contact"
    __table_args__ = (
        of_company(),
        Index("ix_company_contact_of", "company_id", "at"),
    )
    sight = Sight(
        see=seen_by_partners("company_contact"), insert=added_by_a_partner("company_contact")
    )

    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    company_id: Mapped[uuid.UUID]
    kind: Mapped[ContactKind]
    text: Mapped[str | None]
    job_order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job_order.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    person: Mapped[str]
