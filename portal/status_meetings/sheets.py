"""The agenda and its figures as a workbook: texts as texts, nothing that a program runs."""

import io
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from portal.handovers.export import write
from portal.meetings.series import Meeting
from portal.status_meetings.papers import figure_heads, figure_row, frozen

WIDTHS = (44, 24, 24, 24, 36)


def workbook(meeting: Meeting) -> bytes:
    """As it was sent. Raises ValueError before that."""
    import xlsxwriter

    told, held = frozen(meeting), io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet(book, _("Mål"), [figure_heads(), *map(figure_row, told["figures"])])
        for number, one in enumerate(told["items"], start=1):
            evidence = one["evidence"] or {}
            rows = [[one["title"]], [one["text"]], evidence.get("heads", [])]
            rows += evidence.get("rows", [])
            rows += [[row["reference"], row["note"]] for row in evidence.get("references", [])]
            sheet(book, _("Punkt %(number)d", number=number), rows)
    return held.getvalue()


def sheet(book: Any, name: str, rows: Iterable[list[str]]) -> None:
    made, bold = book.add_worksheet(name), book.add_format({"bold": True})
    for column, width in enumerate(WIDTHS):
        made.set_column(column, column, width)
    for number, row in enumerate(rows):
        write(made, number, row, None, bold if number == 0 else None)
