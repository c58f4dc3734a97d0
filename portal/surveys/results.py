"""What is shown of the answers: written once when a survey closes, by the one layer for counts.

Before that nothing is, so that two looks cannot be subtracted; afterwards the count itself is gone.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, func, select

from portal import suppression
from portal.agreements.models import AgreementPair
from portal.db import db
from portal.surveys.models import State, Survey, SurveyResult
from portal.surveys.questionnaires import Counts, Question
from portal.workflow import NotNow

HUNDRED = 100


class Span(Protocol):
    """Days, both included."""

    @property
    def first(self) -> date: ...

    @property
    def last(self) -> date: ...


@dataclass(frozen=True)
class Outcome:
    """How many said yes to one question, of those who said yes or no, as far as it may be told.

    `of_agreement` is False where the fund has asked all, and not those of this agreement alone.
    """

    invited: int
    answered: int
    share: suppression.Share
    of_agreement: bool
    closed_on: date  # the last day that one could answer
    reference: str

    @property
    def of(self) -> int:
        return self.share.of

    @property
    def yes(self) -> int | None:
        """None where it is only known to lie between `share.low` and `share.high`."""
        return self.share.low if self.share.is_exact else None

    @property
    def response(self) -> int:
        """In whole percent."""
        return round(HUNDRED * self.answered / self.invited)


def outcome(agreement_id: uuid.UUID, question: str, period: Span) -> Outcome | None:
    """The newest that may be shown among the surveys about a time that ended in the period.

    Of the agreement; where it has none, of its one fund as a whole. None where nothing is shown.
    Never several together: the same people may have answered twice.
    """
    return newest(Survey.agreement_id == agreement_id, question, period) or newest(
        Survey.agreement_id.is_(None) & (Survey.organisation_id == only_fund(agreement_id)),
        question,
        period,
    )


def only_fund(agreement_id: uuid.UUID) -> uuid.UUID | None:
    """None where there are several: what one of them asked says nothing of the others."""
    rows = select(AgreementPair.fund_id).where(AgreementPair.agreement_id == agreement_id)
    funds = {*db.session.scalars(rows)}
    return funds.pop() if len(funds) == 1 else None


def newest(of: ColumnElement[bool], question: str, period: Span) -> Outcome | None:
    rows = (
        select(Survey, SurveyResult)
        .join(SurveyResult, SurveyResult.survey_id == Survey.id)
        .where(of, Survey.state == State.CLOSED, SurveyResult.question == question)
        .where(Survey.last_day >= period.first, Survey.last_day <= period.last)
        .where(SurveyResult.of.is_not(None))
    )
    order = Survey.last_day.desc(), Survey.closes_on.desc(), Survey.id
    row = db.session.execute(rows.order_by(*order).limit(1)).one_or_none()
    return told(*row) if row else None


def told(survey: Survey, result: SurveyResult | None) -> Outcome | None:
    share = result.share if result else None
    if share is None:
        return None
    return Outcome(
        invited=survey.invited or 0,
        answered=survey.answered or 0,
        share=share,
        of_agreement=survey.agreement_id is not None,
        closed_on=survey.closes_on,
        reference=survey.reference,
    )


@dataclass(frozen=True)
class Shown:
    """One question of a closed survey; without an outcome too few have answered it, or one way."""

    question: Question
    outcome: Outcome | None


def shown(survey: Survey) -> list[Shown]:
    """In the order in which it was asked."""
    rows = select(SurveyResult).where(SurveyResult.survey_id == survey.id)
    known = {row.question: row for row in db.session.scalars(rows)}
    questions = survey.asked.questions
    return [Shown(question, told(survey, known.get(question.code))) for question in questions]


def only_closed(survey: Survey) -> None:
    """Raises NotNow for what has no results, or none yet."""
    if survey.state != State.CLOSED or survey.is_stopped:
        raise NotNow("results", survey.state)


@dataclass(frozen=True)
class Turnout:
    """How many were asked, and how many of them answered, from as many on as may be told."""

    invited: int
    answered: suppression.Figure
    percent: int | None


def turnout(invited: int | None, answered: int | None, today: date) -> Turnout:
    told = suppression.shown({"answered": answered or 0}, today).total
    is_told = told.count is not None and bool(invited)
    percent = round(HUNDRED * (answered or 0) / (invited or 1)) if is_told else None
    return Turnout(invited or 0, told, percent)


def close(survey: Survey, *, today: date) -> None:
    """Take what was counted out of the database and write what may be shown; all else is gone.

    Called by the worker. The database refuses it before the survey's last day is over.
    """
    names = "counts", "invited", "answered"
    taken = func.survey_close(survey.id).table_valued(*names)
    row = db.session.execute(select(*(taken.c[name] for name in names))).one()
    if row.answered >= suppression.least_shown(today):
        for position, question in enumerate(survey.asked.questions):
            db.session.add(result(survey, question, position, row.counts or {}, today))
    db.session.flush()
    db.session.refresh(survey)


def result(
    survey: Survey, question: Question, position: int, counts: Mapping[str, int], today: date
) -> SurveyResult:
    yes, no = (counted(question, kind, counts) for kind in (Counts.YES, Counts.NO))
    share = suppression.block(yes + no, yes, today)
    return SurveyResult(
        organisation_id=survey.organisation_id,
        survey_id=survey.id,
        position=position,
        question=question.code,
        of=share and share.of,
        low=share and share.low,
        high=share and share.high,
    )


def counted(question: Question, kind: Counts, counts: Mapping[str, int]) -> int:
    options = [one for one in question.options if one.counts == kind]
    return sum(counts.get(question.key(one.code), 0) for one in options)
