"""Money by fund and year: what is granted, committed and spent; in, out and added up."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from portal.access import Actor
from portal.clock import Moment
from portal.db import db
from portal.goals.importing import Line, parted
from portal.handovers.export import Table
from portal.organisations.collation import sort_key
from portal.projects import catalogue
from portal.projects.actions import only_leading, refuse
from portal.projects.models import LEADING, Project
from portal.projects.parts import ProjectBudget
from portal.projects.queries import of, own_part
from portal.workflow import Lack, NotNow, Overtaken, flush

COLUMNS = ("pulje", "aar", "partner", "bevilget", "disponeret", "brugt")
MOST = 999_999_999_999
MOST_LINES = 500
GIVEN = ("holder_id", "fund", "year", "money")  # what a line of a file gives


@dataclass(frozen=True)
class Money:
    """Whole kroner: of what is granted some is committed, and of that some is spent."""

    granted: int
    committed: int
    spent: int

    def lacks(self) -> list[Lack]:
        names = {"granted": self.granted, "committed": self.committed, "spent": self.spent}
        found = [
            Lack(name, _("Beløbet kan ikke være under 0."))
            for name, amount in names.items()
            if amount < 0
        ]
        if self.committed > self.granted:
            found.append(Lack("committed", _("Der kan ikke disponeres mere, end der er bevilget.")))
        if self.spent > self.committed:
            found.append(Lack("spent", _("Der kan ikke bruges mere, end der er disponeret.")))
        return found


def line(project: Project, line_id: uuid.UUID) -> ProjectBudget:
    """Raises NoResultFound for another project's."""
    rows = select(ProjectBudget).where(of(ProjectBudget, project), ProjectBudget.id == line_id)
    return db.session.scalars(rows).one()


def lines(project: Project) -> Sequence[ProjectBudget]:
    rows = select(ProjectBudget).where(of(ProjectBudget, project))
    return db.session.scalars(rows.order_by(ProjectBudget.year, ProjectBudget.fund)).all()


def total(rows: Iterable[ProjectBudget]) -> Money:
    every = [*rows]
    return Money(*(sum(getattr(one, name) for one in every) for name in Money.__annotations__))


def wrong_year(project: Project, year: int) -> list[Lack]:
    first, last = project.starts_on.year, project.ends_on.year
    if first <= year <= last:
        return []
    words = _("Projektet løber fra %(first)d til %(last)d. Året %(year)d ligger uden for.",
              first=first, last=last, year=year)  # fmt: skip
    return [Lack("year", words)]


def add(
    project: Project, holder_id: uuid.UUID, fund: str, year: int, money: Money, *, actor: Actor,
    at: Moment,
) -> ProjectBudget:  # fmt: skip
    """Raises NotNow, and Refused: of a year outside, sums, or a line that is there already."""
    only_leading(project, actor)
    found = [*wrong_year(project, year), *money.lacks()]
    if holder_id not in {one.organisation_id for one in project.partners if one.is_live}:
        found.append(Lack("holder_id", _("Vælg en partner i projektet.")))
    same = {(one.holder_id, one.fund, one.year) for one in lines(project)}
    if (holder_id, fund, year) in same:
        found.append(Lack("fund", _("Puljen står der allerede for partneren og året.")))
    refuse(found)
    made = ProjectBudget(
        id=uuid.uuid4(),
        project_id=project.id,
        organisation_id=actor.organisation_id,
        holder_id=holder_id,
        fund=fund,
        year=year,
        **money.__dict__,
        changed_at=at.now,
        changed_by=actor.name,
    )
    db.session.add(made)
    flush()
    return made


def may_change(project: Project, one: ProjectBudget, actor: Actor, at: Moment) -> bool:
    """The lead all of it; the partner that holds the money what is used of it."""
    if project.party_of(actor) in LEADING and project.is_open:
        return True
    try:
        return own_part(project, actor, at.today).organisation_id == one.holder_id
    except NotNow:
        return False


def change(
    project: Project, one: ProjectBudget, money: Money, *, actor: Actor, at: Moment,
    version: int | None,
) -> None:  # fmt: skip
    """Raises NotNow, Overtaken, Refused."""
    if not may_change(project, one, actor, at):
        raise NotNow("budget", project.state)
    if version != one.revision:
        raise Overtaken
    refuse(money.lacks())
    for name, amount in money.__dict__.items():
        setattr(one, name, amount)
    one.changed_at, one.changed_by = at.now, actor.name
    flush()


def remove(project: Project, one: ProjectBudget, *, actor: Actor) -> None:
    only_leading(project, actor)
    if one.spent:
        refuse([Lack("", _("Der er brugt af pengene, så linjen bliver stående."))])
    db.session.delete(one)
    flush()


# --- From and to a file ---


def read(text: str, project: Project, names: Mapping[uuid.UUID, str]) -> list[Line]:
    """Every line looked at; nothing is written. `names` are the partners'. Raises Refused."""
    found = [*parted(text, COLUMNS)]
    if len(found) > MOST_LINES:
        refuse([Lack("lines", _("Højst %(most)d linjer ad gangen.", most=MOST_LINES))])
    funds = {one.name["da"].casefold(): one.key for one in catalogue.funds()}
    funds |= {one.key: one.key for one in catalogue.funds()}
    partners = {name.casefold(): id for id, name in names.items()}
    seen: dict[tuple[object, ...], int] = {}
    for one in found:
        look_at(one, project, funds, partners)
        key = tuple(one.given.get(name) for name in GIVEN[:3])
        if not one.faults and key in seen:
            words = _("Står også i linje %(number)d.", number=seen[key])
            one.faults.append(words)
        seen.setdefault(key, one.number)
    return found


def look_at(
    one: Line, project: Project, funds: Mapping[str, str], partners: Mapping[str, uuid.UUID]
) -> None:
    told = {name: value.strip() for name, value in one.told.items()}
    fund, holder = funds.get(told["pulje"].casefold()), partners.get(told["partner"].casefold())
    if fund is None:
        one.faults.append(_("Puljen »%(typed)s« kendes ikke.", typed=told["pulje"]))
    if holder is None:
        words = _("»%(typed)s« er ikke partner i projektet.", typed=told["partner"])
        one.faults.append(words)
    numbers = [kroner(told[name]) for name in ("aar", "bevilget", "disponeret", "brugt")]
    if None in numbers:
        one.faults.append(_("År og beløb skrives som hele tal uden decimaler."))
        return
    year, *amounts = (number for number in numbers if number is not None)
    money = Money(*amounts)
    one.faults += [lack.text for lack in [*wrong_year(project, year), *money.lacks()]]
    one.given |= {"holder_id": holder, "fund": fund, "year": year, "money": money}


def kroner(typed: str) -> int | None:
    """Whole kroner, with or without the dots of thousands; None for anything else."""
    plain = typed.replace(".", "").replace(" ", "").replace("\u00a0", "")
    digits = plain.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and int(digits) <= MOST
    return int(plain) if is_number else None


def take_in(project: Project, found: Sequence[Line], *, actor: Actor, at: Moment) -> int:
    """All or none: new lines are added, known ones changed. How many. Raises Refused."""
    only_leading(project, actor)
    if wrong := [one for one in found if one.faults]:
        numbers = ", ".join(str(one.number) for one in wrong)
        refuse([Lack("lines", _("Ret linjerne først: %(numbers)s.", numbers=numbers))])
    known = {(one.holder_id, one.fund, one.year): one for one in lines(project)}
    for one in found:
        holder_id, fund, year, money = (one.given[name] for name in GIVEN)
        if row := known.get((holder_id, fund, year)):
            change(project, row, money, actor=actor, at=at, version=row.revision)
        else:
            add(project, holder_id, fund, year, money, actor=actor, at=at)
    return len(found)


def table(rows: Iterable[ProjectBudget], names: Mapping[uuid.UUID, str]) -> Table:
    """As it can be read in again."""
    told: list[list[str]] = [
        [
            catalogue.name_of(catalogue.funds(), one.fund, "da"),
            str(one.year),
            names.get(one.holder_id, ""),
            *(str(getattr(one, name)) for name in Money.__annotations__),
        ]
        for one in rows
    ]
    told.sort(key=lambda row: (row[1], sort_key(row[0]), sort_key(row[2])))
    head: Table = [[*COLUMNS]]
    return head + [[*row] for row in told]
