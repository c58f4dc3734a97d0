"""Writing the evaluation of a project: the lead's words, the partners' recommendations, the end."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.access import Actor
from portal.clock import Moment
from portal.companies.orders import JobOrder
from portal.db import Json, db
from portal.handovers.content import hash_of
from portal.organisations.queries import names_on
from portal.project_reports import facts, queries
from portal.project_reports.evaluations import (
    EvaluationState,
    ProjectEvaluation,
    ProjectRecommendation,
)
from portal.projects import actions as projects
from portal.projects.models import PartnerRole, Project, ProjectState
from portal.projects.queries import own_part, parts
from portal.workflow import Lack, NotNow, Overtaken, Refused, flush

E, R = ProjectEvaluation, ProjectRecommendation


def evaluation(project: Project) -> ProjectEvaluation | None:
    """None as long as there is none, or the reader may not see the draft."""
    return db.session.scalars(select(E).where(E.project_id == project.id)).one_or_none()


def recommendations(project: Project) -> Sequence[ProjectRecommendation]:
    rows = select(R).where(R.project_id == project.id).order_by(R.written_at)
    return db.session.scalars(rows).all()


def leads(project: Project) -> bool:
    return bool(project.own.leads and project.own.role == PartnerRole.LEAD)


def write(
    project: Project, summary: str, lessons: str, *, actor: Actor, at: Moment, version: int | None
) -> None:
    """By the lead alone. Raises NotNow, NotYours, Overtaken."""
    projects.only_leading(project, actor)
    one = evaluation(project)
    if not leads(project) or one and one.is_finished:
        raise NotNow("evaluation", project.state)
    if one is None:
        told = {"summary": summary, "lessons": lessons, "changed_at": at.now}
        own = {"project_id": project.id, "organisation_id": actor.organisation_id}
        db.session.add(E(**told, **own))
    elif version != one.revision:
        raise Overtaken
    else:
        one.summary, one.lessons, one.changed_at = summary, lessons, at.now
    flush()


def recommend(project: Project, whom: str, text: str, *, actor: Actor, at: Moment) -> None:
    """By every partner, in its own name. Raises NotNow."""
    own_part(project, actor, at.today)
    refuse_finished(project)
    told = {"whom": whom, "text": text, "written_at": at.now, "written_by": actor.name}
    db.session.add(R(project_id=project.id, organisation_id=actor.organisation_id, **told))
    flush()


def take_back(project: Project, recommendation_id: uuid.UUID, *, actor: Actor, at: Moment) -> None:
    """Of one's own. Raises NotNow, NoResultFound."""
    own_part(project, actor, at.today)
    refuse_finished(project)
    own = R.project_id == project.id, R.organisation_id == actor.organisation_id
    db.session.delete(db.session.scalars(select(R).where(*own, R.id == recommendation_id)).one())
    flush()


def refuse_finished(project: Project) -> None:
    one = evaluation(project)
    if one and one.is_finished:
        raise NotNow("evaluation", project.state)


def finish(project: Project, *, actor: Actor, at: Moment, version: int | None) -> None:
    """Freeze it with the facts of the day. Raises NotNow, NotYours, Overtaken, Refused."""
    projects.only_leading(project, actor)
    one = evaluation(project)
    if not leads(project) or one is None or one.is_finished:
        raise NotNow("evaluation", project.state)
    if version != one.revision:
        raise Overtaken
    if project.state is not ProjectState.REPORTING:
        words = _("Gå først til afrapportering på projektets side.")
        raise Refused([Lack("", words)])
    if not recommendations(project):
        raise Refused([Lack("", _("Der er ingen anbefalinger endnu. Skriv mindst én."))])
    with db.session.no_autoflush:  # half of it would break the table's check
        one.content = content(project, one, at)
        one.hash, one.until = hash_of(one.content), queries.published_until()
        one.state, one.finished_at, one.finished_by = EvaluationState.FINISHED, at.now, actor.name
        one.changed_at = at.now
    flush()


def content(project: Project, one: ProjectEvaluation | None, at: Moment) -> Json:
    """What is known on the day, but for numbers of people; as partners see it."""
    found = parts(project, at.today)
    told = recommendations(project)
    names = names_on({each.organisation_id for each in told}, at.today)
    made: Json = facts.plain(
        {
            "day": at.today,
            "project": facts.of_project(project, found),
            "partners": facts.partners(project, found, at.today),
            "areas": facts.areas(project, found, at.today),
            "phases": [facts.phase(each, [], at.today) for each in found.phases],
            "companies": facts.companies(project),
            "orders": orders(project),
            "budget": {
                name: sum(getattr(row, name) for row in found.budget) for name in facts.MONEY
            },
            "summary": one.summary if one else "",
            "lessons": one.lessons if one else "",
            "recommendations": [
                {"who": names[each.organisation_id], "whom": each.whom, "text": each.text}
                for each in told
            ],
        }
    )
    return made


def orders(project: Project) -> Json:
    """By model, how many were received and met their clock; how many found a job is not in it."""
    one = JobOrder
    in_time = func.count().filter(one.presented_at <= one.due_at)
    rows = select(one.model, func.count(), in_time).where(one.project_id == project.id)
    found = {model: [of, kept] for model, of, kept in db.session.execute(rows.group_by(one.model))}
    return {key: found.get(key, [0, 0]) for key in project.templates}


def demanded(project: Project, step: str) -> list[Lack]:
    """A project is called evaluated once its evaluation is finished."""
    if step != "evaluate":
        return []
    one = evaluation(project)
    words = _("Evalueringen er ikke færdig. Skriv den først, og gør den færdig.")
    return [] if one and one.is_finished else [Lack("", words)]


projects.ASKED_BEFORE.append(demanded)
