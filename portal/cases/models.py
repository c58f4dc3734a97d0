"""The sender's case: one fund's work with one of its members. The receiver never sees it.

Every table here names the organisation in a column of its own; a child can only belong to a case
of the same organisation, because its foreign key holds both.
"""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.agreements.criteria import DISCRETIONARY, Rule
from portal.clock import add_working_days, now
from portal.db import Base
from portal.organisations.models import of_same
from portal.sight import Sight, mine, named, of_own


def of_case(*more: Any) -> tuple[Any, ...]:
    """Arguments of a table whose rows belong to a case of the same organisation."""
    key = ForeignKeyConstraint(
        ["case_id", "organisation_id"],
        ["member_case.id", "member_case.organisation_id"],
        ondelete="cascade",
    )
    return (key, *more)


def under_case(table: str, columns: str = "", *, may_go: bool = False) -> Sight:
    """Rows of a case that is seen: added to it, changed in the columns named, and removed."""
    own = of_own(table, "member_case", by="case_id")
    return Sight(own, own, own if columns else "", own if may_go else "", columns)


OPEN = "closed_at is null"
# A tab is counted from its index alone, so what the policy asks for is in it.
COUNTED: dict[str, Any] = {"postgresql_include": ["readers"]}
NEVER = date.max  # no clock runs: sorts last, and pages by key


def one_open(name: str, column: str) -> Index:
    return Index(name, "organisation_id", column, unique=True, postgresql_where=OPEN)


def open_list(name: str, *columns: str) -> Index:
    """For one list of open cases, by the day on which responsibility passes."""
    columns = ("organisation_id", *columns, "transfer_on", "id")
    return Index(name, *columns, postgresql_where=OPEN, **COUNTED)


SEEN = f"{mine('member_case.organisation_id')} and {named('member_case')}"


class CaseState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class MemberCase(Base):
    """A member who is, or is about to be, unemployed, and who works with them at the fund.

    `transfer_on` is the day on which responsibility passes as lists sort by it: the confirmed one,
    else the forecast, else far ahead. It follows from the rows below; `actions.recount` keeps it.
    """

    __tablename__ = "member_case"
    __table_args__ = (
        UniqueConstraint("id", "organisation_id"),
        of_same("adviser_id", "user"),
        of_same("unit_id", "unit"),
        CheckConstraint("(cpr is null) = (cpr_index is null)", name="cpr"),
        CheckConstraint("(closed_at is null) = (closed_reason is null)", name="closed"),
        CheckConstraint("weekly_hours > 0", name="weekly_hours"),
        one_open("uq_member_case_one_open", "cpr_index"),
        one_open("uq_member_case_one_reference", "own_reference"),
        open_list("ix_member_case_mine", "adviser_id"),
        open_list("ix_member_case_unit", "unit_id"),
        open_list("ix_member_case_municipality", "municipality_id"),
        open_list("ix_member_case_open"),
        Index(
            "ix_member_case_closed",
            "organisation_id",
            "closed_at",
            "id",
            postgresql_where="closed_at is not null",
            **COUNTED,
        ),
        Index(
            "ix_member_case_restricted",
            "organisation_id",
            postgresql_where="readers is not null",
        ),
        Index("ix_member_case_search", "search", postgresql_using="gin"),
    )
    sight = Sight(
        see=SEEN,
        insert=mine("member_case.organisation_id"),
        update=SEEN,
        columns="name, cpr, cpr_index, own_reference, municipality_id, phone, email, "
        "benefit_start, weekly_hours, rule_set, trial, unit_id, adviser_id, transfer_on, "
        "transfer_confirmed, closed_at, closed_reason, version",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    cpr: Mapped[str | None]  # encrypted
    cpr_index: Mapped[bytes | None]
    own_reference: Mapped[str | None]  # the fund's own number of the case
    municipality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    phone: Mapped[str | None]
    email: Mapped[str | None]
    benefit_start: Mapped[date]  # placed in a benefit period on this day (LAB § 9)
    weekly_hours: Mapped[Decimal] = mapped_column(Numeric(4, 2))  # insured hours a week
    rule_set: Mapped[str]
    trial: Mapped[bool] = mapped_column(default=False)
    unit_id: Mapped[uuid.UUID | None]
    adviser_id: Mapped[uuid.UUID | None]
    transfer_on: Mapped[date] = mapped_column(default=NEVER)
    transfer_confirmed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]
    readers: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))  # by trigger
    search: Mapped[str | None] = mapped_column(TSVECTOR)  # by trigger
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}

    @property
    def state(self) -> CaseState:
        return CaseState.CLOSED if self.closed_at else CaseState.OPEN


class BenefitHours(Base):
    """Benefit hours of one month as known at one time. A correction adds a row, none is changed."""

    __tablename__ = "benefit_hours"
    __table_args__ = of_case(
        CheckConstraint("hours >= 0 and hours <= 300", name="hours"),
        CheckConstraint("extract(day from month) = 1", name="month"),
        Index("ix_benefit_hours_case", "case_id", "month", "recorded_at"),
    )
    sight = under_case("benefit_hours")

    organisation_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    month: Mapped[date]  # its first day
    hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    source: Mapped[str]
    reason: Mapped[str | None]  # of a correction
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[str]


class ResponsibilityDate(Base):
    """The confirmed day on which responsibility passes; the newest counts, the rest is history.

    One that `is_return` says since when the fund has it again: then the hours foresee the day.
    """

    __tablename__ = "responsibility_date"
    __table_args__ = of_case(Index("ix_responsibility_date_case", "case_id", "recorded_at"))
    sight = under_case("responsibility_date")

    organisation_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    day: Mapped[date]
    source: Mapped[str]
    is_return: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[str]


class CasePlan(Base):
    """What was agreed in Min Plan, taken in by paste: the original lies on Jobnet."""

    __tablename__ = "case_plan"
    __table_args__ = of_case(UniqueConstraint("case_id"))
    sight = under_case(
        "case_plan", "job_goals, focus_areas, search_strategy, my_plan_link, my_plan_on, version"
    )

    organisation_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    job_goals: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    focus_areas: Mapped[str | None]
    search_strategy: Mapped[str | None]
    my_plan_link: Mapped[str | None]
    my_plan_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}


class EffortKind(StrEnum):
    EFFORT = "effort"
    OFFER = "offer"
    RECOMMENDATION = "recommendation"
    COMPANY_BASED = "company_based"
    PLACEMENT = "placement"


class EffortStatus(StrEnum):
    AGREED = "agreed"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


class Effort(Base):
    """An effort, offer, recommendation, company-based effort or placement, and how it stands."""

    __tablename__ = "effort"
    __table_args__ = of_case(
        CheckConstraint("last_day is null or last_day >= first_day", name="span"),
        Index("ix_effort_case", "case_id", "first_day"),
    )
    sight = under_case(
        "effort", "kind, description, status, first_day, last_day, result", may_go=True
    )

    organisation_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    kind: Mapped[EffortKind]
    description: Mapped[str]
    status: Mapped[EffortStatus]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    result: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(default=now)

    def answer_by(self, days: int) -> date | None:
        """The day until which an open recommendation is answered, `days` working days after it."""
        if (self.kind, self.status) != (EffortKind.RECOMMENDATION, EffortStatus.OPEN):
            return None
        return add_working_days(self.first_day, days) if self.first_day else None


class TalkOutcome(StrEnum):
    HELD = "held"
    ABSENT = "absent"
    EXEMPT = "exempt"


class Talk(Base):
    """One talk of the contact course: held, stayed away from, or exempt with a reason."""

    __tablename__ = "talk"
    __table_args__ = of_case(
        CheckConstraint("outcome = 'held' or reason is not null", name="reason"),
        Index("ix_talk_case", "case_id", "day"),
    )
    sight = under_case("talk", "day, kind, form, outcome, reason", may_go=True)

    organisation_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    day: Mapped[date]
    kind: Mapped[str]
    form: Mapped[str]
    outcome: Mapped[TalkOutcome]
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(default=now)


class ProfileClarification(Base):
    """That a profile clarification was done: day and tool. Never answers, never a score."""

    __tablename__ = "profile_clarification"
    __table_args__ = of_case(Index("ix_profile_clarification_case", "case_id", "day"))
    sight = under_case("profile_clarification", may_go=True)

    organisation_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    day: Mapped[date]
    tool: Mapped[str]


class ChecklistExemption(Base):
    """A point of the agreement's checklist that does not apply to this case, and why."""

    __tablename__ = "checklist_exemption"
    __table_args__ = of_case(UniqueConstraint("case_id", "code"))
    sight = under_case("checklist_exemption", may_go=True)

    organisation_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    code: Mapped[str]
    reason: Mapped[str]
    recorded_by: Mapped[str]


class Decision(StrEnum):
    REFER = "refer"  # visiteres til kommunen
    KEEP = "keep"  # bliver i a-kassens forløb


class Assessment(Base):
    """The adviser's decision against the criteria of one agreement version. Never changed after."""

    __tablename__ = "assessment"
    __table_args__ = of_case(
        Index("ix_assessment_case", "case_id", "decided_at"),
        CheckConstraint(
            "(informed_on is null) = (informed_channel is null)",
            name="informed",
        ),
    )
    sight = under_case("assessment")

    organisation_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    agreement_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement_version.id"))
    rule: Mapped[str] = mapped_column(default="any")  # the version's own: agreements/criteria.py
    needed: Mapped[int] = mapped_column(default=1)
    decision: Mapped[Decision]
    reason: Mapped[str]
    informed_on: Mapped[date | None]
    informed_channel: Mapped[str | None]
    member_comment: Mapped[str | None]
    decided_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[str]
    answers: Mapped[list["AssessmentAnswer"]] = relationship(
        order_by=lambda: AssessmentAnswer.position
    )

    @property
    def by_rule(self) -> Rule:
        return Rule(self.rule, self.needed)

    @property
    def is_enough(self) -> bool:
        """Whether as much is met as the agreement asks for."""
        yes = CriterionAnswer.YES
        return self.by_rule.is_met((row.kind, row.answer == yes) for row in self.answers)


class CriterionAnswer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class AssessmentAnswer(Base):
    """One criterion: met or not, and what follows for the job search. Never a diagnosis."""

    __tablename__ = "assessment_answer"
    __table_args__ = (UniqueConstraint("assessment_id", "code"),)
    sight = Sight(
        see=of_own("assessment_answer", "assessment", by="assessment_id"),
        insert=of_own("assessment_answer", "assessment", by="assessment_id"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    assessment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("assessment.id", ondelete="cascade")
    )
    position: Mapped[int]
    code: Mapped[str]
    label: Mapped[str]
    kind: Mapped[str] = mapped_column(default=DISCRETIONARY)
    evidence: Mapped[str] = mapped_column(default="self_reported")  # what a yes rests on
    answer: Mapped[CriterionAnswer]
    consequence: Mapped[str | None]


class TransferNotice(Base):
    """That responsibility for a member passes soon, or has, and no package is sent: told once."""

    __tablename__ = "transfer_notice"
    __table_args__ = of_case(
        UniqueConstraint("case_id", "transfer_on", "level"),
        CheckConstraint("level between 0 and 3", name="level"),
        Index("ix_transfer_notice_waiting", "case_id", postgresql_where="told_at is null"),
    )
    sight = Sight(see=of_own("transfer_notice", "member_case", by="case_id"))

    organisation_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    transfer_on: Mapped[date]
    level: Mapped[int]
    found_on: Mapped[date]
    told_at: Mapped[datetime | None]
