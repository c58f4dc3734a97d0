"""What is written into a case: hours, the confirmed day, the plan, the course, the assessment."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import delete

from portal.access import Actor
from portal.agreements import criteria
from portal.agreements.criteria import Rule
from portal.agreements.models import AgreementVersion
from portal.agreements.queries import parameters_of
from portal.cases import actions, queries
from portal.cases.actions import Outdated
from portal.cases.models import (
    Assessment,
    AssessmentAnswer,
    BenefitHours,
    CasePlan,
    ChecklistExemption,
    CriterionAnswer,
    Decision,
    Effort,
    MemberCase,
    ProfileClarification,
    ResponsibilityDate,
    Talk,
    TalkOutcome,
)
from portal.cases.responsibility import first_of
from portal.db import Base, db
from portal.workflow import Lack, Refused

Part = TypeVar("Part", Effort, Talk, ProfileClarification)


# --- The clock ---


def record_hours(
    case: MemberCase,
    *,
    month: date,
    hours: Decimal,
    source: str,
    reason: str | None,
    actor: Actor,
    today: date,
) -> None:
    """Hours of a month as known now; a month that is known already is corrected with a reason."""
    lacks = []
    if not first_of(case.benefit_start) <= month <= today:
        lacks.append(Lack("month", _("Måneden ligger uden for dagpengeperioden.")))
    if not reason and month in queries.newest(queries.hours(case.id)):
        lacks.append(Lack("reason", _("Måneden har timer i forvejen. Skriv, hvorfor de rettes.")))
    if lacks:
        raise Refused(lacks)
    own = {"organisation_id": case.organisation_id, "recorded_by": actor.name}
    known = {"month": month, "hours": hours, "source": source, "reason": reason}
    db.session.add(BenefitHours(case_id=case.id, **known, **own))
    db.session.flush()
    actions.recount(case)
    db.session.flush()


def confirm_transfer(case: MemberCase, *, day: date, source: str, actor: Actor) -> None:
    """The day on which responsibility passes, as somebody knows it; earlier ones are history."""
    if day < case.benefit_start:
        text = _("Dagen ligger før dagpengeperiodens begyndelse.")
        raise Refused([Lack("day", text)])
    own = {"organisation_id": case.organisation_id, "recorded_by": actor.name}
    db.session.add(ResponsibilityDate(case_id=case.id, day=day, source=source, **own))
    db.session.flush()
    actions.recount(case)
    db.session.flush()


def take_back(case: MemberCase, *, day: date, source: str, actor: Actor) -> None:
    """Responsibility is the fund's again from `day` on; what was confirmed before is history."""
    own = {"organisation_id": case.organisation_id, "recorded_by": actor.name}
    db.session.add(
        ResponsibilityDate(case_id=case.id, day=day, source=source, is_return=True, **own)
    )
    db.session.flush()
    actions.recount(case)
    db.session.flush()


# --- The plan ---


def write_plan(case: MemberCase, *, version: int, **texts: Any) -> None:
    """All texts of the plan at once; `version` is 0 where none was written. Raises Outdated."""
    plan = queries.plan(case.id)
    if (plan.version if plan else 0) != version:
        raise Outdated(plan or case)
    if plan is None:
        plan = CasePlan(case_id=case.id, organisation_id=case.organisation_id)
        db.session.add(plan)
    for name, value in texts.items():
        setattr(plan, name, value)
    db.session.flush()


def exempt(case: MemberCase, *, code: str, reason: str, actor: Actor) -> None:
    """A point of the checklist that does not apply; a new reason takes the place of the old."""
    include(case, code=code)
    own = {"organisation_id": case.organisation_id, "recorded_by": actor.name}
    db.session.add(ChecklistExemption(case_id=case.id, code=code, reason=reason, **own))
    db.session.flush()


def include(case: MemberCase, *, code: str) -> None:
    same = ChecklistExemption.case_id == case.id, ChecklistExemption.code == code
    db.session.execute(delete(ChecklistExemption).where(*same))


# --- Efforts and the contact course ---


def add_part(model: type[Part], case: MemberCase, *, today: date, **values: Any) -> None:
    """A talk, a profile clarification or an effort. Raises Refused."""
    _refuse(model, values, today)
    db.session.add(model(case_id=case.id, organisation_id=case.organisation_id, **values))
    db.session.flush()


def change_part(row: Talk | Effort, *, today: date, **values: Any) -> None:
    """Raises Refused."""
    _refuse(type(row), values, today)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.flush()


def remove_part(row: Part) -> None:
    db.session.delete(row)
    db.session.flush()


def _refuse(model: type[Base], values: Mapping[str, Any], today: date) -> None:
    lacks_of = {Talk: _talk_lacks, Effort: _effort_lacks}.get(model, _past_lacks)
    if lacks := [*lacks_of(values, today)]:
        raise Refused(lacks)


def _talk_lacks(values: Mapping[str, Any], today: date) -> Iterator[Lack]:
    if values["outcome"] is not TalkOutcome.HELD and not values["reason"]:
        yield Lack("reason", _("Skriv årsagen, når samtalen ikke blev holdt."))
    if values["outcome"] is not TalkOutcome.EXEMPT:
        yield from _past_lacks(values, today)


def _past_lacks(values: Mapping[str, Any], today: date) -> Iterator[Lack]:
    if values["day"] > today:
        yield Lack("day", _("Dagen ligger ude i fremtiden."))


def _effort_lacks(values: Mapping[str, Any], today: date) -> Iterator[Lack]:
    first, last = values["first_day"], values["last_day"]
    if last and (first is None or last < first):
        yield Lack("last_day", _("Sidste dag skal ligge efter første dag."))


# --- The assessment ---


def assess(
    case: MemberCase,
    version: AgreementVersion,
    *,
    answers: Sequence[tuple[str, CriterionAnswer, str | None]],
    age: int | None,
    decision: Decision,
    reason: str,
    informed_on: date | None,
    informed_channel: str | None,
    member_comment: str | None,
    actor: Actor,
    today: date,
) -> Assessment:
    """The adviser's decision against the criteria of one version; `answers` are by code.

    Nothing is derived from the answers: refer or keep is the adviser's choice. To refer, as much
    must be met as the agreement asks for, and there is always a reason.
    `age` in years where it is known: a reason that the law ties to an age is held against it.
    A new assessment never changes an old one.
    """
    asked = {row["code"]: row for row in criteria.offered(version.criteria, today)}
    rule = parameters_of(version).rule
    lacks = [*_answer_lacks(answers, asked), *_age_lacks(answers, asked, age)]
    lacks += _rule_lacks(answers, asked, rule, decision)
    if lacks := [*lacks, *_informed_lacks(informed_on, informed_channel, today)]:
        raise Refused(lacks)
    own = {"organisation_id": case.organisation_id}
    made = Assessment(
        id=uuid.uuid4(),
        case_id=case.id,
        agreement_version_id=version.id,
        rule=rule.name,
        needed=rule.needed,
        decision=decision,
        reason=reason,
        informed_on=informed_on,
        informed_channel=informed_channel,
        member_comment=member_comment,
        decided_by=actor.name,
        **own,
    )
    made.answers = [
        AssessmentAnswer(
            position=n,
            code=code,
            label=asked[code]["label_da"],
            kind=asked[code].get("kind", criteria.DISCRETIONARY),
            evidence=asked[code].get("evidence", "self_reported"),
            answer=answer,
            consequence=text,
            **own,
        )
        for n, (code, answer, text) in enumerate(answers)
    ]
    db.session.add(made)
    db.session.flush()
    return made


Answers = Sequence[tuple[str, CriterionAnswer, str | None]]


def _answer_lacks(answers: Answers, asked: Mapping[str, Mapping[str, Any]]) -> Iterator[Lack]:
    """Exactly those are answered that the agreement asks today; of a judgement, what it means."""
    codes = [code for code, _answer, _text in answers]
    if sorted(codes) != sorted(asked):
        yield Lack("decision", _("Aftalens kriterier er ændret. Se dem igennem igen."))
        return
    for code, answer, text in answers:
        is_judged = asked[code].get("kind") != criteria.STATUTORY
        if answer is CriterionAnswer.YES and is_judged and not text:
            yield Lack(f"consequence_{code}", _("Skriv, hvad det betyder for jobsøgningen."))


def _age_lacks(
    answers: Answers, asked: Mapping[str, Mapping[str, Any]], age: int | None
) -> Iterator[Lack]:
    for code, answer, _text in answers:
        limit = asked.get(code, {}).get("under_age")
        if answer is CriterionAnswer.YES and age is not None and limit and age >= limit:
            words = _("Medlemmet er %(age)d år. Grunden gælder kun under %(limit)d år.")
            yield Lack(f"answer_{code}", words % {"age": age, "limit": limit})


def _rule_lacks(
    answers: Answers, asked: Mapping[str, Mapping[str, Any]], rule: Rule, decision: Decision
) -> Iterator[Lack]:
    met = (
        (asked[code].get("kind", ""), a is CriterionAnswer.YES)
        for code, a, _t in answers
        if code in asked
    )
    if decision is Decision.REFER and not rule.is_met(met):
        words = _("Medlemmet kan ikke visiteres efter aftalen. %(rule)s", rule=rule.told)
        yield Lack("decision", words)


def _informed_lacks(on: date | None, channel: str | None, today: date) -> Iterator[Lack]:
    if (on is None) != (channel is None):
        yield Lack("informed_on", _("Skriv både, hvornår og hvordan medlemmet er informeret."))
    if on and on > today:
        yield Lack("informed_on", _("Dagen ligger ude i fremtiden."))
