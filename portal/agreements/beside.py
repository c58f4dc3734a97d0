"""What an agreement has beside its versions: who fills their functions, and changes asked for."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.agreements.models import Side, by_the_two_sides, seen_by_parties
from portal.clock import now
from portal.db import Base
from portal.organisations.models import of_same
from portal.sight import Sight, mine

TABLE = "agreement_contact"
TWO_SIDES = f"{seen_by_parties(TABLE)} and {by_the_two_sides(TABLE)}"


class AgreementContact(Base):
    """Who fills a function of an agreement for one party, from one day to another, both included.

    Another person is another row: what was is kept. The other party reads what stands here and no
    user; no observer reads it. The mailbox is written for the function, or that of a unit. A row
    that was replaced on its first day ends the day before it.
    """

    __tablename__ = TABLE
    __table_args__ = (
        CheckConstraint("(user_id is null) = (name is null)", name="person"),
        CheckConstraint("(deputy_id is null) = (deputy_name is null)", name="deputy"),
        CheckConstraint("deputy_id <> user_id", name="another"),
        CheckConstraint("unit_id is null or mailbox is null", name="one_mailbox"),
        CheckConstraint("valid_until is null or valid_until >= valid_from - 1", name="span"),
        of_same("user_id", "user"),
        of_same("deputy_id", "user"),
        of_same("unit_id", "unit"),
        Index("ix_agreement_contact_of", "agreement_id", "organisation_id", "code", "valid_from"),
        Index(
            "uq_agreement_contact_last",
            "agreement_id",
            "organisation_id",
            "code",
            unique=True,
            postgresql_where="valid_until is null",
        ),
    )
    sight = Sight(
        see=TWO_SIDES,
        insert=f"{mine(f'{TABLE}.organisation_id')} and {TWO_SIDES}",
        update=f"{mine(f'{TABLE}.organisation_id')} and {TWO_SIDES}",
        columns="valid_until",
        worker="select, insert, update",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str]  # the function's, by which the next version keeps whoever fills it
    user_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    name: Mapped[str | None]
    title: Mapped[str | None]
    phone: Mapped[str | None]
    deputy_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    deputy_name: Mapped[str | None]
    deputy_phone: Mapped[str | None]
    unit_id: Mapped[uuid.UUID | None]
    mailbox: Mapped[str | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    written_at: Mapped[datetime] = mapped_column(default=now)
    written_by: Mapped[str]


class AmendmentState(StrEnum):
    """A proposal waits for the other side; what is approved waits for the next version."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    COLLECTED = "collected"


AMENDMENT = "agreement_amendment"
BOTH = f"{seen_by_parties(AMENDMENT)} and {by_the_two_sides(AMENDMENT)}"
# Who asks for the other side would answer for it too.
AS_ITSELF = (
    f"exists (select from agreement_party where agreement_party.agreement_id = "
    f"{AMENDMENT}.agreement_id and agreement_party.side = {AMENDMENT}.side)"
)
OF_SIGNED = (
    f"exists (select from agreement_version where agreement_version.id = {AMENDMENT}.version_id "
    f"and agreement_version.agreement_id = {AMENDMENT}.agreement_id "
    f"and agreement_version.state = 'signed')"
)


class AgreementAmendment(Base):
    """A change of an agreement in force that one side asks for and the other answers.

    `path` says what is changed: `parameters.decide_days`, `sections.roles.text`, `criteria`,
    `contacts.<code>.person`. The signed version stays as it is: what is approved is collected into
    the next one, or takes effect on a day where the agreement lets the owners approve it alone.
    """

    __tablename__ = AMENDMENT
    __table_args__ = (
        CheckConstraint("(state = 'proposed') = (answered_at is null)", name="answered"),
        CheckConstraint("state <> 'declined' or answer is not null", name="reason"),
        CheckConstraint("(state = 'collected') = (collected_in_id is not null)", name="collected"),
        CheckConstraint(
            "effective_on is null or state in ('approved', 'collected')", name="effect"
        ),
        CheckConstraint("meeting_on is null or meeting is not null", name="meeting"),
        Index("ix_agreement_amendment_of", "agreement_id", "proposed_at"),
        Index(
            "uq_agreement_amendment_open",
            "agreement_id",
            "path",
            "organisation_id",
            unique=True,
            postgresql_where="state = 'proposed'",
        ),
        Index("ix_agreement_amendment_collected_in_id", "collected_in_id"),
    )
    sight = Sight(
        see=BOTH,
        insert=f"{mine(f'{AMENDMENT}.organisation_id')} "
        f"and {AMENDMENT}.state = 'proposed' and {BOTH} and {AS_ITSELF} and {OF_SIGNED}",
        update=BOTH,
        columns="state, answered_at, answered_by, answer, collected_in_id, effective_on, revision",
        worker="select",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[Side]
    person: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    path: Mapped[str]
    old: Mapped[Any] = mapped_column(JSONB)
    new: Mapped[Any] = mapped_column(JSONB)
    reason: Mapped[str]
    meeting: Mapped[str | None]  # where it was decided
    meeting_on: Mapped[date | None]
    state: Mapped[AmendmentState] = mapped_column(default=AmendmentState.PROPOSED)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    answer: Mapped[str | None]  # why it is declined
    collected_in_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agreement_version.id"))
    effective_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def is_of_people(self) -> bool:
        """Whether it is about who fills a function, and not about the agreement's content."""
        return self.path.startswith("contacts.")
