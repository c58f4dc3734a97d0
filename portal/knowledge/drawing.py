"""What happened in an area in a quarter, as the secretariat sees it: never a person.

Numbers of people are those that were published for the council in the quarter.
"""

import uuid
from collections.abc import Iterable
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.agreements.area import in_area
from portal.clock import day_of
from portal.db import Json, db
from portal.goals.periods import Quarter
from portal.knowledge.models import KnowledgePractice, KnowledgeWish, PracticeState
from portal.organisations.queries import names_on
from portal.participants.models import EventKind
from portal.participants.publications import ProjectPublication, UnitedFigure
from portal.projects.models import Project, ProjectParty
from portal.projects.parts import ProjectMove, ProjectPhase

HEADINGS = {
    "intro": _l("Kort fortalt"),
    "projects": _l("Nye projekter"),
    "moves": _l("Faser, der er flyttet"),
    "matches": _l("Nye match"),
    "practices": _l("Praksis at lære af"),
    "wishes": _l("Ønsker og svar"),
    "agreements": _l("Nye aftaler"),
}


def drawn(council_id: uuid.UUID, quarter: Quarter) -> list[Json]:
    """Each part with its heading and a line for each fact; the introduction is left to people."""
    first, last = quarter.first, quarter.last
    lines: dict[str, Iterable[str]] = {
        "intro": [],
        "projects": projects(first, last),
        "moves": moves(first, last),
        "matches": matches(first, last),
        "practices": practices(council_id, first, last),
        "wishes": wishes(council_id, first, last),
        "agreements": agreements(first, last),
    }
    return [
        {"key": key, "heading": str(HEADINGS[key]), "text": "\n\n".join(lines[key])}
        for key in HEADINGS
    ]


def projects(first: date, last: date) -> list[str]:
    party = ProjectParty
    rows = select(party).where(party.starts_on.between(first, last), party.state != "idea")
    found = db.session.scalars(rows.order_by(party.starts_on)).all()
    names = names_on({one.lead_id for one in found if one.lead_id}, last)
    return [
        _("%(title)s begyndte %(day)s med %(lead)s som tovholder.", title=one.title,
          day=shown(one.starts_on), lead=names.get(one.lead_id, "–") if one.lead_id else "–")
        for one in found
    ]  # fmt: skip


def moves(first: date, last: date) -> list[str]:
    rows = (
        select(ProjectMove, ProjectPhase.name, Project.title)
        .join(ProjectPhase, ProjectPhase.id == ProjectMove.phase_id)
        .join(Project, Project.id == ProjectMove.project_id)
        .order_by(ProjectMove.at)
    )
    return [
        _("%(title)s: »%(phase)s« er flyttet til %(first)s – %(last)s. %(reason)s", title=title,
          phase=name, first=shown(one.planned_from), last=shown(one.planned_until),
          reason=one.reason)
        for one, name, title in db.session.execute(rows)
        if first <= day_of(one.at) <= last
    ]  # fmt: skip


def matches(first: date, last: date) -> list[str]:
    """What was published for councils of the quarters that ended in this one."""
    rows = (
        select(Project.title, func.sum(UnitedFigure.people))
        .join(ProjectPublication, ProjectPublication.id == UnitedFigure.publication_id)
        .join(Project, Project.id == UnitedFigure.project_id)
        .where(
            UnitedFigure.kind == EventKind.MATCHED, ProjectPublication.last_day.between(first, last)
        )
        .group_by(Project.title)
        .order_by(Project.title)
    )
    return [
        _("%(title)s: mindst %(people)d fik job, læreplads eller praktik.", title=title,
          people=people)
        for title, people in db.session.execute(rows)
    ]  # fmt: skip


def practices(council_id: uuid.UUID, first: date, last: date) -> list[str]:
    one = KnowledgePractice
    rows = select(one).where(
        one.council_id == council_id,
        one.published_on.between(first, last),
        one.state == PracticeState.PUBLISHED,
    )
    found = db.session.scalars(rows.order_by(one.published_on)).all()
    names = names_on({each.organisation_id for each in found}, last)
    return [f"{each.title} ({names[each.organisation_id]}). {each.result}" for each in found]


def wishes(council_id: uuid.UUID, first: date, last: date) -> list[str]:
    one = KnowledgeWish
    rows = select(one).where(one.council_id == council_id, one.answered_on.between(first, last))
    found = db.session.scalars(rows.order_by(one.answered_on)).all()
    return [_("%(wish)s Svar: %(answer)s", wish=each.text, answer=each.answer) for each in found]


def agreements(first: date, last: date) -> list[str]:
    return [
        _("%(funds)s og %(towns)s fra %(day)s.", funds=one.funds, towns=one.municipalities,
          day=shown(one.valid_from))
        for one in in_area(last)
        if first <= one.valid_from <= last
    ]  # fmt: skip


def shown(day: date) -> str:
    return str(format_date(day, "dd.MM.y"))
