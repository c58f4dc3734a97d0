"""Job orders of a project: the worklist, and one with its candidates."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import ngettext
from sqlalchemy import and_, case, func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from portal.cases.queries import name_on
from portal.companies.models import Company
from portal.companies.orders import ENDED, WAITING, JobCandidate, JobOrder, OrderState
from portal.db import db
from portal.organisations.models import OrganisationName
from portal.participants.models import Participant
from portal.projects import partners
from portal.projects.models import Project, ProjectPartner
from portal.workflow import Lack

PAGE = 25
# What the worklist shows first: failed matches wait for a call, then what waits for candidates.
PLACES = ("call_failed", "waiting", "call", "done")


@dataclass(frozen=True)
class Found:
    """A page of the worklist, and where the next begins; None on the last."""

    rows: Sequence[Any]  # order, company, who keeps it, and the place in `PLACES`
    after: uuid.UUID | None


def orders(project: Project, day: date, after: uuid.UUID | None = None) -> Found:
    """A page, the nearest deadline first, in one statement."""
    owed = and_(JobOrder.state.in_(ENDED), JobOrder.followed_up_on.is_(None))
    place = case(
        (and_(owed, JobOrder.state == OrderState.NOT_FILLED), 0),
        (JobOrder.state.in_(WAITING), 1),
        (owed, 2),
        else_=3,
    ).label("place")
    rows = (
        select(JobOrder, Company.name, OrganisationName.name.label("keeper"), place)
        .join(Company, Company.id == JobOrder.company_id)
        .outerjoin(OrganisationName, name_on(day, JobOrder.organisation_id))
        .where(JobOrder.project_id == project.id)
        .order_by(place, JobOrder.due_at, JobOrder.id)
        .limit(PAGE + 1)
    )
    if after:
        order = place, JobOrder.due_at, JobOrder.id
        last = select(*order).where(JobOrder.id == after).subquery()
        rows = rows.where(tuple_(*order) > select(*last.c).scalar_subquery())
    found = db.session.execute(rows).all()
    return Found(found[:PAGE], found[PAGE - 1].JobOrder.id if found[PAGE:] else None)


def order(project: Project, order_id: uuid.UUID) -> JobOrder:
    """Raises NoResultFound for one that is not seen."""
    rows = select(JobOrder).where(JobOrder.id == order_id, JobOrder.project_id == project.id)
    whole = joinedload(JobOrder.company), selectinload(JobOrder.candidates)
    return db.session.scalars(rows.options(*whole)).one()


def candidate(one: JobOrder, candidate_id: uuid.UUID) -> JobCandidate:
    rows = select(JobCandidate).where(
        JobCandidate.id == candidate_id, JobCandidate.order_id == one.id
    )
    return db.session.scalars(rows).one()


def names(candidates: Iterable[JobCandidate]) -> dict[uuid.UUID, str]:
    """By candidate; the own organisation's alone, for the policies let nobody else's through."""
    people = {one.participant_id: one.id for one in candidates}
    rows = select(Participant.id, Participant.name).where(Participant.id.in_(people))
    return {people[id_]: name for id_, name in db.session.execute(rows) if name}


def people(project: Project) -> Sequence[Participant]:
    """Whom the own organisation can suggest."""
    rows = select(Participant).where(
        Participant.project_id == project.id, Participant.name.is_not(None)
    )
    return db.session.scalars(rows.order_by(Participant.name, Participant.reference)).all()


def orders_first(one: ProjectPartner, _last: date) -> list[Lack]:
    """A partner ends when its job orders have: a company waits for an answer from somebody."""
    waiting = select(func.count()).where(
        JobOrder.project_id == one.project_id,
        JobOrder.organisation_id == one.organisation_id,
        JobOrder.state.in_(WAITING),
    )
    if not (number := db.session.scalar(waiting)):
        return []
    words = ngettext(
        "Partneren har %(num)d åben jobordre. Luk den først.",
        "Partneren har %(num)d åbne jobordrer. Luk dem først.",
        number,
    )
    return [Lack("valid_until", words)]


partners.ASKED_BEFORE_LEAVING.append(orders_first)


def is_ours(project: Project, participant_id: uuid.UUID) -> bool:
    """Whether it is one of the own people, who is known by name."""
    rows = select(Participant.id).where(
        Participant.id == participant_id,
        Participant.project_id == project.id,
        Participant.name.is_not(None),
    )
    return db.session.scalar(rows) is not None
