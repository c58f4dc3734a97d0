"""What one content version changes in the one before, in words: for who sends, and who receives."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import format_date, format_decimal

from portal.cases.words import CHANNELS
from portal.db import Json
from portal.handovers import words
from portal.handovers.content import readable

ROW = ("description", "label", "tool", "name", "title", "day")  # the first that a row has


def changed_parts(old: Json, new: Json) -> list[tuple[str, str, str]]:
    """Each part of the content that differs: what it is called, its words before and now.

    What does not fit into a line has no words here; the page shows the whole beside.
    """
    before, after = readable(old), readable(new)
    return [
        (str(label), in_a_line(before.get(part)), in_a_line(after.get(part)))
        for part, label in words.PARTS.items()
        if before.get(part) != after.get(part)
    ]


def in_a_line(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(filter(None, map(in_a_line, value)))
    if isinstance(value, dict):
        return next((in_a_line(value[name]) for name in ROW if value.get(name)), "")
    if isinstance(value, date):
        return str(format_date(value, "long"))
    if isinstance(value, Decimal):
        return str(format_decimal(value, "0.##"))
    return str(CHANNELS.get(value, value)) if isinstance(value, str) else ""
