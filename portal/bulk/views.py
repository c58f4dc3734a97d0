"""Many packages at once: chosen on the list, looked at, confirmed, and what became of each."""

import uuid
from typing import Any

from flask import Blueprint, Response, abort, flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal import limits
from portal.access import Permission, requires
from portal.bulk import actions, queries, words
from portal.bulk.forms import FORMS, AssignManyForm
from portal.bulk.models import Batch, Doing
from portal.bulk.upkeep import carry_on
from portal.clock import moment, today
from portal.handovers import export, lists, worklist
from portal.handovers.document_views import attached
from portal.handovers.filling import those_to_choose
from portal.handovers.queries import WORKING_ROLES, colleagues
from portal.jobs import enqueue
from portal.web import concerning, page, see_other

bp = Blueprint("bulk", __name__, url_prefix="/handovers/bulk")


@bp.post("/")
@requires(Permission.HANDOVER_WRITE)
def choose() -> ResponseReturnValue:
    """From the list: what was ticked, or all of it as far as it goes."""
    doing = lists.one_of(Doing, request.form.get("doing"))
    if doing is None:
        abort(400)
    if doing == Doing.EXPORT and not g.actor.may(Permission.EXPORT):
        abort(403)
    ids = chosen()
    if not ids:
        flash(_("Sæt kryds ved de pakker, det gælder."), "warning")
        return see_other("handover_lists.index", **lists.repeated(request.form))
    is_cut = len(ids) > actions.MOST
    batch = actions.choose(
        doing,
        ids[: actions.MOST],
        actor=g.actor,
        at=moment(),
        language=get_locale().language,
        is_cut=is_cut,
    )
    concerning("batch", batch.id)
    return see_other(".show", batch_id=batch.id)


def chosen() -> list[uuid.UUID]:
    """In the order of the list; 404 for what is no id."""
    if "whole" in request.form:
        want, most = lists.asked(request.form), actions.MOST + 1
        found = worklist.export(want, actor=g.actor, today=today(), most=most)
        return [row.handover_id for row in found]
    try:
        return [uuid.UUID(text) for text in dict.fromkeys(request.form.getlist("handover"))]
    except ValueError:
        abort(404)


@bp.get("/")
@requires(Permission.HANDOVER_WRITE)
def index() -> ResponseReturnValue:
    """One's own of the last month: a window may be closed while one is under way."""
    return page("bulk/index.html", batches=queries.recent(g.actor), words=words)


@bp.get("/<uuid:batch_id>")
@requires(Permission.HANDOVER_WRITE)
def show(batch_id: uuid.UUID) -> ResponseReturnValue:
    concerning("batch", batch_id)
    batch = queries.batch(batch_id)
    return batch_page(batch, form_of(batch))


@bp.post("/<uuid:batch_id>")
@requires(Permission.HANDOVER_WRITE)
def confirm(batch_id: uuid.UUID) -> ResponseReturnValue:
    concerning("batch", batch_id)
    batch = queries.batch(batch_id)
    form = form_of(batch)
    if not form.validate():
        return batch_page(batch, form), 422
    if batch.doing == Doing.EXPORT:
        return exported(batch, form)
    language = get_locale().language
    at = moment()
    if actions.confirm(batch, actor=g.actor, at=at, language=language, given=form.given()):
        begin(batch)
    return see_other(".show", batch_id=batch_id)


def begin(batch: Batch) -> None:
    """A few are done before the answer; of many the first, the worker does the rest."""
    if not actions.carry_on(batch, actor=g.actor, at=moment()):
        enqueue(carry_on, batch_id=str(batch.id))


def exported(batch: Batch, form: Any) -> Response:
    """To a right of its own, for a purpose, into the log (E11)."""
    if not g.actor.may(Permission.EXPORT):
        abort(403)
    limits.spend(f"export|{g.actor.user_id}", limits.EXPORTS_PER_MINUTE)
    rows = [one.shown for one in queries.listed(batch, g.actor, today()) if one.shown]
    made, kind = export.FORMATS[form.format.data]
    g.trail.purpose = form.purpose.data
    g.trail.detail |= {"rows": len(rows), "format": form.format.data}
    name = f"overdragelser-{today().isoformat()}.{form.format.data}"
    return attached(made(export.table(rows, lists.person_word())), name, kind)


def form_of(batch: Batch) -> Any:
    form = FORMS[batch.doing]()
    if isinstance(form, AssignManyForm):
        moves = batch.doing == Doing.MOVE_CASE
        form.offer(colleagues(today(), WORKING_ROLES) if moves else those_to_choose())
    return form


def batch_page(batch: Batch, form: Any) -> str:
    rows = queries.listed(batch, g.actor, today())
    return page(
        "bulk/show.html",
        "state",
        batch=batch,
        form=form,
        rows=rows,
        possible=[one for one in rows if not one.obstacle],
        impossible=[one for one in rows if one.obstacle],
        waiting=[one for one in rows if one.row.done_at is None],
        refused=[one for one in rows if one.row.lack],
        most=actions.MOST,
        address=url_for(".show", batch_id=batch.id),
        bulk_words=words,
        **lists.frame(),
    )
