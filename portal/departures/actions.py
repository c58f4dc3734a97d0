"""Closing a user whose work a colleague takes over."""

import uuid

from flask_babel import gettext as _

from portal.access import CASEWORKERS, Actor
from portal.administration import actions as administration
from portal.agreements import naming
from portal.clock import Moment
from portal.departures import queries
from portal.departures.queries import Held
from portal.departures.upkeep import hand_over
from portal.jobs import enqueue
from portal.organisations.queries import Colleague, colleague
from portal.workflow import Lack, Refused


def close(
    leaving: Colleague, replacement_id: uuid.UUID | None, *, actor: Actor, at: Moment
) -> None:
    """Close the user; a replacement takes over functions at once and casework within the minute.

    Raises:
        Refused: somebody must take over and nobody who can is named, or the user may not be closed.
    """
    held = queries.held(leaving.user.id, at.today)
    taking_over = colleague(replacement_id) if replacement_id else None
    refuse_unfit(leaving, held, taking_over, at)
    administration.close(leaving, actor=actor, today=at.today, now=at.now)
    if taking_over is None:
        return
    for row, _title in held.functions:
        naming.replace(row, leaving.user.id, taking_over.user, actor=actor, at=at)
    if held.is_casework:
        who = {"user_id": leaving.user.id, "to_id": taking_over.user.id, "by_id": actor.user_id}
        enqueue(hand_over, **{name: str(id) for name, id in who.items()})


def refuse_unfit(leaving: Colleague, held: Held, to: Colleague | None, at: Moment) -> None:
    if not held:
        return
    words = None
    if to is None:
        words = _("Vælg en kollega, der overtager, før brugeren kan lukkes.")
    elif to.user.id == leaving.user.id or not to.is_active(at.today):
        words = _("Vælg en kollega, der kan logge på.")
    elif held.is_casework and not to.roles & CASEWORKERS:
        words = _("Vælg en kollega, der kan arbejde med pakker og sager.")
    if words:
        raise Refused([Lack("replacement_id", words)])
