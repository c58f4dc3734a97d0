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

ABOUT = (
    "Her kan du se, hvornår der er slået op på dig i Samspil, hvilken organisation der gjorde det, "
    "og hvad det var til. Rapporten siger ikke, hvilken medarbejder det var. Den dækker {0}: sagen "
    "dér, hvis der er en, og de overdragelser, {0} er part i. Lister, hvor du kun stod blandt "
    "andre, er ikke med."
)
RIGHTS = (
    "Mener du, at et opslag ikke hører til din sag, så sig det til {0}. Du kan også klage til "
    "Datatilsynet."
)


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
        name = name_on(own_id, at.today)
        heads, *told = table(rows, own_id)
        made: pdf.Paper = {
            "letter": {
                "sender": {"name": name},
                "reference": f"OPSLAG-{at.today:%Y%m%d}",
                "version": "1",
                "dated": passages.day(at.today),
            },
            "title": "Opslag i Samspil",
            "about": "Rapport til en borger om, hvornår og til hvilket formål der er slået op",
            "numbered": False,
            "sections": [
                {"heading": "Hvad rapporten er", "text": ABOUT.format(name)},
                {
                    "heading": f"{len(told)} opslag, de nyeste først",
                    "heads": [str(head) for head in heads],
                    "rows": [[str(cell or "–") for cell in row] for row in told],
                },
                {"heading": "Dine rettigheder", "text": RIGHTS.format(name)},
            ],
        }
        return pdf.render("paper", made, at=at.now)
