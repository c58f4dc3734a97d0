"""Signing in and out, and the start page that everyone lands on."""

from flask import Blueprint

from portal.access import public

bp = Blueprint("identity", __name__)


@bp.get("/login")
@public
def sign_in() -> str:
    return ""
