"""What a party may not do to its own package in plain SQL though the step is its own.

Beside each refusal stands the same with what the step itself writes.
"""

from datetime import timedelta
from typing import Any

import pytest

from portal.access import OrganisationKind
from portal.agreements.parameters import default, plain
from portal.clock import now, today
from portal.handovers.meeting import JointMeeting, MeetingState, MinutesObjection
from portal.handovers.models import Kind, State
from portal.handovers.parts import HandoverRequest
from tests import make
from tests.handovers.test_guard import package

ACKNOWLEDGE = """
update handover set state = 'received', turn = 'receiver', due_for = 'decide', received_at = now(),
    due_on = {due}, changed_at = {at} where id = :package
"""


@pytest.mark.parametrize(
    ("due", "at", "is_let_in"),
    [
        ("current_date + 7", "now()", True),
        ("current_date + 119", "now()", True),  # longer than any agreement allows
        ("current_date + 122", "now()", False),
        ("current_date - 3", "now()", False),
        ("current_date + 7", "now() + interval '2 hours'", False),
    ],
)
def test_a_deadline_is_one_that_an_agreement_can_give(due, at, is_let_in, tries, case):
    made = make.handover(case, State.SENT)
    assert tries("municipality", made, ACKNOWLEDGE.format(due=due, at=at)) == is_let_in


MEET = """
insert into joint_meeting (id, handover_id, organisation_id, state, starts_at, ends_at, sequence,
    created_at, place) select gen_random_uuid(), id, :me, 'planned', :starts, :ends, 0, now(), 'R'
from handover where id = :package
"""


def test_an_offered_time_is_planned_once(tries, case, municipality):
    made = make.handover(case, State.ACCEPTED)
    starts = now() + timedelta(days=9)
    times = {"starts": starts, "ends": starts + timedelta(hours=1)}
    told = {name: at.isoformat() for name, at in times.items()}
    own = {"handover_id": made.id, "organisation_id": municipality.id}
    asked: dict[str, Any] = {"kind": "slots", "side": "receiver", "person": "Jonas"}
    detail = {"slots": [told], "place": "R", "video_link": None}
    asked |= {"answered_at": now(), "answered_by": "Mette", "answer": "agreed"}
    make.saved(HandoverRequest(detail=detail, **asked, **own))
    assert tries("fund", made, MEET, **times)
    was = {"starts_at": starts, "ends_at": times["ends"], "cancelled_reason": "staff"}
    make.saved(JointMeeting(state=MeetingState.CANCELLED, place="R", **was, **own))
    assert not tries("fund", made, MEET, **times)
    assert tries("municipality", made, MEET, **times)


REMIND = """
insert into handover_reminder (id, handover_id, organisation_id, person, day, at)
values (gen_random_uuid(), :package, :me, '', :day, :at)
"""


@pytest.mark.parametrize(("ahead", "is_let_in"), [(0, True), (1, False)])
def test_a_reminder_of_a_day_to_come_suppresses_none(ahead, is_let_in, tries, case):
    made, later = make.handover(case, State.SENT), timedelta(days=ahead)
    of_today = {"day": today() + later, "at": now()}
    assert tries("municipality", made, REMIND, **of_today) == is_let_in
    assert tries("municipality", made, REMIND, **of_today | {"at": now() + later}) == is_let_in


ERROR = """
update handover set state = 'in_error', turn = 'nobody', due_on = null, due_for = null,
    changed_at = now(), closed_at = now(), closed_reason = 'wrong_person', member_name = {name},
    cpr = {cpr} where id = :package
"""


@pytest.mark.parametrize(
    ("name", "cpr", "is_let_in"),
    [("'–'", "null", True), ("member_name", "null", False), ("'–'", "'sealed'", False)],
)
def test_a_package_in_error_names_nobody(name, cpr, is_let_in, tries, case):
    made = make.handover(case, State.SENT)
    assert tries("fund", made, ERROR.format(name=name, cpr=cpr)) == is_let_in


COMPLETE = """
update handover set state = 'completed', turn = 'nobody', due_on = null, due_for = null,
    changed_at = now(), closed_at = now(), registered_on = current_date where id = :package
"""


def test_it_is_complete_when_nobody_opposes_what_is_shared(tries, case, fund):
    made = make.handover(case, State.MEETING_HELD)
    assert not tries("municipality", made, COMPLETE)
    make.minutes(made)
    assert tries("municipality", made, COMPLETE)
    own = {"handover_id": made.id, "organisation_id": fund.id}
    make.saved(MinutesObjection(number=1, text="Et andet mål", person="Mette", **own))
    assert not tries("municipality", made, COMPLETE)
    make.minutes(made, 2)
    assert tries("municipality", made, COMPLETE)


GO_STRAIGHT = """
insert into handover (id, reference, kind, state, turn, sender_id, receiver_id, case_id, former_id,
    member_name, parameters, created_at, changed_at, version, content_number, rounds)
select gen_random_uuid(), 'OP-NEW', 'flytning', 'draft', 'sender', receiver_id, :to, case_id, id,
    '', '{}', now(), now(), 1, 0, 0 from handover where id = :package
"""


@pytest.mark.parametrize(
    ("state", "who", "is_let_in"),
    [
        (State.ACCEPTED, "municipality", True),
        (State.COMPLETED, "municipality", True),
        (State.RECEIVED, "municipality", False),
        (State.ACCEPTED, "fund", False),
    ],
)
def test_only_who_has_taken_on_sends_on(
    state, who, is_let_in, tries, case, fund, municipality, outsider
):
    made = package(case, Kind.OVERGANG, state, fund, municipality)
    assert tries(who, made, GO_STRAIGHT, to=outsider.id) == is_let_in
    if is_let_in:
        assert not tries(who, made, GO_STRAIGHT, to=fund.id)


GIVE_BACK = """
insert into handover (id, reference, kind, state, turn, sender_id, receiver_id, case_id, former_id,
    returned_for, agreement_version_id, member_name, parameters, created_at, changed_at, version,
    content_number, rounds)
select gen_random_uuid(), 'OP-NEW', 'retur', 'draft', 'sender', receiver_id,
    coalesce(:to, sender_id), case_id, id, :ground, agreement_version_id, '', '{}', now(), now(), 1,
    0, 0 from handover where id = :package
"""


@pytest.mark.parametrize(
    ("kind", "state", "ground", "is_let_in"),
    [
        (Kind.OVERGANG, State.ACCEPTED, "new_period", True),
        (Kind.OVERGANG, State.RECEIVED, "new_period", False),
        (Kind.OVERGANG, State.COMPLETED, "criteria_gone", False),  # the law has passed it on
        (Kind.VISITATION, State.COMPLETED, "criteria_gone", True),
        (Kind.VISITATION, State.COMPLETED, "fund_helps", False),  # which is not agreed
    ],
)
def test_what_was_taken_on_goes_back_where_it_may(
    kind, state, ground, is_let_in, tries, case, fund, municipality, outsider
):
    agreed = {"parameters": plain(default()) | {"return_grounds": ["criteria_gone"]}}
    version = make.agreement(fund, municipality, **agreed)
    made = make.handover(case, state, kind=kind, agreement_version_id=version.id)
    how = {"ground": ground, "to": None}
    assert tries("municipality", made, GIVE_BACK, **how) == is_let_in
    assert not tries("fund", made, GIVE_BACK, **how)
    assert not tries("municipality", made, GIVE_BACK, **how | {"to": outsider.id})


SAID_YES = """
insert into handover (id, reference, kind, state, turn, sender_id, receiver_id, case_id,
    consented_on, member_name, parameters, created_at, changed_at, version, content_number, rounds)
select gen_random_uuid(), 'OP-NEW', 'akasseskift', 'draft', 'sender', sender_id, :to, case_id,
    :said, '', '{}', now(), now(), 1, 0, 0 from handover where id = :package
"""


@pytest.mark.parametrize(("days", "is_let_in"), [(0, True), (1, False)])
def test_nobody_has_said_yes_in_days_to_come(days, is_let_in, tries, case):
    other = make.organisation("Anden A-kasse", OrganisationKind.UNEMPLOYMENT_FUND)
    made = make.handover(case)
    said = today() + timedelta(days=days)
    assert tries("fund", made, SAID_YES, to=other.id, said=said) == is_let_in
