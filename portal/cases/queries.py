"""One case as a whole, and what of it a package takes. Lists are in `lists.py`."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

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
from portal.cpr import Cpr
from portal.db import db
from portal.keys import Keys
from portal.organisations.models import (
    Organisation,
    OrganisationName,
    Unit,
    User,
)
from portal.rules import RuleSet

Child = TypeVar("Child", BenefitHours, ResponsibilityDate, Effort, Talk, ProfileClarification)
Part = TypeVar("Part", Effort, Talk, ProfileClarification)
Fact = TypeVar("Fact", BenefitHours, ResponsibilityDate)
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
    municipality_slug: str
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

    def doubts(self, fund: str) -> tuple[str, ...]:
        """What a person must know beside the rule set; `fund` is the own organisation's slug."""
        chosen = rules.choose_rule_set(
            self.case.benefit_start,
            fund=fund,
            municipality=self.municipality_slug,
            trial=self.case.trial,
        )
        return chosen.doubts if chosen.key == self.case.rule_set else self.rule_set.doubts

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
        municipality_slug=row.municipality_slug,
        adviser=row.adviser,
        unit=row.unit,
        plan=row.CasePlan,
        exemptions=dict(row.exemptions or {}),
        clarifications=_clarifications(row.clarifications or ()),
        hours=hours(case_id),
        transfers=transfers(case_id),
        efforts=efforts(case_id),
        talks=talks(case_id),
        assessments=assessments(case_id),
    )


def package_source(
    case_id: uuid.UUID, demands: Iterable[PlanField], *, keys: Keys, day: date
) -> CaseSource:
    """What a package freezes, with the checklist of the parameters that the package runs under.

    Six statements. Raises NoResultFound where the case is not the own organisation's.
    """
    file = case_file(case_id, day=day)
    cpr = keys.open_cpr(file.case.cpr, table="member_case", row_id=case_id)
    return source_of(file, demands, cpr)


def source_of(file: CaseFile, demands: Iterable[PlanField], cpr: Cpr | None) -> CaseSource:
    member, plan = file.case, file.plan
    return CaseSource(
        case_id=member.id,
        organisation_id=member.organisation_id,
        name=member.name,
        cpr=cpr,
        cpr_index=member.cpr_index,
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
    return {month: row.hours for month, row in newest_rows(hours).items()}


def newest_rows(hours: Iterable[BenefitHours]) -> dict[date, BenefitHours]:
    return {row.month: row for row in sorted(hours, key=lambda row: row.recorded_at)}


def hours(case_id: uuid.UUID) -> Sequence[BenefitHours]:
    """Newest first, with those that were corrected."""
    return _children(BenefitHours, case_id, BenefitHours.recorded_at)


def transfers(case_id: uuid.UUID) -> Sequence[ResponsibilityDate]:
    """Confirmed days, newest first; the first one counts."""
    return _children(ResponsibilityDate, case_id, ResponsibilityDate.recorded_at)


def efforts(case_id: uuid.UUID) -> Sequence[Effort]:
    return _children(Effort, case_id, Effort.first_day, Effort.recorded_at)


def talks(case_id: uuid.UUID) -> Sequence[Talk]:
    return _children(Talk, case_id, Talk.day, Talk.recorded_at)


def clarifications(case_id: uuid.UUID) -> Sequence[ProfileClarification]:
    return _children(ProfileClarification, case_id, ProfileClarification.day)


def assessments(case_id: uuid.UUID) -> Sequence[Assessment]:
    """Newest first, each with its answers."""
    rows = select(Assessment).where(Assessment.case_id == case_id)
    rows = rows.options(joinedload(Assessment.answers)).order_by(Assessment.decided_at.desc())
    return db.session.scalars(rows).unique().all()


def taken(
    cpr_index: bytes | None, own_reference: str | None, *, but: uuid.UUID | None
) -> list[str]:
    """Which of the two another open case of the own organisation has, by the field's name."""
    rows = select(MemberCase.cpr_index, MemberCase.own_reference).where(
        MemberCase.closed_at.is_(None),
        or_(MemberCase.cpr_index == cpr_index, MemberCase.own_reference == own_reference),
    )
    found = db.session.execute(rows.where(MemberCase.id != but) if but else rows).all()
    numbers = {row.cpr_index for row in found} - {None}
    references = {row.own_reference for row in found} - {None}
    return [
        *(["cpr"] if cpr_index in numbers else []),
        *(["own_reference"] if own_reference in references else []),
    ]


def name_on(day: date, organisation_id: Any) -> ColumnElement[bool]:
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
            Organisation.slug.label("municipality_slug"),
            User.name.label("adviser"),
            Unit.name.label("unit"),
            exemptions.where(exempt.case_id == case_id).scalar_subquery().label("exemptions"),
            clarifications.scalar_subquery().label("clarifications"),
        )
        .join(OrganisationName, name_on(day, MemberCase.municipality_id))
        .join(Organisation, Organisation.id == MemberCase.municipality_id)
        .outerjoin(CasePlan, CasePlan.case_id == MemberCase.id)
        .outerjoin(User, User.id == MemberCase.adviser_id)
        .outerjoin(Unit, Unit.id == MemberCase.unit_id)
        .where(MemberCase.id == case_id)
    )


def _children(model: type[Child], case_id: uuid.UUID, *newest_first: Any) -> Sequence[Child]:
    order = [column.desc().nulls_last() for column in newest_first]
    rows = select(model).where(model.case_id == case_id).order_by(*order, model.id)
    return db.session.scalars(rows).all()


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


def held_cases(case_ids: Sequence[uuid.UUID]) -> Sequence[MemberCase]:
    """Several, held in one order, so that two who hold the same ones do not wait for each other."""
    rows = select(MemberCase).where(MemberCase.id.in_(case_ids)).order_by(MemberCase.id)
    return db.session.scalars(rows.with_for_update()).all()


def plan(case_id: uuid.UUID) -> CasePlan | None:
    return db.session.scalars(select(CasePlan).where(CasePlan.case_id == case_id)).one_or_none()


def child(model: type[Part], case_id: uuid.UUID, row_id: uuid.UUID) -> Part:
    """A row of this case; raises NoResultFound for a row of another, also of the own fund's."""
    row = select(model).where(model.id == row_id, model.case_id == case_id)
    return db.session.scalars(row).one()


def facts_of(
    case_ids: Sequence[uuid.UUID],
) -> tuple[Mapping[uuid.UUID, list[BenefitHours]], Mapping[uuid.UUID, list[ResponsibilityDate]]]:
    """Hours and confirmed days of several cases, newest first, by case."""
    return _by_case(BenefitHours, case_ids), _by_case(ResponsibilityDate, case_ids)


def _by_case(model: type[Fact], case_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Fact]]:
    rows = select(model).where(model.case_id.in_(case_ids))
    found: dict[uuid.UUID, list[Fact]] = defaultdict(list)
    for row in db.session.scalars(rows.order_by(model.recorded_at.desc())):
        found[row.case_id].append(row)
    return found


def open_cases(cpr_indexes: Iterable[bytes], own_references: Iterable[str]) -> Sequence[MemberCase]:
    """The own organisation's open cases with any of these numbers or references."""
    rows = select(MemberCase).where(
        MemberCase.closed_at.is_(None),
        or_(
            MemberCase.cpr_index.in_([*cpr_indexes]),
            MemberCase.own_reference.in_([*own_references]),
        ),
    )
    return db.session.scalars(rows).all()


def open_cases_in_batches(size: int = 500) -> Iterator[Sequence[MemberCase]]:
    """Every open case that the role sees, by id; what is changed in one batch is flushed after."""
    last = uuid.UUID(int=0)
    while True:
        rows = select(MemberCase).where(MemberCase.closed_at.is_(None), MemberCase.id > last)
        found = db.session.scalars(rows.order_by(MemberCase.id).limit(size)).all()
        if not found:
            return
        last = found[-1].id
        yield found
        db.session.flush()
        db.session.expunge_all()
