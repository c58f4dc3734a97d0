"""Organisations as they are on a day: their names, their councils, who exists."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, any_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import NoResultFound

from portal.access import CASEWORKERS, Actor, OrganisationKind, Permission, Role
from portal.db import db
from portal.organisations.collation import sort_key
from portal.organisations.models import (
    Absence,
    CouncilMembership,
    Membership,
    Organisation,
    OrganisationName,
    RoleGrant,
    Unit,
    User,
)

LEADERS = Role.TEAM_LEAD, Role.COORDINATOR


class Named(NamedTuple):
    """An organisation under its name of the day."""

    id: uuid.UUID
    slug: str
    name: str
    short_name: str


class Reader(NamedTuple):
    """Where a mail goes, and the language in which it is read."""

    address: str
    language: str


def organisation(slug: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.slug == slug)).one()


def name_on(organisation_id: uuid.UUID, day: date) -> str:
    """What the organisation was called; raises KeyError for one without any name."""
    return names_on([organisation_id], day)[organisation_id]


def names_on(ids: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, str]:
    """The names on `day`, in one statement: the last one begun by then, else the first to come.

    A name therefore outlives its organisation, so that an old agreement still says whose it was.
    """
    rows = _names(day).where(OrganisationName.organisation_id.in_({*ids}))
    return {row.organisation_id: row.name for row in db.session.execute(rows)}


def municipalities(day: date) -> Sequence[Named]:
    """All that exist on `day`, in Danish order."""
    return _existing(OrganisationKind.MUNICIPALITY, day)


def funds(day: date) -> Sequence[Named]:
    """All a-kasser that exist on `day`, in Danish order."""
    return _existing(OrganisationKind.UNEMPLOYMENT_FUND, day)


def observers(day: date) -> Sequence[Named]:
    """Who may follow an agreement without being a side of it, in Danish order."""
    found = [*_existing(OrganisationKind.COUNCIL, day), *_existing(OrganisationKind.PARTNER, day)]
    return sorted(found, key=lambda row: sort_key(row.name))


def council_of(municipality_id: uuid.UUID, day: date) -> Organisation | None:
    """The regional council that the municipality lay under; None where nothing is known."""
    row = select(Organisation).join(
        CouncilMembership, CouncilMembership.council_id == Organisation.id
    )
    mine = CouncilMembership.municipality_id == municipality_id
    return db.session.scalars(row.where(mine, holds(CouncilMembership, day))).one_or_none()


def members_of(council_id: uuid.UUID, day: date) -> set[uuid.UUID]:
    """The municipalities that lay under the council."""
    rows = select(CouncilMembership.municipality_id).where(
        CouncilMembership.council_id == council_id, holds(CouncilMembership, day)
    )
    return {*db.session.scalars(rows)}


def units(ids: Iterable[uuid.UUID], day: date) -> list[Unit]:
    """The units of the organisations on `day`, the one that takes what names no unit first."""
    rows = select(Unit).where(Unit.organisation_id.in_({*ids}), holds(Unit, day))
    found = db.session.scalars(rows)
    return sorted(found, key=lambda unit: (not unit.is_default, sort_key(unit.name)))


def own_units(organisation_id: uuid.UUID) -> list[Unit]:
    """All of an organisation, also those that are closed, in Danish order."""
    rows = select(Unit).where(Unit.organisation_id == organisation_id)
    return sorted(db.session.scalars(rows), key=lambda unit: sort_key(unit.name))


def unit(unit_id: uuid.UUID, organisation_id: uuid.UUID) -> Unit:
    """One of the organisation's own: everybody may read units, but not change them."""
    rows = select(Unit).where(Unit.id == unit_id, Unit.organisation_id == organisation_id)
    return db.session.scalars(rows).one()


@dataclass(frozen=True)
class Colleague:
    """A user of the own organisation, the place there and the roles, whoever gave them."""

    user: User
    membership: Membership
    unit: Unit | None
    grants: tuple[RoleGrant, ...]

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def is_active(self, day: date) -> bool:
        """Whether the user can sign in on `day`."""
        first, last = self.membership.valid_from, self.membership.valid_until
        return self.user.closed_at is None and first <= day <= (last or day)


def colleagues() -> list[Colleague]:
    """Everybody of the own organisation (row-level security says which), in Danish order."""
    return sorted(_colleagues(), key=lambda row: sort_key(row.user.name))


def colleague(user_id: uuid.UUID) -> Colleague:
    """Raises NoResultFound for a user of another organisation."""
    if found := _colleagues(User.id == user_id):
        return found[0]
    raise NoResultFound


def administrators(organisation_id: uuid.UUID, day: date) -> list[Colleague]:
    """Who can administer the organisation's users on `day`."""
    holding = select(RoleGrant.membership_id).where(RoleGrant.role == Role.LOCAL_ADMINISTRATOR)
    found = _colleagues(User.organisation_id == organisation_id, Membership.id.in_(holding))
    return [row for row in found if row.is_active(day)]


def absences(user_ids: Iterable[uuid.UUID], day: date) -> list[Absence]:
    """Those of the users that have not ended before `day`, by their first day."""
    rows = select(Absence).where(Absence.user_id.in_({*user_ids}), Absence.last_day >= day)
    return [*db.session.scalars(rows.order_by(Absence.first_day, Absence.id))]


def absence(absence_id: uuid.UUID) -> Absence:
    return db.session.scalars(select(Absence).where(Absence.id == absence_id)).one()


def may_register_absence(actor: Actor, colleague: Colleague) -> bool:
    """One's own; that of one's unit; that of everybody for who administers users."""
    if colleague.user.id == actor.user_id:
        return actor.may(Permission.ABSENCE_OWN)
    same_unit = colleague.membership.unit_id == actor.unit_id
    return actor.may(Permission.ABSENCE_UNIT) and (same_unit or actor.may(Permission.USER_MANAGE))


def may_stand_in(actor: Actor, away: Colleague, other: Colleague) -> bool:
    """Whether `other` can take the work of who is away: of the same unit, for leaders of any."""
    work = away.roles & CASEWORKERS and CASEWORKERS or away.roles
    same_unit = other.membership.unit_id == away.membership.unit_id
    is_near = same_unit or actor.may(Permission.ABSENCE_UNIT)
    return other.user.id != away.user.id and is_near and bool(other.roles & work)


def _colleagues(*where: ColumnElement[bool]) -> list[Colleague]:
    rows = select(User, Membership, Unit).join(Membership, Membership.user_id == User.id)
    rows = rows.outerjoin(Unit, Unit.id == Membership.unit_id).where(*where)
    found = db.session.execute(rows).all()
    grants: dict[uuid.UUID, list[RoleGrant]] = defaultdict(list)
    ids = {place.id for _user, place, _unit in found}
    for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.membership_id.in_(ids))):
        grants[grant.membership_id].append(grant)
    return [
        Colleague(user, place, unit, tuple(sorted(grants[place.id], key=lambda row: row.role)))
        for user, place, unit in found
    ]


def recipients(
    organisation_id: uuid.UUID, person_id: uuid.UUID | None, unit_id: uuid.UUID | None, day: date
) -> list[Reader]:
    """Who is written to on `day`; nobody who is absent, has left or is of another organisation.

    The first that there is: the person, else who stands in, else the mailbox of the unit, else
    that of the unit that takes what names none, else the leaders. Empty when there is nobody.
    """
    return (
        acting(organisation_id, person_id, day)
        or mailbox(organisation_id, unit_id, day)
        or leaders(organisation_id, day)
    )


def mailbox(organisation_id: uuid.UUID, unit_id: uuid.UUID | None, day: date) -> list[Reader]:
    """The functional one of the unit, else of the unit that takes what names none; or none."""
    own = Unit.organisation_id == organisation_id
    return _mailbox(own, Unit.id == unit_id, day=day) or _mailbox(
        own, Unit.is_default.is_(True), day=day
    )


def acting(
    organisation_id: uuid.UUID,
    person_id: uuid.UUID | None,
    day: date,
    roles: Iterable[Role] | None = None,
) -> list[Reader]:
    """The person, or the first in the row of stand-ins who is there: as the database says.

    With `roles` only who has one of them.
    """
    there = _present(organisation_id, day).where(User.id == func.acting_for(person_id, day))
    if roles is not None:
        there = there.where(Membership.id.in_(_holding(roles)))
    return _readers(there) if person_id else []


def work_of(person: Any, day: Any) -> ColumnElement[Any]:
    """Whose work waits for the person on `day`: the own, and that of everybody stood in for."""
    return any_(func.stood_in_for(person, day))


def _mailbox(*where: ColumnElement[bool], day: date) -> list[Reader]:
    rows = select(Unit.mailbox).where(Unit.mailbox.is_not(None), holds(Unit, day), *where)
    address = db.session.scalar(rows.order_by(Unit.name).limit(1))
    return [Reader(address, "da")] if address else []


def leaders(organisation_id: uuid.UUID, day: date) -> list[Reader]:
    return _readers(_present(organisation_id, day).where(Membership.id.in_(_holding(LEADERS))))


def in_role(organisation_id: uuid.UUID, role: Role, day: date) -> list[Reader]:
    """Everybody of an organisation who has the role and can be written to on `day`."""
    return _readers(_present(organisation_id, day).where(Membership.id.in_(_holding({role}))))


def people(organisation_id: uuid.UUID, ids: Iterable[uuid.UUID], day: date) -> list[Reader]:
    """Those of them who can be written to on `day`."""
    return _readers(_present(organisation_id, day).where(User.id.in_([*ids])))


def _holding(roles: Iterable[Role]) -> Select[uuid.UUID]:
    return select(RoleGrant.membership_id).where(RoleGrant.role.in_([*roles]))


def reader_at(address: str, organisation_ids: Iterable[uuid.UUID], day: date) -> Reader | None:
    """Who reads an address that was written to before; None once nobody there may be written to."""
    for organisation_id in organisation_ids:
        users = _present(organisation_id, day).where(User.email == address)
        own = Unit.organisation_id == organisation_id, Unit.mailbox == address
        if found := _readers(users) or _mailbox(*own, day=day):
            return found[0]
    return None


def _present(organisation_id: uuid.UUID, day: date) -> Select[User]:
    """Users who may sign in on `day`, have an address, and are not absent."""
    away = select(Absence.id).where(Absence.user_id == User.id, _covers(day)).exists()
    rows = select(User).join(Membership, Membership.user_id == User.id)
    return rows.where(
        User.organisation_id == organisation_id,
        User.closed_at.is_(None),
        User.email.is_not(None),
        holds(Membership, day),
        ~away,
    )


def _covers(day: date) -> ColumnElement[bool]:
    return (Absence.first_day <= day) & (Absence.last_day >= day)


def _readers(users: Select[User]) -> list[Reader]:
    found = db.session.scalars(users.order_by(User.name, User.id))
    return [Reader(user.email, user.language) for user in found if user.email]


def holds(table: Any, day: date) -> ColumnElement[bool]:
    """Whether a row of `table` holds on `day`: both ends included, an open end always."""
    begun = or_(table.valid_from.is_(None), table.valid_from <= day)
    return begun & or_(table.valid_until.is_(None), table.valid_until >= day)


def _existing(kind: OrganisationKind, day: date) -> Sequence[Named]:
    """One that was taken over on a day nobody knows has a successor and no last day: gone."""
    names = _names(day).subquery()
    gone = Organisation.successor_id.is_not(None) & Organisation.valid_until.is_(None)
    rows = (
        select(Organisation.id, Organisation.slug, names.c.name, names.c.short_name)
        .join(names, names.c.organisation_id == Organisation.id)
        .where(Organisation.kind == kind, holds(Organisation, day), ~gone)
        .order_by(names.c.sort_key)
    )
    return [Named(*row) for row in db.session.execute(rows)]


def _names(day: date) -> Select[uuid.UUID, str, str, str]:
    """One row for each organisation: the nearest name begun by `day`, else the nearest after it."""
    known = OrganisationName.valid_from
    owner = OrganisationName.organisation_id
    columns = OrganisationName.name, OrganisationName.short_name, OrganisationName.sort_key
    nearest = known > day, func.abs(known - day)
    return select(owner, *columns).ext(distinct_on(owner)).order_by(owner, *nearest)
