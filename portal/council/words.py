"""How goals and their figures are called."""

from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.handovers.export import Cell
from portal.suppression import least_in_block, least_shown

MET: dict[bool | None, tuple[LazyString, str]] = {
    True: (_l("Nået"), "success"),
    False: (_l("Ikke nået"), "error"),
    None: (_l("Kan ikke siges"), ""),
}


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
