"""The pages of gatherings: the list, one with its people and companies, and the venue's page."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import today
from portal.companies.presenting import hand, opened
from portal.gatherings import actions, presenting, queries, results, seats, words
from portal.gatherings.forms import BringForm, CancelForm, ResultForm, SignUpForm
from portal.gatherings.models import Gathering, GatheringKind
from portal.projects.models import Project
from portal.projects.queries import may_write_own_part
from portal.web import page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("gatherings", __name__, url_prefix="/projects/<uuid:project_id>/gatherings")
JSON = "application/json"


def found(project_id: uuid.UUID, gathering_id: uuid.UUID) -> tuple[Project, Gathering]:
    project = opened(project_id)
    return project, queries.gathering(project, gathering_id)


def back(one: Gathering, done: str, kind: str = "success") -> ResponseReturnValue:
    flash(done, kind)
    return see_other(".show", project_id=one.project_id, gathering_id=one.id)


@bp.get("/")
@requires(Permission.PROJECT_READ)
def index(project_id: uuid.UUID) -> str:
    project, day = opened(project_id), today()
    rows = queries.gatherings(project, day)
    may = g.actor.may(Permission.PROJECT_WRITE) and may_write_own_part(project, g.actor, day)
    told: dict[str, Any] = {
        "coming": [row for row in reversed(rows) if row.Gathering.ends_on >= day],
        "held": [row for row in rows if row.Gathering.ends_on < day],
    }
    return page("gatherings/index.html", project=project, words=words, may_write=may, **told)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def new(project_id: uuid.UUID) -> ResponseReturnValue:
    """`after` names the round before; `kind` says whether it is a course."""
    project, after = opened(project_id), request.args.get("after", type=uuid.UUID)
    before = queries.gathering(project, after) if after else None
    is_course = GatheringKind.COURSE in {request.args.get("kind"), before and before.kind}
    form = presenting.form_of(is_course=is_course, data=presenting.next_round(before))
    shown: dict[str, Any] = {"form": form, "one": None, "is_course": is_course, "after": after}
    if not form.validate_on_submit():
        return page("gatherings/edit.html", project=project, **shown), 422 if form.errors else 200
    try:
        made = actions.hold(form.given(), before, by=hand(project, g.actor))
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return page("gatherings/edit.html", project=opened(project_id), **shown), 422
    return back(made, _("Oprettet. Alle partnere kan nu tilmelde deres egne."))


@bp.route("/<uuid:gathering_id>/edit", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def edit(project_id: uuid.UUID, gathering_id: uuid.UUID) -> ResponseReturnValue:
    project, one = found(project_id, gathering_id)
    form = presenting.form_of(is_course=one.is_course, obj=one)
    if not form.validate_on_submit():
        return edit_page(project, one, form), 422 if form.errors else 200
    why = (form.why.data or "").strip() or None
    by = hand(project, g.actor)
    try:
        actions.edit(one, form.given(), why, form.revision.data, by=by)
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return edit_page(*found(project_id, gathering_id), form), 422
    except Overtaken:
        start_over()
        flash(_("Det er ændret, siden du åbnede siden."), "warning")
        project, one = found(project_id, gathering_id)
        form.revision.data = one.revision
        return edit_page(project, one, form), 409
    return back(one, _("Gemt. Alle partnere ser det, som det er nu."))


def edit_page(project: Project, one: Gathering, form: Any) -> str:
    shown: dict[str, Any] = {"form": form, "one": one, "is_course": one.is_course, "after": None}
    return page("gatherings/edit.html", project=project, **shown)


@bp.route("/<uuid:gathering_id>/cancel", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def cancel(project_id: uuid.UUID, gathering_id: uuid.UUID) -> ResponseReturnValue:
    project, one = found(project_id, gathering_id)
    form = CancelForm(revision=one.revision)
    if not form.validate_on_submit():
        told = page("gatherings/cancel.html", project=project, one=one, form=form)
        return told, 422 if form.errors else 200
    why, by = form.why.data.strip(), hand(project, g.actor)
    try:
        actions.cancel(one, why, form.revision.data, by=by)
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        project, one = found(project_id, gathering_id)
        return page("gatherings/cancel.html", project=project, one=one, form=form), 422
    except Overtaken:
        start_over()
        return back(one, _("Det er ændret, siden du åbnede siden."), "warning")
    return back(one, _("Aflyst. Alle partnere kan se hvorfor."))


@bp.get("/<uuid:gathering_id>")
@requires(Permission.PROJECT_READ)
def show(project_id: uuid.UUID, gathering_id: uuid.UUID) -> str:
    return show_page(*found(project_id, gathering_id))


def show_page(project: Project, one: Gathering, **forms: Any) -> str:
    told = presenting.of_gathering(one, hand(project, g.actor), **forms)
    return page("gatherings/show.html", project=project, one=one, **told)


@bp.post("/<uuid:gathering_id>/companies")
@requires(Permission.COMPANY_WRITE)
def bring(project_id: uuid.UUID, gathering_id: uuid.UUID) -> ResponseReturnValue:
    (project, one), form = found(project_id, gathering_id), BringForm()
    if not form.validate():
        return show_page(project, one, bring=form), 422
    try:
        actions.bring(one, form.company.data, form.jobs.data, by=hand(project, g.actor))
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return show_page(*found(project_id, gathering_id), bring=form), 422
    return back(one, _("Virksomheden kommer."))


@bp.post("/<uuid:gathering_id>/companies/<uuid:brought_id>/leave-out")
@requires(Permission.COMPANY_WRITE)
def leave_out(
    project_id: uuid.UUID, gathering_id: uuid.UUID, brought_id: uuid.UUID
) -> ResponseReturnValue:
    project, one = found(project_id, gathering_id)
    try:
        actions.leave_out(one, brought_id, by=hand(project, g.actor))
    except Refused as refused:
        start_over()
        return back(one, refused.lacks[0].text, "warning")
    return back(one, _("Virksomheden er taget ud."))


@bp.post("/<uuid:gathering_id>/seats")
@requires(Permission.PARTICIPANT_WRITE)
def sign_up(project_id: uuid.UUID, gathering_id: uuid.UUID) -> ResponseReturnValue:
    (project, one), form = found(project_id, gathering_id), SignUpForm()
    presenting.offer_people(form, one)
    if not form.validate():
        return show_page(project, one, sign_up=form), 422
    chosen = [uuid.UUID(each) for each in form.people.data]
    try:
        done = seats.sign_up(one, chosen, by=hand(project, g.actor))
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return show_page(*found(project_id, gathering_id), sign_up=form), 422
    if done.waiting:
        told = _(
            "Der er ikke flere ledige pladser. Fik plads: %(seated)d. På venteliste: %(waiting)d."
        )
        return back(one, told % {"seated": done.seated, "waiting": done.waiting}, "warning")
    return back(one, _("Tilmeldt: %(number)d.", number=done.seated))


@bp.post("/<uuid:gathering_id>/seats/<uuid:seat_id>/give-up")
@requires(Permission.PARTICIPANT_WRITE)
def give_up(
    project_id: uuid.UUID, gathering_id: uuid.UUID, seat_id: uuid.UUID
) -> ResponseReturnValue:
    project, one = found(project_id, gathering_id)
    try:
        seats.give_up(one, queries.seat(one, seat_id), by=hand(project, g.actor))
    except Refused as refused:
        start_over()
        return back(one, refused.lacks[0].text, "warning")
    return back(one, _("Afmeldt. Pladsen går til den, der har ventet længst."))


@bp.get("/<uuid:gathering_id>/venue")
@requires(Permission.PARTICIPANT_WRITE)
def venue(project_id: uuid.UUID, gathering_id: uuid.UUID) -> str:
    project, one = found(project_id, gathering_id)
    return page("gatherings/venue.html", project=project, one=one, **presenting.venue(one))


@bp.post("/<uuid:gathering_id>/venue/<uuid:seat_id>")
@requires(Permission.PARTICIPANT_WRITE)
def enter(
    project_id: uuid.UUID, gathering_id: uuid.UUID, seat_id: uuid.UUID
) -> ResponseReturnValue:
    """A form of the page, or the page's script, which asks for its answer as JSON."""
    project, one = found(project_id, gathering_id)
    seat, form = queries.seat(one, seat_id), ResultForm(of=one, seat_id=seat_id)
    form.offer((row.company_id, row.name) for row in queries.companies(one))
    if not form.validate():
        return refused_entry(project, one, form, seat_id)
    try:
        results.enter(one, seat, form.told(), by=hand(project, g.actor))
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return refused_entry(*found(project_id, gathering_id), form, seat_id)
    if wants_json():
        return jsonify(done=True)
    flash(_("Gemt."), "success")
    return see_other(".venue", project_id=project_id, gathering_id=gathering_id)


def wants_json() -> bool:
    return request.accept_mimetypes.best == JSON


def refused_entry(
    project: Project, one: Gathering, form: ResultForm, seat_id: uuid.UUID
) -> ResponseReturnValue:
    if wants_json():
        told = [*form.form_errors, *(text for field in form for text in field.errors)]
        return jsonify(lacks=[str(text) for text in told]), 422
    shown = presenting.venue(one, form, seat_id)
    return page("gatherings/venue.html", project=project, one=one, **shown), 422
