"""How soon people of a project find a job, published once for all who came in in a block.

A block is a run of whole quarters, as of the figures (decision 0029). It is told when its last
people have been followed for as long as the curve is, and when they are enough; blocks have nobody
in common. A job is an ordinary one or an apprenticeship; the days run from the first that happened.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Text, and_, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal import rules
from portal.clock import ONE_DAY
from portal.db import db
from portal.goals.periods import quarter_of
from portal.goals.survival import Followed, points
from portal.participants.models import EventKind, Participant, ParticipantEvent, ParticipantKey
from portal.participants.publications import JOBS, ProjectCurve, ProjectPublication
from portal.suppression import least_in_block

Place = tuple[uuid.UUID, uuid.UUID | None, str]
"""A project, a partner (None: all of them, each person once) and a model."""
E, P = ParticipantEvent, Participant


def curves(of: ProjectPublication) -> Iterator[ProjectCurve]:
    weeks = [int(one) for one in rules.on(of.last_day, "publication.curve_weeks", tuple)]
    last = quarter_of(of.last_day - timedelta(weeks=max(weeks)) + ONE_DAY).after(-1).last
    least = max(rules.on(of.last_day, "publication.curve_people"), least_in_block(of.last_day))
    begun = db.session.scalars(select(func.min(ProjectPublication.first_day))).one()
    told = told_before()
    for place, people in followed(of.last_day).items():
        first = told[place] + ONE_DAY if place in told else begun
        block = [one for entered, one in people if first <= entered <= last]
        if len(block) >= least:
            yield ProjectCurve(
                publication_id=of.id,
                project_id=place[0],
                organisation_id=place[1],
                model=place[2],
                first_day=first,
                last_day=last,
                people=len(block),
                points=[asdict(one) for one in points(block, weeks, of.last_day)],
            )


def told_before() -> dict[Place, date]:
    """Until when of each place."""
    by = ProjectCurve.project_id, ProjectCurve.organisation_id, ProjectCurve.model
    rows = select(*by, func.max(ProjectCurve.last_day)).group_by(*by)
    return {(p, o, m): until for p, o, m, until in db.session.execute(rows)}


def followed(until: date) -> dict[Place, list[tuple[date, Followed]]]:
    """By place everybody who came in by the day: when, and how long they were followed."""
    found: dict[Place, list[tuple[date, Followed]]] = defaultdict(list)
    for project_id, partner_id, model, entered, job in [*of_partners(until), *united(until)]:
        is_found = job is not None
        days = max(0, ((job if is_found else until) - entered).days)
        found[(project_id, partner_id, model)].append((entered, Followed(days, is_found)))
    return found


def happened(until: date) -> tuple[Any, Any, Any]:
    """What is asked of each: the first day, the first day in a job; and of which events."""
    in_job = and_(E.kind == EventKind.MATCHED, E.form.in_(JOBS))
    current = and_(E.replaced_by_id.is_(None), E.is_void.is_(False), E.day <= until)
    return func.min(E.day), func.min(E.day).filter(in_job), current


def of_partners(until: date) -> Iterator[Any]:
    first, job, current = happened(until)
    whose = P.project_id, P.organisation_id, P.model
    rows = select(*whose, first, job).join(E, E.participant_id == P.id).where(current)
    yield from db.session.execute(rows.group_by(P.id))


def united(until: date) -> Iterator[Any]:
    """By the keyed hash; the model is that of the first that happened."""
    first, job, current = happened(until)
    person = func.coalesce(func.encode(ParticipantKey.person_key, "hex"), cast(P.id, Text))
    model = func.array_agg(aggregate_order_by(P.model, E.day, E.recorded_at, E.id))
    rows = (
        select(P.project_id, model, first, job)
        .join(E, E.participant_id == P.id)
        .outerjoin(ParticipantKey, ParticipantKey.participant_id == P.id)
        .where(current)
        .group_by(P.project_id, person)
    )
    for project_id, models, entered, found in db.session.execute(rows):
        yield project_id, None, models[0], entered, found
