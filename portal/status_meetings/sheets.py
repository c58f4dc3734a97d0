"""The papers of a meeting as workbooks: texts as texts, nothing that a program runs.

The words stand on the first sheet as in the PDF, and each table has a sheet of its own.
"""

import io
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal import pdf
from portal.db import Json
from portal.handovers.export import DANISH_DAY, Cell, Table, write
from portal.meetings.parts import MeetingMinutes, NoteKind
from portal.meetings.series import Meeting
from portal.status_meetings import papers, words

LONGEST_NAME = 31  # of a sheet; Excel opens no file in which one is longer
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
NARROW, WIDE = 24, 60
Sheet = tuple[str, Table]


def pack(meeting: Meeting) -> bytes:
    """As it was sent. Raises ValueError before that."""
    told = papers.frozen(meeting)
    goals = papers.figure_heads(), [papers.figure_row(one) for one in told["figures"]]
    points = [
        (_("Punkt %(number)d", number=number), evidence(one["evidence"] or {}))
        for number, one in enumerate(told["items"], start=1)
    ]
    return book(papers.pack(meeting), [(_("Mål"), table(*goals)), *points])


def evidence(told: Json) -> Table:
    """The rows of a point, or the packages it is about; empty where it builds on neither."""
    if references := told.get("references"):
        heads = [_("Reference"), _("Bemærkning")]
        return table(heads, [[one["reference"], one["note"]] for one in references])
    return table(told.get("heads") or [], told.get("rows") or [])


def minutes(meeting: Meeting, shared: MeetingMinutes, approved: Sequence[str]) -> bytes:
    made = papers.minutes(meeting, shared, approved)
    return book(made, [*tables(made), (_("Noter"), notes(shared.content["items"]))])


def notes(items: Iterable[Json]) -> Table:
    """A line each, so that they can be sorted by who is to do what, and when."""
    heads = _("Nr."), _("Punkt"), _("Slags"), _("Note"), _("Hvem"), _("Fra"), _("Senest")
    rows: Table = [[*note_row(item, note)] for item in items for note in item["notes"]]
    return [list[Cell](heads), *rows]


def note_row(item: Json, told: Json) -> Iterator[Cell]:
    yield told["number"]
    yield item["title"]
    yield str(words.NOTES[NoteKind(told["kind"])])
    yield told["text"]
    yield told["person"]
    yield told["party"]
    yield date.fromisoformat(told["due_on"]) if told["due_on"] else None


def paper(made: pdf.Paper) -> bytes:
    return book(made, tables(made))


def tables(made: pdf.Paper) -> Iterator[Sheet]:
    for one in made["sections"]:
        if one.get("rows"):
            yield one["heading"], table(one["heads"], one["rows"])


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    return [[*row] for row in (heads, *rows)] if heads else []


# --- The file ---


def book(made: pdf.Paper, sheets: Iterable[Sheet], about: str = "") -> bytes:
    """`about`: what the subtitle names, an agreement unless it is said."""
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as opened:
        wrapped = {"text_wrap": True, "valign": "top"}
        plain, head = opened.add_format(wrapped), opened.add_format(wrapped | {"bold": True})
        day = opened.add_format(wrapped | {"num_format": DANISH_DAY, "align": "left"})
        front(opened.add_worksheet(_("Forside")), made, about or _("Aftale"), plain, head)
        for name, rows in sheets:
            if rows:
                fill(opened.add_worksheet(name_of(name)), rows, plain, head, day)
    return held.getvalue()


def name_of(text: str) -> str:
    return textwrap.shorten(FORBIDDEN.sub(" ", text), LONGEST_NAME, placeholder="…")


def front(sheet: Any, made: pdf.Paper, about: str, plain: Any, head: Any) -> None:
    """What the PDF says in words, under the same headings."""
    sheet.set_column(0, 0, NARROW)
    sheet.set_column(1, 1, 2 * WIDE)
    sheet.write_string(0, 0, made["title"], head)
    for number, (name, text) in enumerate(front_rows(made, about), start=1):
        sheet.write_string(number, 0, name, head)
        sheet.write_string(number, 1, text, plain)


def front_rows(made: pdf.Paper, about: str) -> Iterator[tuple[str, str]]:
    frame = made["letter"]
    yield about, made.get("subtitle", "")
    yield from made.get("facts", ())
    yield _("Afsender"), frame["sender"]["name"]
    yield _("Reference"), frame["reference"]
    yield _("Version"), frame["version"]
    yield _("Dato"), frame["dated"]
    if "mark" in frame:
        yield _("Status"), frame["mark"]
    if "hash" in frame:
        yield _("Kontrolsum (SHA-256)"), frame["hash"]
    for one in made["sections"]:
        yield from passage(one)


def passage(one: pdf.Passage) -> Iterator[tuple[str, str]]:
    """Its words; what is a table alone has a sheet and is not said here."""
    said = [each for each in (one.get("text", ""), *one.get("points", ())) if each]
    if said or not one.get("rows"):
        yield one["heading"], said[0] if said else ""
        yield from (("", each) for each in said[1:])


def fill(sheet: Any, rows: Table, plain: Any, head: Any, day: Any) -> None:
    for column, _heading in enumerate(rows[0]):
        longest = max(len(str(row[column] or "")) for row in rows if column < len(row))
        sheet.set_column(column, column, min(max(longest + 2, 12), WIDE))
    for number, row in enumerate(rows):
        write(sheet, number, row, day, plain if number else head)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(rows[0]) - 1)
