"""The package's pages: the list is in lists.py, documents in documents.py."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements.parameters import default, plain
from portal.clock import moment, today
from portal.handovers import actions, queries, sending, words
from portal.handovers.filling import (
    drafted,
    fill_draft,
    form_of,
    more_given,
    own_keys,
    source_of,
)
from portal.handovers.forms import StepForm
from portal.handovers.meeting_forms import CallInForm
from portal.handovers.models import Handover, Kind, State
from portal.handovers.of_case import OfCase, of_case
from portal.handovers.page_forms import BackDraftForm, DraftForm, FilingForm
from portal.handovers.pages import (
    draft_page,
    last_event,
    overtaken_page,
    show_page,
    step_page,
)
from portal.handovers.step_forms import STEP_FORMS
from portal.handovers.workflow import HANDOVER
from portal.web import concerning, page, see_other, start_over
from portal.workflow import NotNow, Overtaken, Refused

bp = Blueprint("handovers", __name__, url_prefix="/handovers")


@bp.route("/new/<uuid:case_id>", methods=["GET", "POST"])
@requires(Permission.HANDOVER_WRITE)
def new(case_id: uuid.UUID) -> ResponseReturnValue:
    concerning("member_case", case_id)
    source = source_of(case_id)
    context: dict[str, Any] = {"source": source, "kinds": words.BEGUN_FROM_CASE}
    if request.method == "GET":
        return page("handovers/new.html", **context)
    if request.form.get("kind") not in [*words.BEGUN_FROM_CASE]:
        abort(400)
    kind = Kind(request.form["kind"])
    try:
        made = actions.create(
            source,
            kind=kind,
            actor=g.actor,
            at=moment(),
            default=plain(default()),
            keys=own_keys(),
        )
    except actions.AlreadyOpen as already:
        flash(_("Der er allerede en pakke i gang. Her er den."), "info")
        return see_other(".show", handover_id=already.handover_id)
    except Refused as refused:
        start_over()
        return page("handovers/new.html", chosen=kind, lacks=refused.lacks, **context), 422
    return see_other(".draft", handover_id=made.id)


@bp.app_template_global()
def packages_of_case(case_id: uuid.UUID) -> OfCase:
    """For the page of a case, which lies below this feature and cannot ask for them itself."""
    return of_case(case_id, today())


@bp.get("/<uuid:handover_id>")
@requires(Permission.HANDOVER_READ)
def show(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    return show_page(handover_id)


@bp.route("/<uuid:handover_id>/draft", methods=["GET", "POST"])
@requires(Permission.HANDOVER_WRITE)
def draft(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    handover = queries.handover(handover_id)
    if handover.state != State.DRAFT:
        return redirect(url_for(".show", handover_id=handover_id))
    written = queries.draft(handover_id)
    form = (BackDraftForm if handover.kind == Kind.RETUR else DraftForm)(obj=written)
    form.offer()
    if not form.is_submitted():
        fill_draft(form, handover, written)
        return draft_page(handover, form)
    if not form.validate():
        return draft_page(handover, form), 422
    try:
        values = drafted(form, handover)
        actions.write_draft(handover, values, version=form.version.data, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        return draft_page(handover, form), 422
    except Overtaken:
        start_over()
        mine = {name: field.data for name, field in form._fields.items() if field.data}
        return draft_page(queries.handover(handover_id), form, theirs=True, mine=mine), 409
    flash(_("Kladden er gemt."), "success")
    form.warn_of_cpr()
    if "done" in request.form:
        return see_other(".step", handover_id=handover_id, step="send")
    return see_other(".draft", handover_id=handover_id)


@bp.post("/<uuid:handover_id>/delete")
@requires(Permission.HANDOVER_WRITE)
def delete(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    handover = queries.handover(handover_id)
    case_id, former_id = handover.case_id, handover.former_id
    actions.delete_draft(handover, actor=g.actor)
    flash(_("Kladden er slettet."), "success")
    if former_id:
        return see_other(".show", handover_id=former_id)
    return see_other("cases.show", case_id=case_id)


@bp.route("/<uuid:handover_id>/steps/<step>", methods=["GET", "POST"])
@requires(Permission.HANDOVER_WRITE)
def step(handover_id: uuid.UUID, step: str) -> ResponseReturnValue:
    name = step.replace("-", "_")
    if name not in STEP_FORMS:
        abort(404)
    concerning("handover", handover_id)
    g.trail.detail["step"] = name
    handover = queries.handover(handover_id)
    form = form_of(name, handover)
    if request.method == "GET":
        return opened_step(name, handover, form)
    if not form.validate():
        return step_page(name, handover, form), 422
    try:
        taken = actions.take(
            handover,
            name,
            form.given() | more_given(name, handover),
            actor=g.actor,
            at=moment(),
            stamp=form.stamp(),
        )
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return step_page(name, queries.handover(handover_id), form), 422
    except (NotNow, Overtaken):
        start_over()
        return overtaken_page(name, handover_id, form), 409
    except sending.Unseen:
        start_over()
        return step_page(name, queries.handover(handover_id), form, unseen=True), 409
    flash(
        str(words.RECEIPTS[name]) if taken else _("Det er allerede gjort."),
        "success",
    )
    return see_other(".show", handover_id=handover_id)


def opened_step(name: str, handover: Handover, form: StepForm) -> ResponseReturnValue:
    """The step's page; from a stale tab or an old link, what happened and what can be done now."""
    try:
        HANDOVER.step(name, handover, g.actor)
    except NotNow:
        flash(_("Det er ikke muligt nu: %(last)s", last=last_event(handover.id)), "warning")
        return see_other(".show", handover_id=handover.id)
    form.show_version(handover.version)
    return step_page(name, handover, form)


@bp.route("/<uuid:handover_id>/called-in", methods=["GET", "POST"])
@requires(Permission.HANDOVER_WRITE)
def called_in(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    handover = queries.handover(handover_id)
    form = CallInForm()
    form.offer()
    meeting = queries.live_meeting(handover)
    if meeting is None:
        raise NotNow("call_in", handover.state)
    package = queries.package(handover_id, today())
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return page("handovers/called_in.html", package=package, form=form), status
    on, via = form.called_in_on.data, form.called_in_via.data
    try:
        actions.call_in(meeting, on=on, via=via, handover=handover, actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        return page("handovers/called_in.html", package=package, form=form), 422
    flash(_("Indkaldelsen er registreret."), "success")
    return see_other(".show", handover_id=handover_id)


@bp.post("/<uuid:handover_id>/filing")
@requires(Permission.HANDOVER_WRITE)
def filing(handover_id: uuid.UUID) -> ResponseReturnValue:
    """That the own side filed the package in its records: "journaliseret den …"."""
    concerning("handover", handover_id)
    handover, form = queries.handover(handover_id), FilingForm()
    if not form.validate():
        return show_page(handover_id, filing_form=form), 422
    actions.file(handover, on=form.filed_on.data, number=form.number.data, actor=g.actor)
    flash(_("Journaliseringen er registreret."), "success")
    return see_other(".show", handover_id=handover_id)
