"""The pages of whoever leads: how each agreement stands, by what is published."""

import uuid
from datetime import timedelta

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import today
from portal.council import leading, words
from portal.goals import pictures
from portal.goals.figure_words import METHODS, promise
from portal.goals.published import curve_of, figures_of
from portal.handovers.document_views import attached
from portal.handovers.export import CSV, EXCEL, as_csv, as_excel
from portal.web import concerning, page

bp = Blueprint("standings", __name__, url_prefix="/standings")
WIDTHS = (28, 44, 10, 14, 34, 12, 10, 10, 14, 14, 60)
YEAR = timedelta(days=365)


@bp.get("/")
@requires(Permission.GOAL_READ)
def index() -> str:
    return page(
        "council/standings.html",
        standings=leading.standings(g.actor, today()),
        promise=promise,
        may_see_members=g.actor.may(Permission.CASE_READ),
    )


@bp.get("/<uuid:agreement_id>")
@requires(Permission.GOAL_READ)
def show(agreement_id: uuid.UUID) -> str:
    concerning("agreement", agreement_id)
    agreement, version = leading.agreement_of(agreement_id, today())
    goals = figures_of(agreement_id, today())
    return page(
        "council/standing.html",
        agreement_id=agreement_id,
        title=agreement.title,
        lines=pictures.lines(goals),
        decisions=leading.decisions(agreement, version, today()),
        actions=leading.actions(agreement_id, today()),
        curve=pictures.of_published(curve_of(agreement_id)),
        words=words,
        METHODS=METHODS,
        promise=promise,
        limits=words.limits(today()),
    )


@bp.get("/<uuid:agreement_id>/export")
@requires(Permission.GOAL_READ)
def export(agreement_id: uuid.UUID) -> Response:
    concerning("agreement", agreement_id)
    leading.agreement_of(agreement_id, today())
    if request.args.get("of") == "curve":
        drawn = pictures.of_published(curve_of(agreement_id))
        return attached(as_csv(pictures.table(drawn)), f"forloebskurve-{today()}.csv", CSV)
    rows = leading.table(agreement_id, today(), words.headings())
    if request.args.get("format") == "xlsx":
        return attached(as_excel(rows, _("Mål"), WIDTHS), f"maal-{today()}.xlsx", EXCEL)
    return attached(as_csv(rows), f"maal-{today()}.csv", CSV)


@bp.get("/curve")
@requires(Permission.CASE_READ)
def curve() -> ResponseReturnValue:
    """Exact, of the own members of the last year: for those who may open their cases."""
    found = pictures.of_own(g.actor.organisation_id, today() - YEAR, today())
    if request.args.get("format") == "csv":
        return attached(as_csv(pictures.table(found)), f"forloebskurve-{today()}.csv", CSV)
    return page("council/curve.html", curve=found, first=today() - YEAR, last=today())
