"""The pages that say what signing a version, or ending one, leads to."""

import uuid

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import rules
from portal.access import Permission, requires
from portal.agreements import actions as agreement_actions
from portal.agreements import ending
from portal.agreements import queries as agreements
from portal.agreements.forms import NoticeForm, StepForm
from portal.agreements.models import UNDER_WAY, AgreementVersion, Side, State
from portal.agreements.words import BUTTONS, SIDES
from portal.agreements.workflow import AGREEMENT
from portal.clock import moment, today
from portal.consequences import actions, queries, words
from portal.consequences.overview import Consequences, consequences
from portal.handovers import words as handover_words
from portal.organisations.queries import names_on
from portal.web import concerning, page, see_other, start_over
from portal.workflow import NotNow, Overtaken, Refused

bp = Blueprint("consequences", __name__)


def opened(version_id: uuid.UUID) -> AgreementVersion:
    version = agreements.version(version_id)
    concerning("agreement", version.agreement_id)
    return version


@bp.get("/negotiations/<uuid:version_id>/consequences")
@requires(Permission.AGREEMENT_WRITE)
def show(version_id: uuid.UUID) -> ResponseReturnValue:
    version = opened(version_id)
    if version.state not in UNDER_WAY:
        return see_other("agreements.show", agreement_id=version.agreement_id)
    found = consequences(version, g.actor, today())
    return page(
        "consequences/show.html",
        version=version,
        agreement=version.agreement,
        found=found,
        steps={step.name for step in AGREEMENT.open_steps(version, g.actor)},
        step_form=StepForm(formdata=None, revision=version.revision),
        may_share=may_share(found),
        shared=[(row, words.figures(row)) for row in found.rehearsals],
        names=names_on((row.organisation_id for row in found.rehearsals), today()),
        buttons=BUTTONS,
        sides=SIDES,
        words=words,
        handover_words=handover_words,
        party=words.PARTIES[found.own],
    )


def may_share(found: Consequences) -> bool:
    """The fund's assessments are its own; what the municipality has received the fund knows."""
    is_negotiated = found.version.state != State.DRAFT
    return found.own == Side.FUND and is_negotiated and not found.shared_until


@bp.post("/negotiations/<uuid:version_id>/consequences/share")
@requires(Permission.AGREEMENT_WRITE)
def share(version_id: uuid.UUID) -> ResponseReturnValue:
    version = opened(version_id)
    found = consequences(version, g.actor, today())
    if found.own != Side.FUND:
        raise NotNow("share", version.state)
    actions.share(version, found.rehearsed, found.criteria, actor=g.actor, at=moment())
    flash(_("Tallene er delt med den anden side."), "success")
    return see_other(".show", version_id=version_id)


@bp.route("/agreements/versions/<uuid:version_id>/terminate", methods=["GET", "POST"])
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
        if form.last_day.data:  # what is wrong with it is told at once, beside what is missing
            form.show(ending.notice_lacks(version, form.last_day.data, today()))
        return notice_page(version, form), 422
    try:
        agreement_actions.take(
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
    packages = queries.open_packages(version, version.party_of(g.actor) or Side.OBSERVER)
    return page(
        "consequences/terminate.html",
        version=version,
        agreement=version.agreement,
        form=form,
        earliest=ending.earliest(version, today()),
        sent=[one for one in packages if not one.is_draft],
        drafts=[one for one in packages if one.is_draft],
        grace_days=rules.on(today(), "agreement.grace_days"),
    )
