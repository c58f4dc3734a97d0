"""What a regional council may know of agreements in its area: that they exist, and how long."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnClause, Date, Row, Uuid, column, func, select

from portal.agreements.models import Side, Standing
from portal.db import db
from portal.organisations.collation import sort_key
from portal.organisations.queries import names_on

# What the database's function tells, one row for each party.
PARTY: tuple[ColumnClause[Any], ...] = (
    column("agreement_id", Uuid),
    column("organisation_id", Uuid),
    column("side"),
    column("since", Date),
    column("until", Date),
)


@dataclass(frozen=True)
class InArea:
    """An agreement as the council of the area knows it: that it exists, between whom, how long."""

    funds: str
    municipalities: str
    valid_from: date
    valid_until: date | None
    standing: Standing


def in_area(day: date) -> list[InArea]:
    """The agreements in the area of the own council, by the councils that municipalities have then.

    The database's function says which; whoever is no council has none. In Danish order.
    """
    parties = func.agreements_in_area(day).table_valued(*PARTY).render_derived()
    agreements: dict[uuid.UUID, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(select(parties)):
        agreements[row.agreement_id].append(row)
    names = names_on({row.organisation_id for rows in agreements.values() for row in rows}, day)
    found = [_listed(rows, names, day) for rows in agreements.values()]
    return sorted(found, key=lambda row: (sort_key(row.municipalities), sort_key(row.funds)))


def _listed(parties: list[Row[Any]], names: Mapping[uuid.UUID, str], day: date) -> InArea:
    since, until = parties[0].since, parties[0].until
    sides: dict[str, list[str]] = defaultdict(list)
    for row in parties:
        sides[row.side].append(names[row.organisation_id])
    standing = Standing.IN_FORCE
    if since > day:
        standing = Standing.COMING
    elif until and until < day:
        standing = Standing.ENDED
    return InArea(
        funds=_joined(sides[Side.FUND]),
        municipalities=_joined(sides[Side.MUNICIPALITY]),
        valid_from=since,
        valid_until=until,
        standing=standing,
    )


def _joined(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=sort_key))
