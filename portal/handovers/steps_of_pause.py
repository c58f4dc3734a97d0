"""On hold: the package waits until a day, and its clock with it."""

from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from portal import rules
from portal.access import Actor
from portal.clock import Moment
from portal.handovers import clocks
from portal.handovers.lacks import Effect, Given, refuse, wanted
from portal.handovers.models import Handover
from portal.workflow import Done, Lack


def hold(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    refuse(
        until_lack(given.get("until"), at.today),
        wanted(given, "reason", _("Skriv, hvad pakken venter på, så den anden part forstår det.")),
    )
    until: date = given["until"]
    clocks.pause(handover, until, at.today)
    handover.hold_until, handover.hold_reason = until, given["reason"]
    return Done(reason=given["reason"], detail={"until": until.isoformat()})


def until_lack(until: date | None, today: date) -> Lack | None:
    last = today + timedelta(days=rules.on(today, "handover.hold_most_days"))
    if until is None:
        return Lack("until", _("Vælg den dag, pakken skal videre."))
    if until <= today:
        return Lack("until", _("Dagen skal ligge i fremtiden."))
    if until > last:
        words = _("En pause kan højst vare til %(day)s.", day=format_date(last, "long"))
        return Lack("until", words)
    return None


def resume(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Before its day by either party, on the day by itself."""
    clocks.wake(handover, at.today)
    return Done()


EFFECTS: dict[str, Effect] = {"hold": hold, "resume": resume}
