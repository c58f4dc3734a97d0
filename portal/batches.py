"""What a job claims: few rows at a time, so that no transaction reads a whole table at once."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, tuple_

from portal.db import db

BATCH = 200


def in_batches(
    rows: Select[*tuple[Any, ...]], *key: Any, of: Any
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Many rows in the order of `key`, a few at a time, each locked as it comes.

    What another transaction holds is left to it. `key` is unique and never null; it stands behind
    what was selected.
    """
    ordered, last = rows.add_columns(*key).order_by(*key), None
    while True:
        page = ordered if last is None else ordered.where(tuple_(*key) > last)
        found = db.session.execute(page.limit(BATCH).with_for_update(of=of, skip_locked=True)).all()
        yield from found
        if len(found) < BATCH:
            return
        last = tuple(found[-1][-len(key) :])
