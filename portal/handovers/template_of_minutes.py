"""The headings that minutes are written under: agreed, or from `config/minutes.toml` on a day."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from portal.settings import CONFIG


@cache
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((CONFIG / "minutes.toml").read_text("utf-8"))[
        "heading"
    ]
    return rows


def headings(day: date, agreed: Sequence[str] = ()) -> list[str]:
    """Those that the agreement has, else Samspil's of the day.

    In Danish whoever writes: the minutes are read by both parties and by the citizen.
    """
    if agreed:
        return [*agreed]
    held = [row for row in _rows() if row["since"] <= day <= row.get("until", day)]
    return [row["label"] for row in held]


def blank(titles: Sequence[str]) -> str:
    """What the writer begins with: every heading and room beneath it."""
    return "\n\n\n".join(titles) + "\n" if titles else ""


def filled(text: str, titles: Sequence[str]) -> str:
    """The text without the headings under which nothing is written."""
    kept: list[str] = []
    waiting: str | None = None
    for line in text.strip().splitlines():
        if line.strip() in titles:
            waiting = line.strip()
            continue
        if waiting and line.strip():
            kept += ["", waiting] if kept else [waiting]
            waiting = None
        kept.append(line.rstrip())
    return squeezed(kept)


def squeezed(lines: Sequence[str]) -> str:
    """Without more than one empty line together."""
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip()
