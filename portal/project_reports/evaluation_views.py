"""The pages of an evaluation: models side by side, its words, recommendations, and the booklet."""

import uuid
from typing import Any

from flask import Blueprint, Response, abort, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import pdf
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers.document_views import attached
from portal.project_reports import booklet, evaluating
from portal.project_reports.evaluation_forms import (
    EvaluationForm,
    FinishForm,
    RecommendationForm,
)
from portal.project_reports.views import opened
from portal.projects.models import Project
from portal.projects.queries import may_write_own_part
from portal.web import page, see_other, start_over
from portal.workflow import NotNow, Overtaken, Refused

bp = Blueprint("evaluations", __name__, url_prefix="/projects/<uuid:project_id>/evaluation")


@bp.get("/")
@requires(Permission.PROJECT_READ)
def show(project_id: uuid.UUID) -> str:
    return show_page(opened(project_id))


def show_page(project: Project, form: FinishForm | None = None) -> str:
    one = evaluating.evaluation(project)
    may_write = g.actor.may(Permission.PROJECT_WRITE)
    is_open = not (one and one.is_finished)
    mine = may_write and is_open and may_write_own_part(project, g.actor, today())
    told: dict[str, Any] = {
        "may_lead": may_write and is_open and evaluating.leads(project),
        "may_recommend": mine,
        "own": [each for each in evaluating.recommendations(project)
                if mine and each.organisation_id == g.actor.organisation_id],
        "form": form or FinishForm(formdata=None, revision=one.revision if one else None),
    }  # fmt: skip
    shown = booklet.of_page(project, one, moment())
    return page("project_reports/evaluation.html", project=project, **told, **shown)


@bp.route("/edit", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def write(project_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    one = evaluating.evaluation(project)
    if not evaluating.leads(project) or one and one.is_finished:
        raise NotNow("evaluation", project.state)
    form = EvaluationForm(obj=one)
    if not form.validate_on_submit():
        shown = page("project_reports/evaluation_edit.html", project=project, form=form)
        return shown, 422 if form.errors else 200
    words_ = form.summary.data.strip(), (form.lessons.data or "").strip()
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "version": form.revision.data}
    try:
        evaluating.write(project, *words_, **how)
    except Overtaken:
        return overtaken(project_id)
    form.warn_of_cpr()
    flash(_("Evalueringen er gemt som kladde. Partnerne kan læse den."), "success")
    return see_other(".show", project_id=project_id)


def overtaken(project_id: uuid.UUID) -> ResponseReturnValue:
    start_over()
    flash(_("Evalueringen er ændret, siden du åbnede siden. Se den, som den er nu."), "warning")
    return show_page(opened(project_id)), 409


@bp.route("/recommendations/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def recommend(project_id: uuid.UUID) -> ResponseReturnValue:
    project, form = opened(project_id), RecommendationForm()
    if not form.validate_on_submit():
        evaluating.refuse_finished(project)
        shown = page("project_reports/recommend.html", project=project, form=form)
        return shown, 422 if form.errors else 200
    told = form.whom.data.strip(), form.text.data.strip()
    evaluating.recommend(project, *told, actor=g.actor, at=moment())
    form.warn_of_cpr()
    flash(_("Anbefalingen er gemt."), "success")
    return see_other(".show", project_id=project_id)


@bp.post("/recommendations/<uuid:recommendation_id>/remove")
@requires(Permission.PROJECT_WRITE)
def take_back(project_id: uuid.UUID, recommendation_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    evaluating.take_back(project, recommendation_id, actor=g.actor, at=moment())
    flash(_("Anbefalingen er slettet."), "success")
    return see_other(".show", project_id=project_id)


@bp.post("/finish")
@requires(Permission.PROJECT_WRITE)
def finish(project_id: uuid.UUID) -> ResponseReturnValue:
    project, form = opened(project_id), FinishForm()
    try:
        how: dict[str, Any] = {"actor": g.actor, "at": moment(), "version": form.revision.data}
        evaluating.finish(project, **how)
    except Refused as refused:
        start_over()
        flash(refused.lacks[0].text, "warning")
        return show_page(opened(project_id)), 422
    except Overtaken:
        return overtaken(project_id)
    flash(_("Evalueringen er færdig. Rådet for området kan læse den."), "success")
    return see_other(".show", project_id=project_id)


@bp.get("/booklet")
@requires(Permission.PROJECT_READ)
def paper(project_id: uuid.UUID) -> Response:
    """404 before there is one that the reader may read."""
    project, at = opened(project_id), moment()
    one = evaluating.evaluation(project)
    if one is None:
        abort(404)
    with force_locale("da"):  # what leaves the house is Danish
        told = booklet.paper(project, one, at)
        made = pdf.render("booklet", told, at=one.finished_at or at.now)
    return attached(made, f"{project.reference}-evaluering.pdf")
