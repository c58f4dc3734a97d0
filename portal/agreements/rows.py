"""The rows of a table in a section's form, and how what was typed in them is read."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from wtforms import Form as BareForm
from wtforms.validators import Length

from portal.fields import Translations

LINE = Length(max=300)
SPARE = 3  # empty rows for more
TEXTS = ("label_da", "label_en", "guidance", "wording", "indicator", "method")
PARTIES_OWN = "Parterne selv"  # stored: the source of what no template says


class Row(BareForm):  # type: ignore[misc]  # WTForms is untyped
    """A row of a table; it goes with the form around it."""

    class Meta:
        def get_translations(self, form: BareForm) -> Translations:
            return Translations()


def rows_typed(
    rows: Iterable[Mapping[str, Any]],
    before: Iterable[Mapping[str, Any]],
    key: str,
    blank: Mapping[str, Any],
    *,
    may_go: bool = True,
) -> list[dict[str, Any]]:
    """A row that was emptied is taken out, if it `may_go`; a new one gets a code of its own."""
    known = {row["code"]: dict(row) for row in before}
    kept = [row for row in rows if not may_go or is_kept(row, key)]
    made: list[dict[str, Any]] = []
    for row in kept:
        code = row["code"] if row["code"] in known else free_code({*known, *codes(made)})
        made.append({**blank, **known.get(code, {}), **row, "code": code})
        if not made[-1].get("label_en") and row.get("label_da"):
            made[-1]["label_en"] = row["label_da"]
    return made


def is_kept(row: Mapping[str, Any], key: str) -> bool:
    """A new one also where only its other texts were written: then the reader asks for the key."""
    texts = [row.get(name) or "" for name in ((key,) if row["code"] else TEXTS)]
    return any(text.strip() for text in texts)


def codes(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    return {row["code"] for row in rows}


def free_code(taken: set[str]) -> str:
    return next(code for n in count(1) if (code := f"own_{n}") not in taken)
