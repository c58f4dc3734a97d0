"""The list of projects: what needs the reader first, in one statement for each page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select, tuple_

from portal import rules
from portal.cases.queries import name_on
from portal.db import db
from portal.organisations.models import OrganisationName
from portal.projects.models import OVER, Colour, ProjectParty, ProjectState, Standing
from portal.projects.parts import ProjectBudget

PAGE = 25
FAR = date(9999, 12, 31)  # of a project without a next report: it sorts last
NEEDS = ("invited", "late", "red", "report", "yellow", "follow", "over")


@dataclass(frozen=True)
class Asked:
    """What a list is asked for; None and "" leave everything in."""

    trade: str = ""
    fund: str = ""
    year: int | None = None
    state: ProjectState | None = None
    after: str = ""


@dataclass(frozen=True)
class Found:
    """A page of the list. `after` is where the next one begins, None on the last."""

    rows: Sequence[Any]  # the party, its place in `NEEDS`, and the lead's name
    after: str | None


def projects(asked: Asked, day: date, most: int = PAGE) -> Found:
    """A page of so many; a place in the list that is none is the beginning."""
    need, due = needs(day), func.coalesce(ProjectParty.next_report_on, FAR)
    place = tuple_(need, due, ProjectParty.reference)
    rows = (
        select(ProjectParty, need.label("need"), OrganisationName.name.label("lead"))
        .outerjoin(OrganisationName, name_on(day, ProjectParty.lead_id))
        .where(*filters(asked))
        .order_by(need, due, ProjectParty.reference)
        .limit(most + 1)
    )
    if after := parsed(asked.after):
        rows = rows.where(place > tuple_(*map(literal, after)))
    found = db.session.execute(rows).all()
    return Found(found[:most], place_of(found[most - 1]) if found[most:] else None)


def needs(day: date) -> ColumnElement[int]:
    """Where in `NEEDS` a project stands for the reader."""
    party = ProjectParty
    soon = day + timedelta(days=rules.on(day, "projects.report_soon_days"))
    conditions = {
        "invited": party.standing == Standing.INVITED,
        "over": party.state.in_(OVER),
        "late": party.next_report_on < day,
        "red": party.colour == Colour.RED,
        "report": and_(party.leads, party.next_report_on <= soon),
        "yellow": party.colour == Colour.YELLOW,
    }
    ways = [(condition, NEEDS.index(name)) for name, condition in conditions.items()]
    return case(*ways, else_=NEEDS.index("follow"))


def filters(asked: Asked) -> list[ColumnElement[bool]]:
    party, found = ProjectParty, []
    if asked.trade:
        found.append(party.trade == asked.trade)
    if asked.fund:
        money = select(ProjectBudget.id).where(
            ProjectBudget.project_id == party.project_id, ProjectBudget.fund == asked.fund
        )
        found.append(money.exists())
    if asked.year:
        first, last = date(asked.year, 1, 1), date(asked.year, 12, 31)
        found.append(and_(party.starts_on <= last, party.ends_on >= first))
    if asked.state:
        found.append(party.state == asked.state)
    return found


def place_of(row: Any) -> str:
    due = row.ProjectParty.next_report_on or FAR
    return f"{row.need}_{due.isoformat()}_{row.ProjectParty.reference}"


def parsed(place: str) -> tuple[int, date, str] | None:
    try:
        need, due, reference = place.split("_")
        return int(need), date.fromisoformat(due), reference
    except ValueError:
        return None
