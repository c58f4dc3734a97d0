"""The few statements that every page sends, sent without what SQLAlchemy does around a statement.

For those alone that have been measured to need it. They go over the session's own connection, in
its transaction, and all that listens to statements hears of them as of any other: what refuses to
write, and what counts. They are prepared, answered in the database's own format (a document as its
bytes, not twice as many digits), and begin and end a transaction in the round trip that is made
anyway.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, NamedTuple

from psycopg import Error, adapt
from psycopg._preparing import Prepare
from psycopg.adapt import PyFormat
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, Format, TransactionStatus
from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session

DIALECT: Any = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # so is the library
PLACE = re.compile(r"%(%|\((\w+)\)s)")


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


def numbered(text: str) -> tuple[bytes, list[str]]:
    """As the database wants it: with numbers for names, and the names in their order."""
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        name = found[2]
        if name is None:
            return "%"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return PLACE.sub(place, text).encode(), names


class Straight:
    """A statement, written once. `trace`: reading may write by it, as the log of what was read.

    `columns`: which of an insert are given.
    """

    def __init__(
        self, statement: Executable, columns: Sequence[str] = (), *, trace: bool = False
    ) -> None:
        self.text, self.known = written(statement, columns)
        self.sent, self.names = numbered(self.text)
        self.formats = [PyFormat.AUTO] * len(self.names)
        self.context = SimpleNamespace(execution_options={"trace": trace})
        self.row: Any = None

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[Any]:
        """As the driver reads them: a column by its name, a word of an enumeration as a string.

        Raises what SQLAlchemy raises.
        """
        if session.autoflush:
            session.flush()
        read, found = self.send(connection_of(session), values)
        if self.row is None:
            names = [(found.fname(number) or b"").decode() for number in range(found.nfields)]
            self.row = namedtuple("Row", names)  # type: ignore[misc]  # known once asked
        read.set_pgresult(found)
        return [*read.load_rows(0, found.ntuples, self.row._make)]

    def send(
        self, connection: Connection, values: Mapping[str, Any], *, ends: bool = False
    ) -> tuple[Any, Any]:
        """What reads the result, and the result. `ends`: the transaction is committed with it.

        Raises what SQLAlchemy raises; then nothing is committed.
        """
        given = {**self.known, **values}
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, None, self.text, given, self.context, False)
        driver: Any = connection.connection.driver_connection
        read: Any = adapt.Transformer(driver)
        try:
            shown = read.dump_sequence([given[name] for name in self.names], self.formats)
            return read, self.ask(driver, read, shown, ends)
        except Error as error:
            connection._handle_dbapi_exception(error, self.text, given, None, None)

    def ask(self, driver: Any, read: Any, shown: Any, ends: bool) -> Any:
        """In one round trip. The driver's own list says what is prepared, and when no more."""
        listed, this = driver._prepared, Prepared(self.sent, read.types)
        how, name = listed.get(this, True)

        def say(to: Any) -> None:
            if to.transaction_status == TransactionStatus.IDLE and not driver.autocommit:
                to.send_query_params(b"BEGIN", None)
            if how == Prepare.SHOULD:
                to.send_prepare(name, self.sent, read.types)
            to.send_query_prepared(name, shown, read.formats, result_format=Format.BINARY)
            if ends:
                to.send_query_params(b"COMMIT", None)

        found = in_one_go(driver, say)[-2 if ends else -1]
        if new := listed.maybe_add_to_cache(this, how, name):
            listed.validate(new, how, name, [found])
            driver.wait(listed.maintain_gen(driver))
        return found


def connection_of(session: Session) -> Connection:
    """As the session gives it, which is a long way to what it has given already."""
    known: Connection | None = session.info.get("connection")
    is_open = known is not None and not known.closed and session.in_transaction()
    return known if known and is_open else session.connection()


class Prepared(NamedTuple):
    """What the driver lists a statement by."""

    query: bytes
    types: tuple[int, ...]


def in_one_go(driver: Any, say: Callable[[Any], None]) -> list[Any]:
    """What is said goes out together; the results, one for each.

    Raises the first Error of those; what comes after it is not done.
    """
    to = driver.pgconn
    to.enter_pipeline_mode()
    try:
        say(to)
        to.pipeline_sync()
        results: list[Any] = driver.wait(answers(to))
        to.exit_pipeline_mode()
    except BaseException:  # nobody knows what is still to come
        driver.close()
        raise
    for one in results:
        if one.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(one, encoding=driver.info.encoding)
    return results


def answers(to: Any) -> Any:
    """One for each that was sent, until the last, or until nothing comes any more."""
    yield from send(to)
    found: list[Any] = []
    while (some := (yield from fetch_many(to))) and some[-1].status != ExecStatus.PIPELINE_SYNC:
        found += some
    return found
