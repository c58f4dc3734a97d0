"""What is told of status reports in the daily digest: late to the lead, sent to who receives it,
returned to the lead. Each is told once; what is no longer so is dropped untold."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal import mail
from portal.access import Role
from portal.db import db
from portal.handovers import digests
from portal.organisations.queries import Reader, in_role
from portal.project_reports.models import (
    ProjectReport,
    ProjectReportNotice,
    ReportState,
    has_secretariat,
)
from portal.projects.models import (
    OVER,
    PartnerRole,
    Project,
    ProjectParty,
    ProjectState,
    Standing,
)

N, R = ProjectReportNotice, ProjectReport
LATE, SENT, RETURNED = "report_late", "report_sent", "report_returned"
# Who writes reports, or receives them, in the organisations that can.
WRITERS = (Role.AGREEMENT_OWNER, Role.PROJECT_PARTNER, Role.SECRETARY)


def due(day: date) -> Iterator[tuple[ProjectReportNotice, mail.Line, list[Reader]]]:
    """What has come and is not told, with its readers."""
    note(day)
    rows = (
        select(N, Project)
        .join(Project, Project.id == N.project_id)
        .where(N.told_at.is_(None))
        .order_by(N.day, N.id)
        .with_for_update(of=N, skip_locked=True)
    )
    for notice, project in db.session.execute(rows).all():
        if is_so(notice, project, day):
            line = mail.Line(project.reference, notice.what, notice.day)
            yield notice, line, readers(notice, project, day)
        else:
            db.session.delete(notice)


digests.TELLING.append(due)


def note(day: date) -> None:
    found = [*late(day), *answered()]
    if found:
        db.session.execute(insert(N).on_conflict_do_nothing(), found)


def late(day: date) -> Iterator[dict[str, Any]]:
    """Projects whose next report should have come; an idea reports nothing yet."""
    rows = select(Project.id, Project.next_report_on).where(
        Project.next_report_on < day, Project.state.not_in([*OVER, ProjectState.IDEA])
    )
    for project_id, due_on in db.session.execute(rows):
        yield row(project_id, LATE, due_on)


def answered() -> Iterator[dict[str, Any]]:
    """Reports that wait for an answer, or for the lead to mend them."""
    rows = select(R).where(R.state.in_([ReportState.SENT, ReportState.RETURNED]))
    for one in db.session.scalars(rows):
        what = SENT if one.state is ReportState.SENT else RETURNED
        yield row(one.project_id, what, one.sent_on)


def row(project_id: uuid.UUID, what: str, day: date | None) -> dict[str, Any]:
    return {"id": uuid.uuid4(), "project_id": project_id, "what": what, "day": day}


def is_so(notice: ProjectReportNotice, project: Project, day: date) -> bool:
    if notice.what == LATE:
        return project.next_report_on == notice.day and notice.day < day and project.is_open
    wanted = ReportState.SENT if notice.what == SENT else ReportState.RETURNED
    rows = select(R.id).where(R.project_id == project.id, R.state == wanted)
    return db.session.scalar(rows.where(R.sent_on == notice.day)) is not None


def readers(notice: ProjectReportNotice, project: Project, day: date) -> list[Reader]:
    found = receivers(project, day) if notice.what == SENT else leads(project)
    return [*dict.fromkeys(reader for one in found for reader in written_to(one, day))]


def leads(project: Project) -> list[uuid.UUID]:
    return [project.lead_id] if project.lead_id else []


def receivers(project: Project, day: date) -> list[uuid.UUID]:
    """The secretariat, or else the councils of the area on the day."""
    if has_secretariat(project, day):
        of_it = [one for one in project.partners if one.role == PartnerRole.SECRETARIAT]
        return [one.organisation_id for one in of_it if one.takes_part(day)]
    rows = select(ProjectParty.organisation_id).where(
        ProjectParty.project_id == project.id, ProjectParty.standing == Standing.COUNCIL
    )
    return [*db.session.scalars(rows)]


def written_to(organisation_id: uuid.UUID, day: date) -> list[Reader]:
    """A team lead of a fund that leads is no owner: whoever owns its agreements is told."""
    return [reader for role in WRITERS for reader in in_role(organisation_id, role, day)]
