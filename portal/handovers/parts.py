"""What a package is made of: draft, frozen content, events, questions, messages, documents."""

import uuid
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base, Json
from portal.handovers.models import (
    Party,
    Pending,
    State,
    added_by_parties,
    content_seen_by,
    seen_as,
    seen_by_parties,
)
from portal.sight import Sight, mine, of_own


class HandoverDraft(Base):
    """What the sender writes for the package itself; the rest of it comes from the case."""

    __tablename__ = "handover_draft"
    __table_args__ = (UniqueConstraint("handover_id"),)
    sight = Sight(
        see=of_own("handover_draft", "handover", by="handover_id"),
        insert=of_own("handover_draft", "handover", by="handover_id"),
        update=of_own("handover_draft", "handover", by="handover_id"),
        delete=of_own("handover_draft", "handover", by="handover_id"),
        columns="summary, considerations, done_since, remaining, informed_on, informed_channel, "
        "member_comment, version",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    summary: Mapped[str | None]
    considerations: Mapped[str | None]
    done_since: Mapped[str | None]  # of what goes back to the fund
    remaining: Mapped[str | None]
    informed_on: Mapped[date | None]
    informed_channel: Mapped[str | None]
    member_comment: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}


class HandoverContent(Base):
    """What was sent, frozen: the only content that the receiver reads. Never changed."""

    __tablename__ = "handover_content"
    __table_args__ = (UniqueConstraint("handover_id", "number"),)
    sight = replace(
        added_by_parties("handover_content", Party.SENDER),
        see=content_seen_by("handover_content"),
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    content: Mapped[Json]
    hash: Mapped[str]
    frozen_at: Mapped[datetime] = mapped_column(default=now)
    frozen_by: Mapped[str]


class HandoverEvent(Base):
    """A step taken. `form_key` is the form's idempotency key: a double click finds its receipt."""

    __tablename__ = "handover_event"
    __table_args__ = (
        UniqueConstraint("handover_id", "form_key"),
        Index("ix_handover_event_handover", "handover_id", "at"),
    )
    sight = replace(
        added_by_parties("handover_event"),
        see=f"{seen_by_parties('handover_event')} and case when handover_event.step in "
        f"('submit_for_signoff', 'return_to_draft') then {mine('handover_event.organisation_id')} "
        "else true end",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID | None]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    step: Mapped[str]
    source: Mapped[State | None]
    target: Mapped[State]
    reason: Mapped[str | None]  # both parties read it
    detail: Mapped[Json] = mapped_column(default=dict)
    form_key: Mapped[str | None]


class HandoverQuestion(Base):
    """A question of the receiver and the sender's answer, or why there is none.

    The receiver may answer its own: it has found it, or needs it no longer.
    """

    __tablename__ = "handover_question"
    __table_args__ = (
        UniqueConstraint("handover_id", "round", "position"),
        CheckConstraint("answer is null or unanswerable is null", name="one_answer"),
        CheckConstraint(
            "(answered_at is null) = (answer is null and unanswerable is null)", name="answered"
        ),
    )
    sight = Sight(
        see=seen_by_parties("handover_question"),
        insert=f"{mine('handover_question.organisation_id')} "
        f"and {seen_as(Party.RECEIVER, 'handover_question')}",
        update=seen_by_parties("handover_question"),
        columns="answer, unanswerable, answered_at, answered_by, is_found",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    round: Mapped[int]
    position: Mapped[int]
    text: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    answer: Mapped[str | None]
    unanswerable: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    is_found: Mapped[bool] = mapped_column(default=False)  # by the receiver itself


class Answer(StrEnum):
    AGREED = "agreed"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    LAPSED = "lapsed"  # the package went on, or ended, without an answer


class HandoverRequest(Base):
    """What one party has asked the other for, and the answer; one waits at a time."""

    __tablename__ = "handover_request"
    __table_args__ = (
        Index(
            "uq_handover_request_one_open",
            "handover_id",
            unique=True,
            postgresql_where="answered_at is null",
        ),
        Index("ix_handover_request_handover", "handover_id", "at"),
        CheckConstraint(
            "(answered_at is null) = (answer is null) and (answer is null) = (answered_by is null)",
            name="answered",
        ),
        CheckConstraint("(answer = 'refused') = (refusal is not null)", name="refused"),
    )
    sight = Sight(
        see=seen_by_parties("handover_request"),
        insert=f"{mine('handover_request.organisation_id')} "
        f"and {seen_by_parties('handover_request')}",
        update=seen_by_parties("handover_request"),
        columns="answered_at, answered_by, answer, refusal",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[Pending]
    side: Mapped[Party]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str | None]  # both parties read it
    detail: Mapped[Json] = mapped_column(default=dict)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    answer: Mapped[Answer | None]
    refusal: Mapped[str | None]  # why not; both parties read it


class HandoverRating(Base):
    """What the receiver says of the package when it accepts it: asked for, never demanded.

    `missing` are codes of the plan's checklist in the package's own agreement version.
    """

    __tablename__ = "handover_rating"
    __table_args__ = (
        UniqueConstraint("handover_id"),
        Index("ix_handover_rating_rated", "rated_at"),
        CheckConstraint(
            "complete is not null or plan_usable is not null or missing <> '[]'", name="said"
        ),
        CheckConstraint("not (complete and missing <> '[]')", name="complete"),
    )
    sight = added_by_parties("handover_rating", Party.RECEIVER)

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    complete: Mapped[bool | None]
    plan_usable: Mapped[bool | None]
    missing: Mapped[list[str]] = mapped_column(default=list)
    rated_at: Mapped[datetime]
    rated_by: Mapped[str]


class HandoverMessage(Base):
    """A message that both parties read; with a day for the answer, it is a question.

    A question is open until a message answers it. Who asked may answer too: found it oneself.
    """

    __tablename__ = "handover_message"
    __table_args__ = (
        Index("ix_handover_message_handover", "handover_id", "at"),
        Index(
            "ix_handover_message_answers", "answers_id", postgresql_where="answers_id is not null"
        ),
        UniqueConstraint("id", "handover_id"),
        ForeignKeyConstraint(
            ["answers_id", "handover_id"],
            ["handover_message.id", "handover_message.handover_id"],
            ondelete="cascade",
        ),
        CheckConstraint("answers_id is null or answer_due_on is null", name="one_of_two"),
    )
    sight = added_by_parties("handover_message")

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID | None]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    text: Mapped[str]
    answer_due_on: Mapped[date | None]  # ends at its midnight in Copenhagen
    answers_id: Mapped[uuid.UUID | None]  # the question, of the same package


class HandoverNote(Base):
    """What one side writes for itself; the other never sees it."""

    __tablename__ = "handover_note"
    __table_args__ = (Index("ix_handover_note_handover", "handover_id", "at"),)
    sight = Sight(
        see=of_own("handover_note", "handover", by="handover_id"),
        insert=of_own("handover_note", "handover", by="handover_id"),
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID | None]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    text: Mapped[str]


class HandoverNotice(Base):
    """That somebody is to be told of a clock of the package, once; `told_at` when it was done.

    `level` is 0 before the due day, then 1 to 3 as it grows late: reminding.Level.
    """

    __tablename__ = "handover_notice"
    __table_args__ = (
        UniqueConstraint("handover_id", "clock", "due_on", "level"),
        CheckConstraint("level between 0 and 3", name="level"),
        Index("ix_handover_notice_waiting", "handover_id", postgresql_where="told_at is null"),
    )
    sight = Sight(see=seen_by_parties("handover_notice"))

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    clock: Mapped[str]
    due_on: Mapped[date]  # the day that the clock began from where a draft lies
    level: Mapped[int]
    found_on: Mapped[date]
    told_at: Mapped[datetime | None]


class HandoverReminder(Base):
    """That somebody of either party has reminded who has the turn. Both parties read it."""

    __tablename__ = "handover_reminder"
    __table_args__ = (UniqueConstraint("handover_id", "day"),)
    sight = added_by_parties("handover_reminder")

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person: Mapped[str]
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(default=now)


class HandoverFiling(Base):
    """That one side filed the package in its own records: "journaliseret den …"."""

    __tablename__ = "handover_filing"
    sight = Sight(
        see=of_own("handover_filing", "handover", by="handover_id"),
        insert=of_own("handover_filing", "handover", by="handover_id"),
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("handover.id", ondelete="cascade"), index=True
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    filed_on: Mapped[date]
    number: Mapped[str | None]
    person: Mapped[str]


class HandoverOnward(Base):
    """Where a package went on to: all that the parties of the former one read of it.

    The database keeps it, from the sending on and as long as the package there stands.
    """

    __tablename__ = "handover_onward"
    __table_args__ = (UniqueConstraint("handover_id", "onward_id"),)
    sight = Sight(see=seen_by_parties("handover_onward"))

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    onward_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    reference: Mapped[str]
    receiver_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    moved_on: Mapped[date | None]
    at: Mapped[datetime]


class HandoverLeg(Base):
    """A receiver that the package was with before it was sent on, and its dates there."""

    __tablename__ = "handover_leg"
    __table_args__ = (UniqueConstraint("handover_id", "number"),)
    sight = Sight(
        see=seen_by_parties("handover_leg"),
        insert=f"{mine('handover_leg.organisation_id')} "
        f"and {seen_as(Party.SENDER, 'handover_leg')}",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    receiver_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    receiver: Mapped[str]  # what it was called
    agreement_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("agreement_version.id")
    )
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    ended_at: Mapped[datetime]


class HandoverDocument(Base):
    """A sealed PDF of one content version: rendered once, kept with its SHA-256."""

    __tablename__ = "handover_document"
    __table_args__ = (UniqueConstraint("handover_id", "number", "kind"),)
    sight = Sight(see=content_seen_by("handover_document"), worker="select, insert")

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    kind: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)


class HandoverCounterpart(Base):
    """With whom an organisation has packages: a few rows beside its many, kept by a trigger."""

    __tablename__ = "handover_counterpart"
    __table_args__ = (UniqueConstraint("organisation_id", "other_id"),)
    sight = Sight(see=mine(), worker="select")

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
