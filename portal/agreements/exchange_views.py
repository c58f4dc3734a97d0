"""The pages on which an agreement is fetched as JSON, and begun from such a file."""

import uuid

from flask import Blueprint, Response, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import exchange
from portal.agreements.models import Agreement, AgreementVersion
from portal.agreements.negotiation_views import opened
from portal.agreements.views import asked_for
from portal.clock import moment
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Refused

bp = Blueprint("exchange", __name__)


@bp.get("/agreements/<uuid:agreement_id>/json")
@requires(Permission.AGREEMENT_READ)
def as_json(agreement_id: uuid.UUID) -> Response:
    return as_file(*asked_for(agreement_id))


def as_file(agreement: Agreement, version: AgreementVersion) -> Response:
    made = exchange.as_bytes(exchange.exported(agreement, version))
    name = f"{agreement.key}-version-{version.number}.json"
    how = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, mimetype="application/json", headers=how)


@bp.get("/negotiations/<uuid:version_id>/json")
@requires(Permission.AGREEMENT_READ)
def draft_as_json(version_id: uuid.UUID) -> Response:
    """For the two sides, as it stands now."""
    version = opened(version_id)
    return as_file(version.agreement, version)


@bp.route("/negotiations/import", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_WRITE)
def take_in() -> ResponseReturnValue:
    if request.method == "GET":
        return page("agreements/import.html", lacks=[])
    file = request.files.get("file")
    if file is None or not file.filename:
        return page("agreements/import.html", lacks=[_("Vælg en fil.")]), 422
    try:
        told = file.stream.read(exchange.LARGEST + 1)
        version = exchange.take_in(told, actor=g.actor, at=moment())
    except Refused as refused:
        start_over()
        return page("agreements/import.html", lacks=[lack.text for lack in refused.lacks]), 422
    concerning("agreement", version.agreement_id)
    flash(_("Kladden er lavet. Kun jeres egen organisation ser den, til I åbner den."), "success")
    return see_other("negotiations.show", version_id=version.id)
