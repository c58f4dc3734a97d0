"""Signing in and out, and the pages that everybody may read."""

import logging
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import keys, limits
from portal.access import public, signed_in
from portal.clock import now, today
from portal.identity import actions, checks, devices, journey, queries
from portal.identity.external import Reason, Refused
from portal.identity.levels import Level
from portal.identity.sessions import USER
from portal.settings import Settings
from portal.web import csrf, page

bp = Blueprint("identity", __name__)
log = logging.getLogger("samspil.identity")
YEAR = 365 * 24 * 3600
ATTEMPT, CHOICE, GOODBYE = "samspil-attempt", "samspil-organisation", "samspil-goodbye"
# A whole organisation may come from one address at eight in the morning.
STARTS, CALLBACKS, NOTICES = 120, 120, 600
NOT_LET_IN = {Reason.ORGANISATION, Reason.CLOSED, Reason.LEVEL}


def settings() -> Settings:
    found: Settings = current_app.extensions["samspil"]
    return found


def spend(what: str, per_minute: int) -> None:
    limits.spend(f"{what}|{request.remote_addr}", per_minute)


def about_request() -> dict[str, Any]:
    return {"address": request.remote_addr, "request_id": g.request_id}


def cookie(name: str) -> str:
    return request.cookies.get(settings().cookie(name), "")


def put_cookie(answer: Any, name: str, value: str, seconds: int) -> None:
    how: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": settings().is_https}
    answer.set_cookie(name, value, max_age=seconds, **how)


@bp.get("/login")
@public
def sign_in() -> str:
    words = request.args.get("q", "")[:100]
    return page(
        "identity/sign_in.html",
        "organisations",
        choices=queries.choices(today(), words),
        last=cookie(CHOICE),
        wanted=checks.local_path(request.args.get("next")),
        words=words,
    )


@bp.get("/login/<slug>")
@public
def start(slug: str) -> ResponseReturnValue:
    spend("start", STARTS)
    browser = cookie(ATTEMPT) or secrets.token_urlsafe(32)
    address = journey.leave(
        slug,
        browser=browser,
        wanted=checks.local_path(request.args.get("next")),
        stronger=request.args.get("level") == Level.SUBSTANTIAL,
        settings=settings(),
        now=now(),
    )
    answer = redirect(address)
    put_cookie(answer, settings().cookie(ATTEMPT), browser, actions.ATTEMPT_LIVES.seconds)
    put_cookie(answer, settings().cookie(CHOICE), slug, YEAR)
    return answer


@bp.get("/login/<slug>/callback")
@public
def callback(slug: str) -> ResponseReturnValue:
    spend("callback", CALLBACKS)
    provider, identity, wanted = journey.arrive(
        slug, request.args, browser=cookie(ATTEMPT), settings=settings(), now=now()
    )
    with journey.wanting(wanted):
        admitted = actions.admit(
            identity,
            provider=provider,
            replaced=current_user.session_id if current_user.is_authenticated else None,
            device=devices.device(request.user_agent.string),
            ring=keys.of(settings()).ring,
            hours=settings().session_hours,
            now=now(),
            today=today(),
        )
    session[USER], g.actor = admitted.token, admitted.actor
    g.trail.detail = {"provider": slug, "level": identity.level}
    return redirect(wanted or url_for("start.home"))


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """Polite, with a reference; what was wrong stands in the log."""
    about = {"request_id": g.request_id}
    log.warning("not signed in: %s (%s)", error, error.provider_id, extra=about)
    actions.note_refusal(error, **about_request(), now=now())
    shown = {"reason": error.reason, "reference": g.request_id, "wanted": error.wanted}
    body = page("identity/refused.html", **shown, slug=(request.view_args or {}).get("slug"))
    return Response(body, 403 if error.reason in NOT_LET_IN else 400)


@bp.post("/logout")
@public
def sign_out() -> Response:
    spend("logout", STARTS)
    idle = timedelta(minutes=settings().session_idle_minutes)
    token, ring = session.pop(USER, ""), keys.of(settings()).ring
    departed = actions.sign_out(token, idle=idle, ring=ring, now=now(), **about_request())
    onward = departed and journey.part(departed.provider, departed.id_token, settings=settings())
    address, state = onward or (url_for("identity.signed_out"), "")
    answer = Response(page("identity/leaving.html", address=address))
    put_cookie(answer, settings().cookie(GOODBYE), state, 600)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.get("/logout/done")
@public
def signed_out() -> str:
    """Whether the provider says so too: it hands back the state that it was given."""
    said = request.args.get("state", "")
    everywhere = bool(said) and secrets.compare_digest(said.encode(), cookie(GOODBYE).encode())
    return page("identity/signed_out.html", everywhere=everywhere)


@bp.post("/oidc/<slug>/backchannel-logout")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF is untyped
@public
def backchannel(slug: str) -> ResponseReturnValue:
    """A program asks, not a browser: no cookie, no page."""
    spend("backchannel", NOTICES)
    token = request.form.get("logout_token", "")
    try:
        notice = journey.read_notice(slug, token, settings=settings(), now=now())
        actions.end_by_notice(notice, now=now())
    except Refused as error:
        log.warning("logout notice refused: %s (%s)", error, error.provider_id)
        return {"error": "invalid_request"}, 400
    return "", 200


@bp.get("/no-role")
@signed_in
def no_role() -> str:
    return page("identity/no_role.html", administrators=queries.local_administrators())


@bp.get("/language/<any(da, en):code>")
@public
def language(code: str) -> ResponseReturnValue:
    came = urlsplit(request.referrer or "")
    here = f"{came.scheme}://{came.netloc}" == settings().base_url
    before = came._replace(scheme="", netloc="").geturl() if here else None
    wanted = checks.local_path(request.args.get("next") or before)
    answer = redirect(wanted or url_for("start.home"))
    put_cookie(answer, "language", code, YEAR)
    return answer


@bp.get("/accessibility", defaults={"name": "accessibility"})
@bp.get("/privacy", defaults={"name": "privacy"})
@bp.get("/report", defaults={"name": "report"})
@public
def statement(name: str) -> str:
    if current_user.is_authenticated:
        g.actor = current_user.actor()  # for the frame: one stays oneself here
    return page(f"identity/{name}.html")
