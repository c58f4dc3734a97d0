"""Each field that people write freely in says who will read it, or is beside the choice of them."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import Tag
from wtforms.fields.core import UnboundField

from portal.access import Role
from portal.agreements.catalogue import criteria
from portal.cases import access_forms, content_forms
from portal.cases import forms as case_forms
from portal.fields import Form
from portal.handovers import forms, meeting_forms, other_forms, page_forms
from portal.handovers.breaches import HandoverBreach
from portal.handovers.models import Party, State
from portal.handovers.parts import HandoverQuestion
from portal.handovers.step_forms import STEP_FORMS
from tests import beside, make
from tests.handovers import offering
from tests.handovers.road import page

FREE = {"TextAreaField", "StringField", "URLField", "TelField", "EmailField"}
MODULES = (access_forms, case_forms, content_forms, forms, meeting_forms, other_forms, page_forms)
CASE, PACKAGE = "/cases/{case}", "/handovers/{package}"
PAGES = {
    "RegisterForm": "/cases/new",
    "EditForm": CASE + "/edit",
    "HoursForm": CASE + "/hours",
    "PlanForm": CASE + "/plan",
    "PasteForm": CASE + "/plan",
    "EffortForm": CASE + "/efforts/new",
    "TalkForm": CASE + "/talks/new",
    "ClarificationForm": CASE + "/clarifications/new",
    "ExemptionForm": CASE,
    "AssessmentForm": CASE + "/assessments/new",
    "RestrictCaseForm": CASE + "/access",
    "DraftForm": PACKAGE + "/draft",
    "BackDraftForm": PACKAGE + "/draft",
    "MessageForm": PACKAGE,
    "BreachForm": PACKAGE + "/breach",
    "RestrictForm": PACKAGE + "/access",
    "LiftForm": PACKAGE + "/access",
    "AnswerForm": PACKAGE + "/messages/{question}/answer",
    "FilingForm": PACKAGE,
    "ExportForm": "/handovers/export",
    "TransferForm": PACKAGE + "/transfer",
}
STATES = {
    "AmendForm": State.SENT,
    "FindInfoForm": State.INFO_REQUESTED,
    "AcknowledgeByPhoneForm": State.SENT,
    "RequestInfoForm": State.RECEIVED,
    "RejectForm": State.RECEIVED,
    "PlanMeetingForm": State.MEETING_PLANNED,
    "CancelMeetingForm": State.MEETING_PLANNED,
    "MinutesForm": State.MEETING_HELD,
    "OfferSlotsForm": State.ACCEPTED,
    "PickSlotForm": State.ACCEPTED,
    "WaiveMeetingForm": State.ACCEPTED,
    "NoShowForm": State.MEETING_PLANNED,
    "ObjectForm": State.MEETING_HELD,
    "WithdrawForm": State.SENT,
    "AskWithdrawalForm": State.ACCEPTED,
    "ReturnForm": State.SIGNOFF,
    "AskRedirectForm": State.RECEIVED,
    "HoldForm": State.RECEIVED,
    "ObsoleteForm": State.RECEIVED,
    "ResetForm": State.WITHDRAWN,
    "MarkErrorForm": State.SENT,
    "BreachForm": State.IN_ERROR,
    "RestrictForm": State.RECEIVED,
    "LiftForm": State.RECEIVED,
    "ContestForm": State.REJECTED,
    "RefuseRequestForm": State.ACCEPTED,
    "ProvideInfoForm": State.INFO_REQUESTED,
    "DraftForm": State.DRAFT,
    "MessageForm": State.RECEIVED,
    "AnswerForm": State.RECEIVED,
    "FilingForm": State.RECEIVED,
    "TransferForm": State.RECEIVED,
}
BY_SENDER = {
    "AmendForm",
    "MarkErrorForm",
    "BreachForm",
    "RestrictForm",
    "LiftForm",
    "ObjectForm",
    "AcknowledgeByPhoneForm",
    "WithdrawForm",
    "AskWithdrawalForm",
    "ReturnForm",
    "ContestForm",
    "ResetForm",
    "ProvideInfoForm",
    "DraftForm",
}
PART = {"AmendForm": "?part=phone"}
# Others are made of them.
SHARED = {"Grounds", "MemberForm", "ReasonForm", "MeetingForm", "PurposeForm", "AnswersForm"}


def free_fields(form: type[Form]) -> set[str]:
    """The names of those fields; of a list its own name."""
    found = set()
    for name, field in inspect.getmembers(form, lambda one: isinstance(one, UnboundField)):
        inner = field.args[0] if field.field_class.__name__ == "FieldList" else field
        is_hidden = "widget" in inner.kwargs
        if inner.field_class.__name__ in FREE and not is_hidden:
            found.add(name)
    return found


FORMS: dict[str, set[str]] = {
    name: fields
    for module in MODULES
    for name, form in inspect.getmembers(module, inspect.isclass)
    if form.__module__ == module.__name__
    and issubclass(form, Form)
    and name not in SHARED
    and (fields := free_fields(form))
}


def test_every_form_with_free_text_is_looked_at():
    steps = {form.__name__ for form in STEP_FORMS.values()}
    assert FORMS.keys() == PAGES.keys() | (STATES.keys() & steps)


def written_freely(soup: Tag) -> Iterator[Tag]:
    """What a person may type words into: no number, no day, no time, no search."""
    for box in soup.select("main form:not([role=search]) :is(textarea, input)"):
        kind = box.get("type", "text") if box.name == "input" else "text"
        is_number = bool(box.get("inputmode")) or box.find_parent(class_="date-picker")
        if kind in {"text", "url", "tel", "email"} and not is_number:
            yield box


def back_from(taken: Any) -> dict[str, Any]:
    parties = {"sender_id": taken.receiver_id, "receiver_id": taken.sender_id}
    return {"kind": "retur", "former_id": taken.id, "returned_for": "new_period", **parties}


def says_who_reads(box: Tag, soup: Tag) -> bool:
    told = str(box.get("aria-describedby", "")).split()
    texts = [one.text for name in told for one in soup.select(f'.readers[id="{name}"]')]
    form = box.find_parent("form")
    return any(text.strip().startswith("Læses af ") for text in texts) or bool(
        form and form.select("[name=audience]")
    )


@pytest.mark.parametrize("name", sorted(FORMS))
def test_each_free_text_says_who_will_read_it(
    name: str, case: Any, fund: Any, municipality: Any, client_of: Any
) -> None:
    version = make.agreement(fund, municipality, criteria=asked_of())
    people = {
        "sender": make.user(fund, Role.TEAM_LEAD),
        "receiver": make.user(municipality, Role.COORDINATOR),
    }
    address = PAGES.get(name, "") or PACKAGE + "/steps/" + step_of(name)
    by_sender = name in BY_SENDER or address.startswith("/cases")
    asked_for = {"RefuseRequestForm": "withdrawal", "PickSlotForm": "slots"}.get(name)
    request = {"pending": asked_for, "turn": "receiver"} if asked_for else {}
    agreed: dict[str, Any] = {"agreement_version_id": version.id}
    if name == "AskRedirectForm":  # of a transfer by law alone
        agreed |= {"kind": "overgang"}
    package = make.handover(case, STATES.get(name, State.DRAFT), **agreed, **request)
    if name == "BackDraftForm":
        taken = make.handover(case, State.ACCEPTED)
        package = make.handover(case, **back_from(taken))
    if name == "LiftForm":
        beside.restricted(package, people["sender"])
    if name == "BreachForm":
        kept = {"handover_id": package.id, "organisation_id": fund.id}
        make.saved(HandoverBreach(found_by="Torben", opened=[], **kept))
    if name == "PickSlotForm":
        offering.slots(package, Party.SENDER)
    if name in {"ProvideInfoForm", "FindInfoForm"}:
        ask(package, municipality)
    asked = make.question(package, package.sender_id).id if name == "AnswerForm" else None
    client = client_of(people["sender" if by_sender else "receiver"])
    answer = client.get(address.format(case=case.id, package=package.id, question=asked))
    assert answer.status_code == 200
    soup = page(answer)
    boxes = [*written_freely(soup)]
    drawn = {str(box["name"]).rpartition("-")[0] or str(box["name"]) for box in boxes}
    assert drawn >= FORMS[name]
    assert [box["name"] for box in boxes if not says_who_reads(box, soup)] == []


def step_of(name: str) -> str:
    step, *_shared = [step for step, form in STEP_FORMS.items() if form.__name__ == name]
    return step.replace("_", "-") + PART.get(name, "")


def asked_of() -> list[dict[str, Any]]:
    [first, *_more] = criteria()
    return [vars(first) | {"valid_from": first.valid_from.isoformat()}]


def ask(package: Any, municipality: Any) -> None:
    asked = {"round": 1, "position": 1, "text": "Hvornår?", "asked_by": "Jonas"}
    own = {"handover_id": package.id, "organisation_id": municipality.id}
    make.saved(HandoverQuestion(**asked, **own))
