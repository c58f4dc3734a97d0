"""The pages of an agreement's life: compare versions, begin the next one, give notice."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import actions, drafting, ending, queries
from portal.agreements.comparing import compare
from portal.agreements.forms import NoticeForm
from portal.agreements.models import Agreement, AgreementVersion, Side, State
from portal.agreements.negotiation_views import opened
from portal.clock import moment, today
from portal.web import concerning, page, see_other, start_over
from portal.workflow import NotNow, Overtaken, Refused

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


@bp.route("/versions/<uuid:version_id>/terminate", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_WRITE)
def terminate(version_id: uuid.UUID) -> ResponseReturnValue:
    version, form = opened(version_id), NoticeForm()
    if version.state != State.SIGNED:
        raise NotNow("terminate", version.state)
    if not form.is_submitted():
        form.revision.data = version.revision
        form.last_day.data = ending.earliest(version, today())
        return notice_page(version, form)
    if not form.validate():
        return notice_page(version, form), 422
    try:
        actions.take(
            version, "terminate", form.given(), actor=g.actor, at=moment(), stamp=form.stamp()
        )
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return notice_page(opened(version_id), form), 422
    except Overtaken:
        start_over()
        raise NotNow("terminate", version.state) from None
    flash(_("Aftalen er sagt op."), "success")
    return see_other("agreements.show", agreement_id=version.agreement_id)


def notice_page(version: AgreementVersion, form: NoticeForm) -> str:
    return page(
        "agreements/terminate.html",
        version=version,
        agreement=version.agreement,
        form=form,
        earliest=ending.earliest(version, today()),
    )
