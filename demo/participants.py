"""People in the demo's two projects: made-up names, no CPR numbers, days up to the demo's own."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from demo.negotiated import Owner, ago
from portal import keys
from portal.clock import Moment
from portal.participants import actions
from portal.participants.actions import Happened, Person
from portal.participants.models import EventKind, JobForm, Participant, Timing, Work
from portal.projects import queries

K = EventKind
FIRST_NAMES = ("Anna", "Bo", "Clara", "Dan", "Eva", "Finn", "Gry", "Hans", "Ida", "Jens", "Kaja",
               "Lars", "Mia")  # fmt: skip
FAMILY_NAMES = ("Prøvesen", "Eksempel")
MATCHED = 19  # on the match day, of those who came
# Days after the first, of each step of a way through the project.
WAYS: dict[str, Sequence[tuple[EventKind, int]]] = {
    "samarbejdsmodellen": (
        (K.SOURCED, 20), (K.INVITED, 30), (K.MET, 44), (K.SCREENED, 60), (K.STARTED, 80),
        (K.COMPLETED, 110), (K.MATCHED, 118),
    ),
    "jobmatchdag": ((K.SOURCED, 70), (K.INVITED, 80), (K.MET, 134), (K.MATCHED, 134)),
}  # fmt: skip


def fill(who: Owner, project_id: uuid.UUID, first: date, day: date) -> None:
    """26 people of one partner, on the way of the project's first model."""
    yesterday = ago(day, 1, 9)
    with who.at_work():
        project = queries.project(project_id)
        model = project.templates[0]
        ring = keys.of(who.web.extensions["samspil"])
        for number in range(len(FIRST_NAMES) * len(FAMILY_NAMES)):
            family, name = divmod(number, len(FIRST_NAMES))
            person = Person(f"{FIRST_NAMES[name]} {FAMILY_NAMES[family]}", model, Work.UNEMPLOYED)
            one = actions.add(project, person, actor=who.actor, at=yesterday, keys=ring)
            walk(who, one, number, first, yesterday)


def walk(who: Owner, one: Participant, number: int, first: date, at: Moment) -> None:
    project = queries.project(one.project_id)
    for kind, after in WAYS[one.model]:
        day = first + timedelta(days=after)
        is_match = kind == K.MATCHED
        if day > at.today or (is_match and number >= MATCHED):
            return
        told = Happened(
            kind=kind,
            day=day,
            key=f"demo {one.id} {kind}",
            timing=when(one.model) if is_match else None,
            form=JobForm.ORDINARY if is_match else None,
        )
        actions.record(project, one, told, actor=who.actor, at=at)


def when(model: str) -> Timing:
    """On the match day before the course; elsewhere after the training."""
    return Timing.BEFORE if model == "jobmatchdag" else Timing.AFTER
