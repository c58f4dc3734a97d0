"""What the forms of the joint meeting offer and know already."""

from collections.abc import Callable
from typing import Any

from flask import g, request
from werkzeug.datastructures import MultiDict

from portal.agreements.parameters import agreed
from portal.clock import add_working_days, day_of, today
from portal.handovers import (
    attendance,
    clocks,
    meeting_queries,
    minutes_drafts,
    queries,
    requests,
    slots,
    template_of_minutes,
)
from portal.handovers.forms import as_answer
from portal.handovers.models import Handover, Party, Pending, State

Offer = Callable[[Any, Handover], None]


def earliest(handover: Handover) -> Any:
    return add_working_days(today(), clocks.days(handover, "meeting_notice"))


def is_receiver(handover: Handover) -> bool:
    return handover.party_of(g.actor) == Party.RECEIVER


def planning(form: Any, handover: Handover) -> None:
    is_moved = handover.state == State.MEETING_PLANNED
    rule_set = attendance.rule_set_of(handover)
    form.offer(earliest(handover), is_moved=is_moved, rule_set=rule_set)


def offering(form: Any, handover: Handover) -> None:
    limits = slots.limits(today())
    form.offer(earliest(handover), limits, with_place=is_receiver(handover))


def picking(form: Any, handover: Handover) -> None:
    """No times where nothing is offered any more: the step is refused then."""
    waiting = requests.pending(handover) if handover.pending == Pending.SLOTS else None
    form.offer(
        slots.offered(waiting) if waiting else [],
        rule_set=attendance.rule_set_of(handover),
        is_municipality=is_receiver(handover),
    )


def minutes(form: Any, handover: Handover) -> None:
    goals = queries.newest_content(handover.id).content["job_goals"]
    meeting = meeting_queries.newest_meeting(handover)
    day = day_of(meeting.starts_at) if meeting else today()
    own = agreed(handover.parameters).minutes_headings
    form.offer(goals, template_of_minutes.headings(day, own))


OFFERS: dict[str, Offer] = {
    "plan_meeting": planning,
    "offer_slots": offering,
    "pick_slot": picking,
    "record_held": lambda form, handover: form.offer(with_fund=handover.fund_attends is not False),
    "cancel_meeting": lambda form, _handover: form.offer(),
    "record_no_show": lambda form, _handover: form.offer(),
    "waive_meeting": lambda form, _handover: form.offer(),
    "publish_minutes": minutes,
}


def wish_known(form: Any, handover: Handover) -> None:
    if form.fund_attends:
        form.fund_attends.data = as_answer(handover.fund_attends)


def planned_known(form: Any, handover: Handover) -> None:
    wish_known(form, handover)
    if planned := queries.live_meeting(handover):
        form.fill(planned)


def minutes_known(form: Any, handover: Handover) -> None:
    """What was typed before comes first, then what was shared last, then the headings."""
    if form.text.raw_data:
        return
    form.text.data = template_of_minutes.blank(form.titles)
    form.next_contact_person.data = g.actor.name
    if shared := queries.newest_minutes(handover):
        form.fill(shared)


KNOWN: dict[str, Offer] = {
    "plan_meeting": planned_known,
    "pick_slot": wish_known,
    "publish_minutes": minutes_known,
}


def kept(name: str, handover: Handover) -> dict[str, Any]:
    """Minutes that were typed before and not shared are put back as they were."""
    if name != "publish_minutes" or request.method != "GET":
        return {}
    draft = minutes_drafts.of(handover.id)
    return {"formdata": MultiDict(draft.typed)} if draft else {}
