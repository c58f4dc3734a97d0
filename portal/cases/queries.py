"""One case as a whole. Lists are in `lists.py`, what a package takes in `taking.py`."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Row,
    Select,
    Text,
    and_,
    cast,
    column,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload

from portal import rules
from portal.agreements.parameter_kinds import PlanField
from portal.cases import responsibility
from portal.cases.checklist import Point, checklist
from portal.cases.models import (
    Assessment,
    AssessmentAnswer,
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
from portal.db import db, gathered, revived
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
# The columns by which each list of a case's children comes newest first.
NEWEST: dict[type[Any], tuple[Any, ...]] = {
    BenefitHours: (BenefitHours.recorded_at,),
    ResponsibilityDate: (ResponsibilityDate.recorded_at,),
    Effort: (Effort.first_day, Effort.recorded_at),
    Talk: (Talk.day, Talk.recorded_at),
    ProfileClarification: (ProfileClarification.day,),
}


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
    clarifications: Sequence[ProfileClarification]
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
        return confirmed(self.transfers)

    @property
    def returned(self) -> ResponsibilityDate | None:
        """Since when the fund has the member again, as long as nobody has confirmed a new day."""
        newest = next(iter(self.transfers), None)
        return newest if newest and newest.is_return else None

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
    """The whole case in one statement; names as they are on `day`. Raises NoResultFound."""
    row = db.session.execute(_head(case_id, day)).one()
    return CaseFile(
        case=row.MemberCase,
        municipality=row.municipality,
        municipality_slug=row.municipality_slug,
        adviser=row.adviser,
        unit=row.unit,
        plan=row.CasePlan,
        exemptions=dict(row.exemptions or {}),
        clarifications=revived(ProfileClarification, row.profile_clarification),
        hours=revived(BenefitHours, row.benefit_hours),
        transfers=revived(ResponsibilityDate, row.responsibility_date),
        efforts=revived(Effort, row.effort),
        talks=revived(Talk, row.talk),
        assessments=_assessments(row),
    )


def confirmed(transfers: Iterable[ResponsibilityDate]) -> ResponsibilityDate | None:
    """Of those of one case, newest first."""
    newest = next(iter(transfers), None)
    return None if newest is None or newest.is_return else newest


def forecast(member: MemberCase, hours: Iterable[BenefitHours]) -> Forecast:
    return forecast_of(member, newest(hours))


def forecast_of(member: MemberCase, recorded: Mapping[date, Decimal]) -> Forecast:
    return responsibility.forecast(
        rules.rule_set(member.rule_set),
        start=member.benefit_start,
        weekly=member.weekly_hours,
        recorded=recorded,
    )


def newest(hours: Iterable[BenefitHours]) -> dict[date, Decimal]:
    """What counts: of each month the row that was recorded last."""
    return {month: row.hours for month, row in newest_rows(hours).items()}


def newest_rows(hours: Iterable[BenefitHours]) -> dict[date, BenefitHours]:
    return {row.month: row for row in sorted(hours, key=lambda row: row.recorded_at)}


def hours(case_id: uuid.UUID) -> Sequence[BenefitHours]:
    """Newest first, with those that were corrected."""
    return _children(BenefitHours, case_id)


def transfers(case_id: uuid.UUID) -> Sequence[ResponsibilityDate]:
    """Confirmed days, newest first; the first one counts."""
    return _children(ResponsibilityDate, case_id)


def efforts(case_id: uuid.UUID) -> Sequence[Effort]:
    return _children(Effort, case_id)


def talks(case_id: uuid.UUID) -> Sequence[Talk]:
    return _children(Talk, case_id)


def clarifications(case_id: uuid.UUID) -> Sequence[ProfileClarification]:
    return _children(ProfileClarification, case_id)


def assessments(case_id: uuid.UUID) -> Sequence[Assessment]:
    """Newest first, each with its answers."""
    rows = select(Assessment).where(Assessment.case_id == case_id)
    rows = rows.options(joinedload(Assessment.answers)).order_by(Assessment.decided_at.desc())
    return db.session.scalars(rows).unique().all()


def taken(
    cpr_index: bytes | None, own_reference: str | None, *, but: uuid.UUID | None
) -> list[str]:
    """Which of the two another open case of the own organisation has, by the field's name."""
    numbers, references = all_taken({cpr_index}, {own_reference}, but=but)
    return [*(["cpr"] if numbers else []), *(["own_reference"] if references else [])]


def all_taken(
    cpr_indexes: Iterable[bytes | None],
    own_references: Iterable[str | None],
    *,
    but: uuid.UUID | None = None,
) -> tuple[set[bytes], set[str]]:
    """Those of them that an open case has, also one that only others may see."""
    asked = [one for one in cpr_indexes if one], [one for one in own_references if one]
    columns = column("cpr_index", LargeBinary()), column("own_reference", Text())
    found = func.cases_taken(
        cast(asked[0], ARRAY(LargeBinary)), cast(asked[1], ARRAY(Text)), but
    ).table_valued(*columns)
    rows = db.session.execute(select(found)).all()
    return {row[0] for row in rows} - {None}, {row[1] for row in rows} - {None}


def name_on(day: date, organisation_id: Any, name: Any = OrganisationName) -> ColumnElement[bool]:
    """Joins the name that an organisation has on `day`."""
    runs = or_(name.valid_until.is_(None), name.valid_until >= day)
    return and_(name.organisation_id == organisation_id, name.valid_from <= day, runs)


def _head(case_id: uuid.UUID, day: date) -> Select[Any]:
    exempt, decided = ChecklistExemption, Assessment.case_id == case_id
    exemptions = select(func.jsonb_object_agg(exempt.code, exempt.reason))
    ours = AssessmentAnswer.assessment_id.in_(select(Assessment.id).where(decided))
    children = (
        gathered(model, model.case_id == case_id, *_newest_first(model)).label(model.__tablename__)
        for model in NEWEST
    )
    head: Select[Any] = (
        select(
            MemberCase,
            CasePlan,
            OrganisationName.name.label("municipality"),
            Organisation.slug.label("municipality_slug"),
            User.name.label("adviser"),
            Unit.name.label("unit"),
            exemptions.where(exempt.case_id == case_id).scalar_subquery().label("exemptions"),
            *children,
            gathered(Assessment, decided, Assessment.decided_at.desc()).label("assessments"),
            gathered(AssessmentAnswer, ours, AssessmentAnswer.position).label("answers"),
        )
        .join(OrganisationName, name_on(day, MemberCase.municipality_id))
        .join(Organisation, Organisation.id == MemberCase.municipality_id)
        .outerjoin(CasePlan, CasePlan.case_id == MemberCase.id)
        .outerjoin(User, User.id == MemberCase.adviser_id)
        .outerjoin(Unit, Unit.id == MemberCase.unit_id)
    )
    return head.where(MemberCase.id == case_id)


def _newest_first(model: type[Child]) -> list[Any]:
    return [*(column.desc().nulls_last() for column in NEWEST[model]), model.id]


def _children(model: type[Child], case_id: uuid.UUID) -> Sequence[Child]:
    rows = select(model).where(model.case_id == case_id).order_by(*_newest_first(model))
    return db.session.scalars(rows).all()


def _assessments(row: Row[Any]) -> list[Assessment]:
    """Newest first, each with its answers in their order."""
    answers, decided = revived(AssessmentAnswer, row.answers), revived(Assessment, row.assessments)
    for one in decided:
        one.answers = [answer for answer in answers if answer.assessment_id == one.id]
    return decided


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
