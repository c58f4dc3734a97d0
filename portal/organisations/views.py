"""Who is away, and who stands in."""

import uuid
from collections.abc import Iterable, Mapping

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import today
from portal.organisations import actions, queries
from portal.organisations.forms import AbsenceForm
from portal.organisations.models import Absence
from portal.organisations.queries import Colleague
from portal.web import concerning, page, see_other
from portal.workflow import Refused

bp = Blueprint("absences", __name__, url_prefix="/absences")


@bp.get("/")
@requires(Permission.ABSENCE_OWN)
def index() -> str:
    everybody = {row.user.id: row for row in queries.colleagues()}
    found = queries.absences(registrable(everybody.values()), today())
    return page("organisations/absences.html", absences=found, everybody=everybody, day=today())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ABSENCE_OWN)
def new() -> ResponseReturnValue:
    everybody = {row.user.id: row for row in queries.colleagues()}
    own = registrable(everybody.values())
    away = everybody[chosen(own)]
    form = AbsenceForm()
    form.offer([everybody[user_id] for user_id in own], stand_ins(away, everybody))
    if not form.is_submitted():
        form.user_id.data = str(away.user.id)
    return absence_page(None, form, everybody, away)


@bp.route("/<uuid:absence_id>", methods=["GET", "POST"])
@requires(Permission.ABSENCE_OWN)
def edit(absence_id: uuid.UUID) -> ResponseReturnValue:
    concerning("absence", absence_id)
    found, colleague = of_colleague(absence_id)
    everybody = {row.user.id: row for row in queries.colleagues()}
    form = AbsenceForm(obj=found)
    form.offer([colleague], stand_ins(colleague, everybody, found.stand_in_id))
    if not form.is_submitted():
        form.user_id.data, form.stand_in_id.data = str(found.user_id), str(found.stand_in_id or "")
    return absence_page(found, form, everybody, colleague)


@bp.post("/<uuid:absence_id>/cancel")
@requires(Permission.ABSENCE_OWN)
def cancel(absence_id: uuid.UUID) -> ResponseReturnValue:
    concerning("absence", absence_id)
    found, colleague = of_colleague(absence_id)
    actions.cancel_absence(found, colleague, actor=g.actor)
    flash(_("Fraværet er slettet."), "success")
    return see_other(".index")


def absence_page(
    absence: Absence | None,
    form: AbsenceForm,
    everybody: Mapping[uuid.UUID, Colleague],
    away: Colleague,
) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            saved = actions.register_absence(absence, away, actor=g.actor, **form.values)
        except Refused as refused:
            form.show(refused.lacks)
        else:
            concerning("absence", saved.id)
            flash(_("Fraværet er gemt."), "success")
            return see_other(".index")
    made = page("organisations/absence.html", "details", form=form, absence=absence, away=away)
    return made, 422 if form.is_submitted() else 200


def of_colleague(absence_id: uuid.UUID) -> tuple[Absence, Colleague]:
    """Whose absence one may not register, it is not there for one."""
    absence = queries.absence(absence_id)
    colleague = queries.colleague(absence.user_id)
    actions.demand_may(g.actor, colleague)
    return absence, colleague


def registrable(everybody: Iterable[Colleague]) -> list[uuid.UUID]:
    may = queries.may_register_absence
    return [row.user.id for row in everybody if row.is_active(today()) and may(g.actor, row)]


def chosen(own: list[uuid.UUID]) -> uuid.UUID:
    """Whose absence it is: said by the form or the address, else one's own."""
    asked = request.values.get("user_id", type=uuid.UUID)
    return asked if asked in own else g.actor.user_id


def stand_ins(
    away: Colleague, everybody: Mapping[uuid.UUID, Colleague], so_far: uuid.UUID | None = None
) -> list[Colleague]:
    """Who can take the work, and who stands in already."""
    may = queries.may_stand_in
    found = [row for row in everybody.values() if row.is_active(today())]
    return [row for row in found if row.user.id == so_far or may(g.actor, away, row)]
