"""What the outcomes of a rehearsal are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.agreements.models import Side
from portal.consequences.models import Rehearsal
from portal.consequences.rehearsing import Outcome
from portal.handovers.models import Party
from portal.suppression import Figure

PARTIES = {Side.FUND: Party.SENDER, Side.MUNICIPALITY: Party.RECEIVER}
OUTCOMES = {
    Outcome.MET: _l("De nye kriterier er opfyldt"),
    Outcome.NOT_MET: _l("De nye kriterier er ikke opfyldt"),
    Outcome.OPEN: _l("Det kan ikke siges"),
}


def figures(row: Rehearsal) -> dict[str, Figure]:
    """What was shared, the total among it, as it is shown."""
    return {key: Figure(**figure) for key, figure in row.figures.items()}


def named(counts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Each outcome in words, and its count or figure, in one order."""
    return [(str(words), counts[outcome]) for outcome, words in OUTCOMES.items()]
