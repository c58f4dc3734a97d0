"""What a package can be taken home as: documents, the file for the records, the meeting's entry."""

import re
import uuid
from urllib.parse import quote

from flask import Blueprint, Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from portal import limits, pdf
from portal.access import Actor, Permission, requires
from portal.clock import today
from portal.handovers import (
    archive,
    content,
    documents,
    filing,
    invitations,
    lists,
    queries,
    worklist,
)
from portal.handovers import export as exporting
from portal.handovers.documents import Version
from portal.handovers.filling import own_keys
from portal.handovers.meeting import MeetingState
from portal.handovers.member_copy import member_copy
from portal.handovers.models import Handover, Party
from portal.handovers.page_forms import ExportForm, RevealForm
from portal.handovers.pages import check_of
from portal.handovers.workflow import UNSENT
from portal.web import concerning, page, see_other, start_over

bp = Blueprint("handover_documents", __name__, url_prefix="/handovers")
CALENDAR = "text/calendar; charset=utf-8; method={}"


@bp.get("/<uuid:handover_id>/package.pdf")
@requires(Permission.HANDOVER_READ)
def package(handover_id: uuid.UUID) -> ResponseReturnValue:
    """What was sent; a draft as it would be sent now, for its sender."""
    concerning("handover", handover_id)
    found = archive.kept(handover_id, request.args.get("version", type=int))
    if found.state in UNSENT:
        made = archive.render(preview(queries.handover(handover_id)))
        return attached(made, f"{found.reference}-kladde.pdf")
    if found.number is None:
        return unreadable(handover_id)
    g.trail.detail["number"] = found.number
    made = found.sealed or archive.made_anew(handover_id, found.number)
    return attached(made, f"{found.reference}-version-{found.number}.pdf")


def unreadable(handover_id: uuid.UUID) -> ResponseReturnValue:
    """The page says why; where there is something to read, only the number was wrong."""
    if queries.is_readable(handover_id):
        abort(404)
    return see_other("handovers.show", handover_id=handover_id)


def preview(handover: Handover) -> Version:
    return Version(
        handover=handover,
        names=archive.names(handover, today()),
        number=handover.content_number + 1,
        content=check_of(handover)["preview"],
        hash=None,
        at=handover.changed_at,
    )


@bp.get("/<uuid:handover_id>/record.pdf")
@requires(Permission.HANDOVER_READ)
def record(handover_id: uuid.UUID) -> Response:
    """What was sent, with questions, meeting, minutes and every step since."""
    concerning("handover", handover_id)
    found = sent(handover_id)
    return attached(recorded(found), f"{found.handover.reference}-forloeb.pdf")


@bp.get("/<uuid:handover_id>/member-copy.pdf")
@requires(Permission.HANDOVER_READ)
def copy_for_member(handover_id: uuid.UUID) -> Response:
    concerning("handover", handover_id)
    found = sent(handover_id)
    with force_locale("da"):
        data = member_copy(as_it_stands(found), found)
        made = pdf.render("member_copy", data, at=found.handover.changed_at)
    return attached(made, f"{found.handover.reference}-kopi-til-medlemmet.pdf")


@bp.get("/<uuid:handover_id>/filing.zip")
@requires(Permission.HANDOVER_READ)
def to_records(handover_id: uuid.UUID) -> Response:
    """The file for the records; that it was filed is recorded by the party itself, on the page."""
    concerning("handover", handover_id)
    found = sent(handover_id)
    handover = found.handover
    kept, made = archive.sealed(handover)
    g.trail.detail["number"] = kept.number
    held = filing.Filing(
        version=archive.version(handover, kept),
        package=made,
        record=recorded(found) if len(found.events) > SENT_ONLY else None,
        address=url_for("handovers.show", handover_id=handover_id, _external=True),
        files=found.files,
    )
    with force_locale("da"):
        packed = filing.packed(held, handover.party_of(g.actor) or Party.RECEIVER)
    return attached(packed, f"{handover.reference}.zip", "application/zip")


SENT_ONLY = 2  # events: created and sent


class Nothing(Exception):
    """There is nothing to take home: not sent yet, emptied, or closed for the party."""

    def __init__(self, found: queries.Package) -> None:
        super().__init__(found.handover.reference)
        self.found = found


@bp.errorhandler(Nothing)
def nothing(why: Nothing) -> ResponseReturnValue:
    """Which of the three, and what there is instead."""
    start_over()
    return page("handovers/nothing.html", handover=why.found.handover, unsent=UNSENT), 409


def sent(handover_id: uuid.UUID) -> queries.Package:
    """Raises Nothing for a draft: nobody but its sender knows of it, and it may still change.

    So it does once the content has closed for the party.
    """
    found = queries.package(handover_id, today())
    if not found.contents:
        raise Nothing(found)
    return found


def as_it_stands(found: queries.Package) -> Version:
    newest = found.contents[-1]
    return Version(
        handover=found.handover,
        names=found.names,
        number=newest.number,
        content=content.readable(newest.content),
        hash=newest.hash,
        at=newest.frozen_at,
        events=found.events,
        questions=found.questions,
    )


def recorded(found: queries.Package) -> bytes:
    with force_locale("da"):
        data = documents.record(as_it_stands(found), found)
        return pdf.render("package", data, at=found.handover.changed_at)


@bp.get("/<uuid:handover_id>/meetings/<uuid:meeting_id>.ics")
@requires(Permission.HANDOVER_READ)
def calendar(handover_id: uuid.UUID, meeting_id: uuid.UUID) -> Response:
    from portal.meetings.calendar import invitation

    concerning("handover", handover_id)
    handover = queries.handover(handover_id)
    meeting = queries.meeting(handover_id, meeting_id)
    is_out = meeting.state == MeetingState.CANCELLED or not_for(handover, g.actor)
    where = meeting.place or meeting.video_link or ""
    made = invitations.entry(handover, meeting, is_cancelled=is_out, where=where)
    name = f"{handover.reference}.ics"
    return attached(invitation(made), name, CALENDAR.format(made.method))


def not_for(handover: Handover, actor: Actor) -> bool:
    """A fund that no longer takes part takes the meeting out of the calendar again."""
    return handover.fund_attends is False and handover.party_of(actor) == Party.SENDER


@bp.post("/<uuid:handover_id>/cpr")
@requires(Permission.CPR_REVEAL)
def reveal_cpr(handover_id: uuid.UUID) -> ResponseReturnValue:
    """The whole number, once and for a purpose; it stands in this answer and nowhere else."""
    limits.spend(f"reveal|{g.actor.user_id}", limits.REVEALS_PER_MINUTE)
    concerning("handover", handover_id)
    handover, form = queries.handover(handover_id), RevealForm()
    if not form.validate():
        return page("handovers/cpr.html", "number", handover=handover, reveal=form), 422
    concerning("handover", handover_id, form.purpose.data)
    number = own_keys().open_cpr(handover.cpr, table="handover", row_id=handover.id)
    return page("handovers/cpr.html", "number", handover=handover, reveal=form, number=number)


@bp.get("/export")
@requires(Permission.EXPORT)
def export() -> ResponseReturnValue:
    """Asks what the file is for, before anything is looked up."""
    return export_page(ExportForm(request.args), request.args)


@bp.post("/export")
@requires(Permission.EXPORT)
def export_file() -> ResponseReturnValue:
    """The list as its page shows it, to a right of its own, for a purpose, into the log (E11)."""
    limits.spend(f"export|{g.actor.user_id}", limits.EXPORTS_PER_MINUTE)
    form = ExportForm()
    if not form.validate():
        return export_page(form, request.form), 422
    want = lists.asked(request.form)
    rows = worklist.export(want, actor=g.actor, today=today(), most=exporting.MOST)
    made, kind = exporting.FORMATS[form.format.data]
    g.trail.purpose = form.purpose.data
    g.trail.detail |= {"rows": len(rows), "format": form.format.data, "tab": want.tab}
    name = f"overdragelser-{today().isoformat()}.{form.format.data}"
    return attached(made(exporting.table(rows, lists.person_word())), name, kind)


def export_page(form: ExportForm, values: lists.Values) -> str:
    want = lists.asked(values)
    return page(
        "handovers/export.html",
        form=form,
        tab=lists.tab_names()[want.tab],
        filters=lists.chosen_filters(want),
        most=exporting.MOST,
        back=url_for("handover_lists.index", **lists.repeated(values)),
    )


def attached(data: bytes, name: str, kind: str = "application/pdf") -> Response:
    """A file to keep: never shown in the page, never run, never kept on the way (E13).

    `name` holds the reference, or is what somebody called their own file.
    """
    plain = re.sub(r"[^\w. ()-]|[^\x00-\x7f]", "_", name)
    where = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = where
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer
