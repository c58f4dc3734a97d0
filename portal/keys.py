"""The keys of this process in the form in which they are used, and the CPR numbers under them.

Domain code gets `Keys` as an argument; only a view or a command asks the settings for them.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from portal import cpr, crypto
from portal.cpr import Cpr
from portal.crypto import KeyRing
from portal.settings import Settings


@dataclass(frozen=True)
class Keys:
    """`ring` opens stored values, `files` opens the keys of files, `index` finds numbers; none can
    do another's work."""

    ring: KeyRing
    files: KeyRing
    index: bytes = field(repr=False)

    def seal(self, text: str, *, table: str, column: str, row_id: uuid.UUID) -> str:
        """Readable in this place only."""
        return crypto.encrypt(self.ring, text, table=table, column=column, row_id=row_id)

    def open(self, value: str, *, table: str, column: str, row_id: uuid.UUID) -> str:
        """Raises Undecipherable when the value was written for another place or key."""
        return crypto.decrypt(self.ring, value, table=table, column=column, row_id=row_id)

    def seal_cpr(self, number: Cpr, *, table: str, row_id: uuid.UUID) -> str:
        """Readable in the column `cpr` of this row only."""
        return self.seal(number.digits, table=table, column="cpr", row_id=row_id)

    def open_cpr(self, value: str | None, *, table: str, row_id: uuid.UUID) -> Cpr | None:
        """Raises Undecipherable when the value was written for another row or key."""
        if value is None:
            return None
        digits = self.open(value, table=table, column="cpr", row_id=row_id)
        return cpr.parse(digits, today=date.max)

    def seal_file(self, data: bytes, *, table: str, row_id: uuid.UUID) -> tuple[str, bytes]:
        """A key for this file alone, itself sealed, and the file under it.

        A new key of the ring then costs a line for each file and not the file.
        """
        key = crypto.fresh_key()
        kept = crypto.encrypt(self.files, key, table=table, column="key", row_id=row_id)
        return kept, crypto.seal_bytes(crypto.secret_key(key), data, f"{table}|{row_id}")

    def open_file(self, key: str, sealed: bytes, *, table: str, row_id: uuid.UUID) -> bytes:
        """Raises Undecipherable when key or bytes were written for another row."""
        own = crypto.decrypt(self.files, key, table=table, column="key", row_id=row_id)
        return crypto.open_bytes(crypto.secret_key(own), sealed, f"{table}|{row_id}")

    def find_cpr(self, number: Cpr) -> bytes:
        """What stands in `cpr_index`, the same in every table, so that one search finds all."""
        return crypto.blind_index(self.index, "cpr", number.digits)

    def person_key(self, number: Cpr) -> bytes:
        """What unites records of one person over organisations; equal to no `cpr_index`."""
        return crypto.blind_index(self.index, "participant", number.digits)


@cache
def of(settings: Settings) -> Keys:
    """Raises BadKey, which `settings.load` does not let come so far."""
    ring, files = KeyRing.parse(settings.data_keys), KeyRing.parse(settings.file_keys)
    return Keys(ring, files, crypto.secret_key(settings.index_key))
