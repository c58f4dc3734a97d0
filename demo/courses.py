"""One member's time with the fund: the case with its plan, talks, efforts, hours and decisions."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from demo import names, texts
from demo.chance import Chance, instant, later
from demo.ground import Ground
from demo.staff import Person
from portal import rules
from portal.agreements.models import AgreementVersion
from portal.cases import queries
from portal.cases.models import (
    NEVER,
    Assessment,
    AssessmentAnswer,
    BenefitHours,
    CasePlan,
    CriterionAnswer,
    Decision,
    Effort,
    EffortKind,
    EffortStatus,
    MemberCase,
    ProfileClarification,
    ResponsibilityDate,
    Talk,
    TalkOutcome,
)
from portal.cases.queries import CaseFile
from portal.cases.responsibility import Forecast, expected, first_of, forecast
from portal.clock import day_of
from portal.cpr import Cpr, parse
from portal.db import Base
from portal.rules import months_after

Row = TypeVar("Row", BenefitHours, ResponsibilityDate, Effort, Talk)
FULL_TIME, PART_TIME = Decimal(37), Decimal(30)


@dataclass
class Course:
    """A case and all that belongs to it, as it grew day by day."""

    ground: Ground
    chance: Chance
    fund: str
    municipality: str
    adviser: Person
    group: str  # quick, risk or complex
    case: MemberCase
    cpr: Cpr | None
    until: date  # the last day on which the fund worked with the member
    plan: CasePlan | None = None
    talks: list[Talk] = field(default_factory=list)
    efforts: list[Effort] = field(default_factory=list)
    hours: list[BenefitHours] = field(default_factory=list)
    clarifications: list[ProfileClarification] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    transfers: list[ResponsibilityDate] = field(default_factory=list)

    @property
    def own(self) -> dict[str, Any]:
        """What every row of the case says of whose it is."""
        return {
            "id": self.chance.id(),
            "case_id": self.case.id,
            "organisation_id": self.case.organisation_id,
        }

    @property
    def rows(self) -> Iterator[Base]:
        yield self.case
        if self.plan:
            yield self.plan
        for group in (self.talks, self.efforts, self.hours, self.clarifications, self.transfers):
            yield from group
        for assessment in self.assessments:
            yield assessment
            yield from assessment.answers

    @property
    def first_talk(self) -> date | None:
        held = [talk.day for talk in self.talks if talk.outcome == TalkOutcome.HELD]
        return min(held, default=None)

    def forecast(self) -> Forecast:
        return queries.forecast(self.case, self.hours)

    def as_of(self, day: date) -> CaseFile:
        """What was written down by the end of `day`; newest first, as it is read."""
        done = [one for one in self.clarifications if one.day <= day]
        return CaseFile(
            case=self.case,
            municipality=self.ground.names[self.municipality],
            municipality_slug=self.municipality,
            adviser=self.adviser.name,
            unit=None,
            plan=self.plan if self.first_talk and self.first_talk <= day else None,
            exemptions={},
            clarifications=done,
            hours=known(self.hours, day),
            transfers=known(self.transfers, day),
            efforts=known(self.efforts, day),
            talks=known(self.talks, day),
            assessments=[one for one in self.assessments if day_of(one.decided_at) <= day],
        )


def known(rows: Sequence[Row], day: date) -> list[Row]:
    """Newest first."""
    return sorted(
        (row for row in rows if day_of(row.recorded_at) <= day),
        key=lambda row: row.recorded_at,
        reverse=True,
    )


def case(
    ground: Ground, chance: Chance, fund: str, municipality: str, start: date, adviser: Person
) -> tuple[MemberCase, Cpr | None]:
    """A member who is placed in a benefit period on `start`, under the rule set of that day."""
    name, case_id = names.person(chance), chance.id()
    chosen = rules.choose_rule_set(start, fund=fund, municipality=municipality, trial=False)
    number = cpr_number(chance, ground.day) if chance.likely(92) else None
    made = MemberCase(
        id=case_id,
        organisation_id=adviser.organisation_id,
        name=name,
        municipality_id=ground.organisations[municipality],
        phone=f"00 {chance.randint(10, 99)} {chance.randint(10, 99)} {chance.randint(10, 99)}",
        email=names.address(name, "medlem") if chance.likely(85) else None,
        benefit_start=start,
        weekly_hours=PART_TIME if chance.likely(12) else FULL_TIME,
        rule_set=chosen.key,
        trial=False,
        unit_id=adviser.unit_id,
        adviser_id=adviser.id,
        transfer_on=NEVER,
        transfer_confirmed=False,
        created_at=chance.moment(later(min(start, ground.latest), 0)),
        version=1,
    )
    if number:
        made.cpr = ground.keys.seal_cpr(number, table="member_case", row_id=case_id)
        made.cpr_index = ground.keys.find_cpr(number)
    return made, number


def cpr_number(chance: Chance, day: date) -> Cpr:
    """Of the replacement kind: 60 is added to the day, and nobody has such a number."""
    born = day - timedelta(days=chance.randint(24 * 365, 63 * 365))
    century = chance.randint(0, 3) if born.year < 2000 else chance.randint(4, 9)
    digits = f"{born.day + 60:02}{born:%m%y}{century}{chance.randint(0, 999):03}"
    return parse(digits, today=day)


def grow(course: Course, version: AgreementVersion | None, *, refers: bool) -> None:
    """What the fund and the member did from the first day to `until`."""
    grow_talks(course)
    if first := course.first_talk:
        grow_plan(course, first)
        grow_efforts(course, first)
        if course.chance.likely(80):
            tool = course.chance.choice(texts.TOOLS)
            course.clarifications.append(ProfileClarification(day=first, tool=tool, **course.own))
        if version and course.group == "complex":
            assess(course, version, first, refers)
    grow_hours(course)
    settle(course)


def grow_talks(course: Course) -> None:
    """Within two weeks, in week 6, in week 8 with the question of availability, in week 11."""
    chance, start = course.chance, course.case.benefit_start
    for week, kind in ((1, "first"), (6, "job_talk"), (8, "availability"), (11, "job_talk")):
        day = later(start + timedelta(days=7 * week + chance.randint(-3, 3)), 0)
        if day > course.until:
            return
        course.talks.append(talk(course, day, kind))


def talk(course: Course, day: date, kind: str) -> Talk:
    chance = course.chance
    outcome, reason = TalkOutcome.HELD, None
    if kind != "first" and chance.likely(8):
        outcome, reason = TalkOutcome.ABSENT, chance.choice(texts.ABSENCES)
    elif kind != "first" and chance.likely(4):
        outcome, reason = TalkOutcome.EXEMPT, chance.choice(texts.EXEMPTIONS)
    form = "in_person" if kind == "first" else chance.choice(("phone", "video", "in_person"))
    told = {"day": day, "kind": kind, "form": form, "outcome": outcome, "reason": reason}
    return Talk(recorded_at=chance.moment(day), **told, **course.own)


def grow_plan(course: Course, first: date) -> None:
    chance = course.chance
    link = f"https://jobnet.example/min-plan/{chance.randint(100000, 999999)}"
    course.plan = CasePlan(
        job_goals=chance.some(texts.JOB_GOALS[course.fund], 3),
        focus_areas=" ".join(chance.some(texts.FOCUS_AREAS, 2)),
        search_strategy=chance.choice(texts.STRATEGIES),
        my_plan_link=link,
        my_plan_on=first,
        version=1,
        **course.own,
    )


def grow_efforts(course: Course, first: date) -> None:
    """One is agreed at the first talk; companies, placements and recommendations come later."""
    chance, kinds = course.chance, EffortKind
    add_effort(course, kinds.EFFORT, texts.EFFORTS, first)
    for kind, choices, percent, after in (
        (kinds.COMPANY_BASED, texts.COMPANY_EFFORTS, 32, 35),
        (kinds.PLACEMENT, texts.PLACEMENTS, 22, 28),
        (kinds.RECOMMENDATION, texts.RECOMMENDATIONS, 18, 45),
    ):
        day = later(first + timedelta(days=after + chance.randint(0, 20)), 0)
        if chance.likely(percent) and day <= course.until:
            add_effort(course, kind, choices, day)


def add_effort(course: Course, kind: EffortKind, choices: Sequence[str], day: date) -> None:
    chance = course.chance
    last = day + timedelta(days=chance.randint(14, 42))
    is_over = last <= course.until
    status = EffortStatus.FINISHED if is_over else EffortStatus.RUNNING
    if kind == EffortKind.RECOMMENDATION:
        status = chance.choice((EffortStatus.OPEN, EffortStatus.OPEN, EffortStatus.GRANTED))
    result = chance.choice(texts.EFFORT_RESULTS) if status == EffortStatus.FINISHED else None
    course.efforts.append(
        Effort(
            kind=kind,
            description=chance.choice(choices),
            status=status,
            first_day=day,
            last_day=last if is_over and kind != EffortKind.RECOMMENDATION else None,
            result=result,
            recorded_at=chance.moment(day),
            **course.own,
        )
    )


def grow_hours(course: Course) -> None:
    """Each month of the fund's period, as the payments say some days after; few are corrected."""
    chance, case = course.chance, course.case
    month = first_of(case.benefit_start)
    while (told := months_after(month, 1) + timedelta(days=4)) <= course.until:
        most = expected(month, case.benefit_start, case.weekly_hours)
        part = Decimal(chance.choice((100, 100, 100, 100, 95, 90))) / 100
        record_hours(course, month, (most * part).quantize(Decimal("0.01")), told)
        if chance.likely(4):
            day = later(told, 3)
            if day <= course.until:
                record_hours(course, month, most, day, texts.CORRECTIONS)
        if course.forecast().is_reached:
            return
        month = months_after(month, 1)


def record_hours(
    course: Course, month: date, hours: Decimal, day: date, reason: str | None = None
) -> None:
    who = {"source": "fund_system", "reason": reason, "recorded_by": course.adviser.name}
    at = instant(day, 6, 30)
    course.hours.append(BenefitHours(month=month, hours=hours, recorded_at=at, **who, **course.own))


def assess(course: Course, version: AgreementVersion, day: date, refer: bool) -> None:
    """By the agreement's criteria, some days after the first talk; most are referred."""
    chance = course.chance
    decided = later(day, chance.randint(4, 12))
    if decided > course.until:
        return
    met = {one["code"] for one in chance.some(version.criteria, 3)}
    made = Assessment(
        agreement_version_id=version.id,
        decision=Decision.REFER if refer else Decision.KEEP,
        reason=chance.choice(texts.ASSESSED_REASONS if refer else texts.KEPT_REASONS),
        informed_on=decided,
        informed_channel=chance.choice(("meeting", "phone")),
        member_comment=chance.choice(texts.COMMENTS) if chance.likely(50) else None,
        decided_at=chance.moment(decided),
        decided_by=course.adviser.name,
        **course.own,
    )
    made.answers = [
        answer(course, made.id, number, one, one["code"] in met)
        for number, one in enumerate(version.criteria)
    ]
    course.assessments.append(made)


def answer(
    course: Course, assessment_id: uuid.UUID, position: int, criterion: dict[str, Any], met: bool
) -> AssessmentAnswer:
    code, chance = criterion["code"], course.chance
    otherwise = CriterionAnswer.UNKNOWN if chance.likely(12) else CriterionAnswer.NO
    return AssessmentAnswer(
        id=chance.id(),
        organisation_id=course.case.organisation_id,
        assessment_id=assessment_id,
        position=position,
        code=code,
        label=criterion["label_da"],
        answer=CriterionAnswer.YES if met else otherwise,
        consequence=chance.choice(texts.CONSEQUENCES[code]) if met else None,
    )


def settle(course: Course) -> None:
    """The day on which responsibility passes: what is forecast, or confirmed where it is over."""
    case, told = course.case, course.forecast()
    case.transfer_on = told.day or NEVER
    if told.day is None:
        return
    confirmed = later(told.day, course.chance.randint(3, 6))
    if confirmed <= course.until and told.is_reached:
        who = {"source": "dfdg", "recorded_by": course.adviser.name}
        at: datetime = course.chance.moment(confirmed)
        course.transfers.append(
            ResponsibilityDate(day=told.day, recorded_at=at, **who, **course.own)
        )
        case.transfer_confirmed = True


@cache
def passes_on(fund: str, municipality: str, start: date) -> date | None:
    """When a full-time member who begins on `start` is expected to pass to the municipality."""
    chosen = rules.choose_rule_set(start, fund=fund, municipality=municipality, trial=False)
    return forecast(chosen, start=start, weekly=FULL_TIME, recorded={}).day
