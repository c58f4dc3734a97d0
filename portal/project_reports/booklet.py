"""The evaluation as a page and as a booklet that a council would print."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal import pdf
from portal.clock import Moment, day_of
from portal.db import Json
from portal.organisations.queries import name_on
from portal.participants import presenting as people
from portal.project_reports import evaluating, presenting, queries, side_by_side, words
from portal.project_reports.evaluations import ProjectEvaluation
from portal.project_reports.presenting import Row, Section, passage
from portal.projects.models import Project, Standing

LEAST_BAR = 1  # in hundredths of the width, so that it can be seen


def shown(project: Project, one: ProjectEvaluation | None, at: Moment) -> tuple[Json | None, Any]:
    """What the reader is told, and until when figures are published: frozen, or as of today.

    A council that is no partner reads the words once they are finished, and figures always.
    """
    if one and one.content is not None:
        return one.content, one.until
    is_partner = project.own.standing == Standing.PARTNER
    told = evaluating.content(project, one, at) if is_partner else None
    return told, queries.published_until()


def of_page(project: Project, one: ProjectEvaluation | None, at: Moment) -> dict[str, Any]:
    told, until = shown(project, one, at)
    found = side_by_side.told(project, until)
    curves = side_by_side.curves(project, until)
    return {
        "evaluation": one,
        "until": until,
        "sections": [
            *figures(project, found, told, with_steps=False),
            side_by_side.curve_table(curves),
            *(written(told) if told else []),
        ],
        "models": [name for _key, name in people.models(project)],
        "steps": side_by_side.by_step(side_by_side.bars(project, found)),
        "curve": curves[0] if curves else None,
        "axis": str(side_by_side.AXIS),
        "words": words,
    }


def figures(
    project: Project, found: side_by_side.Told, told: Json | None, *, with_steps: bool
) -> list[Section]:
    """A council that is no partner sees no companies or job orders before they are frozen.

    The page has the steps in its picture; on paper they stand in the table, too.
    """
    orders = told["orders"] if told else {key: ["–", "–"] for key in project.templates}
    made = [side_by_side.table(project, found, orders, with_steps=with_steps)]
    if told:
        made.append(companies(told))
        made.append(side_by_side.money(project, found, told["budget"]))
    return made


def companies(told: Json) -> Section:
    return presenting.counts(
        "companies", _("Virksomheder"), words.COMPANIES, told | {"orders": {}}, {}
    )


def written(told: Json) -> list[Section]:
    rows = [Row([one["who"], one["whom"], one["text"]]) for one in told["recommendations"]]
    made = [
        Section("summary", _("Hvad kom der ud af projektet?"), text=told["summary"], typed=True),
        Section("lessons", _("Hvad har vi lært?"), text=told["lessons"], typed=True),
        Section("recommendations", _("Anbefalinger"), heads=[_("Fra"), _("Til"), _("Anbefaling")],
                rows=rows),
    ]  # fmt: skip
    return [one for one in made if one.text or one.heads]


# --- On paper ---


def paper(project: Project, one: ProjectEvaluation, at: Moment) -> pdf.Booklet:
    """Of a draft with a mark on every page."""
    told, until = shown(project, one, at)
    assert told is not None  # noqa: S101  (who reads a draft is a partner)
    day = day_of(one.finished_at) if one.finished_at else at.today
    frame: pdf.Letter = {
        "sender": {"name": name_on(one.organisation_id, day)},
        "reference": f"{project.reference}-E",
        "version": "1",
        "dated": format_date(day, "long"),
    }
    if one.hash:
        frame["hash"] = one.hash
    else:
        frame["mark"] = str(_("Kladde"))
    found = side_by_side.told(project, until)
    return {
        "letter": frame,
        "title": str(_("Evaluering: %(title)s", title=project.title)),
        "about": "Evaluering af et regionalt projekt med dets modeller side om side",
        "kicker": str(_("Evaluering af et regionalt projekt")),
        "name": project.title,
        "facts": cover(told),
        "contents": str(_("Indhold")),
        "chapters": chapters(project, told, found, until),
    }


def cover(told: Json) -> list[pdf.Fact]:
    about = told["project"]
    towns = [town for area in told["areas"] for town in area["municipalities"]]
    return [
        (_("Tid"), presenting.span(about["starts_on"], about["ends_on"])),
        (_("Tovholder"), about["lead"]),
        (_("Partnere"), ", ".join(one["name"] for one in told["partners"])),
        (_("Kommuner"), ", ".join(towns)),
        (_("Råd"), ", ".join(area["council"] for area in told["areas"])),
    ]


def chapters(
    project: Project, told: Json, found: side_by_side.Told, until: date | None
) -> list[pdf.Passage]:
    """In the order in which a council reads: what came of it, the figures, what to do."""
    texts = {one.key: passage(one) for one in written(told)}
    curves = side_by_side.curves(project, until)
    models, *others = (passage(one) for one in figures(project, found, told, with_steps=True))
    models["widths"] = [1.6, *[1.0] * len(project.templates)]
    drawn: pdf.Passage = {
        "heading": str(_("Fra fundet til job")),
        "text": about_figures(project, until),
        "bars": picture(side_by_side.bars(project, found)),
    }
    time = passage(side_by_side.curve_table(curves))
    if curves:
        time["curves"] = [curve(one) for one in curves[:2]]
        time["widths"] = [1.4, 1.2, 0.6, 2.4]
    phases = passage(presenting.phases(told | {"risks": [], "budget": []}, {}))
    ends = [texts[key] for key in ("lessons", "recommendations") if key in texts]
    start = [texts["summary"]] if "summary" in texts else []
    return [*start, drawn, models, *others, time, phases, *ends, passage(presenting.sources())]


def about_figures(project: Project, until: date | None) -> str:
    if until is None:
        return str(_("Der er ikke offentliggjort tal endnu."))
    return presenting.about_people(project, until)


def picture(drawn: Sequence[side_by_side.Drawn]) -> pdf.Bars:
    """Told apart by pattern and by words, since a council prints in black and white."""
    names = list(dict.fromkeys(one.model for one in drawn))
    alt = "; ".join(f"{one.label}, {one.model}: {one.value}" for one in drawn)
    rows: list[pdf.BarRow] = [
        {
            "label": one.label,
            "series": names.index(one.model),
            "value": one.value,
            "width": max(one.bar.sure, LEAST_BAR) if one.bar else 0,
        }
        for one in drawn
    ]
    return {"alt": alt, "names": names, "rows": rows}


def curve(one: side_by_side.Curved) -> pdf.Curve:
    alt = f"{one.model}, {one.who}. {one.about}"
    axis = f"{side_by_side.AXIS} ({one.model}, {one.who})"
    return {"alt": alt, "end": one.end, "axis": axis, "picture": asdict(one.picture)}
