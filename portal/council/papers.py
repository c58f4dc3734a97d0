"""Papers of a council: the projects of its area, and one of them; as PDF and as workbooks.

What is told is what the pages tell: no person, and of people published figures alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal import pdf
from portal.council import overview
from portal.council.area import MONEY, Area, Line
from portal.council.overview import known
from portal.handovers.export import Cell, Table
from portal.participants.models import EventKind
from portal.participants.presenting import steps
from portal.participants.words import STEPS
from portal.projects import catalogue, words
from portal.projects.budget import Money, total
from portal.projects.listing import Asked
from portal.projects.models import PartnerState, Project
from portal.projects.parts import PhaseKind, ProjectBudget, ProjectPhase
from portal.projects.presenting import areas, kroner, language
from portal.projects.queries import Parts
from portal.status_meetings import sheets

MOST = 400  # projects of one paper


def money_heads() -> list[str]:
    return [_("Bevilget"), _("Disponeret"), _("Brugt")]


def told(money: Money | ProjectBudget) -> list[str]:
    return [kroner(getattr(money, name)) for name in MONEY]


def day_of(day: date | None) -> str:
    return format_date(day, "dd.MM.yyyy") if day else "–"


def letter(sender: str, reference: str, day: date) -> pdf.Letter:
    dated = format_date(day, "long")
    return {"sender": {"name": sender}, "reference": reference, "version": "1", "dated": dated}


# --- All projects of the area ---


def of_area(
    found: Area, asked: Asked, council: str, day: date, more: Iterable[pdf.Passage] = ()
) -> pdf.Paper:
    """`more`: agreements and indicators, which others count."""
    filters = overview.named(asked)
    facts: list[pdf.Fact] = [
        (_("Opgjort"), format_date(day, "long")),
        (_("Udvalg"), ", ".join(filters.values()) or _("Alle projekter i området")),
    ]
    if past := overview.then(found.boundaries, asked.year):
        facts.append((_("Grænser dengang"), past))
    return {
        "letter": letter(council, f"PROJEKTER-{day:%Y%m%d}", day),
        "title": _("Regionale projekter i området"),
        "about": "Rådspapir om regionale projekter",
        "subtitle": council,
        "numbered": False,
        "facts": facts,
        "sections": [*sections(found, day), *more],
    }


def sections(found: Area, day: date) -> Iterator[pdf.Passage]:
    counts = [(said, str(number)) for _colour, said, number in overview.colours(found.numbers)]
    counts += [(_("Forsinkede rapporter"), str(found.late))]
    counts += [(_("Afsluttede og stoppede"), str(found.numbers["over"]))]
    yield {"heading": _("Overblik"), "heads": [_("Hvad"), _("Antal")], "rows": [*map(list, counts)]}
    yield {
        "heading": _("Projekter"),
        "text": "" if found.lines else _("Ingen projekter."),
        "heads": [_("Projekt"), _("Tovholder"), _("Status"), _("Næste rapport"), _("Tid"),
                  _("Bevilget og brugt")],
        "rows": [row(one, day) for one in found.lines],
        "widths": [2.2, 1.6, 1, 1, 1.1, 1.4],
    }  # fmt: skip
    money = [[name, *told(one)] for name, one in overview.money_rows(found)]
    yield {"heading": _("Budget for hver pulje"), "heads": [_("Pulje"), *money_heads()],
           "rows": money, "text": "" if money else _("Ingen penge i budgetterne.")}  # fmt: skip
    yield {
        "heading": _("Forløb i tal"),
        "text": until(found.until),
        "heads": [_("Trin"), _("Personer")],
        "rows": [list(one) for one in overview.steps(found.numbers)],
    }
    yield {
        "heading": _("År for år"),
        "heads": [_("År"), _("Projekter"), *money_heads()],
        "rows": [*years(found)],
        "points": [one.breaks for one in overview.series(found) if one.breaks],
    }


def until(day: date | None) -> str:
    if day is None:
        return str(_("Der er ikke udgivet tal for personer endnu."))
    return str(_("Udgivet til og med %(day)s. Hver person tæller én gang i et projekt, og små tal "
                 "vises ikke.", day=format_date(day, "long")))  # fmt: skip


def row(one: Line, day: date) -> list[str]:
    party = one.party
    late = one.need == "late"
    due = day_of(party.next_report_on)
    return [
        f"{party.title} ({party.reference})",
        one.lead or _("Ingen endnu"),
        f"{words.COLOURS[party.colour][0]}, {str(words.STATES[party.state][0]).lower()}",
        _("%(day)s (forsinket)", day=due) if late else due,
        f"{day_of(party.starts_on)} – {day_of(party.ends_on)}",
        f"{kroner(one.money.granted)} / {kroner(one.money.spent)}",
    ]


def years(found: Area) -> Iterator[list[str]]:
    for one in overview.series(found):
        mark = " *" if one.breaks else ""
        yield [f"{one.year}{mark}", str(one.numbers["projects"]), *told(one.numbers.money)]


def workbook(made: pdf.Paper, found: Area) -> bytes:
    """The paper's words on the first sheet; each table with numbers that can be reckoned with."""
    shown = {*map(str, (_("Projekter"), _("Budget for hver pulje"), _("År for år")))}
    others = [one for one in sheets.tables(made) if one[0] not in shown]
    own: list[sheets.Sheet] = [
        (_("Projekter"), projects_table(found.lines)),
        (_("Budget for hver pulje"), [[_("Pulje"), *money_heads()], *(
            [name, *amounts(one)] for name, one in overview.money_rows(found))]),
        (_("År for år"), [[_("År"), _("Projekter"), *money_heads(), _("Råd"), _("Bemærkning")], *(
            [one.year, one.numbers["projects"], *amounts(one.numbers.money),
             ", ".join(one.councils), one.breaks] for one in overview.series(found))]),
    ]  # fmt: skip
    return sheets.book(made, [*own, *others], _("Råd"))


def amounts(money: Money) -> list[Cell]:
    return [getattr(money, name) for name in MONEY]


def projects_table(found: Sequence[Line]) -> Table:
    trades = {one.key: one.name[language()] for one in catalogue.trades()}
    steps_ = [str(words_) for words_ in STEPS.values()]
    heads: list[Cell] = [_("Reference"), _("Projekt"), _("Branche"), _("Tovholder"), _("Tilstand"),
                         _("Status"), _("Begynder"), _("Slutter"), _("Næste rapport"),
                         *money_heads(), *steps_]  # fmt: skip
    rows: Table = [
        [
            one.party.reference,
            one.party.title,
            trades.get(one.party.trade, one.party.trade),
            one.lead,
            str(words.STATES[one.party.state][0]),
            str(words.COLOURS[one.party.colour][0]),
            one.party.starts_on,
            one.party.ends_on,
            one.party.next_report_on,
            *amounts(one.money),
            *(known(one.figures.get(kind)) for kind in STEPS),
        ]
        for one in found
    ]
    return [heads, *rows]


# --- One project ---

Counts = Mapping[tuple[str, EventKind], int]


def of_project(
    project: Project, parts: Parts, counts: Counts, last: date | None, council: str, day: date
) -> pdf.Paper:
    """`last`: until when figures of people are published."""
    return {
        "letter": letter(council, project.reference, day),
        "title": project.title,
        "about": "Rådspapir om et regionalt projekt",
        "subtitle": project.reference,
        "numbered": False,
        "facts": facts(project, parts, day),
        "sections": [
            partners(project, parts),
            *where(project, parts, day),
            phases(parts, day),
            risks(parts),
            budget(parts),
            *(people(key, counts, last) for key in project.templates),
            decisions(parts),
        ],
    }


def facts(project: Project, parts: Parts, day: date) -> list[pdf.Fact]:
    lead = parts.names[project.lead_id] if project.lead_id else str(_("Ingen endnu"))
    status = f"{words.COLOURS[project.colour][0]}. {project.colour_reason or ''}".strip()
    due = day_of(project.next_report_on)
    if project.next_report_on and project.is_open and project.next_report_on < day:
        due = str(_("%(day)s (forsinket)", day=due))
    models = [catalogue.model(key).name[language()] for key in project.templates]
    return [
        (_("Status"), status),
        (_("Tilstand"), str(words.STATES[project.state][0])),
        (_("Tovholder"), lead),
        (_("Tid"), f"{day_of(project.starts_on)} – {day_of(project.ends_on)}"),
        (_("Næste statusrapport"), due),
        (_("Slags"), catalogue.name_of(catalogue.types(), project.type, language())),
        (_("Branche"), catalogue.name_of(catalogue.trades(), project.trade, language())),
        (_("Modeller"), ", ".join(models)),
        (_("Målgruppe"), project.target_group),
        (_("Formål"), project.purpose),
    ]


def partners(project: Project, parts: Parts) -> pdf.Passage:
    taking = [one for one in project.partners if one.state == PartnerState.TAKING_PART]
    rows = [
        [
            parts.names[one.organisation_id],
            str(words.ROLES[one.role]),
            f"{day_of(one.valid_from)} – {day_of(one.valid_until) if one.valid_until else ''}",
        ]
        for one in taking
    ]
    heads = [_("Organisation"), _("Rolle"), _("Periode")]
    return {"heading": _("Partnere"), "heads": heads, "rows": rows}


def where(project: Project, parts: Parts, day: date) -> Iterator[pdf.Passage]:
    rows = [[name, ", ".join(towns)] for name, towns in areas(project, parts, day)]
    if rows:
        heads = [_("Råd"), _("Kommuner")]
        yield {"heading": _("Kommuner"), "heads": heads, "rows": rows, "widths": [1, 2]}


def phases(parts: Parts, day: date) -> pdf.Passage:
    heads = [_("Navn"), _("Planlagt"), _("Faktisk"), _("Bemærkning")]
    moved = {one.phase_id: one for one in reversed(parts.moves)}
    rows = []
    for one in parts.phases:
        notes = [_("Forsinket")] if one.is_late(day) else []
        if first := moved.get(one.id):
            notes.append(_("Flyttet: %(reason)s", reason=first.reason))
        rows.append([name_of(one), span(one.planned_from, one.planned_until),
                     span(one.actual_from, one.actual_until), ". ".join(notes) or "–"])  # fmt: skip
    text = "" if rows else _("Ingen faser endnu.")
    return {"heading": _("Faser og milepæle"), "text": text, "heads": heads, "rows": rows}


def name_of(one: ProjectPhase) -> str:
    if one.kind == PhaseKind.MILESTONE:
        return str(_("Milepæl: %(name)s", name=one.name))
    return one.name


def span(first: date | None, last: date | None) -> str:
    if first is None:
        return "–"
    return day_of(first) if first == last else f"{day_of(first)} – {day_of(last) if last else ''}"


def risks(parts: Parts) -> pdf.Passage:
    open_ = [one for one in parts.risks if one.closed_on is None]
    rows = [[one.text, str(words.LEVELS[one.level][0]), one.answer] for one in open_]
    text = "" if rows else _("Ingen risici skrevet ned.")
    heads = [_("Risiko"), _("Alvor"), _("Hvad gør vi?")]
    return {"heading": _("Risici"), "text": text, "heads": heads, "rows": rows,
            "widths": [2, 0.6, 2]}  # fmt: skip


def budget(parts: Parts) -> pdf.Passage:
    rows = [
        [catalogue.name_of(catalogue.funds(), one.fund, language()), str(one.year),
         parts.names.get(one.holder_id, "–"), *told(one)]
        for one in parts.budget
    ]  # fmt: skip
    if rows:
        rows.append([_("I alt"), "", "", *told(total(parts.budget))])
    heads = [_("Pulje"), _("År"), _("Hos"), *money_heads()]
    text = "" if rows else _("Ingen penge i budgettet.")
    return {"heading": _("Budget"), "text": text, "heads": heads, "rows": rows,
            "widths": [1.6, 0.6, 1.4, 1, 1, 1]}  # fmt: skip


def people(model: str, counts: Counts, last: date | None) -> pdf.Passage:
    rows = [[name, known(counts.get((model, kind)))] for kind, name in steps(model).items()]
    heading = _("Forløb i tal: %(model)s", model=catalogue.model(model).name[language()])
    heads = [_("Trin"), _("Personer")]
    return {"heading": heading, "text": until(last), "heads": heads, "rows": rows}


def decisions(parts: Parts) -> pdf.Passage:
    points = [f"{day_of(one.decided_on)}, {one.decided_by}: {one.text}" for one in parts.decisions]
    nothing = str(_("Ingen beslutninger endnu."))
    return {"heading": _("Beslutninger"), "points": points or [nothing]}


def project_workbook(made: pdf.Paper, parts: Parts) -> bytes:
    names = parts.names
    lines: Table = [
        [catalogue.name_of(catalogue.funds(), one.fund, language()), one.year,
         names.get(one.holder_id, ""), *(getattr(one, name) for name in MONEY)]
        for one in parts.budget
    ]  # fmt: skip
    money: list[Any] = [[_("Pulje"), _("År"), _("Hos"), *money_heads()], *lines]
    others = [one for one in sheets.tables(made) if one[0] != _("Budget")]
    return sheets.book(made, [*others, (_("Budget"), money)], _("Projekt"))
