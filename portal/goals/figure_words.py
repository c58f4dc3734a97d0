"""How a published figure is said."""

import math

from flask_babel import gettext as _

from portal.suppression import Share


def text_of(share: Share | None, unit: str, method: str = "counted") -> str:
    """With its number of people; where it is not known exactly, between what it can be."""
    if share is None:
        return str(_("For få til at vise") if method == "counted" else _("Intet tal endnu"))
    if unit == "count":
        return str(share.low)
    return f"{percents(share)} ({counts(share)})"


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
