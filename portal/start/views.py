"""The start page: what must I do today, answered for each role."""

from typing import Any

from flask import Blueprint, g, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission, signed_in
from portal.clock import today
from portal.handovers import words
from portal.handovers.worklist import Asked, worklist
from portal.start import queries
from portal.web import page

bp = Blueprint("start", __name__)


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    if not g.actor.roles:
        return redirect(url_for("identity.no_role"))
    context: dict[str, Any] = {"today": today(), "words": words, "far_ahead": 9999}
    if g.actor.may(Permission.HANDOVER_READ):
        context["found"] = worklist(Asked(), actor=g.actor, today=today())
    if g.actor.may(Permission.CASE_READ):
        context["passing"] = queries.passing_soon(g.actor, today())
    return page("start/home.html", **context)
