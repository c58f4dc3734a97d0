"""Regional projects with their partners, written as the owner of the tables."""

import uuid
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select, update

from portal import keys
from portal.access import OrganisationKind
from portal.clock import now
from portal.db import Base
from portal.organisations.models import CouncilMembership, Organisation
from portal.projects.documents import ProjectDocument
from portal.projects.models import (
    PartnerRole,
    PartnerState,
    Project,
    ProjectMunicipality,
    ProjectNewcomer,
    ProjectPartner,
    ProjectParty,
    ProjectState,
)
from portal.projects.parts import (
    PhaseKind,
    ProjectBudget,
    ProjectDecision,
    ProjectEvent,
    ProjectMove,
    ProjectPhase,
    ProjectRisk,
)
from portal.settings import load
from tests import make

Row = TypeVar("Row", bound=Base)
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
DAY = date(2026, 11, 23)
WHO = "Gitte Tovholder"
ROLES = {
    OrganisationKind.UNEMPLOYMENT_FUND: PartnerRole.A_KASSE,
    OrganisationKind.MUNICIPALITY: PartnerRole.JOBCENTRE,
    OrganisationKind.COUNCIL: PartnerRole.SECRETARIAT,
    OrganisationKind.PARTNER: PartnerRole.UNION,
}


def project(lead: Organisation, *partners: Organisation, **values: Any) -> Project:
    """A running one, led by the first (a council is its secretariat), with the others in it.

    `municipalities` are those that it is about.
    """
    towns: tuple[Organisation, ...] = values.pop("municipalities", ())
    told: dict[str, Any] = {
        "reference": f"PRJ-TEST-{next(make.number):04X}",
        "title": "Industriprojektet",
        "type": "recruitment",
        "trade": "industry",
        "target_group": "Jobparate ledige",
        "purpose": "Flere i job i industrien",
        "state": ProjectState.RUNNING,
        "starts_on": FIRST,
        "ends_on": LAST,
        "templates": ["samarbejdsmodellen", "uddannelsesmodellen"],
        "made_at": make.days_ago(30),
        "made_by": WHO,
    } | values
    made = make.saved(Project(id=uuid.uuid4(), organisation_id=lead.id, **told))
    for one in partners:
        partner(made, one)
    for town in towns:
        municipality(made, town)
    return made


def partner(
    one: Project, organisation: Organisation, role: PartnerRole | None = None, **values: Any
) -> ProjectPartner:
    """That an organisation takes part from the first day on, in the role of its kind."""
    told: dict[str, Any] = {"state": PartnerState.TAKING_PART, "valid_from": one.starts_on}
    told |= {"invited_by_id": one.organisation_id, "invited_by": WHO}
    told |= {"invited_at": make.days_ago(20)} | values
    if told["state"] != PartnerState.INVITED:
        told = {"answered_at": now(), "answered_by": "Partner Prøve"} | told
    own = {"project_id": one.id, "organisation_id": organisation.id}
    return make.saved(ProjectPartner(role=role or ROLES[organisation.kind], **own, **told))


def invited(one: Project, organisation: Organisation, **values: Any) -> ProjectPartner:
    return partner(one, organisation, state=PartnerState.INVITED, **values)


def municipality(one: Project, town: Organisation) -> ProjectMunicipality:
    return part(one, ProjectMunicipality, municipality_id=town.id)


def council(
    town: Organisation, name: str = "RBR Prøve", first: date = date(2025, 1, 1), **values: Any
) -> Organisation:
    """A council under which the municipality lies from that day on."""
    made = make.organisation(name, OrganisationKind.COUNCIL)
    lying = {"municipality_id": town.id, "council_id": made.id, "valid_from": first}
    make.saved(CouncilMembership(**lying, **values))
    return made


def part(one: Project, model: type[Row], by: Organisation | None = None, **values: Any) -> Row:
    """Something that hangs on a project; its maker's, unless another is named."""
    own = {"project_id": one.id, "organisation_id": by.id if by else one.organisation_id}
    return make.saved(model(id=uuid.uuid4(), **own, **values))


def phase(one: Project, **values: Any) -> ProjectPhase:
    told: dict[str, Any] = {"kind": PhaseKind.PHASE, "position": 1, "name": "Opsøgende arbejde"}
    days = {"planned_from": FIRST, "planned_until": date(2026, 3, 31)}
    return part(one, ProjectPhase, **told | days | values)


def document(one: Project, by: Organisation, **values: Any) -> ProjectDocument:
    """One that waits for the scanner; `data` is what is in it."""
    data, document_id = values.pop("data", b"En tekst"), uuid.uuid4()
    ring = values.pop("ring", None) or keys.of(load())
    key, sealed = ring.seal_file(data, table="project_document", row_id=document_id)
    told: dict[str, Any] = {"name": "Notat.txt", "kind": "txt", "person": WHO, "size": len(data)}
    told |= {"position": next(make.number) % 50 + 1, "person_id": uuid.uuid4()}
    told |= {"sha256": uuid.uuid4().hex, "key": key, "sealed": sealed} | values
    own = {"project_id": one.id, "organisation_id": by.id}
    return make.saved(ProjectDocument(id=document_id, **own, **told))


def filed(made: Any) -> dict[str, Any]:
    """The document in the project of a world, or a new one where it has been taken away."""
    rows = select(ProjectDocument.id).where(ProjectDocument.project_id == made.project.id)
    found = make.records.scalars(rows).first()
    make.records.commit()
    return {"document_id": found or document(made.project, made.fund).id}


def budget(one: Project, holder: Organisation, **values: Any) -> ProjectBudget:
    told: dict[str, Any] = {
        "fund": "regional_pool",
        "year": 2026,
        "granted": 900,
        "committed": 500,
        "spent": 100,
    }
    told |= {"changed_by": WHO} | values
    return part(one, ProjectBudget, holder_id=holder.id, **told)


def party(one: Project, organisation: Organisation) -> ProjectParty | None:
    """As what the organisation sees the project, whenever."""
    rows = select(ProjectParty).where(
        ProjectParty.project_id == one.id, ProjectParty.organisation_id == organisation.id
    )
    found = make.records.scalars(rows.execution_options(populate_existing=True)).one_or_none()
    make.records.commit()
    return found


def whole(lead: Organisation, other: Organisation) -> Project:
    """Led by the one with the other in it, and a row of everything."""
    made = project(lead, other, municipalities=(other,))
    moved = phase(made, key="outreach")
    days: dict[str, Any] = {
        "was_from": FIRST,
        "was_until": FIRST,
        "planned_from": FIRST,
        "planned_until": FIRST,
    }
    part(made, ProjectMove, phase_id=moved.id, reason="Sygdom", person=WHO, **days)
    part(made, ProjectRisk, text="For få svar", level="medium", answer="Ring op", written_by=WHO)
    decided: dict[str, Any] = {
        "decided_on": DAY,
        "decided_by": "Styregruppen",
        "text": "Vi går videre",
    }
    part(made, ProjectDecision, written_by=WHO, **decided)
    budget(made, lead)
    document(made, lead)
    wanted: dict[str, Any] = {"name": "AMU Ny", "role": PartnerRole.SCHOOL, "asked_by": WHO}
    wanted |= {"contact": "Signe Eksempel", "mail": "signe@amu.example", "valid_from": FIRST}
    part(made, ProjectNewcomer, **wanted)
    story: dict[str, Any] = {
        "step": "begin",
        "source": "preparing",
        "target": "running",
        "detail": {},
    }
    part(made, ProjectEvent, person=WHO, **story)
    return made


def ends(one: ProjectPartner, last: date) -> None:
    make.records.execute(
        update(ProjectPartner).where(ProjectPartner.id == one.id).values(valid_until=last)
    )
    make.records.commit()


def asked(own: Organisation, other: Organisation) -> dict[str, Any]:
    """A project that the own organisation is invited to."""
    led = project(other)
    invited(led, own)
    return {"project_id": led.id}


def asking(own: Organisation, other: Organisation) -> dict[str, Any]:
    """A project that the own organisation leads, and another's invitation there."""
    led = project(own)
    return {"project_id": led.id, "partner_id": invited(led, other).id}


def steered(own: Organisation, other: Organisation) -> dict[str, Any]:
    """A project that the own organisation leads, with a phase, a risk and money."""
    led = project(own, other)
    told: dict[str, Any] = {"text": "For få svar", "level": "medium", "answer": "Ring op"}
    told |= {"written_by": WHO}
    ids = {"phase_id": phase(led).id, "risk_id": part(led, ProjectRisk, **told).id}
    return {"project_id": led.id, "line_id": budget(led, own, spent=0).id, **ids}
