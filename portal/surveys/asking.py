"""Who is asked: counted for whoever prepares a survey, found by address for the worker alone.

Asked anew at every mail: who has died, moved, left or been shielded since gets no further one.
"""

import re
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.access import Role
from portal.agreements.models import AgreementPair
from portal.cases.models import MemberCase
from portal.clock import COPENHAGEN
from portal.db import db
from portal.fields import ADDRESS
from portal.life.models import Happening, LifeEvent
from portal.organisations.models import Membership, RoleGrant, User
from portal.organisations.queries import holds
from portal.surveys.models import Survey
from portal.surveys.questionnaires import Respondents

# Why a case was closed, where the member can still be asked of the time before.
REACHABLE = "job", "education", "handed_over", "benefit_ended"
GONE = Happening.DEATH, Happening.OTHER_FUND
ADVISERS = Role.ADVISER, Role.CONTACT


def number(survey: Survey, today: date) -> int:
    return len(addresses(survey, today))


def addresses(survey: Survey, today: date) -> list[str]:
    """Each once, however many cases or roles it stands at."""
    found = {one.casefold(): one for one in sources(survey, today) if re.match(ADDRESS, one)}
    return [*found.values()]


def sources(survey: Survey, today: date) -> list[str]:
    if survey.respondents == Respondents.EMPLOYERS:
        return [*(survey.addresses or [])]
    rows = advisers if survey.respondents == Respondents.ADVISERS else members
    return [found.strip() for found in db.session.scalars(rows(survey, today)) if found]


def advisers(survey: Survey, today: date) -> Select[Any]:
    """Who works with members on the day, also those who are absent just then."""
    holding = select(RoleGrant.membership_id).where(RoleGrant.role.in_(ADVISERS))
    rows = select(User.email).join(Membership, Membership.user_id == User.id)
    return rows.where(
        User.organisation_id == survey.organisation_id,
        User.closed_at.is_(None),
        holds(Membership, today),
        Membership.id.in_(holding),
    )


def members(survey: Survey, today: date) -> Select[Any]:
    """Whose case ran at some time between the survey's days; under an agreement, with its towns."""
    case, begin = MemberCase, datetime.combine(survey.first_day, time.min, COPENHAGEN)
    rows = select(case.email).where(
        case.organisation_id == survey.organisation_id,
        case.benefit_start <= survey.last_day,
        or_(case.closed_at.is_(None), case.closed_at >= begin),
        or_(case.closed_reason.is_(None), case.closed_reason.in_(REACHABLE)),
        ~has_gone(survey.first_day),
        ~func.survey_shields(case.id),
    )
    if survey.agreement_id:
        rows = rows.where(case.municipality_id.in_(towns(survey)))
    return rows


def has_gone(first_day: date) -> ColumnElement[bool]:
    """Dead or in another fund whenever it is recorded for; moved since the time asked about."""
    moved = (LifeEvent.kind == Happening.MOVED) & (LifeEvent.day >= first_day)
    rows = select(LifeEvent.id).where(
        LifeEvent.case_id == MemberCase.id,
        LifeEvent.undone_at.is_(None),
        or_(LifeEvent.kind.in_(GONE), moved),
    )
    return rows.exists()


def towns(survey: Survey) -> Select[Any]:
    """The municipalities that the agreement has bound to the fund between the survey's days."""
    pair = AgreementPair
    return select(pair.municipality_id).where(
        pair.agreement_id == survey.agreement_id,
        pair.fund_id == survey.organisation_id,
        pair.first_day <= survey.last_day,
        func.coalesce(pair.last_day, survey.first_day) >= survey.first_day,
    )
