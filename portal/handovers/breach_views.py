"""The checklist of a package that was made in error and opened meanwhile."""

import uuid

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers import breaches, queries
from portal.handovers.other_forms import BreachForm
from portal.handovers.pages import status_of
from portal.web import concerning, page, see_other
from portal.workflow import Refused

bp = Blueprint("handover_breaches", __name__, url_prefix="/handovers")


@bp.route("/<uuid:handover_id>/breach", methods=["GET", "POST"])
@requires(Permission.HANDOVER_LEAD)
def show(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    package, breach = queries.package(handover_id, today()), breaches.of(handover_id)
    if breach is None:
        return see_other("handovers.show", handover_id=handover_id)
    form = BreachForm(data=breach.answers)
    if form.validate_on_submit():
        try:
            breaches.answer(breach, form.answers(), actor=g.actor, at=moment())
        except Refused as refused:
            form.show(refused.lacks)
        else:
            flash(_("Tjeklisten er gemt."), "success")
            return see_other(".show", handover_id=handover_id)
    shown = page("handovers/breach.html", checklist=breach, form=form, **status_of(package))
    return (shown, 422) if form.is_submitted() else shown
