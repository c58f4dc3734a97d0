"""The citizen's report as a file, in Danish: for a spreadsheet, or to be printed and posted."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale

from portal import pdf
from portal.clock import COPENHAGEN, Moment
from portal.handovers import passages
from portal.handovers.export import Table, as_csv
from portal.lookups import words
from portal.organisations.queries import name_on


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


def as_pdf(rows: Sequence[Any], own_id: uuid.UUID, at: Moment) -> bytes:
    """It does not say who the citizen is: only the look-ups, and whose report it is."""
    with force_locale("da"):
        _head, *told = table(rows, own_id)
        made: pdf.CitizenReport = {
            "letter": {
                "sender": {"name": name_on(own_id, at.today)},
                "reference": f"OPSLAG-{at.today:%Y%m%d}",
                "version": "1",
                "dated": passages.day(at.today),
            },
            "rows": [[str(cell or "–") for cell in row] for row in told],
            "counted": f"{len(rows)} opslag",
        }
        return pdf.render("citizen_report", made, at=at.now)
