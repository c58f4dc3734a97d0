"""The money of a project: its page, one line of it, and from and to a file."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import limits
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.fields import LinesForm
from portal.handovers.document_views import attached
from portal.handovers.export import as_csv
from portal.organisations.queries import names_on
from portal.projects import budget, catalogue, presenting, queries
from portal.projects.models import Project
from portal.projects.part_forms import AmountsForm, BudgetForm
from portal.projects.steering_views import leading
from portal.projects.views import opened, overtaken
from portal.web import page, see_other, start_over
from portal.workflow import NotNow, Overtaken, Refused

bp = Blueprint("project_budget", __name__, url_prefix="/projects")
CSV = "text/csv; charset=utf-8"


def names_of(project: Project) -> dict[uuid.UUID, str]:
    """The partners' names, also of those who have left: their money stands."""
    return names_on({one.organisation_id for one in project.partners}, today())


@bp.get("/<uuid:project_id>/budget")
@requires(Permission.PROJECT_READ)
def index(project_id: uuid.UUID) -> str:
    project = opened(project_id)
    rows, at = budget.lines(project), moment()
    writes = g.actor.may(Permission.PROJECT_WRITE)
    return page(
        "projects/budget.html",
        project=project,
        rows=rows,
        total=budget.total(rows),
        years=[
            (year, budget.total(one for one in rows if one.year == year))
            for year in sorted({one.year for one in rows})
        ],
        names=names_of(project),
        fund_names=dict(presenting.choices(catalogue.funds())),
        may_lead=writes and queries.leads(project, g.actor),
        open_to={one.id for one in rows if budget.may_change(project, one, g.actor, at)}
        if writes
        else set(),
        kroner=presenting.kroner,
    )


@bp.route("/<uuid:project_id>/budget/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def new(project_id: uuid.UUID) -> ResponseReturnValue:
    project = leading(project_id)
    form = offering(BudgetForm(year=today().year), project)
    if not form.validate_on_submit():
        return line_page(project, form, None)
    key = uuid.UUID(form.holder_id.data), form.fund.data, form.year.data
    try:
        budget.add(project, *key, form.money(), actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return line_page(queries.project(project_id), form, None)
    return kept(project_id)


def offering(form: BudgetForm, project: Project) -> BudgetForm:
    names = names_of(project)
    live = {one.organisation_id: names[one.organisation_id] for one in project.partners
            if one.is_live}  # fmt: skip
    form.offer(presenting.choices(catalogue.funds()), live.items())
    return form


def line_page(project: Project, form: Any, one: Any) -> ResponseReturnValue:
    shown: dict[str, Any] = {
        "names": names_of(project),
        "may_lead": queries.leads(project, g.actor),
    }
    shown["fund_names"] = dict(presenting.choices(catalogue.funds()))
    status = 422 if form.errors else 200
    return page("projects/budget_line.html", project=project, form=form, one=one, **shown), status


def kept(project_id: uuid.UUID) -> ResponseReturnValue:
    flash(_("Budgettet er gemt."), "success")
    return see_other(".index", project_id=project_id)


@bp.route("/<uuid:project_id>/budget/<uuid:line_id>", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def line(project_id: uuid.UUID, line_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    one = budget.line(project, line_id)
    if not budget.may_change(project, one, g.actor, moment()):
        raise NotNow("budget", project.state)
    form = AmountsForm(obj=one)
    if not queries.leads(project, g.actor):
        form.granted.data, form.granted.validators, form.granted.raw_data = one.granted, (), None
    if not form.validate_on_submit():
        return line_page(project, form, one)
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "version": form.revision.data}
    try:
        budget.change(project, one, form.money(), **how)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        project = queries.project(project_id)
        return line_page(project, form, budget.line(project, line_id))
    except Overtaken:
        return overtaken(project_id)
    return kept(project_id)


@bp.post("/<uuid:project_id>/budget/<uuid:line_id>/remove")
@requires(Permission.PROJECT_WRITE)
def remove(project_id: uuid.UUID, line_id: uuid.UUID) -> ResponseReturnValue:
    project = leading(project_id)
    try:
        budget.remove(project, budget.line(project, line_id), actor=g.actor)
    except Refused as refused:
        start_over()
        flash(refused.lacks[0].text, "warning")
        return see_other(".index", project_id=project_id)
    return kept(project_id)


@bp.route("/<uuid:project_id>/budget/import", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def take_in(project_id: uuid.UUID) -> ResponseReturnValue:
    """First every line is looked at; what was looked at without a fault is taken in."""
    project, form = leading(project_id), LinesForm()
    shown: dict[str, Any] = {"form": form, "columns": budget.COLUMNS, "project": project}
    if not form.validate_on_submit():
        return page("projects/budget_import.html", **shown), 422 if form.errors else 200
    try:
        lines = budget.read(form.lines.data, project, names_of(project))
        shown["lines"] = lines
        if "take" not in request.form:
            return page("projects/budget_import.html", **shown)
        number = budget.take_in(project, lines, actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        shown["project"] = queries.project(project_id)
        return page("projects/budget_import.html", **shown), 422
    flash(_("%(number)d linjer er hentet ind i budgettet.", number=number), "success")
    return see_other(".index", project_id=project_id)


@bp.get("/<uuid:project_id>/budget.csv")
@requires(Permission.PROJECT_READ)
def as_file(project_id: uuid.UUID) -> Response:
    project = opened(project_id)
    limits.spend(f"export|{g.actor.user_id}", limits.EXPORTS_PER_MINUTE)
    rows = budget.lines(project)
    g.trail.detail["rows"] = len(rows)
    made = as_csv(budget.table(rows, names_of(project)))
    return attached(made, f"budget-{project.reference}.csv", CSV)
