"""Inviting partners, answering an invitation, leaving, and handing over the lead."""

import uuid
from typing import Any

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import moment, today
from portal.organisations.queries import funds, municipalities, name_on, observers
from portal.projects import actions, newcomers, partners, queries, words
from portal.projects.forms import AnswerForm, EndForm, InviteForm, NewcomerForm, ReasonForm
from portal.projects.models import Project, ProjectPartner
from portal.projects.views import opened
from portal.web import concerning, page, see_other, start_over
from portal.workflow import NotNow, Refused

bp = Blueprint("project_partners", __name__, url_prefix="/projects")


@bp.route("/<uuid:project_id>/partners/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def invite(project_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    actions.only_leading(project, g.actor)
    form = offering(InviteForm(valid_from=max(today(), project.starts_on)))
    if not form.validate_on_submit():
        return invite_page(project, form), 422 if form.errors else 200
    try:
        partners.invite(project, form.asked(), actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return invite_page(queries.project(project_id), form), 422
    flash(_("Organisationen er inviteret og kan se invitationen på sin liste."), "success")
    return see_other("projects.show", project_id=project_id)


def offering(form: InviteForm) -> InviteForm:
    """Everybody who has a place here: observers are councils and partners."""
    day = today()
    found = [*observers(day), *municipalities(day), *funds(day)]
    form.offer((one.id, one.name) for one in found)
    return form


def invite_page(project: Project, form: InviteForm) -> str:
    return page("projects/invite.html", project=project, form=form)


@bp.route("/<uuid:project_id>/invitation", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def answer(project_id: uuid.UUID) -> ResponseReturnValue:
    """What the invitation says, and yes or no; the project itself is not seen before the yes."""
    concerning("project", project_id)
    party, one = queries.invitation(project_id)
    form = AnswerForm()
    if not form.validate_on_submit():
        lead = name_on(party.lead_id, today()) if party.lead_id else None
        shown: dict[str, Any] = {
            "party": party,
            "one": one,
            "lead": lead,
            "form": form,
            "words": words,
        }
        return page("projects/invitation.html", **shown), 422 if form.errors else 200
    says_yes, reason = form.answer.data == "yes", (form.reason.data or "").strip()
    how: dict[str, Any] = {"actor": g.actor, "at": moment()}
    partners.answer(one, project_id, says_yes=says_yes, reason=reason, **how)
    if not says_yes:
        flash(_("I har sagt nej. Tovholderen kan se det."), "success")
        return see_other("projects.index")
    flash(_("I deltager i projektet."), "success")
    return see_other("projects.show", project_id=project_id)


@bp.route("/<uuid:project_id>/partners/wanted", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def want(project_id: uuid.UUID) -> ResponseReturnValue:
    """An organisation that stands on no list: the operator opens a place and it is invited."""
    project = opened(project_id)
    actions.only_leading(project, g.actor)
    form = NewcomerForm(valid_from=max(today(), project.starts_on))
    form.offer()
    if form.validate_on_submit():
        try:
            newcomers.want(project, form.wanted(), actor=g.actor, at=moment())
        except Refused as refused:
            form.show(refused.lacks)
            start_over()
            project = queries.project(project_id)
        else:
            flash(
                _("Ønsket er gemt. Samspils drift opretter og inviterer organisationen."), "success"
            )
            return see_other(".want", project_id=project_id)
    rows = newcomers.newcomers(project)
    shown = page("projects/wanted.html", project=project, form=form, rows=rows, words=words)
    return shown, 422 if form.errors else 200


def of(project_id: uuid.UUID, partner_id: uuid.UUID) -> tuple[Project, ProjectPartner]:
    project = opened(project_id)
    return project, queries.partner(project, partner_id)


@bp.post("/<uuid:project_id>/partners/<uuid:partner_id>/withdraw")
@requires(Permission.PROJECT_WRITE)
def withdraw(project_id: uuid.UUID, partner_id: uuid.UUID) -> ResponseReturnValue:
    project, one = of(project_id, partner_id)
    partners.withdraw(project, one, actor=g.actor, at=moment())
    flash(_("Invitationen er trukket tilbage."), "success")
    return see_other("projects.show", project_id=project_id)


@bp.route("/<uuid:project_id>/partners/<uuid:partner_id>/end", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def end(project_id: uuid.UUID, partner_id: uuid.UUID) -> ResponseReturnValue:
    """On which day a partner stops, and what it leaves behind."""
    project, one = of(project_id, partner_id)
    if not partners.may_end(project, one, g.actor, today()):
        raise NotNow("end", project.state)
    form = EndForm(obj=one)
    if not form.validate_on_submit():
        return partner_page("projects/end.html", project, one, form), 422 if form.errors else 200
    told = [(field.data or "").strip() for field in (form.reason, form.leaves)]
    try:
        partners.end(project, one, form.valid_until.data, *told, actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return partner_page("projects/end.html", *of(project_id, partner_id), form), 422
    flash(_("Partnerens sidste dag er gemt."), "success")
    return see_other("projects.show", project_id=project_id)


def partner_page(template: str, project: Project, one: ProjectPartner, form: Any) -> str:
    who = name_on(one.organisation_id, today())
    return page(template, project=project, one=one, partner=who, form=form)


@bp.route("/<uuid:project_id>/partners/<uuid:partner_id>/lead", methods=["GET", "POST"])
@requires(Permission.PROJECT_WRITE)
def hand_over(project_id: uuid.UUID, partner_id: uuid.UUID) -> ResponseReturnValue:
    """The partner leads from now on."""
    project, one = of(project_id, partner_id)
    actions.only_leading(project, g.actor)
    form = ReasonForm()
    if not form.validate_on_submit():
        return partner_page(
            "projects/hand_over.html", project, one, form
        ), 422 if form.errors else 200
    try:
        partners.hand_over(project, one, form.reason.data.strip(), actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return partner_page("projects/hand_over.html", *of(project_id, partner_id), form), 422
    flash(_("Projektet har fået en ny tovholder."), "success")
    return see_other("projects.show", project_id=project_id)
