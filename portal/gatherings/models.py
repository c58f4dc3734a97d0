"""Match days, information meetings, intakes and courses of a project: their seats, and who comes.

What partners of a project see of each other here stands in docs/decisions/0039.
"""

import uuid
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base
from portal.projects.models import added_by_a_partner, seen_by_partners, taking_part
from portal.sight import ME, Sight, mine, of_own


class GatheringKind(StrEnum):
    MATCH_DAY = "match_day"
    INFORMATION_MEETING = "information_meeting"
    INTAKE = "intake"
    COURSE = "course"


def of_gathering() -> ForeignKeyConstraint:
    """The row's gathering lies in the row's project."""
    whole = ["gathering.id", "gathering.project_id"]
    return ForeignKeyConstraint(["gathering_id", "project_id"], whole, ondelete="cascade")


class Gathering(Base):
    """Where people of several partners come together on a day, or on the days of a course.

    `is_full` is kept by a trigger. Only a course has a provider, a price in whole kroner, a fund,
    an entry of a positive list (its code, and the day on which it stood there) and the employer
    that has declared to hire. The database holds its days inside the project's, and lets nobody
    change what is held or cancelled.
    """

    __tablename__ = "gathering"
    __table_args__ = (
        UniqueConstraint("id", "project_id"),
        ForeignKeyConstraint(
            ["follows_id", "project_id"], ["gathering.id", "gathering.project_id"]
        ),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("last_day >= day", name="days"),
        CheckConstraint("ends_at > begins_at", name="times"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("kind <> 'course' or provider is not null", name="provider"),
        CheckConstraint(
            "kind = 'course' or num_nonnulls(last_day, provider, price, fund, listed, listed_on, "
            "declared_by, declared_on) = 0",
            name="course",
        ),
        CheckConstraint("(listed is null) = (listed_on is null)", name="listed"),
        CheckConstraint("(declared_by is null) = (declared_on is null)", name="declared"),
        CheckConstraint("(cancelled_at is null) = (cancel_reason is null)", name="cancelled"),
        Index("ix_gathering_list", "project_id", "day"),
    )
    sight = Sight(
        see=seen_by_partners("gathering"),
        insert=added_by_a_partner("gathering"),
        update=taking_part(
            "gathering",
            "project_party.writes "
            f"and greatest(project_party.leads, gathering.organisation_id = {ME})",
        ),
        columns="title, for_whom, place, day, begins_at, ends_at, last_day, seats, provider, "
        "price, fund, listed, listed_on, declared_by, declared_on, cancelled_at, cancel_reason, "
        "changed_at, revision",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))  # holder
    kind: Mapped[GatheringKind]
    title: Mapped[str]
    for_whom: Mapped[str | None]
    place: Mapped[str]
    day: Mapped[date]
    begins_at: Mapped[time]  # in Copenhagen, as the end
    ends_at: Mapped[time | None]
    last_day: Mapped[date | None]
    seats: Mapped[int | None]  # none: as many as come
    follows_id: Mapped[uuid.UUID | None]  # the round before
    provider: Mapped[str | None]
    price: Mapped[int | None]  # for each person
    fund: Mapped[str | None]  # a key of config/projects/lists.toml
    listed: Mapped[str | None]
    listed_on: Mapped[date | None]
    declared_by: Mapped[str | None]
    declared_on: Mapped[date | None]
    is_full: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def ends_on(self) -> date:
        return self.last_day or self.day

    @property
    def is_course(self) -> bool:
        return self.kind == GatheringKind.COURSE

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None


class GatheringMove(Base):
    """That a gathering was moved: from when and where, and why. Never changed."""

    __tablename__ = "gathering_move"
    __table_args__ = (of_gathering(), Index("ix_gathering_move_of", "gathering_id"))
    sight = Sight(
        see=seen_by_partners("gathering_move"), insert=added_by_a_partner("gathering_move")
    )

    gathering_id: Mapped[uuid.UUID]
    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    was_day: Mapped[date]
    was_begins_at: Mapped[time]
    was_place: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    person: Mapped[str]


class GatheringCompany(Base):
    """A company that comes, and how many it can hire; who comes is its contact in the register."""

    __tablename__ = "gathering_company"
    __table_args__ = (
        of_gathering(),
        ForeignKeyConstraint(
            ["company_id", "project_id"], ["company.id", "company.project_id"], ondelete="cascade"
        ),
        UniqueConstraint("gathering_id", "company_id"),
        CheckConstraint("jobs between 1 and 999", name="jobs"),
    )
    sight = Sight(
        see=seen_by_partners("gathering_company"),
        insert=added_by_a_partner("gathering_company"),
        delete=added_by_a_partner("gathering_company"),
    )

    gathering_id: Mapped[uuid.UUID]
    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    company_id: Mapped[uuid.UUID]
    jobs: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]


class GatheringSeat(Base):
    """A participant's seat, or place on the waiting list; triggers give the numbers out.

    Whoever has no number waits. A seat that is given up goes to who has waited longest, whichever
    partner that is (`moved_up_at`). No number is given twice: a unique index.
    """

    __tablename__ = "gathering_seat"
    __table_args__ = (
        of_gathering(),
        ForeignKeyConstraint(
            ["participant_id", "project_id", "organisation_id"],
            ["participant.id", "participant.project_id", "participant.organisation_id"],
            ondelete="cascade",
        ),
        UniqueConstraint("id", "project_id", "organisation_id"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("attended is null or number is not null", name="attended"),
        Index(
            "uq_gathering_seat_sold",
            "gathering_id",
            "number",
            unique=True,
            postgresql_where="given_up_at is null",
        ),
        Index(
            "uq_gathering_seat_once",
            "gathering_id",
            "participant_id",
            unique=True,
            postgresql_where="given_up_at is null",
        ),
        Index("ix_gathering_seat_participant", "participant_id"),
    )
    sight = Sight(
        see=mine(),
        insert=f"{added_by_a_partner('gathering_seat')} and "
        + of_own("gathering_seat", "participant", "participant_id"),
        update=mine(),
        columns="given_up_at, attended",
    )

    gathering_id: Mapped[uuid.UUID]
    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID]
    participant_id: Mapped[uuid.UUID]
    number: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]
    moved_up_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    attended: Mapped[bool | None]


class GatheringEntry(Base):
    """One result as a page sent it. Its key is good once, so what is sent twice is taken once."""

    __tablename__ = "gathering_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["seat_id", "project_id", "organisation_id"],
            ["gathering_seat.id", "gathering_seat.project_id", "gathering_seat.organisation_id"],
            ondelete="cascade",
        ),
        UniqueConstraint("organisation_id", "form_key"),
        Index("ix_gathering_entry_of", "seat_id"),
    )
    sight = Sight(
        see=mine(),
        insert=f"{added_by_a_partner('gathering_entry')} and "
        + of_own("gathering_entry", "gathering_seat", "seat_id"),
    )

    seat_id: Mapped[uuid.UUID]
    project_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID]
    form_key: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    person: Mapped[str]
