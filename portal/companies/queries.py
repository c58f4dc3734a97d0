"""The companies of a project: a page of the list, one company, and the partners' figures."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, distinct, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from portal.access import Actor
from portal.cases.queries import name_on
from portal.companies.models import Company, CompanyContact, CompanyNeed
from portal.companies.orders import JobOrder, OrderState
from portal.db import db, gathered, revived
from portal.organisations.models import OrganisationName
from portal.organisations.queries import names_on
from portal.projects.models import Project, Standing

PAGE = 25


@dataclass(frozen=True)
class Asked:
    """What a list is asked for; empty leaves everything in. `shown` is a key of `words.SHOWN`."""

    shown: str = ""
    trade: str = ""
    municipality: uuid.UUID | None = None
    words: str = ""
    after: uuid.UUID | None = None


@dataclass(frozen=True)
class Found:
    """A page of the list, and where the next begins; None on the last."""

    rows: Sequence[Any]  # the company, its municipality and who contacts it
    after: uuid.UUID | None


def companies(project: Project, asked: Asked, actor: Actor, day: date) -> Found:
    """A page in Danish order, in one statement."""
    rows = named(project, day).where(*filters(asked, actor)).limit(PAGE + 1)
    if asked.after:
        place = select(Company.sort_key, Company.id).where(Company.id == asked.after)
        rows = rows.where(tuple_(Company.sort_key, Company.id) > place.scalar_subquery())
    found = db.session.execute(rows).all()
    return Found(found[:PAGE], found[PAGE - 1].Company.id if found[PAGE:] else None)


def every(project: Project, asked: Asked, actor: Actor, day: date) -> Sequence[Any]:
    """All that the list asks for, for a file."""
    return db.session.execute(named(project, day).where(*filters(asked, actor))).all()


def named(project: Project, day: date) -> Any:
    town, contact = aliased(OrganisationName), aliased(OrganisationName)
    return (
        select(Company, town.short_name.label("town"), contact.short_name.label("contact"))
        .outerjoin(town, name_on(day, Company.municipality_id, town))
        .outerjoin(contact, name_on(day, Company.contacted_by_id, contact))
        .where(Company.project_id == project.id)
        .order_by(Company.sort_key, Company.id)
    )


def filters(asked: Asked, actor: Actor) -> list[ColumnElement[bool]]:
    found = [SHOWN[asked.shown](actor)] if asked.shown in SHOWN else []
    if asked.trade:
        found.append(Company.trade == asked.trade)
    if asked.municipality:
        found.append(Company.municipality_id == asked.municipality)
    if asked.words:
        number = asked.words.replace(" ", "")
        begun = Company.cvr.startswith(number, autoescape=True)
        found.append(or_(Company.name.icontains(asked.words, autoescape=True), begun))
    return found


SHOWN: dict[str, Any] = {
    "ours": lambda actor: Company.contacted_by_id == actor.organisation_id,
    "free": lambda actor: Company.contacted_by_id.is_(None),
    "unasked": lambda actor: Company.asked_on.is_(None),
    "waiting": lambda actor: and_(Company.asked_on.is_not(None), Company.answered_on.is_(None)),
    "interested": lambda actor: Company.interested.is_(True),
}


def choices(project: Project) -> tuple[list[str], list[uuid.UUID]]:
    """The trades and the municipalities that companies of the project have."""
    trades = func.array_agg(distinct(Company.trade))
    towns = func.array_agg(distinct(Company.municipality_id))
    row = db.session.execute(select(trades, towns).where(Company.project_id == project.id)).one()
    return [*(row[0] or [])], [*(row[1] or [])]


def company(project: Project, company_id: uuid.UUID) -> Company:
    """Raises NoResultFound for one that is not seen, or lies in another project."""
    rows = select(Company).where(Company.id == company_id, Company.project_id == project.id)
    return db.session.scalars(rows).one()


def numbered(project: Project, numbers: Sequence[str]) -> dict[str, Company]:
    """Those that the project's register has already, by CVR number."""
    rows = select(Company).where(Company.project_id == project.id, Company.cvr.in_(numbers))
    return {one.cvr: one for one in db.session.scalars(rows)}


@dataclass(frozen=True)
class Whole:
    """What hangs on a company, to be read only, and the names that its page needs."""

    needs: list[CompanyNeed]
    log: list[CompanyContact]
    orders: list[JobOrder]
    names: dict[uuid.UUID, str]


def whole(one: Company, day: date) -> Whole:
    """In two statements."""
    models: dict[Any, Any] = {
        CompanyNeed: CompanyNeed.written_at,
        CompanyContact: CompanyContact.at.desc(),
        JobOrder: JobOrder.received_at.desc(),
    }
    asked = [gathered(model, model.company_id == one.id, by) for model, by in models.items()]
    row = db.session.execute(select(*asked)).one()
    needs, log, orders = (revived(model, told) for model, told in zip(models, row, strict=True))
    ids = {one.municipality_id, one.contacted_by_id, *(each.organisation_id for each in log)}
    return Whole(needs, log, orders, names_on(ids - {None}, day))


@dataclass(frozen=True)
class Figures:
    """How far one partner is with its companies; without a partner those that nobody contacts."""

    partner: str | None
    companies: int
    asked: int
    answered: int
    interested: int
    orders: int
    filled: int
    late: int


def figures(project: Project, at: Any, day: date) -> list[Figures]:
    """By partner, in one statement; companies and job orders are no persons and are all shown."""
    late = and_(JobOrder.presented_at.is_(None), JobOrder.state == OrderState.OPEN,
                JobOrder.due_at < at)  # fmt: skip
    orders = (
        select(
            JobOrder.organisation_id.label("by"),
            func.count().label("orders"),
            func.count().filter(JobOrder.state == OrderState.FILLED).label("filled"),
            func.count().filter(late).label("late"),
        )
        .where(JobOrder.project_id == project.id)
        .group_by(JobOrder.organisation_id)
        .subquery()
    )
    own = (
        select(
            Company.contacted_by_id.label("by"),
            func.count().label("companies"),
            func.count(Company.asked_on).label("asked"),
            func.count(Company.answered_on).label("answered"),
            func.count().filter(Company.interested.is_(True)).label("interested"),
        )
        .where(Company.project_id == project.id)
        .group_by(Company.contacted_by_id)
        .subquery()
    )
    counts = [func.coalesce(each, 0) for table in (own, orders) for each in [*table.c][1:]]
    both = own.join(orders, own.c.by == orders.c.by, full=True)
    by = func.coalesce(own.c.by, orders.c.by)
    rows = select(OrganisationName.name, *counts).select_from(
        both.outerjoin(OrganisationName, name_on(day, by))
    )
    return [Figures(*row) for row in db.session.execute(rows)]


def partners(project: Project, day: date) -> list[uuid.UUID]:
    """Who a company can be handed over to: those that take part on the day."""
    return [one.organisation_id for one in project.partners if one.takes_part(day)]


def is_partner(project: Project) -> bool:
    """A council that is no partner sees no company."""
    return project.own.standing == Standing.PARTNER
