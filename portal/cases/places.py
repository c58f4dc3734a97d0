"""Where a case can belong: the own organisation's advisers and units, and its municipality."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, or_, select

from portal.access import Role
from portal.db import db
from portal.organisations.collation import sort_key
from portal.organisations.models import Membership, Organisation, RoleGrant, Unit, User


class Place(NamedTuple):
    """Somebody or somewhere that a case can belong to."""

    id: uuid.UUID
    name: str
    unit_id: uuid.UUID | None = None


def slug(organisation_id: uuid.UUID) -> str:
    row = select(Organisation.slug).where(Organisation.id == organisation_id)
    return db.session.scalars(row).one()


def advisers(day: date) -> list[Place]:
    """The own organisation's people who may have cases on `day`, in Danish order."""
    until = or_(Membership.valid_until.is_(None), Membership.valid_until >= day)
    may_have_cases = RoleGrant.role.in_([Role.ADVISER, Role.TEAM_LEAD])
    rows = (
        select(User.id, User.name, Membership.unit_id)
        .join(Membership, Membership.user_id == User.id)
        .where(User.closed_at.is_(None), Membership.valid_from <= day, until)
        .where(exists().where(RoleGrant.membership_id == Membership.id, may_have_cases))
    )
    return _in_danish_order(Place(*row) for row in db.session.execute(rows))


def units(organisation_id: uuid.UUID, day: date) -> list[Place]:
    """The organisation's units on `day`, in Danish order."""
    until = or_(Unit.valid_until.is_(None), Unit.valid_until >= day)
    rows = select(Unit.id, Unit.name).where(
        Unit.organisation_id == organisation_id, Unit.valid_from <= day, until
    )
    return _in_danish_order(Place(*row) for row in db.session.execute(rows))


def _in_danish_order(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: sort_key(place.name))
