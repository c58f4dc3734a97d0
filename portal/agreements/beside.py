"""What an agreement has beside its versions: who fills the functions that they name."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.agreements.models import by_the_two_sides, seen_by_parties
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
