"""Making a series from the agreement's cadence: days, and who is asked to come."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from flask_babel import gettext as _

from portal.access import Actor
from portal.agreements import contacts
from portal.agreements.models import Agreement, AgreementVersion
from portal.agreements.overview import MONTHS
from portal.clock import Moment, day_of
from portal.db import db
from portal.meetings import planning
from portal.meetings.parts import MeetingEvent, MeetingParticipant, Taking
from portal.meetings.series import Meeting, MeetingKind, MeetingSeries, MeetingState
from portal.rules import months_after
from portal.status_meetings import queries, upkeep
from portal.workflow import Lack, NotNow, Refused

NOTICE = timedelta(weeks=3)  # the first proposal lies so far ahead
MOST = 4  # days that are proposed at once
FALLBACK = "quarterly"  # where the agreement names no cadence


@dataclass(frozen=True)
class Plan:
    """What is asked of a series: the days, and what its meetings have in common."""

    kind: MeetingKind
    title: str
    days: Sequence[date]
    starts: time
    ends: time
    place: str | None
    video_link: str | None


def cadence_of(version: AgreementVersion) -> str:
    return str(version.parameters.get("meeting_cadence") or "none")


def proposed_days(version: AgreementVersion, last: date | None, today: date) -> list[date]:
    """By the cadence, from the last meeting on, on days that suit; at least three weeks ahead."""
    told = cadence_of(version)
    cadence = told if told in MONTHS else FALLBACK
    first = today + NOTICE
    if last:
        first = max(first, months_after(last, MONTHS[cadence]))
    return [*planning.rhythm(first, cadence, version.last_day, MOST)]


def make(
    agreement: Agreement, version: AgreementVersion, plan: Plan, *, actor: Actor, at: Moment
) -> list[Meeting]:
    """A new series with its meetings; raises as `extend`."""
    series = MeetingSeries(
        id=uuid.uuid4(),
        agreement_id=agreement.id,
        organisation_id=actor.organisation_id,
        kind=plan.kind,
        title=plan.title,
        cadence=cadence_of(version),
        made_at=at.now,
        made_by=actor.name,
    )
    refuse(agreement, version, plan, at, title_lack(agreement, plan))
    db.session.add(series)
    db.session.flush()
    return extend(agreement, version, series, plan, actor=actor, at=at)


def extend(
    agreement: Agreement,
    version: AgreementVersion,
    series: MeetingSeries,
    plan: Plan,
    *,
    actor: Actor,
    at: Moment,
) -> list[Meeting]:
    """More meetings of a series; those who came to the last one are asked again.

    Raises:
        NotNow: the agreement has ended.
        Refused: no day, or one that has passed; no place.
    """
    refuse(agreement, version, plan, at)
    before = queries.newest_of(series.id)
    first = before.number + 1 if before else 1
    made = []
    for number, day in enumerate(sorted({*plan.days}), start=first):
        one = meeting(series, version, number, day, plan, actor, at)
        db.session.add(one)
        db.session.flush()
        asked = former(before, one) if before else named(agreement, version, one)
        db.session.add_all(asked)
        happened(one, "plan", None, actor, at)
        made.append(one)
    db.session.flush()
    return made


def title_lack(agreement: Agreement, plan: Plan) -> Lack | None:
    """Two series of one name would be told apart by nobody."""
    known = {one.title.casefold() for one in queries.series_of(agreement.id)}
    words = _("Der er allerede en møderække, der hedder det. Vælg »Flere møder i …«, eller giv den "
              "et andet navn.")  # fmt: skip
    return Lack("title", words) if plan.title.casefold() in known else None


def refuse(
    agreement: Agreement, version: AgreementVersion, plan: Plan, at: Moment, *more: Lack | None
) -> None:
    if version.has_ended(at.today):
        raise NotNow("plan", version.state)
    where = {"place": plan.place, "video_link": plan.video_link}
    lacks = [*filter(None, more)]
    lacks += planning.plan_lacks(plan.days, (plan.starts, plan.ends), where, at.today)
    if lacks:
        raise Refused(lacks)


def meeting(
    series: MeetingSeries,
    version: AgreementVersion,
    number: int,
    day: date,
    plan: Plan,
    actor: Actor,
    at: Moment,
) -> Meeting:
    starts_at, ends_at = planning.span(day, plan.starts, plan.ends)
    return Meeting(
        id=uuid.uuid4(),
        series_id=series.id,
        agreement_id=series.agreement_id,
        organisation_id=actor.organisation_id,
        version_id=version.id,
        number=number,
        state=MeetingState.PLANNED,
        starts_at=starts_at,
        ends_at=ends_at,
        place=plan.place,
        video_link=plan.video_link,
        sequence=0,
        changed_at=at.now,
    )


def named(
    agreement: Agreement, version: AgreementVersion, one: Meeting
) -> Iterable[MeetingParticipant]:
    """Each person whom a party names for a function of the agreement, once."""
    seen: set[uuid.UUID | None] = set()
    for desk in contacts.desks(agreement, version, day_of(one.starts_at)):
        if desk.row and desk.person and desk.row.user_id not in seen:
            seen.add(desk.row.user_id)
            yield MeetingParticipant(
                meeting_id=one.id,
                agreement_id=one.agreement_id,
                organisation_id=one.organisation_id,
                party_id=desk.organisation_id,
                user_id=desk.row.user_id,
                code=desk.code,
                name=desk.person.name,
                title=desk.person.title or str(desk.function["label_da"]),
                taking=Taking.MEMBER,
            )


SAME = ("party_id", "user_id", "code", "name", "title", "mail", "taking")


def former(before: Meeting, one: Meeting) -> Iterable[MeetingParticipant]:
    for row in queries.participants(before.id):
        yield MeetingParticipant(
            meeting_id=one.id,
            agreement_id=one.agreement_id,
            organisation_id=one.organisation_id,
            **{name: getattr(row, name) for name in SAME},
        )


def happened(
    one: Meeting,
    step: str,
    source: MeetingState | None,
    actor: Actor,
    at: Moment,
    *,
    reason: str | None = None,
    key: str | None = None,
) -> MeetingEvent:
    """The event of a step, and the mails that follow from it."""
    event = MeetingEvent(
        id=uuid.uuid4(),
        meeting_id=one.id,
        agreement_id=one.agreement_id,
        organisation_id=actor.organisation_id,
        person=actor.name,
        at=at.now,
        step=step,
        source=source,
        target=one.state,
        reason=reason,
        detail={},
        form_key=key,
    )
    db.session.add(event)
    db.session.flush()
    upkeep.queue(event)
    return event
