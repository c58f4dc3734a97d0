"""One case as a whole, and what of it a package takes. Lists are in `lists.py`."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal import rules
from portal.agreements.parameters import PlanField
from portal.cases import responsibility, source
from portal.cases.checklist import Point, checklist
from portal.cases.models import (
    Assessment,
    BenefitHours,
    CasePlan,
    ChecklistExemption,
    Effort,
    EffortKind,
    MemberCase,
    ProfileClarification,
    ResponsibilityDate,
    Talk,
)
from portal.cases.responsibility import Forecast
from portal.cases.source import CaseSource, TransferSource
from portal.db import db
from portal.keys import Keys
from portal.organisations.models import OrganisationName, Unit, User
from portal.rules import RuleSet

Child = TypeVar("Child", BenefitHours, ResponsibilityDate, Effort, Talk)
Taken = TypeVar(
    "Taken",
    source.EffortSource,
    source.TalkSource,
    source.ClarificationSource,
    source.AnswerSource,
    source.AssessmentSource,
)


@dataclass(frozen=True)
class Clarification:
    id: uuid.UUID
    day: date
    tool: str


@dataclass(frozen=True)
class CaseFile:
    """Everything of one case. Children come newest first, hours with their history."""

    case: MemberCase
    municipality: str
    adviser: str | None
    unit: str | None
    plan: CasePlan | None
    exemptions: Mapping[str, str]
    clarifications: Sequence[Clarification]
    hours: Sequence[BenefitHours]
    transfers: Sequence[ResponsibilityDate]
    efforts: Sequence[Effort]
    talks: Sequence[Talk]
    assessments: Sequence[Assessment]

    @property
    def rule_set(self) -> RuleSet:
        return rules.rule_set(self.case.rule_set)

    @property
    def confirmed(self) -> ResponsibilityDate | None:
        return self.transfers[0] if self.transfers else None

    @property
    def assessment(self) -> Assessment | None:
        return self.assessments[0] if self.assessments else None

    @property
    def forecast(self) -> Forecast:
        return forecast(self.case, self.hours)

    @property
    def present(self) -> frozenset[str]:
        """The codes of the checklist for which something is written down."""
        return frozenset(code for code, found in self._found() if found)

    def _found(self) -> Iterable[tuple[str, object]]:
        plan, kinds = self.plan, {effort.kind for effort in self.efforts}
        yield "job_goals", plan and plan.job_goals
        yield "focus_areas", plan and plan.focus_areas
        yield "search_strategy", plan and plan.search_strategy
        yield "my_plan", plan and plan.my_plan_on
        yield "efforts", kinds & {EffortKind.EFFORT, EffortKind.OFFER}
        yield "recommendations", EffortKind.RECOMMENDATION in kinds
        yield "company_efforts", EffortKind.COMPANY_BASED in kinds
        yield "placements", EffortKind.PLACEMENT in kinds
        yield "talks", self.talks
        yield "profile_clarification", self.clarifications

    def checklist(self, demands: Iterable[PlanField]) -> tuple[Point, ...]:
        return checklist(demands, present=self.present, exempt=self.exemptions)


def case(case_id: uuid.UUID) -> MemberCase:
    """The case alone, as a form or a move needs it. Raises NoResultFound."""
    return db.session.scalars(select(MemberCase).where(MemberCase.id == case_id)).one()


def held_case(case_id: uuid.UUID) -> MemberCase:
    """The case, and nobody else may change it until this request is over."""
    row = select(MemberCase).where(MemberCase.id == case_id).with_for_update()
    return db.session.scalars(row).one()


def case_file(case_id: uuid.UUID, *, day: date) -> CaseFile:
    """The whole case in six statements; names as they are on `day`. Raises NoResultFound."""
    row = db.session.execute(_head(case_id, day)).one()
    return CaseFile(
        case=row.MemberCase,
        municipality=row.municipality,
        adviser=row.adviser,
        unit=row.unit,
        plan=row.CasePlan,
        exemptions=dict(row.exemptions or {}),
        clarifications=_clarifications(row.clarifications or ()),
        hours=_children(BenefitHours, case_id, BenefitHours.recorded_at),
        transfers=_children(ResponsibilityDate, case_id, ResponsibilityDate.recorded_at),
        efforts=_children(Effort, case_id, Effort.first_day, Effort.recorded_at),
        talks=_children(Talk, case_id, Talk.day, Talk.recorded_at),
        assessments=_assessments(case_id),
    )


def package_source(
    case_id: uuid.UUID, demands: Iterable[PlanField], *, keys: Keys, day: date
) -> CaseSource:
    """What a package freezes, with the checklist of the parameters that the package runs under.

    Six statements. Raises NoResultFound where the case is not the own organisation's.
    """
    file = case_file(case_id, day=day)
    member, plan = file.case, file.plan
    return CaseSource(
        case_id=member.id,
        organisation_id=member.organisation_id,
        name=member.name,
        cpr=keys.open_cpr(member.cpr, table="member_case", row_id=member.id),
        cpr_index=member.cpr_index,
        own_reference=member.own_reference,
        municipality_id=member.municipality_id,
        municipality=file.municipality,
        phone=member.phone,
        email=member.email,
        benefit_start=member.benefit_start,
        weekly_hours=member.weekly_hours,
        rule_set=member.rule_set,
        rule_set_title=file.rule_set.title,
        adviser_id=member.adviser_id,
        adviser=file.adviser,
        unit_id=member.unit_id,
        transfer=_transfer(file),
        job_goals=tuple(plan.job_goals) if plan else (),
        focus_areas=plan.focus_areas if plan else None,
        search_strategy=plan.search_strategy if plan else None,
        my_plan_link=plan.my_plan_link if plan else None,
        my_plan_on=plan.my_plan_on if plan else None,
        efforts=tuple(_taken(source.EffortSource, row) for row in file.efforts),
        talks=tuple(_taken(source.TalkSource, row) for row in file.talks),
        clarifications=tuple(_taken(source.ClarificationSource, c) for c in file.clarifications),
        assessment=_assessment(file.assessment),
        checklist=file.checklist(demands),
    )


def forecast(member: MemberCase, hours: Iterable[BenefitHours]) -> Forecast:
    return responsibility.forecast(
        rules.rule_set(member.rule_set),
        start=member.benefit_start,
        weekly=member.weekly_hours,
        recorded=newest(hours),
    )


def newest(hours: Iterable[BenefitHours]) -> dict[date, Decimal]:
    """What counts: of each month the row that was recorded last."""
    in_order = sorted(hours, key=lambda row: row.recorded_at)
    return {row.month: row.hours for row in in_order}


def hours(case_id: uuid.UUID) -> Sequence[BenefitHours]:
    return _children(BenefitHours, case_id, BenefitHours.recorded_at)


def confirmed(case_id: uuid.UUID) -> ResponsibilityDate | None:
    rows = _children(ResponsibilityDate, case_id, ResponsibilityDate.recorded_at)
    return rows[0] if rows else None


def name_on(day: date, organisation_id: InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
    """Joins the name that an organisation has on `day`."""
    name = OrganisationName
    runs = or_(name.valid_until.is_(None), name.valid_until >= day)
    return and_(name.organisation_id == organisation_id, name.valid_from <= day, runs)


def _head(case_id: uuid.UUID, day: date) -> Select[Any]:
    exempt, profile = ChecklistExemption, ProfileClarification
    exemptions = select(func.jsonb_object_agg(exempt.code, exempt.reason))
    told = func.jsonb_build_object("id", profile.id, "day", profile.day, "tool", profile.tool)
    clarifications = select(func.jsonb_agg(told)).where(profile.case_id == case_id)
    return (
        select(
            MemberCase,
            CasePlan,
            OrganisationName.name.label("municipality"),
            User.name.label("adviser"),
            Unit.name.label("unit"),
            exemptions.where(exempt.case_id == case_id).scalar_subquery().label("exemptions"),
            clarifications.scalar_subquery().label("clarifications"),
        )
        .join(OrganisationName, name_on(day, MemberCase.municipality_id))
        .outerjoin(CasePlan, CasePlan.case_id == MemberCase.id)
        .outerjoin(User, User.id == MemberCase.adviser_id)
        .outerjoin(Unit, Unit.id == MemberCase.unit_id)
        .where(MemberCase.id == case_id)
    )


def _children(model: type[Child], case_id: uuid.UUID, *newest_first: Any) -> Sequence[Child]:
    order = [column.desc().nulls_last() for column in newest_first]
    rows = select(model).where(model.case_id == case_id).order_by(*order, model.id)
    return db.session.scalars(rows).all()


def _assessments(case_id: uuid.UUID) -> Sequence[Assessment]:
    rows = select(Assessment).where(Assessment.case_id == case_id)
    rows = rows.options(joinedload(Assessment.answers)).order_by(Assessment.decided_at.desc())
    return db.session.scalars(rows).unique().all()


def _clarifications(rows: Iterable[Mapping[str, str]]) -> list[Clarification]:
    found = [Clarification(uuid.UUID(row["id"]), _day(row["day"]), row["tool"]) for row in rows]
    return sorted(found, key=lambda each: each.day, reverse=True)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _transfer(file: CaseFile) -> TransferSource:
    told, confirmed = file.forecast, file.confirmed
    return TransferSource(
        sentence=told.sentence,
        forecast_on=told.day,
        hours=told.hours,
        confirmed_on=confirmed.day if confirmed else None,
        confirmed_source=confirmed.source if confirmed else None,
        confirmed_by=confirmed.recorded_by if confirmed else None,
        confirmed_at=confirmed.recorded_at if confirmed else None,
    )


def _assessment(row: Assessment | None) -> source.AssessmentSource | None:
    if row is None:
        return None
    answers = tuple(_taken(source.AnswerSource, answer) for answer in row.answers)
    return _taken(source.AssessmentSource, row, answers=answers)


def _taken(kind: type[Taken], row: object, **more: Any) -> Taken:
    """The plain fields of `kind` from the columns of the same names."""
    names = kind.__dataclass_fields__.keys() - more.keys()
    return kind(**{name: getattr(row, name) for name in names}, **more)
