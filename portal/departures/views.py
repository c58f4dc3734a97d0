"""The page on which a user is closed: what the person holds, and who takes it over."""

import uuid

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import CASEWORKERS, Permission, requires
from portal.clock import moment, today
from portal.departures import actions, queries
from portal.departures.forms import DepartureForm
from portal.organisations.queries import Colleague, colleague, colleagues
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Refused

bp = Blueprint("departures", __name__, url_prefix="/administration")


@bp.route("/users/<uuid:user_id>/close", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def close(user_id: uuid.UUID) -> ResponseReturnValue:
    concerning("user", user_id)
    leaving = colleague(user_id)
    form = DepartureForm(data={"replacement_id": ""})
    held = queries.held(user_id, today())
    form.offer(who_can_take(leaving, held))
    if request.method == "GET":
        return close_page(leaving, held, form)
    if request.form.get("replacement_id") and not form.validate():
        return close_page(leaving, held, form), 422
    try:
        actions.close(leaving, form.chosen, actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return close_page(colleague(user_id), held, form), 422
    flash(_("Brugeren er lukket."), "success")
    return see_other("administration.user", user_id=user_id)


def who_can_take(leaving: Colleague, held: queries.Held) -> list[Colleague]:
    found = [one for one in colleagues() if one.is_active(today())]
    others = [one for one in found if one.user.id != leaving.user.id]
    return [one for one in others if one.roles & CASEWORKERS or not held.is_casework]


def close_page(leaving: Colleague, held: queries.Held, form: DepartureForm) -> str:
    own = leaving.user.id == g.actor.user_id
    return page("departures/close.html", leaving=leaving, held=held, form=form, own=own)
