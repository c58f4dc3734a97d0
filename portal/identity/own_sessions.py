"""Where one is signed in, and ending it there (D7). Everybody sees their own, and nobody else's."""

import uuid
from datetime import timedelta

from flask import Blueprint, current_app, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import signed_in
from portal.clock import now
from portal.identity import actions, devices, queries
from portal.web import concerning, page, see_other

bp = Blueprint("sessions", __name__, url_prefix="/sessions")
ENDED = "ended by the user"


@bp.get("/")
@signed_in
def index() -> str:
    idle = timedelta(minutes=current_app.extensions["samspil"].session_idle_minutes)
    live = queries.live_sessions(g.actor.user_id, now=now(), idle=idle)
    here = current_user.session_id
    return page("identity/sessions.html", sessions=live, here=here, in_words=devices.in_words)


@bp.post("/end")
@signed_in
def end() -> ResponseReturnValue:
    """One that is over already, or never was one's own, is over."""
    session_id = request.form.get("session", type=uuid.UUID)
    if session_id and queries.own_session(session_id, g.actor.user_id):
        concerning("user_session", session_id)
        actions.end_session(session_id, why=ENDED, now=now())
    flash(_("Du er logget af dér."), "success")
    return see_other(".index")


@bp.post("/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    actions.end_sessions(g.actor.user_id, why=ENDED, now=now(), but=current_user.session_id)
    flash(_("Du er logget af alle andre steder."), "success")
    return see_other(".index")
