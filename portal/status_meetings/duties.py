"""Actions across meetings: who is to do what by when, until somebody closes it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from portal.access import Actor, Role
from portal.agreements.models import AgreementSide
from portal.clock import Moment, today
from portal.db import db
from portal.meetings.parts import MeetingNote, NoteKind
from portal.meetings.series import Meeting
from portal.organisations.queries import colleagues, names_on
from portal.workflow import Lack, NotNow, NotYours, Overtaken, Refused, flush

N = MeetingNote


@dataclass(frozen=True)
class Duty:
    """An action that is open or was closed, and the meeting that it is from."""

    note: MeetingNote
    meeting_number: int
    series: str
    who: str

    def is_late(self, day: date) -> bool:
        return self.note.closed_at is None and bool(self.note.due_on and self.note.due_on < day)


def open_duties(agreement_id: uuid.UUID) -> list[Duty]:
    """Of all meetings about the agreement, the earliest due first."""
    return duties(N.agreement_id == agreement_id, N.closed_at.is_(None))


def own_duties(actor: Actor) -> list[Duty]:
    """What the person still owes, over all agreements."""
    mine = (N.user_id == actor.user_id) | (
        (N.party_id == actor.organisation_id) & N.user_id.is_(None)
    )
    return duties(mine, N.closed_at.is_(None))


def of_meeting(meeting_id: uuid.UUID) -> list[Duty]:
    return duties(N.meeting_id == meeting_id)


def duties(*where: ColumnElement[bool]) -> list[Duty]:
    rows = (
        select(N, Meeting)
        .join(Meeting, Meeting.id == N.meeting_id)
        .where(N.kind == NoteKind.ACTION, *where)
        .order_by(N.due_on, N.number)
    )
    found = db.session.execute(rows).all()
    ids = {note.party_id for note, _meeting in found if note.party_id}
    names = names_on(ids, today()) if ids else {}
    return [
        Duty(note, meeting.number, meeting.series.title, who(note, names))
        for note, meeting in found
    ]


def who(note: MeetingNote, names: dict[uuid.UUID, str]) -> str:
    party = names.get(note.party_id) if note.party_id else None
    return f"{note.person} ({party})" if party else str(note.person)


def close(note: MeetingNote, *, text: str, seen: int, actor: Actor, at: Moment) -> None:
    """Say that it is done.

    Raises:
        NotYours: it is the other side's.
        NotNow: it is none of the actions that are open.
        Overtaken: somebody changed it meanwhile.
        Refused: nothing is said of what came of it.
    """
    if note.kind != NoteKind.ACTION or note.closed_at:
        raise NotNow("close", note.kind)
    if not may_close(note, actor):
        raise NotYours("close")
    if note.revision != seen:
        raise Overtaken
    if not text.strip():
        raise Refused([Lack("closed_text", _("Skriv, hvad der er gjort."))])
    note.closed_at, note.closed_by, note.closed_text = at.now, actor.name, text.strip()
    flush()


def may_close(note: MeetingNote, actor: Actor) -> bool:
    """Whose it is says what came of it; of somebody from outside either side may."""
    return note.party_id in {None, actor.organisation_id, *represented(note, actor)}


def represented(note: MeetingNote, actor: Actor) -> set[uuid.UUID]:
    """Parties of the agreement that the own organisation acts for."""
    side = AgreementSide
    rows = select(side.organisation_id).where(
        side.agreement_id == note.agreement_id, side.represented_by_id == actor.organisation_id
    )
    return {*db.session.scalars(rows)}


def owners_stood_in_for(actor: Actor, day: date) -> bool:
    """Whether an agreement owner of the own organisation is away and the actor acts instead."""
    away = stood_in_for(actor, day) - {actor.user_id}
    owners = {one.user.id for one in colleagues() if Role.AGREEMENT_OWNER in one.roles}
    return bool(away & owners)


def stood_in_for(actor: Actor, day: date) -> set[uuid.UUID]:
    """Whose work waits for the actor, the own included."""
    found: Sequence[uuid.UUID] | None = db.session.scalar(
        select(func.stood_in_for(actor.user_id, day))
    )
    return {*(found or ()), actor.user_id}
