"""How goals and their figures are called."""

from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.goals.published import Shown
from portal.handovers.export import Cell
from portal.suppression import least_in_block, least_shown

METHODS: dict[str, LazyString] = {
    "counted": _l("Optalt i Samspil"),
    "survey": _l("Spørgeskema"),
    "imported": _l("Hentet fra register"),
    "stated": _l("Oplyst af parterne"),
}
MET: dict[bool | None, tuple[LazyString, str]] = {
    True: (_l("Nået"), "success"),
    False: (_l("Ikke nået"), "error"),
    None: (_l("Kan ikke siges"), ""),
}


def promise(goal: Shown) -> str:
    """What was promised, in words."""
    if goal.target is None:
        return str(_("Gøres"))
    if goal.unit == "percent":
        if goal.direction == "at_least":
            return str(_("mindst %(target)d %%", target=goal.target))
        return str(_("højst %(target)d %%", target=goal.target))
    if goal.direction == "at_least":
        return str(_("mindst %(target)d om året", target=goal.target))
    return str(_("højst %(target)d om året", target=goal.target))


def limits(day: date) -> dict[str, int]:
    """What pages say of small numbers."""
    return {"limit": least_shown(day), "least": least_in_block(day)}


def headings() -> list[Cell]:
    return [
        _("Område"),
        _("Mål"),
        _("Lovet"),
        _("Udgangspunkt"),
        _("Målt"),
        _("Antal i alt"),
        _("Mindst"),
        _("Højst"),
        _("Første dag"),
        _("Sidste dag"),
        _("Udvikling"),
    ]
