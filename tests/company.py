"""Companies of a project and their job orders, written as the owner of the tables."""

import uuid
from datetime import timedelta
from itertools import count
from typing import Any

from stdnum.dk import cvr as danish

from portal.clock import now
from portal.companies.models import Company, CompanyContact, CompanyNeed
from portal.companies.orders import JobCandidate, JobOrder
from portal.organisations.collation import sort_key
from portal.organisations.models import Organisation
from portal.participants.models import Participant
from portal.projects.models import Project
from tests import make, participant

WHO = "Kim Konsulent"
tried = count(1)


def free_cvr() -> str:
    """One that nobody has: a real number never begins with 0."""
    return next(one for one in (f"{n:08d}" for n in tried) if danish.checksum(one) == 0)


def company(
    project: Project, by: Organisation, municipality: Organisation, **values: Any
) -> Company:
    """A free one, registered by a partner."""
    told: dict[str, Any] = {"name": f"Prøve Metal {next(make.number)}", "trade": "Metal"} | values
    own = {"project_id": project.id, "organisation_id": by.id, "municipality_id": municipality.id}
    told = {"cvr": free_cvr(), "sort_key": sort_key(told["name"]), "made_by": WHO} | told
    return make.saved(Company(id=uuid.uuid4(), **own, **told))


def order(one: Company, by: Organisation, **values: Any) -> JobOrder:
    """An open one, received now and due tomorrow."""
    told: dict[str, Any] = {
        "reference": f"JOB-TEST-{next(make.number):04X}",
        "model": "samarbejdsmodellen",
        "need": "Svejser",
        "number": 1,
        "received_at": now(),
        "due_at": now() + timedelta(days=1),
        "clock": "bupl_a_hours",
        "fewest": 2,
        "most": 3,
        "made_by": WHO,
    } | values
    own = {"project_id": one.project_id, "company_id": one.id, "organisation_id": by.id}
    return make.saved(JobOrder(id=uuid.uuid4(), **own, **told))


def candidate(one: JobOrder, by: Organisation, **values: Any) -> JobCandidate:
    """One of the organisation's people, made for it unless one is named."""
    if "participant_id" not in values:
        project = make.records.get_one(Project, one.project_id)
        values["participant_id"] = participant.participant(project, by).id
    told: dict[str, Any] = {"number": 1, "added_by": WHO} | values
    own = {"project_id": one.project_id, "order_id": one.id, "organisation_id": by.id}
    return make.saved(JobCandidate(id=uuid.uuid4(), **own, **told))


def contact(one: Company, by: Organisation, **values: Any) -> CompanyContact:
    told: dict[str, Any] = {"kind": "call", "text": "Talte med værkføreren", "person": WHO} | values
    own = {"project_id": one.project_id, "company_id": one.id, "organisation_id": by.id}
    return make.saved(CompanyContact(id=uuid.uuid4(), **own, **told))


def need(one: Company, by: Organisation, **values: Any) -> CompanyNeed:
    told: dict[str, Any] = {"competence": "Svejser", "number": 2, "written_by": WHO} | values
    own = {"project_id": one.project_id, "company_id": one.id, "organisation_id": by.id}
    return make.saved(CompanyNeed(id=uuid.uuid4(), **own, **told))


def whole(one: Participant, by: Organisation, municipality: Organisation) -> JobOrder:
    """A company that a partner contacts, with a row of everything, and one of its people for it."""
    project = make.records.get_one(Project, one.project_id)
    made = company(project, by, municipality, contacted_by_id=by.id)
    need(made, by)
    contact(made, by)
    asked = order(made, by)
    candidate(asked, by, participant_id=one.id)
    return asked
