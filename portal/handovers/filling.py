"""What a step's form offers and knows already, and what a step is given besides its form."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import current_app, g, request
from flask_babel import force_locale

from portal import keys
from portal.access import Permission
from portal.agreements import criteria
from portal.agreements.models import AgreementVersion
from portal.agreements.parameters import agreed, default
from portal.cases.source import CaseSource
from portal.cases.taking import package_source
from portal.clock import today
from portal.db import Json
from portal.handovers import (
    amending,
    attendance,
    content,
    days,
    filling_meeting,
    queries,
    rating,
    sending,
    straight,
)
from portal.handovers.actions import DRAFTED
from portal.handovers.content import compose
from portal.handovers.forms import StepForm, as_answer, yes_or_no
from portal.handovers.models import SENT_ON, Handover, State
from portal.handovers.page_forms import DraftForm
from portal.handovers.parts import HandoverDraft
from portal.handovers.step_forms import STEP_FORMS
from portal.handovers.steps_of_signoff import LEADING_ROLES
from portal.workflow import Refused


def own_keys() -> keys.Keys:
    return keys.of(current_app.extensions["samspil"])


def form_of(name: str, handover: Handover) -> StepForm:
    """The step's form with what can be chosen in it."""
    form = STEP_FORMS[name](**filling_meeting.kept(name, handover))
    if name in OFFERED:
        form.offer(*OFFERED[name](handover))
    elif name in filling_meeting.OFFERS:
        filling_meeting.OFFERS[name](form, handover)
    if not form.is_submitted():
        filled_in(name, handover, form)
    return form


def offered_rejections(handover: Handover) -> tuple[Any, ...]:
    frozen = queries.newest_content(handover.id).content
    reasons = criteria.offered(handover.parameters["rejection_reasons"], today())
    return reasons, (frozen["assessment"] or {}).get("answers", [])


def those_to_choose() -> list[queries.Colleague]:
    """Only who leads gives a package to another; everybody may take it."""
    everybody = queries.colleagues(today(), queries.WORKING_ROLES)
    leads = g.actor.may(Permission.HANDOVER_LEAD)
    return [one for one in everybody if leads or one.id == g.actor.user_id]


def those_to_approve(handover: Handover) -> list[queries.Colleague]:
    leaders = queries.colleagues(today(), LEADING_ROLES)
    return [one for one in leaders if one.id != handover.sender_person_id]


# What can be chosen in a step's form.
OFFERED: dict[str, Callable[[Handover], tuple[Any, ...]]] = {
    "assign": lambda _handover: (those_to_choose(),),
    "accept": lambda handover: (rating.points(handover),),
    "provide_info": lambda handover: (queries.open_questions(handover),),
    "find_info": lambda handover: (queries.open_questions(handover),),
    "reject": offered_rejections,
    "submit_for_signoff": lambda handover: (those_to_approve(handover),),
    "obsolete": lambda _handover: (),
    "mark_error": lambda _handover: (),
    "move_case": lambda _handover: (queries.colleagues(today(), queries.WORKING_ROLES),),
    "withdraw": lambda handover: (handover.kind,),
    "ask_withdrawal": lambda handover: (handover.kind,),
}


def filled_in(name: str, handover: Handover, form: StepForm) -> None:
    """What is known already need not be typed again."""
    if name == "accept":
        form.responsible_from.data = handover.responsible_from
    elif name == "assign":
        form.person_id.data = str(g.actor.user_id)
    elif name in {"amend", "correct"}:
        fill_correction(name, handover, form)
    elif name in filling_meeting.KNOWN:
        filling_meeting.KNOWN[name](form, handover)


def fill_correction(name: str, handover: Handover, form: StepForm) -> None:
    """What stands there now, to be put right; which part it is about, the address says."""
    form.path.data = asked = request.args.get("part", "")
    if name == "correct":
        form.path.data, form.new.data = (
            amending.DAY_OF_RESPONSIBILITY,
            amending.typed(handover.responsible_from),
        )
    elif asked in amending.AMENDABLE and amending.AMENDABLE[asked] is not amending.Form.CASE:
        sent = content.readable(queries.newest_content(handover.id).content)
        form.new.data = amending.typed(sent.get(asked))


def fill_draft(form: DraftForm, handover: Handover, written: HandoverDraft) -> None:
    """Where nobody has said yet how the member was informed, what the assessment says of it."""
    form.fund_attends.data = as_answer(handover.fund_attends) or ""
    form.responsible_from.data = handover.responsible_from
    if written.informed_on is None:
        for name, value in sending.carried(handover, source_of(handover.case_id, handover)).items():
            form._fields[name].data = form._fields[name].data or value


def drafted(form: DraftForm, handover: Handover) -> dict[str, Any]:
    """What the sender wrote, with where its day comes from.

    Raises Refused for a day that cannot be.
    """
    names = DRAFTED | {"fund_attends", "responsible_from"}
    values = {name: form._fields[name].data or None for name in names if name in form}
    values["fund_attends"] = yes_or_no(form.fund_attends.data)
    day, source = values["responsible_from"], source_of(handover.case_id, handover)
    if not attendance.is_asked(source.rule_set):
        values["fund_attends"] = True  # the rules say so, and the page does not ask
    lacks = days.past("informed_on", values["informed_on"], today())
    if lacks := lacks + days.drafted(day, source, today()):
        raise Refused(lacks)
    told = days.source_of_day(handover, day, source, g.actor.name)
    return values | {"responsible_source": told}


def more_given(name: str, handover: Handover) -> dict[str, Any]:
    """What a step needs besides its form: the case's own content, when it is frozen."""
    if name == "amend" and from_case(request.form.get("path", "")):
        return {"composed": to_freeze(handover)[3]}
    if name == "take_over":
        return {"keys": own_keys()}
    if name not in {"send", "provide_info", "submit_for_signoff", "agree_redirect"}:
        return {}
    version = queries.version_of(handover)
    source = source_of(handover.case_id, handover)
    draft, desks = sending.to_compose(handover, today())
    own = {"draft": draft, "desks": desks, "keys": own_keys()}
    return {"source": source, "agreement": version, **own}


def from_case(path: str) -> bool:
    return amending.AMENDABLE.get(path) is amending.Form.CASE


def to_freeze(
    handover: Handover,
) -> tuple[HandoverDraft, CaseSource, AgreementVersion | None, Json, list[Json]]:
    """What would be frozen if the one who asks sent it now, and what it is made of."""
    draft, desks = sending.to_compose(handover, today())
    source = source_of(handover.case_id, handover)
    is_own = handover.state == State.DRAFT and not sending.needs_another(handover)
    contact = g.actor.name if is_own else None
    version = queries.version_of(handover)
    content = compose(handover, draft, source, version, contact, desks=desks)
    return draft, source, version, content, desks["files"]


def source_of(case_id: uuid.UUID, handover: Handover | None = None) -> CaseSource:
    """The case as the sender has it; only the sender's own organisation can ask.

    Of a municipality that sends on or back, the package that it has taken on.

    In Danish whatever the sender reads in: what is frozen is read by others, and filed.
    """
    if handover and handover.kind in SENT_ON:
        return straight.source_of(
            queries.handover(handover.former_id or handover.id),
            kind=handover.kind,
            receiver_id=handover.receiver_id,
            day=handover.responsible_from,
            keys=own_keys(),
            today=today(),
        )
    demands = agreed(handover.parameters) if handover else default()
    with force_locale("da"):
        return package_source(case_id, demands.plan_fields, keys=own_keys(), day=today())
