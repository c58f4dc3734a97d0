"""The paper of one project, as pages, files and agendas of meetings take it."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.exc import NoResultFound

from portal import pdf
from portal.clock import today
from portal.council import papers
from portal.council.models import CouncilItem
from portal.db import Json
from portal.organisations.queries import name_on
from portal.participants import queries as people
from portal.projects import queries
from portal.projects.models import Project
from portal.projects.queries import Parts


def paper_of(project: Project, council_id: uuid.UUID, day: date) -> tuple[pdf.Paper, Parts]:
    parts = queries.parts(project, day)
    united = people.united_counts([project.id])
    counts = {(model, kind): number for (_id, model, kind), number in united.items()}
    last, council = people.published_until(), name_on(council_id, day)
    return papers.of_project(project, parts, counts, last, council, day), parts


def attached_to(agenda: Sequence[CouncilItem]) -> list[Json]:
    """The papers of every project that the points are about, each once; of today.

    A project that the council sees no more has none.
    """
    found: dict[str, Json] = {}
    for item in agenda:
        for one in (item.evidence or {}).get("projects", []):
            if one["id"] not in found and (told := frozen(item, one["id"])):
                found[one["id"]] = told
    return [*found.values()]


def frozen(item: CouncilItem, project_id: str) -> Json | None:
    try:
        project = queries.project(uuid.UUID(project_id))
    except NoResultFound:
        return None
    made: Any = paper_of(project, item.organisation_id, today())[0]
    told = {name: made[name] for name in ("title", "facts", "sections")}
    return plain(told) | {"id": project_id}  # type: ignore[no-any-return]  # a mapping of texts


def plain(value: Any) -> Any:
    """Texts as texts: what is kept as JSON knows no words that wait for their language."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value if isinstance(value, int | float) else str(value)
