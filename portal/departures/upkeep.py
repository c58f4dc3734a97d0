"""What the worker does about who has left: it moves their work, or says that it is nobody's."""

import uuid
from collections.abc import Iterator

from flask import current_app

from portal import mail
from portal.access import CASEWORKERS, Actor, Role
from portal.cases.actions import move
from portal.clock import Moment, now, today
from portal.db import db
from portal.departures import queries
from portal.handovers import invitations, notices, reached
from portal.handovers.models import Handover, Party
from portal.handovers.parts import HandoverEvent
from portal.jobs import jobs
from portal.organisations.models import User
from portal.organisations.queries import Colleague, colleague, in_role


@jobs.periodic(cron="53 2 * * *")
@jobs.task(name="departures.release", queueing_lock="departures.release")
def release(timestamp: int) -> None:
    """Every night, after unused users are closed. Twice is once: what is nobody's stays so."""
    set_free(Moment(now(), today()))


@jobs.task(name="departures.hand_over")
def hand_over(user_id: str, to_id: str, by_id: str) -> None:
    """As the worker: open packages and cases of a closed user go to a colleague. Twice is once.

    What does not fit together does nothing: whoever may queue may queue anything.
    """
    ids = [uuid.UUID(one) for one in (user_id, to_id, by_id)]
    leaving, to, by = (db.session.get(User, id) for id in ids)
    if not (leaving and to and by) or leaving.closed_at is None or to.closed_at:
        return
    if len({one.organisation_id for one in (leaving, to, by)}) > 1:
        return
    place = colleague(to.id)
    if not place.roles & CASEWORKERS:
        return
    at = Moment(now(), today())
    for handover, party in with_parties(leaving):
        if reached.named_for(handover, leaving.organisation_id) is not None:
            continue  # nobody is let in to what only named people see but by who leads
        event = given_to(handover, party, place, by.name, at)
        notices.write(handover, party, "assigned", event)
        invitations.sync(handover, event)
    actor = Actor(by.id, by.organisation_id, by.name, frozenset({Role.LOCAL_ADMINISTRATOR}))
    if found := queries.cases_of(leaving.id):
        move(found, adviser_id=to.id, unit_id=place.membership.unit_id, actor=actor, today=at.today)


def with_parties(leaving: User) -> Iterator[tuple[Handover, Party]]:
    for handover in queries.packages_of(leaving.id):
        is_sender = handover.sender_person_id == leaving.id
        yield handover, Party.SENDER if is_sender else Party.RECEIVER


def given_to(
    handover: Handover, party: Party, to: Colleague | None, by: str, at: Moment
) -> HandoverEvent:
    """Another has it, or nobody; its history says who decided."""
    if party == Party.SENDER:
        handover.sender_person_id = to.user.id if to else None
        handover.sender_person = to.user.name if to else None
    else:
        handover.receiver_person_id = to.user.id if to else None
        handover.receiver_person = to.user.name if to else None
    handover.changed_at = at.now
    event = HandoverEvent(
        id=uuid.uuid4(),
        handover_id=handover.id,
        organisation_id=handover.sender_id if party == Party.SENDER else handover.receiver_id,
        person=by,
        at=at.now,
        step="move" if to else "release",
        source=handover.state,
        target=handover.state,
        detail={"person": to.user.name} if to else {},
    )
    db.session.add(event)
    db.session.flush()
    return event


def set_free(at: Moment) -> int:
    """As the worker: packages of who has left without a replacement are nobody's.

    The unit is told of each, the agreement owners once for each person who left.
    """
    found = queries.gone(at.today)
    for leaving in found:
        packages = [*with_parties(leaving)]
        for handover, party in packages:
            event = given_to(handover, party, None, "Samspil", at)
            notices.write(handover, party, "unassigned", event)
            invitations.sync(handover, event)
        tell_owners(leaving, packages[0][0], at)
    return len(found)


def tell_owners(leaving: User, first: Handover, at: Moment) -> None:
    base = current_app.extensions["samspil"].base_url
    for reader in in_role(leaving.organisation_id, Role.AGREEMENT_OWNER, at.today):
        mail.queue(
            reader.address,
            "released",
            reference=first.reference,
            url=f"{base}/",
            language=reader.language,
            once=f"{leaving.id} released {at.today}",
        )
