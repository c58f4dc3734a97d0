"""The whole matrix of states, parties and steps, written down: what is not here must not be."""

from datetime import date
from typing import Any

import pytest

from portal.access import Permission, Role
from portal.handovers.models import Kind, State
from portal.handovers.workflow import HANDOVER, STANDINGS
from portal.workflow import NotNow, NotYours
from tests import make

S = State
WAITS = {"hold", "obsolete"}
OPEN_STEPS = {
    (S.DRAFT, "sender"): {"send", "submit_for_signoff", "obsolete"},
    (S.SIGNOFF, "sender"): {"send", "return_to_draft", "obsolete"},
    (S.SENT, "sender"): {"redirect", "withdraw", "amend", "acknowledge_by_phone"} | WAITS,
    (S.SENT, "receiver"): {"acknowledge", "assign", "ask_redirect"} | WAITS,
    (S.RECEIVED, "sender"): {"redirect", "withdraw", "amend"} | WAITS,
    (S.RECEIVED, "receiver"): {"assign", "request_info", "accept", "reject", "ask_redirect"}
    | WAITS,
    (S.INFO_REQUESTED, "sender"): {"provide_info", "withdraw", "amend"} | WAITS,
    (S.INFO_REQUESTED, "receiver"): {"assign", "find_info", "accept", "reject"} | WAITS,
    (S.ACCEPTED, "sender"): {"ask_withdrawal", "offer_slots", "amend"} | WAITS,
    (S.ACCEPTED, "receiver"): {"assign", "plan_meeting", "correct", "offer_slots", "waive_meeting"}
    | WAITS,
    (S.MEETING_PLANNED, "sender"): {"cancel_meeting", "ask_withdrawal", "amend"} | WAITS,
    (S.MEETING_PLANNED, "receiver"): {"assign", "plan_meeting", "cancel_meeting", "record_held"}
    | WAITS
    | {"correct", "record_no_show"},
    (S.MEETING_HELD, "sender"): {"ask_withdrawal", "object", "hold", "amend"},
    (S.MEETING_HELD, "receiver"): {"assign", "publish_minutes", "complete", "hold", "correct"},
    (S.REJECTED, "sender"): {"contest"},
    (S.OBSOLETE, "sender"): {"reset"},
    (S.OBSOLETE, "receiver"): {"reset"},
    (S.WITHDRAWN, "sender"): {"reset"},
    (S.WITHDRAWN, "receiver"): {"reset"},
}
ROLES = {"sender": Role.ADVISER, "receiver": Role.CONTACT, "outsider": Role.COORDINATOR}


@pytest.fixture
def actors(fund, municipality, outsider):
    bodies = {"sender": fund, "receiver": municipality, "outsider": outsider}
    return {who: make.actor(body, ROLES[who]) for who, body in bodies.items()}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("kind", [Kind.OVERGANG, Kind.VISITATION])
def test_open_steps(kind, state, who, actors, fund, municipality, case):
    version = make.agreement(fund, municipality)
    agreed = {"agreement_version_id": version.id} if kind == Kind.VISITATION else {}
    if (state, kind) == (S.REJECTED, Kind.OVERGANG):
        return  # the database knows no such package: test_a_transfer_by_law_is_never_rejected
    handover = make.handover(case, state, **agreed)

    names = {step.name for step in HANDOVER.open_steps(handover, actors[who])}

    expected = OPEN_STEPS.get((state, who), set())
    assert names == expected - (set() if kind == Kind.VISITATION else {"reject"})


ENDS = {"withdraw", "obsolete", "hold"}
STRAIGHT_STEPS = {
    (S.DRAFT, "sender"): {"send", "obsolete"},
    (S.SENT, "sender"): {"acknowledge_by_phone", *ENDS},
    (S.SENT, "receiver"): {"acknowledge", "assign", "hold", "obsolete"},
    (S.RECEIVED, "sender"): ENDS,
    (S.RECEIVED, "receiver"): {"take_over", "assign", "hold", "obsolete"},
    (S.COMPLETED, "receiver"): set[str](),
}


@pytest.mark.parametrize(("state", "who"), STRAIGHT_STEPS)
def test_what_goes_straight_is_taken_over_and_nothing_else(state, who, actors, case):
    change = {"kind": Kind.AKASSESKIFT, "consented_on": date(2026, 11, 20)}
    handover = make.handover(case, state, **change)
    names = {step.name for step in HANDOVER.open_steps(handover, actors[who])}
    assert names == STRAIGHT_STEPS[state, who]


# While the sender's wish to withdraw waits for its answer.
ASKED = {
    "sender": {"take_back_request", "amend", *WAITS},
    "receiver": {"assign", "agree_withdrawal", "refuse_request", "correct", *WAITS},
    "outsider": set[str](),
}


@pytest.mark.parametrize("who", ROLES)
def test_a_request_is_answered_before_the_package_moves_on(who, actors, case):
    handover = make.handover(case, S.ACCEPTED, pending="withdrawal", turn="receiver")
    names = {step.name for step in HANDOVER.open_steps(handover, actors[who])}
    assert names == ASKED[who]


def test_every_state_says_whose_turn_it_is():
    assert STANDINGS.keys() == {*State}


@pytest.mark.parametrize("step", [one.name for one in HANDOVER.steps.values() if one.parties])
@pytest.mark.parametrize("role", [Role.LOCAL_ADMINISTRATOR, Role.AUDITOR, Role.AGREEMENT_OWNER])
def test_who_handles_no_cases_takes_no_step(step, role, fund, municipality, case):
    """Beside the caseworker, who may."""
    source = State(min(HANDOVER.steps[step].source))
    version = make.agreement(fund, municipality)
    told: dict[str, Any] = asked_for(HANDOVER.steps[step])
    if HANDOVER.steps[step].kinds:
        told |= {"kind": min(HANDOVER.steps[step].kinds or ())}
    if told.get("kind") == Kind.AKASSESKIFT:
        told |= {"consented_on": date(2026, 11, 20)}
    if HANDOVER.steps[step].held:
        told |= {"hold_until": date(2026, 12, 1), "hold_reason": "Venter"}
    handover = make.handover(case, source, agreement_version_id=version.id, **told)
    parties = {"sender": (fund, Role.ADVISER), "receiver": (municipality, Role.CONTACT)}
    if HANDOVER.steps[step].permission == Permission.HANDOVER_LEAD:
        parties["sender"] = (fund, Role.TEAM_LEAD)
    organisation, able = parties[sorted(HANDOVER.steps[step].parties)[0]]
    with pytest.raises(NotYours):
        HANDOVER.step(step, handover, make.actor(organisation, role))
    assert HANDOVER.step(step, handover, make.actor(organisation, able)).name == step


def asked_for(step):
    """What waits for the step, asked by the side whose the step is or is not."""
    if not step.ends:
        return {}
    is_first = sorted(step.parties)[0] == "receiver"
    return {
        "pending": min(step.ends),
        "turn": "sender" if is_first == step.is_askers else "receiver",
    }


def test_a_step_out_of_turn_is_not_now(actors, case):
    handover = make.handover(case, S.SENT)
    assert HANDOVER.step("acknowledge", handover, actors["receiver"]).target == S.RECEIVED
    with pytest.raises(NotNow):
        HANDOVER.step("acknowledge", handover, actors["sender"])
