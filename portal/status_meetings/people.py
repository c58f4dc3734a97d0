"""Who takes part in a meeting: asked, taken off, and whether they came."""

import uuid
from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _

from portal.access import Actor, Permission
from portal.agreements import contacts
from portal.agreements import queries as agreements
from portal.clock import Moment, day_of
from portal.db import db
from portal.meetings.parts import MeetingParticipant, Taking
from portal.meetings.series import COMING, Meeting, MeetingState
from portal.organisations.queries import Colleague
from portal.status_meetings import queries
from portal.status_meetings.planning import happened
from portal.workflow import Lack, NotNow, NotYours, Refused, flush

S = MeetingState
OPEN = COMING | {S.IN_PROGRESS}


def demand(meeting: Meeting, actor: Actor) -> None:
    if meeting.state not in OPEN or meeting.party_of(actor) is None:
        raise NotNow("people", meeting.state)
    if not actor.may(Permission.MEETING_WRITE):
        raise NotYours("people")


def ask_colleague(
    meeting: Meeting, who: Colleague, taking: Taking, *, actor: Actor, at: Moment
) -> None:
    """Somebody of the own organisation. Raises Refused for whoever is asked already."""
    known = {row.user_id for row in queries.participants(meeting.id)}
    if who.user.id in known:
        raise Refused([Lack("user_id", _("%(name)s er allerede med.", name=who.user.name))])
    told = {"name": who.user.name, "user_id": who.user.id, "party_id": actor.organisation_id}
    ask(meeting, taking, actor, at, title=who.unit.name if who.unit else None, **told)


def ask_outside(
    meeting: Meeting,
    name: str,
    title: str | None,
    address: str,
    taking: Taking,
    *,
    actor: Actor,
    at: Moment,
) -> None:
    """Somebody of no party, such as STAR or FH: by name and mail, without any access."""
    known = {row.mail for row in queries.participants(meeting.id)}
    lacks = [] if name else [Lack("name", _("Vælg en kollega, eller skriv et navn."))]
    if not address:
        lacks.append(Lack("mail", _("Skriv en e-mailadresse, så invitationen kan sendes.")))
    elif address in known:
        lacks.append(Lack("mail", _("Adressen er allerede med.")))
    if lacks:
        raise Refused(lacks)
    ask(meeting, taking, actor, at, name=name, title=title, mail=address)


def ask(meeting: Meeting, taking: Taking, actor: Actor, at: Moment, **values: object) -> None:
    demand(meeting, actor)
    own = {"meeting_id": meeting.id, "agreement_id": meeting.agreement_id}
    row = MeetingParticipant(
        id=uuid.uuid4(), organisation_id=actor.organisation_id, taking=taking, **own
    )
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    flush()
    tell(meeting, actor, at)


def leave_out(meeting: Meeting, row_id: uuid.UUID, *, actor: Actor, at: Moment) -> None:
    demand(meeting, actor)
    for row in queries.participants(meeting.id):
        if row.id == row_id:
            db.session.delete(row)
    flush()
    tell(meeting, actor, at)


def tell(meeting: Meeting, actor: Actor, at: Moment) -> None:
    """Calendars follow who is asked, as long as the meeting is to come."""
    if meeting.state in COMING:
        happened(meeting, "people", meeting.state, actor, at)


def attend(
    meeting: Meeting,
    there: Mapping[uuid.UUID, bool | None],
    instead: Mapping[uuid.UUID, str | None],
    *,
    actor: Actor,
) -> None:
    """Who came, and who came in whose place; while it runs."""
    demand(meeting, actor)
    if meeting.state != S.IN_PROGRESS:
        raise NotNow("attend", meeting.state)
    for row in queries.participants(meeting.id):
        row.attended, row.instead = there.get(row.id), instead.get(row.id)
    flush()


def away(meeting: Meeting, today: date) -> dict[uuid.UUID, str]:
    """Of those named by a function: who cannot come on the day, and who comes instead."""
    agreement = agreements.agreement(meeting.agreement_id)
    version = agreement.shown_on(today) or agreement.binding[0]
    found = contacts.desks(agreement, version, day_of(meeting.starts_at))
    told = {}
    for desk in found:
        if desk.row is None or desk.row.user_id is None:
            continue
        if desk.person is None:
            told[desk.row.user_id] = str(_("Er ikke længere ansat"))
        elif desk.person.away_until:
            other = desk.call
            words = _("Fraværende. %(other)s kommer i stedet.", other=other.name) if other else None
            told[desk.row.user_id] = str(words or _("Fraværende, og ingen kommer i stedet"))
    return told
