"""People in the demo's two projects: made-up names, no CPR numbers, days up to the demo's own.

They are written at once, as the owner of the tables; the triggers count them as they do for the
portal. Who did what is decided by counting, so the same day gives the same people.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from demo import data
from demo.negotiated import ago
from portal.participants.models import EventKind, Participant, ParticipantEvent, Work
from portal.projects.matches import JobForm, Timing
from portal.references import new_reference

K = EventKind
FIRST_NAMES = ("Anna", "Bo", "Clara", "Dan", "Eva", "Finn", "Gry", "Hans", "Ida", "Jens", "Kaja",
               "Lars", "Mia", "Nils", "Olga", "Per", "Rie", "Søren", "Tove", "Ulrik")  # fmt: skip
FAMILY_NAMES = ("Prøvesen", "Eksempel", "Testrup", "Demosen", "Opdigtet")
REASON = "Fik et andet arbejde"


class Step(NamedTuple):
    """One event, so many days after the project's first."""

    kind: EventKind
    after: int
    timing: Timing | None = None
    form: JobForm | None = None


def cooperation(number: int) -> Iterator[Step]:
    """A need first: most are matched, many before the course, and some drop out."""
    begins = 15 + number * 2
    for kind, after in ((K.SOURCED, 0), (K.INVITED, 8), (K.MET, 20), (K.SCREENED, 27)):
        yield Step(kind, begins + after)
    if number % 3 == 0:
        yield Step(K.MATCHED, begins + 35, Timing.BEFORE, JobForm.ORDINARY)
    yield Step(K.STARTED, begins + 40)
    if number % 9 == 4:
        yield Step(K.DROPPED, begins + 48)
        return
    yield Step(K.COMPLETED, begins + 61)
    if number % 3 == 1:
        form = JobForm.ADULT_APPRENTICE if number % 2 else JobForm.ORDINARY
        yield Step(K.MATCHED, begins + 70, Timing.AFTER, form)
    if number % 3 != 2:
        yield Step(K.EMPLOYED_3, begins + 165)


def education(number: int) -> Iterator[Step]:
    """A course first: more people, matched before, during and after it, fewer in all."""
    begins = 40 + number * 3 // 2
    for kind, after in ((K.SOURCED, 0), (K.INVITED, 10), (K.MET, 24)):
        yield Step(kind, begins + after)
    if number % 5 == 4:
        return
    for kind, after in ((K.COMPETENCE_ASSESSED, 31), (K.OFFERED, 38), (K.STARTED, 50)):
        yield Step(kind, begins + after)
    if number % 7 == 3:
        yield Step(K.DROPPED, begins + 64)
        return
    if number % 8 == 5:
        yield Step(K.MATCHED, begins + 70, Timing.DURING, JobForm.APPRENTICE)
    yield Step(K.COMPLETED, begins + 92)
    if number % 4 == 1:
        form = JobForm.APPRENTICE if number % 8 == 1 else JobForm.ORDINARY
        yield Step(K.MATCHED, begins + 104, Timing.AFTER, form)
        yield Step(K.EMPLOYED_3, begins + 195)


def direct(number: int) -> Iterator[Step]:
    """To a certain job at once; some leave it again."""
    begins = 10 + number * 4
    yield Step(K.SOURCED, begins)
    yield Step(K.SCREENED, begins + 7)
    if number % 4 != 3:
        yield Step(K.MATCHED, begins + 12, Timing.BEFORE, JobForm.ORDINARY)
    if number % 4 < 2:
        yield Step(K.EMPLOYED_3, begins + 104)


def match_day(_number: int) -> Iterator[Step]:
    """What came of the day itself is entered there: `demo.gatherings`."""
    for kind, after in ((K.SOURCED, 70), (K.INVITED, 80)):
        yield Step(kind, after)


WAYS = {
    "samarbejdsmodellen": cooperation,
    "uddannelsesmodellen": education,
    "direkte_rekruttering": direct,
    "jobmatchdag": match_day,
}


def fill(
    project_id: uuid.UUID, by: uuid.UUID, who: str, numbers: Mapping[str, int], first: date,
    day: date,
) -> None:  # fmt: skip
    """So many people of one partner by model, with what happened to each until yesterday."""
    at = ago(day, 1, 9)
    own = {"project_id": project_id, "organisation_id": by}
    people: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for model, number in numbers.items():
        for each in range(number):
            one = person(len(people), model) | own | {"added_at": at.now, "added_by": who}
            people.append(one | {"changed_at": at.now})
            about = own | {"participant_id": one["id"], "model": model}
            for step in WAYS[model](each):
                if first + timedelta(days=step.after) <= at.today:
                    told = event(step, first) | {"recorded_at": at.now, "recorded_by": who}
                    events.append(told | about)
    written(people, events)


def person(number: int, model: str) -> dict[str, Any]:
    family, name = divmod(number, len(FIRST_NAMES))
    return {
        "id": uuid.uuid4(),
        "reference": new_reference("DEL"),
        "name": f"{FIRST_NAMES[name]} {FAMILY_NAMES[family % len(FAMILY_NAMES)]}",
        "model": model,
        "work": Work.EMPLOYED if number % 6 == 5 else Work.UNEMPLOYED,
        "birth_year": 1964 + number % 40,
        "revision": 1,
    }


def event(step: Step, first: date) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "kind": step.kind,
        "day": first + timedelta(days=step.after),
        "timing": step.timing,
        "form": step.form,
        "reason": REASON if step.kind == K.DROPPED else None,
        "form_key": f"demo {uuid.uuid4()}",
        "is_void": False,
    }


def written(people: Sequence[dict[str, Any]], events: Sequence[dict[str, Any]]) -> None:
    with data.owner() as engine, Session(engine) as session, session.begin():
        session.execute(insert(Participant), people)
        session.execute(insert(ParticipantEvent), events)
