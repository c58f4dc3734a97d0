"""The papers of a council's meeting, to be fetched."""

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, abort
from flask_babel import force_locale

from portal import pdf
from portal.access import Permission, requires
from portal.council import meeting_papers, meeting_upkeep
from portal.council.meeting_views import opened
from portal.council.models import CouncilMeeting
from portal.handovers.document_views import attached
from portal.handovers.export import EXCEL
from portal.status_meetings import sheets

bp = Blueprint("council_documents", __name__, url_prefix="/council-meetings")
PDF, CALENDAR = "application/pdf", "text/calendar"


@bp.get(
    "/<uuid:meeting_id>/documents/"
    "<any('agenda.pdf', 'agenda.xlsx', 'minutes.pdf', 'minutes.xlsx', 'meeting.ics'):name>"
)
@requires(Permission.FIGURES_READ)
def document(meeting_id: uuid.UUID, name: str) -> Response:
    """404 before there is one."""
    meeting = opened(meeting_id)
    make, kind = MAKERS[name]
    with force_locale("da"):  # what leaves the house is Danish
        made = make(meeting)
    return attached(made, f"raadsmoede-{meeting.day}-{name}", kind)


def agenda(meeting: CouncilMeeting) -> bytes:
    if meeting.pack is None or meeting.sent_at is None:
        abort(404)
    return pdf.render("paper", meeting_papers.pack(meeting), at=meeting.sent_at)


def agenda_workbook(meeting: CouncilMeeting) -> bytes:
    if meeting.pack is None:
        abort(404)
    return book(meeting_papers.pack(meeting))


def minutes(meeting: CouncilMeeting) -> bytes:
    if meeting.minutes is None or meeting.shared_at is None:
        abort(404)
    return pdf.render("paper", meeting_papers.minutes(meeting), at=meeting.shared_at)


def minutes_workbook(meeting: CouncilMeeting) -> bytes:
    if meeting.minutes is None:
        abort(404)
    return book(meeting_papers.minutes(meeting))


def book(made: pdf.Paper) -> bytes:
    """Each table a sheet; two of the same name are told apart by their number."""
    tables = [
        (f"{number} {name}", rows)
        for number, (name, rows) in enumerate(sheets.tables(made), start=1)
    ]
    return sheets.book(made, tables, "Råd")


def calendar(meeting: CouncilMeeting) -> bytes:
    from portal.meetings.calendar import invitation

    is_over, where = meeting.cancelled_reason is not None, meeting_papers.where(meeting)
    return invitation(meeting_upkeep.entry(meeting, is_cancelled=is_over, where=where))


MAKERS: dict[str, tuple[Callable[[CouncilMeeting], bytes], str]] = {
    "agenda.pdf": (agenda, PDF),
    "agenda.xlsx": (agenda_workbook, EXCEL),
    "minutes.pdf": (minutes, PDF),
    "minutes.xlsx": (minutes_workbook, EXCEL),
    "meeting.ics": (calendar, CALENDAR),
}
