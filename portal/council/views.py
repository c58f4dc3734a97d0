"""The council's page of published figures of its area. Filters choose among what is published."""

from flask import Blueprint, Response, abort, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import today
from portal.council import tables, words
from portal.council.forms import FiguresForm, name_of
from portal.council.tables import code
from portal.goals.catalogue import is_of_people
from portal.handovers.document_views import attached
from portal.handovers.export import CSV, EXCEL, Table, as_csv, as_excel
from portal.web import page

bp = Blueprint("council", __name__, url_prefix="/council-figures")
WIDTHS = (28, 44, 28, 24, 22, 14, 14, 14, 12, 10, 10, 40)


@bp.get("/")
@requires(Permission.FIGURES_READ)
def index() -> ResponseReturnValue:
    council_id, quarters = g.actor.organisation_id, tables.periods(g.actor.organisation_id)
    form = FiguresForm(request.args or None)
    form.offer(tables.choices(), quarters)
    is_valid = not request.args or form.validate()
    asked = tables.asked(form.data if is_valid else {}, quarters)
    found = tables.published(council_id, asked, today()) if asked else None
    shown = page(
        "council/figures.html",
        form=form,
        found=found,
        asked=asked,
        name_of=name_of,
        code=code,
        limits=words.limits(today()),
        of_people=asked and is_of_people(asked.indicator),
    )
    return shown, 200 if is_valid else 422


@bp.get("/export")
@requires(Permission.FIGURES_READ)
def export() -> Response:
    """Everything that is published of the area for the quarter, to go on with in a spreadsheet."""
    quarters = tables.periods(g.actor.organisation_id)
    asked = tables.asked(request.args, quarters)
    if asked is None:
        abort(404)
    form = "xlsx" if request.args.get("format") == "xlsx" else "csv"
    made, kind = FORMATS[form]
    rows = tables.table(g.actor.organisation_id, asked.quarter, today())
    return attached(made(rows), f"noegletal-{asked.quarter.last}.{form}", kind)


def excel(rows: Table) -> bytes:
    return as_excel(rows, _("Nøgletal"), WIDTHS)


FORMATS = {"csv": (as_csv, CSV), "xlsx": (excel, EXCEL)}
