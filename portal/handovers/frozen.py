"""What was frozen as a Danish sentence, in the reader's language where it is still the known one.

Frozen content is never changed: a title or a label that has other words by now stays as it was.
"""

from typing import Any

from flask_babel import get_locale

from portal import rules
from portal.agreements import catalogue
from portal.db import Json


def rule_set_title(content: Json) -> str | None:
    """None where the frozen words are the only ones."""
    known = {one.key: one for one in rules.rule_sets()}.get(content.get("rule_set", ""))
    if known is None or known.title != content.get("rule_set_title"):
        return None
    return _in_english(known.title_en)


def criterion_label(answer: Any) -> str | None:
    known = {one.code: one for one in catalogue.criteria()}.get(answer["code"])
    if known is None or known.label_da != answer["label"]:
        return None
    return _in_english(known.label_en)


def _in_english(words: str) -> str | None:
    return words if get_locale().language == "en" else None
