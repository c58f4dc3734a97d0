"""The pages on which phases, risks and decisions of a project are written by who leads it."""

import uuid
from typing import Any

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import moment, today
from portal.projects import actions, queries, steering, words
from portal.projects.models import Project
from portal.projects.part_forms import DecisionForm, PhaseForm, RiskForm
from portal.projects.parts import Level, PhaseKind
from portal.projects.views import opened, overtaken
from portal.web import page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("project_steering", __name__, url_prefix="/projects")


def leading(project_id: uuid.UUID) -> Project:
    project = opened(project_id)
    actions.only_leading(project, g.actor)
    return project


def form_page(template: str, project: Project, form: Any, **more: Any) -> ResponseReturnValue:
    shown = page(template, project=project, form=form, words=words, **more)
    return shown, 422 if form.errors else 200


def refused_page(
    template: str, project_id: uuid.UUID, form: Any, refused: Refused, **more: Any
) -> ResponseReturnValue:
    form.show(refused.lacks)
    start_over()
    return form_page(template, queries.project(project_id), form, **more)


def kept(project_id: uuid.UUID) -> ResponseReturnValue:
    flash(_("Gemt."), "success")
    return see_other("projects.show", project_id=project_id)


@bp.route("/<uuid:project_id>/phases/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def new_phase(project_id: uuid.UUID) -> ResponseReturnValue:
    project, form = leading(project_id), PhaseForm()
    if not form.validate_on_submit():
        return form_page("projects/phase.html", project, form, one=None)
    kind, name = PhaseKind(form.kind.data), form.name.data.strip()
    try:
        steering.add(project, kind, name, form.days(), actor=g.actor, at=moment())
    except Refused as refused:
        return refused_page("projects/phase.html", project_id, form, refused, one=None)
    return kept(project_id)


@bp.route("/<uuid:project_id>/phases/<uuid:phase_id>", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def phase(project_id: uuid.UUID, phase_id: uuid.UUID) -> ResponseReturnValue:
    project = leading(project_id)
    one = steering.phase(project, phase_id)
    form = PhaseForm(obj=one)
    if not form.validate_on_submit():
        return form_page("projects/phase.html", project, form, one=one)
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "version": form.revision.data}
    try:
        steering.change(project, one, form.name.data.strip(), form.days(), **how)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        project = queries.project(project_id)
        return form_page(
            "projects/phase.html", project, form, one=steering.phase(project, phase_id)
        )
    except Overtaken:
        return overtaken(project_id)
    return kept(project_id)


@bp.post("/<uuid:project_id>/phases/<uuid:phase_id>/remove")
@requires(Permission.PROJECT_WRITE)
def remove_phase(project_id: uuid.UUID, phase_id: uuid.UUID) -> ResponseReturnValue:
    project = leading(project_id)
    one = steering.phase(project, phase_id)
    try:
        steering.remove(project, one, actor=g.actor)
    except Refused as refused:
        start_over()
        flash(refused.lacks[0].text, "warning")
        return see_other("projects.show", project_id=project_id)
    return kept(project_id)


@bp.route("/<uuid:project_id>/risks/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def new_risk(project_id: uuid.UUID) -> ResponseReturnValue:
    project, form = leading(project_id), RiskForm()
    if not form.validate_on_submit():
        return form_page("projects/risk.html", project, form, one=None)
    told = form.text.data.strip(), Level(form.level.data), form.answer.data.strip()
    steering.add_risk(project, *told, actor=g.actor, at=moment())
    return kept(project_id)


@bp.route("/<uuid:project_id>/risks/<uuid:risk_id>", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def risk(project_id: uuid.UUID, risk_id: uuid.UUID) -> ResponseReturnValue:
    project = leading(project_id)
    one = steering.risk(project, risk_id)
    form = RiskForm(obj=one, is_over=one.closed_on is not None)
    if not form.validate_on_submit():
        return form_page("projects/risk.html", project, form, one=one)
    told = form.text.data.strip(), Level(form.level.data), form.answer.data.strip()
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "version": form.revision.data}
    try:
        steering.change_risk(project, one, *told, is_over=form.is_over.data, **how)
    except Overtaken:
        return overtaken(project_id)
    return kept(project_id)


@bp.route("/<uuid:project_id>/decisions/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def decide(project_id: uuid.UUID) -> ResponseReturnValue:
    project, form = leading(project_id), DecisionForm(decided_on=today())
    if not form.validate_on_submit():
        return form_page("projects/decision.html", project, form)
    told = form.text.data.strip(), form.decided_on.data, form.decided_by.data.strip()
    try:
        steering.decide(project, *told, actor=g.actor, at=moment())
    except Refused as refused:
        return refused_page("projects/decision.html", project_id, form, refused)
    return kept(project_id)
