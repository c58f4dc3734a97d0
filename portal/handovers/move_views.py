"""On which a municipality sends on what it has taken on: to the next one, or back to the fund."""

import uuid

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers import actions, queries, returning, straight
from portal.handovers.filling import own_keys
from portal.handovers.models import Kind
from portal.handovers.page_forms import GiveBackForm, MoveOnForm
from portal.handovers.pages import status_of
from portal.organisations.queries import municipalities
from portal.web import concerning, page, see_other, start_over
from portal.workflow import NotNow, Refused

bp = Blueprint("handover_moves", __name__, url_prefix="/handovers")


@bp.route("/<uuid:handover_id>/move-on", methods=["GET", "POST"])
@requires(Permission.HANDOVER_WRITE)
def new(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    taken = queries.handover(handover_id)
    if not straight.may_go_on(taken, g.actor) or returning.returned(handover_id):
        raise NotNow("move_on", taken.state)
    form = MoveOnForm()
    form.offer([one for one in municipalities(today()) if one.id != taken.receiver_id])
    if not form.validate_on_submit():
        return new_page(taken.id, form), 422 if form.is_submitted() else 200
    where = {"receiver_id": form.to, "day": form.day.data}
    try:
        made = straight.move_on(taken, **where, actor=g.actor, at=moment(), keys=own_keys())
    except actions.AlreadyOpen as already:
        flash(_("Der er allerede en pakke i gang. Her er den."), "info")
        return see_other("handovers.show", handover_id=already.handover_id)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return new_page(handover_id, form), 422
    return see_other("handovers.draft", handover_id=made.id)


def new_page(handover_id: uuid.UUID, form: MoveOnForm) -> str:
    package = queries.package(handover_id, today())
    return page("handovers/move_on.html", form=form, **status_of(package))


@bp.route("/<uuid:handover_id>/give-back", methods=["GET", "POST"])
@requires(Permission.HANDOVER_WRITE)
def give_back(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    taken = queries.handover(handover_id)
    back = returning.returned(handover_id)
    if not returning.may_return(taken, g.actor) or (back and back.is_closed):
        raise NotNow("give_back", taken.state)
    if back:
        flash(_("Der er allerede en pakke i gang. Her er den."), "info")
        return see_other("handovers.show", handover_id=back.id)
    form = GiveBackForm()
    form.offer(returning.grounds(taken, today()))
    if not form.validate_on_submit():
        return give_back_page(taken.id, form), 422 if form.is_submitted() else 200
    why = {"ground": form.ground.data, "day": form.day.data}
    try:
        made = returning.give_back(taken, **why, actor=g.actor, at=moment(), keys=own_keys())
    except actions.AlreadyOpen as already:
        flash(_("Der er allerede en pakke i gang. Her er den."), "info")
        return see_other("handovers.show", handover_id=already.handover_id)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return give_back_page(handover_id, form), 422
    return see_other("handovers.draft", handover_id=made.id)


def give_back_page(handover_id: uuid.UUID, form: GiveBackForm) -> str:
    package = queries.package(handover_id, today())
    is_agreed = package.handover.kind == Kind.VISITATION
    return page("handovers/give_back.html", form=form, is_agreed=is_agreed, **status_of(package))
