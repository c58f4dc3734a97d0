"""Meetings about an agreement: the series that its cadence promises, and each meeting in it.

Both sides of the agreement see and plan them; an observer of the agreement sees none.
"""

import uuid
from collections.abc import Set
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import Actor
from portal.agreements.models import Agreement, AgreementParty, Side, by_the_two_sides
from portal.clock import day_of, now
from portal.db import Base, Json
from portal.sight import Sight, mine


class MeetingKind(StrEnum):
    STATUS = "status"
    STEERING = "steering"  # a group with a chair, and observers who have no access here


class MeetingState(StrEnum):
    PLANNED = "planned"
    AGENDA_SENT = "agenda_sent"
    IN_PROGRESS = "in_progress"
    MINUTES_DRAFTED = "minutes_drafted"
    MINUTES_APPROVED = "minutes_approved"
    CANCELLED = "cancelled"


S = MeetingState
COMING: Set[MeetingState] = {S.PLANNED, S.AGENDA_SENT}
HELD: Set[MeetingState] = {S.IN_PROGRESS, S.MINUTES_DRAFTED, S.MINUTES_APPROVED}
FROZEN: Set[MeetingState] = {S.AGENDA_SENT, *HELD}  # the agenda and its figures stay as sent


def among(states: Set[MeetingState]) -> str:
    names = ", ".join(f"'{state}'" for state in MeetingState if state in states)
    return f"state in ({names})"


def added_by_a_side(table: str) -> str:
    return f"{mine(f'{table}.organisation_id')} and {by_the_two_sides(table)}"


class MeetingSeries(Base):
    """Meetings of one kind about one agreement; what they are called, and how often they are."""

    __tablename__ = "meeting_series"
    __table_args__ = (
        UniqueConstraint("id", "agreement_id"),
        Index("ix_meeting_series_of", "agreement_id"),
    )
    sight = Sight(see=by_the_two_sides("meeting_series"), insert=added_by_a_side("meeting_series"))

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[MeetingKind]
    title: Mapped[str]
    cadence: Mapped[str]  # as the agreement said when it was made: a key of its parameter
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]


class Meeting(Base):
    """One meeting of a series. A move keeps the id, which calendars know it by, and counts up.

    `pack` is the agenda with its evidence and figures as they were when it was sent, `pack_hash`
    its SHA-256 in hex. `version_id`: the version of the agreement that is evaluated.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("series_id", "number"),
        UniqueConstraint("id", "agreement_id"),
        Index("ix_meeting_of", "agreement_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("(state = 'cancelled') = (cancelled_reason is not null)", name="cancelled"),
        CheckConstraint(
            f"not ({among(FROZEN)}) or (pack is not null and (place is not null "
            "or video_link is not null))",
            name="sent",
        ),
        CheckConstraint("(pack is null) = (pack_hash is null)", name="pack"),
        CheckConstraint(f"({among(HELD)}) = (began_at is not null)", name="began"),
        CheckConstraint(
            "(state = 'minutes_approved') = (approved_at is not null)", name="approved"
        ),
    )
    sight = Sight(
        see=by_the_two_sides("meeting"),
        insert=f"{added_by_a_side('meeting')} and meeting.state = 'planned' "
        "and exists (select from meeting_series where meeting_series.id = meeting.series_id "
        "and meeting_series.agreement_id = meeting.agreement_id)",
        update=by_the_two_sides("meeting"),
        columns="state, version_id, starts_at, ends_at, place, video_link, sequence, "
        "cancelled_reason, pack, pack_hash, sent_at, began_at, approved_at, changed_at, revision",
    )

    series_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("meeting_series.id", ondelete="cascade")
    )
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement_version.id"))
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
    approved_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column()
    series: Mapped[MeetingSeries] = relationship(viewonly=True)
    agreement: Mapped[Agreement] = relationship(viewonly=True)
    own_parties: Mapped[list[AgreementParty]] = relationship(
        primaryjoin=lambda: AgreementParty.agreement_id == Meeting.agreement_id,
        foreign_keys=lambda: AgreementParty.agreement_id,
        viewonly=True,
        uselist=True,
    )
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def day(self) -> date:
        """In Copenhagen."""
        return day_of(self.starts_at)

    @property
    def kind(self) -> MeetingKind:
        return self.series.kind

    def party_of(self, actor: Actor) -> Side | None:
        """The own side; an organisation sees its own participation and no other."""
        sides = {row.organisation_id: row.side for row in self.own_parties}
        return sides.get(actor.organisation_id)
