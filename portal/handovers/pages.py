"""What each page of a package is given."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import g
from flask_babel import format_datetime
from flask_babel import gettext as _

from portal.access import Permission
from portal.agreements.parameters import agreed
from portal.cases import words as case_words
from portal.clock import now, today
from portal.handovers import (
    amending,
    attendance,
    breaches,
    clocks,
    content,
    frozen,
    minutes_drafts,
    queries,
    redirecting,
    returning,
    sending,
    straight,
    words,
)
from portal.handovers.changes import changed_parts, in_a_line
from portal.handovers.filling import from_case, source_of, to_freeze
from portal.handovers.forms import AmendForm, FreezingForm, StepForm
from portal.handovers.meeting_forms import MinutesForm
from portal.handovers.models import SENT_ON, Handover, Kind, Party, State, Turn
from portal.handovers.page_forms import DraftForm, FilingForm, FollowUpForm, MessageForm
from portal.handovers.presenting import beside
from portal.handovers.stages import Facts, next_step, stage
from portal.handovers.steps_after_meeting import object_until
from portal.handovers.steps_of_end import (
    contest_lacks,
    last_day_to_contest,
    last_day_to_reset,
    reset_lacks,
)
from portal.handovers.workflow import HANDOVER, UNSENT
from portal.organisations.queries import name_on
from portal.web import page

OWN_PAGES = {
    "send",
    "acknowledge_by_phone",
    "request_info",
    "provide_info",
    "find_info",
    "amend",
    "correct",
    "plan_meeting",
    "record_held",
    "publish_minutes",
    "reject",
    "withdraw",
    "ask_withdrawal",
    "refuse_request",
    "submit_for_signoff",
    "return_to_draft",
    "hold",
    "obsolete",
    "reset",
    "contest",
    "ask_redirect",
    "agree_redirect",
    "mark_error",
    "accept",
    "cancel_meeting",
    "offer_slots",
    "pick_slot",
    "waive_meeting",
    "record_no_show",
    "object",
    "complete",
}
ROWS = {amending.Form.TEXT: 6, amending.Form.LINES: 4}
# One press and no form: the key and the version travel in the button.
DIRECT = {"acknowledge", "take_back_request", "resume"}


def show_page(
    handover_id: uuid.UUID,
    form: MessageForm | None = None,
    filing_form: FilingForm | None = None,
    follow_up_form: FollowUpForm | None = None,
) -> str:
    package = queries.package(handover_id, today(), g.actor.user_id)
    g.trail.detail["letters"] = len(package.messages) + len(package.notes)
    is_draft = package.handover.state in UNSENT
    check = check_of(package.handover) if is_draft else {"preview": None, "lacks": []}
    return page(
        "handovers/show.html",
        **status_of(package),
        **around(package),
        content=check["preview"] or content.readable(package.content),
        lacks=check["lacks"],
        changes=changes_of(package),
        form=form or MessageForm(),
        filing_form=filing_form or FilingForm(formdata=None, filed_on=today()),
        follow_up_form=follow_up_form or FollowUpForm(formdata=None),
        **beside(package),
    )


def around(package: queries.Package) -> dict[str, Any]:
    """What the package goes on from, and where it has gone on to, as far as the reader may know."""
    handover = package.handover
    there = package.onwards[-1] if package.onwards else None
    is_taken = handover.accepted_at and not handover.is_straight
    is_change = handover.kind == Kind.AKASSESKIFT and handover.state == State.COMPLETED
    return {
        "newer": straight.seen(handover.superseded_by_id),
        "onward": there,
        "onward_to": name_on(uuid.UUID(there.receiver_id), today()) if there else "",
        "former": straight.seen(handover.former_id),
        "began": straight.begun_from(handover.id) if is_change else None,
        "returned": returning.returned(handover.id) if is_taken else None,
        "goes_back": returning.may_return(handover, g.actor),
    }


def changes_of(package: queries.Package) -> list[tuple[str, str, str]]:
    """What the newest version changed, for a receiver who knows the one before."""
    if len(package.contents) < 2:
        return []
    before, after = package.contents[-2:]
    return changed_parts(before.content, after.content)


def status_of(package: queries.Package) -> dict[str, Any]:
    """What stands on top of every page of a package."""
    handover = package.handover
    party = handover.party_of(g.actor) or Party.RECEIVER
    is_ours = handover.turn in (Turn.BOTH, Turn(party))
    names = {Turn.SENDER: package.names.sender, Turn.RECEIVER: package.names.receiver}
    facts = Facts(handover, package.last_meeting, now())
    persons = {
        Party.SENDER: handover.sender_person_id,
        Party.RECEIVER: handover.receiver_person_id,
    }
    steps = offered(handover)
    return {
        "package": package,
        "handover": handover,
        "party": party,
        "state": words.state_of(handover, party),
        "next_step": next_step(facts, party),
        "passes": words.passes(handover.responsible_from, handover.state, handover.kind),
        "has_passed": clocks.has_passed(handover, today()),
        "is_ours": is_ours,
        "is_mine": g.actor.user_id == persons[party],
        "turn": names.get(handover.turn, _("Begge parter") if is_ours else None),
        "is_overdue": bool(handover.due_on and handover.due_on < today()),
        "until": windows(handover, party),
        "breach": breaches.of(handover.id) if handover.state == State.IN_ERROR else None,
        "steps": steps,
        "goes_on": straight.may_go_on(handover, g.actor),
        "direct": DIRECT,
        "may_lead": g.actor.may(Permission.HANDOVER_LEAD),
        "whom": words.person(party_of_word(handover, party), today()),
        "stage": stage(facts),
        "words": words,
        "case_words": case_words,
        "frozen": frozen,
        "object_until": object_until(handover, package.minutes[-1]) if package.minutes else None,
        "today": today(),
        "step_form": StepForm(formdata=None, version=handover.version),
    }


def party_of_word(handover: Handover, party: Party) -> Party:
    """Whose word for the person it is: two municipalities have a citizen, two funds a member, and
    what goes back to the fund comes from a municipality."""
    alike = {Kind.FLYTNING: Party.RECEIVER, Kind.AKASSESKIFT: Party.SENDER}
    if handover.kind == Kind.RETUR:
        return Party.SENDER if party == Party.RECEIVER else Party.RECEIVER
    return alike.get(handover.kind, party)


def windows(handover: Handover, party: Party) -> dict[str, date]:
    """By when a closed package may be opened again, for who may."""
    if handover.state == State.REJECTED and party == Party.SENDER and not handover.contested_at:
        return {"contest": last_day_to_contest(handover)}
    if handover.state in HANDOVER.steps["reset"].source:
        return {"reset": last_day_to_reset(handover, today())}
    return {}


def offered(handover: Handover) -> list[str]:
    """The steps that the table leaves open, without those whose day is over or not come."""
    names = [one.name for one in HANDOVER.open_steps(handover, g.actor)]
    closed: dict[str, Callable[[], object]] = {
        "submit_for_signoff": lambda: not sending.needs_another(handover),
        "reset": lambda: reset_lacks(handover, g.actor, today()),
        "contest": lambda: contest_lacks(handover, today()),
        "acknowledge_by_phone": lambda: (
            queries.reception(handover.receiver_id, today()).is_on_board
        ),
    }
    return [name for name in names if name not in closed or not closed[name]()]


def step_page(name: str, handover: Handover, form: StepForm, **more: Any) -> str:
    package = queries.package(handover.id, today())
    template = f"handovers/steps/{name}.html" if name in OWN_PAGES else "handovers/step.html"
    if name == "agree_redirect":
        source = source_of(handover.case_id, handover)
        more["lacking"] = redirecting.same_lack(handover, source)
        more["to"] = name_on(source.municipality_id, today())
    if isinstance(form, FreezingForm):
        more |= check_of(handover, package, form)
    if isinstance(form, AmendForm):
        more |= correcting(package, form)
    if isinstance(form, MinutesForm):
        more["draft"] = minutes_drafts.of(handover.id)
    return page(
        template,
        step=name,
        form=form,
        content=content.readable(package.content),
        **status_of(package),
        **more,
    )


def correcting(package: queries.Package, form: AmendForm) -> dict[str, Any]:
    """The part that is corrected, or all that may be, with what stands there now."""
    sent = content.readable(package.content)
    parts = [
        (path, words.PARTS[path], in_a_line(sent.get(path)))
        for path in amending.open_parts(package.content)
    ]
    return {
        "parts": parts,
        "part": next((one for one in parts if one[0] == form.path.data), None),
        "from_case": from_case(form.path.data or ""),
        "rows": ROWS.get(amending.AMENDABLE.get(form.path.data or "", amending.Form.LINE), 1),
    }


def check_of(
    handover: Handover, package: queries.Package | None = None, form: FreezingForm | None = None
) -> dict[str, Any]:
    """The last look before sending: what is lacking, what the receiver will read, what is new.

    The form carries away what was looked at, so that nothing else is sent.
    """
    written, source, version, preview, enclosed = to_freeze(handover)
    if form:
        form.show_content(content.hash_of(preview))
    reception = queries.reception(handover.receiver_id, today())
    of_case = source, version
    return {
        "lacks": sending.lacks(handover, written, *of_case, reception, g.actor, today(), enclosed),
        "preview": content.readable(preview),
        "numbers": [words.PARTS[part] for part in content.numbers_in(preview)],
        "on_board": reception.is_on_board,
        "news": changed_parts(package.content, preview) if package else [],
    }


def overtaken_page(name: str, handover_id: uuid.UUID, form: StepForm) -> str:
    """Who did what and when; what was typed stays typed."""
    package = queries.package(handover_id, today())
    still = name in [one.name for one in HANDOVER.open_steps(package.handover, g.actor)]
    form.show_version(package.handover.version)
    return page(
        "handovers/overtaken.html",
        step=name,
        form=form,
        still_open=still,
        happened=last_event(handover_id),
        typed=form.texts(),
        **status_of(package),
    )


def last_event(handover_id: uuid.UUID) -> str:
    last = queries.last_event(handover_id)
    when = format_datetime(last.at, _("d. MMMM 'kl.' HH.mm"))
    return words.overtaken(last.step, last.person, when)


def draft_page(
    handover: Handover, form: DraftForm, *, theirs: bool = False, mine: dict[str, Any] | None = None
) -> str:
    written = queries.draft(handover.id)
    form.show_version(written.version)
    if handover.kind in SENT_ON:
        form.tell_of_citizen()
    package = queries.package(handover.id, today())
    return page(
        "handovers/draft.html",
        form=form,
        theirs=written if theirs else None,
        shared=agreed(handover.parameters).shared_fields,
        asks_wish=attendance.is_asked,
        mine=mine,
        **check_of(handover),
        **status_of(package),
    )
