"""Preparing surveys, following them, and what came of them: for who leads or owns agreements."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import limits, mail, suppression
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers.document_views import attached
from portal.organisations.queries import name_on
from portal.surveys import actions, asking, export, queries, results, upkeep, words
from portal.surveys.forms import SurveyForm, filled, suggested
from portal.surveys.models import State, Survey
from portal.surveys.questionnaires import questionnaires
from portal.web import concerning, page, see_other, start_over
from portal.workflow import Refused

bp = Blueprint("surveys", __name__, url_prefix="/surveys")
CSV = "text/csv; charset=utf-8"


@bp.get("/")
@requires(Permission.SURVEY_WRITE)
def index() -> str:
    named = dict(queries.agreements(g.actor, today()))
    return page("surveys/index.html", surveys=queries.surveys(), agreements=named, words=words)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SURVEY_WRITE)
def new() -> ResponseReturnValue:
    form = offering(SurveyForm(data=suggested(today())))
    if form.validate_on_submit():
        try:
            made = actions.draft(form.given(), actor=g.actor, at=moment())
        except Refused as refused:
            return refused_form(form, refused, None)
        concerning("survey", made.id)
        return see_other(".show", survey_id=made.id)
    return form_page(form, None), 422 if form.errors else 200


@bp.route("/<uuid:survey_id>/edit", methods=["GET", "POST"])
@requires(Permission.SURVEY_WRITE)
def edit(survey_id: uuid.UUID) -> ResponseReturnValue:
    concerning("survey", survey_id)
    survey = queries.survey(survey_id)
    actions.only_a_draft(survey, "edit")
    form = offering(SurveyForm(data=filled(survey)))
    if form.validate_on_submit():
        try:
            actions.revise(survey, form.given(), actor=g.actor, at=moment())
        except Refused as refused:
            return refused_form(form, refused, survey_id)
        return see_other(".show", survey_id=survey_id)
    return form_page(form, survey_id), 422 if form.errors else 200


@bp.get("/<uuid:survey_id>")
@requires(Permission.SURVEY_WRITE)
def show(survey_id: uuid.UUID) -> str:
    concerning("survey", survey_id)
    return survey_page(queries.survey(survey_id))


@bp.get("/<uuid:survey_id>/preview")
@requires(Permission.SURVEY_WRITE)
def preview(survey_id: uuid.UUID) -> str:
    """As whoever is asked will see it; it cannot be sent from here."""
    concerning("survey", survey_id)
    survey = queries.survey(survey_id)
    return page("surveys/preview.html", survey=survey, asked=survey.asked)


@bp.post("/<uuid:survey_id>/open")
@requires(Permission.SURVEY_WRITE)
def open_for_answers(survey_id: uuid.UUID) -> ResponseReturnValue:
    concerning("survey", survey_id)
    survey = queries.survey(survey_id)
    try:
        actions.open_for_answers(survey, actor=g.actor, at=moment())
    except Refused as refused:
        start_over()
        lacks = [lack.text for lack in refused.lacks]
        return survey_page(queries.survey(survey_id), lacks), 422
    if survey.opens_on == today():
        upkeep.queue(survey)
    flash(_("Undersøgelsen er åbnet. Mailene sendes nu eller om morgenen, den åbner."), "success")
    return see_other(".show", survey_id=survey_id)


@bp.post("/<uuid:survey_id>/stop")
@requires(Permission.SURVEY_WRITE)
def stop(survey_id: uuid.UUID) -> ResponseReturnValue:
    concerning("survey", survey_id)
    actions.stop(queries.survey(survey_id), actor=g.actor)
    flash(_("Undersøgelsen er stoppet. Links, adresser og svar er slettet."), "success")
    return see_other(".show", survey_id=survey_id)


@bp.post("/<uuid:survey_id>/remove")
@requires(Permission.SURVEY_WRITE)
def remove(survey_id: uuid.UUID) -> ResponseReturnValue:
    concerning("survey", survey_id)
    actions.remove(queries.survey(survey_id), actor=g.actor)
    flash(_("Kladden er slettet."), "success")
    return see_other(".index")


@bp.get("/<uuid:survey_id>/results.csv")
@requires(Permission.SURVEY_WRITE)
def as_csv(survey_id: uuid.UUID) -> Response:
    """The figures of the page, and no others (E11)."""
    concerning("survey", survey_id)
    survey = queries.survey(survey_id)
    limits.spend(f"export|{g.actor.user_id}", limits.EXPORTS_PER_MINUTE)
    results.only_closed(survey)
    rows = results.shown(survey)
    g.trail.detail["rows"] = len(rows)
    made = export.as_csv(export.table(survey, rows, today()))
    return attached(made, f"undersoegelse-{survey.reference}.csv", CSV)


def offering(form: SurveyForm) -> SurveyForm:
    kind = queries.kind_of(g.actor)
    form.offer(questionnaires(kind), queries.agreements(g.actor, today()))
    return form


def refused_form(
    form: SurveyForm, refused: Refused, survey_id: uuid.UUID | None
) -> ResponseReturnValue:
    start_over()
    form.show(refused.lacks)
    return form_page(form, survey_id), 422


def form_page(form: SurveyForm, survey_id: uuid.UUID | None) -> str:
    return page("surveys/edit.html", form=form, survey_id=survey_id)


def survey_page(survey: Survey, lacks: list[str] | None = None) -> str:
    named = dict(queries.agreements(g.actor, today()))
    shared: dict[str, Any] = {"survey": survey, "words": words}
    shared["agreement"] = named.get(survey.agreement_id) if survey.agreement_id else None
    shared["asked"] = survey.asked
    by_state = {State.DRAFT: of_draft, State.OPEN: of_open, State.CLOSED: of_closed}
    return page("surveys/show.html", **shared, **by_state[survey.state](survey, lacks))


def of_draft(survey: Survey, lacks: list[str] | None) -> dict[str, Any]:
    """Who would be asked, with what words, and what stands in the way."""
    count = suppression.shown({"all": asking.number(survey, today())}, today()).total
    subject, text = words_of_mail(survey)
    found = lacks or [lack.text for lack in actions.obstacles(survey, today())]
    return {"count": count, "subject": subject, "text": text, "lacks": found}


def words_of_mail(survey: Survey) -> tuple[str, str]:
    """With dots where the link will be."""
    return mail.rendered(
        upkeep.FIRST,
        reference=survey.reference,
        url="…",
        language=survey.language,
        lines=[mail.Line("", "closes", survey.closes_on)],
        asker=name_on(survey.organisation_id, today()),
    )


def of_open(survey: Survey, lacks: list[str] | None) -> dict[str, Any]:
    """How many have answered, from as many on as are ever told; never what."""
    far = queries.progress(survey)
    return {"far": far, "answered": results.turnout(far.invited, far.answered, today()).answered}


def of_closed(survey: Survey, lacks: list[str] | None) -> dict[str, Any]:
    turnout = results.turnout(survey.invited, survey.answered, today())
    return {"rows": results.shown(survey), "turnout": turnout}
