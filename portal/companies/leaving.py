"""What becomes of companies when their contact leaves, and of what was said when a project is over.

Numbers are counted from rows that stay: no company, job order or contact is removed.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CursorResult, Select, Update, delete, func, or_, select, update

from portal import rules
from portal.clock import Moment
from portal.companies.models import Company, CompanyContact, ContactKind
from portal.companies.orders import JobOrder
from portal.db import db
from portal.projects.documents import ProjectDocument
from portal.projects.models import OVER, PartnerRole, PartnerState, Project, ProjectPartner
from portal.rules import months_after


def pass_on(at: Moment) -> int:
    """Companies whose partner has left go to the lead, which may hand them over; how many."""
    lead = (
        select(ProjectPartner.project_id, ProjectPartner.organisation_id)
        .where(ProjectPartner.role == PartnerRole.LEAD)
        .where(ProjectPartner.state == PartnerState.TAKING_PART)
        .subquery()
    )
    takes_part = select(ProjectPartner.id).where(
        ProjectPartner.project_id == Company.project_id,
        ProjectPartner.organisation_id == Company.contacted_by_id,
        ProjectPartner.state == PartnerState.TAKING_PART,
        or_(ProjectPartner.valid_until.is_(None), ProjectPartner.valid_until >= at.today),
    )
    left = (
        select(Company, lead.c.organisation_id)
        .join(lead, lead.c.project_id == Company.project_id)
        .join(Project, Project.id == Company.project_id)
        .where(Project.state.not_in(OVER), Company.contacted_by_id.is_not(None))
        .where(~takes_part.exists())
    )
    found = db.session.execute(left).all()
    for company, lead_id in found:
        db.session.add(passed(company, at))
        company.contacted_by_id = lead_id
    db.session.flush()
    return len(found)


def passed(company: Company, at: Moment) -> CompanyContact:
    return CompanyContact(
        project_id=company.project_id,
        organisation_id=company.contacted_by_id,
        company_id=company.id,
        kind=ContactKind.HANDED_OVER,
        text=_("Partneren deltager ikke længere. Tovholderen kontakter virksomheden."),
        at=at.now,
        person="Samspil",
    )


def forget(day: date) -> dict[str, int]:
    """Who was spoken to and what was said, of projects long over by the day; how much of each."""
    return {name: counted(one) for name, one in forgotten(day)}


def forgotten(day: date) -> Iterator[tuple[str, Any]]:
    """What is taken away, as statements; nothing that is counted is among it."""
    before = months_after(day, -rules.on(day, "projects.company_contact_months"))
    ended = select(Project.id).where(Project.ends_on < before)
    people = {"contact_name": None, "contact_phone": None, "contact_email": None, "answer": None}
    yield "company", emptied(Company, ended, people)
    yield "job_order", emptied(JobOrder, ended, {"contact": None, "end_reason": None})
    yield "company_contact", emptied(CompanyContact, ended, {"text": None})
    yield "project_document", delete(ProjectDocument).where(ProjectDocument.project_id.in_(ended))


def emptied(model: Any, ended: Select[Any], values: dict[str, None]) -> Update:
    known = func.num_nonnulls(*(getattr(model, name) for name in values)) > 0
    return update(model).where(model.project_id.in_(ended), known).values(values)


def counted(statement: Any) -> int:
    answer = db.session.execute(statement, execution_options={"synchronize_session": False})
    return answer.rowcount if isinstance(answer, CursorResult) else 0
