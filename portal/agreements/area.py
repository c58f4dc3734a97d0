"""What a regional council may know of agreements in its area: that they exist, and how long."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnClause, Date, Row, Uuid, column, func, select

from portal.agreements.models import Side, Standing, end_of, standing_on
from portal.db import db
from portal.organisations.collation import sort_key
from portal.organisations.queries import funds, members_of, names_on

# What the database's functions tell: one row for each party, and one for each pair.
PARTY: tuple[ColumnClause[Any], ...] = (
    column("agreement_id", Uuid),
    column("organisation_id", Uuid),
    column("side"),
    column("since", Date),
    column("until", Date),
    column("rule_set"),
)
PAIR: tuple[ColumnClause[Any], ...] = (
    column("fund_id", Uuid),
    column("municipality_id", Uuid),
    column("until", Date),
    column("rule_set"),
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
    since, until = parties[0].since, end_of(parties[0].until, parties[0].rule_set)
    sides: dict[str, list[str]] = defaultdict(list)
    for row in parties:
        sides[row.side].append(names[row.organisation_id])
    return InArea(
        funds=_joined(sides[Side.FUND]),
        municipalities=_joined(sides[Side.MUNICIPALITY]),
        valid_from=since,
        valid_until=until,
        standing=standing_on(since, until, day),
    )


def _joined(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=sort_key))


# --- Which fund and municipality have one in force ---


@dataclass(frozen=True)
class Governed:
    """That a pair has an agreement in force, and until when."""

    until: date | None


@dataclass(frozen=True)
class Map:
    """Each municipality of the area, with a cell for each fund that has an agreement in it."""

    funds: list[str]
    rows: list[tuple[str, list[Governed | None]]]
    without: list[str]  # the funds that have none in the area


def map_of(council_id: uuid.UUID, day: date) -> Map:
    """By the names, the area and the agreements of the day; in Danish order."""
    pairs = func.pairs_in_area(day).table_valued(*PAIR).render_derived()
    governed = {
        (row.municipality_id, row.fund_id): Governed(last)
        for row in db.session.execute(select(pairs))
        if (last := end_of(row.until, row.rule_set)) is None or last >= day
    }
    existing = {fund.id: fund.short_name for fund in funds(day)}
    known = names_on({fund_id for _municipality, fund_id in governed}, day)
    columns = sorted(known, key=lambda id: sort_key(existing.get(id, known[id])))
    area = names_on(members_of(council_id, day), day)
    return Map(
        funds=[existing.get(id, known[id]) for id in columns],
        rows=[
            (area[id], [governed.get((id, fund_id)) for fund_id in columns])
            for id in sorted(area, key=lambda id: sort_key(area[id]))
        ],
        without=[name for id, name in existing.items() if id not in known],
    )
