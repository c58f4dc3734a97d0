"""A package that was made in error and opened meanwhile: what was seen, and what is done about it.

Source: the data protection regulation, articles 33 and 34 (notify within 72 hours, tell the person)
and article 33(5) (keep a record of every breach).
"""

import uuid
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import Actor
from portal.clock import Moment, now
from portal.db import Base, Json, db
from portal.handovers.models import Handover, Party, seen_as
from portal.sight import Sight, mine
from portal.workflow import Lack, Refused

QUESTIONS = {
    "seen": _l("Hvilke oplysninger har modtageren kunnet se?"),
    "deleted": _l("Er modtageren bedt om at slette det, den har hentet eller skrevet ned?"),
    "told": _l("Er medlemmet underrettet? Hvis ikke, hvorfor?"),
    "reported": _l("Er bruddet anmeldt til Datatilsynet inden 72 timer? Hvis ikke, hvorfor?"),
    "prevented": _l("Hvad gør I, så det ikke sker igen?"),
}


class HandoverBreach(Base):
    """The sender's checklist, kept whatever becomes of the package. `opened` is who had looked."""

    __tablename__ = "handover_breach"
    __table_args__ = (UniqueConstraint("handover_id"),)
    sight = Sight(
        see=mine("handover_breach.organisation_id"),
        insert=f"{mine('handover_breach.organisation_id')} "
        f"and {seen_as(Party.SENDER, 'handover_breach')}",
        update=mine("handover_breach.organisation_id"),
        columns="answers, answered_at, answered_by",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    found_at: Mapped[datetime] = mapped_column(default=now)
    found_by: Mapped[str]
    opened: Mapped[list[Any]] = mapped_column(JSONB)  # who, what, first, last, how often
    answers: Mapped[Json] = mapped_column(default=dict)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]


def begin(handover: Handover, seen: list[Any], *, actor: Actor, at: Moment) -> bool:
    """Where the receiver has looked; whether it had."""
    opened = [one for one in seen if one["side"] == Party.RECEIVER]
    if opened:
        own = {"handover_id": handover.id, "organisation_id": actor.organisation_id}
        db.session.add(HandoverBreach(found_at=at.now, found_by=actor.name, opened=opened, **own))
    return bool(opened)


def of(handover_id: uuid.UUID) -> HandoverBreach | None:
    rows = select(HandoverBreach).where(HandoverBreach.handover_id == handover_id)
    return db.session.scalars(rows).one_or_none()


def answer(breach: HandoverBreach, answers: dict[str, str], *, actor: Actor, at: Moment) -> None:
    """Every question, as often as there is more to say. Raises Refused with every lack."""
    if missing := [name for name in QUESTIONS if not (answers.get(name) or "").strip()]:
        raise Refused([Lack(name, _("Skriv et svar.")) for name in missing])
    breach.answers = {name: answers[name] for name in QUESTIONS}
    breach.answered_at, breach.answered_by = at.now, actor.name
    db.session.flush()
