"""Who may see a restricted case. Beside the other pages of a case: to be here is not to open it."""

import uuid

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from portal.access import Permission, requires
from portal.cases import places, queries, restricted, restricting, words
from portal.cases.access_forms import CaseNamingForm, LiftForm, RestrictCaseForm
from portal.cases.models import MemberCase
from portal.cases.places import Place
from portal.cases.restricted import Basis, Restricted
from portal.clock import moment, today
from portal.web import concerning, page, see_other

bp = Blueprint("case_access", __name__, url_prefix="/cases")


@bp.route("/<uuid:case_id>/access", methods=["GET", "POST"])
@requires(Permission.CASE_RESTRICT)
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a case to named people; once it is, the same page names others."""
    concerning("member_case", case_id)
    if known := of(case_id):
        return known_page(known, CaseNamingForm(formdata=None), LiftForm(formdata=None))
    held = queries.held_case if request.method == "POST" else queries.case
    case, form = held(case_id), RestrictCaseForm()
    form.offer(places.advisers(today()))
    if not form.is_submitted():
        form.people.data = [str(g.actor.user_id)]
        return open_page(case, form)
    if not form.validate():
        return open_page(case, form), 422
    why = {"basis": Basis(form.basis.data), "reason": form.reason.data}
    restricting.restrict(case, **why, people=named(form), actor=g.actor, at=moment())
    flash(_("Kun de udpegede kan nu se sagen og dens pakker."), "success")
    return see_other(".show", case_id=case_id)


@bp.post("/<uuid:case_id>/access/people")
@requires(Permission.CASE_RESTRICT)
def name(case_id: uuid.UUID) -> ResponseReturnValue:
    concerning("member_case", case_id)
    known, form = sole(case_id), CaseNamingForm()
    form.offer(places.advisers(today()))
    if not form.validate():
        return known_page(known, form, LiftForm(formdata=None)), 422
    restricting.name(case_id, people=named(form), actor=g.actor, at=moment())
    flash(_("De udpegede er gemt."), "success")
    return see_other(".show", case_id=case_id)


@bp.post("/<uuid:case_id>/access/lift")
@requires(Permission.CASE_RESTRICT)
def lift(case_id: uuid.UUID) -> ResponseReturnValue:
    concerning("member_case", case_id)
    known, form = sole(case_id), LiftForm()
    if not form.validate():
        return known_page(known, CaseNamingForm(formdata=None), form), 422
    restricting.lift(known, reason=form.reason.data, actor=g.actor, at=moment())
    flash(_("Sagen kan igen ses af alle, der arbejder med sager hos jer."), "success")
    return see_other("cases.show", case_id=case_id)


def of(case_id: uuid.UUID) -> Restricted | None:
    found = restricted.restricted(case_id)
    return found[0] if found else None


def sole(case_id: uuid.UUID) -> Restricted:
    """Raises NoResultFound where it is not restricted, or nobody's business here."""
    if known := of(case_id):
        return known
    raise NoResultFound


def named(form: CaseNamingForm) -> list[Place]:
    return [one for one in places.advisers(today()) if str(one.id) in (form.people.data or [])]


def open_page(case: MemberCase, form: RestrictCaseForm) -> str:
    return page("cases/restrict.html", case=case, form=form)


def known_page(known: Restricted, form: CaseNamingForm, lifting: LiftForm) -> str:
    form.offer(places.advisers(today()))
    if not form.is_submitted() or form.people.data is None:
        form.people.data = [str(one.user_id) for one in known.readers]
    return page("cases/access.html", known=known, form=form, lifting=lifting, words=words)
