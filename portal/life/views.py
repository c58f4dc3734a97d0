"""The pages on which the fund says what has happened to a member, and what follows from it."""

import uuid
from typing import Any

from flask import Blueprint, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.cases import queries as cases
from portal.cases.blueprint import own_keys
from portal.cases.models import CaseState, MemberCase
from portal.clock import moment, today
from portal.life import actions, queries, words
from portal.life.forms import EventForm
from portal.life.models import LifeEvent
from portal.organisations.queries import funds, municipalities, names_on
from portal.web import concerning, page, see_other
from portal.workflow import NotNow, Refused

bp = Blueprint("life", __name__)


def changing(case_id: uuid.UUID) -> MemberCase:
    concerning("member_case", case_id)
    case = cases.held_case(case_id)
    if case.state is not CaseState.OPEN:
        raise NotNow("life", case.state)
    return case


@bp.route("/cases/<uuid:case_id>/events/new", methods=["GET", "POST"])
@requires(Permission.CASE_WRITE)
def new(case_id: uuid.UUID) -> ResponseReturnValue:
    """First what would follow is listed; only what was listed is then done."""
    case, form = changing(case_id), EventForm(day=today())
    homes = [one for one in municipalities(today()) if one.id != case.municipality_id]
    form.offer(homes, [one for one in funds(today()) if one.id != case.organisation_id])
    if not form.validate_on_submit():
        return new_page(case, form), 422 if form.is_submitted() else 200
    found = actions.foreseen(case, form.event(), own_keys(), today())
    if form.seen.data != found.stamp():
        was_seen = bool(form.seen.data)
        form.seen.data = found.stamp()
        return new_page(case, form, found, is_other=was_seen), 409 if was_seen else 200
    try:
        actions.record(case, found, keys=own_keys(), actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        return new_page(case, form), 422
    flash(_("Hændelsen er registreret."), "success")
    return see_other("cases.show", case_id=case_id)


@bp.post("/cases/<uuid:case_id>/events/<uuid:event_id>/undo")
@requires(Permission.CASE_WRITE)
def undo(case_id: uuid.UUID, event_id: uuid.UUID) -> ResponseReturnValue:
    """It fell through: what it closed within the time allowed is open again."""
    concerning("member_case", case_id)
    case, event = cases.held_case(case_id), queries.event(event_id, case_id)
    left = actions.undo(event, case, keys=own_keys(), actor=g.actor, at=moment())
    flash(_("Hændelsen er taget tilbage."), "success")
    for reference in left:
        words_of = _("%(reference)s kan ikke åbnes igen. Lav en ny pakke, hvis den skal bruges.")
        flash(words_of % {"reference": reference}, "warning")
    return see_other("cases.show", case_id=case_id)


@bp.app_template_global()
def events_of_case(case_id: uuid.UUID) -> list[tuple[LifeEvent, bool]]:
    """For the page of a case, which lies below; each with whether it may still be undone."""
    return [(one, actions.may_undo(one, today())) for one in queries.events(case_id)]


@bp.app_context_processor
def happenings() -> dict[str, Any]:
    return {"happenings": words.HAPPENINGS}


def new_page(
    case: MemberCase,
    form: EventForm,
    found: actions.Foreseen | None = None,
    *,
    is_other: bool = False,
) -> str:
    listed = None
    if found is not None:
        listed = lines(case, found, form.to)
    return page(
        "life/new.html",
        case=case,
        form=form,
        listed=listed,
        told=words.who_is_told(found.event, found.effects) if found else "",
        is_other=is_other,
    )


def lines(case: MemberCase, found: actions.Foreseen, to: uuid.UUID | None) -> list[str]:
    receivers = {one.id: one.receiver_id for one in found.handovers}
    ids = {*receivers.values(), case.municipality_id, *([to] if to else [])}
    names = names_on(ids, today())
    return [
        words.told(
            effect,
            found.event,
            names[receivers[effect.package.id]] if effect.package else "",
            names[to] if to else "",
        )
        for effect in found.effects
    ]
