"""Published figures of the own council's area, read as the role that sees nothing else.

`samspil_report` reads three views, which show the area of the council that the connection names.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Connection,
    Date,
    Integer,
    Row,
    Select,
    Text,
    Uuid,
    column,
    func,
    select,
    table,
)

from portal.db import db
from portal.goals.periods import Period
from portal.suppression import Share

FIGURES = table(
    "council_figure",
    column("published_for", Date),
    column("fund_id", Uuid),
    column("municipality_id", Uuid),
    column("set", Text),
    column("code", Text),
    column("cell", Text),
    column("first_day", Date),
    column("of", Integer),
    column("low", Integer),
    column("high", Integer),
)
PUBLICATIONS = table("council_publication", column("last_day", Date))
ADDED: tuple[ColumnClause[int], ...] = tuple(FIGURES.c[name] for name in ("of", "low", "high"))


@dataclass(frozen=True)
class Told:
    """What was told of one indicator, of one fund and one municipality; `since`: the first day.

    `cell`: of which part, where it is told in parts.
    """

    set: str
    code: str
    cell: str
    fund_id: uuid.UUID
    municipality_id: uuid.UUID
    since: date
    share: Share


@contextmanager
def report(council_id: uuid.UUID) -> Iterator[Connection]:
    """Rolled back when it is left: the views are read and nothing else."""
    with db.get_engine("report").connect() as connection:
        connection.execution_options(asked_by=db.session.info)
        who = func.set_config("samspil.organisation", str(council_id), True)
        connection.execute(select(who))
        yield connection


def published(council_id: uuid.UUID, most: int) -> list[date]:
    """The last days of the quarters that were published, the newest first."""
    rows = select(PUBLICATIONS.c.last_day).order_by(PUBLICATIONS.c.last_day.desc()).limit(most)
    with report(council_id) as connection:
        return [*connection.scalars(rows)]


def told(council_id: uuid.UUID, period: Period) -> list[Told]:
    """Everything that was told in the quarters of the period, a line a pair and indicator."""
    with report(council_id) as connection:
        rows = connection.execute(sums(period)).all()
    return [_told(row) for row in rows]


def told_of(council_id: uuid.UUID, key: tuple[str, str], period: Period) -> list[Told]:
    """The same of one indicator."""
    one = FIGURES.c["set"] == key[0], FIGURES.c.code == key[1]
    with report(council_id) as connection:
        rows = connection.execute(sums(period).where(*one)).all()
    return [_told(row) for row in rows]


def sums(period: Period) -> Select[Any]:
    keys = [FIGURES.c[name] for name in ("set", "code", "cell", "fund_id", "municipality_id")]
    return (
        select(
            *keys,
            func.min(FIGURES.c.first_day).label("since"),
            *(func.sum(each).label(each.key) for each in ADDED),
        )
        .where(FIGURES.c.published_for.between(period.first, period.last))
        .group_by(*keys)
        .order_by(*keys)
    )


def _told(row: Row[Any]) -> Told:
    pair = row.fund_id, row.municipality_id
    return Told(row.set, row.code, row.cell, *pair, row.since, Share(row.of, row.low, row.high))


def by_quarter(
    council_id: uuid.UUID, key: tuple[str, str], quarters: Sequence[date]
) -> dict[date, Share]:
    """What was told of the whole area in each quarter, by its last day."""
    rows = (
        select(FIGURES.c.published_for, *(func.sum(each).label(each.key) for each in ADDED))
        .where(FIGURES.c.published_for.in_(quarters))
        .where(FIGURES.c["set"] == key[0], FIGURES.c.code == key[1])
        .group_by(FIGURES.c.published_for)
    )
    with report(council_id) as connection:
        found = connection.execute(rows).all()
    return {row.published_for: Share(row.of, row.low, row.high) for row in found}
