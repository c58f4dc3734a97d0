"""Gatherings of a project with their seats, written as the owner of the tables."""

import uuid
from datetime import date, time
from typing import Any

from sqlalchemy import select

from portal.companies.models import Company
from portal.gatherings.models import (
    Gathering,
    GatheringCompany,
    GatheringEntry,
    GatheringKind,
    GatheringMove,
    GatheringSeat,
)
from portal.organisations.models import Organisation
from portal.participants.models import Participant
from portal.projects.models import Project
from tests import make

DAY = date(2026, 12, 1)
WHO = "Palle Tovholder"
# These need rows of their own for each request.
ROUTES = (
    "gatherings.enter",
    "gatherings.give_up",
    "gatherings.leave_out",
)
COURSE: dict[str, Any] = {"kind": GatheringKind.COURSE, "provider": "AMU Prøve"}


def gathering(one: Project, by: Organisation, **values: Any) -> Gathering:
    """A match day without a limit of seats, on DAY."""
    told: dict[str, Any] = {"kind": GatheringKind.MATCH_DAY, "title": "Jobmatchdag"}
    told |= {"place": "Rådhuset", "day": DAY, "begins_at": time(9), "made_by": WHO} | values
    own = {"project_id": one.id, "organisation_id": by.id}
    return make.saved(Gathering(id=uuid.uuid4(), **own, **told))


def seat(one: Gathering, of: Participant, **values: Any) -> GatheringSeat:
    told: dict[str, Any] = {"made_by": WHO, "participant_id": of.id} | values
    own = {"project_id": one.project_id, "organisation_id": of.organisation_id}
    return make.saved(GatheringSeat(id=uuid.uuid4(), gathering_id=one.id, **own, **told))


def company(one: Gathering, by: Organisation, which: Company) -> GatheringCompany:
    own = {"gathering_id": one.id, "project_id": one.project_id, "organisation_id": by.id}
    return make.saved(GatheringCompany(company_id=which.id, made_by=WHO, **own))


def seats(one: Gathering) -> list[GatheringSeat]:
    """As they stand, in the order in which they were asked for."""
    make.records.expire_all()
    rows = select(GatheringSeat).where(GatheringSeat.gathering_id == one.id)
    found = [*make.records.scalars(rows.order_by(GatheringSeat.asked_at, GatheringSeat.id))]
    make.records.commit()
    return found


def whole(one: Project, by: Organisation, of: Participant, which: uuid.UUID) -> GatheringSeat:
    """One that was moved, with a company, a seat and a result."""
    made = gathering(one, by)
    own = {"gathering_id": made.id, "project_id": one.id, "organisation_id": by.id}
    was: dict[str, Any] = {"was_day": DAY, "was_begins_at": time(8), "was_place": "Skolen"}
    make.saved(GatheringMove(reason="Salen er optaget", person=WHO, **was, **own))
    make.saved(GatheringCompany(company_id=which, jobs=2, made_by=WHO, **own))
    taken = seat(made, of)
    theirs = {"project_id": one.id, "organisation_id": of.organisation_id}
    make.saved(GatheringEntry(seat_id=taken.id, form_key=uuid.uuid4().hex, person=WHO, **theirs))
    return taken


def taken(made: Any) -> dict[str, uuid.UUID]:
    """Of the world: a seat that can be given up, and a company that can be left out."""
    mine = whole(made.project, made.fund, made.participant, made.order.company_id)
    one = make.records.get_one(Gathering, mine.gathering_id)
    row = brought(one)
    assert row
    return {"gathering_id": one.id, "seat_id": mine.id, "brought_id": row.id}


def brought(one: Gathering) -> GatheringCompany | None:
    """The company that comes, if one does."""
    make.records.expire_all()
    rows = select(GatheringCompany).where(GatheringCompany.gathering_id == one.id)
    found = make.records.scalars(rows).one_or_none()
    make.records.commit()
    return found
