"""The joint meeting in the calendars of those who take part: invited, moved, and taken out again.

By mail, so without place, link or people: a reference, a time, and the way to the package. Who has
been sent the entry is known from the outbox, so that each is told of it once and of its end.
"""

import uuid
from collections.abc import Iterator
from datetime import date
from email.utils import parseaddr

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import mail, terms
from portal.clock import day_of
from portal.handovers import meeting_queries, reached
from portal.handovers.meeting import JointMeeting, MeetingState
from portal.handovers.models import Handover, Party
from portal.handovers.parts import HandoverEvent
from portal.meetings.entry import Entry
from portal.meetings.invitations import calendars
from portal.organisations.queries import Reader, names_on, reader_at


def sync(handover: Handover, event: HandoverEvent) -> set[str]:
    """After a step, as the worker: invite and call off; who has been told of the meeting as it is.

    A second run adds nothing, nor does a job that comes late. Nobody who is absent or has left is
    written to, not even of a cancellation.
    """
    meeting = meeting_queries.newest_meeting(handover)
    if meeting is None or meeting.starts_at <= event.at:
        return set()  # what was to be held by now stays in the calendars as it stood
    day, parties = day_of(event.at), (handover.receiver_id, handover.sender_id)
    wanted = dict(taking_part(handover, meeting, day))
    known = calendars(meeting.id, handover.id, meeting.sequence, wanted)
    for address in known.lacking:
        write(handover, meeting, event, wanted[address], is_cancelled=False)
    gone = [*filter(None, (reader_at(address, parties, day) for address in known.leaving))]
    for former in gone:
        write(handover, meeting, event, former, is_cancelled=True)
    return known.told | wanted.keys() | {former.address for former in gone}


def taking_part(
    handover: Handover, meeting: JointMeeting, day: date
) -> Iterator[tuple[str, Reader]]:
    """Staff of the municipality, and of the fund where the member wishes it; each address once."""
    if meeting.state != MeetingState.PLANNED or handover.is_closed:
        return
    for party in (Party.RECEIVER, Party.SENDER) if handover.fund_attends else (Party.RECEIVER,):
        for reader in reached.recipients(handover, party, day):
            yield reader.address, reader


def write(
    handover: Handover,
    meeting: JointMeeting,
    event: HandoverEvent,
    reader: Reader,
    *,
    is_cancelled: bool,
) -> None:
    from portal.meetings.calendar import invitation

    told = entry(handover, meeting, reader.language, to=reader.address, is_cancelled=is_cancelled)
    mail.queue(
        reader.address,
        "meeting_cancelled" if is_cancelled else "meeting",
        reference=handover.reference,
        url=told.url,
        language=reader.language,
        subject_id=handover.id,
        once=f"calendar {event.id}",
        entry=mail.Entry(meeting.id, told.method, invitation(told).decode()),
    )


def entry(
    handover: Handover,
    meeting: JointMeeting,
    language: str = "da",
    *,
    is_cancelled: bool,
    to: str = "",
    where: str = "",
) -> Entry:
    settings, day = current_app.extensions["samspil"], day_of(meeting.starts_at)
    word = "joint_meeting" if handover.fund_attends else "meeting_without_fund"
    name = terms.on(day, word, language=language).singular.capitalize()
    address = f"{settings.base_url}/handovers/{handover.id}"
    with force_locale(language):
        text = _("Åbn pakken i Samspil: %(address)s", address=address)
    return Entry(
        meeting_id=meeting.id,
        sequence=meeting.sequence,
        changed_at=handover.changed_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=f"{name} {handover.reference}",
        text=text,
        url=address,
        where=where,
        parties=parties(handover, day_of(handover.changed_at)),
        reply_to=parseaddr(settings.mail_from)[1],
        to=to,
        is_cancelled=is_cancelled,
    )


def parties(handover: Handover, day: date) -> dict[uuid.UUID, str]:
    """Without the fund, where the member does not want it there."""
    sides = [handover.receiver_id] + ([handover.sender_id] if handover.fund_attends else [])
    names = names_on(sides, day)
    return {side: names[side] for side in sides}
