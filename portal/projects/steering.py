"""Phases and milestones that are planned, moved and reached; risks; decisions."""

import uuid
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.access import Actor
from portal.clock import Moment
from portal.db import Base, db
from portal.projects.actions import only_leading, refuse
from portal.projects.models import Project
from portal.projects.parts import (
    Level,
    PhaseKind,
    ProjectDecision,
    ProjectMove,
    ProjectPhase,
    ProjectRisk,
)
from portal.projects.queries import of
from portal.workflow import Lack, Overtaken, flush


def phase(project: Project, phase_id: uuid.UUID) -> ProjectPhase:
    """Raises NoResultFound for another project's."""
    rows = select(ProjectPhase).where(of(ProjectPhase, project), ProjectPhase.id == phase_id)
    return db.session.scalars(rows).one()


def risk(project: Project, risk_id: uuid.UUID) -> ProjectRisk:
    rows = select(ProjectRisk).where(of(ProjectRisk, project), ProjectRisk.id == risk_id)
    return db.session.scalars(rows).one()


@dataclass(frozen=True)
class Days:
    """Of a phase; of a milestone the first of each two alone. `reason` is of a move."""

    planned_from: date | None
    planned_until: date | None
    actual_from: date | None
    actual_until: date | None
    reason: str = ""


def add(
    project: Project, kind: PhaseKind, name: str, days: Days, *, actor: Actor, at: Moment
) -> ProjectPhase:
    """At the end of those that there are. Raises Refused."""
    only_leading(project, actor)
    days = of_kind(kind, days)
    refuse(lacks(project, days, at.today))
    last = select(func.max(ProjectPhase.position)).where(of(ProjectPhase, project))
    made = ProjectPhase(
        id=uuid.uuid4(),
        project_id=project.id,
        organisation_id=actor.organisation_id,
        kind=kind,
        position=(db.session.scalar(last) or 0) + 1,
        name=name,
    )
    put(made, days)
    db.session.add(made)
    flush()
    return made


def change(
    project: Project, one: ProjectPhase, name: str, days: Days, *, actor: Actor, at: Moment,
    version: int | None,
) -> None:  # fmt: skip
    """Planned days that are moved need a reason, and what they were is kept.

    Raises NotNow, Overtaken, Refused.
    """
    only_leading(project, actor)
    if version != one.revision:
        raise Overtaken
    days = of_kind(one.kind, days)
    found, before = lacks(project, days, at.today), (one.planned_from, one.planned_until)
    is_moved = None not in before and before != (days.planned_from, days.planned_until)
    if is_moved and not days.reason:
        found.append(Lack("reason", _("Skriv, hvorfor tiden flyttes.")))
    if is_moved and days.planned_from is None:
        found.append(Lack("planned_from", _("Det er planlagt. Skriv de nye dage.")))
    refuse(found)
    if is_moved:
        keep_move(one, days, actor=actor, at=at)
    one.name = name
    put(one, days)
    flush()


def keep_move(one: ProjectPhase, days: Days, *, actor: Actor, at: Moment) -> None:
    db.session.add(
        ProjectMove(
            project_id=one.project_id,
            organisation_id=actor.organisation_id,
            phase_id=one.id,
            was_from=one.planned_from,
            was_until=one.planned_until,
            planned_from=days.planned_from,
            planned_until=days.planned_until,
            reason=days.reason,
            at=at.now,
            person=actor.name,
        )
    )


def put(one: ProjectPhase, days: Days) -> None:
    for name in ("planned_from", "planned_until", "actual_from", "actual_until"):
        setattr(one, name, getattr(days, name))


def of_kind(kind: PhaseKind, days: Days) -> Days:
    """A milestone begins and ends on its day."""
    if kind is PhaseKind.PHASE:
        return days
    planned, actual = days.planned_from, days.actual_from
    return Days(planned, planned, actual, actual, days.reason)


def lacks(project: Project, days: Days, today: date) -> list[Lack]:
    found = []
    if (days.planned_from is None) != (days.planned_until is None):
        field = "planned_until" if days.planned_from else "planned_from"
        found.append(Lack(field, _("Skriv både den første og den sidste dag.")))
    if days.planned_from and days.planned_until and days.planned_until < days.planned_from:
        found.append(Lack("planned_until", _("Den sidste dag ligger før den første.")))
    for name in ("planned_from", "planned_until"):
        day = getattr(days, name)
        if day and not project.starts_on <= day <= project.ends_on:
            found.append(Lack(name, _("Dagen ligger uden for projektets tid.")))
    return found + lacks_of_actual(days, today)


def lacks_of_actual(days: Days, today: date) -> list[Lack]:
    found = []
    if days.actual_until and not days.actual_from:
        found.append(Lack("actual_from", _("Skriv, hvornår det begyndte.")))
    if days.actual_from and days.actual_until and days.actual_until < days.actual_from:
        found.append(Lack("actual_until", _("Den sidste dag ligger før den første.")))
    for name in ("actual_from", "actual_until"):
        day = getattr(days, name)
        if day and day > today:
            found.append(Lack(name, _("Dagen er ikke kommet endnu.")))
    return found


def remove(project: Project, one: ProjectPhase, *, actor: Actor) -> None:
    """Only what nothing has happened in: neither begun nor moved."""
    only_leading(project, actor)
    moves = select(ProjectMove.id).where(ProjectMove.phase_id == one.id)
    if one.actual_from or db.session.scalars(moves).first():
        refuse([Lack("", _("Den er begyndt eller flyttet og bliver stående."))])
    db.session.delete(one)
    flush()


# --- Risks and decisions ---


def add_risk(
    project: Project, text: str, level: Level, answer: str, *, actor: Actor, at: Moment
) -> None:
    only_leading(project, actor)
    told = {"text": text, "level": level, "answer": answer}
    keep(ProjectRisk(**told, written_at=at.now, written_by=actor.name), project, actor)


def change_risk(
    project: Project, one: ProjectRisk, text: str, level: Level, answer: str, *, is_over: bool,
    actor: Actor, at: Moment, version: int | None,
) -> None:  # fmt: skip
    """A risk that is over stays on the page, and can come back."""
    only_leading(project, actor)
    if version != one.revision:
        raise Overtaken
    one.text, one.level, one.answer = text, level, answer
    if is_over != (one.closed_on is not None):
        one.closed_on, one.closed_by = (at.today, actor.name) if is_over else (None, None)
    flush()


def decide(project: Project, text: str, day: date, by: str, *, actor: Actor, at: Moment) -> None:
    """Write down what was decided; nobody changes it afterwards. Raises Refused."""
    only_leading(project, actor)
    if day > at.today:
        refuse([Lack("decided_on", _("Dagen er ikke kommet endnu."))])
    told = {"text": text, "decided_on": day, "decided_by": by}
    keep(ProjectDecision(**told, written_at=at.now, written_by=actor.name), project, actor)


def keep(row: Base, project: Project, actor: Actor) -> None:
    vars_ = {"project_id": project.id, "organisation_id": actor.organisation_id}
    for name, value in vars_.items():
        setattr(row, name, value)
    db.session.add(row)
    flush()
