"""A mail about a package that did not reach its reader: both parties see it on the package, and
what it was about is told one level higher.

Without it whoever has the package would go on waiting for somebody who was never told.
"""

import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from portal import mail
from portal.agreements.beside import AgreementContact
from portal.clock import now, today
from portal.db import Base, db
from portal.handovers.models import Handover, seen_by_parties
from portal.handovers.parts import HandoverNotice
from portal.handovers.reminding import DRAFT, Level, clock_of
from portal.jobs import jobs
from portal.mail import OutgoingMail
from portal.organisations.models import Unit, User
from portal.sight import Sight

REFERENCE = re.compile(r"\bOP-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


class HandoverBounce(Base):
    """That a mail of one party's was given up; of the address only whose it is is kept."""

    __tablename__ = "handover_bounce"
    __table_args__ = (
        UniqueConstraint("handover_id", "mail_id"),
        Index("ix_handover_bounce_at", "handover_id", "at"),
    )
    sight = Sight(see=seen_by_parties("handover_bounce"), worker="select, insert")

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
    mail_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    reader: Mapped[str | None]  # a person or a unit; None where it is nobody's any more
    at: Mapped[datetime]


@jobs.task(name="handovers.bounced")
def bounced(mail_id: str) -> None:
    """As the worker, when a mail was given up. Twice is once, for each package it told of."""
    given_up = db.session.get(OutgoingMail, uuid.UUID(mail_id))
    if given_up is None or given_up.failed_at is None:
        return
    for handover in told_of(given_up):
        is_new = note(handover, given_up)
        if is_new:
            escalate(handover, today())


mail.WHEN_GIVEN_UP.append(bounced)


def told_of(given_up: OutgoingMail) -> Sequence[Handover]:
    """The package that the mail is about; of a digest, all that it names."""
    which: Any = Handover.id == given_up.subject_id
    if given_up.subject_id is None:
        which = Handover.reference.in_({*REFERENCE.findall(given_up.body)})
    return db.session.scalars(select(Handover).where(which).order_by(Handover.id)).all()


def note(handover: Handover, given_up: OutgoingMail) -> bool:
    organisation_id, reader = whose(given_up.recipient, handover)
    row = {
        "id": uuid.uuid4(),
        "handover_id": handover.id,
        "mail_id": given_up.id,
        "organisation_id": organisation_id,
        "reader": reader,
        "at": now(),
    }
    made = insert(HandoverBounce).values(row).on_conflict_do_nothing()
    return db.session.scalar(made.returning(HandoverBounce.id)) is not None


def whose(address: str, handover: Handover) -> tuple[uuid.UUID | None, str | None]:
    """Of which party and whose the address is: a person's, a unit's, or a function's mailbox."""
    parties = handover.sender_id, handover.receiver_id
    contact = AgreementContact
    for model, name, by in (
        (User, User.name, User.email),
        (Unit, Unit.name, Unit.mailbox),
        (contact, contact.mailbox, contact.mailbox),
    ):
        rows = select(model.organisation_id, name).where(
            func.lower(by) == address.lower(), model.organisation_id.in_(parties)
        )
        if found := db.session.execute(rows.limit(1)).first():
            return found.organisation_id, found[1] if model is not contact else None
    return None, None


def escalate(handover: Handover, day: date) -> None:
    """One level above the highest that was told of the running clock, as far as there is one.

    Before the day itself it goes no further than to the owners. A draft is nobody else's business.
    """
    running = clock_of(handover)
    if running is None or running[0] == DRAFT:
        return
    clock, due_on = running
    told = select(func.max(HandoverNotice.level)).where(
        HandoverNotice.handover_id == handover.id,
        HandoverNotice.clock == clock,
        HandoverNotice.due_on == due_on,
    )
    level = max(db.session.scalar(told) or 0, Level.REMINDER) + 1
    if level > (Level.OWNERS if day < due_on else Level.AGENDA):
        return
    made = HandoverNotice(
        id=uuid.uuid4(),
        handover_id=handover.id,
        clock=clock,
        due_on=due_on,
        level=level,
        found_on=day,
    )
    db.session.add(made)
    db.session.flush()
