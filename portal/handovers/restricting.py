"""Keeping a package to named people, naming them, and lifting it; and telling of openings.

Only who leads does it, on either side for both: the database asks for the role too.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from portal import mail
from portal.access import Actor, Role
from portal.audit import AuditEvent
from portal.cases import restricted as cases
from portal.cases.restricted import Basis, looked_at
from portal.cases.restricting import name_instead
from portal.clock import COPENHAGEN, Moment, today
from portal.db import db
from portal.handovers import restricted
from portal.handovers.models import Handover
from portal.handovers.queries import Colleague
from portal.handovers.restricted import HandoverReader, HandoverRestriction, Restricted
from portal.jobs import jobs
from portal.organisations.queries import in_role
from portal.workflow import Lack, NotNow, Refused


def restrict(
    handover: Handover,
    *,
    basis: Basis,
    reason: str,
    people: Collection[Colleague],
    actor: Actor,
    at: Moment,
) -> None:
    """From now on only those named see it, and who has it; the other side's leader names theirs.

    Raises:
        NotNow: it is restricted already.
        Refused: nobody of the own side would see it.
    """
    own = {"handover_id": handover.id, "organisation_id": actor.organisation_id}
    standing = select(HandoverRestriction.id).where(
        HandoverRestriction.handover_id == handover.id, HandoverRestriction.lifted_at.is_(None)
    )
    if db.session.scalar(standing):
        raise NotNow("restrict", handover.state)
    refuse_nobody(people)
    made = HandoverRestriction(basis=basis, reason=reason, person=actor.name, set_at=at.now, **own)
    db.session.add(made)
    db.session.flush()  # from here on it is known to who leads, whom the next rows are let in for
    name(handover.id, people=people, actor=actor, at=at)


def refuse_nobody(people: Collection[Colleague]) -> None:
    if not people:
        raise Refused([Lack("people", _("Vælg mindst én, der må se pakken."))])


def name(
    handover_id: uuid.UUID, *, people: Collection[Colleague], actor: Actor, at: Moment
) -> None:
    """Those of the own side, in place of those named before. Raises Refused."""
    refuse_nobody(people)
    own = {"handover_id": handover_id, "organisation_id": actor.organisation_id}
    name_instead(HandoverReader, own, people=people, actor=actor, at=at)


def lift(package: Restricted, *, reason: str, actor: Actor, at: Moment) -> None:
    """For both parties: from now on it is seen as any other.

    Raises Refused as long as the member's case is restricted.
    """
    if restricted.kept_by_case(package.handover_id):
        words = _("A-kassen har begrænset adgangen til medlemmets sag. Først når den er ophævet, "
                  "kan pakken åbnes for alle.")  # fmt: skip
        raise Refused([Lack("reason", words)])
    found = package.restriction
    found.lifted_at, found.lifted_by, found.lifted_reason = at.now, actor.name, reason
    db.session.flush()


@jobs.periodic(cron="41 4 * * *")
@jobs.task(name="handovers.tell_openings", queueing_lock="handovers.tell_openings")
def tell_openings(timestamp: int) -> None:
    """Yesterday's, to the owners of agreements of the organisation whose people they were."""
    tell(today() - timedelta(days=1))


def tell(day: date) -> None:
    """One mail for each owner, with references; a second run finds it written."""
    base = current_app.extensions["samspil"].base_url
    for organisation_id, references in opened(day).items():
        for owner in in_role(organisation_id, Role.AGREEMENT_OWNER, today()):
            mail.queue(
                owner.address,
                "restricted_opened",
                reference=f"PAKKER-{day:%Y%m%d}",
                url=f"{base}/handovers/restricted",
                language=owner.language,
                once=f"restricted {day}",
                lines=[mail.Line(reference, "opened", day) for reference in sorted(references)],
            )


def opened(day: date) -> dict[uuid.UUID, set[str]]:
    """The references, by the organisation of whoever opened them on a day in Copenhagen."""
    on_day = func.date(func.timezone(str(COPENHAGEN), AuditEvent.at)) == day
    rows = select(AuditEvent.organisation_id, Handover.reference)
    rows = rows.join(Handover, Handover.id == AuditEvent.subject_id)
    rows = rows.join(HandoverRestriction, HandoverRestriction.handover_id == Handover.id)
    is_page = AuditEvent.action.like("handover%")
    rows = rows.where(*looked_at(HandoverRestriction), is_page, on_day)
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    for organisation_id, reference in db.session.execute(rows.distinct()):
        found[organisation_id].add(reference)
    for organisation_id, case_id in cases.opened(on_day):
        found[organisation_id].add(cases.reference(case_id))
    return found
