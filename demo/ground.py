"""What the demo's people and packages stand on: organisations, providers and agreements there."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from demo.chance import later
from portal.agreements.models import BINDING, AgreementSide, AgreementVersion
from portal.identity.models import IdentityProvider
from portal.keys import Keys
from portal.organisations.models import Organisation, OrganisationName, Unit

FUND = "bupl-a"
OTHER_FUND = "foa"  # without agreements: its packages run on the default


Desk = tuple[str | None, str | None]
"""A unit's name and its functional mailbox."""


@dataclass(frozen=True)
class Ground:
    """As it is on `day`; organisations and agreements by slug."""

    day: date
    keys: Keys
    organisations: Mapping[str, uuid.UUID]
    names: Mapping[str, str]
    providers: Mapping[str, uuid.UUID]
    units: Mapping[tuple[str, str], uuid.UUID]
    agreements: Mapping[str, AgreementVersion]  # of FUND, by municipality
    desks: dict[uuid.UUID, Desk]  # of all units, also of those that are made on the way

    @property
    def latest(self) -> date:
        """The working day before: what the demo tells of is over when it is looked at."""
        return later(self.day, -1)

    @property
    def expected(self) -> dict[str, int]:
        """Newly unemployed members of FUND a year, as its agreements expect them."""
        return {slug: row.expected_per_year or 0 for slug, row in self.agreements.items()}

    def agreement(self, fund: str, municipality: str, day: date) -> AgreementVersion | None:
        """The version in force on `day`."""
        version = self.agreements.get(municipality) if fund == FUND else None
        if version is None or not version.begins_on <= day or version.has_ended(day):
            return None
        return version


def ground(session: Session, day: date, keys: Keys) -> Ground:
    """What is there, read with the eyes of the tables' owner."""
    slugs = {row.id: row.slug for row in session.scalars(select(Organisation))}
    providers = {row.slug: row.id for row in session.scalars(select(IdentityProvider))}
    units = session.scalars(select(Unit).order_by(Unit.name)).all()
    return Ground(
        day=day,
        keys=keys,
        organisations={slug: id for id, slug in slugs.items()},
        names=names(session, slugs, day),
        providers=providers,
        units={(slugs[row.organisation_id], row.name): row.id for row in units},
        agreements=agreements(session, slugs),
        desks={row.id: (row.name, row.mailbox) for row in units},
    )


def names(session: Session, slugs: Mapping[uuid.UUID, str], day: date) -> dict[str, str]:
    rows = select(OrganisationName).where(OrganisationName.valid_from <= day)
    found = session.scalars(rows.order_by(OrganisationName.valid_from))
    return {slugs[row.organisation_id]: row.name for row in found}


def agreements(session: Session, slugs: Mapping[uuid.UUID, str]) -> dict[str, AgreementVersion]:
    """The newest signed version of each of FUND's agreements, the largest first.

    Only those whose source says how many members it expects: the others stand for themselves.
    """
    rows = select(AgreementVersion).options(joinedload(AgreementVersion.agreement))
    rows = rows.where(AgreementVersion.state.in_(BINDING))
    rows = rows.where(AgreementVersion.expected_per_year.is_not(None))
    newest = {row.agreement_id: row for row in session.scalars(rows.order_by("number"))}
    sides: dict[uuid.UUID, set[str]] = {}
    taking_part = select(AgreementSide).where(AgreementSide.agreement_id.in_(newest))
    for side in session.scalars(taking_part):
        sides.setdefault(side.agreement_id, set()).add(slugs[side.organisation_id])
    pairs = ((other, id) for id, two in sides.items() if FUND in two for other in two - {FUND})
    found = sorted((-(newest[id].expected_per_year or 0), slug, id) for slug, id in pairs)
    return {slug: newest[id] for _less, slug, id in found}
