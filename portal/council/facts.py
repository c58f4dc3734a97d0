"""What an agenda of a council is drawn from: projects, reports and agreements of its area.

Each fact is a point with a table, and names the projects whose papers go with it.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from portal.agreements.area import in_area
from portal.agreements.models import Standing
from portal.cases.queries import name_on
from portal.clock import ONE_DAY, end_of_day
from portal.council.area import is_late
from portal.db import Json, db
from portal.knowledge.models import KnowledgeWish
from portal.organisations.models import OrganisationName
from portal.project_reports.models import ProjectReport, ReportState
from portal.projects.models import OVER, Colour, Project, ProjectParty
from portal.projects.models import Standing as Seen

MOST = 50  # projects of one point
SOON = timedelta(days=92)  # agreements that end so soon are talked about


@dataclass(frozen=True)
class Fact:
    """A point that is proposed: its table, and the projects that it is about."""

    code: str
    title: str
    text: str
    minutes: int
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    projects: list[tuple[uuid.UUID, str]] = field(default_factory=list)

    @property
    def evidence(self) -> Json | None:
        if not self.rows:
            return None
        papers = [{"id": str(one), "title": title} for one, title in self.projects]
        return {"heads": self.heads, "rows": self.rows, "projects": papers}


def facts(since: date, day: date) -> Iterator[Fact]:
    """What gives something to talk about; `since`: the day of the meeting before."""
    yield from filter(
        None, (red(day), late(day), waiting(), new(since, day), wishes(), ending(day))
    )
    yield Fact("closing", _("Eventuelt"), "", 10)


def red(day: date) -> Fact | None:
    found = projects(day, ProjectParty.colour == Colour.RED, ProjectParty.state.not_in(OVER))
    heads = [_("Projekt"), _("Tovholder"), _("Begrundelse")]
    rows = [[named(one), lead or "–", project.colour_reason or "–"] for one, project, lead in found]
    text = _("Hvad skal der til, og hvem gør det?")
    return point("red", _("Projekter med rød status"), text, 20, heads, rows, found)


def late(day: date) -> Fact | None:
    found = projects(day, *is_late(day))
    heads = [_("Projekt"), _("Tovholder"), _("Skulle være afleveret")]
    rows = [[named(one), lead or "–", told(one.next_report_on)] for one, _project, lead in found]
    return point("late", _("Forsinkede statusrapporter"), "", 10, heads, rows, found)


def waiting() -> Fact | None:
    """Reports that lie with the secretariat."""
    rows = (
        select(ProjectParty, ProjectReport)
        .join(ProjectReport, ProjectReport.project_id == ProjectParty.project_id)
        .where(ProjectReport.state == ReportState.SENT)
        .order_by(ProjectReport.sent_on, ProjectParty.reference)
    )
    found = db.session.execute(rows.limit(MOST)).all()
    lines = [
        [named(one), f"{told(report.first_day)} – {told(report.last_day)}", told(report.sent_on)]
        for one, report in found
    ]
    heads = [_("Projekt"), _("Periode"), _("Sendt")]
    title = _("Statusrapporter, der venter på svar")
    return point("waiting", title, "", 10, heads, lines, found)


def new(since: date, day: date) -> Fact | None:
    is_new = Project.made_at > end_of_day(since - ONE_DAY)
    found = projects(day, is_new, ProjectParty.state.not_in(OVER))
    heads = [_("Projekt"), _("Tovholder"), _("Tid")]
    rows = [
        [named(one), lead or "–", f"{told(one.starts_on)} – {told(one.ends_on)}"]
        for one, _project, lead in found
    ]
    text = _("Nye siden %(day)s.", day=format_date(since, "long"))
    return point("new", _("Nye projekter"), text, 15, heads, rows, found)


def wishes() -> Fact | None:
    """What somebody of the area asked for, and that nobody has answered."""
    wish = KnowledgeWish
    found = db.session.scalars(
        select(wish).where(wish.answer.is_(None)).order_by(wish.heard_on).limit(MOST)
    )
    rows = [[one.text, one.heard_at, told(one.heard_on)] for one in found]
    heads = [_("Ønske"), _("Hørt"), _("Dag")]
    return point("wishes", _("Ønsker, der venter på svar"), "", 10, heads, rows, ())


def ending(day: date) -> Fact | None:
    running = [one for one in in_area(day) if one.standing is Standing.IN_FORCE]
    soon = [one for one in running if one.valid_until and one.valid_until <= day + SOON]
    rows = [[one.municipalities, one.funds, told(one.valid_until)] for one in soon]
    heads = [_("Kommune"), _("A-kasse"), _("Gælder til")]
    return point("ending", _("Aftaler, der udløber inden for tre måneder"), "", 10, heads, rows, ())


def point(
    code: str,
    title: str,
    text: str,
    minutes: int,
    heads: list[str],
    rows: list[list[str]],
    about: Iterable[Any],
) -> Fact | None:
    """None where there is nothing to tell."""
    papers = [(row[0].project_id, row[0].title) for row in about]
    return Fact(code, title, text, minutes, heads, rows, papers) if rows else None


def projects(day: date, *conditions: Any) -> list[tuple[ProjectParty, Project, str | None]]:
    """Of the area, each with its lead's name of the day."""
    rows = (
        select(ProjectParty, Project, OrganisationName.name)
        .join(Project, Project.id == ProjectParty.project_id)
        .outerjoin(OrganisationName, name_on(day, ProjectParty.lead_id))
        .where(ProjectParty.standing != Seen.INVITED, *conditions)
        .order_by(ProjectParty.next_report_on, ProjectParty.reference)
    )
    return [(one, project, lead) for one, project, lead in db.session.execute(rows.limit(MOST))]


def named(one: ProjectParty) -> str:
    return f"{one.title} ({one.reference})"


def told(day: date | None) -> str:
    return format_date(day, "dd.MM.yyyy") if day else "–"
