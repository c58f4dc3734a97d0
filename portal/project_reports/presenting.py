"""A report as sections, each drawn as a table on the page and on paper: the same words on both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal import pdf
from portal.clock import day_of
from portal.db import Json
from portal.organisations.queries import name_on
from portal.participants.presenting import known, models, sees_united, steps
from portal.project_reports import facts, queries, words
from portal.project_reports.models import ProjectReport, ProjectReportVersion
from portal.projects import catalogue
from portal.projects import words as project_words
from portal.projects.models import Colour, PartnerRole, Project, ProjectState
from portal.projects.parts import Level, PhaseKind
from portal.projects.presenting import kroner, language


@dataclass(frozen=True)
class Row:
    """`mark` is a key of `words.CHANGES`: what became of it since the report before."""

    cells: Sequence[str]
    mark: str | None = None


@dataclass(frozen=True)
class Section:
    """Of a paper and of a page, named by its `key`; `typed` is what somebody wrote themselves."""

    key: str
    heading: str
    text: str = ""
    heads: Sequence[str] = ()
    rows: Sequence[Row] = field(default=())
    numbers: bool = False  # all cells but the first are numbers
    typed: bool = False

    @property
    def is_marked(self) -> bool:
        return any(row.mark for row in self.rows)


def sections(told: Json, before: Json | None, people: Iterable[Section]) -> list[Section]:
    """Of a frozen version, or of a draft as it would be today."""
    marks = facts.changes(told, before)
    return [
        state(told, marks),
        *own_words(told),
        phases(told, marks),
        risks(told, marks),
        budget(told, marks),
        counts("companies", _("Virksomheder"), words.COMPANIES, told, marks),
        counts("orders", _("Jobordrer"), words.ORDERS, told, marks),
        *people,
        decisions(told),
        partners(told),
        sources(),
    ]


def shown(day: str | None) -> str:
    return format_date(date.fromisoformat(day), "dd.MM.y") if day else "–"


def span(first: str | None, last: str | None) -> str:
    if first and first == last:
        return shown(first)
    return f"{shown(first)} – {shown(last) if last else ''}".strip() if first else "–"


def state(told: Json, marks: Mapping[str, str]) -> Section:
    about = told["project"]
    colour = str(project_words.COLOURS[Colour(about["colour"])][0])
    if about["colour_reason"]:
        colour += f". {about['colour_reason']}"
    phase = str(project_words.STATES[ProjectState(about["state"])][0])
    names = [catalogue.model(key).name[language()] for key in about["models"]]
    rows = [
        Row([_("Status"), colour], marks.get("colour")),
        Row([_("Projektet er"), phase], marks.get("state")),
        Row([_("Tid"), span(about["starts_on"], about["ends_on"])]),
        Row([_("Tovholder"), about["lead"]]),
        Row([_("Slags"), catalogue.name_of(catalogue.types(), about["type"], language())]),
        Row([_("Branche"), catalogue.name_of(catalogue.trades(), about["trade"], language())]),
        Row([_("Målgruppe"), about["target_group"]]),
        Row([_("Modeller"), ", ".join(names)]),
        *(Row([one["council"], ", ".join(one["municipalities"])]) for one in told["areas"]),
        Row([_("Næste statusrapport"), shown(told["next_report_on"])]),
    ]
    return Section("state", _("Sådan står projektet"), heads=[_("Oplysning"), _("Står til")],
                   rows=rows)  # fmt: skip


def own_words(told: Json) -> list[Section]:
    return [
        Section(name, str(heading), text=told["words"][name], typed=True)
        for name, heading in words.HEADINGS.items()
        if told["words"].get(name)
    ]


def phases(told: Json, marks: Mapping[str, str]) -> Section:
    heads = [_("Fase eller milepæl"), _("Planlagt"), _("Faktisk")]
    rows = [Row(phase(one), marks.get(one["id"])) for one in told["phases"]]
    return Section("phases", _("Faser og milepæle"), heads=heads, rows=rows)


def phase(one: Json) -> list[str]:
    planned = span(one["planned_from"], one["planned_until"])
    if one["late"]:
        planned += f" ({_('Forsinket')})"
    if one["reasons"]:
        planned += ". " + _("Flyttet: %(reasons)s", reasons="; ".join(one["reasons"]))
    milestone = one["kind"] == PhaseKind.MILESTONE
    name = f"{one['name']} ({_('Milepæl')})" if milestone else one["name"]
    return [name, planned, span(one["actual_from"], one["actual_until"])]


def risks(told: Json, marks: Mapping[str, str]) -> Section:
    heads = [_("Risiko"), _("Alvor"), _("Hvad gør vi?")]
    rows = [
        Row([one["text"], level(one), one["answer"]], marks.get(one["id"])) for one in told["risks"]
    ]
    return Section("risks", _("Risici"), heads=heads, rows=rows)


def level(one: Json) -> str:
    return str(_("Væk") if one["closed_on"] else project_words.LEVELS[Level(one["level"])][0])


def budget(told: Json, marks: Mapping[str, str]) -> Section:
    funds = {one.key: one.name[language()] for one in catalogue.funds()}
    heads = [_("Pulje, år og partner"), _("Bevilget"), _("Disponeret"), _("Brugt")]
    rows = [
        Row([f"{funds.get(one['fund'], one['fund'])} {one['year']}, {one['holder']}",
             *(kroner(one[name]) for name in facts.MONEY)], marks.get(one["id"]))
        for one in told["budget"]
    ]  # fmt: skip
    if len(rows) > 1:
        sums = [kroner(sum(one[name] for one in told["budget"])) for name in facts.MONEY]
        rows.append(Row([_("I alt"), *sums]))
    return Section("budget", _("Budget"), heads=heads, rows=rows, numbers=True)


def counts(
    part: str, heading: str, names: Mapping[str, Any], told: Json, marks: Mapping[str, str]
) -> Section:
    rows = [
        Row([str(label), str(told[part][name])], marks.get(f"{part}.{name}"))
        for name, label in names.items()
    ]
    return Section(part, heading, heads=[_("Hvad"), _("Antal")], rows=rows, numbers=True)


def decisions(told: Json) -> Section:
    rows = [Row([shown(one["decided_on"]), one["decided_by"], one["text"]])
            for one in told["decisions"]]  # fmt: skip
    heads = [_("Dag"), _("Besluttet af"), _("Beslutning")]
    return Section("decisions", _("Beslutninger i perioden"), heads=heads, rows=rows)


def partners(told: Json) -> Section:
    rows = [Row([one["name"], str(project_words.ROLES[PartnerRole(one["role"])])])
            for one in told["partners"]]  # fmt: skip
    heads = [_("Partner"), _("Rolle")]
    return Section("partners", _("Partnere"), heads=heads, rows=rows)


def sources() -> Section:
    text = _(
        "Faser, risici, budget og beslutninger er skrevet af tovholderen og dem, der har pengene."
        " Virksomheder og jobordrer er talt i projektets register på dagen. Tal om personer er dem,"
        " Samspil har offentliggjort: små tal vises ikke, men venter til et senere kvartal."
    )
    return Section("sources", _("Hvor tallene kommer fra"), text=text)


# --- People: what is published, as the reader may see it ---


def people(project: Project, until: date | None) -> list[Section]:
    """Of each model its steps up to the last day that was published then."""
    if until is None:
        words_ = _("Der er ikke offentliggjort tal endnu.")
        return [Section("people", _("Deltagere"), text=words_)]
    found = queries.people(project.id, until, united=sees_united(project))
    about = about_people(project, until)
    return [
        Section(
            f"people-{key}",
            _("Deltagere: %(model)s", model=name),
            text=about,
            heads=[_("Trin"), _("Alle partnere")],
            rows=[Row([step, known(found.get((key, kind)))]) for kind, step in steps(key).items()],
            numbers=True,
        )
        for key, name in models(project)
    ]


def about_people(project: Project, until: date) -> str:
    about = (
        _("En person tæller én gang, også når flere partnere har registreret den samme.")
        if sees_united(project)
        else _("Tallene tæller registreringer: kender to partnere den samme person, tæller den to "
               "gange.")
    )  # fmt: skip
    return f"{about} {_('Tallene er til og med %(day)s.', day=format_date(until, 'dd.MM.y'))}"


# --- On paper ---


def paper(report: ProjectReport, version: ProjectReportVersion, before: Json | None) -> pdf.Paper:
    told = version.content
    day = day_of(version.certified_at)
    return {
        "letter": {
            "sender": {"name": name_on(version.organisation_id, day)},
            "reference": f"{told['project']['reference']}-R{report.number}",
            "version": str(version.number),
            "dated": format_date(day, "long"),
            "hash": version.hash,
        },
        "title": str(_("Statusrapport %(number)d", number=report.number)),
        "about": "Statusrapport om et regionalt projekt",
        "subtitle": told["project"]["title"],
        "numbered": True,
        "facts": [
            (_("Periode"), period(told)),
            (_("Attesteret"), f"{version.certified_by}, {format_date(day, 'long')}"),
            (_("Sekretariatets svar"), answer(report, version)),
        ],
        "sections": [
            passage(one) for one in sections(told, before, people(report.project, version.until))
        ],
    }


def period(told: Json) -> str:
    days = (date.fromisoformat(told["period"][name]) for name in ("first", "last"))
    return " – ".join(format_date(one, "long") for one in days)


def answer(report: ProjectReport, version: ProjectReportVersion) -> str:
    if version.number != report.versions:
        return str(_("Afløst af version %(number)d", number=report.versions))
    if report.accepted_on:
        day = format_date(report.accepted_on, "long")
        return str(_("Godkendt af %(who)s, %(day)s", who=report.accepted_by, day=day))
    return str(words.STATES[report.state][0])


def passage(one: Section) -> pdf.Passage:
    """The column of what moved stands where something did; in words, since paper has no colour."""
    made: pdf.Passage = {"heading": one.heading}
    if one.text or not one.heads:
        made["text"] = one.text
    if one.heads:
        made["heads"] = [*one.heads, *([_("Siden sidst")] if one.is_marked else [])]
        made["rows"] = [[*row.cells, *([moved(row)] if one.is_marked else [])] for row in one.rows]
    if one.heads and not one.rows and not one.text:
        made["text"] = str(_("Ingen."))
    return made


def moved(row: Row) -> str:
    return f"► {words.CHANGES[row.mark][0]}" if row.mark else ""
