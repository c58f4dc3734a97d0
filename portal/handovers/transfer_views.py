"""Fetching a package for another system, and what that system needs to check and read it."""

import uuid

from flask import Blueprint, Response, g, jsonify
from flask.typing import ResponseReturnValue

from portal import crypto, jws, limits
from portal.access import Permission, public, requires
from portal.agreements.archive import signing_key
from portal.cases.transfer import SCHEMA_FILE
from portal.clock import today
from portal.handovers import queries, transfer
from portal.handovers.document_views import attached
from portal.handovers.filling import own_keys
from portal.handovers.models import BEFORE, Handover
from portal.handovers.page_forms import TransferForm
from portal.handovers.pages import status_of
from portal.web import concerning, page
from portal.workflow import NotNow

bp = Blueprint("transfer", __name__)
TYPES = {"jws": "application/jose", "json": "application/json"}


@bp.get("/handovers/<uuid:handover_id>/transfer")
@requires(Permission.EXPORT)
def show(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    return transfer_page(sent(handover_id), TransferForm())


@bp.post("/handovers/<uuid:handover_id>/transfer")
@requires(Permission.EXPORT)
def file(handover_id: uuid.UUID) -> ResponseReturnValue:
    """With the whole CPR number: to a right of its own, for a purpose, into the log (E11)."""
    limits.spend(f"export|{g.actor.user_id}", limits.EXPORTS_PER_MINUTE)
    concerning("handover", handover_id)
    handover, form = sent(handover_id), TransferForm()
    if not form.validate():
        return transfer_page(handover, form), 422
    number = own_keys().open_cpr(handover.cpr, table="handover", row_id=handover.id)
    content = transfer.exported(handover, number)
    kind = form.format.data
    g.trail.purpose = form.purpose.data
    g.trail.detail |= {"format": kind, "number": content["package"]["version"]}
    made = transfer.as_jws(content, signing_key()) if kind == "jws" else transfer.as_bytes(content)
    name = f"{handover.reference}-version-{content['package']['version']}.{kind}"
    return attached(made, name, TYPES[kind])


def sent(handover_id: uuid.UUID) -> Handover:
    """Raises NotNow for a draft: nobody but its sender knows of it, and it may still change."""
    found = queries.handover(handover_id)
    if found.state in BEFORE:
        raise NotNow("transfer", found.state)
    return found


def transfer_page(handover: Handover, form: TransferForm) -> str:
    package = queries.package(handover.id, today())
    return page("handovers/transfer.html", form=form, **status_of(package))


@bp.get("/package.schema.json")
@public
def schema() -> Response:
    """What the file looks like, for whoever builds a system that takes it in."""
    return Response(SCHEMA_FILE.read_bytes(), mimetype="application/schema+json")


@bp.get("/.well-known/samspil-keys.json")
@public
def keys() -> Response:
    """The public keys by which files of this installation are checked, as a JWK set (RFC 7517)."""
    key = crypto.public_key(signing_key())
    own = {"kid": crypto.key_id(key), "use": "sig", "alg": jws.ALGORITHM}
    return jsonify(keys=[jws.jwk(key) | own])
