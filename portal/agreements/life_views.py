"""The pages of an agreement's life: compare versions, begin the next one."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import drafting, queries
from portal.agreements.comparing import compare
from portal.agreements.models import Agreement, AgreementVersion, Side
from portal.clock import moment
from portal.web import concerning, page, see_other, start_over

bp = Blueprint("agreement_life", __name__, url_prefix="/agreements")


@bp.get("/<uuid:agreement_id>/compare")
@requires(Permission.AGREEMENT_READ)
def comparison(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Two versions word by word; without numbers the newest and the one before."""
    agreement = queries.agreement(agreement_id)
    concerning("agreement", agreement.id)
    shown = readable(agreement)
    numbers = [version.number for version in shown]
    new = request.args.get("new", numbers[0] if numbers else 0, type=int)
    old = request.args.get("old", next((one for one in numbers if one < new), 0), type=int)
    found = {version.number: version for version in shown}
    if new not in found or (old and old not in found):
        abort(404)
    return page(
        "agreements/compare.html",
        agreement=agreement,
        numbers=numbers,
        old=old,
        new=new,
        comparison=compare(found[old], found[new]) if old else None,
    )


def readable(agreement: Agreement) -> list[AgreementVersion]:
    """What one may read, the newest first: an observer what is signed."""
    own = {row.side for version in agreement.versions for row in version.sides if is_own(row)}
    return agreement.binding if own == {Side.OBSERVER} else agreement.versions


def is_own(row: Any) -> bool:
    return bool(row.organisation_id == g.actor.organisation_id)


@bp.post("/<uuid:agreement_id>/renew")
@requires(Permission.AGREEMENT_WRITE)
def renew(agreement_id: uuid.UUID) -> ResponseReturnValue:
    agreement = queries.agreement(agreement_id)
    concerning("agreement", agreement.id)
    if not agreement.binding:
        abort(404)
    try:
        made = drafting.renew(agreement.binding[0], actor=g.actor, at=moment())
    except drafting.UnderWay:
        start_over()
        flash(_("Der er allerede en ny version på vej."), "warning")
        return see_other("agreements.show", agreement_id=agreement_id)
    flash(_("Kladden er lavet. Kun jeres egen organisation ser den, til I åbner den."), "success")
    return see_other("negotiations.show", version_id=made.id)
