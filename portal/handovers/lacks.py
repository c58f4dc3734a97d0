"""What a step may find missing. Each looks first, and refuses with every lack at once."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.access import Actor
from portal.clock import Moment
from portal.handovers.models import Handover
from portal.workflow import Done, Lack, Refused

Given = Mapping[str, Any]
Effect = Callable[[Handover, Given, Actor, Moment], Done]


def refuse(*lacks: Lack | None) -> None:
    if found := [lack for lack in lacks if lack]:
        raise Refused(found)


def wanted(given: Given, name: str, text: str) -> Lack | None:
    value = given.get(name)
    missing = value is None or (isinstance(value, str) and not value.strip())
    return Lack(name, text) if missing else None


def reason_lacks(given: Given, known: Mapping[str, Any]) -> list[Lack | None]:
    """One of the list; the last resort is no reason without words."""
    code = given.get("reason_code")
    return [
        None if code in known else Lack("reason_code", _("Vælg en årsag.")),
        wanted(given, "reason", _("Skriv årsagen, så den anden part forstår den."))
        if code == "other"
        else None,
    ]
