"""What the lead of a project reports for a period, and what became of it.

The words of a draft are the lead's alone. What was certified is a version that nobody changes, and
everybody who sees the project reads it. Numbers of people are in no version: they are told from
what is published up to the version's `until`, to each reader as that reader may (decision 0041).
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import Actor
from portal.clock import now, today
from portal.db import Base, Json
from portal.projects.models import (
    PartnerRole,
    Project,
    Standing,
    added_by_the_lead,
    seen_by_all,
    taking_part,
)
from portal.sight import Sight, mine


class ReportState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"  # certified, and with the secretariat
    RETURNED = "returned"
    ACCEPTED = "accepted"


class ReportParty(StrEnum):
    """As what an organisation meets a report."""

    LEAD = "lead"
    SECRETARIAT = "secretariat"
    READER = "reader"


# Who is the lead now, and who may take a step at all; whose step it is says `report_guard`.
LEAD = "project_party.leads and project_party.role = 'lead'"
RECEIVES = (
    "coalesce(project_party.role, 'secretariat') = 'secretariat' "
    "and project_party.standing <> 'invited'"
)


class ProjectReport(Base):
    """One period of a project; both days are included. One is open at a time.

    `versions` is how often it was certified, `next_report_on` when the lead says that the one after
    it comes; of the last one there is none.
    """

    __tablename__ = "project_report"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("id", "project_id"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("(state = 'returned') = (returned_reason is not null)", name="returned"),
        CheckConstraint("(state = 'accepted') = (accepted_on is not null)", name="accepted"),
        CheckConstraint("(accepted_on is null) = (accepted_by is null)", name="accepted_by"),
        CheckConstraint("state = 'draft' or versions > 0", name="certified"),
        Index(
            "uq_project_report_open",
            "project_id",
            unique=True,
            postgresql_where="state <> 'accepted'",
        ),
        Index("ix_project_report_sent", "sent_on", postgresql_where="state <> 'accepted'"),
    )
    sight = Sight(
        see=seen_by_all("project_report"),
        insert=f"{mine('project_report.organisation_id')} and "
        f"{taking_part('project_report', LEAD)} and project_report.state = 'draft'",
        update=taking_part("project_report", f"greatest({LEAD}, {RECEIVES})"),
        columns="first_day, last_day, next_report_on, state, versions, sent_on, returned_reason, "
        "accepted_on, accepted_by, changed_at, revision",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    next_report_on: Mapped[date | None]
    state: Mapped[ReportState] = mapped_column(default=ReportState.DRAFT)
    versions: Mapped[int] = mapped_column(default=0)
    sent_on: Mapped[date | None]
    returned_reason: Mapped[str | None]
    accepted_on: Mapped[date | None]
    accepted_by: Mapped[str | None]
    begun_at: Mapped[datetime] = mapped_column(default=now)
    begun_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column()
    project: Mapped[Project] = relationship(viewonly=True)
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def kind(self) -> ReportState:
        """Every report goes the same way."""
        return self.state

    def party_of(self, actor: Actor) -> ReportParty:
        """The secretariat of the project, or else the councils of its area, receive reports."""
        own = self.project.own
        if own.role == PartnerRole.LEAD and own.leads:
            return ReportParty.LEAD
        if own.standing == Standing.PARTNER and own.role == PartnerRole.SECRETARIAT:
            return ReportParty.SECRETARIAT
        if own.standing == Standing.COUNCIL and not has_secretariat(self.project, today()):
            return ReportParty.SECRETARIAT
        return ReportParty.READER


def has_secretariat(project: Project, day: date) -> bool:
    of_it = [one for one in project.partners if one.role == PartnerRole.SECRETARIAT]
    return any(one.takes_part(day) for one in of_it)


class ProjectReportText(Base):
    """The lead's own words in a report, before they are certified: nobody else reads them."""

    __tablename__ = "project_report_text"
    __table_args__ = (UniqueConstraint("report_id"),)
    sight = Sight(
        see=taking_part("project_report_text", LEAD),
        insert=f"{added_by_the_lead('project_report_text')} and "
        + taking_part("project_report_text", LEAD),
        update=taking_part("project_report_text", LEAD),
        columns="words, changed_at, changed_by, revision",
    )

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_report.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    words: Mapped[Json] = mapped_column(JSONB)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class ProjectReportVersion(Base):
    """What the lead certified, with the facts of that day; never changed.

    `until` is the last day of which figures of people were published then.
    """

    __tablename__ = "project_report_version"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        Index("ix_project_report_version_of", "project_id", "certified_at"),
    )
    sight = Sight(
        see=seen_by_all("project_report_version"),
        insert=f"{mine('project_report_version.organisation_id')} and "
        + taking_part("project_report_version", LEAD),
    )

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_report.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    content: Mapped[Json] = mapped_column(JSONB)
    hash: Mapped[str]
    until: Mapped[date | None]
    certified_at: Mapped[datetime] = mapped_column(default=now)
    certified_by: Mapped[str]


class ProjectReportEvent(Base):
    """A step of a report: who took it, when, and why."""

    __tablename__ = "project_report_event"
    __table_args__ = (
        UniqueConstraint("report_id", "form_key"),
        Index("ix_project_report_event_of", "report_id", "at"),
    )
    sight = Sight(
        see=seen_by_all("project_report_event"),
        insert=f"{mine('project_report_event.organisation_id')} and "
        + taking_part("project_report_event", "project_party.standing <> 'invited'"),
    )

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project_report.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    step: Mapped[str]
    source: Mapped[ReportState | None]
    target: Mapped[ReportState]
    reason: Mapped[str | None]
    form_key: Mapped[str | None]


class ProjectReportNotice(Base):
    """What is told of reports in the daily digest, once: the worker's alone.

    `what` is a word of the digest, `day` the day that it is about.
    """

    __tablename__ = "project_report_notice"
    __table_args__ = (UniqueConstraint("project_id", "what", "day"),)
    sight = Sight(see="")

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    what: Mapped[str]
    day: Mapped[date]
    told_at: Mapped[datetime | None]
