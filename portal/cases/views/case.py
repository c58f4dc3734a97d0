"""One case: its page, its form, its number, and its end."""

import uuid
from typing import Any

from flask import flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import cpr, limits, web
from portal.access import Permission, requires
from portal.cases import actions, places
from portal.cases.actions import Member, Outdated
from portal.cases.blueprint import about, bp, changing, own_keys, shown
from portal.cases.forms import CloseForm, EditForm, RegisterForm, RevealForm
from portal.cases.models import CaseState, MemberCase
from portal.cases.overview import overview
from portal.clock import now, today
from portal.organisations.queries import municipalities
from portal.web import page, see_other
from portal.workflow import Refused


@bp.get("/<uuid:case_id>")
@requires(Permission.CASE_READ)
def show(case_id: uuid.UUID) -> str:
    web.concerning("member_case", case_id)
    seen = overview(case_id, fund=current_user.organisation_slug, keys=own_keys(), day=today())
    shown(seen.file.case)
    return page(
        "cases/show.html",
        seen=seen,
        reveal=RevealForm(None),
        closing=CloseForm(None),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.CASE_WRITE)
def new() -> ResponseReturnValue:
    form = RegisterForm(today=today(), adviser_id=g.actor.user_id)
    form.offer(municipalities(today()))
    form.offer_places(places.advisers(today()), places.units(g.actor.organisation_id, today()))
    if form.validate_on_submit():
        try:
            return registered(form)
        except Refused as refused:
            form.show(refused.lacks)
    return page("cases/new.html", form=form), 422 if form.is_submitted() else 200


def registered(form: RegisterForm) -> ResponseReturnValue:
    case = actions.register(
        Member(**form.given()),
        fund=current_user.organisation_slug,
        keys=own_keys(),
        actor=g.actor,
        today=today(),
    )
    web.concerning("member_case", case.id)
    flash(_("Sagen er oprettet."), "success")
    hint_at_cpr(form)
    return see_other(".show", case_id=case.id)


@bp.route("/<uuid:case_id>/edit", methods=["GET", "POST"])
@requires(Permission.CASE_WRITE)
def edit(case_id: uuid.UUID) -> ResponseReturnValue:
    case = changing(case_id) if request.method == "POST" else about(case_id)
    form = EditForm(today=today(), data=None if request.method == "POST" else typed(case))
    form.offer(municipalities(today()))
    if form.validate_on_submit():
        try:
            return edited(case, form)
        except Refused as refused:
            form.show(refused.lacks)
        except Outdated:
            form.compare(theirs := typed(case))
            return edit_page(case, form, theirs), 409
    return edit_page(case, form), 422 if form.is_submitted() else 200


def edited(case: MemberCase, form: EditForm) -> ResponseReturnValue:
    actions.edit(
        case,
        Member(**form.given()),
        version=form.version.data or 0,
        fund=current_user.organisation_slug,
        forget_cpr=form.forget_cpr.data,
        keys=own_keys(),
    )
    flash(_("Ændringerne er gemt."), "success")
    hint_at_cpr(form)
    return see_other(".show", case_id=case.id)


def edit_page(case: MemberCase, form: EditForm, theirs: dict[str, Any] | None = None) -> str:
    number = own_keys().open_cpr(case.cpr, table="member_case", row_id=case.id)
    return page("cases/edit.html", case=case, form=form, theirs=theirs, cpr=number)


def typed(case: MemberCase) -> dict[str, Any]:
    """The case as its form shows it; the number is never put into a field."""
    names = "name municipality_id phone email benefit_start weekly_hours trial own_reference"
    values = {name: getattr(case, name) for name in names.split()}
    return values | {"municipality_id": str(case.municipality_id), "version": case.version}


def hint_at_cpr(form: RegisterForm | EditForm) -> None:
    for hint in cpr.hints(form.cpr.number) if form.cpr.number else ():
        flash(_(hint), "info")


@bp.post("/<uuid:case_id>/cpr")
@requires(Permission.CPR_REVEAL)
def reveal_cpr(case_id: uuid.UUID) -> ResponseReturnValue:
    limits.spend(f"reveal|{g.actor.user_id}", limits.REVEALS_PER_MINUTE)
    case, form = about(case_id), RevealForm()
    if not form.validate():
        return page("cases/cpr.html", "number", case=case, reveal=form), 422
    web.concerning("member_case", case.id, form.purpose.data)
    number = own_keys().open_cpr(case.cpr, table="member_case", row_id=case.id)
    return page("cases/cpr.html", "number", case=case, reveal=form, number=number)


@bp.post("/<uuid:case_id>/close")
@requires(Permission.CASE_WRITE)
def close(case_id: uuid.UUID) -> ResponseReturnValue:
    case, form = changing(case_id), CloseForm()
    if form.validate():
        actions.close(case, reason=form.reason.data, now=now())
        flash(_("Sagen er lukket."), "success")
        return see_other(".show", case_id=case.id)
    return page("cases/close.html", case=case, closing=form), 422


@bp.post("/<uuid:case_id>/reopen")
@requires(Permission.CASE_WRITE)
def reopen(case_id: uuid.UUID) -> ResponseReturnValue:
    case = changing(case_id, CaseState.CLOSED)
    try:
        actions.reopen(case)
        flash(_("Sagen er åbnet igen."), "success")
    except Refused as refused:
        flash(refused.lacks[0].text, "warning")
    return see_other(".show", case_id=case.id)
