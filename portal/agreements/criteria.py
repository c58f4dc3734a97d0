"""The criteria of a version: which are asked on a day, and how many must be met.

A statutory reason follows from facts that the law names; nobody judges it, and it is enough by
itself. The others are judged by an adviser, and the agreement's rule says how many of them it
takes. The rule opens and closes the way: it never decides about a member.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

Row = Mapping[str, Any]
STATUTORY, DISCRETIONARY = "statutory", "discretionary"
EVIDENCE: dict[str, LazyString] = {
    "self_reported": _l("Det, medlemmet selv fortæller"),
    "observed": _l("Noget, a-kassen selv har set"),
    "documented": _l("Noget, der er dokumenteret i sagen"),
}
RULES: dict[str, LazyString] = {
    "any": _l("Mindst ét kriterium er nok"),
    "at_least": _l("Mindst et antal kriterier"),
    "all": _l("Alle kriterier"),
}


@dataclass(frozen=True)
class Rule:
    """How many of the criteria must be met; `needed` counts for "at_least" only."""

    name: str
    needed: int

    def is_met(self, answers: Iterable[tuple[str, bool]]) -> bool:
        """`answers` are the kind of each criterion asked, and whether it is met."""
        told = [*answers]
        judged = [met for kind, met in told if kind != STATUTORY]
        if any(met for kind, met in told if kind == STATUTORY):
            return True
        if self.name == "all":
            return bool(judged) and all(judged)
        return sum(judged) >= self.least

    @property
    def least(self) -> int:
        return self.needed if self.name == "at_least" else 1

    @property
    def told(self) -> str:
        """The rule in one sentence, in the reader's language."""
        if self.name == "all":
            return str(_("Alle kriterier skal være opfyldt."))
        if self.least > 1:
            words = _("Mindst %(count)d kriterier skal være opfyldt.")
            return str(words % {"count": self.least})
        return str(_("Mindst ét kriterium skal være opfyldt."))


def enough() -> str:
    """What is said of statutory reasons, wherever there is one."""
    return str(_("En grund, der følger af loven, er nok i sig selv."))


def in_words(rule: Rule, rows: Iterable[Row]) -> str:
    """The rule, with the sentence on statutory reasons where there is one."""
    return f"{rule.told} {enough()}" if statutory(rows) else rule.told


def offered(rows: Iterable[Row], day: date) -> list[Row]:
    """Those that may still be asked on `day`; a last day is itself included."""
    return [row for row in rows if not is_retired(row, day)]


def is_retired(row: Row, day: date) -> bool:
    last = row.get("valid_until")
    return bool(last) and date.fromisoformat(str(last)) < day


def statutory(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.get("kind") == STATUTORY]


def judged(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.get("kind") != STATUTORY]
