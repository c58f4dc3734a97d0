"""The papers of a meeting, to be fetched."""

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, abort, g, request
from flask_babel import force_locale

from portal import pdf
from portal.access import Permission, requires
from portal.agreements.words import SIDES
from portal.clock import moment, today
from portal.handovers.export import EXCEL
from portal.meetings.entry import Entry
from portal.meetings.parts import MeetingMinutes
from portal.meetings.series import Meeting
from portal.status_meetings import decisions, papers, queries, sheets, upkeep, yearly
from portal.status_meetings.views import of, opened

bp = Blueprint("meeting_documents", __name__, url_prefix="/meetings")
PDF, CALENDAR = "application/pdf", "text/calendar"


@bp.get(
    "/<uuid:meeting_id>/documents/<any("
    "'pack.pdf', 'pack.xlsx', 'minutes.pdf', 'minutes.xlsx', 'paper.pdf', 'paper.xlsx', "
    "'meeting.ics'):name>"
)
@requires(Permission.MEETING_READ)
def document(meeting_id: uuid.UUID, name: str) -> Response:
    """404 before there is one."""
    meeting = opened(meeting_id)
    make, kind = MAKERS[name]
    with force_locale("da"):  # what leaves the house is Danish
        made = make(meeting)
    stem = f"{meeting.agreement.key}-{meeting.number}-{name}"
    return Response(made, mimetype=kind, headers=called(stem))


def called(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def as_pack(meeting: Meeting) -> bytes:
    if meeting.pack is None or meeting.sent_at is None:
        abort(404)
    return pdf.render("paper", papers.pack(meeting), at=meeting.sent_at)


def as_pack_workbook(meeting: Meeting) -> bytes:
    if meeting.pack is None:
        abort(404)
    return sheets.pack(meeting)


def asked(meeting: Meeting) -> MeetingMinutes:
    """The minutes of the number that is asked for, else the newest."""
    number = request.args.get("number", type=int)
    found = [one for one in queries.minutes(meeting.id) if number in {None, one.number}]
    if not found:
        abort(404)
    return found[0]


def approvals(meeting: Meeting, shared: MeetingMinutes) -> list[str]:
    return [
        f"{SIDES[row.side]}: {row.person}"
        for row in queries.approvals(meeting.id)
        if row.number == shared.number
    ]


def as_minutes(meeting: Meeting) -> bytes:
    shared = asked(meeting)
    made = papers.minutes(meeting, shared, approvals(meeting, shared))
    return pdf.render("paper", made, at=shared.shared_at)


def as_minutes_workbook(meeting: Meeting) -> bytes:
    shared = asked(meeting)
    return sheets.minutes(meeting, shared, approvals(meeting, shared))


def as_committee_paper(meeting: Meeting) -> bytes:
    shared = asked(meeting)
    made = papers.committee(meeting, shared, g.actor.organisation_id)
    return pdf.render("paper", made, at=shared.shared_at)


def as_committee_workbook(meeting: Meeting) -> bytes:
    return sheets.paper(papers.committee(meeting, asked(meeting), g.actor.organisation_id))


def as_calendar(meeting: Meeting) -> bytes:
    from portal.meetings.calendar import invitation

    return invitation(told_of(meeting))


def told_of(meeting: Meeting) -> Entry:
    is_over = meeting.cancelled_reason is not None
    return upkeep.entry(meeting, is_cancelled=is_over, where=papers.where(meeting))


@bp.get("/agreements/<uuid:agreement_id>/series/<uuid:series_id>.ics")
@requires(Permission.MEETING_READ)
def series(agreement_id: uuid.UUID, series_id: uuid.UUID) -> Response:
    """The meetings of a series that are to come, those that were called off as cancelled."""
    from portal.meetings.calendar import published

    agreement, _version = of(agreement_id)
    found = queries.series(series_id, agreement_id)
    ahead = queries.ahead(found.id, moment().now)
    with force_locale("da"):
        told = [
            upkeep.entry(
                one, is_cancelled=one.cancelled_reason is not None, where=papers.where(one)
            )
            for one in ahead
        ]
    made = published(told, f"{found.title} {agreement.key.upper()}")
    return Response(made, mimetype=CALENDAR, headers=called(f"{agreement.key}-moeder.ics"))


MAKERS: dict[str, tuple[Callable[[Meeting], bytes], str]] = {
    "pack.pdf": (as_pack, PDF),
    "pack.xlsx": (as_pack_workbook, EXCEL),
    "minutes.pdf": (as_minutes, PDF),
    "minutes.xlsx": (as_minutes_workbook, EXCEL),
    "paper.pdf": (as_committee_paper, PDF),
    "paper.xlsx": (as_committee_workbook, EXCEL),
    "meeting.ics": (as_calendar, CALENDAR),
}


@bp.get("/agreements/<uuid:agreement_id>/years/<int:year>")
@requires(Permission.MEETING_READ)
def year(agreement_id: uuid.UUID, year: int) -> Response:
    """What the parties did in the year; 404 where no minutes of it are approved."""
    agreement, _version = of(agreement_id)
    held = [(one, queries.minutes(one.id)[0]) for one in queries.of_year(agreement_id, year)]
    if not held:
        abort(404)
    with force_locale("da"):
        fates = decisions.decided(agreement, today())
        told = yearly.paper(agreement, year, held, fates, today())
        if request.args.get("format") == "xlsx":
            made, kind, ending = sheets.paper(told), EXCEL, "xlsx"
        else:
            made, kind, ending = pdf.render("paper", told, at=held[-1][1].shared_at), PDF, "pdf"
    return Response(made, mimetype=kind, headers=called(f"{agreement.key}-{year}.{ending}"))
