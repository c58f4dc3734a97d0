"""What the portal knows of a project on a day, as a report keeps it: never a person, nor a number
of people. Companies and job orders are no persons; how many orders were filled would say how many
found a job, so that is not told here."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

from portal.clock import Moment, day_of
from portal.companies.models import Company
from portal.companies.orders import WAITING, JobOrder
from portal.db import Json, db
from portal.project_reports.models import ProjectReport
from portal.projects import presenting, queries
from portal.projects.models import Project
from portal.projects.parts import ProjectPhase

WORDS = ("done", "deviations", "decisions_needed", "next")


def gathered(report: ProjectReport, words: Json, at: Moment) -> Json:
    """Everything that a version holds, with days in ISO form; in four statements."""
    project, day = report.project, at.today
    parts = queries.parts(project, day)
    moved = presenting.moves(parts)
    first, last = report.first_day, report.last_day
    told: Json = plain(
        {
            "day": day,
            "period": {"first": first, "last": last},
            "next_report_on": report.next_report_on,
            "project": of_project(project, parts),
            "partners": partners(project, parts, day),
            "areas": areas(project, parts, day),
            "phases": [
                phase(one, [each.reason for each in moved.get(one.id, ())
                            if first <= day_of(each.at) <= day], day)
                for one in parts.phases
            ],
            "risks": [chosen(one, "id", "text", "level", "answer", "closed_on")
                      for one in parts.risks],
            "budget": [
                chosen(one, "id", "fund", "year", "granted", "committed", "spent")
                | {"holder": parts.names.get(one.holder_id, "")}
                for one in parts.budget
            ],
            "decisions": [
                chosen(one, "decided_on", "decided_by", "text")
                for one in parts.decisions
                if first <= one.decided_on <= last
            ],
            "companies": companies(project),
            "orders": orders(project, at),
            "words": {name: words.get(name, "") for name in WORDS},
        }
    )  # fmt: skip
    return told


def of_project(project: Project, parts: queries.Parts) -> Json:
    told = chosen(project, "reference", "title", "type", "trade", "target_group", "purpose",
                  "starts_on", "ends_on", "state", "colour", "colour_reason")  # fmt: skip
    lead = parts.names.get(project.lead_id, "") if project.lead_id else ""
    return told | {"lead": lead, "models": [*project.templates]}


def partners(project: Project, parts: queries.Parts, day: date) -> list[Json]:
    """Those that take part on the day, the lead first."""
    there = [one for one in project.partners if one.takes_part(day)]
    return [
        {"name": parts.names[one.organisation_id], "role": one.role}
        for one in sorted(there, key=lambda one: presenting.place(one, parts))
    ]


def areas(project: Project, parts: queries.Parts, day: date) -> list[Json]:
    found = presenting.areas(project, parts, day)
    return [{"council": area, "municipalities": towns} for area, towns in found]


def phase(one: ProjectPhase, reasons: Iterable[str], day: date) -> Json:
    days = chosen(one, "planned_from", "planned_until", "actual_from", "actual_until")
    about = chosen(one, "id", "kind", "name")
    return about | days | {"late": one.is_late(day), "reasons": [*reasons]}


def companies(project: Project) -> Json:
    counts = {
        "companies": func.count(),
        "asked": func.count(Company.asked_on),
        "answered": func.count(Company.answered_on),
        "interested": func.count().filter(Company.interested.is_(True)),
    }
    rows = select(*counts.values()).where(Company.project_id == project.id)
    return dict(zip(counts, db.session.execute(rows).one(), strict=True))


def orders(project: Project, at: Moment) -> Json:
    """How many were received, and how the clock was kept."""
    one = JobOrder
    late = and_(one.presented_at.is_(None), one.state.in_(WAITING), one.due_at < at.now)
    counts = {
        "received": func.count(),
        "in_time": func.count().filter(one.presented_at <= one.due_at),
        "late": func.count().filter(or_(one.presented_at > one.due_at, late)),
    }
    rows = select(*counts.values()).where(one.project_id == project.id)
    return dict(zip(counts, db.session.execute(rows).one(), strict=True))


def chosen(row: Any, *names: str) -> Json:
    return {name: getattr(row, name) for name in names}


def plain(told: Any) -> Any:
    """As JSON keeps it: days and ids as text."""
    if isinstance(told, dict):
        return {name: plain(value) for name, value in told.items()}
    if isinstance(told, list):
        return [plain(value) for value in told]
    if isinstance(told, date):
        return told.isoformat()
    return str(told) if isinstance(told, str | uuid.UUID) else told


# --- What moved since the report before ---

PLANNED = ("planned_from", "planned_until")
MONEY = ("granted", "committed", "spent")


def changes(now: Json, before: Json | None) -> dict[str, str]:
    """By the id of a row, or the name of a fact, what became of it; empty of a first report."""
    if before is None:
        return {}
    was = {one["id"]: one for part in PARTS for one in before[part]}
    found = {one["id"]: mark for part in PARTS for one in now[part]
             if (mark := changed(one, was.get(one["id"])))}  # fmt: skip
    for name in ("colour", "state"):
        if now["project"][name] != before["project"][name]:
            found[name] = "changed"
    for part in ("companies", "orders"):
        found |= {f"{part}.{name}": "changed" for name, count in now[part].items()
                  if count != before[part].get(name)}  # fmt: skip
    return found


PARTS = ("phases", "risks", "budget")


def changed(one: Json, was: Json | None) -> str | None:
    """A key of `words.CHANGES`."""
    if was is None:
        return "new"
    if "planned_from" in one:
        if [one[name] for name in PLANNED] != [was[name] for name in PLANNED]:
            return "moved" if was["planned_from"] else "planned"
        if one["actual_until"] != was["actual_until"]:
            return "done"
        return "begun" if one["actual_from"] != was["actual_from"] else None
    if "level" in one:
        if one["closed_on"] != was["closed_on"]:
            return "closed" if one["closed_on"] else "reopened"
        return "changed" if one["level"] != was["level"] else None
    return "changed" if [one[name] for name in MONEY] != [was[name] for name in MONEY] else None
