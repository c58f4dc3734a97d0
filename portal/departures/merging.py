"""A municipality that another has taken over: its packages go on there, one event for each.

As the worker, by an operator's command: nothing is moved because a day has come. A fund's packages
hang on its members' cases, which another fund takes in by their own files.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from portal.access import CASEWORKERS, OrganisationKind
from portal.cases.models import MemberCase
from portal.clock import Moment
from portal.db import db
from portal.handovers import notices
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverEvent
from portal.handovers.queries import open_package, reception
from portal.organisations.models import Organisation, User
from portal.organisations.queries import colleague, name_on
from portal.workflow import Lack, Refused

STEP = "succeed"


@dataclass(frozen=True)
class Moved:
    """One package, and why it stays where it is, if it does."""

    reference: str
    state: State
    obstacle: str | None = None


def succession(slug: str, at: Moment) -> tuple[Organisation, Organisation]:
    """A municipality that is no more, and who took over. Raises Refused for what is neither."""
    ended = db.session.scalars(select(Organisation).where(Organisation.slug == slug)).one_or_none()
    words = None
    if ended is None or ended.kind != OrganisationKind.MUNICIPALITY:
        words = _("Der er ingen kommune med det navn.")
    elif ended.successor_id is None:
        words = _("Kommunen har ingen efterfølger i referencedata.")
    elif ended.valid_until and ended.valid_until >= at.today:
        words = _("Kommunen er ikke nedlagt endnu.")
    if words or ended is None or ended.successor_id is None:
        raise Refused([Lack("slug", words or "")])
    return ended, db.session.get_one(Organisation, ended.successor_id)


def move(ended: Organisation, to: Organisation, at: Moment) -> Iterator[Moved]:
    """Every package that was sent, open or closed, and the municipality of open cases.

    A draft stays the fund's: it is begun anew from the case.
    """
    rows = select(Handover).where(Handover.receiver_id == ended.id, Handover.sent_at.is_not(None))
    for handover in db.session.scalars(rows.order_by(Handover.created_at, Handover.id)).all():
        obstacle = obstacle_to(handover, to)
        if obstacle is None:
            pass_on(handover, ended, to, at)
        yield Moved(handover.reference, handover.state, obstacle)
    cases = update(MemberCase).where(MemberCase.municipality_id == ended.id)
    db.session.execute(cases.values(municipality_id=to.id).where(MemberCase.closed_at.is_(None)))


def obstacle_to(handover: Handover, to: Organisation) -> str | None:
    """One open package of a kind a member and receiver: of two, people choose which goes on."""
    if handover.is_closed:
        return None
    there = open_package(handover.case_id, to.id, handover.kind)
    words = _("Der er allerede en pakke i gang hos efterfølgeren: %(reference)s")
    return words % {"reference": there.reference} if there else None


def pass_on(handover: Handover, ended: Organisation, to: Organisation, at: Moment) -> None:
    """Who came along keeps it; else it is nobody's in the unit that takes what names none.

    The participation follows by the trigger of the package's own row: the old one ends, and of a
    restricted package the new one waits for its people to be named. What was written goes along.
    """
    was = name_on(ended.id, at.today)
    taken = same_person(handover.receiver_person_id, to.id, at)
    handover.receiver_id = to.id
    handover.receiver_person_id = taken.id if taken else None
    handover.receiver_person = taken.name if taken else None
    place = colleague(taken.id).membership.unit_id if taken else None
    handover.receiver_unit_id = place or reception(to.id, at.today).unit_id
    handover.changed_at = at.now
    db.session.flush()
    db.session.execute(select(func.handover_inherited(handover.id, ended.id)))
    event = HandoverEvent(
        id=uuid.uuid4(),
        handover_id=handover.id,
        organisation_id=handover.sender_id,
        person="Samspil",
        at=at.now,
        step=STEP,
        source=handover.state,
        target=handover.state,
        detail={"was": was, "is": name_on(to.id, at.today)},
    )
    db.session.add(event)
    db.session.flush()
    if not handover.is_closed:
        notices.queue(event)


def same_person(person_id: uuid.UUID | None, to: uuid.UUID, at: Moment) -> User | None:
    """Whoever had it and works for the successor now, by the same address."""
    former = db.session.get(User, person_id) if person_id else None
    if former is None or not former.email:
        return None
    rows = select(User).where(
        User.organisation_id == to, func.lower(User.email) == former.email.lower()
    )
    found = [one for one in db.session.scalars(rows) if can_work(one.id, at)]
    return found[0] if len(found) == 1 else None


def can_work(user_id: uuid.UUID, at: Moment) -> bool:
    person = colleague(user_id)
    return person.is_active(at.today) and bool(person.roles & CASEWORKERS)
