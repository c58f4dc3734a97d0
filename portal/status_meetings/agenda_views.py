"""The agenda on the page: drawn, taken or worded, and talked about point by point."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.clock import moment
from portal.meetings.parts import MeetingItem
from portal.meetings.series import Meeting, MeetingState
from portal.status_meetings import agenda, notes, queries, words
from portal.status_meetings.figures import published
from portal.status_meetings.forms import NoteForm, PointForm
from portal.status_meetings.views import opened
from portal.web import page, see_other, start_over
from portal.workflow import Overtaken, Refused

bp = Blueprint("meeting_agenda", __name__, url_prefix="/meetings/<uuid:meeting_id>")


@bp.route("/items", methods=["GET", "POST"])
@requires(Permission.MEETING_WRITE)
def index(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """The whole agenda: draw it from the facts, take all proposals, or add a point."""
    meeting, form = opened(meeting_id), PointForm()
    if request.method == "GET":
        return index_page(meeting, form)
    how: dict[str, Any] = {"actor": g.actor}
    match request.form.get("do"):
        case "draw":
            new = agenda.draw(meeting, published, at=moment(), **how)
            told = _("Dagsordenen er hentet fra dagens tal. Nye punkter: %(new)d.", new=new)
            flash(told, "success")
        case "take_all":
            agenda.take_all(meeting, **how)
        case _other:
            if not form.validate():
                return index_page(meeting, form), 422
            agenda.add(meeting, **form.words(), **how)
    if meeting.state == MeetingState.IN_PROGRESS:
        return see_other("status_meetings.show", meeting_id=meeting_id)
    return see_other(".index", meeting_id=meeting_id)


def index_page(meeting: Meeting, form: PointForm) -> str:
    return page(
        "status_meetings/agenda.html",
        meeting=meeting,
        items=queries.items(meeting.id),
        total=sum(one.minutes for one in queries.agenda(meeting.id)),
        may_open=g.actor.may(Permission.HANDOVER_READ),
        form=form,
        words=words,
    )


@bp.route("/items/<uuid:item_id>", methods=["GET", "POST"])
@requires(Permission.MEETING_WRITE)
def item(meeting_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """One point: worded before the meeting, with its notes and its clock while it runs."""
    meeting = opened(meeting_id)
    row = queries.item(meeting_id, item_id)
    if request.method == "GET":
        return item_page(meeting, row)
    do = request.form.get("do", "")
    if do in PRESSED:
        PRESSED[do](meeting, row)
        back = ".index" if meeting.state == MeetingState.PLANNED else ".item"
        where = {} if back == ".index" else {"item_id": item_id}
        return see_other(back, meeting_id=meeting_id, **where)
    if do == "note":
        return write_note(meeting, row)
    return reword(meeting, row)


def shift(by: int) -> Callable[[Meeting, MeetingItem], None]:
    return lambda meeting, row: agenda.shift(meeting, row, by, actor=g.actor)


def decide(how: str) -> Callable[[Meeting, MeetingItem], None]:
    return lambda meeting, row: agenda.decide(meeting, row, how, actor=g.actor)


def start(meeting: Meeting, row: MeetingItem) -> None:
    agenda.talk_about(meeting, row, actor=g.actor, at=moment())


def pause(meeting: Meeting, row: MeetingItem) -> None:
    agenda.pause(meeting, row, actor=g.actor, at=moment())


PRESSED: dict[str, Callable[[Meeting, MeetingItem], None]] = {
    "up": shift(-1),
    "down": shift(1),
    "accept": decide("accept"),
    "remove": decide("remove"),
    "bring": decide("bring"),
    "start": start,
    "pause": pause,
}


def reword(meeting: Meeting, row: MeetingItem) -> ResponseReturnValue:
    form = PointForm()
    if not form.validate():
        return item_page(meeting, row, form=form), 422
    seen = form.revision.data or 0
    try:
        agenda.reword(meeting, row, form.words(), seen=seen, actor=g.actor)
    except Overtaken:
        return both_texts(meeting.id, row.id, form)
    return see_other(".index", meeting_id=meeting.id)


def both_texts(meeting_id: uuid.UUID, item_id: uuid.UUID, form: PointForm) -> ResponseReturnValue:
    """What was typed stays in the form; beside it what somebody else has saved meanwhile."""
    start_over()
    row = queries.item(meeting_id, item_id)
    form.revision.data = row.revision
    form.revision.raw_data = None
    return item_page(queries.meeting(meeting_id), row, form=form, is_overtaken=True), 409


def write_note(meeting: Meeting, row: MeetingItem) -> ResponseReturnValue:
    form = note_form(meeting)
    if not form.validate():
        return item_page(meeting, row, note=form), 422
    try:
        notes.write(meeting, row, form.given(), actor=g.actor, at=moment())
    except Refused as refused:
        form.show(refused.lacks)
        ids = meeting.id, row.id
        start_over()
        return item_page(queries.meeting(ids[0]), queries.item(*ids), note=form), 422
    form.warn_of_cpr()
    return see_other(".item", meeting_id=meeting.id, item_id=row.id)


def note_form(meeting: Meeting, **how: Any) -> NoteForm:
    form = NoteForm(**how)
    form.offer(queries.participants(meeting.id))
    return form


def item_page(
    meeting: Meeting,
    row: MeetingItem,
    *,
    form: PointForm | None = None,
    note: NoteForm | None = None,
    is_overtaken: bool = False,
) -> str:
    order = queries.agenda(meeting.id)
    place = order.index(row) if row in order else 0
    words_of = {"title": row.title, "text": row.text, "minutes": row.minutes}
    return page(
        "status_meetings/item.html",
        "clock",
        meeting=meeting,
        item=row,
        number=place + 1,
        before=order[place - 1] if place else None,
        after=order[place + 1] if place + 1 < len(order) else None,
        notes=[one for one in queries.notes(meeting.id) if one.item_id == row.id],
        spent=agenda.spent(row, moment()),
        form=form or PointForm(formdata=None, revision=row.revision, **words_of),
        note=note or note_form(meeting, formdata=None),
        is_overtaken=is_overtaken,
        is_running=meeting.state == MeetingState.IN_PROGRESS,
        is_planned=meeting.state == MeetingState.PLANNED,
        may_open=g.actor.may(Permission.HANDOVER_READ),
        words=words,
    )


@bp.get("/screen")
@requires(Permission.MEETING_READ)
def screen(meeting_id: uuid.UUID) -> str:
    """For the projector: the point that is talked about, large, with what is noted."""
    meeting = opened(meeting_id)
    order = queries.agenda(meeting.id)
    running = [one for one in order if one.running_since]
    here = running[0] if running else None
    asked = request.args.get("item", type=uuid.UUID)
    shown = next((one for one in order if one.id == asked), here or (order[0] if order else None))
    return page(
        "status_meetings/screen.html",
        "now",
        meeting=meeting,
        items=order,
        item=shown,
        number=order.index(shown) + 1 if shown else 0,
        is_followed=asked is None,
        notes=[one for one in queries.notes(meeting.id) if shown and one.item_id == shown.id],
        spent=agenda.spent(shown, moment()) if shown else 0,
        words=words,
    )
