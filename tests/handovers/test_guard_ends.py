"""How a package ends and opens again, in plain SQL as one of the parties.

Where it was closed from and by whom is not to be chosen: the way back would lead anywhere else.
"""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from portal import rules
from portal.clock import now, today
from portal.handovers.meeting import JointMeeting, MeetingState, MinutesObjection
from portal.handovers.models import Kind, State
from portal.handovers.parts import HandoverRequest
from portal.life.models import Happening
from tests import make
from tests.handovers.test_guard import package

END = """
update handover set state = 'obsolete', turn = 'nobody', due_on = null, due_for = null,
    changed_at = now(), closed_at = now(), closed_reason = 'job', closed_from = :from,
    closed_side = :side where id = :package
"""
BACK = """
update handover set state = :to, turn = :turn, due_for = :clock, changed_at = now(),
    closed_at = null, closed_reason = null, closed_text = null, closed_from = null,
    closed_side = null, contested_at = case when :contests then now() end where id = :package
"""
RECEIVED = {"to": "received", "turn": "receiver", "clock": "decide"}


@pytest.mark.parametrize(
    ("state", "said", "is_let_in"),
    [
        ("accepted", {"from": "accepted", "side": "receiver"}, True),
        ("accepted", {"from": "received", "side": "receiver"}, False),  # to be rejected then
        ("accepted", {"from": "accepted", "side": "sender"}, False),
        ("accepted", {"from": "accepted", "side": "system"}, False),
        ("meeting_planned", {"from": "accepted", "side": "receiver"}, True),
        ("meeting_planned", {"from": "meeting_planned", "side": "receiver"}, False),
    ],
)
def test_it_ends_from_where_it_was_and_by_whoever_ends_it(state, said, is_let_in, tries, case):
    made = make.handover(case, State(state))
    assert tries("municipality", made, END, **said) == is_let_in


WAY_BACK = {"closed_from": State.RECEIVED, "closed_side": "sender"}


@pytest.mark.parametrize(("days", "is_let_in"), [(0, True), (59, True), (61, False)])
def test_what_ended_long_ago_stays_ended(days, is_let_in, tries, case):
    """The rule of the pages is far within what the database lets pass."""
    assert rules.on(today(), "handover.reset_days") <= 59
    ago = {"created_at": make.days_ago(99), "sent_at": make.days_ago(99)}
    ago |= {"received_at": ago["sent_at"], "closed_at": make.days_ago(days)}
    made = make.handover(case, State.WITHDRAWN, **WAY_BACK, **ago)
    assert tries("fund", made, BACK, contests=False, **RECEIVED) == is_let_in
    assert not tries("municipality", made, BACK, contests=False, **RECEIVED)


@pytest.mark.parametrize(
    ("said", "more", "is_let_in"),
    [
        ({"contests": True}, {}, True),
        ({"contests": False}, {}, False),  # to contest once more after the next no
        ({"contests": True}, {"contested_at": now()}, False),
        ({"contests": True}, {"closed_at": make.days_ago(61)}, False),
    ],
)
def test_a_rejection_is_contested_once_and_in_time(
    said, more, is_let_in, tries, case, fund, municipality
):
    agreed = make.agreement(fund, municipality)
    ago = dict.fromkeys(("created_at", "sent_at", "received_at"), make.days_ago(99))
    made = make.handover(case, State.REJECTED, agreement_version_id=agreed.id, **ago | more)
    assert tries("fund", made, BACK, **RECEIVED, **said) == is_let_in


TELL = """
insert into handover_event (id, handover_id, organisation_id, person, at, step, source, target,
    detail) select gen_random_uuid(), id, :me, '', changed_at, 'obsolete', 'accepted', 'obsolete',
    '{}' from handover where id = :package
"""


def test_that_it_ended_is_told_by_whoever_ended_it(tries, case):
    closed = {"closed_from": State.ACCEPTED, "closed_side": "receiver", "closed_at": now()}
    made = make.handover(case, State.OBSOLETE, sent_at=now() - timedelta(minutes=1), **closed)
    assert tries("municipality", made, TELL)
    assert not tries("fund", made, TELL)


BEGUN = """
insert into handover (id, reference, kind, state, turn, sender_id, receiver_id, case_id,
    member_name, parameters, created_at, changed_at, version, content_number, rounds, {column})
select gen_random_uuid(), 'OP-NEW', 'overgang', 'draft', 'sender', sender_id, receiver_id, case_id,
    '', '{{}}', now(), now(), 1, 0, 0, {value} from handover where id = :package
"""


@pytest.mark.parametrize(
    ("column", "value", "is_let_in"),
    [
        ("sender_person", "'Mette'", True),
        ("contested_at", "now()", False),
        ("closed_from, closed_side", "'accepted', 'sender'", False),
        ("pending", "'withdrawal'", False),
        ("signoff_person", "'Torben'", False),
        ("hold_until, hold_reason", "date '2027-01-31', 'x'", False),
    ],
)
def test_a_draft_begins_without_what_later_steps_write(
    column, value, is_let_in, tries, case, fund, municipality
):
    made = package(case, Kind.VISITATION, State.SENT, fund, municipality)
    assert tries("fund", made, BEGUN.format(column=column, value=value)) == is_let_in


HAPPENED = f"""
insert into life_event (id, organisation_id, case_id, kind, day, recorded_at, recorded_by, user_id,
    done, version)
select gen_random_uuid(), :me, case_id, '{Happening.JOB}', now(), now(), '', :whom, '[]', 1
from handover where id = :package
"""


def test_what_happens_in_a_life_is_recorded_by_ones_own(tries, case, adviser, contact):
    """The worker acts for whoever is named there."""
    made = make.handover(case)
    assert tries("fund", made, HAPPENED, whom=adviser.id)
    with pytest.raises(DBAPIError, match="ForeignKeyViolation"):
        tries("fund", made, HAPPENED, whom=contact.id)


ERROR = """
update handover set state = 'in_error', turn = 'nobody', due_on = null, due_for = null,
    changed_at = now(), closed_at = now(), closed_reason = 'wrong_person', member_name = '–'
where id = :package
"""
LEFT = {
    "objection": "select from minutes_objection where handover_id = :package",
    "place": "select from joint_meeting where handover_id = :package and place like '%Karl%'",
    "request": "select from handover_request where handover_id = :package"
    " and detail ->> 'place' like '%Karl%'",
}


@pytest.mark.parametrize("what", LEFT)
def test_what_was_made_in_error_leaves_no_word_of_a_person(what, tries, case, fund, municipality):
    made = make.handover(case, State.MEETING_HELD)
    own = {"handover_id": made.id, "organisation_id": municipality.id}
    place = {
        "place": "Hos Karl Prøvesen",
        "starts_at": now(),
        "ends_at": now() + timedelta(hours=1),
    }
    make.saved(JointMeeting(state=MeetingState.HELD, **place, **own))
    asked = {"kind": "slots", "side": "receiver", "person": "Jonas", "answered_by": "Mette"}
    answered = {"answered_at": now(), "answer": "agreed", "detail": {"place": place["place"]}}
    make.saved(HandoverRequest(**asked, **answered, **own))
    own["organisation_id"] = fund.id
    make.saved(MinutesObjection(number=1, text="Karl var der ikke", person="Mette", **own))
    assert tries("fund", made, LEFT[what])
    assert tries("fund", made, ERROR)
    assert not tries("fund", made, ERROR, LEFT[what])
