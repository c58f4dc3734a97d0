"""The pages of job orders: the worklist, a new one, and one with its candidates."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import now, today
from portal.companies import queries as companies
from portal.companies.actions import Hand
from portal.companies.orders import JobOrder
from portal.companies.presenting import hand, opened
from portal.job_orders import actions, clocks, queries, words
from portal.job_orders.forms import CallForm, OrderForm, OutcomeForm, StepForm, SuggestForm
from portal.job_orders.workflow import ORDER
from portal.organisations.queries import names_on
from portal.participants.words import FORMS
from portal.projects import catalogue
from portal.projects.models import Project
from portal.projects.presenting import language
from portal.web import page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("job_orders", __name__, url_prefix="/projects/<uuid:project_id>/job-orders")
STEP = "any(present, fill, give_up, withdraw, reopen)"


@bp.get("/")
@requires(Permission.PROJECT_READ)
def index(project_id: uuid.UUID) -> str:
    project = opened(project_id)
    after = request.args.get("after", type=uuid.UUID)
    found = queries.orders(project, today(), after)
    told: dict[str, Any] = {"words": words, "now": now(), "shown": clocks.shown, "after": after}
    told["places"] = queries.PLACES
    return page("job_orders/index.html", project=project, found=found, **told)


@bp.route("/new/<uuid:company_id>", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def new(project_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    company = companies.company(project, company_id)
    form = OrderForm(contact=company.contact_name)
    form.offer((key, catalogue.model(key).name[language()]) for key in project.templates)
    if not form.validate_on_submit():
        return new_page(project, company, form), 422 if form.errors else 200
    try:
        made = actions.receive(company, form.given(), by=hand(project, g.actor))
    except Refused as refused:
        start_over()
        form.show(refused.lacks)
        project = opened(project_id)
        return new_page(project, companies.company(project, company_id), form), 422
    flash(_("Jobordren er modtaget. Uret er startet."), "success")
    return see_other(".show", project_id=project_id, order_id=made.id)


def new_page(project: Project, company: Any, form: OrderForm) -> str:
    models = [catalogue.model(key) for key in project.templates]
    doubts = {one.name[language()]: clocks.doubt(one.clock, today()) for one in models}
    return page("job_orders/new.html", project=project, company=company, form=form, doubts=doubts)


@bp.get("/<uuid:order_id>")
@requires(Permission.PROJECT_READ)
def show(project_id: uuid.UUID, order_id: uuid.UUID) -> str:
    return show_page(project_id, order_id)


def show_page(project_id: uuid.UUID, order_id: uuid.UUID, **forms: Any) -> str:
    """One with everything that can be done about it; `forms` has what was refused."""
    project = opened(project_id)
    one = queries.order(project, order_id)
    may_see = g.actor.may(Permission.PARTICIPANT_READ)
    known = {one.organisation_id, *(each.organisation_id for each in one.candidates)}
    suggest_form = SuggestForm(formdata=None)
    may = {step.name for step in ORDER.open_steps(one, g.actor)} if project.is_open else set()
    if "suggest" in may:
        offer_people(suggest_form, project)
    fresh = {
        "suggest_form": suggest_form,
        "outcome_form": OutcomeForm(formdata=None),
        "step_form": StepForm(formdata=None, revision=one.revision),
        "call_form": CallForm(formdata=None),
        "lacks": (),
    }
    told = {
        "names": queries.names(one.candidates) if may_see else {},
        "organisations": names_on(known, today()),
        "doubt": clocks.doubt(one.clock, today()),
        "is_late": one.is_late(now()),
        "due": clocks.shown(one.due_at),
        "forms": FORMS,
        "me": g.actor.organisation_id,
    }
    shown: dict[str, Any] = {"project": project, "one": one, "may": may, "words": words}
    return page("job_orders/show.html", **shown, **told, **{**fresh, **forms})


def offer_people(form: SuggestForm, project: Project) -> None:
    form.offer((one.id, one.name or "") for one in queries.people(project))


def carried_out(
    project_id: uuid.UUID,
    order_id: uuid.UUID,
    act: Callable[[JobOrder, Hand], None],
    done: str,
    **forms: Any,
) -> ResponseReturnValue:
    """Done and told, or refused at its field on the page."""
    project = opened(project_id)
    one = queries.order(project, order_id)
    if any(form.errors for form in forms.values()):
        return show_page(project_id, order_id, **forms), 422
    try:
        act(one, hand(project, g.actor))
    except Refused as refused:
        start_over()
        for form in forms.values():
            form.show(refused.lacks)
        return show_page(project_id, order_id, lacks=refused.lacks, **forms), 422
    except Overtaken:
        start_over()
        flash(_("Jobordren er ændret, siden du åbnede siden. Se den, som den er nu."), "warning")
        return show_page(project_id, order_id), 409
    flash(done, "success")
    return see_other(".show", project_id=project_id, order_id=order_id)


@bp.post("/<uuid:order_id>/candidates")
@requires(Permission.PARTICIPANT_WRITE)
def suggest(project_id: uuid.UUID, order_id: uuid.UUID) -> ResponseReturnValue:
    form = SuggestForm()
    offer_people(form, opened(project_id))
    form.validate()

    def act(one: JobOrder, by: Hand) -> None:
        actions.suggest(one, uuid.UUID(form.person.data), by=by)

    return carried_out(project_id, order_id, act, _("Kandidaten er foreslået."), suggest_form=form)


@bp.post("/<uuid:order_id>/candidates/<uuid:candidate_id>")
@requires(Permission.COMPANY_WRITE)
def outcome(
    project_id: uuid.UUID, order_id: uuid.UUID, candidate_id: uuid.UUID
) -> ResponseReturnValue:
    form = OutcomeForm()
    form.validate()

    def act(one: JobOrder, by: Hand) -> None:
        actions.tell_outcome(one, queries.candidate(one, candidate_id), form.told(), by=by)

    return carried_out(project_id, order_id, act, _("Udfaldet er gemt."), outcome_form=form)


@bp.post(f"/<uuid:order_id>/<{STEP}:step>")
@requires(Permission.COMPANY_WRITE)
def step(project_id: uuid.UUID, order_id: uuid.UUID, step: str) -> ResponseReturnValue:
    form = StepForm()
    form.validate()

    def act(one: JobOrder, by: Hand) -> None:
        reason = (form.reason.data or "").strip() or None
        actions.take(one, step, reason, form.revision.data or 0, by=by)

    return carried_out(project_id, order_id, act, _("Jobordren er gemt."), step_form=form)


@bp.post("/<uuid:order_id>/follow-up")
@requires(Permission.COMPANY_WRITE)
def follow_up(project_id: uuid.UUID, order_id: uuid.UUID) -> ResponseReturnValue:
    form = CallForm()
    form.validate()

    def act(one: JobOrder, by: Hand) -> None:
        actions.follow_up(one, form.text.data.strip(), by=by)

    return carried_out(project_id, order_id, act, _("Opkaldet er noteret."), call_form=form)
