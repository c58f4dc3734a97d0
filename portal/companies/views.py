"""The pages of a project's companies: the list, one company, a file in and out, the figures."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access import Permission, requires
from portal.clock import now, today
from portal.companies import actions, importing, numbers, presenting, queries
from portal.companies.forms import (
    AnswerForm,
    CompanyForm,
    HandOverForm,
    ImportForm,
    NeedForm,
    NoteForm,
)
from portal.companies.models import Company, ContactKind
from portal.companies.presenting import hand, opened
from portal.handovers.export import as_csv
from portal.lines import Unreadable
from portal.projects.models import Project
from portal.projects.queries import may_write_own_part
from portal.web import page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("companies", __name__, url_prefix="/projects/<uuid:project_id>/companies")


def may_write(project: Project) -> bool:
    writes = g.actor.may(Permission.COMPANY_WRITE)
    return bool(writes and may_write_own_part(project, g.actor, today()))


@bp.get("/")
@requires(Permission.PROJECT_READ)
def index(project_id: uuid.UUID) -> str:
    project = opened(project_id)
    asked = presenting.asked(request.args)
    return page(
        "companies/index.html",
        "rows",
        project=project,
        found=queries.companies(project, asked, g.actor, today()),
        asked=asked,
        may_write=may_write(project),
        **presenting.of_list(project, asked),
    )


@bp.get("/export")
@requires(Permission.COMPANY_WRITE)
def as_file(project_id: uuid.UUID) -> Response:
    """What the list shows, as a file that the import reads again."""
    project = opened(project_id)
    rows = queries.every(project, presenting.asked(request.args), g.actor, today())
    answer = Response(as_csv(presenting.table(rows)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{project.reference}.csv")
    return answer


@bp.get("/figures")
@requires(Permission.PROJECT_READ)
def figures(project_id: uuid.UUID) -> str:
    project = opened(project_id)
    rows = queries.figures(project, now(), today())
    return page("companies/figures.html", project=project, rows=rows)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def new(project_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    form = presenting.offering(CompanyForm(ours=True))
    if not form.validate_on_submit():
        return edit_page(project, form), 422 if form.errors else 200
    by = hand(project, g.actor)
    try:
        made = actions.register(form.cvr.data, form.given(), bool(form.ours.data), by=by)
    except Refused as refused:
        return refused_form(project_id, form, refused)
    flash(_("Virksomheden er registreret."), "success")
    return see_other(".show", project_id=project_id, company_id=made.id)


def edit_page(project: Project, form: CompanyForm, one: Company | None = None) -> str:
    return page("companies/edit.html", project=project, form=form, one=one)


def refused_form(
    project_id: uuid.UUID, form: CompanyForm, refused: Refused, company_id: uuid.UUID | None = None
) -> ResponseReturnValue:
    start_over()
    form.show(refused.lacks)
    project = opened(project_id)
    one = queries.company(project, company_id) if company_id else None
    return edit_page(project, form, one), 422


@bp.route("/<uuid:company_id>/edit", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def edit(project_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    one = queries.company(project, company_id)
    form = presenting.offering(CompanyForm(data=presenting.filled(one)))
    if not form.validate_on_submit():
        return edit_page(project, form, one), 422 if form.errors else 200
    try:
        actions.edit(one, form.given(), form.revision.data, by=hand(project, g.actor))
    except Refused as refused:
        return refused_form(project_id, form, refused, company_id)
    except Overtaken:
        return overtaken(project_id, company_id)
    flash(_("Virksomheden er rettet."), "success")
    return see_other(".show", project_id=project_id, company_id=company_id)


@bp.get("/<uuid:company_id>")
@requires(Permission.PROJECT_READ)
def show(project_id: uuid.UUID, company_id: uuid.UUID) -> str:
    return show_page(project_id, company_id)


def show_page(project_id: uuid.UUID, company_id: uuid.UUID, **forms: Any) -> str:
    """The company with everything that can be done about it; `forms` has what was refused."""
    project = opened(project_id)
    one = queries.company(project, company_id)
    whole = queries.whole(one, today())
    fresh = {
        "note_form": NoteForm(formdata=None),
        "answer_form": AnswerForm(formdata=None, answered_on=today()),
        "need_form": NeedForm(formdata=None),
    }
    told = presenting.of_company(one, whole, hand(project, g.actor))
    is_test = numbers.is_test(one.cvr)
    return page("companies/show.html", is_test=is_test, **{**fresh, **told, **forms})


def overtaken(project_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    start_over()
    flash(_("Virksomheden er ændret, siden du åbnede siden. Se den, som den er nu."), "warning")
    return show_page(project_id, company_id), 409


def carried_out(
    project_id: uuid.UUID,
    company_id: uuid.UUID,
    act: Callable[[Company, actions.Hand], None],
    done: str,
    **forms: Any,
) -> ResponseReturnValue:
    """Something about one company: done and told, or refused at its field on the page."""
    project = opened(project_id)
    one = queries.company(project, company_id)
    if any(form.errors for form in forms.values()):
        return show_page(project_id, company_id, **forms), 422
    try:
        act(one, hand(project, g.actor))
    except Refused as refused:
        start_over()
        for form in forms.values():
            form.show(refused.lacks)
        if not forms:
            flash(refused.lacks[0].text, "warning")
        return show_page(project_id, company_id, **forms), 422
    except Overtaken:
        return overtaken(project_id, company_id)
    flash(done, "success")
    return see_other(".show", project_id=project_id, company_id=company_id)


@bp.post("/<uuid:company_id>/take")
@requires(Permission.COMPANY_WRITE)
def take(project_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    def act(one: Company, by: actions.Hand) -> None:
        actions.take(one, by=by)

    return carried_out(project_id, company_id, act, _("I kontakter nu virksomheden."))


@bp.post("/<uuid:company_id>/ask")
@requires(Permission.COMPANY_WRITE)
def ask(project_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    def act(one: Company, by: actions.Hand) -> None:
        actions.ask(one, by=by)

    return carried_out(project_id, company_id, act, _("Virksomheden er spurgt i dag."))


@bp.post("/<uuid:company_id>/note")
@requires(Permission.COMPANY_WRITE)
def note(project_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    form = NoteForm()
    form.validate()

    def act(one: Company, by: actions.Hand) -> None:
        actions.note(one, ContactKind(form.kind.data), form.text.data.strip(), by=by)
        form.warn_of_cpr()

    return carried_out(project_id, company_id, act, _("Kontakten er noteret."), note_form=form)


@bp.post("/<uuid:company_id>/answer")
@requires(Permission.COMPANY_WRITE)
def answer(project_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    form = AnswerForm()
    form.validate()

    def act(one: Company, by: actions.Hand) -> None:
        text = (form.answer.data or "").strip() or None
        actions.answer(one, form.interested.data == "yes", form.answered_on.data, text, by=by)

    return carried_out(project_id, company_id, act, _("Svaret er gemt."), answer_form=form)


@bp.post("/<uuid:company_id>/needs")
@requires(Permission.COMPANY_WRITE)
def add_need(project_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    form = NeedForm()
    form.validate()

    def act(one: Company, by: actions.Hand) -> None:
        actions.add_need(one, form.need(), by=by)

    return carried_out(project_id, company_id, act, _("Behovet er gemt."), need_form=form)


@bp.post("/<uuid:company_id>/needs/<uuid:need_id>/remove")
@requires(Permission.COMPANY_WRITE)
def remove_need(
    project_id: uuid.UUID, company_id: uuid.UUID, need_id: uuid.UUID
) -> ResponseReturnValue:
    def act(one: Company, by: actions.Hand) -> None:
        actions.remove_need(one, need_id, by=by)

    return carried_out(project_id, company_id, act, _("Behovet er slettet."))


@bp.route("/<uuid:company_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def hand_over(project_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    one = queries.company(project, company_id)
    form = HandOverForm()
    presenting.offer_partners(form, one, project)
    if not form.validate_on_submit():
        return hand_over_page(project, one, form), 422 if form.errors else 200
    text = (form.text.data or "").strip() or None
    try:
        actions.hand_over(one, form.chosen(), text, by=hand(project, g.actor))
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        project = opened(project_id)
        return hand_over_page(project, queries.company(project, company_id), form), 422
    except Overtaken:
        return overtaken(project_id, company_id)
    flash(
        _("Virksomheden er overdraget.") if form.to.data else _("Virksomheden er fri."), "success"
    )
    return see_other(".show", project_id=project_id, company_id=company_id)


def hand_over_page(project: Project, one: Company, form: HandOverForm) -> str:
    return page("companies/hand_over.html", project=project, one=one, form=form)


@bp.post("/ask-all")
@requires(Permission.COMPANY_WRITE)
def ask_all(project_id: uuid.UUID) -> ResponseReturnValue:
    number = actions.ask_all(by=hand(opened(project_id), g.actor))
    told = ngettext(
        "%(num)d virksomhed er spurgt i dag.", "%(num)d virksomheder er spurgt i dag.", number
    )
    flash(told, "success")
    return see_other(".index", project_id=project_id, show="waiting")


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def take_in(project_id: uuid.UUID) -> ResponseReturnValue:
    """First every line is looked at; what was looked at is taken in when asked for again."""
    project = opened(project_id)
    form, by = ImportForm(), hand(project, g.actor)
    shown: dict[str, Any] = {"project": project, "form": form, "columns": importing.COLUMNS}
    if not form.validate_on_submit():
        return page("companies/import.html", **shown), 422 if form.is_submitted() else 200
    try:
        report = importing.read(form.lines.data, by=by)
    except Unreadable as error:
        form.lines.errors = [str(error)]
        return page("companies/import.html", **shown), 422
    shown["report"] = report
    is_ready = report.rows and (form.leave_out.data or not report.faults)
    if "take" not in request.form or not is_ready:
        return page("companies/import.html", **shown), 422 if "take" in request.form else 200
    number = importing.take_in(report, bool(form.ours.data), by=by)
    g.trail.detail = {"rows": number, "left_out": report.faulty_lines}
    told = ngettext("%(num)d virksomhed er hentet.", "%(num)d virksomheder er hentet.", number)
    flash(told, "success")
    return see_other(".index", project_id=project_id)
