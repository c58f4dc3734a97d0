"""The packages that the own organisation has rejected, as references."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.access import Permission, requires
from portal.clock import today
from portal.handovers.rejected import MOST, rejected
from portal.web import page

bp = Blueprint("handover_rejected", __name__, url_prefix="/handovers")


@bp.get("/rejected")
@requires(Permission.HANDOVER_READ)
def index() -> ResponseReturnValue:
    rows = rejected(today())
    return page("handovers/rejected.html", rows=rows, is_cut=len(rows) == MOST)
