"""How a package ends."""

from datetime import date

from flask_babel import gettext as _

from portal.access import Actor
from portal.clock import Moment
from portal.handovers import queries, words
from portal.handovers.lacks import Effect, Given, reason_lacks, refuse
from portal.handovers.models import Handover
from portal.workflow import Done, Lack


def complete(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    registered: date | None = given.get("registered_on")
    refuse(
        None
        if queries.minutes_count(handover)
        else Lack("minutes", _("Skriv og del referatet, før overdragelsen afsluttes.")),
        None
        if registered
        else Lack("registered_on", _("Skriv, hvornår overgangen er registreret i DFDG.")),
        Lack("registered_on", _("Dagen kan ikke ligge i fremtiden."))
        if registered and registered > at.today
        else None,
    )
    handover.registered_on = registered
    return Done(detail={"registered_on": registered.isoformat() if registered else None})


def withdraw(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """A reason from a short list; the receiver reads it.

    A transfer by law has the shorter one: only where the duty no longer exists.
    """
    code = given.get("reason_code")
    refuse(*reason_lacks(given, words.withdrawal_reasons(handover.kind)))
    handover.closed_reason, handover.closed_text = code, given.get("reason") or None
    return Done(reason=given.get("reason") or None, detail={"code": code})


EFFECTS: dict[str, Effect] = {"complete": complete, "withdraw": withdraw}
