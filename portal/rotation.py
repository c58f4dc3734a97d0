"""A new key for what is encrypted: every value under an older key is written anew.

The order for who runs Samspil: put the new key first in `data_keys` and keep the old one after it;
restart all processes; `samspil keys rotate`; take the old key away and restart again. Until then
both can be read, so nobody waits. Each batch is committed: what was cut short is taken up again.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select, update

from portal import crypto
from portal.cases.models import MemberCase
from portal.crypto import KeyRing
from portal.db import Base, db
from portal.handovers.files import HandoverFile
from portal.handovers.models import Handover
from portal.identity.models import IdentityProvider, UserSession
from portal.participants.models import Participant
from portal.projects.documents import ProjectDocument

Columns = tuple[tuple[type[Base], str], ...]
# Every encrypted column there is; a test looks through all tables for one that is missing here.
ENCRYPTED: Columns = (
    (MemberCase, "cpr"),
    (Handover, "cpr"),
    (Participant, "cpr"),
    (IdentityProvider, "secret"),
    (UserSession, "id_token"),
)
# Under a ring of their own: the key of each file, by which the file itself stays as it is.
FILE_KEYS: Columns = ((HandoverFile, "key"), (ProjectDocument, "key"))
BATCH = 500


class Unreadable(Exception):
    """A value that no key of the ring opens where it stands. Nothing of its batch was written."""

    def __init__(self, table: str, column: str, row_id: uuid.UUID) -> None:
        super().__init__(f"{table}.{column} of row {row_id} cannot be read with these keys")


def rotate(ring: KeyRing, columns: Columns = ENCRYPTED) -> Iterator[int]:
    """Bring all under the current key; the number of values of each batch, once it is committed.

    Raises Unreadable.
    """
    for model, column in columns:
        table = Base.metadata.tables[model.__tablename__]
        while rows := db.session.execute(older(table, column, ring)).all():
            for row_id, value in rows:
                rewrite(table, column, row_id, value, ring)
            db.session.commit()
            yield len(rows)


def older(table: Table, column: str, ring: KeyRing) -> Select[Any]:
    """Rows that another transaction holds are left for the next round."""
    rows = select(table.c.id, table.c[column]).where(is_older(table, column, ring))
    return rows.order_by(table.c.id).limit(BATCH).with_for_update(skip_locked=True)


def is_older(table: Table, column: str, ring: KeyRing) -> ColumnElement[bool]:
    value = table.c[column]
    kid = func.split_part(value, "|", 2)
    return value.startswith(f"{crypto.VERSION}|") & (kid != ring.current)


def rewrite(table: Table, column: str, row_id: uuid.UUID, value: str, ring: KeyRing) -> None:
    """Past the model, so that no version rises and nobody's open form grows stale."""
    place: dict[str, Any] = {"table": table.name, "column": column, "row_id": row_id}
    try:
        plain = crypto.decrypt(ring, value, **place)
    except crypto.Undecipherable as error:
        raise Unreadable(table.name, column, row_id) from error
    fresh = crypto.encrypt(ring, plain, **place)
    db.session.execute(update(table).where(table.c.id == row_id).values({column: fresh}))


def left(ring: KeyRing, columns: Columns = ENCRYPTED) -> dict[str, int]:
    """The columns that still have values under an older key, and how many."""
    found = {}
    for model, column in columns:
        table = Base.metadata.tables[model.__tablename__]
        rows = select(func.count()).where(is_older(table, column, ring))
        found[f"{table.name}.{column}"] = db.session.scalar(rows) or 0
    return {name: count for name, count in found.items() if count}
