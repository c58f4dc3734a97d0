"""Administration of the own organisation: its users and units."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import POSSIBLE_ROLES, Permission, Role, requires
from portal.administration import actions
from portal.administration.forms import PlaceForm, RoleForm, UnitForm
from portal.clock import now, today
from portal.fields import Form
from portal.organisations import queries, words
from portal.organisations.models import Unit
from portal.organisations.queries import Colleague
from portal.web import concerning, page, see_other
from portal.workflow import Refused

bp = Blueprint("administration", __name__, url_prefix="/administration")


# --- Users ---


@bp.get("/users")
@requires(Permission.USER_MANAGE)
def users() -> str:
    found = queries.colleagues()
    return page("administration/users.html", colleagues=found, words=words.ROLES, day=today())


@bp.get("/users/<uuid:user_id>")
@requires(Permission.USER_MANAGE)
def user(user_id: uuid.UUID) -> ResponseReturnValue:
    return user_page(asked_for(user_id))


@bp.post("/users/<uuid:user_id>/place")
@requires(Permission.USER_MANAGE)
def place(user_id: uuid.UUID) -> ResponseReturnValue:
    colleague, form = asked_for(user_id), place_form()
    if not form.validate():
        return user_page(colleague, place=form)
    return changed(colleague, actions.place, "place", form, **form.values)


@bp.post("/users/<uuid:user_id>/roles")
@requires(Permission.USER_MANAGE)
def give_role(user_id: uuid.UUID) -> ResponseReturnValue:
    colleague, form = asked_for(user_id), role_form()
    if not form.validate():
        return user_page(colleague, role=form)
    g.trail.detail["role"] = form.role.data
    return changed(colleague, actions.give_role, "role", form, role=form.role.data, now=now())


@bp.post(f"/users/<uuid:user_id>/roles/<any({', '.join(Role)}):role>/remove")
@requires(Permission.USER_MANAGE)
def take_role(user_id: uuid.UUID, role: str) -> ResponseReturnValue:
    g.trail.detail["role"] = role
    return changed(
        asked_for(user_id), actions.take_role, "press", Form(), role=Role(role), now=now()
    )


@bp.post("/users/<uuid:user_id>/sign-out")
@requires(Permission.USER_MANAGE)
def sign_out(user_id: uuid.UUID) -> ResponseReturnValue:
    return changed(asked_for(user_id), actions.sign_out, "press", Form(), now=now())


@bp.post("/users/<uuid:user_id>/reopen")
@requires(Permission.USER_MANAGE)
def reopen(user_id: uuid.UUID) -> ResponseReturnValue:
    return changed(asked_for(user_id), actions.reopen, "press", Form(), now=now())


def asked_for(user_id: uuid.UUID) -> Colleague:
    concerning("user", user_id)
    return queries.colleague(user_id)


def changed(
    colleague: Colleague, action: Callable[..., None], name: str, form: Form, **values: Any
) -> ResponseReturnValue:
    """Do it, or show the page again with the reason at the form called `name`."""
    try:
        action(colleague, actor=g.actor, today=today(), **values)
    except Refused as refused:
        form.show(refused.lacks)
        return user_page(colleague, **{name: form})
    flash(_("Ændringen er gemt."), "success")
    return see_other(".user", user_id=colleague.user.id)


def user_page(colleague: Colleague, **refused: Form) -> ResponseReturnValue:
    forms = {"place": place_form(colleague), "role": role_form(colleague), "press": Form()}
    shown: dict[str, Any] = {**forms, **refused}
    shown["roles"] = words.ROLES
    shown["own"] = colleague.user.id == g.actor.user_id
    made = page("administration/user.html", colleague=colleague, day=today(), **shown)
    return made, 422 if refused else 200


def place_form(colleague: Colleague | None = None) -> PlaceForm:
    form = PlaceForm(formdata=None, obj=colleague.membership) if colleague else PlaceForm()
    form.offer(queries.own_units(g.actor.organisation_id))
    if colleague:
        form.unit_id.data = str(colleague.membership.unit_id or "")
    return form


def role_form(colleague: Colleague | None = None) -> RoleForm:
    """Those that this kind of organisation has; on the page only those that the user lacks."""
    held = colleague.roles if colleague else frozenset()
    form = RoleForm(formdata=None) if colleague else RoleForm()
    form.offer(role for role in Role if role in POSSIBLE_ROLES[current_user.kind] - held)
    return form


# --- Units ---


@bp.get("/units")
@requires(Permission.USER_MANAGE)
def units() -> str:
    found = queries.own_units(g.actor.organisation_id)
    return page("administration/units.html", units=found, kinds=words.UNIT_KINDS, day=today())


@bp.route("/units/new", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def new_unit() -> ResponseReturnValue:
    form = UnitForm()
    if not form.is_submitted():
        form.valid_from.data = today()
    return unit_page(None, form)


@bp.route("/units/<uuid:unit_id>", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def edit_unit(unit_id: uuid.UUID) -> ResponseReturnValue:
    concerning("unit", unit_id)
    found = queries.unit(unit_id, g.actor.organisation_id)
    return unit_page(found, UnitForm(obj=found))


def unit_page(unit: Unit | None, form: UnitForm) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            saved = actions.save_unit(unit, actor=g.actor, **form.values)
        except Refused as refused:
            form.show(refused.lacks)
        else:
            concerning("unit", saved.id)
            flash(_("Enheden er gemt."), "success")
            return see_other(".units")
    made = page("administration/unit.html", form=form, unit=unit)
    return made, 422 if form.is_submitted() else 200
