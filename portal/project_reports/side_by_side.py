"""The models of a project side by side: a table, pictures of it, and the curves.

Everything about people comes from what is published up to a day, as the reader may read it, and so
does what is reckoned from it: a sum is "at least", and a cost for each job therefore "at most".
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import charts
from portal.charts import Bar, CurvePicture
from portal.db import Json, db
from portal.goals.survival import Point
from portal.organisations.queries import names_on
from portal.participants import words as participant_words
from portal.participants.models import EventKind
from portal.participants.presenting import known, models, sees_united, steps
from portal.participants.publications import (
    ProjectCurve,
    ProjectFigure,
    ProjectPublication,
    UnitedFigure,
)
from portal.project_reports.presenting import Row, Section
from portal.projects.matches import Timing
from portal.projects.models import Project
from portal.projects.presenting import kroner

K = EventKind
HALF_A_YEAR = 26
FORMS = {
    "ordinary": _l("Ordinært job"),
    "apprenticeship": _l("Læreplads, også for voksne"),
    "trial": _l("Praktik eller løntilskud"),
}
AXIS = _l("Uger siden første dag i projektet")
Told = dict[tuple[str, EventKind, str], int]
"""By model, step and part of it."""


def told(project: Project, until: date | None) -> Told:
    """What is published up to the day; of partners all records, of a council every person once."""
    if until is None:
        return {}
    figure: Any = UnitedFigure if sees_united(project) else ProjectFigure
    by = figure.model, figure.kind, figure.cell
    rows = select(*by, func.sum(figure.people)).where(
        figure.project_id == project.id, figure.last_day <= until
    )
    return {(m, k, c): people for m, k, c, people in db.session.execute(rows.group_by(*by))}


def whole(found: Told, model: str, kind: EventKind, part: str = "") -> int:
    """A sum of blocks that have nobody in common; `part` is a piece of the cell's name."""
    return sum(
        people
        for (key, each, cell), people in found.items()
        if (key, each) == (model, kind) and (not part or part in cell.split("/"))
    )


def share(yes: int, of: int) -> str:
    """Of what is told; nothing where either waits, or they are not of the same people."""
    if not yes or yes > of:
        return str(_("Vises ikke"))
    percent = format_decimal(round(100 * yes / of))
    return str(_("mindst %(yes)d af mindst %(of)d (%(percent)s %%)", yes=yes, of=of,
                 percent=percent))  # fmt: skip


# --- The table ---


def table(project: Project, found: Told, orders: Json, *, with_steps: bool) -> Section:
    """A row for each thing that is compared, a column for each model."""
    keys = [key for key, _name in models(project)]
    rows = [
        Row([_("Jobordrer modtaget"), *(str(orders[key][0]) for key in keys)]),
        Row([_("Kandidater præsenteret inden fristen"), *(str(orders[key][1]) for key in keys)]),
        *(Row([name, *(known(whole(found, key, kind) or None) for key in keys)])
          for kind, name in all_steps(keys).items() if with_steps),
        Row([_("Gennemført af dem, der startede"),
             *(share(whole(found, key, K.COMPLETED), whole(found, key, K.STARTED))
               for key in keys)]),
        Row([_("Match af dem, der mødte op"),
             *(share(whole(found, key, K.MATCHED), whole(found, key, K.MET)) for key in keys)]),
        *matches(keys, found),
    ]  # fmt: skip
    return Section("models", _("Modellerne side om side"), numbers=True, rows=rows,
                   heads=[_("Hvad"), *(name for _key, name in models(project))])  # fmt: skip


def all_steps(keys: Sequence[str]) -> dict[EventKind, str]:
    """The steps that any of the models has, in their order; the words of the first that has it."""
    found: dict[EventKind, str] = {}
    for key in keys:
        for kind, name in steps(key).items():
            found.setdefault(kind, name)
    return {kind: found[kind] for kind in EventKind if kind in found}


def matches(keys: Sequence[str], found: Told) -> list[Row]:
    """By when and by what, each as it is told."""
    parts = {
        **{one.value: str(participant_words.TIMINGS[one]) for one in Timing},
        **{key: str(name) for key, name in FORMS.items()},
    }
    return [
        Row([_("Match: %(part)s", part=name.lower()),
             *(known(whole(found, key, K.MATCHED, part) or None) for key in keys)])
        for part, name in parts.items()
    ]  # fmt: skip


def cost(project: Project, found: Told, spent: int) -> str:
    """Of a match, whatever its form. Matches that are not told make each of them cheaper."""
    people = sum(whole(found, key, K.MATCHED) for key in project.templates)
    if not people:
        return str(_("Vises ikke, før der er offentliggjort match"))
    amount = kroner(round(spent / people))
    return str(_("højst %(amount)s (%(spent)s delt på mindst %(people)d match)", amount=amount,
                 spent=kroner(spent), people=people))  # fmt: skip


def money(project: Project, found: Told, budget: Json) -> Section:
    rows = [
        Row([_("Bevilget"), kroner(budget["granted"])]),
        Row([_("Disponeret"), kroner(budget["committed"])]),
        Row([_("Brugt"), kroner(budget["spent"])]),
        Row([_("Pris for et match"), cost(project, found, budget["spent"])]),
    ]
    heads = [_("Penge"), _("Beløb")]
    return Section("money", _("Penge"), heads=heads, rows=rows, numbers=True)


# --- Pictures ---


@dataclass(frozen=True)
class Drawn:
    """One line of a picture: `bar` is None where nothing is told."""

    label: str
    model: str
    value: str
    bar: Bar | None


def bars(project: Project, found: Told) -> list[Drawn]:
    """Each step, one bar for each model that has it; all on the same scale."""
    values = {(key, kind): whole(found, key, kind) for key in project.templates for kind in K}
    full = max([1, *values.values()])
    return [
        Drawn(step, name, known(values[key, kind] or None),
              charts.bar((values[key, kind],) * 2, None, full) if values[key, kind] else None)
        for kind, step in all_steps(project.templates).items()
        for key, name in models(project)
        if kind in steps(key)
    ]  # fmt: skip


def by_step(drawn: Sequence[Drawn]) -> dict[str, dict[str, Drawn]]:
    """One line for each step: what each model that has it came to."""
    found: dict[str, dict[str, Drawn]] = {}
    for one in drawn:
        found.setdefault(one.label, {})[one.model] = one
    return found


@dataclass(frozen=True)
class Curved:
    """How soon people of one block found a job."""

    model: str
    who: str
    people: int
    first: date
    last: date
    points: list[Point]
    picture: CurvePicture

    @property
    def about(self) -> str:
        last = self.points[-1]
        return str(
            _("Efter %(week)d uger er omkring %(share)d %% i job, med et bælte fra %(low)d til "
              "%(high)d %%.", week=last.week, share=last.share, low=last.low, high=last.high)
        )  # fmt: skip

    @property
    def end(self) -> str:
        return f"{self.points[-1].share} %"


def curves(project: Project, until: date | None) -> list[Curved]:
    """Those that the reader may see with a point to show, the newest of each model first."""
    if until is None:
        return []
    rows = (
        select(ProjectCurve)
        .join(ProjectPublication, ProjectPublication.id == ProjectCurve.publication_id)
        .where(ProjectCurve.project_id == project.id, ProjectPublication.last_day <= until)
        .order_by(ProjectCurve.model, ProjectCurve.last_day.desc(), ProjectCurve.people.desc())
    )
    shown = [one for one in db.session.scalars(rows) if one.points]
    whose: set[uuid.UUID] = {one.organisation_id for one in shown if one.organisation_id}
    names, called = names_on(whose, until), dict(models(project))
    return [
        curved(one, called.get(one.model, one.model),
               names[one.organisation_id] if one.organisation_id else str(_("Alle partnere")))
        for one in shown
    ]  # fmt: skip


def curved(one: ProjectCurve, model: str, who: str) -> Curved:
    points = [Point(**each) for each in one.points]
    values = [(each.week, each.share, each.low, each.high) for each in points]
    picture = charts.curve(values, HALF_A_YEAR)
    return Curved(model, who, one.people, one.first_day, one.last_day, points, picture)


def curve_table(found: Sequence[Curved]) -> Section:
    heads = [_("Model og partner"), _("Kom ind"), _("Personer"), _("I job, med usikkerhed")]
    rows = [
        Row([f"{one.model}, {one.who}", f"{short(one.first)} – {short(one.last)}", str(one.people),
             "; ".join(point(each) for each in one.points)])
        for one in found
    ]  # fmt: skip
    text = (
        _("Alle er fulgt i et halvt år, fra den første dag i projektet til et ordinært job eller en"
          " læreplads. Andele er afrundet til hele fem procent.")
        if rows
        else _("Kurven vises, når mindst tyve er kommet ind og er fulgt i et halvt år.")
    )  # fmt: skip
    return Section("curves", _("Tid til job"), text=text, heads=heads if rows else (), rows=rows)


def point(one: Point) -> str:
    return str(_("efter %(week)d uger %(share)d %% (%(low)d–%(high)d %%)", week=one.week,
                 share=one.share, low=one.low, high=one.high))  # fmt: skip


def short(day: date) -> str:
    return str(format_date(day, "dd.MM.y"))
