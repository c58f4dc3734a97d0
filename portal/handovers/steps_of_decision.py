"""Accepting and rejecting."""

from datetime import date

from flask_babel import gettext as _

from portal.access import Actor, Permission
from portal.agreements import criteria
from portal.clock import Moment, day_of
from portal.db import Json
from portal.handovers import days, queries, rating
from portal.handovers.lacks import Effect, Given, refuse, wanted
from portal.handovers.models import Handover
from portal.workflow import Done, Lack, NotYours


def accept(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Somebody has it from here: without an assignee the one who accepts takes it."""
    if handover.receiver_person_id is None:
        handover.receiver_person_id, handover.receiver_person = actor.user_id, actor.name
        handover.receiver_unit_id = actor.unit_id
    day, was = given.get("responsible_from"), handover.responsible_from
    detail: Json = {}
    no_day = Lack("responsible_from", _("Skriv den dag, ansvaret overgår."))
    refuse(None if day or was else no_day, *rating.lacks(given))
    if day and day != was:
        refuse(*beyond(handover, day, at))
        handover.responsible_from = day
        handover.responsible_source = f"foreslået af {actor.name} ved accept" + (
            f" i stedet for {was:%d.%m.%Y}" if was else ""
        )
        detail |= {"was": was.isoformat() if was else None, "is": day.isoformat()}
    handover.accepted_at, handover.accepted_by = at.now, actor.name
    return Done(detail=detail | rating.rate(handover, given, actor, at))


def beyond(handover: Handover, day: date, at: Moment) -> list[Lack]:
    """Of a day that is not the sender's: the content that was sent says when the period began."""
    assert handover.sent_at is not None  # noqa: S101  (a draft is not accepted)
    start = queries.newest_content(handover.id).content.get("benefit_start")
    return days.of_responsibility(
        day,
        benefit_start=date.fromisoformat(start) if start else None,
        sent_on=day_of(handover.sent_at),
        today=at.today,
    )


def reject(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """With a reason of the agreement's list, and what would help the member instead."""
    if handover.parameters["reject_by_leader"] and not actor.may(Permission.HANDOVER_LEAD):
        raise NotYours("reject")
    code = given.get("reason_code")
    offered = criteria.offered(handover.parameters["rejection_reasons"], at.today)
    reasons = {reason["code"]: reason for reason in offered}
    refuse(
        None if code in reasons else Lack("reason_code", _("Vælg en årsag fra aftalen.")),
        Lack("criterion", _("Vælg det kriterium, der ikke er opfyldt."))
        if reasons.get(code, {}).get("needs_criterion") and not given.get("criterion")
        else None,
        wanted(given, "reason_text", _("Begrund afvisningen, så a-kassen kan handle på den.")),
        wanted(given, "alternative", _("Skriv, hvad I foreslår i stedet.")),
    )
    handover.closed_reason = code
    handover.closed_text = given["reason_text"]
    detail = {
        "code": code,
        "criterion": given.get("criterion"),
        "alternative": given["alternative"],
    }
    return Done(reason=given["reason_text"], detail=detail)


EFFECTS: dict[str, Effect] = {"accept": accept, "reject": reject}
