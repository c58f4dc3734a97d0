"""The auditor's page: who has looked at one citizen, for the report that the citizen asks for."""

from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from portal import limits
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers.document_views import attached
from portal.handovers.filling import own_keys
from portal.lookups import report as reporting
from portal.lookups import words
from portal.lookups.forms import LookupForm
from portal.lookups.queries import lookups
from portal.web import concerning, page

bp = Blueprint("lookups", __name__, url_prefix="/lookups")


@bp.get("/")
@requires(Permission.LOOKUP_READ)
def index() -> ResponseReturnValue:
    """Asks whom and why, before anything is looked up."""
    return page("lookups/index.html", form=LookupForm())


@bp.post("/")
@requires(Permission.LOOKUP_READ)
def report() -> ResponseReturnValue:
    """The number is posted and stands in no address; the look is written down like any other."""
    limits.spend(f"number|{g.actor.user_id}", limits.NUMBERS_PER_MINUTE)
    form = LookupForm()
    if not form.validate():
        return page("lookups/index.html", form=form), 422
    rows = lookups(form.citizen, keys=own_keys(), today=today())
    g.trail.purpose = form.purpose.data
    g.trail.detail["rows"] = len(rows)
    if rows:
        concerning(rows[0].subject_type, rows[0].subject_id, form.purpose.data)
    if "csv" in request.form:
        made = reporting.as_file(rows, g.actor.organisation_id)
        return attached(made, f"opslag-{today().isoformat()}.csv", "text/csv; charset=utf-8")
    if "pdf" in request.form:
        made = reporting.as_pdf(rows, g.actor.organisation_id, moment())
        return attached(made, f"opslag-{today().isoformat()}.pdf")
    shown: dict[str, Any] = {"rows": rows, "words": words, "own_id": g.actor.organisation_id}
    return page("lookups/index.html", form=form, **shown)
