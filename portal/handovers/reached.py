"""Whom a party's mails about a package go to.

Who has it comes first. Of what nobody has, what grows late and what has come to a halt, whoever the
package's own version of the agreement names for it; else the organisation's own unit and leaders.
"""

import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from portal.access import Role
from portal.agreements.told import LATE, PACKAGES, STUCK, named
from portal.db import db
from portal.handovers.models import Handover, HandoverParty, Party
from portal.organisations.queries import Reader, acting, in_role, leaders, mailbox, people


def recipients(handover: Handover, party: Party, day: date) -> list[Reader]:
    """The first that there is: the person, else who stands in, else whoever the agreement names,
    else the mailbox of the unit, else the leaders. Empty when there is nobody.
    """
    organisation_id, person_id, unit_id = at(handover, party)
    if (readers := named_for(handover, organisation_id)) is not None:
        return of_restricted(organisation_id, person_id, readers, day)
    return (
        acting(organisation_id, person_id, day)
        or named(handover.agreement_version_id, organisation_id, PACKAGES, day)
        or mailbox(organisation_id, unit_id, day)
        or leaders(organisation_id, day)
    )


def named_for(handover: Handover, organisation_id: uuid.UUID) -> list[uuid.UUID] | None:
    """Who alone may see a restricted package there; None of any other."""
    rows = select(HandoverParty.readers).where(
        HandoverParty.handover_id == handover.id, HandoverParty.organisation_id == organisation_id
    )
    return db.session.scalar(rows)


def of_restricted(
    organisation_id: uuid.UUID, person_id: uuid.UUID | None, readers: list[uuid.UUID], day: date
) -> list[Reader]:
    """No stand-in and no mailbox: where nobody named is there, who leads can name somebody."""
    return (
        (people(organisation_id, [person_id], day) if person_id else [])
        or people(organisation_id, readers, day)
        or leaders(organisation_id, day)
    )


def of_late(handover: Handover, party: Party, day: date) -> list[Reader]:
    """Who is told besides when a deadline has come: never instead of the functional mailbox."""
    organisation_id, _person_id, unit_id = at(handover, party)
    if named_for(handover, organisation_id) is not None:
        return []
    late = named(handover.agreement_version_id, organisation_id, LATE, day)
    return [*late, *mailbox(organisation_id, unit_id, day)]


def owners(handover: Handover, day: date, parties: Iterable[Party] = Party) -> list[Reader]:
    """Of the parties: whoever is named for it, else everybody who owns agreements there."""
    return [
        reader
        for organisation_id, *_rest in (at(handover, party) for party in parties)
        for reader in named(handover.agreement_version_id, organisation_id, STUCK, day)
        or in_role(organisation_id, Role.AGREEMENT_OWNER, day)
    ]


def at(handover: Handover, party: Party) -> tuple[uuid.UUID, uuid.UUID | None, uuid.UUID | None]:
    """The party's organisation, person and unit."""
    if party == Party.SENDER:
        return handover.sender_id, handover.sender_has, handover.sender_unit_id
    return handover.receiver_id, handover.receiver_person_id, handover.receiver_unit_id
