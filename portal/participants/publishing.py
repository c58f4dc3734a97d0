"""The worker publishes each closed quarter of the projects once, in blocks (decision 0029).

Of each partner (and, for councils, of all partners with every person counted once), each model and
each step a count waits until its block is large enough. Who completes or drops out has started, and
everybody knows that: such a count waits as well until as many starts have been told. Else it would
say how many of the starts that are not told there are at the least.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select, text

from portal.clock import ONE_DAY, today
from portal.db import db
from portal.goals.periods import Quarter, in_turn, quarter_of
from portal.jobs import jobs
from portal.participants.curves import Place, curves
from portal.participants.models import EventKind, ParticipantTally
from portal.participants.publications import (
    ProjectFigure,
    ProjectPublication,
    UnitedFigure,
    cell_of,
)
from portal.suppression import count_block

PART_OF = {EventKind.COMPLETED: EventKind.STARTED, EventKind.DROPPED: EventKind.STARTED}
Step = tuple[EventKind, str]
"""A step, and of a match which part."""
By = Mapping[Step, Mapping[date, int]]
"""By step, by the first day of the quarter."""
UNITED = """
select project_id, model, kind, timing, form, first_day, count(*) people from (
    select distinct on (e.project_id, person, e.kind) e.project_id, e.model, e.kind,
        coalesce(e.timing, '') timing, coalesce(e.form, '') form,
        date_trunc('quarter', e.day)::date first_day
    from participant_event e
    left join participant_key k on k.participant_id = e.participant_id
    cross join lateral (select coalesce(encode(k.person_key, 'hex'), e.participant_id::text)) o(person)
    where e.replaced_by_id is null and not e.is_void
    order by e.project_id, person, e.kind, e.day, e.recorded_at, e.id
) first where first_day <= :until
group by project_id, model, kind, timing, form, first_day
"""  # noqa: E501  (a table of columns)


@jobs.periodic(cron="17 5 * * *")
@jobs.task(name="participants.publish", queueing_lock="participants.publish")
def publish_due(timestamp: int) -> None:
    """Harmless when run twice; after a standstill every quarter that was missed, in its order."""
    publish(today())


def publish(day: date) -> list[Quarter]:
    return in_turn(next_quarter, publish_quarter, day)


def next_quarter() -> Quarter | None:
    last = db.session.scalar(select(func.max(ProjectPublication.last_day)))
    if last:
        return quarter_of(last).after(1)
    first = db.session.scalar(select(func.min(ParticipantTally.first_day)))
    return quarter_of(first) if first else None


def publish_quarter(quarter: Quarter) -> None:
    """In one pass over the tally and over the events; what was told before stays as it is."""
    out = ProjectPublication(id=uuid.uuid4(), first_day=quarter.first, last_day=quarter.last)
    db.session.add(out)
    db.session.flush()
    begun = db.session.scalars(select(func.min(ProjectPublication.first_day))).one()
    before = told_before()
    for (project_id, partner_id, model), by in counted(quarter.last).items():
        known = before.get((project_id, partner_id, model), {})
        for step, people in ready(by, known, quarter.last).items():
            until = told_until(step, known)
            kind, cell = step
            row: dict[str, Any] = {
                "publication_id": out.id,
                "project_id": project_id,
                "model": model,
                "kind": kind,
                "cell": cell,
                "first_day": until + ONE_DAY if until else begun,
                "last_day": quarter.last,
                "people": people,
            }
            whose = {"organisation_id": partner_id} if partner_id else {}
            db.session.add((ProjectFigure if partner_id else UnitedFigure)(**row, **whose))
    db.session.add_all([*curves(out)])
    db.session.flush()


def ready(by: By, known: Mapping[Step, tuple[int, date]], day: date) -> dict[Step, int]:
    """What is told now of one partner and model: of each step its block, if it is large enough."""
    told = {step: people for step, (people, _until) in known.items()}
    found: dict[Step, int] = {}
    for step in sorted(by, key=lambda one: one[0] in PART_OF):
        until = told_until(step, known) or date.min
        waiting = sum(people for first, people in by[step].items() if first > until)
        whole = PART_OF.get(step[0])
        fits = whole is None or told.get(step, 0) + waiting <= told.get((whole, ""), 0)
        if fits and count_block(waiting, day):
            found[step] = waiting
            told[step] = told.get(step, 0) + waiting
    return found


def told_until(step: Step, known: Mapping[Step, tuple[int, date]]) -> date | None:
    """Up to which day a step is told; matches were once told as a whole."""
    return next((known[one][1] for one in (step, (step[0], "")) if one in known), None)


def told_before() -> dict[Place, dict[Step, tuple[int, date]]]:
    """Of each place and step how many were told, and until when."""
    found: dict[Place, dict[Step, tuple[int, date]]] = defaultdict(dict)
    for figure in (ProjectFigure, UnitedFigure):
        by: list[Any] = [figure.project_id, figure.model, figure.kind, figure.cell]
        by += [figure.organisation_id] if figure is ProjectFigure else []
        sums: list[Any] = [func.sum(figure.people), func.max(figure.last_day)]
        for row in db.session.execute(select(*by, *sums).group_by(*by)):
            project_id, model, kind, cell, *whose, people, until = row
            place: Place = (project_id, whose[0] if whose else None, model)
            found[place][(kind, cell)] = (people, until)
    return found


def counted(until: date) -> dict[Place, dict[Step, dict[date, int]]]:
    """Everything up to the day: the partners' records, and the people over all partners."""
    found: dict[Place, dict[Step, dict[date, int]]] = defaultdict(lambda: defaultdict(dict))
    for place, kind, timing, form, first, people in [*records(until), *united(until)]:
        of_step = found[place][(EventKind(kind), cell_of(timing, form))]
        of_step[first] = of_step.get(first, 0) + people
    return found


Counted = tuple[Place, str, str, str, date, int]


def records(until: date) -> Iterator[Counted]:
    tally = ParticipantTally
    by = tally.kind, tally.timing, tally.form, tally.first_day
    whose = tally.project_id, tally.organisation_id, tally.model
    rows = select(*whose, *by, func.sum(tally.people)).where(tally.first_day <= until)
    found: Any = db.session.execute(rows.group_by(*whose, *by))
    for project_id, partner_id, model, kind, timing, form, first, people in found:
        yield (project_id, partner_id, model), kind, timing, form, first, people


def united(until: date) -> Iterator[Counted]:
    """By the keyed hash, which the worker alone reads; who has none is a person of their own."""
    for row in db.session.execute(text(UNITED), {"until": until}):
        place = (row.project_id, None, row.model)
        yield place, row.kind, row.timing, row.form, row.first_day, row.people
