"""Meetings about an agreement, written as the owner of the tables."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.access import Role
from portal.agreements.models import AgreementVersion, Side
from portal.clock import now
from portal.meetings.parts import (
    ItemState,
    MeetingApproval,
    MeetingEvent,
    MeetingItem,
    MeetingMinutes,
    MeetingNote,
    MeetingParticipant,
    NoteKind,
    Taking,
)
from portal.meetings.series import FROZEN, HELD, Meeting, MeetingKind, MeetingSeries, MeetingState
from portal.organisations.models import Organisation, User
from portal.status_meetings.agenda import hash_of
from tests import make

TEN = datetime(2026, 11, 23, 9, tzinfo=UTC)
WHO = "Ulla Ejer"
PACK = {"day": "2026-11-23", "items": [], "figures": []}


def series(version: AgreementVersion, by: Organisation, **values: Any) -> MeetingSeries:
    told = {"kind": MeetingKind.STATUS, "title": "Statusmøde", "cadence": "quarterly"}
    own = {"agreement_id": version.agreement_id, "organisation_id": by.id}
    return make.saved(MeetingSeries(id=uuid.uuid4(), made_by=WHO, **own, **told | values))


def meeting(
    version: AgreementVersion,
    by: Organisation,
    state: MeetingState = MeetingState.PLANNED,
    **values: Any,
) -> Meeting:
    """With all that its state demands, in a series of its own unless one is given."""
    own = values.pop("series", None) or series(version, by)
    told: dict[str, Any] = {"number": 1, "starts_at": TEN, "place": "Rådhuset", "sequence": 0}
    told |= {"pack": PACK, "pack_hash": hash_of(PACK)} if state in FROZEN else {}
    told |= {"began_at": now()} if state in HELD else {}
    told |= {"approved_at": now()} if state == MeetingState.MINUTES_APPROVED else {}
    told |= {"cancelled_reason": "Sygdom"} if state == MeetingState.CANCELLED else {}
    told |= values
    told.setdefault("ends_at", told["starts_at"] + timedelta(hours=2))
    ids = {"agreement_id": version.agreement_id, "organisation_id": by.id}
    ids |= {"version_id": version.id, "series_id": own.id}
    return make.saved(Meeting(id=uuid.uuid4(), state=state, **ids, **told))


def part(one: Meeting, model: Any, by: Organisation, **values: Any) -> Any:
    own = {"meeting_id": one.id, "agreement_id": one.agreement_id, "organisation_id": by.id}
    return make.saved(model(id=uuid.uuid4(), **own, **values))


def participant(one: Meeting, person: User, by: Organisation) -> MeetingParticipant:
    told = {"party_id": person.organisation_id, "user_id": person.id, "name": person.name}
    row: MeetingParticipant = part(one, MeetingParticipant, by, taking=Taking.MEMBER, **told)
    return row


def item(one: Meeting, by: Organisation, **values: Any) -> MeetingItem:
    told = {"position": 1, "source": "own", "title": "Frister", "text": "", "minutes": 10}
    told |= {"state": ItemState.ACCEPTED, "spent": 0} | values
    row: MeetingItem = part(one, MeetingItem, by, **told)
    return row


def note(one: Meeting, point: MeetingItem, by: Organisation, **values: Any) -> MeetingNote:
    told = {"number": 1, "kind": NoteKind.INFORMATION, "text": "Noteret", "written_by": WHO}
    row: MeetingNote = part(one, MeetingNote, by, item_id=point.id, **told | values)
    return row


def minutes(one: Meeting, by: Organisation, **content: Any) -> MeetingMinutes:
    """Shared, with nobody and nothing in them unless it is said."""
    told = {"people": [], "items": [], "where": "", "title": "Statusmøde", "number": one.number}
    told |= {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()}
    shared = {"number": 1, "content": told | content, "hash": "0", "shared_by": "P"}
    row: MeetingMinutes = part(one, MeetingMinutes, by, **shared)
    return row


def whole(version: AgreementVersion, by: Organisation, person: User) -> Meeting:
    """Three of a series: planned, running with its parts, and with minutes to approve."""
    own = series(version, by)
    planned = meeting(version, by, series=own)
    running = meeting(version, by, MeetingState.IN_PROGRESS, series=own, number=2)
    participant(running, person, by)
    note(running, item(running, by), by)
    over = meeting(version, by, MeetingState.MINUTES_DRAFTED, series=own, number=3)
    told: dict[str, Any] = {"people": [], "items": []}
    owner = make.user(by, Role.AGREEMENT_OWNER)
    part(over, MeetingMinutes, by, number=1, content=told, hash=hash_of(told), shared_by=WHO)
    part(over, MeetingApproval, by, number=1, side=Side.FUND, user_id=owner.id, person=WHO)
    target = MeetingState.MINUTES_DRAFTED
    part(over, MeetingEvent, by, person=WHO, step="share_minutes", target=target, detail={})
    return planned


def of_route(endpoint: str, version: AgreementVersion, by: Organisation) -> dict[str, Any]:
    """A meeting of the agreement in the state that the route is for."""
    runs = endpoint.startswith(("meeting_notes.", "meeting_agenda.item", "meeting_agenda.screen"))
    over = endpoint.startswith(("meeting_documents.", "status_meetings.approve"))
    state = MeetingState.IN_PROGRESS if runs else MeetingState.PLANNED
    state = MeetingState.MINUTES_APPROVED if over else state
    one = meeting(version, by, state)
    point = item(one, by)
    told: dict[str, Any] = {"kind": NoteKind.ACTION, "due_on": TEN.date(), "person": "P"}
    told = {"kind": NoteKind.DECISION} if endpoint.endswith("amend") else told
    noted = note(one, point, by, **told)
    if over:
        minutes(one, by)
    how = {"step": "move", "name": "minutes.pdf", "year": one.day.year}
    how |= {"series_id": one.series_id}
    return how | {"meeting_id": one.id, "item_id": point.id, "note_id": noted.id}
