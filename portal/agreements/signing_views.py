"""The page on which somebody who is named signs, declines, or hands the signing on."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import Permission, requires
from portal.agreements import actions, queries, signing, words
from portal.agreements.document import document
from portal.agreements.forms import DeclineForm, DelegateForm, SignForm, StepForm
from portal.agreements.models import AgreementVersion, State
from portal.agreements.negotiation_views import framed, opened
from portal.clock import moment, today
from portal.identity.queries import sign_in_of
from portal.organisations.queries import names_on
from portal.web import page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("signing", __name__, url_prefix="/negotiations")
FORMS: dict[str, type[StepForm]] = {
    "sign": SignForm,
    "decline": DeclineForm,
    "delegate": DelegateForm,
}


@bp.get("/<uuid:version_id>/signing")
@requires(Permission.AGREEMENT_READ)
def show(version_id: uuid.UUID) -> ResponseReturnValue:
    version = opened(version_id)
    if version.state != State.SIGNING:
        return see_other("negotiations.show", version_id=version_id)
    return signing_page(version)


def signing_page(version: AgreementVersion, **refused: StepForm) -> str:
    """`refused` is the form that was refused, by its step, with what was typed."""
    forms = {name: made(name, version) for name in FORMS} | refused
    named = [row for row in signing.waiting(version) if row.user_id == g.actor.user_id]
    entered = sign_in_of(current_user.session_id)
    ids = {row.organisation_id for row in version.sides}
    return page(
        "agreements/signing.html",
        **framed(version),
        document=document(version.agreement, version, today=today()),
        forms=forms,
        named=named[0] if named else None,
        is_fresh=signing.is_fresh(entered.authenticated_at, moment()),
        sign_in_again=url_for(
            "identity.start",
            slug=entered.slug,
            level="substantial",
            next=url_for(".show", version_id=version.id),
        ),
        waiting=signing.waiting(version),
        signatures=queries.signatures(version),
        names=names_on(ids, today()),
    )


def made(name: str, version: AgreementVersion) -> StepForm:
    form = FORMS[name](formdata=None, revision=version.revision)
    offer(form)
    return form


def offer(form: StepForm) -> None:
    if isinstance(form, DelegateForm):
        people = queries.possible_signatories(today())
        form.offer(one for one in people if one.user.id != g.actor.user_id)


def answer(version_id: uuid.UUID, name: str) -> ResponseReturnValue:
    version, form = opened(version_id), FORMS[name]()
    g.trail.detail["step"] = name
    offer(form)
    if not form.validate():
        return signing_page(version, **{name: form}), 422
    entered = sign_in_of(current_user.session_id)
    given: dict[str, Any] = form.given() | {"authenticated_at": entered.authenticated_at}
    try:
        actions.take(version, name, given, actor=g.actor, at=moment(), stamp=form.stamp())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return signing_page(opened(version_id), **{name: form}), 422
    except Overtaken:
        start_over()
        flash(_("Aftalen er ændret, siden du åbnede siden. Se den igennem igen."), "warning")
        return see_other("negotiations.show", version_id=version_id)
    flash(_("%(done)s.", done=words.HAPPENED[name]), "success")
    if version.state == State.SIGNED:
        return see_other("agreements.show", agreement_id=version.agreement_id)
    return see_other("negotiations.show", version_id=version_id)


@bp.post("/<uuid:version_id>/signing/sign")
@requires(Permission.AGREEMENT_SIGN)
def sign(version_id: uuid.UUID) -> ResponseReturnValue:
    return answer(version_id, "sign")


@bp.post("/<uuid:version_id>/signing/decline")
@requires(Permission.AGREEMENT_SIGN)
def decline(version_id: uuid.UUID) -> ResponseReturnValue:
    return answer(version_id, "decline")


@bp.post("/<uuid:version_id>/signing/delegate")
@requires(Permission.AGREEMENT_SIGN)
def delegate(version_id: uuid.UUID) -> ResponseReturnValue:
    return answer(version_id, "delegate")
