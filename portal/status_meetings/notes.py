"""What is noted in a meeting. Each note is a row of its own, so that two who write lose nothing."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal.access import Actor, Permission
from portal.clock import Moment
from portal.db import db
from portal.meetings.parts import MeetingItem, MeetingNote, MeetingParticipant, NoteKind
from portal.meetings.series import Meeting, MeetingState
from portal.meetings.workflow import MEETING
from portal.status_meetings import queries
from portal.status_meetings.actions import keep_minutes
from portal.status_meetings.planning import happened
from portal.workflow import Lack, NotNow, NotYours, Overtaken, Refused, flush

Given = Mapping[str, Any]
TRIES = 5  # that many may write in the same instant


def write(
    meeting: Meeting, item: MeetingItem, given: Given, *, actor: Actor, at: Moment
) -> MeetingNote:
    """A new note at a point of a meeting that runs.

    Raises:
        NotNow, NotYours: the meeting does not run, or the person only reads.
        Refused: nothing is written, or an action has no person or no day.
    """
    demand(meeting, actor)
    values = checked(meeting, given, actor, at)
    for _try in range(TRIES):
        own = {"meeting_id": meeting.id, "agreement_id": meeting.agreement_id, "item_id": item.id}
        made = MeetingNote(
            id=uuid.uuid4(),
            organisation_id=actor.organisation_id,
            number=queries.next_number(meeting.id),
            written_at=at.now,
            written_by=actor.name,
            **own,
            **values,
        )
        try:
            with db.session.begin_nested():
                db.session.add(made)
        except IntegrityError:  # somebody has taken the number meanwhile
            continue
        return made
    raise Overtaken


def rewrite(
    meeting: Meeting, note: MeetingNote, given: Given, *, seen: int, actor: Actor, at: Moment
) -> None:
    """Put a note right; after the minutes are shared that is a correction, with a new number.

    Raises:
        Overtaken: somebody has changed it since it was shown; both texts are shown then.
        NotNow, NotYours, Refused: as `write`.
    """
    is_shared = meeting.state == MeetingState.MINUTES_DRAFTED
    if is_shared:
        MEETING.step("correct", meeting, actor)
    else:
        demand(meeting, actor)
    if note.revision != seen:
        raise Overtaken
    before = note.text
    for name, value in checked(meeting, given, actor, at).items():
        setattr(note, name, value)
    note.written_at, note.written_by = at.now, actor.name
    flush()
    if is_shared:
        why = _("Note %(number)d rettet. Før: %(before)s", number=note.number, before=before)
        meeting.changed_at = at.now
        flush()
        keep_minutes(meeting, actor, at, str(why))
        happened(meeting, "correct", meeting.state, actor, at, reason=str(why))


def remove(meeting: Meeting, note: MeetingNote, *, seen: int, actor: Actor) -> None:
    demand(meeting, actor)
    if note.revision != seen:
        raise Overtaken
    db.session.delete(note)
    flush()


def demand(meeting: Meeting, actor: Actor) -> None:
    if meeting.state != MeetingState.IN_PROGRESS or meeting.party_of(actor) is None:
        raise NotNow("note", meeting.state)
    if not actor.may(Permission.MEETING_WRITE):
        raise NotYours("note")


def checked(meeting: Meeting, given: Given, actor: Actor, at: Moment) -> dict[str, Any]:
    """The columns of a note; an action has somebody, of a party or from outside, and a day."""
    kind, text = NoteKind(given["kind"]), str(given["text"] or "").strip()
    is_action = kind == NoteKind.ACTION
    people = {str(one.id): one for one in queries.participants(meeting.id)}
    who: MeetingParticipant | None = people.get(given.get("who") or "")
    lacks = []
    if not text:
        lacks.append(Lack("text", _("Skriv, hvad der skal stå i referatet.")))
    if is_action and who is None:
        lacks.append(Lack("who", _("Vælg, hvem der gør det.")))
    if is_action and given.get("due_on") is None:
        lacks.append(Lack("due_on", _("Skriv, hvornår det skal være gjort.")))
    if is_action and given.get("due_on") and given["due_on"] < at.today:
        lacks.append(Lack("due_on", _("Dagen ligger i fortiden.")))
    if lacks:
        raise Refused(lacks)
    return {
        "kind": kind,
        "text": text,
        "due_on": given["due_on"] if is_action else None,
        "person": who.name if is_action and who else None,
        "user_id": who.user_id if is_action and who else None,
        "party_id": who.party_id if is_action and who else None,
    }
