"""Which subjects of a cohort count: the rules by name."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import case, exists, false, func, or_, select, true

from portal import rules
from portal.cases.models import (
    Effort,
    EffortKind,
    EffortStatus,
    MemberCase,
    ProfileClarification,
    Talk,
    TalkOutcome,
)
from portal.goals.cohorts import (
    LEFT,
    Cohort,
    Column,
    Condition,
    Exclusions,
    Given,
    begun_on,
    closed_by,
    day_of,
    gone_by,
    in_job_by,
    transferred_by,
)
from portal.goals.parties import governs, names_criteria
from portal.handovers.follow_ups import HandoverFollowUp, Outcome
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverRating

BEGUN = (
    EffortStatus.AGREED,
    EffortStatus.RUNNING,
    EffortStatus.FINISHED,
    EffortStatus.STOPPED,
    EffortStatus.GRANTED,
)


@dataclass(frozen=True)
class Measured:
    """What is asked of each subject, in this order: out of it, counting, out of it after all."""

    yes: Condition
    before: Exclusions = ()
    after: Exclusions = ()
    censored: Condition = false()


def in_job(cohort: Cohort, given: Given) -> Measured:
    """`transferred` says what those are whom the municipality took over without a job: "no" as
    they were unemployed all the time, or "censored" where the day lies beyond the fund's time."""
    lost = closed_by(cohort.day, *LEFT)
    if given["transferred"] == "censored":
        lost = or_(lost, transferred_by(cohort.day))
    return Measured(in_job_by(cohort.day), after=gone_by(cohort.day), censored=lost)


def talks_held(cohort: Cohort) -> Column:
    rows = select(func.count()).where(
        Talk.case_id == MemberCase.id, Talk.outcome == TalkOutcome.HELD, Talk.day <= cohort.day
    )
    return rows.scalar_subquery()


def enough_talks(cohort: Cohort, least: Column | int) -> Measured:
    exempt = exists().where(
        Talk.case_id == MemberCase.id, Talk.outcome == TalkOutcome.EXEMPT, Talk.day <= cohort.day
    )
    return Measured(
        talks_held(cohort) >= least,
        before=(
            ("in_work", in_job_by(cohort.day)),
            *gone_by(cohort.day),
            ("left", closed_by(cohort.day, *LEFT)),
        ),
        after=(("exempt", exempt),),
    )


def talks(cohort: Cohort, given: Given) -> Measured:
    return enough_talks(cohort, given["at_least"])


def talks_by_law(cohort: Cohort, given: Given) -> Measured:
    return enough_talks(cohort, by_law())


def by_law() -> Column:
    """How many talks the rule set of the case asks of the fund."""
    numbers = {one.key: asked_of_fund(one) for one in rules.rule_sets()}
    return case(numbers, value=MemberCase.rule_set, else_=0)


def asked_of_fund(rule_set: rules.RuleSet) -> int:
    """Of each kind the most that is asked, joint talks apart."""
    most: dict[str, int] = {}
    for talk in rule_set.talks:
        if talk.held_by == "unemployment_fund" and not talk.joint:
            most[talk.code] = max(most.get(talk.code, 0), talk.at_least or 0)
    return sum(most.values())


def supplementary_talks(cohort: Cohort, given: Given) -> Measured:
    """More talks than the rule set asks for, or an effort that was agreed."""
    effort = exists().where(
        Effort.case_id == MemberCase.id,
        Effort.kind == EffortKind.EFFORT,
        Effort.status.in_(BEGUN),
        begun_by(cohort.day),
    )
    return Measured(
        or_(talks_held(cohort) > by_law(), effort),
        before=gone_by(cohort.day),
        after=(("left", closed_by(cohort.day, *LEFT)),),
    )


def begun_by(day: Column) -> Condition:
    """Begun, or written down as agreed, on the day or before."""
    return or_(begun_on() <= day, day_of(Effort.recorded_at) <= day)


def company_effort(cohort: Cohort, given: Given) -> Measured:
    found = exists().where(
        Effort.case_id == MemberCase.id,
        Effort.kind == EffortKind.COMPANY_BASED,
        Effort.status.in_(BEGUN),
        begun_by(cohort.day),
    )
    return Measured(found)


def profiled(cohort: Cohort, given: Given) -> Measured:
    done = exists().where(
        ProfileClarification.case_id == MemberCase.id, ProfileClarification.day <= cohort.day
    )
    return Measured(done)


def number(cohort: Cohort, given: Given) -> Measured:
    return Measured(true())


def kept(cohort: Cohort, given: Given) -> Measured:
    """A deadline ends with its day."""
    assert cohort.done_on is not None  # noqa: S101  (the rule is for deadlines)
    return Measured(cohort.done_on <= cohort.day)


def in_force(cohort: Cohort, given: Given) -> Measured:
    return Measured(governs(cohort))


def criteria_agreed(cohort: Cohort, given: Given) -> Measured:
    return Measured(governs(cohort, names_criteria()))


def rejected(cohort: Cohort, given: Given) -> Measured:
    return Measured(Handover.state == State.REJECTED)


def in_job_again(cohort: Cohort, given: Given) -> Measured:
    """What the receiver found, or the fund had heard of before."""
    task = HandoverFollowUp
    return Measured(func.coalesce(task.outcome, task.lapsed) == Outcome.JOB)


def complete(cohort: Cohort, given: Given) -> Measured:
    said = HandoverRating.complete
    return Measured(said.is_(True), before=(("unrated", said.is_(None)),))


def plan_usable(cohort: Cohort, given: Given) -> Measured:
    said = HandoverRating.plan_usable
    return Measured(said.is_(True), before=(("unrated", said.is_(None)),))


MEASURES: dict[str, Callable[[Cohort, Given], Measured]] = {
    "in_job": in_job,
    "talks": talks,
    "talks_by_law": talks_by_law,
    "supplementary_talks": supplementary_talks,
    "company_effort": company_effort,
    "profiled": profiled,
    "number": number,
    "kept": kept,
    "in_force": in_force,
    "criteria_agreed": criteria_agreed,
    "rejected": rejected,
    "in_job_again": in_job_again,
    "complete": complete,
    "plan_usable": plan_usable,
}
