"""What came of a gathering for each of the own people, as it is entered at the venue.

An entry says how it stands with a person now. What was recorded of them from the same gathering
before is replaced or struck out, so that a slip on the phone is put right by entering it again.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal.companies.actions import Hand
from portal.db import db
from portal.gatherings import queries
from portal.gatherings.models import Gathering, GatheringEntry, GatheringKind, GatheringSeat
from portal.participants import actions as people
from portal.participants.actions import Happened
from portal.participants.models import (
    EventKind,
    JobForm,
    Participant,
    ParticipantEvent,
    Timing,
)
from portal.participants.queries import kinds, participant
from portal.projects.queries import own_part
from portal.workflow import Lack, flush

K = EventKind


class Outcome(StrEnum):
    MATCHED = "matched"
    OFFERED = "offered"
    MET = "met"
    STARTED = "started"
    COMPLETED = "completed"
    DROPPED = "dropped"
    ABSENT = "absent"


O = Outcome  # noqa: E741  (the tables below are read by it)
OFFERED: dict[GatheringKind, tuple[Outcome, ...]] = {
    GatheringKind.MATCH_DAY: (O.MET, O.MATCHED, O.ABSENT),
    GatheringKind.INFORMATION_MEETING: (O.MET, O.ABSENT),
    GatheringKind.INTAKE: (O.MET, O.OFFERED, O.ABSENT),
    GatheringKind.COURSE: (O.STARTED, O.COMPLETED, O.DROPPED, O.ABSENT),
}
# What an outcome says that happened, and what it says did not.
HAPPENED: dict[Outcome, tuple[EventKind, ...]] = {
    O.MATCHED: (K.MET, K.MATCHED),
    O.OFFERED: (K.MET, K.OFFERED),
    O.MET: (K.MET,),
    O.STARTED: (K.STARTED,),
    O.COMPLETED: (K.COMPLETED,),
    O.DROPPED: (K.DROPPED,),
    O.ABSENT: (),
}
UNDONE: dict[Outcome, frozenset[EventKind]] = {
    O.MATCHED: frozenset({K.OFFERED}),
    O.OFFERED: frozenset({K.MATCHED}),
    O.MET: frozenset({K.MATCHED, K.OFFERED}),
    O.STARTED: frozenset({K.COMPLETED, K.DROPPED}),
    O.COMPLETED: frozenset(),
    O.DROPPED: frozenset(),
    O.ABSENT: frozenset({K.MET, K.MATCHED, K.OFFERED, K.STARTED, K.COMPLETED, K.DROPPED}),
}
ENDS = frozenset({K.COMPLETED, K.DROPPED})  # of which one takes the other's place


@dataclass(frozen=True)
class Entered:
    """What a page sent of a person. `key` is good once; the day is a course's, else the day's."""

    outcome: Outcome
    key: str
    day: date | None = None
    company_id: uuid.UUID | None = None
    timing: Timing | None = None
    form: JobForm | None = None
    reason: str | None = None


def enter(one: Gathering, seat: GatheringSeat, told: Entered, *, by: Hand) -> bool:
    """Whether it is new: the same entry again is taken once. Raises NotNow, Refused."""
    own_part(by.project, by.actor, by.at.today)
    if not is_first(seat, told.key, by):
        return False
    people.refuse(lacks(one, seat, told, by.at.today))
    person = participant(one.project_id, seat.participant_id)
    known = queries.events(one, person.id).get(person.id, [])
    how: dict[str, Any] = {"actor": by.actor, "at": by.at}
    undone = [each for each in known if each.kind in UNDONE[told.outcome]]
    for gone in sorted(undone, key=lambda each: each.kind not in ENDS):  # what needs a start first
        key = f"{told.key}.not-{gone.kind}"
        people.strike_out(by.project, gone, key=key, reason=_("Rettet på dagen"), **how)
    for happened in events(one, person, told):
        old = next((each for each in known if each.kind in rivals(happened.kind)), None)
        if old is None or not is_same(old, happened):
            people.record(by.project, person, happened, replaces=old, **how)
    seat.attended = told.outcome is not Outcome.ABSENT
    flush()
    return True


def is_first(seat: GatheringSeat, key: str, by: Hand) -> bool:
    """Claims the key; another request with the same one waits here until this one is done."""
    made = GatheringEntry(
        id=uuid.uuid4(),
        seat_id=seat.id,
        project_id=seat.project_id,
        organisation_id=by.me,
        form_key=key,
        at=by.at.now,
        person=by.actor.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:
        return False
    return True


def lacks(one: Gathering, seat: GatheringSeat, told: Entered, today: date) -> list[Lack]:
    comes = {row.company_id for row in queries.companies(one)} if told.company_id else set()
    asks = [
        ("outcome", one.is_cancelled, _("Det er aflyst.")),
        ("outcome", today < one.day, _("Det er ikke begyndt endnu.")),
        ("outcome", seat.number is None, _("Personen er på ventelisten og har ingen plads.")),
        ("outcome", told.outcome not in OFFERED[one.kind], _("Vælg, hvordan det gik.")),
        ("company", told.outcome is O.MATCHED and not told.company_id,
         _("Vælg den virksomhed, der vil ansætte.")),
        ("company", bool(told.company_id) and told.company_id not in comes,
         _("Vælg en virksomhed, der er med på dagen.")),
        ("day", one.is_course and bool(told.day) and on(one, told) < one.day,
         _("Kurset er ikke begyndt den dag.")),
    ]  # fmt: skip
    return [Lack(field, str(words)) for field, wrong, words in asks if wrong]


def on(one: Gathering, told: Entered) -> date:
    return told.day if one.is_course and told.day else one.day


def events(one: Gathering, person: Participant, told: Entered) -> list[Happened]:
    """In the order in which they happened; having come is no step of every model."""
    found = [
        kind for kind in HAPPENED[told.outcome] if kind != K.MET or K.MET in kinds(person.model)
    ]
    return [happened(one, kind, told) for kind in found]


def happened(one: Gathering, kind: EventKind, told: Entered) -> Happened:
    is_match = kind == K.MATCHED
    return Happened(
        kind=kind,
        day=on(one, told),
        key=f"{told.key}.{kind}",
        timing=told.timing if is_match else None,
        form=told.form if is_match else None,
        reason=told.reason if kind == K.DROPPED else None,
        company_id=told.company_id if is_match else None,
        gathering_id=one.id,
    )


def rivals(kind: EventKind) -> frozenset[EventKind]:
    return ENDS if kind in ENDS else frozenset({kind})


def is_same(old: ParticipantEvent, told: Happened) -> bool:
    names = ("kind", "day", "timing", "form", "reason", "company_id")
    return all(getattr(old, name) == getattr(told, name) for name in names)


def standing(
    seat: GatheringSeat, events_: list[ParticipantEvent]
) -> tuple[Outcome | None, ParticipantEvent | None]:
    """How it stands with a person, and the event that says so, if one does."""
    order = (K.DROPPED, K.COMPLETED, K.STARTED, K.MATCHED, K.OFFERED, K.MET)
    for kind in order:
        for event in events_:
            if event.kind == kind:
                return Outcome(kind.value), event
    if seat.attended is None:
        return None, None
    return (Outcome.MET if seat.attended else Outcome.ABSENT), None
