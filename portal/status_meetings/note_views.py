"""A note on its page: put right, taken away, closed when it is done, or made an amendment."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import Permission, requires
from portal.agreements import amending, presenting
from portal.agreements import queries as agreements
from portal.agreements.amendment_forms import ChangeForm
from portal.agreements.changes import heading_of
from portal.agreements.section_forms import alone, beside_fields, form_of, given
from portal.clock import moment, today
from portal.meetings.parts import MeetingNote
from portal.meetings.series import Meeting, MeetingState
from portal.status_meetings import decisions, duties, notes, queries, words
from portal.status_meetings.agenda_views import note_form
from portal.status_meetings.forms import CloseForm, NoteForm
from portal.status_meetings.views import opened
from portal.web import page, see_other, start_over
from portal.workflow import NotNow, Overtaken, Refused

bp = Blueprint("meeting_notes", __name__, url_prefix="/meetings/<uuid:meeting_id>/notes")


def found(meeting_id: uuid.UUID, note_id: uuid.UUID) -> tuple[Meeting, MeetingNote]:
    return opened(meeting_id), queries.note(meeting_id, note_id)


@bp.route("/<uuid:note_id>", methods=["GET", "POST"])
@requires(Permission.MEETING_WRITE)
def show(meeting_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    """Put it right, or take it away while the meeting runs."""
    meeting, note = found(meeting_id, note_id)
    if request.method == "GET":
        return show_page(meeting, note, filled(meeting, note))
    form = note_form(meeting)
    how: dict[str, Any] = {"seen": form.revision.data or 0, "actor": g.actor}
    if not form.validate():
        return show_page(meeting, note, form), 422
    item_id = note.item_id
    try:
        if request.form.get("do") == "remove":
            notes.remove(meeting, note, **how)
        else:
            notes.rewrite(meeting, note, form.given(), at=moment(), **how)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return show_page(*found(meeting_id, note_id), form), 422
    except Overtaken:
        return both_texts(meeting_id, note_id, form)
    form.warn_of_cpr()
    if meeting.state == MeetingState.IN_PROGRESS:
        return see_other("meeting_agenda.item", meeting_id=meeting_id, item_id=item_id)
    flash(_("Referatet er rettet. Begge parter skal godkende det på ny."), "success")
    return see_other("status_meetings.show", meeting_id=meeting_id)


def filled(meeting: Meeting, note: MeetingNote) -> NoteForm:
    people = queries.participants(meeting.id)
    who = [one for one in people if one.user_id == note.user_id and one.name == note.person]
    told = {"kind": note.kind.value, "text": note.text, "due_on": note.due_on}
    form = note_form(meeting, formdata=None, revision=note.revision, **told)
    form.who.data = str(who[0].id) if who else ""
    return form


def both_texts(meeting_id: uuid.UUID, note_id: uuid.UUID, form: NoteForm) -> ResponseReturnValue:
    """The own text stays in the form, and what somebody else saved meanwhile stands beside it."""
    start_over()
    meeting, note = found(meeting_id, note_id)
    form.revision.data, form.revision.raw_data = note.revision, None
    return show_page(meeting, note, form, is_overtaken=True), 409


def show_page(
    meeting: Meeting, note: MeetingNote, form: NoteForm, *, is_overtaken: bool = False
) -> str:
    return page(
        "status_meetings/note.html",
        meeting=meeting,
        note=note,
        item=queries.item(meeting.id, note.item_id),
        form=form,
        is_overtaken=is_overtaken,
        is_running=meeting.state == MeetingState.IN_PROGRESS,
        words=words,
    )


@bp.route("/<uuid:note_id>/close", methods=["GET", "POST"])
@requires(Permission.MEETING_READ)
def close(meeting_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    meeting, note = found(meeting_id, note_id)
    form = CloseForm()
    if request.method == "GET":
        form.revision.data = note.revision
        return close_page(meeting, note, form)
    how: dict[str, Any] = {"actor": g.actor, "at": moment(), "seen": form.revision.data or 0}
    if not form.validate():
        return close_page(meeting, note, form), 422
    try:
        duties.close(note, text=form.closed_text.data or "", **how)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return close_page(*found(meeting_id, note_id), form), 422
    except (NotNow, Overtaken):
        start_over()
        flash(_("Opgaven er ændret eller lukket, siden du åbnede siden."), "warning")
        return close_page(*found(meeting_id, note_id), form), 409
    flash(_("Opgaven er lukket."), "success")
    return see_other("status_meetings.of_agreement", agreement_id=meeting.agreement_id)


def close_page(meeting: Meeting, note: MeetingNote, form: CloseForm) -> str:
    shown: dict[str, Any] = {"note": note, "may_close": duties.may_close(note, g.actor)}
    return page("status_meetings/close.html", meeting=meeting, form=form, **shown)


# --- A decision that changes the agreement ---


@bp.route("/<uuid:note_id>/amendment", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_WRITE)
def amend(meeting_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    """What is to be changed is chosen by the address; its value and why on the same page."""
    meeting, note = found(meeting_id, note_id)
    version = decisions.newest(meeting)
    path = request.args.get("path", "")
    if not path:
        return topics_page(meeting, note)
    topic = amending.topic(version, path)
    section = alone(topic.section, topic.name)
    form = form_of(section, today(), ChangeForm)
    if request.method == "GET":
        form.reason.data = note.text
        return amend_page(meeting, note, path, form)
    if not form.validate():
        return amend_page(meeting, note, path, form), 422
    value = given(form, section)[topic.name] if topic.name else form.text.data
    how: dict[str, Any] = {"reason": form.reason.data, "actor": g.actor, "at": moment()}
    try:
        made = decisions.amend(note, meeting, path, value, **how)
    except Refused as refused:
        form.show(refused.lacks)
        start_over()
        return amend_page(*found(meeting_id, note_id), path, form), 422
    flash(_("Beslutningen er nu et ændringsforslag, som den anden side skal godkende."), "success")
    where = {"agreement_id": meeting.agreement_id, "amendment_id": made.id}
    return see_other("amendments.show", **where)


def topics_page(meeting: Meeting, note: MeetingNote) -> str:
    version = decisions.newest(meeting)
    return page(
        "status_meetings/topics.html",
        meeting=meeting,
        note=note,
        topics=[(one.path, heading_of(one)) for one in amending.topics(version)],
    )


def amend_page(meeting: Meeting, note: MeetingNote, path: str, form: Any) -> str:
    version = decisions.newest(meeting)
    topic = amending.topic(version, path)
    return page(
        "status_meetings/amend.html",
        meeting=meeting,
        note=note,
        agreement=agreements.agreement(meeting.agreement_id),
        topic=topic,
        section=alone(topic.section, topic.name),
        what=heading_of(topic),
        now=presenting.in_words(topic.name, topic.value) if topic.name else "",
        form=form,
        **beside_fields(),
    )
