"""Many rows at once, as the owner of the tables.

COPY does not pass row-level security, so rows are copied into a table of the session's own and
inserted from there by one statement; the triggers make the party rows.
"""

import json
from collections.abc import Iterable
from enum import Enum
from typing import Any

from psycopg.sql import SQL, Identifier
from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects.postgresql import JSONB

from portal.db import Base

Line = tuple[Any, ...]
Lines = dict[Table, list[Line]]


def lines(rows: Iterable[Base]) -> Lines:
    """The rows of each table, in an order in which references are there before they are used."""
    found: dict[Table, list[Line]] = {}
    for row in rows:
        table = row.__table__
        assert isinstance(table, Table)  # noqa: S101  (no model here is a view or a join)
        found.setdefault(table, []).append(line(row, table))
    return {table: found[table] for table in Base.metadata.sorted_tables if table in found}


def line(row: Base, table: Table) -> Line:
    return tuple(value(getattr(row, column.key), column) for column in written(table))


def written(table: Table) -> list[Column[Any]]:
    """Not what triggers fill."""
    return [column for column in table.columns if column.key != "search"]


def value(given: Any, column: Column[Any]) -> Any:
    """As COPY wants it. A default that chance or the clock would give must be given."""
    if given is None and column.default is not None and column.default.is_scalar:
        given = column.default.arg  # type: ignore[attr-defined]  # of a scalar default
    if given is None:
        return None
    if isinstance(column.type, JSONB):
        return json.dumps(given, ensure_ascii=False)
    return given.value if isinstance(given, Enum) else given


def write(connection: Connection, tables: Lines) -> None:
    """In the connection's transaction."""
    for table, many in tables.items():
        copy(connection, table, many)


def copy(connection: Connection, table: Table, many: Iterable[Line]) -> None:
    names = SQL(", ").join(Identifier(column.key) for column in written(table))
    to = {"table": Identifier(table.name), "stage": Identifier(f"new_{table.name}"), "names": names}
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (the connection is open)
    with driver.cursor() as cursor:
        cursor.execute(
            SQL(
                "create temp table {stage} on commit drop as select {names} from {table} limit 0"
            ).format(**to)
        )
        with cursor.copy(SQL("copy {stage} ({names}) from stdin").format(**to)) as stream:
            for one in many:
                stream.write_row(one)
        cursor.execute(SQL("insert into {table} ({names}) select * from {stage}").format(**to))
        cursor.execute(SQL("drop table {stage}").format(**to))
