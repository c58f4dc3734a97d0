"""What a meeting is made of: who takes part, the agenda, what was noted, and the minutes."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.agreements.models import Side, by_the_two_sides
from portal.clock import now
from portal.db import Base, Json
from portal.meetings.series import MeetingState, added_by_a_side
from portal.organisations.models import of_same
from portal.sight import Sight


class Taking(StrEnum):
    """As what somebody takes part."""

    CHAIR = "chair"
    MEMBER = "member"
    OBSERVER = "observer"


class ItemState(StrEnum):
    """Samspil proposes from the facts; people accept or remove."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REMOVED = "removed"


class NoteKind(StrEnum):
    INFORMATION = "information"
    DECISION = "decision"
    ACTION = "action"


class Point:
    """What every point of an agenda has, with what it rests on."""

    position: Mapped[int]
    source: Mapped[str]  # the fact that it was drawn from, or "own"
    title: Mapped[str]
    text: Mapped[str]
    minutes: Mapped[int]  # that are planned
    state: Mapped[ItemState]
    evidence: Mapped[Json | None]


def of_meeting(*more: Any) -> tuple[Any, ...]:
    """A part belongs to the meeting's own agreement: who sees the one sees the other."""
    both = ForeignKeyConstraint(
        ["meeting_id", "agreement_id"], ["meeting.id", "meeting.agreement_id"], ondelete="cascade"
    )
    return (both, *more)


class MeetingParticipant(Base):
    """Somebody who is asked to come. Whoever is of no party has a name and an address, no access.

    Of a function of the agreement it is the person who is named for it; whether they are away and
    who comes instead is asked of the day.
    """

    __tablename__ = "meeting_participant"
    __table_args__ = of_meeting(
        of_same("user_id", "user", "party_id"),
        CheckConstraint("(party_id is null) = (mail is not null)", name="outside"),
        Index("ix_meeting_participant_of", "meeting_id"),
    )
    sight = Sight(
        see=by_the_two_sides("meeting_participant"),
        insert=added_by_a_side("meeting_participant"),
        update=by_the_two_sides("meeting_participant"),
        delete=by_the_two_sides("meeting_participant"),
        columns="attended, instead",
    )

    meeting_id: Mapped[uuid.UUID]
    agreement_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID | None]
    code: Mapped[str | None]  # the agreement's function that the person fills
    name: Mapped[str]
    title: Mapped[str | None]  # and whom somebody from outside comes from
    mail: Mapped[str | None]
    taking: Mapped[Taking]
    attended: Mapped[bool | None]
    instead: Mapped[str | None]  # who came in their place


class MeetingItem(Point, Base):
    """A point of the agenda, with what it rests on. Its version is its own: many write at once."""

    __tablename__ = "meeting_item"
    __table_args__ = of_meeting(
        CheckConstraint("minutes between 1 and 480", name="minutes"),
        Index("ix_meeting_item_of", "meeting_id", "position"),
        UniqueConstraint("id", "meeting_id"),
    )
    sight = Sight(
        see=by_the_two_sides("meeting_item"),
        insert=added_by_a_side("meeting_item"),
        update=by_the_two_sides("meeting_item"),
        delete=by_the_two_sides("meeting_item"),
        columns="position, title, text, minutes, state, evidence, running_since, spent, revision",
    )

    meeting_id: Mapped[uuid.UUID]
    agreement_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    running_since: Mapped[datetime | None]  # while it is the point that is talked about
    spent: Mapped[int]  # seconds, of before it was taken up the last time
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class MeetingNote(Base):
    """What was said, decided or to be done. An action lives on until somebody closes it."""

    __tablename__ = "meeting_note"
    __table_args__ = of_meeting(
        of_same("user_id", "user", "party_id"),
        ForeignKeyConstraint(
            ["item_id", "meeting_id"],
            ["meeting_item.id", "meeting_item.meeting_id"],
            deferrable=True,
            initially="deferred",
        ),
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint(
            "(kind = 'action') = (due_on is not null) and (kind = 'action') = (person is not null)",
            name="action",
        ),
        CheckConstraint("closed_at is null or kind = 'action'", name="closed"),
        CheckConstraint("amendment_id is null or kind = 'decision'", name="decision"),
        Index(
            "ix_meeting_note_open",
            "agreement_id",
            "due_on",
            postgresql_where="kind = 'action' and closed_at is null",
        ),
    )
    sight = Sight(
        see=by_the_two_sides("meeting_note"),
        insert=added_by_a_side("meeting_note"),
        update=by_the_two_sides("meeting_note"),
        delete=by_the_two_sides("meeting_note"),
        columns="kind, text, party_id, person, user_id, due_on, closed_at, closed_by, closed_text, "
        "amendment_id, written_at, written_by, revision",
    )

    meeting_id: Mapped[uuid.UUID]
    agreement_id: Mapped[uuid.UUID]
    item_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]  # in the meeting
    kind: Mapped[NoteKind]
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(default=now)
    written_by: Mapped[str]
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    person: Mapped[str | None]
    user_id: Mapped[uuid.UUID | None]
    due_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_text: Mapped[str | None]
    amendment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agreement_amendment.id"))
    told_at: Mapped[datetime | None]  # when who is to do it was last reminded
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class MeetingMinutes(Base):
    """Minutes as they were shared; a correction before both have approved is a new number."""

    __tablename__ = "meeting_minutes"
    __table_args__ = of_meeting(UniqueConstraint("meeting_id", "number"))
    sight = Sight(
        see=by_the_two_sides("meeting_minutes"), insert=added_by_a_side("meeting_minutes")
    )

    meeting_id: Mapped[uuid.UUID]
    agreement_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    content: Mapped[Json]
    hash: Mapped[str]  # SHA-256 of the content, in hex
    reason: Mapped[str | None]  # what was corrected
    shared_at: Mapped[datetime] = mapped_column(default=now)
    shared_by: Mapped[str]


class MeetingApproval(Base):
    """That somebody approved these very minutes for a party."""

    __tablename__ = "meeting_approval"
    __table_args__ = of_meeting(
        of_same("user_id", "user"), UniqueConstraint("meeting_id", "number", "organisation_id")
    )
    sight = Sight(
        see=by_the_two_sides("meeting_approval"), insert=added_by_a_side("meeting_approval")
    )

    meeting_id: Mapped[uuid.UUID]
    agreement_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[Side]
    number: Mapped[int]  # of the minutes
    user_id: Mapped[uuid.UUID]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class MeetingEvent(Base):
    """A step that was taken."""

    __tablename__ = "meeting_event"
    __table_args__ = of_meeting(
        Index("ix_meeting_event_of", "meeting_id", "at"),
        Index(
            "uq_meeting_event_form",
            "meeting_id",
            "form_key",
            unique=True,
            postgresql_where="form_key is not null",
        ),
    )
    sight = Sight(see=by_the_two_sides("meeting_event"), insert=added_by_a_side("meeting_event"))

    meeting_id: Mapped[uuid.UUID]
    agreement_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    step: Mapped[str]
    source: Mapped[MeetingState | None]
    target: Mapped[MeetingState]
    reason: Mapped[str | None]
    detail: Mapped[Json] = mapped_column(JSONB)
    form_key: Mapped[str | None]
