"""What one party asks the other for and waits to hear: one request at a time for each package.

The asked party has the turn until it has answered, or until who asked takes the request back. A
step that ends the package ends the request with it.
"""

from flask_babel import gettext as _
from sqlalchemy import select

from portal.access import Actor
from portal.clock import Moment
from portal.db import Json, db
from portal.handovers import words
from portal.handovers.lacks import Effect, Given, reason_lacks, refuse, wanted
from portal.handovers.models import Handover, Party, Pending, Turn
from portal.handovers.parts import Answer, HandoverRequest
from portal.handovers.workflow import standing
from portal.workflow import Done


def pending(handover: Handover) -> HandoverRequest:
    """The one that waits; raises NoResultFound where none does."""
    rows = select(HandoverRequest).where(
        HandoverRequest.handover_id == handover.id, HandoverRequest.answered_at.is_(None)
    )
    return db.session.scalars(rows).one()


def ask(
    handover: Handover,
    kind: Pending,
    actor: Actor,
    at: Moment,
    *,
    reason: str | None = None,
    detail: Json | None = None,
) -> Done:
    """Now it is the other party's turn to answer; the state and its clock stay."""
    side = handover.party_of(actor)
    assert side is not None  # noqa: S101  (the step is a party's)
    request = HandoverRequest(
        handover_id=handover.id,
        organisation_id=actor.organisation_id,
        kind=kind,
        side=side,
        person=actor.name,
        at=at.now,
        reason=reason,
        detail=detail or {},
    )
    db.session.add(request)
    handover.pending = kind
    handover.turn = Turn.RECEIVER if side == Party.SENDER else Turn.SENDER
    return Done(reason=reason, detail={"kind": kind} | (detail or {}))


def end(
    handover: Handover, answer: Answer, by: str, at: Moment, refusal: str | None = None
) -> HandoverRequest:
    """The turn is the state's again."""
    request = pending(handover)
    request.answered_at, request.answered_by = at.now, by
    request.answer, request.refusal = answer, refusal
    handover.pending = None
    handover.turn = standing(handover.state, handover.fund_attends).turn
    return request


def ask_withdrawal(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """The receiver has accepted, so the sender cannot take the package back alone."""
    refuse(*reason_lacks(given, words.withdrawal_reasons(handover.kind)))
    reason, code = given.get("reason") or None, given["reason_code"]
    return ask(handover, Pending.WITHDRAWAL, actor, at, reason=reason, detail={"code": code})


def agree_withdrawal(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    request = end(handover, Answer.AGREED, actor.name, at)
    handover.closed_reason, handover.closed_text = request.detail["code"], request.reason
    handover.closed_side = request.side  # whose wish it was may change its mind
    return Done(reason=request.reason, detail={"code": request.detail["code"]})


def refuse_request(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """With a reason that the other party reads."""
    refuse(wanted(given, "reason", _("Skriv, hvorfor I siger nej, så den anden part forstår det.")))
    request = end(handover, Answer.REFUSED, actor.name, at, given["reason"])
    return Done(reason=given["reason"], detail={"kind": request.kind})


def take_back_request(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    request = end(handover, Answer.TAKEN_BACK, actor.name, at)
    return Done(detail={"kind": request.kind})


EFFECTS: dict[str, Effect] = {
    "ask_withdrawal": ask_withdrawal,
    "agree_withdrawal": agree_withdrawal,
    "refuse_request": refuse_request,
    "take_back_request": take_back_request,
}
