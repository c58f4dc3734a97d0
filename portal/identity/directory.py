"""The operator's page: which organisations sign in, and where. No person stands in it."""

from flask import Blueprint

from portal.access import Permission, requires
from portal.clock import today
from portal.identity import queries
from portal.organisations import words
from portal.web import page

bp = Blueprint("providers", __name__, url_prefix="/providers")


@bp.get("/")
@requires(Permission.PROVIDER_READ)
def index() -> str:
    found = queries.signing_in(today())
    return page("identity/providers.html", providers=found, kinds=words.ORGANISATION_KINDS)
