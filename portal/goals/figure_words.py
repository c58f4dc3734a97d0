"""How a published figure is said."""

import math

from flask_babel import LazyString, format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.goals.periods import Period
from portal.suppression import Share

METHODS: dict[str, LazyString] = {
    "counted": _l("Optalt i Samspil"),
    "survey": _l("Spørgeskema"),
    "imported": _l("Hentet fra register"),
    "stated": _l("Oplyst af parterne"),
}


def text_of(share: Share | None, unit: str, method: str = "counted") -> str:
    """With its number of people; where it is not known exactly, between what it can be."""
    if share is None:
        return str(_("For få til at vise") if method == "counted" else _("Intet tal endnu"))
    if unit == "count":
        return str(share.low)
    if unit == "yes_no":
        return yes_or_no(share)
    return f"{percents(share)} ({counts(share)})"


def yes_or_no(share: Share) -> str:
    """Of each time that it was looked at: each quarter, and each two that have an agreement."""
    if share.low == share.of:
        return str(_("Ja"))
    if share.high == 0:
        return str(_("Nej"))
    return str(_("Ja %(yes)d af %(of)d gange", yes=share.low, of=share.of))


def percents(share: Share) -> str:
    low, high = share.percents
    if share.is_exact:
        return f"{round(low)} %"
    return f"{math.floor(low)}–{math.ceil(high)} %"


def counts(share: Share) -> str:
    if share.is_exact:
        return str(_("%(yes)d af %(of)d", yes=share.low, of=share.of))
    if share.low == 0:
        return str(_("højst %(yes)d af %(of)d", yes=share.high, of=share.of))
    if share.high == share.of:
        return str(_("mindst %(yes)d af %(of)d", yes=share.low, of=share.of))
    return str(
        _("mellem %(low)d og %(high)d af %(of)d", low=share.low, high=share.high, of=share.of)
    )


def promise(target: int | None, unit: str, direction: str) -> str:
    """What was promised; of a number, in a year."""
    if target is None:
        return str(_("Gøres"))
    is_least = direction == "at_least"
    if unit == "percent":
        words = _("mindst %(target)d %%", target=target) if is_least else None
        return str(words or _("højst %(target)d %%", target=target))
    words = _("mindst %(target)d om året", target=target) if is_least else None
    return str(words or _("højst %(target)d om året", target=target))


def span_of(period: Period) -> str:
    """From the first month to the last: »oktober 2025 til september 2026«."""
    first, last = (format_date(day, "MMMM y") for day in (period.first, period.last))
    return str(_("%(first)s til %(last)s", first=first, last=last))
