"""A municipality or fund that another has taken over: its packages go on there, one event for each.

As the worker, by an operator's command: nothing is moved because a day has come. A fund's cases go
along with all that hangs on them.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import aliased

from portal import mail
from portal.access import CASEWORKERS, OrganisationKind, Role
from portal.cases import restricted
from portal.cases.models import CaseState, MemberCase
from portal.clock import Moment
from portal.db import db
from portal.departures import stranded
from portal.handovers import notices
from portal.handovers.models import Handover, Party, State
from portal.handovers.parts import HandoverEvent
from portal.handovers.queries import open_package, reception
from portal.life.models import LifeEvent
from portal.organisations.models import Organisation, User
from portal.organisations.queries import colleague, in_role, name_on
from portal.workflow import Lack, Refused

STEP = "succeed"
MERGING = (OrganisationKind.MUNICIPALITY, OrganisationKind.UNEMPLOYMENT_FUND)


@dataclass(frozen=True)
class Moved:
    """One package or case, and why it stays where it is, if it does."""

    reference: str
    state: State | CaseState
    obstacle: str | None = None


def succession(slug: str, at: Moment) -> tuple[Organisation, Organisation]:
    """Who is no more, and who took over. Raises Refused for what is no municipality or fund."""
    ended = db.session.scalars(select(Organisation).where(Organisation.slug == slug)).one_or_none()
    words = None
    if ended is None or ended.kind not in MERGING:
        words = _("Der er ingen kommune eller a-kasse med det navn.")
    elif ended.successor_id is None:
        words = _("Organisationen har ingen efterfølger i referencedata.")
    elif ended.valid_until and ended.valid_until >= at.today:
        words = _("Organisationen er ikke nedlagt endnu.")
    if words or ended is None or ended.successor_id is None:
        raise Refused([Lack("slug", words or "")])
    return ended, db.session.get_one(Organisation, ended.successor_id)


def move(ended: Organisation, to: Organisation, at: Moment) -> Iterator[Moved]:
    """Every package that it sent, began or was sent, open or closed, and its cases.

    A draft to a municipality stays the fund's: it is begun anew from the case.
    """
    tell_owners(ended, to, at)
    staying = dict(taken_there(ended, to))
    sent = Handover.sent_at.is_not(None) & (Handover.receiver_id == ended.id)
    rows = select(Handover).where(or_(sent, Handover.sender_id == ended.id))
    for handover in db.session.scalars(rows.order_by(Handover.created_at, Handover.id)).all():
        obstacle = staying.get(handover.case_id) or obstacle_to(handover, ended, to)
        if obstacle is None:
            pass_on(handover, ended, to, at)
        yield Moved(handover.reference, handover.state, obstacle)
    yield from move_cases(ended, to, at, staying)


def move_cases(
    ended: Organisation, to: Organisation, at: Moment, staying: dict[uuid.UUID, str]
) -> Iterator[Moved]:
    """After their packages: what a restricted case keeps, it keeps under the new fund."""
    residing = update(MemberCase).where(MemberCase.municipality_id == ended.id)
    db.session.execute(residing.values(municipality_id=to.id).where(MemberCase.closed_at.is_(None)))
    own = select(MemberCase).where(MemberCase.organisation_id == ended.id).order_by(MemberCase.id)
    for case in db.session.scalars(own).all():
        if case.id not in staying:
            along = same_person(case.adviser_id, to.id, at)
            db.session.execute(select(func.case_inherited(case.id, along.id if along else None)))
        yield Moved(restricted.reference(case.id), case.state, staying.get(case.id))


def taken_there(ended: Organisation, to: Organisation) -> Iterator[tuple[uuid.UUID, str]]:
    """Cases that the new fund has one like already, or that wait for a day: people decide first."""
    there = aliased(MemberCase)
    same = or_(
        there.cpr_index == MemberCase.cpr_index, there.own_reference == MemberCase.own_reference
    )
    taken = select(there.id).where(there.organisation_id == to.id, there.closed_at.is_(None), same)
    waits = select(LifeEvent.id).where(
        LifeEvent.case_id == MemberCase.id,
        LifeEvent.done_at.is_(None),
        LifeEvent.undone_at.is_(None),
    )
    own = select(MemberCase.id).where(MemberCase.organisation_id == ended.id)
    is_open = MemberCase.closed_at.is_(None)
    for case_id in db.session.scalars(own.where(is_open, taken.exists())):
        yield case_id, _("Efterfølgeren har allerede en åben sag med samme nummer.")
    between = (Handover.sender_id == ended.id) & (Handover.receiver_id == to.id)
    ours = select(Handover.case_id).where(between, Handover.closed_at.is_(None))
    for case_id in db.session.scalars(own.where(MemberCase.id.in_(ours))):
        yield case_id, _("Pakken er mellem de to, der er lagt sammen.")
    for case_id in db.session.scalars(own.where(waits.exists())):
        yield case_id, _("En livsbegivenhed på sagen venter på sin dag.")


def obstacle_to(handover: Handover, ended: Organisation, to: Organisation) -> str | None:
    """One open package of a kind a member and receiver: of two, people choose which goes on."""
    if to.id in (handover.sender_id, handover.receiver_id):
        return str(_("Pakken er mellem de to, der er lagt sammen."))
    if handover.is_closed or handover.sender_id == ended.id:
        return None
    there = open_package(handover.case_id, to.id, handover.kind)
    words: str = _("Der er allerede en pakke i gang hos efterfølgeren: %(reference)s")
    return words % {"reference": there.reference} if there else None


def pass_on(handover: Handover, ended: Organisation, to: Organisation, at: Moment) -> None:
    """Who came along keeps it; else it is nobody's in the unit that takes what names none.

    The participation follows by the trigger of the package's own row: the old one ends, and of a
    restricted package the new one waits for its people to be named. What was written goes along.
    """
    was, source = name_on(ended.id, at.today), handover.state
    with db.session.no_autoflush:  # a person and a unit are of the organisation, all or none
        put_under(handover, ended, to, at)
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
        source=source,
        target=handover.state,
        detail={"was": was, "is": name_on(to.id, at.today)},
    )
    db.session.add(event)
    db.session.flush()
    if not handover.is_closed:
        notices.queue(event)


def put_under(handover: Handover, ended: Organisation, to: Organisation, at: Moment) -> None:
    side = Party.SENDER if handover.sender_id == ended.id else Party.RECEIVER
    taken = same_person(getattr(handover, f"{side}_person_id"), to.id, at)
    place = colleague(taken.id).membership.unit_id if taken else None
    setattr(handover, f"{side}_id", to.id)
    setattr(handover, f"{side}_person_id", taken.id if taken else None)
    setattr(handover, f"{side}_person", taken.name if taken else None)
    setattr(handover, f"{side}_unit_id", place or reception(to.id, at.today).unit_id)
    if side == Party.SENDER and handover.signoff_person_id:
        ask_anew(handover, to, at)


def ask_anew(handover: Handover, to: Organisation, at: Moment) -> None:
    """The leader who was asked to approve, if along; else whoever sends it asks another."""
    leader = same_person(handover.signoff_person_id, to.id, at)
    handover.signoff_person_id = leader.id if leader else None
    handover.signoff_person = leader.name if leader else None
    if leader is None and handover.state == State.SIGNOFF:
        handover.state = State.DRAFT


def tell_owners(ended: Organisation, to: Organisation, at: Moment) -> None:
    """The agreement owners of both, and of those they have open packages with; once."""
    readers = stranded.whom(ended.id, at.today)
    readers += in_role(to.id, Role.AGREEMENT_OWNER, at.today)
    base = current_app.extensions["samspil"].base_url
    for reader in dict.fromkeys(readers):
        mail.queue(
            reader.address,
            "succeeded",
            reference=stranded.reference(ended),
            url=f"{base}/",
            language=reader.language,
            once=f"{ended.id} succeeded",
        )


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
