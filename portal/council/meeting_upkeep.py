"""The mails of a council's meeting: into calendars and out of them, the agenda, and the minutes.

A mail holds a reference, a time and the way to the meeting. Whoever comes from outside has no way
in, and gets the time alone.
"""

import uuid
from datetime import date
from email.utils import parseaddr

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import mail
from portal.clock import day_of, now
from portal.council import meeting_queries
from portal.council.models import CouncilMeeting
from portal.db import db
from portal.jobs import enqueue, jobs
from portal.meetings.entry import Entry
from portal.meetings.invitations import calendars
from portal.meetings.series import COMING
from portal.organisations.queries import Reader, name_on, people, reader_at

# What is told after a step.
TOLD = {
    "move": "invited",
    "cancel": "invited",
    "send_agenda": "council_agenda",
    "share_minutes": "council_minutes",
}
GUEST = {False: "council_guest", True: "council_guest_cancelled"}
OWN = {False: "council_meeting", True: "council_meeting_cancelled"}


def queue(meeting: CouncilMeeting, what: str) -> None:
    """In the transaction of the step: without it no mail, with it always one."""
    enqueue(tell, meeting_id=str(meeting.id), what=what, key=str(uuid.uuid4()))


@jobs.task(name="council.tell")
def tell(meeting_id: str, what: str, key: str) -> None:
    """The mails of one step, known by its key; a second run finds them written."""
    meeting = db.session.get(CouncilMeeting, uuid.UUID(meeting_id))
    if meeting is None:
        return
    day = day_of(now())
    if what == "invited":
        sync(meeting, key, day)
        return
    for reader in members(meeting, day):
        mail.queue(
            reader.address,
            what,
            reference=reference_of(meeting),
            url=address(meeting),
            language=reader.language,
            subject_id=meeting.id,
            once=f"{what} {key}",
        )


def sync(meeting: CouncilMeeting, key: str, day: date) -> None:
    """Invite, move and call off, by what each calendar was told before."""
    if meeting.starts_at <= now():
        return
    coming = meeting.state in COMING
    readers = [*members(meeting, day), *guests(meeting)] if coming else []
    wanted = {one.address: one for one in readers}
    known = calendars(meeting.id, meeting.id, meeting.sequence, wanted)
    for one in sorted(known.lacking):
        invite(meeting, key, wanted[one], is_cancelled=False)
    for one in sorted(known.leaving):
        former = reader_at(one, [meeting.organisation_id], day) or Reader(one, "da")
        invite(meeting, key, former, is_cancelled=True)


def members(meeting: CouncilMeeting, day: date) -> list[Reader]:
    """Those of the council who can be written to on the day."""
    ids = [one.user_id for one in meeting_queries.people(meeting.id) if one.user_id]
    return people(meeting.organisation_id, ids, day)


def guests(meeting: CouncilMeeting) -> list[Reader]:
    return [Reader(one.mail, "da") for one in meeting_queries.people(meeting.id) if one.mail]


def invite(meeting: CouncilMeeting, key: str, reader: Reader, *, is_cancelled: bool) -> None:
    from portal.meetings.calendar import invitation

    is_guest = reader.address in {one.address for one in guests(meeting)}
    told = entry(meeting, reader.language, to=reader.address, is_cancelled=is_cancelled)
    mail.queue(
        reader.address,
        (GUEST if is_guest else OWN)[is_cancelled],
        reference=reference_of(meeting),
        url=told.url,
        language=reader.language,
        subject_id=meeting.id,
        once=f"calendar {key} {told.method}",
        entry=mail.Entry(meeting.id, told.method, invitation(told).decode()),
    )


def reference_of(meeting: CouncilMeeting) -> str:
    return f"RAADSMOEDE-{meeting.day:%Y%m%d}"


def address(meeting: CouncilMeeting) -> str:
    return f"{current_app.extensions['samspil'].base_url}/council-meetings/{meeting.id}"


def entry(
    meeting: CouncilMeeting,
    language: str = "da",
    *,
    is_cancelled: bool,
    to: str = "",
    where: str = "",
) -> Entry:
    """A time, a reference and the way to the meeting; the place only where one is signed in."""
    settings, url = current_app.extensions["samspil"], address(meeting)
    with force_locale(language):
        text = str(_("Åbn mødet i Samspil: %(address)s", address=url))
        title = str(_("Rådsmøde %(reference)s", reference=reference_of(meeting)))
    return Entry(
        meeting_id=meeting.id,
        sequence=meeting.sequence,
        changed_at=meeting.changed_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=title,
        text=text,
        url=url,
        where=where,
        parties={meeting.organisation_id: name_on(meeting.organisation_id, meeting.day)},
        reply_to=parseaddr(settings.mail_from)[1],
        to=to,
        is_cancelled=is_cancelled,
    )
