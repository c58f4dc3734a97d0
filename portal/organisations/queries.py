"""Organisations as they are on a day: their names, their councils, who exists."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.access import OrganisationKind
from portal.db import db
from portal.organisations.models import CouncilMembership, Organisation, OrganisationName


class Named(NamedTuple):
    """An organisation under its name of the day."""

    id: uuid.UUID
    slug: str
    name: str
    short_name: str


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


def council_of(municipality_id: uuid.UUID, day: date) -> Organisation | None:
    """The regional council that the municipality lay under; None where nothing is known."""
    row = select(Organisation).join(
        CouncilMembership, CouncilMembership.council_id == Organisation.id
    )
    mine = CouncilMembership.municipality_id == municipality_id
    return db.session.scalars(row.where(mine, holds(CouncilMembership, day))).one_or_none()


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
