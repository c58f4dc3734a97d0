"""Status reports of projects, written as the owner of the tables."""

import uuid
from datetime import date
from typing import Any

from portal.clock import now
from portal.handovers.content import hash_of
from portal.project_reports.evaluations import (
    EvaluationState,
    ProjectEvaluation,
    ProjectRecommendation,
)
from portal.project_reports.models import (
    ProjectReport,
    ProjectReportEvent,
    ProjectReportNotice,
    ProjectReportText,
    ProjectReportVersion,
)
from portal.projects.models import Project
from tests import make, project

WHO = "Gitte Tovholder"
FACTS: dict[str, Any] = {
    "day": "2026-07-01",
    "period": {"first": "2026-01-01", "last": "2026-06-30"},
    "next_report_on": None,
    "project": {
        **{"reference": "PRJ-TEST", "title": "Industriprojektet", "lead": "Østbæk Kommune"},
        **{"type": "recruitment", "trade": "industry", "target_group": "Ledige", "purpose": "Job"},
        **{"starts_on": "2026-01-01", "ends_on": "2027-12-31", "state": "running"},
        **{"colour": "green", "colour_reason": None, "models": ["samarbejdsmodellen"]},
    },
    **{name: [] for name in ("partners", "areas", "phases", "risks", "budget", "decisions")},
    "companies": {"companies": 600, "asked": 600, "answered": 200, "interested": 80},
    "orders": {"received": 12, "in_time": 10, "late": 2},
    "words": {"done": "Virksomhederne er spurgt."},
}


def report(one: Project, **values: Any) -> ProjectReport:
    """A draft of the first half year, with the lead's words."""
    told: dict[str, Any] = {
        "number": 1,
        "first_day": date(2026, 1, 1),
        "last_day": date(2026, 6, 30),
    }
    made = project.part(one, ProjectReport, **told | {"begun_by": WHO} | values)
    words = {"done": "Virksomhederne er spurgt."}
    project.part(one, ProjectReportText, report_id=made.id, words=words, changed_by=WHO)
    return made


def version(of: ProjectReport, one: Project, **values: Any) -> ProjectReportVersion:
    content = values.pop("content", FACTS)
    told: dict[str, Any] = {"number": 1, "content": content, "hash": hash_of(content)}
    return project.part(
        one, ProjectReportVersion, report_id=of.id, certified_by=WHO, **told | values
    )


def whole(one: Project, until: date | None = None) -> ProjectReport:
    """A report with a row of everything; `until` is of the last publication that there is."""
    made = report(one)
    version(made, one, until=until)
    project.part(
        one, ProjectReportEvent, report_id=made.id, person=WHO, step="begin", target="draft"
    )
    told = {"what": "report_late", "day": date(2026, 7, 1)}
    make.saved(ProjectReportNotice(id=uuid.uuid4(), project_id=one.id, **told))
    project.part(one, ProjectEvaluation, summary="Det lykkedes", lessons="Begynd før")
    advice(one)
    return made


def advice(one: Project) -> ProjectRecommendation:
    told: dict[str, Any] = {"whom": "Rådet", "text": "Gentag det", "written_by": WHO}
    return project.part(one, ProjectRecommendation, **told)


def evaluated(one: Project) -> ProjectEvaluation:
    """A finished evaluation."""
    told: dict[str, Any] = {"summary": "Det lykkedes", "lessons": "", "content": FACTS}
    told |= {"hash": hash_of(FACTS), "finished_at": now(), "finished_by": WHO}
    return project.part(one, ProjectEvaluation, state=EvaluationState.FINISHED, **told)
