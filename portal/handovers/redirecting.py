"""Sent to the wrong municipality: the receiver asks, the sender sends it on to the right one.

A transfer by criteria goes only where the fund has an agreement of its own, whose criteria fit.
"""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.access import Actor
from portal.agreements.criteria import Rule
from portal.agreements.parameters import agreed, default, plain
from portal.agreements.queries import in_force
from portal.cases.models import CriterionAnswer
from portal.cases.source import CaseSource
from portal.clock import Moment
from portal.db import Json, db
from portal.handovers import queries, requests, sending
from portal.handovers.content import belongs
from portal.handovers.lacks import Effect, Given, refuse, wanted
from portal.handovers.models import Handover, Kind, Pending
from portal.handovers.parts import Answer, HandoverLeg
from portal.organisations.queries import name_on
from portal.workflow import Done, Lack


def ask_redirect(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    refuse(wanted(given, "reason", _("Skriv, hvor borgeren hører til, og hvor I ved det fra.")))
    return requests.ask(handover, Pending.REDIRECT, actor, at, reason=given["reason"])


def agree_redirect(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """To the municipality that the case names by now; its own terms and clocks begin anew."""
    refuse(*lacks(handover, given["source"], at.today))
    request = requests.end(handover, Answer.AGREED, actor.name, at)
    return Done(reason=request.reason, detail=send_on(handover, given["source"], actor, at))


def redirect(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """The same, where the fund itself knows that the member has moved."""
    refuse(*lacks(handover, given["source"], at.today))
    return Done(detail=send_on(handover, given["source"], actor, at))


def lacks(handover: Handover, source: CaseSource, today: date) -> list[Lack]:
    """What keeps the package from going to the municipality that the case names."""
    receiver_id = source.municipality_id
    if same := same_lack(handover, source):
        return [same]
    reception = queries.reception(receiver_id, today)
    is_open = queries.open_package(handover.case_id, receiver_id, handover.kind)
    words = _("Der er allerede en pakke i gang til den kommune.")
    return [
        *sending.missing_receiver(reception),
        *([Lack("receiver", words)] if is_open else []),
        *unfit(handover, source, today),
    ]


def unfit(handover: Handover, source: CaseSource, today: date) -> list[Lack]:
    """An earlier transfer goes only where as much is met of what is agreed there.

    Of the fund's assessment the criteria count that stand in the other agreement too.
    """
    if handover.kind != Kind.VISITATION:
        return []
    version = in_force(handover.sender_id, source.municipality_id, handover.kind, today)
    if version is None:
        words = _("I har ingen aftale om visitation med den kommune. Træk pakken tilbage.")
        return [Lack("receiver", words)]
    terms, made = agreed(version.parameters), source.assessment
    known = {one["code"] for one in version.criteria}
    answers = made.answers if made and belongs(handover, made) else ()
    told = [(row.kind, row.answer == CriterionAnswer.YES) for row in answers if row.code in known]
    if told and Rule(terms.criteria_rule, terms.criteria_needed).is_met(told):
        return []
    words = _("Medlemmet opfylder ikke kriterierne i aftalen med den kommune. Træk pakken tilbage.")
    return [Lack("receiver", words)]


def send_on(handover: Handover, source: CaseSource, actor: Actor, at: Moment) -> Json:
    """Where it was, and where it is now."""
    receiver_id = source.municipality_id
    former, name = leg(handover, actor, at), name_on(receiver_id, at.today)
    version = in_force(handover.sender_id, receiver_id, handover.kind, at.today)
    reception = queries.reception(receiver_id, at.today)
    handover.receiver_id, handover.receiver_unit_id = receiver_id, reception.unit_id
    handover.receiver_person_id = handover.receiver_person = None
    handover.agreement_version_id = version.id if version else None
    handover.parameters = plain(agreed(version.parameters) if version else default())
    handover.sent_at, handover.received_at = at.now, None
    return {"was": former.receiver, "is": name}


def same_lack(handover: Handover, source: CaseSource) -> Lack | None:
    words = _("Ret først medlemmets kommune i sagen. Pakken sendes til den kommune, der står der.")
    return Lack("receiver", words) if source.municipality_id == handover.receiver_id else None


def leg(handover: Handover, actor: Actor, at: Moment) -> HandoverLeg:
    assert handover.sent_at is not None  # noqa: S101  (the state says so)
    rows = select(func.count()).where(HandoverLeg.handover_id == handover.id)
    made = HandoverLeg(
        handover_id=handover.id,
        organisation_id=actor.organisation_id,
        number=(db.session.scalar(rows) or 0) + 1,
        receiver_id=handover.receiver_id,
        receiver=name_on(handover.receiver_id, at.today),
        agreement_version_id=handover.agreement_version_id,
        sent_at=handover.sent_at,
        received_at=handover.received_at,
        ended_at=at.now,
    )
    db.session.add(made)
    return made


EFFECTS: dict[str, Effect] = {
    "ask_redirect": ask_redirect,
    "agree_redirect": agree_redirect,
    "redirect": redirect,
}
