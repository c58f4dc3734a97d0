"""The pages of projects: the list, one project, what it is, and the steps of its life."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import moment, today
from portal.projects import actions, listing, presenting, queries, words
from portal.projects.forms import ColourForm, MunicipalityForm, ProjectForm, StepForm, filled
from portal.projects.models import Colour, Project
from portal.projects.partners import may_end
from portal.projects.workflow import PROJECT
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("projects", __name__, url_prefix="/projects")
STEP = "any(prepare, begin, report, resume, evaluate, close, stop)"


def opened(project_id: uuid.UUID) -> Project:
    concerning("project", project_id)
    return queries.project(project_id)


@bp.get("/")
@requires(Permission.PROJECT_READ)
def index() -> str:
    asked = presenting.asked(request.args)
    found = listing.projects(asked, today())
    return page(
        "projects/index.html",
        "rows",
        found=found,
        asked=asked,
        today=today(),
        may_make=g.actor.may(Permission.PROJECT_WRITE),
        **presenting.of_list(asked),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def new() -> ResponseReturnValue:
    form = presenting.offering(ProjectForm())
    if not form.validate_on_submit():
        return form_page(form, None), 422 if form.errors else 200
    try:
        own = presenting.own_municipality(g.actor)
        made = actions.draft(form.given(), own, actor=g.actor, at=moment())
    except Refused as refused:
        return refused_form(form, refused, None)
    concerning("project", made.id)
    flash(_("Projektet er oprettet som en idé. Kun I og dem, I inviterer, kan se det."), "success")
    return see_other(".show", project_id=made.id)


@bp.route("/<uuid:project_id>/edit", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def edit(project_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    actions.only_leading(project, g.actor)
    form = presenting.offering(ProjectForm(data=filled(project)))
    if not form.validate_on_submit():
        return form_page(form, project), 422 if form.errors else 200
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "version": form.revision.data}
    try:
        actions.edit(project, form.given(), **how)
    except Refused as refused:
        return refused_form(form, refused, project_id)
    except Overtaken:
        return overtaken(project_id)
    flash(_("Projektet er rettet."), "success")
    return see_other(".show", project_id=project_id)


def form_page(form: ProjectForm, project: Project | None) -> str:
    return page("projects/edit.html", form=form, project=project)


def refused_form(
    form: ProjectForm, refused: Refused, project_id: uuid.UUID | None
) -> ResponseReturnValue:
    start_over()
    form.show(refused.lacks)
    return form_page(form, queries.project(project_id) if project_id else None), 422


def overtaken(project_id: uuid.UUID) -> ResponseReturnValue:
    start_over()
    flash(_("Projektet er ændret, siden du åbnede siden. Se det, som det er nu."), "warning")
    return show_page(queries.project(project_id)), 409


@bp.get("/<uuid:project_id>")
@requires(Permission.PROJECT_READ)
def show(project_id: uuid.UUID) -> str:
    return show_page(opened(project_id))


def show_page(project: Project, lacks: Any = ()) -> str:
    day = today()
    may_lead = queries.leads(project, g.actor) and g.actor.may(Permission.PROJECT_WRITE)
    parts = queries.parts(project, day)
    ways_out = [one.id for one in project.partners if may_end(project, one, g.actor, day)]
    return page(
        "projects/show.html",
        project=project,
        parts=parts,
        steps=[one.name for one in PROJECT.open_steps(project, g.actor) if one.target],
        form=StepForm(formdata=None, revision=project.revision),
        lacks=lacks,
        may_lead=may_lead,
        may_end=ways_out if g.actor.may(Permission.PROJECT_WRITE) else [],
        may_act=may_lead or (ways_out and g.actor.may(Permission.PROJECT_WRITE)),
        today=day,
        **presenting.of_project(project, parts, day),
    )


@bp.route(f"/<uuid:project_id>/<{STEP}:step>", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def step(project_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Stopping asks for a reason on a page of its own; the others are a button."""
    project, form = opened(project_id), StepForm()
    PROJECT.step(step, project, g.actor)
    if request.method == "GET":
        shown = StepForm(formdata=None, revision=project.revision)
        return page("projects/step.html", project=project, step=step, form=shown, words=words)
    reason = (form.reason.data or "").strip()
    try:
        actions.take(project, step, reason, actor=g.actor, at=moment(), stamp=form.stamp)
    except Refused as refused:
        start_over()
        project = queries.project(project_id)
        if step != "stop":
            return show_page(project, refused.lacks), 422
        form.show(refused.lacks)
        return page("projects/step.html", project=project, step=step, form=form, words=words), 422
    except Overtaken:
        return overtaken(project_id)
    flash(str(words.DONE[step]), "success")
    return see_other(".show", project_id=project_id)


@bp.route("/<uuid:project_id>/colour", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def colour(project_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    actions.only_leading(project, g.actor)
    form = ColourForm(colour=project.colour.value, reason=project.colour_reason)
    if not form.validate_on_submit():
        return page("projects/colour.html", project=project, form=form), 422 if form.errors else 200
    chosen, reason = Colour(form.colour.data), (form.reason.data or "").strip()
    try:
        actions.set_colour(project, chosen, reason, actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        project = queries.project(project_id)
        return page("projects/colour.html", project=project, form=form), 422
    flash(_("Status er gemt."), "success")
    return see_other(".show", project_id=project_id)


@bp.route("/<uuid:project_id>/municipalities", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def municipalities(project_id: uuid.UUID) -> ResponseReturnValue:
    """Which the project is about: added one at a time or a whole area, and taken off again."""
    project = opened(project_id)
    actions.only_leading(project, g.actor)
    form = MunicipalityForm()
    presenting.offer_municipalities(form, project)
    if request.method == "GET":
        return page("projects/municipalities.html", **presenting.of_municipalities(project, form))
    if gone := request.form.get("gone", type=uuid.UUID):
        actions.remove_municipality(project, gone, actor=g.actor)
    elif not form.validate() or not form.municipality.data:
        form.municipality.errors = [_("Vælg en kommune eller et område.")]
        shown = presenting.of_municipalities(project, form)
        return page("projects/municipalities.html", **shown), 422
    for each in presenting.chosen_municipalities(form, project):
        actions.add_municipality(project, each, actor=g.actor)
    return see_other(".municipalities", project_id=project_id)
