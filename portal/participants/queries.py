"""The own organisation's people in a project, and its own exact figures; constant statements."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.db import db
from portal.participants.models import (
    EventKind,
    Participant,
    ParticipantEvent,
    ParticipantTally,
)
from portal.participants.publications import ProjectFigure, ProjectPublication, UnitedFigure
from portal.projects import catalogue, partners
from portal.projects.models import ProjectPartner
from portal.workflow import Lack

PAGE = 50


@cache
def kinds(model: str) -> tuple[EventKind, ...]:
    """The steps of a model's funnel, in its order."""
    return tuple(EventKind(step.kind) for step in catalogue.model(model).funnel)


@dataclass(frozen=True)
class Found:
    """A page of people. `after` is where the next one begins, None on the last."""

    rows: Sequence[Any]
    after: str | None


def participants(
    project_id: uuid.UUID, *, words: str = "", model: str = "", after: str = ""
) -> Found:
    """Each with its newest current event, in the order of references, in one statement."""
    newest = (
        select(ParticipantEvent.kind, ParticipantEvent.day)
        .where(ParticipantEvent.participant_id == Participant.id, *current())
        .order_by(ParticipantEvent.day.desc(), ParticipantEvent.recorded_at.desc())
        .limit(1)
        .lateral("newest")
    )
    rows = (
        select(Participant, newest.c.kind, newest.c.day)
        .outerjoin(newest, newest.c.kind.is_not(None))
        .where(Participant.project_id == project_id, Participant.reference > after)
        .order_by(Participant.reference)
        .limit(PAGE + 1)
    )
    if words:
        held = func.lower(Participant.name).contains(words.lower(), autoescape=True)
        rows = rows.where(held | (Participant.reference == words.upper()))
    if model:
        rows = rows.where(Participant.model == model)
    found = db.session.execute(rows).all()
    return Found(found[:PAGE], found[PAGE - 1].Participant.reference if found[PAGE:] else None)


def everybody(project_id: uuid.UUID) -> Sequence[Participant]:
    rows = select(Participant).where(Participant.project_id == project_id)
    known = rows.where(Participant.name.is_not(None))
    return db.session.scalars(known.order_by(Participant.name, Participant.reference)).all()


def current() -> list[Any]:
    return [ParticipantEvent.replaced_by_id.is_(None), ParticipantEvent.is_void.is_(False)]


def participant(project_id: uuid.UUID, participant_id: uuid.UUID) -> Participant:
    """Raises NoResultFound for another organisation's, and for another project's."""
    rows = select(Participant).where(
        Participant.id == participant_id, Participant.project_id == project_id
    )
    return db.session.scalars(rows).one()


def events(one: Participant) -> Sequence[ParticipantEvent]:
    """All that was ever recorded, the newest day first."""
    rows = select(ParticipantEvent).where(ParticipantEvent.participant_id == one.id)
    order = ParticipantEvent.day.desc(), ParticipantEvent.recorded_at.desc()
    return db.session.scalars(rows.order_by(*order)).all()


def events_of(project_id: uuid.UUID) -> Sequence[ParticipantEvent]:
    """The current ones of everybody, in the order of their days."""
    rows = select(ParticipantEvent).where(ParticipantEvent.project_id == project_id, *current())
    return db.session.scalars(rows.order_by(ParticipantEvent.day)).all()


def event(one: Participant, event_id: uuid.UUID) -> ParticipantEvent:
    rows = select(ParticipantEvent).where(
        ParticipantEvent.id == event_id, ParticipantEvent.participant_id == one.id
    )
    return db.session.scalars(rows).one()


def by_key(key: str) -> ParticipantEvent | None:
    """Of the own organisation: what was recorded by this very form."""
    rows = select(ParticipantEvent).where(ParticipantEvent.form_key == key)
    return db.session.scalars(rows).one_or_none()


# --- Figures ---


def own_counts(project_id: uuid.UUID) -> dict[tuple[str, EventKind], int]:
    """By model and step, exactly."""
    tally = ParticipantTally
    rows = select(tally.model, tally.kind, func.sum(tally.people)).where(
        tally.project_id == project_id
    )
    found = db.session.execute(rows.group_by(tally.model, tally.kind)).all()
    return {(model, kind): people for model, kind, people in found}


def told_counts(
    project_id: uuid.UUID, but: uuid.UUID
) -> dict[uuid.UUID, dict[tuple[str, EventKind], int]]:
    """What is published of each other partner: sums of blocks that have nobody in common."""
    figure = ProjectFigure
    by = figure.organisation_id, figure.model, figure.kind
    rows = select(*by, func.sum(figure.people)).where(
        figure.project_id == project_id, figure.organisation_id != but
    )
    found: dict[uuid.UUID, dict[tuple[str, EventKind], int]] = {}
    for organisation_id, model, kind, people in db.session.execute(rows.group_by(*by)):
        found.setdefault(organisation_id, {})[(model, kind)] = people
    return found


def united_counts(project_ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, str, EventKind], int]:
    """What a council and a secretariat read: people counted once over all partners."""
    figure = UnitedFigure
    by = figure.project_id, figure.model, figure.kind
    rows = select(*by, func.sum(figure.people)).where(figure.project_id.in_([*project_ids]))
    return {(p, m, k): people for p, m, k, people in db.session.execute(rows.group_by(*by))}


def published_until() -> date | None:
    return db.session.scalar(select(func.max(ProjectPublication.last_day)))


# --- Before a partner leaves ---


def people_first(one: ProjectPartner, _last: date) -> list[Lack]:
    """A partner ends when its people have: completed, or dropped out with a reason."""
    words = _("Deltagere hos partneren er stadig i forløb. Skriv først, hvordan det endte.")
    waited_for = db.session.scalar(select(func.people_on_the_way(one.id)))
    return [Lack("valid_until", words)] if waited_for else []


partners.ASKED_BEFORE_LEAVING.append(people_first)
