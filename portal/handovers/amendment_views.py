"""That a correction is seen: by the party that is told of it, once."""

import uuid

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import moment
from portal.handovers import amending, queries
from portal.web import concerning, see_other

bp = Blueprint("handover_amendments", __name__, url_prefix="/handovers")


@bp.post("/<uuid:handover_id>/amendments/<uuid:amendment_id>/seen")
@requires(Permission.HANDOVER_WRITE)
def seen(handover_id: uuid.UUID, amendment_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    amendment = queries.amendment(handover_id, amendment_id)
    amending.acknowledge(amendment, actor=g.actor, at=moment())
    flash(_("Det er skrevet, at I har set rettelsen."), "success")
    return see_other("handovers.show", handover_id=handover_id)
