"""Moving cases to another adviser, one or many at a time."""

import uuid
from collections.abc import Sequence

from flask import abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access import Permission, requires
from portal.cases import actions, lists, places, queries
from portal.cases.blueprint import bp
from portal.cases.forms import MoveForm
from portal.clock import today
from portal.web import concerning, page, see_other
from portal.workflow import Refused


@bp.route("/move", methods=["GET", "POST"])
@requires(Permission.CASE_MOVE)
def move() -> ResponseReturnValue:
    """The cases are named in the address, or in the form: the same page for one and for many."""
    ids, form = chosen(), MoveForm()
    if not ids:
        flash(_("Sæt kryds ved de sager, der skal flyttes."), "warning")
        return see_other(".index", list="all")
    concerning("member_case", ids[0])
    g.trail.detail["cases"] = [*map(str, ids)]
    form.offer(places.advisers(today()), places.units(g.actor.organisation_id, today()))
    if form.validate_on_submit():
        try:
            return moved(ids, form)
        except Refused as refused:
            form.show(refused.lacks)
    rows = lists.named(ids, day=today())
    return page("cases/move.html", form=form, rows=rows), 422 if form.is_submitted() else 200


def moved(ids: Sequence[uuid.UUID], form: MoveForm) -> ResponseReturnValue:
    cases = queries.held_cases(ids)
    count = len(actions.move(cases, **form.given(), actor=g.actor, today=today()))
    flash(ngettext("%(num)d sag er flyttet.", "%(num)d sager er flyttet.", count), "success")
    if same := len(cases) - count:
        words = ngettext(
            "%(num)d sag var der i forvejen.", "%(num)d sager var der i forvejen.", same
        )
        flash(words, "info")
    return see_other(".index", list="all") if len(ids) > 1 else see_other(".show", case_id=ids[0])


def chosen() -> list[uuid.UUID]:
    """The ids asked for; 404 for too many, and for one that is not the own fund's."""
    try:
        ids = [uuid.UUID(text) for text in dict.fromkeys(request.values.getlist("case"))]
    except ValueError:
        abort(404)
    if len(ids) > lists.PAGE or len(lists.named(ids, day=today())) < len(ids):
        abort(404)
    return ids
