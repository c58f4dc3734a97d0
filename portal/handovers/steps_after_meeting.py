"""A meeting that nobody came to or that is left out, and what the fund has against the minutes."""

from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal.access import Actor
from portal.clock import Moment, add_working_days, day_of
from portal.db import db
from portal.handovers import clocks, meeting_queries, queries, words
from portal.handovers.lacks import Effect, Given, reason_lacks, refuse, wanted
from portal.handovers.meeting import MeetingState, Minutes, MinutesObjection
from portal.handovers.models import Handover
from portal.handovers.workflow import OBJECTED
from portal.workflow import Done, Lack


def record_no_show(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """A new meeting has to be agreed; how often it has happened, the event says."""
    meeting = queries.live_meeting(handover)
    assert meeting is not None  # noqa: S101  (the state says that there is one)
    early = Lack("reason_code", _("Samtalen er ikke begyndt endnu."))
    refuse(
        *reason_lacks(given, words.NO_SHOW_REASONS), early if at.now < meeting.starts_at else None
    )
    meeting.state, meeting.missed_reason = MeetingState.NO_SHOW, given["reason_code"]
    count = meeting_queries.missed_meetings(handover) + 1
    told = {"was": meeting.starts_at.isoformat(), "code": given["reason_code"], "count": count}
    return Done(reason=given.get("reason") or None, detail=told)


def waive_meeting(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """No meeting is held, on one of few grounds; what is agreed instead is written as minutes."""
    code = given.get("reason_code")
    refuse(*reason_lacks(given, words.WAIVE_REASONS))
    handover.meeting_waived, handover.held_at = code, at.now
    return Done(reason=given.get("reason") or None, detail={"code": code})


def object_to(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """New minutes answer it, and begin the time for objections anew."""
    shared = queries.newest_minutes(handover)
    refuse(window_lack(handover, shared, at.today))
    assert shared is not None  # noqa: S101  (refused above)
    refuse(
        wanted(given, "text", _("Skriv, hvad der er forkert i referatet.")),
        Lack("text", _("I har allerede gjort indsigelse mod dette referat."))
        if meeting_queries.open_objection(handover)
        else None,
    )
    db.session.add(
        MinutesObjection(
            handover_id=handover.id,
            organisation_id=actor.organisation_id,
            number=shared.number,
            text=given["text"],
            person=actor.name,
            at=at.now,
        )
    )
    handover.due_for = OBJECTED
    handover.due_on = add_working_days(at.today, clocks.days(handover, "minutes"))
    return Done(detail={"number": shared.number})


def object_until(handover: Handover, shared: Any) -> date:
    """The last day on which the fund may object to these minutes."""
    return add_working_days(day_of(shared.published_at), clocks.days(handover, "object"))


def window_lack(handover: Handover, shared: Minutes | None, today: date) -> Lack | None:
    if shared is None:
        return Lack("text", _("Kommunen har ikke delt et referat endnu."))
    last = object_until(handover, shared)
    if today <= last:
        return None
    return Lack("text", _("Fristen for indsigelse var %(day)s.", day=format_date(last, "long")))


EFFECTS: dict[str, Effect] = {
    "record_no_show": record_no_show,
    "waive_meeting": waive_meeting,
    "object": object_to,
}
