"""The pages of status reports: the list, one as it stands, the lead's words, and the answer."""

import uuid
from typing import Any

from flask import Blueprint, Response, abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import pdf
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers.document_views import attached
from portal.project_reports import actions, facts, presenting, queries, words
from portal.project_reports.forms import AnswerForm, CertifyForm, PeriodForm, ReportForm
from portal.project_reports.models import ProjectReport, ProjectReportVersion
from portal.project_reports.workflow import REPORT
from portal.projects.models import Project
from portal.projects.queries import project as project_of
from portal.web import concerning, page, see_other, start_over
from portal.workflow import NotNow, Overtaken, Refused

bp = Blueprint("project_reports", __name__, url_prefix="/projects/<uuid:project_id>/reports")
ONE = "/<uuid:report_id>"


def opened(project_id: uuid.UUID) -> Project:
    concerning("project", project_id)
    return project_of(project_id)


def report_of(project_id: uuid.UUID, report_id: uuid.UUID) -> ProjectReport:
    concerning("project", project_id)
    return queries.report(project_id, report_id)


@bp.get("/")
@requires(Permission.PROJECT_READ)
def index(project_id: uuid.UUID) -> str:
    project = opened(project_id)
    found = queries.reports(project)
    may = g.actor.may(Permission.PROJECT_WRITE) and actions.may_begin(project)
    is_open = bool(found) and found[0].state != "accepted"
    told: dict[str, Any] = {"words": words, "today": today(), "may_begin": may and not is_open}
    return page("project_reports/index.html", project=project, reports=found, **told)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def new(project_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    if not actions.may_begin(project):
        raise NotNow("begin", project.state)
    first, last = actions.next_period(project, today())
    form = PeriodForm(first_day=first, last_day=last)
    if not form.validate_on_submit():
        shown = page("project_reports/new.html", project=project, form=form)
        return shown, 422 if form.errors else 200
    try:
        made = actions.begin(project, *form.period(), actor=g.actor, at=moment())
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return page("project_reports/new.html", project=opened(project_id), form=form), 422
    return see_other(".write", project_id=project_id, report_id=made.id)


@bp.get(ONE)
@requires(Permission.PROJECT_READ)
def show(project_id: uuid.UUID, report_id: uuid.UUID) -> str:
    return show_page(report_of(project_id, report_id))


def show_page(report: ProjectReport, lacks: Any = ()) -> str:
    """The version that is asked for, else the newest; a draft as it would be today."""
    text, versions = queries.text(report), queries.versions(report)
    steps = [one.name for one in REPORT.open_steps(report, g.actor)]
    chosen = version_of(versions, request.args.get("version", type=int))
    is_draft = "edit" in steps and "version" not in request.args
    before = queries.before(report)
    if is_draft:
        told = facts.gathered(report, text.words if text else {}, moment())
        until = queries.published_until()
    elif chosen:
        told, until = chosen.content, chosen.until
    else:
        told, until = None, None
    people = presenting.people(report.project, until)
    earlier = before.content if before else None
    return page(
        "project_reports/show.html",
        project=report.project,
        report=report,
        version=None if is_draft else chosen,
        versions=versions,
        sections=presenting.sections(told, earlier, people) if told else [],
        compared=before is not None,
        steps=steps,
        events=timeline(report),
        form=AnswerForm(formdata=None, revision=report.revision),
        lacks=lacks,
        words=words,
        today=today(),
    )


def version_of(versions: Any, number: int | None) -> ProjectReportVersion | None:
    if number is None:
        return versions[0] if versions else None
    found = [one for one in versions if one.number == number]
    if not found:
        abort(404)
    return found[0]  # type: ignore[no-any-return]  # of a sequence of versions


def timeline(report: ProjectReport) -> list[dict[str, Any]]:
    return [
        {"at": one.at, "title": str(words.HAPPENED[one.step]), "by": one.person, "note": one.reason}
        for one in queries.events(report)
    ]


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def write(project_id: uuid.UUID, report_id: uuid.UUID) -> ResponseReturnValue:
    report = report_of(project_id, report_id)
    REPORT.step("edit", report, g.actor)
    text = queries.text(report)
    known = {**(text.words if text else {}), "revision": text.revision if text else None}
    form = ReportForm(data=known | {"first_day": report.first_day, "last_day": report.last_day})
    if not form.validate_on_submit():
        return write_page(report, form)
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "version": form.revision.data}
    try:
        actions.write(report, *form.period(), form.words(), **how)
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return write_page(report_of(project_id, report_id), form)
    except Overtaken:
        return overtaken(project_id, report_id)
    form.warn_of_cpr()
    flash(_("Kladden er gemt. Kun tovholderen kan se den."), "success")
    return see_other(".show", project_id=project_id, report_id=report_id)


def write_page(report: ProjectReport, form: ReportForm) -> ResponseReturnValue:
    told: dict[str, Any] = {"project": report.project, "report": report, "form": form}
    return page("project_reports/write.html", **told), 422 if form.errors else 200


def overtaken(project_id: uuid.UUID, report_id: uuid.UUID) -> ResponseReturnValue:
    start_over()
    flash(_("Rapporten er ændret, siden du åbnede siden. Se den, som den er nu."), "warning")
    return show_page(report_of(project_id, report_id)), 409


@bp.route(f"{ONE}/certify", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def certify(project_id: uuid.UUID, report_id: uuid.UUID) -> ResponseReturnValue:
    report, form = report_of(project_id, report_id), CertifyForm()
    if request.method == "GET":
        REPORT.step("certify", report, g.actor)
        return certify_page(report, CertifyForm(formdata=None, revision=report.revision))
    if not form.validate():
        return certify_page(report, form)
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "stamp": form.stamp}
    try:
        actions.certify(report, form.next_report_on.data, **how)
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return certify_page(report_of(project_id, report_id), form)
    except Overtaken:
        return overtaken(project_id, report_id)
    flash(_("Rapporten er attesteret og sendt."), "success")
    return see_other(".show", project_id=project_id, report_id=report_id)


def certify_page(report: ProjectReport, form: CertifyForm) -> ResponseReturnValue:
    told: dict[str, Any] = {"project": report.project, "report": report, "form": form}
    return page("project_reports/certify.html", **told), 422 if form.errors else 200


@bp.route(f"{ONE}/<any(send_back, accept):step>", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def answer(project_id: uuid.UUID, report_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Sending back asks for a reason on a page of its own; accepting is a button."""
    report, form = report_of(project_id, report_id), AnswerForm()
    if request.method == "GET":
        REPORT.step(step, report, g.actor)
        return answer_page(report, step, AnswerForm(formdata=None, revision=report.revision))
    if not form.validate():
        return answer_page(report, step, form)
    reason, how = (form.reason.data or "").strip(), {"actor": g.actor, "at": moment()}
    try:
        actions.answer(report, step, reason, **how, stamp=form.stamp)
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return answer_page(report_of(project_id, report_id), step, form)
    except Overtaken:
        return overtaken(project_id, report_id)
    flash(str(words.DONE[step]), "success")
    return see_other(".show", project_id=project_id, report_id=report_id)


def answer_page(report: ProjectReport, step: str, form: AnswerForm) -> ResponseReturnValue:
    told: dict[str, Any] = {"project": report.project, "report": report, "form": form, "step": step}
    return page("project_reports/answer.html", **told), 422 if form.errors else 200


@bp.get(f"{ONE}/versions/<uuid:certified_id>")
@requires(Permission.PROJECT_READ)
def paper(project_id: uuid.UUID, report_id: uuid.UUID, certified_id: uuid.UUID) -> Response:
    """A certified version as a document, with numbers of people as the reader may see them."""
    report = report_of(project_id, report_id)
    version = queries.version(report, certified_id)
    before = queries.before(report)
    with force_locale("da"):  # what leaves the house is Danish
        told = presenting.paper(report, version, before.content if before else None)
        made = pdf.render("paper", told, at=version.certified_at)
    name = f"{report.project.reference}-R{report.number}-{version.number}.pdf"
    return attached(made, name)
