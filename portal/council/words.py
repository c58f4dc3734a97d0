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

# Steps of the council's own meetings.
BUTTONS = {
    "move": _l("Flyt mødet"),
    "send_agenda": _l("Send dagsordenen"),
    "begin": _l("Begynd mødet"),
    "share_minutes": _l("Del beslutningsreferatet"),
    "approve": _l("Skriv, at referatet er godkendt"),
    "cancel": _l("Aflys mødet"),
}
DONE = {
    "move": _l("Mødet er flyttet, og deltagernes kalendere bliver rettet."),
    "send_agenda": _l("Dagsordenen er sendt til deltagerne med bilag."),
    "begin": _l("Mødet er i gang."),
    "share_minutes": _l("Beslutningsreferatet er delt med deltagerne."),
    "approve": _l("Referatet er godkendt."),
    "cancel": _l("Mødet er aflyst."),
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
