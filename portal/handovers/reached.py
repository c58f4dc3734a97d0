"""Whom a party's mails about a package go to.

Who has it comes first. Of what nobody has, what grows late and what has come to a halt, whoever the
package's own version of the agreement names for it; else the organisation's own unit and leaders.
"""

import uuid
from collections.abc import Iterable
from datetime import date

from portal.access import Role
from portal.agreements.told import LATE, PACKAGES, STUCK, named
from portal.handovers.models import Handover, Party
from portal.organisations.queries import Reader, acting, in_role, leaders, mailbox


def recipients(handover: Handover, party: Party, day: date) -> list[Reader]:
    """The first that there is: the person, else who stands in, else whoever the agreement names,
    else the mailbox of the unit, else the leaders. Empty when there is nobody.
    """
    organisation_id, person_id, unit_id = at(handover, party)
    return (
        acting(organisation_id, person_id, day)
        or named(handover.agreement_version_id, organisation_id, PACKAGES, day)
        or mailbox(organisation_id, unit_id, day)
        or leaders(organisation_id, day)
    )


def of_late(handover: Handover, party: Party, day: date) -> list[Reader]:
    """Who is told besides when a deadline has come: never instead of the functional mailbox."""
    organisation_id, _person_id, unit_id = at(handover, party)
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
