"""Which meetings about agreements come, and what one owes from them.

They are asked for beside another list, in its statement: the start page sends few.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Date,
    DateTime,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.access import Actor, Role
from portal.agreements.models import Agreement
from portal.clock import COPENHAGEN
from portal.handovers.passing import unsent_rows
from portal.meetings.parts import MeetingNote, MeetingParticipant, NoteKind
from portal.meetings.series import COMING, Meeting, MeetingSeries, MeetingState
from portal.straight import Straight

SOON = timedelta(days=30)
MEETING, ACTION = "meeting", "action"


@dataclass(frozen=True)
class Ahead:
    """A meeting that comes, or an open action with its due day."""

    kind: str
    meeting_id: uuid.UUID
    note_id: uuid.UUID | None
    day: date
    title: str
    agreement: str


def ahead(is_owner: bool) -> ScalarSelect[Any]:
    """Of the next 30 days, and what is late; an owner's are all of the own organisation."""
    coming = COMING | {MeetingState.IN_PROGRESS}
    person, own = bindparam("person", type_=Uuid), bindparam("organisation", type_=Uuid)
    asked = select(MeetingParticipant.meeting_id).where(MeetingParticipant.user_id == person)
    note = MeetingNote
    nobodys = and_(note.party_id == own, note.user_id.is_(None))
    meetings = (
        select(
            literal(MEETING).label("kind"),
            Meeting.id.label("meeting_id"),
            cast(null(), Uuid).label("note_id"),
            cast(func.timezone("Europe/Copenhagen", Meeting.starts_at), Date).label("day"),
            MeetingSeries.title.label("title"),
            Agreement.title.label("agreement"),
        )
        .join(MeetingSeries, MeetingSeries.id == Meeting.series_id)
        .join(Agreement, Agreement.id == Meeting.agreement_id)
        .where(Meeting.state.in_(coming))
        .where(Meeting.starts_at < bindparam("soon", type_=DateTime(timezone=True)))
        .where(true() if is_owner else Meeting.id.in_(asked))
    )
    actions = (
        select(literal(ACTION), note.meeting_id, note.id, note.due_on, note.text, Agreement.title)
        .join(Agreement, Agreement.id == note.agreement_id)
        .where(note.kind == NoteKind.ACTION, note.closed_at.is_(None))
        .where(or_(note.user_id == person, nobodys) if is_owner else note.user_id == person)
    )
    both = union_all(meetings, actions).subquery("ahead")
    entry = func.to_jsonb(literal_column('"ahead"'))
    told = func.jsonb_agg(aggregate_order_by(entry, both.c.day, both.c.kind, both.c.title))
    found = func.coalesce(told, literal_column("'[]'::jsonb"))
    return select(found).select_from(both).scalar_subquery()


def values(actor: Actor, today: date) -> dict[str, Any]:
    soon = datetime.combine(today + SOON, time.min, COPENHAGEN)
    return {"person": actor.user_id, "organisation": actor.organisation_id, "soon": soon}


@cache
def passing(a_unit: bool, is_owner: bool) -> Straight:
    return Straight(beside(unsent_rows(a_unit), "transfer_on", is_owner))


@cache
def alone(is_owner: bool) -> Straight:
    return Straight(select(ahead(is_owner).label("ahead")))


def beside(rows: Select[Any], by: str, is_owner: bool) -> Select[Any]:
    """The rows by their column, and what lies ahead: at least one row, be there none of theirs."""
    one, each = select(literal(True).label("one")).subquery(), rows.subquery()
    told = ahead(is_owner).label("ahead")
    return select(each, told).select_from(one).outerjoin(each, true()).order_by(each.c[by])


def apart(found: Sequence[Any]) -> tuple[list[Any], list[Ahead]]:
    return [row for row in found if row[0] is not None], revived(found[0].ahead)


def owns(actor: Actor) -> bool:
    return Role.AGREEMENT_OWNER in actor.roles


def revived(told: list[Mapping[str, Any]]) -> list[Ahead]:
    return [
        Ahead(
            kind=one["kind"],
            meeting_id=uuid.UUID(one["meeting_id"]),
            note_id=uuid.UUID(one["note_id"]) if one["note_id"] else None,
            day=date.fromisoformat(one["day"]),
            title=one["title"],
            agreement=one["agreement"],
        )
        for one in told
    ]
