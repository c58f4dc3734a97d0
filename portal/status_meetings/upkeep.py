"""The mails of a meeting: into calendars, moved, and out of them; the agenda, and the minutes.

A mail holds a reference, a time and the way to the meeting. Whoever comes from outside has no way
in, and gets the time alone.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from email.utils import parseaddr

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import mail
from portal.access import Role
from portal.clock import day_of
from portal.db import db
from portal.jobs import enqueue, jobs
from portal.meetings.entry import Entry
from portal.meetings.invitations import calendars
from portal.meetings.parts import MeetingEvent, MeetingNote
from portal.meetings.reminding import owed, reference_of
from portal.meetings.series import COMING, Meeting, MeetingKind
from portal.organisations.queries import Reader, acting, in_role, names_on, reader_at
from portal.status_meetings import queries

OF_MINUTES = {"share_minutes", "correct"}
TEMPLATES = {  # whether it is somebody from outside, and whether it is over
    (False, False): "status_meeting",
    (False, True): "status_meeting_cancelled",
    (True, False): "status_guest",
    (True, True): "status_guest_cancelled",
}
OF_CALENDARS = {"plan", "people", "move", "cancel", "send_agenda"}


def queue(event: MeetingEvent) -> None:
    """In the transaction of the step: without it no mail, with it always one."""
    if event.step in OF_MINUTES | OF_CALENDARS:
        enqueue(tell, event_id=str(event.id))


@jobs.task(name="meetings.tell")
def tell(event_id: str) -> None:
    """The mails of one step; a second run finds them written."""
    event = db.session.get(MeetingEvent, uuid.UUID(event_id))
    if event is None:
        return
    meeting = queries.meeting(event.meeting_id)
    if event.step in OF_CALENDARS:
        sync(meeting, event)
    if event.step == "send_agenda":
        for reader, notes in invitees(meeting, day_of(event.at)):
            write(meeting, event, reader, "status_agenda", notes)
    if event.step in OF_MINUTES:
        for reader in approvers(meeting, day_of(event.at)):
            write(meeting, event, reader, "status_minutes")


def sync(meeting: Meeting, event: MeetingEvent) -> None:
    """Invite, move and call off; a late job tells nobody of what is over."""
    if meeting.starts_at <= event.at:
        return
    day = day_of(event.at)
    wanted = wanted_on(meeting, day) if meeting.state in COMING else {}
    known = calendars(meeting.id, meeting.agreement_id, meeting.sequence, wanted)
    for address in sorted(known.lacking):
        invite(meeting, event, wanted[address], is_cancelled=False)
    for address in sorted(known.leaving):
        if reader := former(meeting, address, day):
            invite(meeting, event, reader, is_cancelled=True)


def wanted_on(meeting: Meeting, day: date) -> dict[str, Reader]:
    """By address. Nobody who is absent or has left is written to: who stands in is."""
    found = [reader for reader, _notes in invitees(meeting, day)]
    return {one.address: one for one in (*found, *guests(meeting))}


def invitees(meeting: Meeting, day: date) -> Iterator[tuple[Reader, list[MeetingNote]]]:
    """Those of the parties, with what each of them still owes."""
    for row in queries.participants(meeting.id):
        if row.party_id:
            for reader in acting(row.party_id, row.user_id, day):
                yield reader, owed(meeting.agreement_id, row.party_id, row.user_id)


def guests(meeting: Meeting) -> Iterator[Reader]:
    for row in queries.participants(meeting.id):
        if row.mail:
            yield Reader(row.mail, "da")


def former(meeting: Meeting, address: str, day: date) -> Reader | None:
    """Whoever is not of a party was a guest, and is told that it is over."""
    return reader_at(address, parties(meeting), day) or Reader(address, "da")


def parties(meeting: Meeting) -> list[uuid.UUID]:
    """The organisation that planned it first; it is the one that calls together."""
    sides = [row.organisation_id for row in queries.version_of(meeting).sides]
    return sorted(sides, key=lambda one: one != meeting.organisation_id)


def approvers(meeting: Meeting, day: date) -> Iterable[Reader]:
    found = [reader for reader, _notes in invitees(meeting, day)]
    for party in parties(meeting):
        found += in_role(party, Role.AGREEMENT_OWNER, day)
    return dict.fromkeys(found)


def invite(meeting: Meeting, event: MeetingEvent, reader: Reader, *, is_cancelled: bool) -> None:
    from portal.meetings.calendar import invitation

    told = entry(meeting, reader.language, to=reader.address, is_cancelled=is_cancelled)
    is_guest = reader.address in {one.address for one in guests(meeting)}
    mail.queue(
        reader.address,
        TEMPLATES[is_guest, is_cancelled],
        reference=reference_of(meeting.agreement),
        url=told.url,
        language=reader.language,
        subject_id=meeting.agreement_id,
        once=f"calendar {event.id}",
        entry=mail.Entry(meeting.id, told.method, invitation(told).decode()),
    )


def entry(
    meeting: Meeting, language: str = "da", *, is_cancelled: bool, to: str = "", where: str = ""
) -> Entry:
    """A time, a reference and the way to the meeting; the place only where one is signed in."""
    settings, ids = current_app.extensions["samspil"], parties(meeting)
    names = names_on(ids, day_of(meeting.starts_at))
    address = f"{settings.base_url}/meetings/{meeting.id}"
    with force_locale(language):
        text = str(_("Åbn mødet i Samspil: %(address)s", address=address))
        title = title_of(meeting)
    return Entry(
        meeting_id=meeting.id,
        sequence=meeting.sequence,
        changed_at=meeting.changed_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=title,
        text=text,
        url=address,
        where=where,
        parties={one: names[one] for one in ids},
        reply_to=parseaddr(settings.mail_from)[1],
        to=to,
        is_cancelled=is_cancelled,
    )


def title_of(meeting: Meeting) -> str:
    is_steering = meeting.series.kind == MeetingKind.STEERING
    word = _("Styregruppemøde") if is_steering else _("Statusmøde")
    return f"{word} {reference_of(meeting.agreement)}"


def write(
    meeting: Meeting,
    event: MeetingEvent,
    reader: Reader,
    template: str,
    notes: Iterable[MeetingNote] = (),
) -> None:
    base, reference = current_app.extensions["samspil"].base_url, reference_of(meeting.agreement)
    lines = [mail.Line(reference, "owes", note.due_on) for note in notes if note.due_on]
    mail.queue(
        reader.address,
        template,
        reference=reference,
        url=f"{base}/meetings/{meeting.id}",
        language=reader.language,
        subject_id=meeting.agreement_id,
        once=f"{template} {event.id}",
        lines=lines,
    )
