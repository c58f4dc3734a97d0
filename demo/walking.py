"""A package on its road: each step changes it as the portal's own step does, and is an event.

A test replays every event through the portal's table of steps.
"""

from datetime import date, datetime, timedelta
from typing import TypeVar

from demo import texts
from demo.effects import EFFECTS
from demo.packages import Package
from demo.roads import Step
from demo.staff import Person
from portal.agreements.parameters import default, plain
from portal.audit import AuditEvent
from portal.clock import add_working_days, day_of
from portal.db import Json
from portal.handovers import clocks
from portal.handovers.models import Handover, State, Turn
from portal.handovers.parts import HandoverDraft, HandoverEvent, HandoverMessage, HandoverNote
from portal.handovers.workflow import HANDOVER
from portal.references import ALPHABET

Letter = TypeVar("Letter", HandoverMessage, HandoverNote)
DEFAULT = plain(default())
SENDERS = {"create", "send", "provide_info", "withdraw", "obsolete", "hold", "mark_error"}
SENDERS |= {"submit_for_signoff"}
# Steps that nobody takes without having read what the other party sent.
ANSWER_DAYS = 5
FRESH = timedelta(days=3)
READ_FIRST = {"acknowledge", "take_over", "accept", "reject", "request_info", "provide_info"}


def walk(package: Package) -> Package:
    """Take every step whose day is over."""
    for number, step in enumerate(package.steps):
        if step.day > package.ground.latest:
            break
        take(package, number, step)
    package.handover.version = len(package.events)
    if package.handover.state != State.IN_ERROR:
        letters(package)
    return package


def take(package: Package, number: int, step: Step) -> None:
    """The same order as the portal's: the step's own change, state and clock, then the event."""
    if step.name == "create":
        create(package, step.day)
        return
    before = package.at
    package.at = package.chance.moment(step.day, before)
    source = package.handover.state
    if step.name in READ_FIRST:
        opened(package, package.sender if step.name in SENDERS else package.receiver, before)
    who = package.sender if step.name in SENDERS else package.receiver
    reason, detail = EFFECTS[step.name](package, number, step.day)
    target = HANDOVER.steps[step.name].target if step.name in HANDOVER.steps else None
    if target:
        clocks.move(package.handover, State(target), step.day)
    if package.handover.turn == Turn.NOBODY:
        package.handover.closed_at = package.at
        package.handover.closed_from = source
        package.handover.closed_side = "sender" if step.name in SENDERS else "receiver"
    happened(package, step.name, source, who, reason, detail)


def happened(
    package: Package,
    step: str,
    source: State | None,
    who: Person,
    reason: str | None = None,
    detail: Json | None = None,
) -> None:
    package.handover.changed_at = package.at
    silent = {"create", "call_in"}
    key = None if step in silent else f"{package.chance.getrandbits(128):032x}"
    event = HandoverEvent(
        user_id=who.id,
        person=who.name,
        at=package.at,
        step=step,
        source=source,
        target=package.handover.state,
        reason=reason,
        detail=detail or {},
        form_key=key,
        **package.own(who),
    )
    package.events.append(event)


def give_way(older: Package, newer: Package) -> None:
    """The newer one is accepted, so Samspil lets it take the place of the older."""
    handover, source = older.handover, older.handover.state
    accepted_at = newer.handover.accepted_at
    assert accepted_at is not None  # noqa: S101  (its road leads there)
    older.at = accepted_at + timedelta(minutes=1)
    handover.superseded_by_id, handover.closed_reason = newer.handover.id, "newer"
    clocks.move(handover, State.SUPERSEDED, day_of(older.at))
    handover.closed_at, handover.closed_from, handover.closed_side = older.at, source, "system"
    told = {"reference": newer.handover.reference}
    happened(older, "supersede", source, older.sender, detail=told)
    by = older.events[-1]
    by.user_id, by.person, by.form_key = None, "Samspil", None
    handover.version = len(older.events)


def opened(package: Package, who: Person, before: datetime) -> None:
    """Just before the step, after the one `before`: what the portal's page leaves in the log."""
    earlier = min(timedelta(minutes=2), (package.at - before) / 2)
    package.others.append(opening(package, who, package.at - earlier))


def opening(package: Package, who: Person, at: datetime) -> AuditEvent:
    return AuditEvent(
        id=package.chance.id(),
        at=at,
        organisation_id=who.organisation_id,
        user_id=who.id,
        person=who.name,
        roles=",".join(sorted(who.roles)),
        action="handovers.show",
        subject_type="handover",
        subject_id=package.handover.id,
        outcome="done",
        detail={},
    )


def create(package: Package, day: date) -> None:
    course, chance = package.course, package.chance
    package.at = chance.moment(day)
    letters = "".join(chance.choices(ALPHABET, k=8))
    package.handover = handover = Handover(
        id=chance.id(),
        reference=f"OP-{letters[:4]}-{letters[4:]}",
        kind=package.kind,
        state=State.DRAFT,
        turn=Turn.SENDER,
        sender_id=package.sender.organisation_id,
        receiver_id=package.receiver_id,
        case_id=course.case.id,
        member_name=course.case.name,
        agreement_version_id=package.version.id if package.version else None,
        parameters=package.version.parameters if package.version else DEFAULT,
        sender_person_id=package.sender.id,
        sender_person=package.sender.name,
        sender_unit_id=course.case.unit_id,
        created_at=package.at,
        changed_at=package.at,
        content_number=0,
        rounds=0,
    )
    package.begun(handover, day)
    if course.cpr:
        keys = package.ground.keys
        handover.cpr = keys.seal_cpr(course.cpr, table="handover", row_id=handover.id)
        handover.cpr_index = course.case.cpr_index
    transfer = package.source(day).transfer
    handover.responsible_from, handover.responsible_source = transfer.day, transfer.source
    handover.due_on = transfer.day
    package.draft = HandoverDraft(version=1, **package.own(package.sender))
    happened(package, "create", None, package.sender)
    if package.detail != "bare":
        write_draft(package, day)


def write_draft(package: Package, day: date) -> None:
    """The sender's words; the member is told on the day, and asked about the fund's presence."""
    chance, draft, group = package.chance, package.draft, package.course.group
    draft.summary = chance.choice(texts.SUMMARIES[group])
    draft.considerations = chance.choice(texts.CONSIDERATIONS) if chance.likely(60) else None
    draft.informed_on = day
    draft.informed_channel = chance.choice(("phone", "meeting", "video"))
    draft.member_comment = chance.choice(texts.COMMENTS) if chance.likely(40) else None
    draft.version = 2
    package.write()
    package.handover.fund_attends = chance.likely(65) if chance.likely(90) else None


def letters(package: Package) -> None:
    """Now and then the two write to each other, and each to itself."""
    chance, handover = package.chance, package.handover
    if handover.sent_at and chance.likely(30):
        ours, theirs = chance.choice(texts.MESSAGES)
        message = write(package, HandoverMessage, package.sender, ours, handover.sent_at, 35)
        if ours.startswith("Kan "):
            message.answer_due_on = add_working_days(day_of(message.at), ANSWER_DAYS)
        if handover.received_at:
            reply = write(
                package, HandoverMessage, package.receiver, theirs, handover.received_at, 55
            )
            reply.answers_id = message.id if message.answer_due_on else None
    if handover.sent_at and chance.likely(35):
        note = chance.choice(texts.FUND_NOTES)
        write(package, HandoverNote, package.sender, note, handover.sent_at, 8)
    if handover.received_at and chance.likely(35):
        note = chance.choice(texts.MUNICIPALITY_NOTES)
        write(package, HandoverNote, package.receiver, note, handover.received_at, 90)
    read(package)


def write(
    package: Package, model: type[Letter], person: Person, text: str, after: datetime, minutes: int
) -> Letter:
    at = after + timedelta(minutes=minutes)
    who = {"user_id": person.id, "person": person.name}
    made = model(at=at, text=text, **who, **package.own(person))
    package.others.append(made)
    return made


def read(package: Package) -> None:
    """What lies some days back, whoever had the package then has read."""
    letters = [one for one in package.others if isinstance(one, HandoverMessage | HandoverNote)]
    readers = [package.sender, *([package.receiver] if package.handover.received_at else [])]
    for who in readers:
        told = [one for one in letters if is_for(one, who)]
        last = max((one.at for one in told), default=None)
        if last and day_of(last) < package.ground.latest - FRESH:
            look = opening(package, who, last + timedelta(minutes=4))
            look.detail = {"letters": len(told)}
            package.others.append(look)


def is_for(letter: HandoverMessage | HandoverNote, who: Person) -> bool:
    return isinstance(letter, HandoverMessage) or letter.organisation_id == who.organisation_id
