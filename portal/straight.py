"""The few statements that every page sends, sent without what SQLAlchemy does around a statement.

For those alone that have been measured to need it. They go over the session's own connection, in
its transaction, and all that listens to statements hears of them as of any other: what refuses to
write, and what counts.
"""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from psycopg import Error
from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session

DIALECT: Any = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # so is the library


def written(statement: Executable, columns: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Its text, with what is known already; what is given later is missed where it is not."""
    how = {"dialect": DIALECT, "column_keys": columns or None}
    made: Any = statement.compile(**how)  # type: ignore[attr-defined]  # they all can
    later = [one.key for one in made.binds.values() if one.required]
    whole = made.construct_expanded_state(dict.fromkeys(later))
    known = whole.parameters.items()
    return whole.statement, {name: bare(value) for name, value in known if name not in later}


def bare(value: Any) -> Any:
    return str(value) if isinstance(value, StrEnum) else value


class Straight:
    """A statement, written once. `trace`: reading may write by it, as the log of what was read.

    `columns`: which of an insert are given.
    """

    def __init__(
        self, statement: Executable, columns: Sequence[str] = (), *, trace: bool = False
    ) -> None:
        self.text, self.known = written(statement, columns)
        self.context = SimpleNamespace(execution_options={"trace": trace})
        self.row: Any = None

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[Any]:
        """As the driver reads them: a column by its name, a word of an enumeration as a string.

        Raises what SQLAlchemy raises.
        """
        if session.autoflush:
            session.flush()
        cursor = self.send(session.connection(), values)
        if self.row is None:
            self.row = namedtuple("Row", [one.name for one in cursor.description])  # type: ignore[misc]  # known once asked
        return [*map(self.row._make, cursor.fetchall())]

    def send(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        given = {**self.known, **values}
        cursor = connection.connection.cursor()
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, self.text, given, self.context, False)
        try:
            cursor.execute(self.text, given)
        except Error as error:
            connection._handle_dbapi_exception(error, self.text, given, cursor, None)
        return cursor
