"""What either party may do to a package in plain SQL, as if a query had been broken into.

The web's role with the organisation of one party: only that party's own steps, only their columns,
only events that tell the truth. `portal/handovers/workflow.py` is the table, the database repeats
it, and the first tests compare the two, both ways; the others try every state, party and column.
"""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.clock import day_of, now, today
from portal.handovers.models import BEFORE, Handover, Kind, Party, State, Turn
from portal.handovers.workflow import HANDOVER, STANDINGS, standing
from tests import make
from tests.reached import REACHED

PARTIES = ("fund", "municipality", "outsider")
SIDES = {"fund": Party.SENDER, "municipality": Party.RECEIVER, "outsider": None}
MOVING = {"state", "turn", "due_on", "due_for", "days_left", "pending"}
ALWAYS = {"changed_at", "version"}
RECEIVING = {"receiver_person_id", "receiver_person", "receiver_unit_id"}
LEGAL_DAY = {"responsible_from", "responsible_source"}
CLOSING = {"closed_at", "closed_reason", "closed_text", "closed_from", "closed_side"}
HOLDING = {"hold_until", "hold_reason", "hold_for", "hold_left"}
ASKING = {"turn", "pending"}
# What each step changes of the package itself, besides its state, turn and clock.
CHANGES: dict[str, set[str]] = {
    "send": {"sent_at", "member_name", "cpr", "cpr_index", "sender_person_id", "sender_person"}
    | {"receiver_unit_id", "content_number"},
    "acknowledge": {"received_at"},
    "acknowledge_by_phone": {"received_at"},
    "assign": RECEIVING,
    "request_info": {"rounds"},
    "provide_info": {"content_number"},
    "find_info": set(),
    "amend": {"content_number", *LEGAL_DAY},
    "correct": LEGAL_DAY,
    "accept": {"accepted_at", "accepted_by", *RECEIVING, *LEGAL_DAY},
    "take_over": {"closed_at", "closed_from", "closed_side", "accepted_at", "accepted_by"}
    | RECEIVING,
    "reject": CLOSING,
    "plan_meeting": {"fund_attends"},
    "cancel_meeting": set(),
    "offer_slots": ASKING,
    "pick_slot": {"fund_attends"},
    "waive_meeting": {"held_at", "meeting_waived"},
    "record_no_show": set(),
    "record_held": {"held_at"},
    "object": {"due_on", "due_for"},
    "publish_minutes": {"due_on", "due_for"},
    "complete": {"closed_at", "closed_from", "closed_side", "registered_on"},
    "auto_complete": {"closed_at", "closed_from", "closed_side"},
    "withdraw": CLOSING | HOLDING,
    "ask_withdrawal": ASKING,
    "redirect": {"agreement_version_id", "parameters", "receiver_id", "sent_at", "received_at"}
    | RECEIVING
    | HOLDING,
    "ask_redirect": ASKING,
    "agree_redirect": {"agreement_version_id", "parameters", "receiver_id", "sent_at"}
    | {"received_at", *RECEIVING},
    "agree_withdrawal": CLOSING | HOLDING,
    "submit_for_signoff": {"signoff_person_id", "signoff_person"},
    "return_to_draft": set(),
    "contest": {*CLOSING, "contested_at"},
    "hold": {"due_on", "due_for", *HOLDING},
    "resume": {"due_on", "due_for", *HOLDING},
    "obsolete": CLOSING | HOLDING,
    "reset": CLOSING,
    "supersede": CLOSING | HOLDING | {"superseded_by_id"},
    "mark_error": CLOSING | HOLDING | {"member_name", "cpr", "cpr_index"},
    "move_case": {"sender_person_id", "sender_person", "sender_unit_id"},
    "refuse_request": ASKING,
    "take_back_request": ASKING,
}
NONE = (None,) * 5  # of any kind, whatever is pending; asks nothing, ends nothing
# Beside the table: the draft is written, and that the member was called in is recorded.
BESIDE = {
    "write": ({"draft"}, None, {"sender"}, *NONE, {"due_on", "fund_attends", *LEGAL_DAY}),
    "call_in": ({"meeting_planned"}, None, {"receiver"}, *NONE, set[str]()),
}


# --- The table here and the table there ---


def test_the_database_has_the_same_steps(database):
    with database.connect() as owner:
        rows = owner.execute(
            text(
                "select step, source, target, sides, kinds, pending, asks, ends,"
                " held, changes from handover_step"
            )
        ).all()
    theirs = {(row.step, row.target): (*map(told, row[1:]),) for row in rows}
    assert len(rows) == len(theirs)
    ours = {
        (step.name, target): (
            {*map(str, step.source)},
            target,
            {*map(str, step.parties)},
            step.kinds and {*step.kinds},
            None if step.pending is None else {str(one or "") for one in step.pending},
            step.asks,
            ("asker" if step.is_askers else "asked") if step.ends else None,
            step.held,
            CHANGES[step.name],
        )
        for step in HANDOVER.steps.values()
        for target in (step.back if step.back else {step.target})
    }
    assert theirs == ours | {(name, None): row for name, row in BESIDE.items()}


def told(value: Any) -> Any:
    return {*value} if isinstance(value, list) else value


def test_the_database_has_the_same_turns_and_clocks(database):
    with database.connect() as owner:
        rows = owner.execute(text("select * from handover_standing")).all()
    wishes = (None, True, False)
    theirs = {
        (row.state, wish): (row.turn, row.clock)
        for row in rows
        for wish in wishes
        if row.without_fund in (None, wish is False)
    }
    ours = {(state, wish): standing(state, wish) for state in State for wish in wishes}
    assert theirs == {key: (one.turn, one.clock) for key, one in ours.items()}


# --- Every state, every party, every target ---

MOVE = """
update handover set state = cast(:target as text), pending = null, turn = :turn, due_for = :clock,
    changed_at = now(),
    sent_at = coalesce(sent_at, :sent_at), received_at = coalesce(received_at, :received_at),
    accepted_at = coalesce(accepted_at, :accepted_at),
    accepted_by = coalesce(accepted_by, :accepted_by), held_at = coalesce(held_at, :held_at),
    signoff_person_id = coalesce(:leader, signoff_person_id),
    closed_at = :closed_at, closed_reason = :closed_reason,
    registered_on = coalesce(:registered_on, registered_on),
    contested_at = case when state = 'rejected' and cast(:target as text) = 'received' then now()
        else contested_at end,
    member_name = case cast(:target as text) when 'in_error' then '–' else member_name end
where id = :package
"""
SENT_ON = {"redirect", "agree_redirect"}  # which go elsewhere: test_redirect
EARLY = {State.OBSOLETE, State.SUPERSEDED, State.IN_ERROR}  # whenever
STAMPS = ("sent_at", "received_at", "accepted_at", "held_at")


def moved_to(target: State) -> dict[str, Any]:
    """All that the checks of a state demand, so that only the guard can be what refuses."""
    reached = ("closed_at",) if target in EARLY else REACHED[target]
    moment = now()
    values: dict[str, Any] = {name: moment if name in reached else None for name in STAMPS}
    closed = {State.REJECTED, State.WITHDRAWN, *EARLY}
    return values | {
        "target": target,
        "turn": STANDINGS[target].turn,
        "clock": STANDINGS[target].clock,
        "accepted_by": "Jonas" if "accepted_at" in reached else None,
        "closed_at": moment if "closed_at" in reached else None,
        "closed_reason": "other" if target in closed else None,
        "registered_on": day_of(moment) if target == State.COMPLETED else None,
    }


def package(case, kind, state, fund, municipality):
    if kind == Kind.AKASSESKIFT:
        return make.handover(case, state, kind=kind, consented_on=today())
    version = make.agreement(fund, municipality)
    agreed = {"agreement_version_id": version.id} if kind == Kind.VISITATION else {}
    return make.handover(case, state, **agreed)


# A packet cannot be made that is against the checks: a transfer by law that was rejected.
STATES = {
    Kind.VISITATION: {*State},
    Kind.OVERGANG: {*State} - {State.REJECTED},
    Kind.AKASSESKIFT: {State.DRAFT, State.SENT, State.RECEIVED, State.COMPLETED, State.WITHDRAWN},
}


@pytest.mark.parametrize(
    ("source", "kind"), [(state, kind) for kind in STATES for state in sorted(STATES[kind])]
)
def test_only_steps_of_the_table_lead_from_state_to_state(
    kind, source, tries, case, fund, municipality, adviser
):
    made = package(case, kind, source, fund, municipality)
    if source == State.MEETING_HELD:
        make.minutes(made)
    for target in STATES[kind] - {source}:
        for who in PARTIES:
            steps = [
                step
                for step in HANDOVER.steps.values()
                if step.target == target
                and step.name not in SENT_ON
                and step.is_open(made, SIDES[who])
                and (who == "fund" or source not in BEFORE)
            ]
            asked = adviser.id if target == State.SIGNOFF else None
            met = {"held_at": None, "registered_on": None} if kind == Kind.AKASSESKIFT else {}
            done = tries(who, made, MOVE, leader=asked, **moved_to(target) | met)
            assert done == bool(steps), (who, source, target)


# --- Every column, where the state is kept ---

VALUES = {
    "turn": "case turn when 'both' then 'nobody' else 'both' end",
    "due_for": "'other'",
    "pending": "'withdrawal'",
    "parameters": "'{}'",
    "receiver_id": "sender_id",
    "agreement_version_id": "id",
    "fund_attends": "true",
    "cpr_index": "'\\x00'",
    "days_left": "7",
    "content_number": "7",
    "rounds": "7",
    "hold_left": "7",
    "hold_until": "date '2027-01-31'",
    "closed_from": "'received'",
    "signoff_person_id": ":fund_person",
    "closed_reason": "'another'",
    "sender_person_id": ":fund_person",
    "receiver_person_id": ":municipality_person",
    "sender_unit_id": ":fund_unit",
    "receiver_unit_id": ":municipality_unit",
}
COLUMNS = {name.strip() for name in Handover.sight.columns.split(",")} - {"state"}


def written(column: str) -> str:
    if column in VALUES:
        return VALUES[column]
    if column.endswith("_at"):
        return "now()"
    return "date '2027-01-31'" if column.endswith(("_on", "_from")) else "'En anden'"


def kept_by(who: str, state: State) -> set[str]:
    """What this party may change of a package whose state stays."""
    open_now = [
        (set() if step.name in {"amend", "correct"} else CHANGES[step.name])  # not without a word
        | (MOVING - {"state"} if step.target else set())
        for step in HANDOVER.steps.values()
        if state in step.source
        and SIDES[who] in step.parties
        and step.target in (None, state)
        and not (step.asks or step.ends)  # these change what is pending too
        and not (
            step.back or step.name in {"hold", "resume", *SENT_ON}
        )  # and these the state, or the hold
    ]
    beside = [
        changes
        for source, _target, sides, *_more, changes in BESIDE.values()
        if state in source and SIDES[who] in sides
    ]
    found = set().union(*open_now, *beside) | (ALWAYS if open_now or beside else set())
    return found - ASKING  # a turn follows from the state, what is pending from a request


@pytest.mark.parametrize("state", [State.DRAFT, State.SENT, State.RECEIVED, State.INFO_REQUESTED,
                                   State.ACCEPTED, State.MEETING_PLANNED, State.MEETING_HELD,
                                   State.COMPLETED, State.WITHDRAWN])  # fmt: skip
def test_each_party_changes_its_own_columns_only(
    state, tries, case, fund, municipality, adviser, contact
):
    made = make.handover(case, state)
    named = {"fund_person": adviser.id, "municipality_person": contact.id}
    named |= {"fund_unit": make.unit(fund).id, "municipality_unit": make.unit(municipality).id}
    for who in PARTIES:
        changed = set()
        for column in sorted(COLUMNS - {"version"}):
            value = written(column)
            used = {value[1:]: named[value[1:]]} if value.startswith(":") else {}
            update = f"update handover set {column} = {value} where id = :package"
            try:
                if tries(who, made, update, **used):
                    changed.add(column)
            except DBAPIError as error:
                if "CheckViolation" not in str(error):  # the table's own checks: no way in
                    raise
        assert changed == kept_by(who, state) - {"version"}, who


def test_a_turn_and_a_clock_are_those_of_the_state(tries, case):
    made = make.handover(case, State.SENT)
    right = moved_to(State.RECEIVED)
    assert tries("municipality", made, MOVE, leader=None, **right)
    assert not tries("municipality", made, MOVE, leader=None, **right | {"turn": "sender"})
    assert not tries("municipality", made, MOVE, leader=None, **right | {"clock": "plan"})


@pytest.mark.parametrize("wish", [None, True, False])
def test_at_a_planned_meeting_the_turn_follows_the_members_wish(wish, tries, case):
    made = make.handover(case, State.ACCEPTED)
    planned = moved_to(State.MEETING_PLANNED)
    told = MOVE.replace("set state", "set fund_attends = :wish, state")
    for turn in Turn:
        done = tries(
            "municipality", made, told, leader=None, **planned | {"turn": turn, "wish": wish}
        )
        assert done == (turn == (Turn.RECEIVER if wish is False else Turn.BOTH)), turn


@pytest.mark.parametrize(
    "more",
    [
        {"receiver_person": "'Jonas'"},
        {"received_at": "now()"},
        {"content_number": "1"},
        {"turn": "'receiver'"},
        {"rounds": "2"},
        {},
    ],
    ids=lambda more: "".join(more) or "a draft",
)
def test_a_package_begins_as_a_draft(more, tries, case, fund, municipality):
    made = make.handover(case)
    made_anew = dict.fromkeys(("receiver_person", "received_at"), "null")
    made_anew |= {"content_number": "0", "turn": "'sender'", "rounds": "0"} | more
    insert = (
        "insert into handover (id, reference, kind, state, sender_id, receiver_id, case_id,"
        f" member_name, parameters, created_at, changed_at, version, {', '.join(made_anew)})"
        " select gen_random_uuid(), 'OP-NEW', kind, 'draft', sender_id, receiver_id, case_id, '',"
        f" '{{}}', now(), now(), 1, {', '.join(made_anew.values())}"
        " from handover where id = :package"
    )
    gone = "delete from handover where id = :package"
    copy = "create temp table copy on commit drop as select * from handover where id = :package"
    insert = insert.replace("from handover where id = :package", "from copy")
    assert tries("fund", made, copy, gone, insert) == (not more)
