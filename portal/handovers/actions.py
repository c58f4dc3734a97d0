"""What may be done with a package. Each ends with a flush, so that what the database refuses
surfaces in the view. Who sees the package afterwards is not said here: the database derives it.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal.access import Actor
from portal.agreements.parameters import agreed, plain
from portal.agreements.queries import in_force
from portal.cases.source import CaseSource
from portal.clock import Moment
from portal.db import Json, db
from portal.handovers import archive, clocks, days, notices, queries, requests, sending, superseding
from portal.handovers.lacks import Given
from portal.handovers.meeting import JointMeeting
from portal.handovers.models import Handover, Kind, State, Turn
from portal.handovers.parts import (
    Answer,
    HandoverDraft,
    HandoverEvent,
    HandoverFiling,
)
from portal.handovers.steps import EFFECTS
from portal.handovers.steps_of_meeting import call_off
from portal.handovers.workflow import HANDOVER, Step
from portal.keys import Keys
from portal.references import new_reference
from portal.workflow import Done, Lack, NotNow, Overtaken, Refused, Stamp, flush

NOBODY = uuid.UUID(int=0)  # who acts where no person does


class AlreadyOpen(Exception):
    """The same member has a package of the same kind under way there; the open one is offered."""

    def __init__(self, handover_id: uuid.UUID) -> None:
        super().__init__(str(handover_id))
        self.handover_id = handover_id


def create(
    source: CaseSource,
    *,
    kind: Kind,
    actor: Actor,
    at: Moment,
    default: Json,
    keys: Keys,
    former_id: uuid.UUID | None = None,
) -> Handover:
    """A draft from one of the own cases, to the member's municipality.

    `default` are the parameters that a statutory transfer runs on where no agreement is in force;
    `former_id` is the package by which the member came from another fund.

    Raises:
        AlreadyOpen: one of the kind is under way.
        Refused: the case is closed, or an earlier transfer by criteria has no agreement in force.
    """
    if source.is_closed:
        words = _("Medlemmets sag er lukket. Åbn den igen, før du laver en pakke.")
        raise Refused([Lack("kind", words)])
    refuse_open(source, source.municipality_id, kind)
    version = in_force(actor.organisation_id, source.municipality_id, kind, at.today)
    if kind == Kind.VISITATION and version is None:
        words = _("Der er ingen aftale i kraft med kommunen, som dækker visitation.")
        raise Refused([Lack("kind", words)])
    terms = Terms(
        kind,
        source.municipality_id,
        plain(agreed(version.parameters)) if version else default,
        version.id if version else None,
        former_id,
    )
    return begin(source, terms, actor=actor, at=at, keys=keys)


def refuse_open(source: CaseSource, receiver_id: uuid.UUID, kind: Kind) -> None:
    """Raises AlreadyOpen: one of the kind is under way there."""
    if open_one := queries.open_package(source.case_id, receiver_id, kind):
        raise AlreadyOpen(open_one.id)


@dataclass(frozen=True)
class Terms:
    """What a package begins as: its kind, where it goes, what it runs on, what it goes on from."""

    kind: Kind
    receiver_id: uuid.UUID
    parameters: Json
    agreement_version_id: uuid.UUID | None = None
    former_id: uuid.UUID | None = None
    consented_on: date | None = None
    returned_for: str | None = None


def begin(source: CaseSource, terms: Terms, *, actor: Actor, at: Moment, keys: Keys) -> Handover:
    """The draft itself. Raises Refused where one is open that only named people see."""
    handover = Handover(
        id=uuid.uuid4(),
        reference=new_reference("OP"),
        sender_id=actor.organisation_id,
        case_id=source.case_id,
        **asdict(terms),
        responsible_from=source.transfer.day,
        responsible_source=source.transfer.source,
        due_on=source.transfer.day,
        sender_person_id=actor.user_id,
        sender_person=actor.name,
        sender_unit_id=source.unit_id,
        created_at=at.now,
        changed_at=at.now,
    )
    sending.identify(handover, source, keys)
    with placing("kind"):
        db.session.add(handover)
    own = {"handover_id": handover.id, "organisation_id": actor.organisation_id}
    db.session.add(HandoverDraft(**own, **sending.carried(handover, source)))
    happened(handover, "create", None, Done(), actor, at)
    db.session.flush()
    return handover


# By these a package comes to where another of the member's may be open: the field that says so.
PLACING = {
    "reset": "reset",
    "contest": "contest",
    "redirect": "receiver",
    "agree_redirect": "receiver",
}


@contextmanager
def placing(field: str) -> Iterator[None]:
    """Raises Refused where one is open already that only named people see; nothing is written."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if "uq_handover_one_open" not in str(error.orig):
            raise
        words = _("Der er en pakke i gang, som kun udpegede kan se. Tal med din teamleder.")
        raise Refused([Lack(field, words)]) from None


def takes_the_place(handover: Handover) -> bool:
    """A draft by which those of the member's former fund are replaced stays."""
    return handover.former_id is not None and not handover.is_straight


DRAFTED = {
    "summary",
    "considerations",
    "done_since",
    "remaining",
    "informed_on",
    "informed_channel",
    "member_comment",
}


def write_draft(
    handover: Handover, values: Mapping[str, Any], *, version: int, at: Moment
) -> HandoverDraft:
    """The sender's own words, and what it says of responsibility and the member's wish.

    Raises:
        Overtaken: a colleague saved meanwhile, or it has been sent.
    """
    draft = queries.draft(handover.id)
    if draft.version != version or handover.state != State.DRAFT:
        raise Overtaken
    for name, value in values.items():
        setattr(draft if name in DRAFTED else handover, name, value)
    handover.due_on, handover.changed_at = handover.responsible_from, at.now
    flush()
    return draft


def delete_draft(handover: Handover, *, actor: Actor) -> None:
    """A draft is deleted, not withdrawn: nobody else has seen it.

    Raises:
        NotNow: it has been sent.
    """
    is_own = handover.state == State.DRAFT and handover.sender_id == actor.organisation_id
    if not is_own or takes_the_place(handover):
        raise NotNow("delete", handover.state)
    db.session.delete(handover)
    flush()


def take(
    handover: Handover, name: str, given: Given, *, actor: Actor, at: Moment, stamp: Stamp
) -> bool:
    """Take a step of the table. False when this very form took it before: then it is a receipt.

    Raises:
        NotNow: not from this state or not for this party.
        NotYours: the person's roles do not reach.
        Overtaken: somebody changed the package after the form was shown.
        Refused: something is missing; every lack at once.
        Unseen: the case has changed since the sender was shown what will be sent.
    """
    if queries.event_of_form(handover.id, stamp.key):
        return False
    step = HANDOVER.step(name, handover, actor)
    if handover.version != stamp.version:
        raise Overtaken
    carry_out(step, handover, given, actor, at, stamp.key)
    return True


def by_system(handover: Handover, name: str, given: Given, *, at: Moment) -> None:
    """A step that Samspil itself takes, as the worker.

    Raises:
        NotNow: not from this state, or nobody's but a party's.
        Refused: something is missing.
    """
    step = HANDOVER.steps[name]
    if not step.by_system or handover.state not in step.source or not step.fits_hold(handover):
        raise NotNow(name, handover.state)
    carry_out(step, handover, given, samspil(handover), at)


def samspil(handover: Handover) -> Actor:
    """Nobody's person; what it does is kept with the sender's events."""
    return Actor(NOBODY, handover.sender_id, "Samspil", frozenset())


def carry_out(
    step: Step, handover: Handover, given: Given, actor: Actor, at: Moment, key: str | None = None
) -> None:
    source, name = handover.state, step.name
    target = handover.closed_from if step.back else step.target
    with placing(PLACING[name]) if name in PLACING else nullcontext():
        with db.session.no_autoflush:  # half of a step would break the table's checks
            done = EFFECTS[name](handover, given, actor, at)
            if target:
                if handover.pending:
                    requests.end(handover, Answer.LAPSED, actor.name, at)
                clocks.move(handover, State(target), at.today)
            if handover.turn == Turn.NOBODY:
                close(handover, source, actor, at)
        handover.changed_at = at.now
        flush()  # the event is let in only when the step that it tells of is taken
    event = happened(handover, name, source, done, actor, at, key)
    flush()
    notices.queue(event)
    if name in archive.FREEZING:
        archive.queue(handover)
    if name in superseding.TAKING:
        superseding.queue(handover)


def close(handover: Handover, source: State, actor: Actor, at: Moment) -> None:
    """No meeting outlives its package, so where one was planned the way back leads before it."""
    handover.closed_at = at.now
    handover.closed_from = State.ACCEPTED if source == State.MEETING_PLANNED else source
    side = "system" if actor.user_id == NOBODY else handover.party_of(actor)
    handover.closed_side = handover.closed_side or side
    call_off(handover)


def happened(
    handover: Handover,
    step: str,
    source: State | None,
    done: Done,
    actor: Actor,
    at: Moment,
    key: str | None = None,
) -> HandoverEvent:
    event = HandoverEvent(
        id=uuid.uuid4(),
        handover_id=handover.id,
        organisation_id=actor.organisation_id,
        user_id=None if actor.user_id == NOBODY else actor.user_id,
        person=actor.name,
        at=at.now,
        step=step,
        source=source,
        target=handover.state,
        reason=done.reason,
        detail=done.detail,
        form_key=key,
    )
    db.session.add(event)
    return event


def call_in(
    meeting: JointMeeting, *, on: date, via: str, handover: Handover, actor: Actor, at: Moment
) -> None:
    """That the member was called in: the municipality does it, by Jobnet or Digital Post.

    Raises:
        NotNow: only the receiver records it, while the meeting is planned.
        Refused: the day has not come.
    """
    if handover.receiver_id != actor.organisation_id or handover.state != State.MEETING_PLANNED:
        raise NotNow("call_in", handover.state)
    if lacks := days.past("called_in_on", on, at.today):
        raise Refused(lacks)
    meeting.called_in_on, meeting.called_in_via = on, via
    handover.changed_at = at.now
    flush()
    happened(handover, "call_in", handover.state, Done(), actor, at)
    flush()


def file(handover: Handover, *, on: date, number: str | None, actor: Actor) -> None:
    """That the own side filed the package in its records: "journaliseret den …"."""
    own = {"handover_id": handover.id, "organisation_id": actor.organisation_id}
    db.session.add(HandoverFiling(filed_on=on, number=number, person=actor.name, **own))
    db.session.flush()
