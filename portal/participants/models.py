"""People of a partner in a project and what happened to them; by name the own organisation's alone.

A participant is one organisation's record: two partners that know the same person have one each,
and nothing that a partner can read says so. What unites them is a keyed hash of the CPR number
(`ParticipantKey`), which no web role reads.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base
from portal.projects.matches import JobForm as JobForm
from portal.projects.matches import Timing as Timing
from portal.projects.models import added_by_a_partner
from portal.sight import Sight, mine, of_own


class Work(StrEnum):
    """Whether somebody had a job when the project found them."""

    UNEMPLOYED = "unemployed"
    EMPLOYED = "employed"


class EventKind(StrEnum):
    SOURCED = "sourced"
    INVITED = "invited"
    MET = "met"
    SCREENED = "screened"
    COMPETENCE_ASSESSED = "competence_assessed"
    OFFERED = "offered"
    STARTED = "started"
    COMPLETED = "completed"
    DROPPED = "dropped"
    MATCHED = "matched"
    EMPLOYED_3 = "employed_3"
    EMPLOYED_6 = "employed_6"
    EMPLOYED_12 = "employed_12"


class Participant(Base):
    """One partner's record of a person in a project; without a name it has been anonymised.

    `cpr` is encrypted; schools, employers and associations have none (`participant_guard`).
    """

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("id", "project_id", "organisation_id"),
        UniqueConstraint("id", "organisation_id"),
        CheckConstraint("(name is null) = (anonymised_on is not null)", name="anonymised"),
        CheckConstraint("name is not null or num_nonnulls(cpr, birth_year) = 0", name="forgotten"),
        CheckConstraint("birth_year between 1900 and 2100", name="birth_year"),
        Index("ix_participant_list", "project_id", "organisation_id", "reference"),
    )
    sight = Sight(
        see=mine(),
        insert=added_by_a_partner("participant"),
        update=mine(),
        columns="name, cpr, birth_year, municipality_id, model, work, changed_at, revision",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    cpr: Mapped[str | None]
    birth_year: Mapped[int | None]
    municipality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    model: Mapped[str]  # of config/projects, one of the project's
    work: Mapped[Work]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    anonymised_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class ParticipantKey(Base):
    """The keyed hash of a participant's CPR number: the web writes it, the worker alone reads it.

    A new one takes the place of the participant's former one.
    """

    __tablename__ = "participant_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ["participant_id", "project_id", "organisation_id"],
            ["participant.id", "participant.project_id", "participant.organisation_id"],
            ondelete="cascade",
        ),
        UniqueConstraint("project_id", "organisation_id", "person_key"),
        Index("ix_participant_key_of", "participant_id"),
    )
    sight = Sight(
        see="",
        insert=of_own("participant_key", "participant", "participant_id"),
        worker="select, delete",
    )

    participant_id: Mapped[uuid.UUID]
    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID]
    person_key: Mapped[bytes]


class ParticipantEvent(Base):
    """What happened to a participant on a day. Never changed: another takes its place.

    One that `is_void` says that the one whose place it takes never happened. A current event is one
    that nothing replaces and that is not void. Completed and dropped come after a start.
    """

    __tablename__ = "participant_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["participant_id", "project_id", "organisation_id"],
            ["participant.id", "participant.project_id", "participant.organisation_id"],
            ondelete="cascade",
        ),
        ForeignKeyConstraint(["company_id", "project_id"], ["company.id", "company.project_id"]),
        ForeignKeyConstraint(
            ["job_order_id", "project_id"], ["job_order.id", "job_order.project_id"]
        ),
        ForeignKeyConstraint(
            ["gathering_id", "project_id"], ["gathering.id", "gathering.project_id"]
        ),
        UniqueConstraint("organisation_id", "form_key"),
        UniqueConstraint("replaces_id"),
        CheckConstraint(
            "day <= (recorded_at at time zone 'Europe/Copenhagen')::date", name="future"
        ),
        CheckConstraint("(kind = 'matched') = (timing is not null)", name="timing"),
        CheckConstraint("(kind = 'matched') = (form is not null)", name="form"),
        CheckConstraint("kind <> 'dropped' or reason is not null", name="reason"),
        CheckConstraint("not is_void or replaces_id is not null", name="void"),
        Index("ix_participant_event_of", "participant_id", "day"),
        Index("ix_participant_event_count", "project_id", "kind", "day"),
        Index("ix_participant_event_company", "company_id"),
        Index("ix_participant_event_order", "job_order_id"),
        Index("ix_participant_event_gathering", "gathering_id"),
    )
    sight = Sight(
        see=mine(),
        insert=f"{added_by_a_partner('participant_event')} and "
        + of_own("participant_event", "participant", "participant_id"),
    )

    participant_id: Mapped[uuid.UUID]
    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID]
    kind: Mapped[EventKind]
    day: Mapped[date]
    model: Mapped[str]  # the participant's when it was recorded
    timing: Mapped[Timing | None]
    form: Mapped[JobForm | None]
    reason: Mapped[str | None]
    company_id: Mapped[uuid.UUID | None]
    job_order_id: Mapped[uuid.UUID | None]
    gathering_id: Mapped[uuid.UUID | None]
    form_key: Mapped[str]  # of the form or the phone that sent it: good once
    replaces_id: Mapped[uuid.UUID | None]
    replaced_by_id: Mapped[uuid.UUID | None]  # by trigger
    is_void: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[str]

    @property
    def is_current(self) -> bool:
        return self.replaced_by_id is None and not self.is_void


class ParticipantTally(Base):
    """How many participants of a partner came to a step first in a quarter; triggers write it.

    A participant counts once for each kind of event, on its first day, whatever happened again.
    """

    __tablename__ = "participant_tally"
    __table_args__ = (
        UniqueConstraint(
            "project_id", "organisation_id", "model", "kind", "timing", "form", "first_day"
        ),
        CheckConstraint("people >= 0", name="people"),
        Index("ix_participant_tally_day", "first_day"),
    )
    sight = Sight(see=mine(), worker="select")

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    model: Mapped[str]
    kind: Mapped[EventKind]
    timing: Mapped[str]  # "" but for a match
    form: Mapped[str]
    first_day: Mapped[date]  # of the quarter
    people: Mapped[int]
