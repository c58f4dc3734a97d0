"""The pages on which an agreement is begun and negotiated, section by section."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import actions, collecting, drafting, negotiating, queries, words
from portal.agreements.changes import Change, changes
from portal.agreements.comparing import said
from portal.agreements.forms import BeginForm, PartiesForm, SignatoryForm, StepForm
from portal.agreements.models import AgreementVersion, Side, State
from portal.agreements.parts import AgreementSection, SectionState
from portal.agreements.presenting import head, line, terms_of
from portal.agreements.section_forms import (
    OwnSectionForm,
    ReasonForm,
    RemarkForm,
    beside_fields,
    form_of,
    given,
)
from portal.agreements.steps import OPEN
from portal.agreements.templates import templates
from portal.agreements.workflow import AGREEMENT
from portal.clock import moment, today
from portal.organisations.queries import funds, municipalities, names_on, observers
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("negotiations", __name__, url_prefix="/negotiations")
PRESSED = {"open", "settle", "reopen", "ask_to_sign", "take_back", "abandon"}


def opened(version_id: uuid.UUID) -> AgreementVersion:
    version = queries.version(version_id)
    concerning("agreement", version.agreement_id)
    if version.party_of(g.actor) == Side.OBSERVER:
        abort(404)  # how it came about is between the two sides
    return version


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_WRITE)
def new() -> ResponseReturnValue:
    form = BeginForm()
    form.offer(templates().values(), others())
    if not form.is_submitted():
        return page("agreements/new.html", form=form, templates=templates())
    if not form.validate():
        return page("agreements/new.html", form=form, templates=templates()), 422
    template = templates()[form.template.data]
    try:
        version = drafting.begin(
            template, form.title.data, form.chosen(), actor=g.actor, at=moment()
        )
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return page("agreements/new.html", form=form, templates=templates()), 422
    flash(_("Kladden er lavet. Kun jeres egen organisation ser den, til I åbner den."), "success")
    return see_other(".show", version_id=version.id)


def others() -> dict[Side, list[tuple[uuid.UUID, str]]]:
    """Who may be a party besides oneself, by side, in Danish order."""
    found = {
        Side.FUND: funds(today()),
        Side.MUNICIPALITY: municipalities(today()),
        Side.OBSERVER: observers(today()),
    }
    return {
        side: [(row.id, row.name) for row in rows if row.id != g.actor.organisation_id]
        for side, rows in found.items()
    }


@bp.get("/<uuid:version_id>")
@requires(Permission.AGREEMENT_READ)
def show(version_id: uuid.UUID) -> ResponseReturnValue:
    version = opened(version_id)
    return show_page(version)


def show_page(version: AgreementVersion, lacks: Any = (), asking: str = "") -> str:
    sections = queries.sections(version.id)
    waits = negotiating.counts(sections, own_side(version))
    signatories = queries.signatories(version.id)
    ids = {row.organisation_id for row in version.sides}
    return page(
        "agreements/negotiation.html",
        **framed(version),
        sections=[line(section, version, g.actor) for section in sections],
        head=head(version, g.actor, waits, signatories),
        counts=waits,
        signatories=signatories,
        names=names_on(ids, today()),
        events=queries.events(version.id),
        collected=collected(version),
        lacks=lacks,
        asking=asking,
        reason=request.form.get("reason", ""),
        step_form=StepForm(revision=version.revision),
    )


def collected(version: AgreementVersion) -> list[Change]:
    """What both sides had approved before this version was begun."""
    signed = version.agreement.binding
    found = collecting.collected_in(version.id) if signed else ()
    return changes(found, signed[0], own_side(version)) if found else []


def framed(version: AgreementVersion) -> dict[str, Any]:
    """What every page of a version under way stands in."""
    may_write = g.actor.may(Permission.AGREEMENT_WRITE)
    steps = {step.name for step in AGREEMENT.open_steps(version, g.actor)}
    is_open = version.state in OPEN
    return {
        "version": version,
        "agreement": version.agreement,
        "steps": steps,
        "words": words,
        "terms_of": terms_of,
        "may_write": may_write and is_open and own_side(version) != Side.OBSERVER,
        "own": own_side(version),
    }


def own_side(version: AgreementVersion) -> Side:
    return version.party_of(g.actor) or Side.OBSERVER


@bp.route("/<uuid:version_id>/sections/<key>", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_WRITE)
def section(version_id: uuid.UUID, key: str) -> ResponseReturnValue:
    version = opened(version_id)
    one = queries.section(version_id, key)
    form = form_of(one, today())
    if not form.is_submitted():
        form.revision.data = one.revision
        return section_page(version, one, form)
    if not form.validate():
        return section_page(version, one, form), 422
    try:
        negotiating.propose(
            one,
            version,
            text=form.text.data or "",
            given=given(form, one),
            is_left_out=form.is_left_out.data,
            revision=form.revision.data or 0,
            actor=g.actor,
            at=moment(),
        )
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return section_page(opened(version_id), queries.section(version_id, key), form), 422
    except Overtaken:
        start_over()
        return side_by_side(version_id, key, form), 409
    flash(_("Forslaget er gemt."), "success")
    return see_other(".section", version_id=version_id, key=key)


def section_page(
    version: AgreementVersion, section: AgreementSection, form: Any, **more: Any
) -> str:
    everything = [*queries.sections(version.id)]
    place = [one.key for one in everything].index(section.key)
    context = {
        "section": section,
        "form": form,
        "row": line(section, version, g.actor),
        "before": everything[place - 1] if place else None,
        "after": everything[place + 1] if place + 1 < len(everything) else None,
        "moves": said(queries.moves(section.id)),
        "comments": queries.comments(section.id),
        "remark_form": RemarkForm(formdata=None),
        "reason_form": ReasonForm(formdata=None, revision=section.revision),
        "is_locked": section.state == SectionState.AGREED or version.state not in OPEN,
        "may_agree": may_agree(section, version),
    } | beside_fields()
    return page("agreements/section.html", **framed(version), **(context | more))


def may_agree(section: AgreementSection, version: AgreementVersion) -> bool:
    return (
        version.state == State.NEGOTIATING
        and section.state == SectionState.PROPOSED
        and own_side(version) in negotiating.turns(section)
    )


def side_by_side(version_id: uuid.UUID, key: str, form: Any) -> str:
    """Somebody was faster: their text stands beside one's own, which is still in the form."""
    version, theirs = opened(version_id), queries.section(version_id, key)
    mine = form.text.data or ""
    form.revision.data, form.revision.raw_data = theirs.revision, None
    return section_page(version, theirs, form, theirs=theirs, mine=mine)


@bp.post("/<uuid:version_id>/sections/<key>/agree")
@requires(Permission.AGREEMENT_WRITE)
def agree(version_id: uuid.UUID, key: str) -> ResponseReturnValue:
    version, one = opened(version_id), queries.section(version_id, key)
    revision = request.form.get("revision", 0, type=int)
    try:
        negotiating.agree(one, version, revision=revision, actor=g.actor, at=moment())
    except Overtaken:
        start_over()
        flash(_("Afsnittet er ændret, siden du læste det. Her er det, som det er nu."), "warning")
        one = queries.section(version_id, key)
        form = form_of(one, today())
        form.revision.data, form.revision.raw_data = one.revision, None
        return section_page(opened(version_id), one, form), 409
    flash(_("»%(heading)s« er aftalt.", heading=one.heading), "success")
    waiting = [row for row in queries.sections(version_id) if may_agree(row, version)]
    if waiting:
        return see_other(".section", version_id=version_id, key=waiting[0].key)
    return see_other(".show", version_id=version_id)


@bp.post("/<uuid:version_id>/sections/<key>/reopen")
@requires(Permission.AGREEMENT_WRITE)
def reopen(version_id: uuid.UUID, key: str) -> ResponseReturnValue:
    version, one = opened(version_id), queries.section(version_id, key)
    form = ReasonForm()
    if not form.validate():
        return section_page(version, one, form_of(one, today()), reason_form=form), 422
    try:
        negotiating.reopen(
            one,
            version,
            reason=form.reason.data or "",
            revision=form.revision.data or 0,
            actor=g.actor,
            at=moment(),
        )
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        one = queries.section(version_id, key)
        return section_page(opened(version_id), one, form_of(one, today()), reason_form=form), 422
    flash(_("Afsnittet er taget op igen."), "success")
    return see_other(".section", version_id=version_id, key=key)


@bp.post("/<uuid:version_id>/sections/<key>/remark")
@requires(Permission.AGREEMENT_WRITE)
def remark(version_id: uuid.UUID, key: str) -> ResponseReturnValue:
    version, one = opened(version_id), queries.section(version_id, key)
    form = RemarkForm()
    if not form.validate():
        return section_page(version, one, form_of(one, today()), remark_form=form), 422
    negotiating.remark(
        one,
        version,
        text=form.remark.data,
        only_own_side=form.audience.data == "own",
        actor=g.actor,
        at=moment(),
    )
    flash(_("Bemærkningen er gemt."), "success")
    return see_other(".section", version_id=version_id, key=key)


@bp.route("/<uuid:version_id>/sections/new", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_WRITE)
def own_section(version_id: uuid.UUID) -> ResponseReturnValue:
    version, form = opened(version_id), OwnSectionForm()
    if not form.is_submitted():
        return page("agreements/own_section.html", **framed(version), form=form)
    if not form.validate():
        return page("agreements/own_section.html", **framed(version), form=form), 422
    made = negotiating.add_section(
        version,
        queries.sections(version_id),
        heading=form.heading.data,
        text=form.text.data,
        actor=g.actor,
        at=moment(),
    )
    flash(_("Afsnittet er føjet til."), "success")
    return see_other(".section", version_id=version_id, key=made.key)


@bp.route("/<uuid:version_id>/parties", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_WRITE)
def parties(version_id: uuid.UUID) -> ResponseReturnValue:
    version = opened(version_id)
    form = PartiesForm()
    form.offer(version, others(), names_on({row.organisation_id for row in version.sides}, today()))
    if not form.is_submitted():
        return page("agreements/parties.html", **framed(version), form=form)
    if not form.validate():
        return page("agreements/parties.html", **framed(version), form=form), 422
    try:
        drafting.set_parties(version, form.chosen(), form.mandates(), actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return page("agreements/parties.html", **framed(opened(version_id)), form=form), 422
    flash(_("Parterne er gemt."), "success")
    return see_other(".show", version_id=version_id)


@bp.route("/<uuid:version_id>/signatories", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_WRITE)
def signatories(version_id: uuid.UUID) -> ResponseReturnValue:
    version, form = opened(version_id), SignatoryForm()
    form.offer(queries.possible_signatories(today()))
    named = [
        row
        for row in queries.signatories(version_id)
        if row.organisation_id == g.actor.organisation_id
    ]
    context = framed(version) | {"form": form, "named": named}
    if not form.is_submitted():
        return page("agreements/signatories.html", **context)
    if not form.validate():
        return page("agreements/signatories.html", **context), 422
    try:
        drafting.name_signatory(version, **form.given(), actor=g.actor, today=today())
    except Refused as refused:
        form.show(refused.lacks)
        return page("agreements/signatories.html", **context), 422
    flash(_("Underskriveren er gemt."), "success")
    return see_other(".signatories", version_id=version_id)


@bp.post("/<uuid:version_id>/signatories/<uuid:signatory_id>/remove")
@requires(Permission.AGREEMENT_WRITE)
def remove_signatory(version_id: uuid.UUID, signatory_id: uuid.UUID) -> ResponseReturnValue:
    drafting.remove_signatory(opened(version_id), signatory_id, actor=g.actor)
    flash(_("Underskriveren er taget af."), "success")
    return see_other(".signatories", version_id=version_id)


@bp.post("/<uuid:version_id>/steps/<step>")
@requires(Permission.AGREEMENT_WRITE)
def step(version_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """A step that needs a press, or a reason; what is lacking is shown with links to it."""
    name = step.replace("-", "_")
    if name not in PRESSED:
        abort(404)
    version, form = opened(version_id), StepForm()
    g.trail.detail["step"] = name
    given = {"reason": request.form.get("reason", "")}
    try:
        taken = actions.take(version, name, given, actor=g.actor, at=moment(), stamp=form.stamp())
    except Refused as refused:
        start_over()
        return show_page(opened(version_id), refused.lacks, name), 422
    except Overtaken:
        start_over()
        flash(_("Aftalen er ændret, siden du åbnede siden. Se den igennem igen."), "warning")
        return show_page(opened(version_id)), 409
    flash(
        _("%(done)s.", done=words.HAPPENED[name]) if taken else _("Det er allerede gjort."),
        "success",
    )
    return see_other(".show", version_id=version_id)


@bp.post("/<uuid:version_id>/delete")
@requires(Permission.AGREEMENT_WRITE)
def delete(version_id: uuid.UUID) -> ResponseReturnValue:
    drafting.delete_draft(opened(version_id), actor=g.actor)
    flash(_("Kladden er slettet."), "success")
    return see_other("agreements.index")
