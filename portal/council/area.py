"""The projects of a council's area: a page of them, and numbers about all of them, counted ahead.

Whatever is asked costs two statements. Money, states and days are told in full; of people there are
published figures alone (decision 29).
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, func, literal_column, or_, select

from portal.council.boundaries import Boundaries, boundaries
from portal.council.models import AreaTally
from portal.db import db, gathered, revived
from portal.organisations.models import CouncilMembership, OrganisationName
from portal.organisations.queries import holds
from portal.participants.models import EventKind
from portal.participants.publications import ProjectPublication, UnitedFigure
from portal.projects import listing
from portal.projects.budget import Money
from portal.projects.listing import Asked
from portal.projects.models import OVER, ProjectMunicipality, ProjectParty, Standing
from portal.projects.parts import PhaseKind, ProjectBudget, ProjectPhase

T = AreaTally
ALL_YEARS = 0
MONEY = tuple(Money.__annotations__)


class Line(NamedTuple):
    """One project: its party's row, where in `listing.NEEDS` it stands, its lead, and its part."""

    party: ProjectParty
    need: str
    lead: str | None
    money: Money
    milestones: list[date]
    figures: dict[EventKind, int]
    councils: list[uuid.UUID]  # that its municipalities in the area lay under in the asked year


@dataclass(frozen=True)
class Numbers:
    """What is counted of projects, by "projects", a colour or "over", money and steps of people."""

    of: Mapping[str, int]

    @property
    def money(self) -> Money:
        return Money(*(self.of.get(name, 0) for name in MONEY))

    def __getitem__(self, what: str) -> int:
        return self.of.get(what, 0)


@dataclass(frozen=True)
class Area:
    """A page of projects and the numbers of all that fit; `after`: where the next page begins."""

    lines: list[Line]
    after: str | None
    numbers: Numbers
    funds: dict[str, Money]
    years: dict[int, Numbers]
    late: int
    until: date | None  # the last day of what is published
    boundaries: Boundaries


def area(council_id: uuid.UUID, asked: Asked, day: date, most: int = listing.PAGE) -> Area:
    """Of the own council alone, whoever is named: the database shows nobody else's."""
    found = listing.projects(asked, day, most)
    ids = [row.ProjectParty.project_id for row in found.rows]
    names, values = zip(*parts(council_id, ids, asked, day).items(), strict=True)
    told = dict(zip(names, db.session.execute(select(*values)).one(), strict=True))
    counted = by_place(told["numbers"])
    known = boundaries(
        revived(CouncilMembership, told["memberships"]), revived(OrganisationName, told["names"])
    )
    return Area(
        lines=lines(found.rows, told, asked, known),
        after=found.after,
        numbers=counted[asked.fund, asked.year or ALL_YEARS],
        funds={
            fund: numbers.money
            for (fund, year), numbers in counted.items()
            if year == (asked.year or ALL_YEARS) and fund and asked.fund in {"", fund}
        },
        years={
            year: numbers
            for (fund, year), numbers in sorted(counted.items())
            if fund == asked.fund and year != ALL_YEARS
        },
        late=told["late"],
        until=told["until"],
        boundaries=known,
    )


def parts(
    council_id: uuid.UUID, ids: Sequence[uuid.UUID], asked: Asked, day: date
) -> dict[str, ScalarSelect[Any]]:
    """Everything beside the page of projects, to be asked for in one statement."""
    own = select(CouncilMembership.municipality_id).where(
        CouncilMembership.council_id == council_id, holds(CouncilMembership, day)
    )
    lying = CouncilMembership.municipality_id.in_(own)
    named = OrganisationName.organisation_id.in_(select(CouncilMembership.council_id).where(lying))
    of_page = {
        model: gathered(model, model.project_id.in_(ids), *by) for model, by in OF_PAGE.items()
    }
    late = select(func.count()).select_from(ProjectParty).where(*is_late(day))
    return {
        "numbers": numbers(asked),
        "late": late.where(*listing.filters(asked)).scalar_subquery(),
        "until": select(func.max(ProjectPublication.last_day)).scalar_subquery(),
        "memberships": gathered(CouncilMembership, lying, CouncilMembership.valid_from),
        "names": gathered(OrganisationName, named, OrganisationName.valid_from),
        **{model.__tablename__: rows for model, rows in of_page.items()},
    }


# What hangs on the projects of a page, and its order.
OF_PAGE: dict[Any, tuple[Any, ...]] = {
    ProjectBudget: (ProjectBudget.year,),
    ProjectPhase: (ProjectPhase.position,),
    ProjectMunicipality: (ProjectMunicipality.id,),
    UnitedFigure: (UnitedFigure.last_day,),
}


def is_late(day: date) -> tuple[Any, ...]:
    """That the next report should have been there, of a project that still reports."""
    party = ProjectParty
    open_ = party.state.not_in(OVER), party.standing != Standing.INVITED
    return party.next_report_on < day, *open_


def numbers(asked: Asked) -> ScalarSelect[Any]:
    """The sums over trades, of every fund in the year and of every year with the fund."""
    year = asked.year or ALL_YEARS
    rows = select(T.fund, T.year, T.what, func.sum(T.number).label("number")).where(
        or_(T.year == year, T.fund == asked.fund)
    )
    if asked.trade:
        rows = rows.where(T.trade == asked.trade)
    added = rows.group_by(T.fund, T.year, T.what).subquery()
    row = func.jsonb_build_array(added.c.fund, added.c.year, added.c.what, added.c.number)
    return select(func.coalesce(func.jsonb_agg(row), literal_column("'[]'"))).scalar_subquery()


def by_place(rows: Iterable[Any]) -> dict[tuple[str, int], Numbers]:
    found: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for fund, year, what, number in rows:
        found[fund, year][what] = number
    made: dict[tuple[str, int], Numbers] = defaultdict(lambda: Numbers({}))
    return made | {place: Numbers(of) for place, of in found.items()}


def lines(
    rows: Sequence[Any], told: Mapping[str, Any], asked: Asked, known: Boundaries
) -> list[Line]:
    held = {model: by_project(revived(model, told[model.__tablename__])) for model in OF_PAGE}
    return [
        Line(
            party=row.ProjectParty,
            need=listing.NEEDS[row.need],
            lead=row.lead,
            money=money(held[ProjectBudget][row.ProjectParty.project_id], asked),
            milestones=milestones(held[ProjectPhase][row.ProjectParty.project_id]),
            figures=figures(held[UnitedFigure][row.ProjectParty.project_id], asked),
            councils=known.councils_in(
                asked.year,
                {
                    one.municipality_id
                    for one in held[ProjectMunicipality][row.ProjectParty.project_id]
                },
            ),
        )
        for row in rows
    ]


def by_project(rows: Iterable[Any]) -> Mapping[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for one in rows:
        found[one.project_id].append(one)
    return found


def money(rows: Iterable[ProjectBudget], asked: Asked) -> Money:
    """Of the asked fund and year."""
    fits = [
        one
        for one in rows
        if asked.fund in {"", one.fund} and asked.year in {None, ALL_YEARS, one.year}
    ]
    return Money(*(sum(getattr(one, name) for one in fits) for name in MONEY))


def milestones(rows: Iterable[ProjectPhase]) -> list[date]:
    """The days that they were reached on, else are planned for."""
    days = (one.actual_from or one.planned_from for one in rows if one.kind == PhaseKind.MILESTONE)
    return [day for day in days if day]


def figures(rows: Iterable[UnitedFigure], asked: Asked) -> dict[EventKind, int]:
    """Sums of blocks that have nobody in common, of those that ended in the asked year."""
    found: dict[EventKind, int] = {}
    for one in rows:
        if asked.year in {None, ALL_YEARS, one.last_day.year}:
            found[one.kind] = found.get(one.kind, 0) + one.people
    return found
