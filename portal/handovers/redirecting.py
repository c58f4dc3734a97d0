"""Sent to the wrong municipality: the receiver asks, the sender sends it on to the right one.

A transfer by law only: what an agreement allows besides, another municipality has agreed otherwise.
"""

import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import Actor
from portal.agreements.parameters import agreed, default, plain
from portal.agreements.queries import in_force
from portal.cases.source import CaseSource
from portal.clock import Moment
from portal.db import Base, db
from portal.handovers import queries, requests, sending
from portal.handovers.lacks import Effect, Given, refuse, wanted
from portal.handovers.models import Handover, Party, Pending, seen_as, seen_by_parties
from portal.handovers.parts import Answer
from portal.organisations.queries import name_on
from portal.sight import Sight, mine
from portal.workflow import Done, Lack


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
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    ended_at: Mapped[datetime]


def ask_redirect(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    refuse(wanted(given, "reason", _("Skriv, hvor borgeren hører til, og hvor I ved det fra.")))
    return requests.ask(handover, Pending.REDIRECT, actor, at, reason=given["reason"])


def agree_redirect(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """To the municipality that the case names by now; its own terms and clocks begin anew."""
    source: CaseSource = given["source"]
    receiver_id = source.municipality_id
    refuse(same_lack(handover, source))
    reception = queries.reception(receiver_id, at.today)
    is_open = queries.open_package(handover.case_id, receiver_id, handover.kind)
    words = _("Der er allerede en pakke i gang til den kommune.")
    refuse(*sending.missing_receiver(reception), Lack("receiver", words) if is_open else None)
    request = requests.end(handover, Answer.AGREED, actor.name, at)
    former, name = leg(handover, actor, at), name_on(receiver_id, at.today)
    version = in_force(actor.organisation_id, receiver_id, handover.kind, at.today)
    handover.receiver_id, handover.receiver_unit_id = receiver_id, reception.unit_id
    handover.receiver_person_id = handover.receiver_person = None
    handover.agreement_version_id = version.id if version else None
    handover.parameters = plain(agreed(version.parameters) if version else default())
    handover.sent_at, handover.received_at = at.now, None
    return Done(reason=request.reason, detail={"was": former.receiver, "is": name})


def same_lack(handover: Handover, source: CaseSource) -> Lack | None:
    words = _("Ret først medlemmets kommune i sagen. Pakken sendes til den kommune, der står der.")
    return Lack("receiver", words) if source.municipality_id == handover.receiver_id else None


def leg(handover: Handover, actor: Actor, at: Moment) -> HandoverLeg:
    assert handover.sent_at is not None  # noqa: S101  (the state says so)
    rows = select(func.count()).where(HandoverLeg.handover_id == handover.id)
    made = HandoverLeg(
        handover_id=handover.id,
        organisation_id=actor.organisation_id,
        number=(db.session.scalar(rows) or 0) + 1,
        receiver_id=handover.receiver_id,
        receiver=name_on(handover.receiver_id, at.today),
        sent_at=handover.sent_at,
        received_at=handover.received_at,
        ended_at=at.now,
    )
    db.session.add(made)
    return made


EFFECTS: dict[str, Effect] = {"ask_redirect": ask_redirect, "agree_redirect": agree_redirect}
