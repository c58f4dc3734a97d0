"""What a version is made of while it is negotiated and signed, and what happened to it.

Observers see none of it: they read what was signed.
"""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.agreements.models import (
    Side,
    State,
    by_the_two_sides,
    seen_with_version,
    while_open,
)
from portal.clock import now
from portal.db import Base, Json
from portal.sight import Sight, mine


class SectionState(StrEnum):
    """Whether a section waits for its first text, for the other side's answer, or is agreed."""

    EMPTY = "empty"
    PROPOSED = "proposed"
    AGREED = "agreed"


class Move(StrEnum):
    PROPOSE = "propose"
    AGREE = "agree"
    REOPEN = "reopen"


def seen_by_the_two_sides(table: str) -> str:
    return f"{seen_with_version(table)} and {by_the_two_sides(table)}"


def added(table: str, condition: str, see: str = "") -> Sight:
    """Each adds its own rows, nobody changes them."""
    return Sight(
        see=see or seen_by_the_two_sides(table),
        insert=f"{mine(f'{table}.organisation_id')} and {condition}",
        worker="select, insert",
    )


class AgreementSection(Base):
    """A section of a version as it stands: the last proposal, and whether the other side agrees.

    `side` is whose proposal it is; the other one has the turn. `governs` names the parameters
    whose values are agreed in this section. `revision` shows whether somebody was faster.
    """

    __tablename__ = "agreement_section"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        Index("ix_agreement_section_order", "version_id", "position"),
        CheckConstraint("(state = 'empty') = (side is null)", name="proposed"),
    )
    sight = Sight(
        see=seen_by_the_two_sides("agreement_section"),
        insert=while_open("agreement_section"),
        update=while_open("agreement_section"),
        delete=f"{while_open('agreement_section')} and agreement_section.is_free",
        columns="heading, text, given, is_left_out, state, side, position, revision",
        worker="select",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    key: Mapped[str]
    position: Mapped[int]
    heading: Mapped[str]
    prompt: Mapped[str]  # why the section, and what to decide in it
    source: Mapped[str]
    governs: Mapped[list[str]]
    is_free: Mapped[bool] = mapped_column(default=False)  # added by the parties
    text: Mapped[str] = mapped_column(default="")
    given: Mapped[Json] = mapped_column(default=dict)  # what the parameters are to be, by name
    is_left_out: Mapped[bool] = mapped_column(default=False)  # "ikke aftalt"
    state: Mapped[SectionState] = mapped_column(default=SectionState.EMPTY)
    side: Mapped[Side | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}


class AgreementMove(Base):
    """One move in the negotiation of a section: a proposal, an acceptance, a reopening."""

    __tablename__ = "agreement_move"
    __table_args__ = (Index("ix_agreement_move_section", "section_id", "at"),)
    sight = added("agreement_move", while_open("agreement_move"))

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    section_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_section.id", ondelete="cascade")
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[Side]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    move: Mapped[Move]
    text: Mapped[str | None]
    given: Mapped[Json | None]
    is_left_out: Mapped[bool | None]
    reason: Mapped[str | None]


COMMENT_SEEN = (
    f"{seen_with_version('agreement_comment')} and exists (select from agreement_party "
    "where agreement_party.agreement_id = agreement_comment.agreement_id "
    "and agreement_party.side <> 'observer' "
    "and coalesce(agreement_comment.only_side = agreement_party.side, true))"
)


class AgreementComment(Base):
    """A remark on a section, for both sides or for the own one only."""

    __tablename__ = "agreement_comment"
    __table_args__ = (Index("ix_agreement_comment_section", "section_id", "at"),)
    sight = added("agreement_comment", COMMENT_SEEN, see=COMMENT_SEEN)

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    section_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_section.id", ondelete="cascade")
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    only_side: Mapped[Side | None]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    text: Mapped[str]


class AgreementSignatory(Base):
    """Who signs for a party: a person of it, in what capacity, "på vegne af" whom."""

    __tablename__ = "agreement_signatory"
    __table_args__ = (UniqueConstraint("version_id", "organisation_id", "user_id"),)
    sight = Sight(
        see=seen_by_the_two_sides("agreement_signatory"),
        insert=f"{mine('agreement_signatory.organisation_id')} "
        f"and {seen_by_the_two_sides('agreement_signatory')}",
        update=f"{mine('agreement_signatory.organisation_id')} "
        f"and {seen_by_the_two_sides('agreement_signatory')}",
        delete=f"{mine('agreement_signatory.organisation_id')} "
        f"and {seen_by_the_two_sides('agreement_signatory')}",
        columns="user_id, name, title, authority, delegated_by",
        worker="select",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str]
    title: Mapped[str]
    authority: Mapped[str]
    delegated_by: Mapped[str | None]  # who handed the signing on, and why that may be


class AgreementSignature(Base):
    """What a signatory answered to the frozen version with this hash; it is not a qualified one."""

    __tablename__ = "agreement_signature"
    __table_args__ = (
        UniqueConstraint("version_id", "hash", "user_id"),
        CheckConstraint("is_declined = (reason is not null)", name="reason"),
    )
    sight = added(
        "agreement_signature",
        "exists (select from agreement_version where agreement_version.id = "
        "agreement_signature.version_id and agreement_version.state = 'signing' "
        "and agreement_version.hash = agreement_signature.hash) "
        "and exists (select from agreement_signatory where agreement_signatory.version_id = "
        "agreement_signature.version_id and agreement_signatory.organisation_id = "
        "agreement_signature.organisation_id and agreement_signatory.user_id = "
        "agreement_signature.user_id)",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str]
    title: Mapped[str]
    authority: Mapped[str]
    hash: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    authenticated_at: Mapped[datetime]  # when the signatory proved who it is, just before
    is_declined: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]


class AgreementEvent(Base):
    """A step in the life of a version: who took it, and why. Without an organisation: Samspil."""

    __tablename__ = "agreement_event"
    __table_args__ = (
        Index("ix_agreement_event_version", "version_id", "at"),
        Index("uq_agreement_event_form", "version_id", "form_key", unique=True),
    )
    sight = Sight(
        see=seen_by_the_two_sides("agreement_event"),
        insert=f"{mine('agreement_event.organisation_id')} "
        f"and {seen_by_the_two_sides('agreement_event')}",
        worker="select, insert",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    step: Mapped[str]
    source: Mapped[State | None]
    target: Mapped[State]
    reason: Mapped[str | None]
    detail: Mapped[Json] = mapped_column(default=dict)
    form_key: Mapped[str | None]


class AgreementFile(Base):
    """The signed document: its bytes for ever, their SHA-256, and Samspil's own signature of it."""

    __tablename__ = "agreement_file"
    __table_args__ = (UniqueConstraint("version_id"),)
    sight = Sight(see=seen_with_version("agreement_file"), worker="select, insert")

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(unique=True)
    key_id: Mapped[str]  # which of Samspil's keys signed
    signature: Mapped[bytes] = mapped_column(LargeBinary)  # Ed25519, over the SHA-256
    made_at: Mapped[datetime] = mapped_column(default=now)
