"""Projects as their partners and councils see them: one, its parts, and who may write in it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import Actor
from portal.db import db, gathered, revived
from portal.organisations.models import CouncilMembership
from portal.organisations.queries import holds, names_on
from portal.projects.models import (
    LEADING,
    PartnerState,
    Project,
    ProjectMunicipality,
    ProjectPartner,
    ProjectParty,
    Standing,
)
from portal.projects.parts import (
    ProjectBudget,
    ProjectDecision,
    ProjectEvent,
    ProjectMove,
    ProjectPhase,
    ProjectRisk,
)
from portal.workflow import NotNow

WHOLE = joinedload(Project.own_parties), selectinload(Project.partners)


def project(project_id: uuid.UUID) -> Project:
    """Raises NoResultFound for one that is not seen; who is only invited does not see it."""
    rows = select(Project).where(Project.id == project_id).options(*WHOLE)
    return db.session.scalars(rows).unique().one()


def participation(project_id: uuid.UUID) -> ProjectParty:
    """As what the own organisation sees the project, also while it is only invited."""
    rows = select(ProjectParty).where(ProjectParty.project_id == project_id)
    return db.session.scalars(rows).one()


def invitation(project_id: uuid.UUID) -> tuple[ProjectParty, ProjectPartner]:
    """The one that waits for the own organisation's answer; raises NoResultFound."""
    rows = select(ProjectParty, ProjectPartner).join(
        ProjectPartner,
        (ProjectPartner.project_id == ProjectParty.project_id)
        & (ProjectPartner.organisation_id == ProjectParty.organisation_id),
    )
    own = ProjectParty.project_id == project_id, ProjectParty.standing == Standing.INVITED
    live = ProjectPartner.state == PartnerState.INVITED
    found = db.session.execute(rows.where(*own, live)).one()
    return found[0], found[1]


def partner(project: Project, partner_id: uuid.UUID) -> ProjectPartner:
    rows = select(ProjectPartner).where(
        ProjectPartner.id == partner_id, ProjectPartner.project_id == project.id
    )
    return db.session.scalars(rows).one()


def own_part(project: Project, actor: Actor, day: date) -> ProjectPartner:
    """The own participation that runs on the day, of a project that is open.

    What a partner writes in a project – companies, people, results – it writes by this.

    Raises:
        NotNow: no partner, not of that day, or the project is over.
    """
    own = [one for one in project.partners if one.organisation_id == actor.organisation_id]
    running = [one for one in own if one.takes_part(day)]
    if not running or not project.is_open:
        raise NotNow("own_part", project.state)
    return running[0]


def may_write_own_part(project: Project, actor: Actor, day: date) -> bool:
    try:
        own_part(project, actor, day)
    except NotNow:
        return False
    return True


def leads(project: Project, actor: Actor) -> bool:
    """Whether the actor's organisation writes the project itself, now."""
    return project.party_of(actor) in LEADING and project.is_open


# --- Its parts ---


@dataclass(frozen=True)
class Parts:
    """Everything that a project is steered by, to be read only, with the names that it needs."""

    municipalities: list[ProjectMunicipality]
    phases: list[ProjectPhase]
    moves: list[ProjectMove]
    risks: list[ProjectRisk]
    decisions: list[ProjectDecision]
    budget: list[ProjectBudget]
    events: list[ProjectEvent]
    memberships: list[CouncilMembership]
    names: dict[uuid.UUID, str]

    def councils_on(self, day: date) -> dict[uuid.UUID, uuid.UUID]:
        """Which council each municipality lay under; one that lay under none is left out."""
        return {
            row.municipality_id: row.council_id
            for row in self.memberships
            if row.valid_from <= day <= (row.valid_until or day)
        }


def parts(project: Project, day: date) -> Parts:
    """In two statements: all rows, and the names of all organisations."""
    towns = select(ProjectMunicipality.municipality_id).where(
        ProjectMunicipality.project_id == project.id
    )
    lying = CouncilMembership.municipality_id.in_(towns)
    asked = [
        *(gathered(model, of(model, project), *by) for model, by in ORDER.items()),
        gathered(CouncilMembership, lying, CouncilMembership.valid_from),
    ]
    row = db.session.execute(select(*asked)).one()
    models: list[Any] = [*ORDER, CouncilMembership]
    rows = {model: revived(model, told) for model, told in zip(models, row, strict=True)}
    known = {one.organisation_id for one in project.partners}
    known |= {one.municipality_id for one in rows[ProjectMunicipality]}
    known |= {one.council_id for one in rows[CouncilMembership]}
    names = names_on(known, day)
    fields: Any = zip(Parts.__annotations__, [*rows.values(), names], strict=True)
    return Parts(**dict(fields))


def of(model: Any, project: Project) -> Any:
    return model.project_id == project.id


# What hangs on a project, in the order of its pages and of `Parts`.
ORDER: dict[Any, tuple[Any, ...]] = {
    ProjectMunicipality: (ProjectMunicipality.id,),
    ProjectPhase: (ProjectPhase.position, ProjectPhase.planned_from),
    ProjectMove: (ProjectMove.at.desc(),),
    ProjectRisk: (ProjectRisk.closed_on.desc(), ProjectRisk.written_at),
    ProjectDecision: (ProjectDecision.decided_on.desc(), ProjectDecision.written_at.desc()),
    ProjectBudget: (ProjectBudget.year, ProjectBudget.fund),
    ProjectEvent: (ProjectEvent.at.desc(),),
}


def municipalities(project_id: uuid.UUID) -> Sequence[ProjectMunicipality]:
    rows = select(ProjectMunicipality).where(ProjectMunicipality.project_id == project_id)
    return db.session.scalars(rows).all()


def councils(day: date) -> set[uuid.UUID]:
    """Those that municipalities lie under on the day."""
    rows = select(CouncilMembership.council_id).where(holds(CouncilMembership, day))
    return {*db.session.scalars(rows.distinct())}
