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

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    extract,
    func,
    literal_column,
    or_,
    select,
    true,
)

from portal.council.boundaries import Boundaries, Lying, boundaries
from portal.council.models import AreaTally
from portal.db import db
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
    row = db.session.execute(select(*values)).one()
    told = dict(zip(names, row, strict=True))
    counted = by_place(told["numbers"])
    known = boundaries(told["memberships"], told["names"])
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
    lying, name = CouncilMembership.municipality_id.in_(own), OrganisationName
    known = name.organisation_id.in_(select(CouncilMembership.council_id).where(lying))
    late = select(func.count()).select_from(ProjectParty).where(*is_late(day))
    last_year = extract("year", UnitedFigure.last_day)
    return {
        "numbers": numbers(asked),
        "late": late.where(*listing.filters(asked)).scalar_subquery(),
        "until": select(func.max(ProjectPublication.last_day)).scalar_subquery(),
        "memberships": told(select(*(getattr(CouncilMembership, one) for one in LYING)), lying),
        "names": told(select(name.organisation_id, name.valid_from, name.name), known),
        "money": added(ProjectBudget, ids, MONEY, of_asked(asked, ProjectBudget.year)),
        "figures": added(UnitedFigure, ids, ("people",), of_asked(asked, last_year), "kind"),
        "milestones": told(
            select(ProjectPhase.project_id, MILESTONE),
            ProjectPhase.project_id.in_(ids) & (ProjectPhase.kind == PhaseKind.MILESTONE),
        ),
        "towns": told(
            select(ProjectMunicipality.project_id, ProjectMunicipality.municipality_id),
            ProjectMunicipality.project_id.in_(ids),
        ),
    }


LYING = tuple(Lying.__annotations__)
# The day that it was reached on, else is planned for.
MILESTONE = func.coalesce(ProjectPhase.actual_from, ProjectPhase.planned_from).label("day")


def told(rows: Any, condition: Any) -> ScalarSelect[Any]:
    """The rows as one value, a list of lists: as entities they cost more than the page."""
    found = rows.where(condition).subquery()
    row = func.jsonb_build_array(*found.c)
    return select(func.coalesce(func.jsonb_agg(row), literal_column("'[]'"))).scalar_subquery()


def added(
    model: Any, ids: Sequence[uuid.UUID], numbers: Sequence[str], condition: Any, *by: str
) -> ScalarSelect[Any]:
    """For each project, and each of what it is told by, the sums of the numbers."""
    places = [model.project_id, *(getattr(model, one) for one in by)]
    sums = [func.sum(getattr(model, one)).label(one) for one in numbers]
    return told(select(*places, *sums).group_by(*places), model.project_id.in_(ids) & condition)


def of_asked(asked: Asked, year: Any) -> ColumnElement[bool]:
    """Of the asked year, and where it is money of the asked fund."""
    conditions = [year == asked.year] if asked.year else []
    if asked.fund and year is ProjectBudget.year:
        conditions.append(ProjectBudget.fund == asked.fund)
    return and_(true(), *conditions)


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
    return told(rows.group_by(T.fund, T.year, T.what), true())


def by_place(rows: Iterable[Any]) -> dict[tuple[str, int], Numbers]:
    found: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for fund, year, what, number in rows:
        found[fund, year][what] = number
    made: dict[tuple[str, int], Numbers] = defaultdict(lambda: Numbers({}))
    return made | {place: Numbers(of) for place, of in found.items()}


def lines(
    rows: Sequence[Any], told: Mapping[str, Any], asked: Asked, known: Boundaries
) -> list[Line]:
    held = {name: by_project(told[name]) for name in ("money", "figures", "milestones", "towns")}
    return [line(row, {name: of[str(row.ProjectParty.project_id)] for name, of in held.items()},
                 asked, known) for row in rows]  # fmt: skip


def line(row: Any, of: Mapping[str, list[Any]], asked: Asked, known: Boundaries) -> Line:
    towns = {uuid.UUID(town) for (town,) in of["towns"]}
    return Line(
        party=row.ProjectParty,
        need=listing.NEEDS[row.need],
        lead=row.lead,
        money=Money(*of["money"][0]) if of["money"] else Money(0, 0, 0),
        milestones=[date.fromisoformat(day) for (day,) in of["milestones"] if day],
        figures={EventKind(kind): people for kind, people in of["figures"]},
        councils=known.councils_in(asked.year, towns),
    )


def by_project(rows: Iterable[Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for project_id, *of in rows:
        found[project_id].append(of)
    return found
