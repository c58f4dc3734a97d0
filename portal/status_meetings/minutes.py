"""Minutes: what stands in them, as it is when they are shared or corrected."""

from portal.clock import day_of
from portal.db import Json
from portal.meetings.parts import MeetingItem, MeetingNote, MeetingParticipant
from portal.meetings.series import Meeting
from portal.organisations.queries import names_on
from portal.status_meetings import queries


def content(meeting: Meeting) -> Json:
    """Who came, and what was noted at each point; nothing of it refers to rows that may change."""
    people, notes = queries.participants(meeting.id), queries.notes(meeting.id)
    ids = {one.party_id for one in people} | {note.party_id for note in notes}
    found = names_on(filter(None, ids), day_of(meeting.starts_at))
    names = {str(id_): name for id_, name in found.items()}
    return {
        "title": meeting.series.title,
        "number": meeting.number,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "where": meeting.place or meeting.video_link,
        "pack_hash": meeting.pack_hash,
        "people": [person(one, names) for one in people],
        "items": [
            item(one, [note for note in notes if note.item_id == one.id], names)
            for one in queries.agenda(meeting.id)
        ],
    }


def person(one: MeetingParticipant, names: dict[str, str]) -> Json:
    told: Json = {"name": one.name, "title": one.title, "taking": str(one.taking)}
    told |= {"attended": one.attended, "instead": one.instead}
    return told | {"party": names.get(str(one.party_id))}


def item(one: MeetingItem, notes: list[MeetingNote], names: dict[str, str]) -> Json:
    return {
        "title": one.title,
        "text": one.text,
        "minutes": one.minutes,
        "spent": one.spent,
        "notes": [noted(note, names) for note in notes],
    }


def noted(note: MeetingNote, names: dict[str, str]) -> Json:
    return {
        "number": note.number,
        "kind": str(note.kind),
        "text": note.text,
        "person": note.person,
        "party": names.get(str(note.party_id)),
        "due_on": note.due_on.isoformat() if note.due_on else None,
    }
