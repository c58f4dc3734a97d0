"""The pages on which goals of an agreement are reported and answered."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import queries
from portal.agreements.models import Agreement, AgreementVersion, Side
from portal.clock import moment, today
from portal.fields import LinesForm
from portal.goals import importing, presenting, reporting, words
from portal.goals.asking import asked, goal_of, governing
from portal.goals.forms import AnswerForm, ValueForm
from portal.goals.periods import Period
from portal.goals.reporting import Reporting
from portal.goals.values import GoalValue
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Refused

bp = Blueprint("goal_values", __name__, url_prefix="/goals")


def opened(agreement_id: uuid.UUID) -> tuple[Agreement, AgreementVersion]:
    """The agreement of one of the two sides, with the version whose goals are reported on."""
    agreement = queries.agreement(agreement_id)
    concerning("agreement", agreement.id)
    version = governing(agreement, today())
    if version is None or version.party_of(g.actor) not in {Side.FUND, Side.MUNICIPALITY}:
        abort(404)
    return agreement, version


@bp.get("/agreements")
@requires(Permission.GOAL_READ)
def agreements() -> str:
    return page("goals/agreements.html", rows=presenting.agreements(g.actor, today()))


@bp.get("/agreements/<uuid:agreement_id>")
@requires(Permission.GOAL_READ)
def of_agreement(agreement_id: uuid.UUID) -> str:
    agreement, version = opened(agreement_id)
    rows = presenting.goals(version, g.actor, today())
    may_write = Reporting(version, asked(version)[0], g.actor).may_write if rows else False
    told: dict[str, Any] = {"rows": rows, "may_write": may_write, "words": words}
    return page("goals/agreement.html", agreement=agreement, version=version, **told)


@bp.route("/agreements/<uuid:agreement_id>/new/<set_key>/<code>", methods=["GET", "POST"])
@requires(Permission.GOAL_WRITE)
def new(agreement_id: uuid.UUID, set_key: str, code: str) -> ResponseReturnValue:
    agreement, version = opened(agreement_id)
    goal = goal_of(version, set_key, code) or abort(404)
    one = Reporting(version, goal, g.actor)
    period = goal.last_period(today())
    form = ValueForm(first_day=period.first, last_day=period.last, version="new")
    form.ask(goal, is_new=True)
    shown: dict[str, Any] = {"agreement": agreement, "one": one, "form": form, "found": None}
    if not form.validate_on_submit():
        return page("goals/value.html", **shown), 422 if form.is_submitted() else 200
    try:
        period = Period(form.first_day.data, form.last_day.data)
        given = presenting.with_published(form.given(), one, period, today())
        made = reporting.begin(one, period, given, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        return page("goals/value.html", **shown), 422
    flash(_("Gemt som kladde. Kun jeres side ser den."), "success")
    return see_other("goal_values.show", agreement_id=agreement_id, value_id=made.id)


def found_in(agreement_id: uuid.UUID, value_id: uuid.UUID) -> tuple[Any, GoalValue, Reporting]:
    agreement, version = opened(agreement_id)
    found = reporting.value(value_id, agreement_id)
    goal = goal_of(version, found.set or "own", found.code) or abort(404)
    return agreement, found, Reporting(version, goal, g.actor)


@bp.get("/agreements/<uuid:agreement_id>/values/<uuid:value_id>")
@requires(Permission.GOAL_READ)
def show(agreement_id: uuid.UUID, value_id: uuid.UUID) -> str:
    agreement, found, one = found_in(agreement_id, value_id)
    return value_page(agreement, found, one, form_of(found, one))


def form_of(found: GoalValue, one: Reporting, **more: Any) -> ValueForm:
    form = ValueForm(obj=presenting.as_typed(found), version=str(found.version), **more)
    form.ask(one.goal, is_new=False)
    return form


@bp.post("/agreements/<uuid:agreement_id>/values/<uuid:value_id>")
@requires(Permission.GOAL_WRITE)
def write(agreement_id: uuid.UUID, value_id: uuid.UUID) -> ResponseReturnValue:
    """As long as it is not locked."""
    agreement, found, one = found_in(agreement_id, value_id)
    reporting.demand("write", found, one)
    form = form_of(found, one)
    if not form.validate():
        return value_page(agreement, found, one, form), 422
    try:
        presenting.still(found, form.version.data)
        given = presenting.with_published(form.given(), one, found.period, today())
        reporting.write(found, one, given, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        return value_page(agreement, found, one, form), 422
    flash(_("Gemt."), "success")
    return see_other("goal_values.show", agreement_id=agreement_id, value_id=value_id)


def value_page(
    agreement: Agreement, found: GoalValue, one: Reporting, form: ValueForm, **more: Any
) -> str:
    return page(
        "goals/value.html",
        agreement=agreement,
        found=found,
        one=one,
        form=form,
        may={step: reporting.may(step, found, one) for step in reporting.STEPS},
        missing=reporting.missing(found, one.goal, today()),
        state=presenting.state_words(found, one),
        presented=presenting.presented,
        words=words,
        **{"answer_form": AnswerForm()} | more,
    )


@bp.post(
    "/agreements/<uuid:agreement_id>/values/<uuid:value_id>"
    "/<any(submit, discard, approve, 'send-back'):step>"
)
@requires(Permission.GOAL_WRITE)
def step(agreement_id: uuid.UUID, value_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Refused, everything that is missing is said at once, on the page."""
    agreement, found, one = found_in(agreement_id, value_id)
    form, answer_form = form_of(found, one, formdata=None), AnswerForm()
    try:
        told = presenting.take(step, found, one, answer_form.answer.data or "", moment())
    except Refused as refused:
        for each in (form, answer_form):
            each.show(lack for lack in refused.lacks if lack.field in each or each is form)
        start_over()
        return value_page(agreement, found, one, form, answer_form=answer_form), 422
    flash(told, "success")
    if step == "discard":
        return see_other("goal_values.of_agreement", agreement_id=agreement_id)
    return see_other("goal_values.show", agreement_id=agreement_id, value_id=value_id)


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.GOAL_WRITE)
def take_in() -> ResponseReturnValue:
    """First every line is looked at; what was looked at without a fault is taken in."""
    form = LinesForm()
    shown: dict[str, Any] = {"form": form, "columns": importing.COLUMNS}
    if not form.validate_on_submit():
        return page("goals/import.html", **shown), 422 if form.is_submitted() else 200
    try:
        known = presenting.own_agreements(g.actor)
        lines = importing.read(form.lines.data, known, actor=g.actor, today=today())
        shown["lines"] = lines
        if "take" not in request.form:
            return page("goals/import.html", **shown)
        number = importing.take_in(lines, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        return page("goals/import.html", **shown), 422
    flash(_("%(number)d tal er hentet som kladder.", number=number), "success")
    return see_other("goal_values.agreements")
