"""What goes straight over: on to the next municipality, back to the fund, over to the next fund."""

import uuid
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from demo import texts
from demo.chance import later
from demo.packages import Package
from demo.roads import Onward, scheduled
from demo.staff import Person, Staff
from demo.walking import walk
from portal.cases.models import NEVER, ResponsibilityDate
from portal.cases.source import CaseSource, TransferSource
from portal.clock import day_of
from portal.db import Base
from portal.handovers.follow_ups import HandoverFollowUp
from portal.handovers.models import Handover, Kind, State
from portal.handovers.taking_back import LAPSED

NEXT_FUND, NEXT_MUNICIPALITY = "foa", "koebenhavn"
TOLD = {Kind.FLYTNING: "Flyttet til", Kind.RETUR: "Tilbage til"}


@dataclass
class OnwardPackage(Package):
    """One that follows from another, which has been taken on."""

    former: Package = None  # type: ignore[assignment]  # never left out: fields before have defaults
    to: str = ""  # where it goes, by its slug

    @property
    def receiver_id(self) -> uuid.UUID:
        return self.ground.organisations[self.to]

    def begun(self, handover: Handover, day: date) -> None:
        """What this kind's draft says besides."""
        if self.kind == Kind.AKASSESKIFT:
            handover.consented_on = day
            return
        handover.former_id = self.former.handover.id
        handover.sender_unit_id = self.former.handover.receiver_unit_id
        handover.returned_for = "new_period" if self.kind == Kind.RETUR else None

    def source(self, day: date) -> CaseSource:
        found = super().source(day)
        if self.kind == Kind.AKASSESKIFT:
            return replace(found, assessment=None)
        on = day_of(self.handover.created_at)
        name = self.ground.names[self.to]
        told = f"{TOLD[self.kind]} {name} den {on.day}.{on.month}.{on.year}"
        moved = replace(found, assessment=None, transfer=TransferSource(told, on, Decimal(0)))
        if self.kind == Kind.FLYTNING:
            return replace(moved, municipality_id=self.receiver_id, municipality=name)
        return moved

    def write(self) -> None:
        """The sender's own words."""
        if self.kind == Kind.RETUR:
            self.draft.summary = None
            self.draft.done_since, self.draft.remaining = self.chance.choice(texts.GIVEN_BACK)


def follows(former: Package, onward: Onward, people: Staff) -> OnwardPackage:
    """Begun the day after the former one's last step."""
    to = {Kind.RETUR: former.course.fund, Kind.FLYTNING: NEXT_MUNICIPALITY}
    where = to.get(onward.kind, NEXT_FUND)
    made = OnwardPackage(
        course=former.course,
        kind=onward.kind,
        sender=former.sender if onward.kind == Kind.AKASSESKIFT else former.receiver,
        receiver=receiver(former, onward.kind, where, people),
        steps=scheduled(onward.road, later(day_of(former.at), 1)),
        version=former.version if onward.kind == Kind.RETUR else None,
        desk=former.handover.sender_unit_id
        if onward.kind == Kind.RETUR and former.handover.sender_unit_id
        else people.desks[where],
        former=former,
        to=where,
    )
    walk(made)
    if made.kind == Kind.RETUR and made.handover.state == State.COMPLETED:
        taken_back(made)
    return made


def receiver(former: Package, kind: Kind, where: str, people: Staff) -> Person:
    return former.sender if kind == Kind.RETUR else people.everybody[where][0]


def taken_back(made: OnwardPackage) -> None:
    """The fund's case says since when it has the member; nobody asks the municipality any more."""
    case, handover = made.course.case, made.handover
    case.transfer_confirmed, case.transfer_on = False, made.course.forecast().day or NEVER
    source = f"{handover.reference}: Borgeren er indplaceret i en ny dagpengeperiode"
    who = {"source": source, "recorded_by": made.receiver.name, "recorded_at": made.at}
    day = handover.responsible_from or day_of(made.at)
    own = made.course.own
    made.others.append(ResponsibilityDate(day=day, is_return=True, **who, **own))
    for task in open_tasks(made.former.others):
        task.lapsed, task.done_at, task.done_by = LAPSED, made.at, made.receiver.name


def open_tasks(rows: list[Base]) -> list[HandoverFollowUp]:
    return [one for one in rows if isinstance(one, HandoverFollowUp) and one.done_at is None]
