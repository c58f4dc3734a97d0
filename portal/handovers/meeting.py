"""The joint meeting of a package, and its minutes."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base, Json
from portal.handovers.models import Party, added_by_parties, seen_as, seen_by_parties
from portal.sight import Sight, mine, of_own


class MeetingState(StrEnum):
    PLANNED = "planned"
    CANCELLED = "cancelled"
    HELD = "held"
    NO_SHOW = "no_show"


class JointMeeting(Base):
    """The joint meeting: one live at a time; a move keeps its UID and raises its sequence.

    The municipality plans it; the fund only by picking one of the times that it offered.
    """

    __tablename__ = "joint_meeting"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("place is not null or video_link is not null", name="where"),
        CheckConstraint("(state = 'cancelled') = (cancelled_reason is not null)", name="cancelled"),
        CheckConstraint("(state = 'no_show') = (missed_reason is not null)", name="missed"),
        Index(
            "uq_joint_meeting_one_live",
            "handover_id",
            unique=True,
            postgresql_where="state = 'planned'",
        ),
    )
    sight = Sight(
        see=seen_by_parties("joint_meeting"),
        insert=f"{mine('joint_meeting.organisation_id')} and {seen_by_parties('joint_meeting')}",
        update=seen_by_parties("joint_meeting"),
        columns="state, starts_at, ends_at, place, video_link, participants, called_in_on, "
        "called_in_via, sequence, cancelled_reason, missed_reason, attendance",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("handover.id", ondelete="cascade"), index=True
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.PLANNED)
    created_at: Mapped[datetime] = mapped_column(default=now)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str | None]
    video_link: Mapped[str | None]
    participants: Mapped[str | None]
    called_in_on: Mapped[date | None]  # "borger indkaldt den … via …"
    called_in_via: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(default=0)
    cancelled_reason: Mapped[str | None]
    missed_reason: Mapped[str | None]  # why nobody came, where nobody did
    attendance: Mapped[Json | None]


class Minutes(Base):
    """Minutes of the joint meeting as published; a correction is a new number."""

    __tablename__ = "minutes"
    __table_args__ = (UniqueConstraint("handover_id", "number"),)
    sight = added_by_parties("minutes", Party.RECEIVER)

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    text: Mapped[str]
    goals: Mapped[list[Any]] = mapped_column(JSONB)  # goal, outcome, reason
    next_contact_on: Mapped[date]
    next_contact_person: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=now)
    published_by: Mapped[str]


class MinutesObjection(Base):
    """What the fund says is wrong in minutes that were shared; the next number answers it."""

    __tablename__ = "minutes_objection"
    __table_args__ = (UniqueConstraint("handover_id", "number"),)
    sight = added_by_parties("minutes_objection", Party.SENDER)

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]  # of the minutes
    text: Mapped[str]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class MinutesDraft(Base):
    """What the municipality has typed and not shared yet, as it was typed; gone when it is shared.

    One for each package, so that whoever takes over goes on with it. The fund never sees it.
    """

    __tablename__ = "minutes_draft"
    sight = Sight(
        see=of_own("minutes_draft", "handover", by="handover_id"),
        insert=f"{mine('minutes_draft.organisation_id')} "
        f"and {seen_as(Party.RECEIVER, 'minutes_draft')}",
        update=of_own("minutes_draft", "handover", by="handover_id"),
        delete=of_own("minutes_draft", "handover", by="handover_id"),
        columns="typed, person, saved_at, version",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("handover.id", ondelete="cascade"), unique=True
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    typed: Mapped[Json]  # the form's fields by name
    person: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}
