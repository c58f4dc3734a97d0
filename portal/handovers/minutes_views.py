"""The minutes while they are written: kept as typed, by itself and by a button."""

import uuid

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import moment
from portal.handovers import minutes_drafts, queries
from portal.handovers.filling import form_of
from portal.handovers.pages import step_page
from portal.web import concerning, htmx, page, see_other
from portal.workflow import Overtaken

bp = Blueprint("minutes", __name__, url_prefix="/handovers")


@bp.post("/<uuid:handover_id>/minutes-draft")
@requires(Permission.HANDOVER_WRITE)
def keep(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    handover = queries.handover(handover_id)
    form = form_of("publish_minutes", handover)
    seen = request.form.get("draft_seen", 0, type=int)
    try:
        draft = minutes_drafts.keep(handover, form.typed(), seen=seen, actor=g.actor, at=moment())
    except Overtaken:
        return taken_over(handover_id)
    if htmx:
        return page("handovers/minutes_draft.html", draft=draft)
    flash(_("Kladden til referatet er gemt."), "success")
    form.warn_of_cpr()
    return see_other("handovers.step", handover_id=handover_id, step="publish-minutes")


def taken_over(handover_id: uuid.UUID) -> ResponseReturnValue:
    """A colleague has saved since; nothing of either is lost."""
    draft = minutes_drafts.of(handover_id)
    if htmx:
        return page("handovers/minutes_draft.html", draft=draft, is_newer=True), 409
    handover = queries.handover(handover_id)
    form = form_of("publish_minutes", handover)
    words = _("%(who)s har gemt en kladde imens. Din er ikke gemt: kopiér det, du mangler.")
    form.form_errors = [words % {"who": draft.person if draft else ""}]
    form.show_version(handover.version)
    return step_page("publish_minutes", handover, form), 409
