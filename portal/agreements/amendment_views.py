"""The pages on which an agreement in force is changed: ask for it, answer, read what was asked."""

import uuid
from textwrap import shorten
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import amending, queries
from portal.agreements.amending import Topic
from portal.agreements.amendment_forms import AnswerForm, ChangeForm
from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.agreements.changes import change, changes, heading_of
from portal.agreements.models import Agreement, AgreementVersion, Side
from portal.agreements.presenting import in_words
from portal.agreements.queries import parameters_of
from portal.agreements.section_forms import alone, beside_fields, form_of, given
from portal.clock import moment, today
from portal.web import concerning, page, see_other, start_over
from portal.workflow import NotNow, Overtaken, Refused

bp = Blueprint("amendments", __name__, url_prefix="/agreements/<uuid:agreement_id>/amendments")


def opened(agreement_id: uuid.UUID) -> tuple[Agreement, AgreementVersion]:
    """The agreement with its newest signed version; what was asked for is not an observer's."""
    agreement = queries.agreement(agreement_id)
    concerning("agreement", agreement.id)
    if not agreement.binding or own_side(agreement.binding[0]) in {None, Side.OBSERVER}:
        abort(404)
    return agreement, agreement.binding[0]


def own_side(version: AgreementVersion) -> Side | None:
    return version.party_of(g.actor)


@bp.get("/")
@requires(Permission.AGREEMENT_READ)
def index(agreement_id: uuid.UUID) -> str:
    agreement, version = opened(agreement_id)
    found = amending.amendments(agreement_id)
    return page(
        "agreements/amendments.html",
        agreement=agreement,
        version=version,
        changes=changes(found, version, own_side(version)),
        counts=amending.counted(found, own_side(version)),
        topics=[(one, heading_of(one), value_of(one)) for one in offered_topics(version)],
        may_propose=amending.may_propose(version, g.actor, today()),
    )


def offered_topics(version: AgreementVersion) -> list[Topic]:
    """Without the number of criteria where the rule asks for none."""
    counts = parameters_of(version).criteria_rule == "at_least"
    return [one for one in amending.topics(version) if counts or one.name != "criteria_needed"]


def value_of(topic: Topic) -> str:
    """What is agreed now; of a text its beginning."""
    if topic.name:
        return in_words(topic.name, topic.value)
    return shorten(topic.value, 120, placeholder=" …") or str(_("Ikke skrevet"))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_WRITE)
def new(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """What is asked for stands in the address: it is no secret, and the page can be reloaded."""
    agreement, version = opened(agreement_id)
    amending.demand_running(version, g.actor, moment())
    topic = amending.topic(version, request.args.get("path", ""))
    section = alone(topic.section, topic.name)
    form = form_of(section, today(), ChangeForm)
    shown = {"agreement": agreement, "topic": topic, "section": section, "form": form}
    if request.method == "GET":
        return new_page(**shown)
    if not form.validate():
        return new_page(**shown), 422
    value = given(form, section)[topic.name] if topic.name else form.text.data
    try:
        made = amending.propose(version, topic.path, value, form.why(), actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return new_page(**shown | {"agreement": queries.agreement(agreement_id)}), 422
    flash(_("Forslaget er sendt til den anden side."), "success")
    return see_other(".show", agreement_id=agreement_id, amendment_id=made.id)


def new_page(**shown: Any) -> str:
    topic = shown["topic"]
    return page(
        "agreements/amendment_new.html",
        what=heading_of(topic),
        now=value_of(topic),
        **beside_fields(),
        **shown,
    )


@bp.get("/<uuid:amendment_id>")
@requires(Permission.AGREEMENT_READ)
def show(agreement_id: uuid.UUID, amendment_id: uuid.UUID) -> str:
    return show_page(agreement_id, amendment_id)


def show_page(
    agreement_id: uuid.UUID, amendment_id: uuid.UUID, form: AnswerForm | None = None
) -> str:
    agreement, version = opened(agreement_id)
    row = amending.amendment(agreement_id, amendment_id)
    is_open, is_own = row.state == AmendmentState.PROPOSED, is_mine(row)
    return page(
        "agreements/amendment.html",
        agreement=agreement,
        version=version,
        change=change(row, version, own_side(version)),
        numbers={one.id: one.number for one in agreement.versions},
        is_small=amending.is_small(row.path, version),
        may_answer=g.actor.may(Permission.AGREEMENT_WRITE)
        and amending.may_answer(row, version, g.actor),
        may_withdraw=is_open and is_own and g.actor.may(Permission.AGREEMENT_WRITE),
        form=form or AnswerForm(formdata=None, revision=row.revision),
    )


def is_mine(row: AgreementAmendment) -> bool:
    return bool(row.organisation_id == g.actor.organisation_id)


@bp.post("/<uuid:amendment_id>/<any(accept, decline, withdraw):answer>")
@requires(Permission.AGREEMENT_WRITE)
def answer(agreement_id: uuid.UUID, amendment_id: uuid.UUID, answer: str) -> ResponseReturnValue:
    _agreement, version = opened(agreement_id)
    row, form = amending.amendment(agreement_id, amendment_id), AnswerForm()
    g.trail.detail["answer"] = answer
    if not form.validate():
        return show_page(agreement_id, amendment_id, form), 422
    how: dict[str, Any] = {"revision": form.seen, "actor": g.actor, "at": moment()}
    if answer == "decline":
        how["reason"] = form.answer.data or ""
    try:
        getattr(amending, answer)(row, version, **how)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return show_page(agreement_id, amendment_id, form), 422
    except (NotNow, Overtaken):
        start_over()
        flash(_("Forslaget er ændret eller besvaret, siden du åbnede siden."), "warning")
        return show_page(agreement_id, amendment_id), 409
    flash(done(answer, row), "success")
    return see_other(".index", agreement_id=agreement_id)


def done(answer: str, row: AgreementAmendment) -> str:
    words = {
        "accept": _("Forslaget er godkendt og går med i næste version."),
        "decline": _("Forslaget er afvist."),
        "withdraw": _("Forslaget er trukket tilbage."),
    }
    now = _("Forslaget er godkendt og gælder fra i dag.")
    return str(now if row.effective_on else words[answer])
