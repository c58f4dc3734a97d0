"""Organisations with open packages where nobody is left: owners and operators are told once.

An organisation that has ended, or whose last user who could work with packages has gone. One that
was never on board has its mailbox instead (`handovers`), and is not meant.
"""

import uuid
from collections.abc import Sequence
from datetime import date

from flask import current_app
from sqlalchemy import func, or_, select

from portal import mail
from portal.access import OrganisationKind, Role
from portal.clock import today
from portal.db import db
from portal.handovers.models import Handover
from portal.jobs import jobs
from portal.organisations.models import Organisation, User
from portal.organisations.queries import Reader, in_role


@jobs.periodic(cron="11 5 * * *")
@jobs.task(name="departures.stranded", queueing_lock="departures.stranded")
def look(timestamp: int) -> None:
    """Every night. Twice is once, and of each organisation only once a year."""
    tell(today())


def tell(day: date) -> list[str]:
    """Whose packages nobody answers for; as the worker."""
    found = stranded(day)
    for organisation in found:
        for reader in whom(organisation.id, day):
            write(organisation, reader, day)
    return [one.slug for one in found]


def stranded(day: date) -> Sequence[Organisation]:
    sides = or_(
        Handover.sender_id == Organisation.id,
        (Handover.receiver_id == Organisation.id) & Handover.sent_at.is_not(None),
    )
    has_open = select(Handover.id).where(sides, Handover.closed_at.is_(None)).exists()
    had_people = select(User.id).where(User.organisation_id == Organisation.id).exists()
    ended = or_(
        Organisation.valid_until < day,
        Organisation.valid_until.is_(None) & Organisation.successor_id.is_not(None),
    )
    empty = func.is_on_board(Organisation.id, day).is_(False) & had_people
    rows = select(Organisation).where(has_open, or_(ended, empty))
    return db.session.scalars(rows.order_by(Organisation.slug)).all()


def whom(organisation_id: uuid.UUID, day: date) -> list[Reader]:
    """The agreement owners there and at the other parties, and whoever runs Samspil."""
    waits = Handover.closed_at.is_(None)
    pairs = select(Handover.sender_id, Handover.receiver_id).where(
        waits, or_(Handover.sender_id == organisation_id, Handover.receiver_id == organisation_id)
    )
    parties = {one for pair in db.session.execute(pairs.distinct()) for one in pair}
    kind = Organisation.kind == OrganisationKind.PLATFORM
    platforms = db.session.scalars(select(Organisation.id).where(kind))
    found = [one for id_ in sorted(parties) for one in in_role(id_, Role.AGREEMENT_OWNER, day)]
    found += [one for id_ in platforms for one in in_role(id_, Role.OPERATOR, day)]
    return [*dict.fromkeys(found)]


def write(organisation: Organisation, reader: Reader, day: date) -> None:
    base = current_app.extensions["samspil"].base_url
    mail.queue(
        reader.address,
        "nobody_there",
        reference=reference(organisation),
        url=f"{base}/",
        language=reader.language,
        once=f"{organisation.id} nobody there {day:%Y}",
    )


def reference(organisation: Organisation) -> str:
    """What it is called in a mail."""
    return f"ORG-{organisation.slug.upper()}"[:30].rstrip("-")
