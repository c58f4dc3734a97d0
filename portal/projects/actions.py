"""Making a project, changing what it is, and the steps of its life."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from portal.access import Actor
from portal.clock import Moment
from portal.db import Json, db
from portal.projects import catalogue, queries
from portal.projects.models import (
    Colour,
    Project,
    ProjectMunicipality,
    ProjectState,
)
from portal.projects.parts import PhaseKind, ProjectBudget, ProjectEvent, ProjectPhase
from portal.projects.workflow import PROJECT
from portal.references import new_reference
from portal.workflow import Lack, NotNow, Overtaken, Refused, Stamp, flush

# What features above wait for before a step is taken.
ASKED_BEFORE: list[Callable[[Project, str], list[Lack]]] = []


@dataclass(frozen=True)
class Given:
    """What a project is; `templates` are keys of models, the other keys are of the lists."""

    title: str
    type: str
    trade: str
    target_group: str
    purpose: str
    starts_on: date
    ends_on: date
    next_report_on: date | None
    templates: Sequence[str]

    def columns(self) -> Json:
        return {**self.__dict__, "templates": [*self.templates]}


def draft(
    given: Given, municipalities: Iterable[uuid.UUID], *, actor: Actor, at: Moment
) -> Project:
    """An idea, of which the own organisation is the lead; a council is its secretariat.

    Its phases are drawn from its models, without days. Raises Refused.
    """
    refuse(lacks(given))
    made = Project(
        id=uuid.uuid4(),
        organisation_id=actor.organisation_id,
        reference=new_reference("PRJ"),
        colour_at=at.now,
        made_at=at.now,
        made_by=actor.name,
        changed_at=at.now,
        **given.columns(),
    )
    db.session.add(made)
    flush()
    draw_phases(made, given.templates, actor=actor)
    for municipality_id in municipalities:
        add_municipality(made, municipality_id, actor=actor)
    happened(made, "draft", None, actor=actor, at=at)
    return made


def draw_phases(project: Project, templates: Iterable[str], *, actor: Actor) -> None:
    """Those of the models that the project has not yet, each once, in their order."""
    known = {*db.session.scalars(select(ProjectPhase.key).where(queries.of(ProjectPhase, project)))}
    found = {
        phase.key: phase.name["da"] for key in templates for phase in catalogue.model(key).phases
    }
    new = {key: name for key, name in found.items() if key not in known}
    for position, (key, name) in enumerate(new.items(), len(known) + 1):
        own = {"project_id": project.id, "organisation_id": actor.organisation_id}
        row = ProjectPhase(kind=PhaseKind.PHASE, key=key, position=position, name=name, **own)
        db.session.add(row)
    flush()


def edit(project: Project, given: Given, *, actor: Actor, at: Moment, version: int | None) -> None:
    """Raises NotNow, NotYours, Overtaken, Refused."""
    PROJECT.step("edit", project, actor)
    if version != project.revision:
        raise Overtaken
    refuse([*lacks(given), *outside(project, given)])
    for name, value in given.columns().items():
        setattr(project, name, value)
    project.changed_at = at.now
    draw_phases(project, given.templates, actor=actor)
    happened(project, "edit", project.state, actor=actor, at=at)


def add_municipality(project: Project, municipality_id: uuid.UUID, *, actor: Actor) -> None:
    """That is about a municipality it is already, changes nothing."""
    only_leading(project, actor)
    known = {row.municipality_id for row in queries.municipalities(project.id)}
    if municipality_id not in known:
        own = {"project_id": project.id, "organisation_id": actor.organisation_id}
        db.session.add(ProjectMunicipality(municipality_id=municipality_id, **own))
        flush()


def remove_municipality(project: Project, municipality_id: uuid.UUID, *, actor: Actor) -> None:
    only_leading(project, actor)
    for row in queries.municipalities(project.id):
        if row.municipality_id == municipality_id:
            db.session.delete(row)
    flush()


def only_leading(project: Project, actor: Actor) -> None:
    """Raises NotNow for whoever does not lead it, and NotYours for other roles there."""
    PROJECT.step("edit", project, actor)


def take(
    project: Project, name: str, reason: str, *, actor: Actor, at: Moment, stamp: Stamp
) -> bool:
    """Take a step of the table. False when this very form took it before.

    Raises:
        NotNow, NotYours: not from this state, not this party's, not this role's.
        Overtaken: somebody changed the project after the form was shown.
        Refused: what the step waits for.
    """
    if already(project, stamp):
        return False
    step = PROJECT.step(name, project, actor)
    if step.target is None:
        raise NotNow(name, project.state)
    if project.revision != stamp.version:
        raise Overtaken
    if name == "stop" and not reason:
        refuse([Lack("reason", _("Skriv hvorfor. Alle partnere læser det."))])
    refuse([*obstacles(project, name)])
    source, project.state, project.changed_at = project.state, ProjectState(step.target), at.now
    happened(project, name, source, actor=actor, at=at, reason=reason, key=stamp.key)
    return True


def already(project: Project, stamp: Stamp) -> bool:
    rows = select(ProjectEvent.id).where(queries.of(ProjectEvent, project))
    return db.session.scalar(rows.where(ProjectEvent.form_key == stamp.key)) is not None


def obstacles(project: Project, name: str) -> list[Lack]:
    """What a step waits for: shown before anybody presses."""
    if name == "begin" and project.lead_id is None:
        return [Lack("", _("Projektet har ingen tovholder endnu."))]
    if name == "prepare" and not queries.municipalities(project.id):
        return [Lack("", _("Skriv, hvilke kommuner projektet handler om."))]
    return [lack for asked in ASKED_BEFORE for lack in asked(project, name)]


def set_colour(project: Project, colour: Colour, reason: str, *, actor: Actor, at: Moment) -> None:
    """Green may stand alone; yellow and red say why. Raises Refused."""
    only_leading(project, actor)
    if colour is not Colour.GREEN and not reason:
        refuse([Lack("reason", _("Skriv hvorfor. Partnerne og rådet læser det."))])
    project.colour, project.colour_reason = colour, reason or None
    project.colour_at = project.changed_at = at.now
    detail = {"colour": colour.value}
    happened(project, "colour", project.state, actor=actor, at=at, reason=reason, detail=detail)


def happened(
    project: Project,
    step: str,
    source: ProjectState | None,
    *,
    actor: Actor,
    at: Moment,
    reason: str | None = None,
    detail: Json | None = None,
    key: str | None = None,
) -> None:
    """Write a step into the project's story."""
    db.session.add(
        ProjectEvent(
            project_id=project.id,
            organisation_id=actor.organisation_id,
            person=actor.name,
            at=at.now,
            step=step,
            source=source,
            target=project.state,
            reason=reason or None,
            detail=detail or {},
            form_key=key,
        )
    )
    flush()


def lacks(given: Given) -> list[Lack]:
    found = []
    if given.ends_on < given.starts_on:
        found.append(Lack("ends_on", _("Den sidste dag ligger før den første.")))
    if not given.templates:
        found.append(Lack("templates", _("Vælg mindst én model.")))
    return found


def outside(project: Project, given: Given) -> list[Lack]:
    """Money stays within the project's years: days that leave it outside are refused."""
    rows = select(ProjectBudget.year).where(queries.of(ProjectBudget, project))
    span = range(given.starts_on.year, given.ends_on.year + 1)
    years = sorted({year for year in db.session.scalars(rows) if year not in span})
    words = _("Der er budget i %(years)s. Flyt eller slet det først.",
              years=", ".join(map(str, years)))  # fmt: skip
    field = "starts_on" if years and years[0] < span.start else "ends_on"
    return [Lack(field, words)] if years else []


def refuse(found: Sequence[Lack]) -> None:
    if found:
        raise Refused([*found])
