"""Status reports of a project: the list, one with its versions, and what is to be compared."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import db
from portal.participants.models import EventKind
from portal.participants.publications import ProjectFigure, ProjectPublication, UnitedFigure
from portal.project_reports.models import (
    ProjectReport,
    ProjectReportEvent,
    ProjectReportText,
    ProjectReportVersion,
    ReportState,
)
from portal.projects.models import Project, ProjectParty

R, V = ProjectReport, ProjectReportVersion


def reports(project: Project) -> Sequence[ProjectReport]:
    """The newest first."""
    rows = select(R).where(R.project_id == project.id).order_by(R.number.desc())
    return db.session.scalars(rows).all()


def report(project_id: uuid.UUID, report_id: uuid.UUID) -> ProjectReport:
    """Raises NoResultFound for one that is not seen, or of another project."""
    whole = joinedload(R.project)
    rows = (
        select(R)
        .where(R.id == report_id, R.project_id == project_id)
        .options(
            whole.joinedload(Project.own_parties), whole.options(selectinload(Project.partners))
        )
    )
    return db.session.scalars(rows).unique().one()


def text(one: ProjectReport) -> ProjectReportText | None:
    """The words of a draft; None for everybody but the lead."""
    rows = select(ProjectReportText).where(ProjectReportText.report_id == one.id)
    return db.session.scalars(rows).one_or_none()


def versions(one: ProjectReport) -> Sequence[ProjectReportVersion]:
    """The newest first."""
    rows = select(V).where(V.report_id == one.id).order_by(V.number.desc())
    return db.session.scalars(rows).all()


def version(one: ProjectReport, version_id: uuid.UUID) -> ProjectReportVersion:
    """Raises NoResultFound for another report's."""
    return db.session.scalars(select(V).where(V.report_id == one.id, V.id == version_id)).one()


def before(one: ProjectReport) -> ProjectReportVersion | None:
    """What was certified last of the reports before this one."""
    rows = select(V).join(R, R.id == V.report_id)
    earlier = rows.where(R.project_id == one.project_id, R.number < one.number)
    return db.session.scalars(earlier.order_by(R.number.desc(), V.number.desc())).first()


def events(one: ProjectReport) -> Sequence[ProjectReportEvent]:
    rows = select(ProjectReportEvent).where(ProjectReportEvent.report_id == one.id)
    return db.session.scalars(rows.order_by(ProjectReportEvent.at.desc())).all()


def event_of_form(one: ProjectReport, key: str) -> ProjectReportEvent | None:
    rows = select(ProjectReportEvent).where(
        ProjectReportEvent.report_id == one.id, ProjectReportEvent.form_key == key
    )
    return db.session.scalars(rows).one_or_none()


def last(project: Project) -> ProjectReport | None:
    rows = select(R).where(R.project_id == project.id).order_by(R.number.desc())
    return db.session.scalars(rows).first()


def published_until() -> date | None:
    return db.session.scalar(select(func.max(ProjectPublication.last_day)))


# --- For lists of many projects, as a council's page ---


def newest(project_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ProjectReport]:
    """Of each project that the reader sees its newest report, in one statement."""
    rows = select(R).where(R.project_id.in_([*project_ids])).distinct(R.project_id)
    found = db.session.scalars(rows.order_by(R.project_id, R.number.desc()))
    return {one.project_id: one for one in found}


def late(day: date) -> Sequence[ProjectParty]:
    """The projects that the reader sees whose report should have come, the longest waited first.

    A returned one is late as well once its day has passed: nobody has it.
    """
    rows = select(ProjectParty).where(ProjectParty.next_report_on < day)
    return db.session.scalars(rows.order_by(ProjectParty.next_report_on)).all()


def waiting() -> Sequence[ProjectReport]:
    """What was sent to somebody and is not answered, among the projects that the reader sees."""
    rows = select(R).where(R.state == ReportState.SENT)
    return db.session.scalars(rows.order_by(R.sent_on).options(joinedload(R.project))).all()


# --- Numbers of people, as they are published ---


def people(project_id: uuid.UUID, until: date, *, united: bool) -> dict[tuple[str, EventKind], int]:
    """By model and step what was told up to the day: each person once, or each partner's records.

    Blocks are told once and never changed, so this is what was told then.
    """
    figure: Any = UnitedFigure if united else ProjectFigure
    by = figure.model, figure.kind
    rows = select(*by, func.sum(figure.people)).where(
        figure.project_id == project_id, figure.last_day <= until
    )
    found = db.session.execute(rows.group_by(*by))
    return {(model, kind): people for model, kind, people in found}
