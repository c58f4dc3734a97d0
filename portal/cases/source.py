"""What of a case a package freezes: plain data, read once, by people of another organisation.

Only what is named here can leave the case. The fund's own reference and earlier assessments stay.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.agreements.criteria import Rule
from portal.cases.checklist import Point
from portal.cases.models import CriterionAnswer, Decision, EffortKind, EffortStatus, TalkOutcome
from portal.cpr import Cpr


@dataclass(frozen=True)
class TransferSource:
    """When responsibility passes: forecast with its reason, and confirmed if somebody has."""

    sentence: str
    forecast_on: date | None
    hours: Decimal
    confirmed_on: date | None = None
    confirmed_source: str | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None

    @property
    def day(self) -> date | None:
        return self.confirmed_on or self.forecast_on

    @property
    def source(self) -> str | None:
        """Where the day comes from: the confirmation's source, else the forecast's reason."""
        return self.confirmed_source or (self.sentence if self.forecast_on else None)


@dataclass(frozen=True)
class EffortSource:
    kind: EffortKind
    description: str
    status: EffortStatus
    first_day: date | None
    last_day: date | None
    result: str | None


@dataclass(frozen=True)
class TalkSource:
    day: date
    kind: str
    form: str
    outcome: TalkOutcome
    reason: str | None


@dataclass(frozen=True)
class ClarificationSource:
    day: date
    tool: str


@dataclass(frozen=True)
class AnswerSource:
    code: str
    label: str
    kind: str
    evidence: str
    answer: CriterionAnswer
    consequence: str | None


@dataclass(frozen=True)
class AssessmentSource:
    id: uuid.UUID
    agreement_version_id: uuid.UUID
    rule: str
    needed: int
    decision: Decision
    reason: str
    informed_on: date | None
    informed_channel: str | None
    member_comment: str | None
    decided_at: datetime
    decided_by: str
    answers: tuple[AnswerSource, ...]

    @property
    def met(self) -> tuple[AnswerSource, ...]:
        return tuple(answer for answer in self.answers if answer.answer is CriterionAnswer.YES)

    @property
    def by_rule(self) -> Rule:
        return Rule(self.rule, self.needed)

    @property
    def is_enough(self) -> bool:
        """Whether as much is met as the agreement that it was made under asks for."""
        yes = CriterionAnswer.YES
        return self.by_rule.is_met((row.kind, row.answer is yes) for row in self.answers)


@dataclass(frozen=True)
class CaseSource:
    """`cpr` shows itself masked; `cpr_index` is the same for the same number in every table."""

    case_id: uuid.UUID
    organisation_id: uuid.UUID
    is_closed: bool
    name: str
    cpr: Cpr | None
    cpr_index: bytes | None
    municipality_id: uuid.UUID
    municipality: str
    phone: str | None
    email: str | None
    benefit_start: date
    weekly_hours: Decimal
    rule_set: str
    rule_set_title: str
    adviser_id: uuid.UUID | None
    adviser: str | None
    unit_id: uuid.UUID | None
    transfer: TransferSource
    job_goals: tuple[str, ...]
    focus_areas: str | None
    search_strategy: str | None
    my_plan_link: str | None
    my_plan_on: date | None
    efforts: tuple[EffortSource, ...]
    talks: tuple[TalkSource, ...]
    clarifications: tuple[ClarificationSource, ...]
    assessment: AssessmentSource | None
    checklist: tuple[Point, ...]

    @property
    def cpr_masked(self) -> str | None:
        return self.cpr.masked if self.cpr else None
