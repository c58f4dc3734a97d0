"""The pages of the own organisation's people in a project; every opening stands in the log."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import limits
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers import export as exporting
from portal.handovers.document_views import attached
from portal.handovers.filling import own_keys
from portal.organisations.queries import municipalities
from portal.participants import actions, importing, presenting, queries, words
from portal.participants.forms import (
    EventForm,
    PeopleForm,
    PersonForm,
    PurposeForm,
    RevealForm,
    StrikeForm,
)
from portal.participants.models import Participant
from portal.projects.models import Project
from portal.projects.queries import may_write_own_part
from portal.projects.queries import project as project_of
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("participants", __name__, url_prefix="/projects")
ONE = "/<uuid:project_id>/participants/<uuid:participant_id>"


def opened(project_id: uuid.UUID) -> Project:
    concerning("project", project_id)
    return project_of(project_id)


def person_of(project_id: uuid.UUID, participant_id: uuid.UUID) -> tuple[Project, Participant]:
    concerning("participant", participant_id)
    return project_of(project_id), queries.participant(project_id, participant_id)


def may_write(project: Project) -> bool:
    may = g.actor.may(Permission.PARTICIPANT_WRITE)
    return may and may_write_own_part(project, g.actor, today())


@bp.route("/<uuid:project_id>/participants", methods=["GET", "POST"])
@requires(Permission.PARTICIPANT_READ)
def index(project_id: uuid.UUID) -> str:
    """A search is posted, for a name must not stand in an address."""
    project = opened(project_id)
    asked = {name: request.args.get(name, "").strip() for name in ("model", "after")}
    asked["words"] = request.form.get("words", "").strip()
    found = queries.participants(project_id, **asked)
    steps = {key: presenting.steps(key) for key in project.templates}
    told: dict[str, Any] = {"steps": steps, "models": dict(presenting.models(project))}
    return page(
        "participants/index.html",
        "rows",
        project=project,
        found=found,
        asked=asked,
        words=words,
        may_write=may_write(project),
        **told,
    )


@bp.get("/<uuid:project_id>/funnel")
@requires(Permission.PROJECT_READ)
def funnel(project_id: uuid.UUID) -> str:
    project = opened(project_id)
    told = presenting.of_funnel(project, g.actor, today())
    return page("participants/funnel.html", project=project, **told)


@bp.route("/<uuid:project_id>/participants/new", methods=["GET", "POST"])
@requires(Permission.PARTICIPANT_WRITE)
def new(project_id: uuid.UUID) -> ResponseReturnValue:
    project, form = opened(project_id), PersonForm(today=today())
    presenting.offering(form, project, today())
    if not form.validate_on_submit():
        return form_page(project, form), 422 if form.errors else 200
    try:
        made = actions.add(project, form.person(), actor=g.actor, at=moment(), keys=own_keys())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return form_page(project_of(project_id), form), 422
    concerning("participant", made.id)
    flash(_("Deltageren er oprettet. Kun I kan se, hvem det er."), "success")
    return see_other(".show", project_id=project_id, participant_id=made.id)


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@requires(Permission.PARTICIPANT_WRITE)
def edit(project_id: uuid.UUID, participant_id: uuid.UUID) -> ResponseReturnValue:
    project, one = person_of(project_id, participant_id)
    names = ("name", "model", "work", "birth_year", "municipality_id", "revision")
    form = PersonForm(data={name: getattr(one, name) for name in names}, today=today())
    presenting.offering(form, project, today())
    if not form.validate_on_submit():
        return form_page(project, form, one), 422 if form.errors else 200
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "keys": own_keys()}
    try:
        actions.edit(project, one, form.person(), version=form.revision.data, **how)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return form_page(*edited_again(project_id, participant_id, form)), 422
    except Overtaken:
        start_over()
        flash(_("Deltageren er ændret, siden du åbnede siden."), "warning")
        return form_page(*edited_again(project_id, participant_id, form)), 409
    flash(_("Gemt."), "success")
    return see_other(".show", project_id=project_id, participant_id=participant_id)


def edited_again(
    project_id: uuid.UUID, participant_id: uuid.UUID, form: PersonForm
) -> tuple[Project, PersonForm, Participant]:
    project, one = person_of(project_id, participant_id)
    form.revision.data = one.revision
    return project, form, one


def form_page(project: Project, form: PersonForm, one: Participant | None = None) -> str:
    return page("participants/edit.html", project=project, form=form, one=one)


@bp.get(ONE)
@requires(Permission.PARTICIPANT_READ)
def show(project_id: uuid.UUID, participant_id: uuid.UUID) -> str:
    return show_page(*person_of(project_id, participant_id), EventForm(day=today()))


def show_page(project: Project, one: Participant, form: EventForm) -> str:
    presenting.offered(form, one.model)
    steps = presenting.steps(one.model)
    return page(
        "participants/show.html",
        project=project,
        one=one,
        form=form,
        events=queries.events(one),
        title=lambda event: presenting.title(event, steps),
        model=dict(presenting.models(project)).get(one.model, one.model),
        words=words,
        may_write=may_write(project),
        reveal=RevealForm(formdata=None),
    )


@bp.post(f"{ONE}/cpr")
@requires(Permission.PARTICIPANT_WRITE)
def reveal_cpr(project_id: uuid.UUID, participant_id: uuid.UUID) -> ResponseReturnValue:
    """The whole number, once and for a purpose; it stands in this answer and nowhere else."""
    project, one = person_of(project_id, participant_id)
    limits.spend(f"reveal|{g.actor.user_id}", limits.REVEALS_PER_MINUTE)
    shown: dict[str, Any] = {"project": project, "one": one, "reveal": RevealForm()}
    if not shown["reveal"].validate():
        return page("participants/cpr.html", "number", **shown), 422
    concerning("participant", one.id, shown["reveal"].purpose.data)
    number = own_keys().open_cpr(one.cpr, table="participant", row_id=one.id)
    return page("participants/cpr.html", "number", **shown, number=number)


@bp.post(f"{ONE}/events")
@requires(Permission.PARTICIPANT_WRITE)
def record(project_id: uuid.UUID, participant_id: uuid.UUID) -> ResponseReturnValue:
    project, one = person_of(project_id, participant_id)
    form = presenting.offered(EventForm(), one.model)
    if not form.validate():
        return show_page(project, one, form), 422
    try:
        actions.record(project, one, form.told(), actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return show_page(*person_of(project_id, participant_id), form), 422
    flash(_("Gemt."), "success")
    return see_other(".show", project_id=project_id, participant_id=participant_id)


@bp.route(f"{ONE}/events/<uuid:event_id>", methods=["GET", "POST"])
@requires(Permission.PARTICIPANT_WRITE)
def replace(
    project_id: uuid.UUID, participant_id: uuid.UUID, event_id: uuid.UUID
) -> ResponseReturnValue:
    """Another takes its place, or it is struck out; what was recorded stays in the story."""
    project, one = person_of(project_id, participant_id)
    event = queries.event(one, event_id)
    names = ("kind", "day", "timing", "form", "reason")
    form = presenting.offered(
        EventForm(data={name: getattr(event, name) for name in names}), one.model
    )
    strike, is_gone = StrikeForm(), "gone" in request.form
    shown: dict[str, Any] = {"form": form, "strike": strike, "event_id": event_id}
    if request.method == "GET" or not (strike if is_gone else form).validate():
        return page("participants/event.html", project=project, one=one, **shown), (
            422 if request.method == "POST" else 200
        )
    how: dict[str, Any] = {"actor": g.actor, "at": moment()}
    try:
        if is_gone:
            key, why = strike.form_key.data, (strike.why.data or "").strip()
            actions.strike_out(project, event, key=key, reason=why, **how)
        else:
            actions.record(project, one, form.told(), replaces=event, **how)
    except Refused as refused:
        (strike if is_gone else form).show(refused.lacks)
        start_over()
        project, one = person_of(project_id, participant_id)
        return page("participants/event.html", project=project, one=one, **shown), 422
    flash(_("Rettet."), "success")
    return see_other(".show", project_id=project_id, participant_id=participant_id)


@bp.route("/<uuid:project_id>/participants/import", methods=["GET", "POST"])
@requires(Permission.PARTICIPANT_WRITE)
def take_in(project_id: uuid.UUID) -> ResponseReturnValue:
    """First every line is looked at; what was looked at without a fault is taken in."""
    project, form = opened(project_id), PeopleForm()
    shown: dict[str, Any] = {"form": form, "columns": importing.COLUMNS}
    if not form.validate_on_submit():
        told = page("participants/import.html", project=project, **shown)
        return told, 422 if form.is_submitted() else 200
    models = {name.casefold(): key for key, name in presenting.models(project)}
    towns = {
        name.casefold(): one.id
        for one in municipalities(today())
        for name in (one.name, one.short_name)
    }
    try:
        shown["lines"] = lines = importing.read(form.lines.data, models, towns, today())
        if "take" in request.form:
            how: dict[str, Any] = {"actor": g.actor, "at": moment(), "keys": own_keys()}
            number = importing.take_in(lines, project, **how)
            flash(_("%(number)d deltagere er hentet.", number=number), "success")
            return see_other(".index", project_id=project_id)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return page("participants/import.html", project=project_of(project_id), **shown), 422
    return page("participants/import.html", project=project, **shown)


@bp.route("/<uuid:project_id>/participants/export", methods=["GET", "POST"])
@requires(Permission.PARTICIPANT_WRITE)
def export(project_id: uuid.UUID) -> ResponseReturnValue:
    """Own people by name, for a purpose that stands in the log."""
    project, form = opened(project_id), PurposeForm()
    if not form.validate_on_submit():
        told = page("participants/export.html", project=project, form=form)
        return told, 422 if form.is_submitted() else 200
    limits.spend(f"export|{g.actor.user_id}", limits.EXPORTS_PER_MINUTE)
    table = presenting.table(project)
    g.trail.purpose = form.purpose.data
    g.trail.detail |= {"rows": len(table) - 1}
    name = f"deltagere-{project.reference}-{today().isoformat()}.csv"
    return attached(exporting.as_csv(table), name, exporting.CSV)
