"""Participants of projects and their events, written as the owner of the tables."""

import uuid
from datetime import date
from typing import Any

from portal.clock import now
from portal.organisations.models import Organisation
from portal.participants.models import (
    EventKind,
    JobForm,
    Participant,
    ParticipantEvent,
    ParticipantKey,
    ParticipantTally,
    Timing,
    Work,
)
from portal.participants.publications import (
    ProjectCurve,
    ProjectFigure,
    ProjectPublication,
    UnitedFigure,
)
from portal.projects.models import Project
from tests import make

DAY = date(2026, 9, 1)
WHO = "Mette Eksempel"
MATCH = {"timing": Timing.BEFORE, "form": JobForm.ORDINARY}


def participant(one: Project, by: Organisation, **values: Any) -> Participant:
    told: dict[str, Any] = {
        "reference": f"DEL-TEST-{next(make.number):04X}",
        "name": "Prøve Deltagersen",
        "model": one.templates[0],
        "work": Work.UNEMPLOYED,
        "added_by": WHO,
    } | values
    made = Participant(id=uuid.uuid4(), project_id=one.id, organisation_id=by.id, **told)
    return make.saved(made)


def event(of: Participant, kind: EventKind, day: date = DAY, **values: Any) -> ParticipantEvent:
    told: dict[str, Any] = {"model": of.model, "form_key": uuid.uuid4().hex, "recorded_by": WHO}
    told |= MATCH if kind == EventKind.MATCHED else {}
    told |= {"reason": "Fik job"} if kind == EventKind.DROPPED else {}
    own = {"project_id": of.project_id, "organisation_id": of.organisation_id}
    row = ParticipantEvent(participant_id=of.id, kind=kind, day=day, **own, **told | values)
    return make.saved(row)


def met(of: Participant) -> ParticipantEvent:
    return event(of, EventKind.MET)


def key(of: Participant, person_key: bytes) -> ParticipantKey:
    own = {"project_id": of.project_id, "organisation_id": of.organisation_id}
    return make.saved(ParticipantKey(participant_id=of.id, person_key=person_key, **own))


def whole(one: Project, by: Organisation) -> Participant:
    """A participant with a key and an event, and figures of the project, as if published."""
    made = participant(one, by, cpr="v1.sealed", birth_year=1990)
    key(made, b"key")
    event(made, EventKind.STARTED)
    quarter = {"first_day": date(2026, 7, 1), "last_day": date(2026, 9, 30)}
    out = make.saved(ProjectPublication(at=now(), **quarter))
    told = {"publication_id": out.id, "project_id": one.id, "model": made.model}
    figure: dict[str, Any] = {"kind": EventKind.STARTED, "people": 7} | quarter
    make.saved(ProjectFigure(organisation_id=by.id, **told, **figure))
    make.saved(UnitedFigure(**told, **figure))
    point = {"week": 26, "share": 50, "low": 35, "high": 65}
    make.saved(ProjectCurve(organisation_id=by.id, people=20, points=[point], **told, **quarter))
    return made


def tally(one: Project) -> dict[tuple[str, str], int]:
    """How many by kind and quarter, over all partners."""
    make.records.expire_all()
    rows = make.records.query(ParticipantTally).filter_by(project_id=one.id).all()
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        place = (row.kind.value, row.first_day.isoformat())
        found[place] = found.get(place, 0) + row.people
    make.records.commit()
    return {place: people for place, people in found.items() if people}
