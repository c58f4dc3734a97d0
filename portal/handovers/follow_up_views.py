"""The pages of what is to be asked again months after a package was completed."""

import uuid
from datetime import timedelta

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers import following_up
from portal.handovers.follow_ups import Outcome
from portal.handovers.page_forms import FollowUpForm
from portal.handovers.pages import show_page
from portal.handovers.passing import leads
from portal.web import concerning, page, see_other

bp = Blueprint("follow_ups", __name__, url_prefix="/handovers")
AHEAD = timedelta(days=30)
MOST = 200


@bp.get("/follow-ups")
@requires(Permission.HANDOVER_READ)
def index() -> str:
    """What has come and what comes in the next 30 days: the unit's, or one's own."""
    rows = following_up.due(g.actor, today() + AHEAD, today(), MOST + 1)
    return page(
        "handovers/follow_ups.html",
        rows=rows[:MOST],
        is_cut=len(rows) > MOST,
        led=leads(g.actor),
        until=today() + AHEAD,
        today=today(),
    )


@bp.post("/<uuid:handover_id>/follow-ups/<uuid:task_id>")
@requires(Permission.HANDOVER_WRITE)
def record(handover_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    task, form = following_up.task(handover_id, task_id), FollowUpForm()
    if not form.validate():
        return show_page(handover_id, follow_up_form=form), 422
    following_up.record(task, Outcome(form.outcome.data), actor=g.actor, at=moment())
    flash(_("Opfølgningen er registreret. A-kassen kan se den."), "success")
    return see_other("handovers.show", handover_id=handover_id, _anchor="follow-up")
