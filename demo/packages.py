"""One package of the demo: what its rows are made from, and all of them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from demo.chance import Chance
from demo.courses import Course
from demo.ground import Ground
from demo.roads import Step
from demo.staff import Person
from portal.agreements.models import AgreementVersion
from portal.agreements.parameters import parse
from portal.cases.source import CaseSource
from portal.cases.taking import source_of
from portal.db import Base
from portal.handovers.meeting import JointMeeting, MeetingState
from portal.handovers.models import Handover, Kind, State
from portal.handovers.parts import HandoverDraft, HandoverEvent, HandoverQuestion


@dataclass
class Package:
    """A package as far as it has come. `receiver` is who has it at the municipality."""

    course: Course
    kind: Kind
    sender: Person
    receiver: Person
    steps: Sequence[Step]
    version: AgreementVersion | None
    desk: uuid.UUID  # the receiver's unit that takes what names none
    meeting_on: date | None = None  # of the last meeting planned, where no step holds it
    detail: str = ""
    leader: Person | None = None  # who is asked to approve it
    handover: Handover = field(init=False)
    draft: HandoverDraft = field(init=False)
    at: datetime = field(init=False)
    questions: list[HandoverQuestion] = field(default_factory=list)
    meetings: list[JointMeeting] = field(default_factory=list)
    events: list[HandoverEvent] = field(default_factory=list)
    others: list[Base] = field(default_factory=list)

    @property
    def receiver_id(self) -> uuid.UUID:
        return self.course.case.municipality_id

    def begun(self, handover: Handover, day: date) -> None:
        """What the draft of a kind says besides."""

    def write(self) -> None:
        """The same of the sender's own words."""

    @property
    def ground(self) -> Ground:
        return self.course.ground

    @property
    def chance(self) -> Chance:
        return self.course.chance

    @property
    def rows(self) -> list[Base]:
        is_emptied = self.handover.state == State.IN_ERROR
        kept = [self.handover, *([] if is_emptied else [self.draft]), *self.others, *self.questions]
        return [*kept, *self.meetings, *self.events]

    def own(self, person: Person) -> dict[str, Any]:
        """What every row of the package says of whose it is."""
        return {
            "id": self.chance.id(),
            "handover_id": self.handover.id,
            "organisation_id": person.organisation_id,
        }

    def source(self, day: date) -> CaseSource:
        demands = parse(self.handover.parameters).plan_fields
        return source_of(self.course.as_of(day), demands, self.course.cpr)

    @property
    def live_meeting(self) -> JointMeeting | None:
        planned = [one for one in self.meetings if one.state == MeetingState.PLANNED]
        return planned[0] if planned else None
