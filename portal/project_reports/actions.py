"""Writing a status report, certifying it, and the secretariat's answer."""

import uuid
from datetime import date

from flask_babel import gettext as _

from portal.access import Actor
from portal.clock import ONE_DAY, Moment
from portal.db import Json, db
from portal.handovers.content import hash_of
from portal.project_reports import facts, queries
from portal.project_reports.models import (
    ProjectReport,
    ProjectReportEvent,
    ProjectReportText,
    ProjectReportVersion,
    ReportParty,
    ReportState,
)
from portal.project_reports.workflow import REPORT
from portal.projects.models import PartnerRole, Project
from portal.workflow import Lack, NotNow, Overtaken, Refused, Stamp, flush


def begin(project: Project, first: date, last: date, *, actor: Actor, at: Moment) -> ProjectReport:
    """A draft for a period. Raises NotNow for who is not the lead, and Refused."""
    own = project.own
    if own.role != PartnerRole.LEAD or not own.leads:
        raise NotNow("begin", project.state)
    before = queries.last(project)
    if before and before.state is not ReportState.ACCEPTED:
        raise Refused([Lack("", _("Den forrige rapport er ikke godkendt endnu."))])
    refuse(lacks(project, before, first, last, at.today))
    made = ProjectReport(
        id=uuid.uuid4(),
        project_id=project.id,
        organisation_id=actor.organisation_id,
        number=before.number + 1 if before else 1,
        first_day=first,
        last_day=last,
        begun_at=at.now,
        begun_by=actor.name,
        changed_at=at.now,
    )
    db.session.add(made)
    flush()
    own_row = {"project_id": project.id, "organisation_id": actor.organisation_id}
    db.session.add(ProjectReportText(report_id=made.id, words={}, changed_by=actor.name, **own_row))
    happened(made, "begin", None, actor=actor, at=at)
    return made


def lacks(
    project: Project, before: ProjectReport | None, first: date, last: date, day: date
) -> list[Lack]:
    found = []
    if last < first:
        found.append(Lack("last_day", _("Den sidste dag ligger før den første.")))
    if last > day:
        found.append(Lack("last_day", _("Perioden er ikke gået endnu.")))
    if not project.starts_on <= first <= project.ends_on:
        found.append(Lack("first_day", _("Dagen ligger uden for projektets tid.")))
    if before and first <= before.last_day:
        words = _("Den forrige rapport går til og med %(day)s.", day=f"{before.last_day:%d.%m.%Y}")
        found.append(Lack("first_day", words))
    return found


def write(
    report: ProjectReport, first: date, last: date, words: Json, *, actor: Actor, at: Moment,
    version: int | None,
) -> None:  # fmt: skip
    """The lead's words and the period. Raises NotNow, NotYours, Overtaken, Refused."""
    REPORT.step("edit", report, actor)
    text = queries.text(report)
    if text is None or version != text.revision:
        raise Overtaken
    earlier = [one for one in queries.reports(report.project) if one.number < report.number]
    refuse(lacks(report.project, earlier[0] if earlier else None, first, last, at.today))
    text.words, text.changed_at, text.changed_by = words, at.now, actor.name
    report.first_day, report.last_day, report.changed_at = first, last, at.now
    flush()


def certify(
    report: ProjectReport, next_on: date | None, *, actor: Actor, at: Moment, stamp: Stamp
) -> bool:
    """Freeze the words with the facts of the day, and send them. False when sent by this form.

    Raises NotNow, NotYours, Overtaken, Refused.
    """
    if queries.event_of_form(report, stamp.key):
        return False
    REPORT.step("certify", report, actor)
    if stamp.version != report.revision:
        raise Overtaken
    text = queries.text(report)
    words = text.words if text else {}
    refuse(certify_lacks(report, words, next_on, at.today))
    report.next_report_on = next_on
    content = facts.gathered(report, words, at)
    source = report.state
    db.session.add(
        ProjectReportVersion(
            report_id=report.id,
            project_id=report.project_id,
            organisation_id=actor.organisation_id,
            number=report.versions + 1,
            content=content,
            hash=hash_of(content),
            until=queries.published_until(),
            certified_at=at.now,
            certified_by=actor.name,
        )
    )
    flush()
    report.versions, report.state = report.versions + 1, ReportState.SENT
    report.sent_on, report.returned_reason, report.changed_at = at.today, None, at.now
    report.project.next_report_on = next_on
    happened(report, "certify", source, actor=actor, at=at, key=stamp.key)
    return True


def certify_lacks(
    report: ProjectReport, words: Json, next_on: date | None, day: date
) -> list[Lack]:
    found = []
    if not words.get("done"):
        found.append(Lack("", _("Skriv først med egne ord, hvad der er sket i perioden.")))
    if next_on and next_on <= day:
        found.append(Lack("next_report_on", _("Dagen skal ligge efter i dag.")))
    if next_on is None and report.project.ends_on > day:
        words_ = _("Skriv, hvornår den næste rapport kommer: projektet er ikke slut.")
        found.append(Lack("next_report_on", words_))
    return found


def answer(
    report: ProjectReport, name: str, reason: str, *, actor: Actor, at: Moment, stamp: Stamp
) -> bool:
    """Returned with a reason, or accepted and then locked. False when answered by this form.

    Raises NotNow, NotYours, Overtaken, Refused.
    """
    if queries.event_of_form(report, stamp.key):
        return False
    step = REPORT.step(name, report, actor)
    if stamp.version != report.revision:
        raise Overtaken
    if name == "send_back" and not reason:
        raise Refused([Lack("reason", _("Skriv, hvad der skal rettes. Tovholderen læser det."))])
    source, report.state = report.state, ReportState(step.target or report.state)
    report.changed_at = at.now
    if name == "send_back":
        report.returned_reason = reason
    else:
        report.accepted_on, report.accepted_by = at.today, actor.name
    happened(report, name, source, actor=actor, at=at, reason=reason, key=stamp.key)
    return True


def may_begin(project: Project) -> bool:
    return bool(project.own.leads and project.own.role == PartnerRole.LEAD)


def next_period(project: Project, day: date) -> tuple[date, date]:
    """From where the last report ended, or the project began, until yesterday."""
    before = queries.last(project)
    first = before.last_day + ONE_DAY if before else project.starts_on
    return first, max(first, day - ONE_DAY)


def happened(
    report: ProjectReport,
    step: str,
    source: ReportState | None,
    *,
    actor: Actor,
    at: Moment,
    reason: str = "",
    key: str | None = None,
) -> None:
    flush()
    db.session.add(
        ProjectReportEvent(
            report_id=report.id,
            project_id=report.project_id,
            organisation_id=actor.organisation_id,
            person=actor.name,
            at=at.now,
            step=step,
            source=source,
            target=report.state,
            reason=reason or None,
            form_key=key,
        )
    )
    flush()


def is_lead(report: ProjectReport, actor: Actor) -> bool:
    return report.party_of(actor) is ReportParty.LEAD


def refuse(found: list[Lack]) -> None:
    if found:
        raise Refused(found)
