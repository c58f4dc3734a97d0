"""What a package takes of a case: read here, frozen by the package."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from portal.agreements.parameter_kinds import PlanField
from portal.cases import source
from portal.cases.models import Assessment
from portal.cases.queries import CaseFile, case_file
from portal.cases.source import CaseSource, TransferSource
from portal.cpr import Cpr
from portal.keys import Keys

Taken = TypeVar(
    "Taken",
    source.EffortSource,
    source.TalkSource,
    source.ClarificationSource,
    source.AnswerSource,
    source.AssessmentSource,
)


def package_source(
    case_id: uuid.UUID, demands: Iterable[PlanField], *, keys: Keys, day: date
) -> CaseSource:
    """What a package freezes, with the checklist of the parameters that the package runs under.

    One statement. Raises NoResultFound where the case is not the own organisation's.
    """
    file = case_file(case_id, day=day)
    cpr = keys.open_cpr(file.case.cpr, table="member_case", row_id=case_id)
    return source_of(file, demands, cpr)


def source_of(file: CaseFile, demands: Iterable[PlanField], cpr: Cpr | None) -> CaseSource:
    member, plan = file.case, file.plan
    return CaseSource(
        case_id=member.id,
        organisation_id=member.organisation_id,
        is_closed=member.closed_at is not None,
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
