"""The citizen's report as a file: one line for each look-up, in Danish."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale

from portal.clock import COPENHAGEN
from portal.handovers.export import Table, as_csv
from portal.lookups import words


def as_file(rows: Sequence[Any], own_id: uuid.UUID) -> bytes:
    """Semicolons and a byte order mark, for Danish Excel; no cell is read as a formula."""
    with force_locale("da"):
        return as_csv(table(rows, own_id))


def table(rows: Sequence[Any], own_id: uuid.UUID) -> Table:
    head = ["Tidspunkt", "Organisation", "Hvad", "Formål", "Reference"]
    told: Table = [[*head]]
    for row in rows:
        at = f"{row.at.astimezone(COPENHAGEN):%d.%m.%Y %H:%M}"
        purpose = words.purpose(row, own_id)
        told.append([at, row.organisation, words.what(row), purpose, row.reference])
    return told
