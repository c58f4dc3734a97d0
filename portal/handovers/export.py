"""A work list as a file that Danish Excel opens rightly, and that runs nothing when it does."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from portal.clock import day_of
from portal.handovers import words

MOST = 5000  # rows of one file
FAR_AHEAD = 9999  # the year of a deadline that is none
# What makes a program take a cell for a formula.
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n")
DANISH_DAY = "dd.mm.yyyy"
WIDTHS = (16, 28, 14, 30, 36, 12, 26, 12)
Cell = str | date | int | None
Table = list[list[Cell]]


def table(rows: Iterable[Row[Any]], person: str) -> Table:
    """With its headings; the state and the person are called as the exporting party calls them."""
    return [headings(person), *([*cells(row)] for row in rows)]


def headings(person: str) -> list[Cell]:
    return [
        _("Reference"),
        person,
        _("Slags"),
        _("Anden part"),
        _("Status"),
        _("Frist"),
        _("Sagsbehandler"),
        _("Ændret"),
    ]


def cells(row: Row[Any]) -> Sequence[Cell]:
    return (
        row.reference,
        row.member_name,
        str(words.KINDS[row.kind]),
        row.other,
        str(words.of_row(row).name),
        row.due_on if row.due_on.year < FAR_AHEAD else None,
        row.person,
        day_of(row.changed_at),
    )


def as_csv(cells: Table) -> bytes:
    """Semicolons and a byte order mark, or Danish Excel breaks columns and æøå."""
    held = io.StringIO(newline="")
    csv.writer(held, delimiter=";").writerows([shown(cell) for cell in row] for row in cells)
    return held.getvalue().encode("utf-8-sig")


def shown(cell: Cell) -> str:
    """As text, kept from being a formula by the apostrophe that Excel takes for "text"."""
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(ACTIVE) else text


def as_excel(cells: Table, name: str = "", widths: Sequence[int] = WIDTHS) -> bytes:
    """Texts as texts, days as days: no cell is ever read as a formula or a link."""
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name or _("Overdragelser"))
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": DANISH_DAY})
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for number, row in enumerate(cells):
            write(sheet, number, row, day, head if number == 0 else None)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(cells) - 1, 1), len(widths) - 1)
    return held.getvalue()


def write(sheet: Any, number: int, row: Sequence[Cell], day: Any, style: Any) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, date):
            sheet.write_datetime(number, column, cell, day)
        elif isinstance(cell, int):
            sheet.write_number(number, column, cell, style)
        elif cell:
            sheet.write_string(number, column, cell, style)


EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
FORMATS: dict[str, tuple[Callable[[Table], bytes], str]] = {
    "xlsx": (as_excel, EXCEL),
    "csv": (as_csv, CSV),
}
