"""Gatherings of a project: the list, one with what hangs on it, and the own people in it."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal.cases.queries import name_on
from portal.companies.models import Company
from portal.db import db
from portal.gatherings.models import (
    Gathering,
    GatheringCompany,
    GatheringMove,
    GatheringSeat,
)
from portal.organisations.models import OrganisationName
from portal.participants.models import Participant, ParticipantEvent
from portal.participants.queries import current
from portal.projects.models import Project
from portal.suppression import least_shown

MOST = 300


def gatherings(project: Project, day: date) -> Sequence[Any]:
    """Each with who holds it and the own people's seats, the newest day first."""
    mine = select(GatheringSeat).where(
        GatheringSeat.gathering_id == Gathering.id, GatheringSeat.given_up_at.is_(None)
    )
    seated, waiting, moved_up = (
        mine.where(condition).with_only_columns(func.count()).scalar_subquery()
        for condition in (
            GatheringSeat.number.is_not(None),
            GatheringSeat.number.is_(None),
            GatheringSeat.moved_up_at.is_not(None),
        )
    )
    rows = (
        select(
            Gathering,
            OrganisationName.short_name.label("holder"),
            seated.label("seated"),
            waiting.label("waiting"),
            moved_up.label("moved_up"),
        )
        .outerjoin(OrganisationName, name_on(day, Gathering.organisation_id))
        .where(Gathering.project_id == project.id)
        .order_by(Gathering.day.desc(), Gathering.begins_at.desc(), Gathering.id)
        .limit(MOST)
    )
    return db.session.execute(rows).all()


def gathering(project: Project, gathering_id: uuid.UUID) -> Gathering:
    """Raises NoResultFound for one that is not seen."""
    rows = select(Gathering).where(Gathering.id == gathering_id, Gathering.project_id == project.id)
    return db.session.scalars(rows).one()


def round_before(one: Gathering) -> Gathering | None:
    rows = select(Gathering).where(Gathering.id == one.follows_id)
    return db.session.scalars(rows).one_or_none() if one.follows_id else None


def moves(one: Gathering) -> Sequence[GatheringMove]:
    rows = select(GatheringMove).where(GatheringMove.gathering_id == one.id)
    return db.session.scalars(rows.order_by(GatheringMove.at.desc())).all()


def companies(one: Gathering) -> Sequence[Any]:
    """Those that come, with the register's contact there."""
    row, company = GatheringCompany, Company
    rows = (
        select(row.id, row.organisation_id, row.jobs, row.company_id, company.name,
               company.contact_name, company.contact_phone)
        .join(company, company.id == row.company_id)
        .where(row.gathering_id == one.id)
        .order_by(company.sort_key)
    )  # fmt: skip
    return db.session.execute(rows).all()


def brought(one: Gathering, brought_id: uuid.UUID) -> GatheringCompany:
    rows = select(GatheringCompany).where(
        GatheringCompany.id == brought_id, GatheringCompany.gathering_id == one.id
    )
    return db.session.scalars(rows).one()


def may_come(project: Project) -> Sequence[str]:
    """The register's companies that have not said no, as they are typed."""
    rows = (
        select(Company.name, Company.cvr)
        .where(Company.project_id == project.id, Company.interested.is_not(False))
        .order_by(Company.sort_key)
        .limit(MOST)
    )
    return [f"{name}, {cvr}" for name, cvr in db.session.execute(rows)]


# --- The own people ---


def seats(one: Gathering) -> Sequence[Any]:
    """Seat and person of those who are signed up, those who wait last."""
    rows = (
        select(GatheringSeat, Participant)
        .join(Participant, Participant.id == GatheringSeat.participant_id)
        .where(GatheringSeat.gathering_id == one.id, GatheringSeat.given_up_at.is_(None))
        .order_by(
            GatheringSeat.number.is_(None),
            func.lower(Participant.name),
            GatheringSeat.asked_at,
        )
    )
    return db.session.execute(rows).all()


def seat(one: Gathering, seat_id: uuid.UUID) -> GatheringSeat:
    """Raises NoResultFound for one that was given up, and for another organisation's."""
    rows = select(GatheringSeat).where(
        GatheringSeat.id == seat_id,
        GatheringSeat.gathering_id == one.id,
        GatheringSeat.given_up_at.is_(None),
    )
    return db.session.scalars(rows).one()


def not_signed_up(one: Gathering) -> Sequence[Participant]:
    taken = select(GatheringSeat.participant_id).where(
        GatheringSeat.gathering_id == one.id, GatheringSeat.given_up_at.is_(None)
    )
    rows = select(Participant).where(
        Participant.project_id == one.project_id,
        Participant.name.is_not(None),
        Participant.id.not_in(taken),
    )
    return db.session.scalars(rows.order_by(func.lower(Participant.name)).limit(MOST)).all()


def others(one: Gathering, day: date) -> int:
    """How many of the other partners' people have a seat at the least: whole blocks of each."""
    told = select(func.gathering_others(one.id, least_shown(day)))
    return int(db.session.scalars(told).one())


def events(
    one: Gathering, participant_id: uuid.UUID | None = None
) -> dict[uuid.UUID, list[ParticipantEvent]]:
    """What stands recorded of the own people from this gathering, by person."""
    rows = select(ParticipantEvent).where(ParticipantEvent.gathering_id == one.id, *current())
    if participant_id:
        rows = rows.where(ParticipantEvent.participant_id == participant_id)
    found: dict[uuid.UUID, list[ParticipantEvent]] = {}
    for event in db.session.scalars(rows.order_by(ParticipantEvent.recorded_at)):
        found.setdefault(event.participant_id, []).append(event)
    return found
