"""Who may see a restricted package, and what is known of them all without opening any."""

import uuid
from typing import Any

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from portal.access import CASEWORKERS, Permission, requires
from portal.cases import restricted as cases
from portal.cases import words as case_words
from portal.cases.access_forms import LiftForm
from portal.cases.restricted import Basis
from portal.clock import moment, today
from portal.handovers import queries, restricted, restricting, words
from portal.handovers.models import Handover
from portal.handovers.page_forms import NamingForm, RestrictForm
from portal.handovers.restricted import Restricted
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Refused

bp = Blueprint("restricted", __name__, url_prefix="/handovers")


@bp.get("/restricted")
@requires(Permission.RESTRICTED_READ)
def index() -> str:
    found, of_cases = restricted.restricted(), cases.restricted()
    references = {one.handover_id: one.reference for one in found}
    references |= {one.case_id: one.reference for one in of_cases}
    looks = [*restricted.openings(found), *cases.openings(of_cases)]
    return page(
        "handovers/restricted.html",
        found=found,
        cases=of_cases,
        openings=sorted(looks, key=lambda one: one.at, reverse=True),
        references=references,
        words=words,
        may_lead=g.actor.may(Permission.HANDOVER_LEAD),
    )


@bp.route("/<uuid:handover_id>/access", methods=["GET", "POST"])
@requires(Permission.HANDOVER_LEAD)
def show(handover_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a package to named people; once it is, the same page names others."""
    concerning("handover", handover_id)
    if known := of(handover_id):
        return known_page(known, NamingForm(formdata=None), LiftForm(formdata=None))
    handover, form = queries.handover(handover_id), RestrictForm()
    form.offer(colleagues())
    if not form.is_submitted():
        form.people.data = [str(g.actor.user_id)]
        return open_page(handover, form)
    try:
        if not form.validate():
            return open_page(handover, form), 422
        chosen, basis = named(form), Basis(form.basis.data)
        reason = form.reason.data
        own = {"actor": g.actor, "at": moment()}
        restricting.restrict(handover, basis=basis, reason=reason, people=chosen, **own)
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        return open_page(queries.handover(handover_id), form), 422
    flash(_("Kun de udpegede kan nu se pakken."), "success")
    return see_other(".show", handover_id=handover_id)


@bp.post("/<uuid:handover_id>/access/people")
@requires(Permission.HANDOVER_LEAD)
def name(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    known, form = sole(handover_id), NamingForm()
    form.offer(colleagues())
    if not form.validate():
        return known_page(known, form, LiftForm(formdata=None)), 422
    restricting.name(handover_id, people=named(form), actor=g.actor, at=moment())
    flash(_("De udpegede er gemt."), "success")
    return see_other(".show", handover_id=handover_id)


@bp.post("/<uuid:handover_id>/access/lift")
@requires(Permission.HANDOVER_LEAD)
def lift(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    known, form = sole(handover_id), LiftForm()
    if not form.validate():
        return known_page(known, NamingForm(formdata=None), form), 422
    try:
        restricting.lift(known, reason=form.reason.data, actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        return known_page(known, NamingForm(formdata=None), form), 422
    flash(_("Pakken kan igen ses af alle, der arbejder med overdragelser hos jer."), "success")
    return see_other("handovers.show", handover_id=handover_id)


def of(handover_id: uuid.UUID) -> Restricted | None:
    found = restricted.restricted(handover_id)
    return found[0] if found else None


def sole(handover_id: uuid.UUID) -> Restricted:
    """Raises NoResultFound where it is not restricted, or nobody's business here."""
    if known := of(handover_id):
        return known
    raise NoResultFound


def colleagues() -> list[queries.Colleague]:
    return queries.colleagues(today(), sorted(CASEWORKERS))


def named(form: NamingForm) -> list[queries.Colleague]:
    return [one for one in colleagues() if str(one.id) in (form.people.data or [])]


def open_page(handover: Handover, form: RestrictForm) -> str:
    return page("handovers/restrict.html", handover=handover, form=form)


def known_page(known: Restricted, form: NamingForm, lifting: LiftForm) -> str:
    form.offer(colleagues())
    if not form.is_submitted() or form.people.data is None:
        form.people.data = [str(one.user_id) for one in known.readers]
    shown: dict[str, Any] = {"known": known, "form": form, "lifting": lifting, "words": words}
    by_case = restricted.kept_by_case(known.handover_id)
    return page("handovers/access.html", **shown, case_words=case_words, by_case=by_case)
