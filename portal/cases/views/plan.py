"""The plan: what was agreed in Min Plan, written or pasted, and the checklist over it."""

import uuid
from typing import Any

from flask import flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.cases import my_plan, queries, recording
from portal.cases.actions import Outdated
from portal.cases.blueprint import about, bp, changing
from portal.cases.content_forms import ExemptionForm, PasteForm, PlanForm
from portal.cases.models import CasePlan, MemberCase
from portal.cases.my_plan import MyPlan
from portal.web import page, see_other


@bp.get("/<uuid:case_id>/plan")
@requires(Permission.CASE_READ)
def plan(case_id: uuid.UUID) -> str:
    case = about(case_id)
    return plan_page(case, PlanForm(None, data=typed(queries.plan(case.id))))


@bp.post("/<uuid:case_id>/plan")
@requires(Permission.CASE_WRITE)
def write_plan(case_id: uuid.UUID) -> ResponseReturnValue:
    case, form = changing(case_id), PlanForm()
    if not form.validate():
        return plan_page(case, form), 422
    try:
        recording.write_plan(case, version=form.version.data or 0, **form.given())
    except Outdated:
        form.compare(theirs := typed(queries.plan(case.id)))
        return plan_page(case, form, theirs), 409
    flash(_("Planen er gemt."), "success")
    form.warn_of_cpr()
    return see_other(".show", case_id=case.id)


@bp.post("/<uuid:case_id>/plan/paste")
@requires(Permission.CASE_READ)
def paste_plan(case_id: uuid.UUID) -> ResponseReturnValue:
    """Shows what was found in the text; nothing is saved before a person has read it."""
    case, form = about(case_id), PasteForm()
    saved = typed(queries.plan(case.id))
    if not form.validate():
        return plan_page(case, PlanForm(None, data=saved), paste=form), 422
    found = my_plan.split(form.text.data)
    filled = PlanForm(None, data=saved | pasted(found))
    return plan_page(case, filled, theirs=saved, found=found)


@bp.post("/<uuid:case_id>/exemptions")
@requires(Permission.CASE_WRITE)
def exempt(case_id: uuid.UUID) -> ResponseReturnValue:
    case, form = changing(case_id), ExemptionForm()
    if form.validate():
        recording.exempt(case, code=form.code.data, reason=form.reason.data, actor=g.actor)
        form.warn_of_cpr()
    else:
        flash(_("Skriv, hvorfor punktet ikke er relevant."), "warning")
    return see_other(".show", case_id=case.id, _anchor="checklist")


@bp.post("/<uuid:case_id>/exemptions/remove")
@requires(Permission.CASE_WRITE)
def include(case_id: uuid.UUID) -> ResponseReturnValue:
    case = changing(case_id)
    recording.include(case, code=request.form.get("code", ""))
    return see_other(".show", case_id=case.id, _anchor="checklist")


def typed(plan: CasePlan | None) -> dict[str, Any]:
    """The plan as its form shows it."""
    if plan is None:
        return {"version": 0}
    names = ("focus_areas", "search_strategy", "my_plan_link", "my_plan_on", "version")
    return {"job_goals": "\n".join(plan.job_goals)} | {n: getattr(plan, n) for n in names}


def pasted(found: MyPlan) -> dict[str, Any]:
    """Only the fields for which something was found; the others keep what is saved."""
    texts = {
        "job_goals": "\n".join(found.job_goals),
        "focus_areas": "\n".join(found.focus_areas),
        "search_strategy": "\n".join(found.search_strategy),
        "my_plan_link": found.link,
        "my_plan_on": found.day,
    }
    return {name: text for name, text in texts.items() if text}


def plan_page(
    case: MemberCase,
    form: PlanForm,
    theirs: dict[str, Any] | None = None,
    found: MyPlan | None = None,
    paste: PasteForm | None = None,
) -> str:
    paste = paste or PasteForm(None)
    return page("cases/plan.html", case=case, form=form, theirs=theirs, found=found, paste=paste)
