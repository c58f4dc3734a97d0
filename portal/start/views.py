"""The start page: what must I do today, answered for each role."""

from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission, public, signed_in
from portal.clock import today
from portal.handovers.lists import frame
from portal.handovers.passing import leads
from portal.identity.queries import local_administrators
from portal.start import queries
from portal.start.parts import parts
from portal.web import page

bp = Blueprint("start", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """That the process answers: asked often, so nothing is looked up and nothing said (F17)."""
    return Response(status=204)


@bp.get("/readyz")
@public
def ready() -> Response:
    """For the inside only: whether the database answers too; if not, 503."""
    if not (request.remote_addr and ip_address(request.remote_addr).is_private):
        abort(404)
    queries.database_answers()
    return Response(status=204)


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    if not g.actor.roles:
        return redirect(url_for("identity.no_role"))
    context: dict[str, Any] = frame()
    context["parts"], shown = parts(g.actor, today())
    if g.actor.may(Permission.HANDOVER_READ):
        context |= {"led": leads(g.actor), "found": queries.work(g.actor, today())}
    elif not (g.actor.may(Permission.USER_MANAGE) or g.actor.may(Permission.PROVIDER_READ)):
        context["administrators"] = local_administrators()
    if g.actor.may(Permission.CASE_READ):
        context["passing"], context["ahead"] = queries.passing_soon(g.actor, today())
    elif g.actor.may(Permission.HANDOVER_READ):
        context["following_up"], context["ahead"] = queries.following_up_now(g.actor, today())
    else:
        context["ahead"] = queries.meetings_ahead(g.actor, today())
    return page("start/home.html", **context, **shown)
