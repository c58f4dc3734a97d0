"""The projects of a council's area: on one page, one by one, and as papers. Nothing is changed."""

import uuid

from flask import Blueprint, Response, g, request
from flask_babel import force_locale

from portal import limits, pdf
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.council import area, overview, papers, tables, words
from portal.council.project_papers import paper_of
from portal.handovers.document_views import attached
from portal.handovers.export import EXCEL
from portal.organisations.queries import name_on
from portal.projects import queries
from portal.projects.models import Project
from portal.projects.queries import Parts
from portal.web import concerning, page

bp = Blueprint("council_projects", __name__, url_prefix="/council-projects")
PDF = "application/pdf"


@bp.get("/")
@requires(Permission.FIGURES_READ)
def index() -> str:
    asked, day = overview.asked(request.args), today()
    found = area.area(g.actor.organisation_id, asked, day)
    return page("council/projects.html", "rows", **overview.of_page(found, asked, day))


@bp.get("/beside")
@requires(Permission.FIGURES_READ)
def beside() -> str:
    """Agreements in force and published indicators: of others, and so asked for by themselves."""
    return page(
        "council/beside.html",
        "beside",
        agreements=tables.agreements(today()),
        indicators=tables.indicators(g.actor.organisation_id),
        limits=words.limits(today()),
    )


@bp.get("/paper.<any(pdf, xlsx):form>")
@requires(Permission.FIGURES_READ)
def paper(form: str) -> Response:
    """Of the projects that the filters leave, with agreements and indicators."""
    limits.spend(f"export|{g.actor.user_id}", limits.EXPORTS_PER_MINUTE)
    asked, day = overview.asked(request.args), today()
    with force_locale("da"):  # what leaves the house is Danish
        found = area.area(g.actor.organisation_id, asked, day, papers.MOST)
        more = tables.passages(g.actor.organisation_id, day)
        made = papers.of_area(found, asked, own_name(), day, more)
        if form == "xlsx":
            told, kind = papers.workbook(made, found), EXCEL
        else:
            told, kind = pdf.render("paper", made, at=moment().now), PDF
    g.trail.detail["rows"] = len(found.lines)
    return attached(told, f"projekter-{day}.{form}", kind)


def own_name() -> str:
    return name_on(g.actor.organisation_id, today())


# --- One project ---


def opened(project_id: uuid.UUID) -> Project:
    concerning("project", project_id)
    return queries.project(project_id)


def told_of(project: Project) -> tuple[pdf.Paper, Parts]:
    return paper_of(project, g.actor.organisation_id, today())


@bp.get("/<uuid:project_id>")
@requires(Permission.FIGURES_READ)
def show(project_id: uuid.UUID) -> str:
    project = opened(project_id)
    made, _parts = told_of(project)
    may_open = g.actor.may(Permission.PROJECT_READ)
    return page("council/project.html", project=project, paper=made, may_open=may_open)


@bp.get("/<uuid:project_id>/paper.<any(pdf, xlsx):form>")
@requires(Permission.FIGURES_READ)
def project_paper(project_id: uuid.UUID, form: str) -> Response:
    project = opened(project_id)
    with force_locale("da"):
        made, parts = told_of(project)
        if form == "xlsx":
            told, kind = papers.project_workbook(made, parts), EXCEL
        else:
            told, kind = pdf.render("paper", made, at=moment().now), PDF
    return attached(told, f"projekt-{project.reference}.{form}", kind)
