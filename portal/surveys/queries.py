"""Surveys as their organisation reads them, and the page of whoever has a link."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from portal import rules
from portal.access import Actor, OrganisationKind
from portal.agreements.models import BINDING, Agreement, AgreementSide, AgreementVersion, Side
from portal.agreements.queries import shown_on
from portal.db import Json, db
from portal.identity.models import hashed
from portal.organisations.collation import sort_key
from portal.organisations.models import Organisation
from portal.organisations.queries import names_on
from portal.surveys.models import State, Survey
from portal.surveys.questionnaires import Questionnaire, Respondents, parsed

MOST_SHOWN = 200


def surveys() -> Sequence[Survey]:
    """The own organisation's (row-level security says which), the newest first."""
    rows = select(Survey).order_by(Survey.opens_on.desc(), Survey.made_at.desc())
    return db.session.scalars(rows.limit(MOST_SHOWN)).all()


def survey(survey_id: uuid.UUID) -> Survey:
    """Raises NoResultFound for another organisation's."""
    return db.session.scalars(select(Survey).where(Survey.id == survey_id)).one()


def kind_of(actor: Actor) -> OrganisationKind:
    rows = select(Organisation.kind).where(Organisation.id == actor.organisation_id)
    return db.session.scalars(rows).one()


def agreements(actor: Actor, today: date) -> list[tuple[uuid.UUID, str]]:
    """Signed ones in which one is a side, under the other parties' names."""
    version = AgreementVersion
    own = select(AgreementSide.version_id).where(
        AgreementSide.organisation_id == actor.organisation_id, AgreementSide.side != Side.OBSERVER
    )
    rows = select(version.agreement_id, Agreement.title, version.id)
    rows = rows.join(Agreement, Agreement.id == version.agreement_id)
    rows = rows.where(version.state.in_(BINDING), version.id == shown_on(today))
    found = db.session.execute(rows.where(version.id.in_(own))).all()
    others = others_of([row.id for row in found], actor, today)
    named = [(row.agreement_id, others.get(row.id) or row.title) for row in found]
    return sorted(named, key=lambda one: sort_key(one[1]))


def others_of(versions: list[uuid.UUID], actor: Actor, today: date) -> dict[uuid.UUID, str]:
    rows = select(AgreementSide.version_id, AgreementSide.organisation_id).where(
        AgreementSide.version_id.in_(versions),
        AgreementSide.organisation_id != actor.organisation_id,
        AgreementSide.side != Side.OBSERVER,
    )
    found = db.session.execute(rows).all()
    names = names_on({row.organisation_id for row in found}, today)
    told: dict[uuid.UUID, list[str]] = {}
    for row in found:
        told.setdefault(row.version_id, []).append(names[row.organisation_id])
    return {version: ", ".join(sorted(named, key=sort_key)) for version, named in told.items()}


def asked_lately(survey: Survey) -> Survey | None:
    """One by which the same people were asked the same until too short a time ago, or are now.

    Two counts over nearly the same people can be subtracted from each other. One that was stopped
    has no count.
    """
    rest = timedelta(days=rules.on(survey.opens_on, "surveys.rest_days"))
    rows = select(Survey).where(
        Survey.id != survey.id,
        Survey.questionnaire == survey.questionnaire,
        Survey.state != State.DRAFT,
        Survey.is_stopped.is_(False),
        Survey.closes_on > survey.opens_on - rest,
    )
    if survey.agreement_id and survey.respondents != Respondents.ADVISERS:
        same = Survey.agreement_id == survey.agreement_id
        rows = rows.where(or_(Survey.agreement_id.is_(None), same))
    return db.session.scalars(rows.order_by(Survey.closes_on.desc()).limit(1)).one_or_none()


@dataclass(frozen=True)
class Progress:
    """How far an open survey has come; nothing of what was answered."""

    invited: int
    mailed: int
    answered: int


def progress(survey: Survey) -> Progress:
    names = "invited", "mailed", "answered"
    told = func.survey_progress(survey.id).table_valued(*names)
    return Progress(*db.session.execute(select(*(told.c[name] for name in names))).one())


@dataclass(frozen=True)
class Asked:
    """What a link opens: the questions, in whose name, and whether it has been used."""

    content: Json
    language: str
    organisation_id: uuid.UUID
    closes_on: date
    is_answered: bool

    @property
    def questionnaire(self) -> Questionnaire:
        return parsed(self.content)


def asked(token: str, today: date) -> Asked | None:
    """Asked without a session; None where there never was such a link, or its time is over."""
    names = [*Asked.__annotations__]
    told = func.survey_asked(hashed(token), today).table_valued(*names)
    row = db.session.execute(select(*(told.c[name] for name in names))).one_or_none()
    return Asked(*row) if row else None
