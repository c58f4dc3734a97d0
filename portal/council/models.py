"""What a council follows of its area, counted ahead, and its own meetings."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import Actor
from portal.clock import day_of, now
from portal.db import Base, Json
from portal.meetings.parts import Point
from portal.meetings.series import FROZEN, HELD, MeetingState, among
from portal.organisations.models import of_same
from portal.sight import Sight, mine, of_own


class AreaTally(Base):
    """A number about the projects of a council's area, by trade, fund and year; by trigger.

    `fund` "" is all of them, `year` 0 all years. `what`: "projects"; a colour, of those that are
    open, else "over"; "granted", "committed", "spent" in kroner; or a step of participants, as
    published. With a fund it is of the projects that have money of it, and of that money. A year is
    one that a project runs in, that the money is of, or that a figure's block ended in.
    """

    __tablename__ = "area_tally"
    __table_args__ = (
        UniqueConstraint("organisation_id", "trade", "fund", "year", "what"),
        Index("ix_area_tally_of", "organisation_id", "fund", "year"),
    )
    sight = Sight(see=mine(), worker="select")

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    trade: Mapped[str]
    fund: Mapped[str]
    year: Mapped[int]
    what: Mapped[str]
    number: Mapped[int] = mapped_column(BigInteger)


# --- Meetings of the council itself ---


class Side(StrEnum):
    """As what an organisation meets a council's meeting: it is nobody else's."""

    COUNCIL = "council"


class CouncilMeeting(Base):
    """One of a series of meetings. A move keeps the id, which calendars know it by, and counts up.

    `pack` is the agenda with its papers as they were sent, `minutes` what was decided as it was
    shared; each with its SHA-256 in hex. `approval`: how and when the minutes came to be approved.
    """

    __tablename__ = "council_meeting"
    __table_args__ = (
        UniqueConstraint("organisation_id", "series", "number"),
        UniqueConstraint("id", "organisation_id"),
        Index("ix_council_meeting_of", "organisation_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("(state = 'cancelled') = (cancelled_reason is not null)", name="cancelled"),
        CheckConstraint(f"not ({among(FROZEN)}) or pack is not null", name="sent"),
        CheckConstraint("(pack is null) = (pack_hash is null)", name="pack"),
        CheckConstraint(f"({among(HELD)}) = (began_at is not null)", name="began"),
        CheckConstraint(
            "(state in ('minutes_drafted', 'minutes_approved')) = (minutes is not null)",
            name="minutes",
        ),
        CheckConstraint("(minutes is null) = (minutes_hash is null)", name="minutes_hash"),
        CheckConstraint("(state = 'minutes_approved') = (approval is not null)", name="approved"),
    )
    sight = Sight(
        see=mine(),
        insert=f"{mine()} and council_meeting.state = 'planned'",
        update=mine(),
        columns="state, starts_at, ends_at, place, video_link, sequence, cancelled_reason, pack, "
        "pack_hash, sent_at, began_at, minutes, minutes_hash, shared_at, approval, approved_at, "
        "changed_at, revision",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    series: Mapped[str]  # what the meetings of the series are called
    number: Mapped[int]
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.PLANNED)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str | None]
    video_link: Mapped[str | None]
    sequence: Mapped[int]
    cancelled_reason: Mapped[str | None]
    pack: Mapped[Json | None]
    pack_hash: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    minutes: Mapped[Json | None]
    minutes_hash: Mapped[str | None]
    shared_at: Mapped[datetime | None]
    approval: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def kind(self) -> MeetingState:
        """Every meeting goes the same way."""
        return self.state

    @property
    def day(self) -> date:
        """In Copenhagen."""
        return day_of(self.starts_at)

    @property
    def name(self) -> str:
        return f"{self.series} {self.number}"

    def party_of(self, actor: Actor) -> Side | None:
        return Side.COUNCIL if actor.organisation_id == self.organisation_id else None


def of_meeting() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["meeting_id", "organisation_id"],
        ["council_meeting.id", "council_meeting.organisation_id"],
        ondelete="cascade",
    )


class CouncilItem(Point, Base):
    """A point of the agenda, and what was decided on it. `evidence` names its papers' projects."""

    __tablename__ = "council_item"
    __table_args__ = (
        of_meeting(),
        CheckConstraint("minutes between 1 and 480", name="minutes"),
        Index("ix_council_item_of", "meeting_id", "position"),
    )
    sight = Sight(
        see=mine(),
        insert=of_own("council_item", "council_meeting", "meeting_id"),
        update=mine(),
        delete=mine(),
        columns="position, title, text, minutes, state, evidence, decision, revision",
    )

    meeting_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    decision: Mapped[str | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class CouncilParticipant(Base):
    """Somebody who is asked to come: of the council, or from outside by name and mail."""

    __tablename__ = "council_participant"
    __table_args__ = (
        of_meeting(),
        of_same("user_id", "user"),
        CheckConstraint("(user_id is null) = (mail is not null)", name="outside"),
        Index("ix_council_participant_of", "meeting_id"),
    )
    sight = Sight(
        see=mine(),
        insert=of_own("council_participant", "council_meeting", "meeting_id"),
        update=mine(),
        delete=mine(),
        columns="attended",
    )

    meeting_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID | None]
    name: Mapped[str]
    title: Mapped[str | None]
    mail: Mapped[str | None]
    attended: Mapped[bool | None]
