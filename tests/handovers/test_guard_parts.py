"""What hangs on a package in plain SQL: events, frozen content, questions, meetings, people.

The rest of `test_guard.py`: the web's role with the organisation of one party.
"""

import pytest
from sqlalchemy.exc import DBAPIError

from portal.handovers.models import Kind, State
from portal.handovers.parts import HandoverQuestion, HandoverRequest
from portal.handovers.workflow import HANDOVER
from tests import make
from tests.handovers.test_guard import PARTIES, SIDES, package

# --- Events ---

EVENT = """
insert into handover_event (id, handover_id, organisation_id, person, at, step, source, target,
    detail) select gen_random_uuid(), id, :me, '', changed_at, :step, :source, :target, '{}'
from handover where id = :package
"""
EVENTS = [
    (step.name, State(source), State(min(step.back, default=step.target or source)), party)
    for step in HANDOVER.steps.values()
    for source in sorted(step.source)[-2:]  # two of many are like the others
    for party in sorted(step.parties)
]


@pytest.mark.parametrize(("step", "source", "target", "party"), EVENTS)
def test_an_event_tells_of_a_step_of_this_side(
    step, source, target, party, tries, case, fund, municipality
):
    """As it stands after the step; told by the other party, or of another step, it is refused."""
    made = package(case, Kind.VISITATION, target, fund, municipality)
    told_as = {"step": step, "source": source, "target": target}
    for who in PARTIES:
        right = SIDES[who] in HANDOVER.steps[step].parties
        assert tries(who, made, EVENT, **told_as) == right, who
    [who] = [who for who, side in SIDES.items() if side == party]
    for other in [*HANDOVER.steps, "nothing"]:
        known = HANDOVER.steps.get(other)
        right = bool(
            known
            and source in known.source
            and party in known.parties
            and target in (known.back or {known.target or source})
        )
        assert tries(who, made, EVENT, **told_as | {"step": other}) == right, other


def test_an_event_tells_what_just_happened_and_nothing_older(tries, case):
    made = make.handover(case, State.RECEIVED)
    told_as = {"step": "acknowledge", "source": "sent", "target": "received"}
    assert tries("municipality", made, EVENT, **told_as)
    older = EVENT.replace("changed_at, :step", "changed_at - interval '1 second', :step")
    assert not tries("municipality", made, older, **told_as)
    other = EVENT.replace(":me", "sender_id")
    assert not tries("municipality", made, other, **told_as)


# --- What hangs on a step ---

CONTENT = """
insert into handover_content (id, handover_id, organisation_id, number, content, hash, frozen_at,
    frozen_by) values (gen_random_uuid(), :package, :me, 2, '{}', '', now(), '')
"""
MINUTES = """
insert into minutes (id, handover_id, organisation_id, number, text, goals, next_contact_on,
    next_contact_person, published_at, published_by)
values (gen_random_uuid(), :package, :me, 9, '', '[]', now(), '', now(), '')
"""
QUESTION = """
insert into handover_question (id, handover_id, organisation_id, round, position, text, asked_at,
    asked_by, is_found) values (gen_random_uuid(), :package, :me, 1, 1, '', now(), '', false)
"""
ASK = """
update handover set state = 'info_requested', turn = 'sender', due_for = 'answer', rounds = 1,
    changed_at = now() where id = :package
"""
PROVIDE = """
update handover set state = 'received', turn = 'receiver', due_for = 'decide', content_number = 2,
    changed_at = now() where id = :package
"""


def test_nothing_is_frozen_asked_or_minuted_without_its_step(tries, fund, municipality):
    def made(state, **values):
        return make.handover(make.member_case(fund, municipality), state, **values)

    received = made(State.RECEIVED)
    assert not tries("municipality", received, QUESTION)
    assert tries("municipality", received, QUESTION, ASK)
    asked = made(State.INFO_REQUESTED, content_number=1)
    assert not tries("fund", asked, CONTENT)
    assert tries("fund", asked, CONTENT, PROVIDE)
    assert not tries("municipality", made(State.MEETING_PLANNED), MINUTES)
    assert tries("municipality", made(State.MEETING_HELD), MINUTES)


def test_an_answer_is_given_once(tries, case, municipality):
    made = make.handover(case, State.INFO_REQUESTED)
    own = {"handover_id": made.id, "organisation_id": municipality.id}
    make.saved(HandoverQuestion(round=1, position=1, text="Hvornår?", asked_by="J", **own))
    answer = (
        "update handover_question set answer = '{}', answered_at = now(), answered_by = 'M'"
        " where handover_id = :package"
    )
    assert tries("fund", made, answer.format("Nu"))
    assert not tries("fund", made, answer.format("Nu"), answer.format("Aldrig"))


ASK_BACK = """
update handover set pending = 'withdrawal', turn = 'receiver', changed_at = now()
where id = :package
"""
REQUEST = """
insert into handover_request (id, handover_id, organisation_id, kind, side, person, at, detail)
values (gen_random_uuid(), :package, :me, 'withdrawal', :side, '', now(), '{}')
"""
ANSWER = """
update handover_request set answer = :answer, answered_at = now(), answered_by = 'J'
where handover_id = :package
"""
AGREE = """
update handover set state = 'withdrawn', turn = 'nobody', pending = null, due_for = null,
    due_on = null, closed_at = now(), closed_reason = 'job', changed_at = now() where id = :package
"""
FREE = """
update handover set pending = null, turn = 'receiver', changed_at = now() where id = :package
"""
TOLD = """
insert into handover_event (id, handover_id, organisation_id, person, at, step, source, target,
    detail) select gen_random_uuid(), id, :me, '', changed_at, :step, 'accepted', state, '{}'
from handover where id = :package
"""


def test_a_request_and_the_package_say_the_same(tries, case):
    made = make.handover(case, State.ACCEPTED)
    assert tries("fund", made, ASK_BACK, REQUEST, side="sender")
    assert not tries("fund", made, ASK_BACK)
    assert not tries("fund", made, REQUEST, side="sender")
    assert not tries("fund", made, ASK_BACK, REQUEST, side="receiver")
    assert not tries("municipality", made, ASK_BACK.replace("'receiver'", "'sender'"))


def test_a_request_is_answered_by_the_other_party(tries, case, fund):
    """Yes ends the package; no, or who asked takes it back, leaves it as it was."""
    made = make.handover(case, State.ACCEPTED, pending="withdrawal", turn="receiver")
    own = {"handover_id": made.id, "organisation_id": fund.id, "kind": "withdrawal"}
    make.saved(HandoverRequest(side="sender", person="Mette", **own))
    agree, leave = (ANSWER, AGREE, TOLD), (ANSWER, FREE, TOLD)
    yes = {"answer": "agreed", "step": "agree_withdrawal"}
    back = {"answer": "taken_back", "step": "take_back_request"}
    assert tries("municipality", made, *agree, **yes)
    assert not tries("fund", made, *agree, **yes)
    assert not tries("municipality", made, AGREE)  # without an answer
    assert not tries("municipality", made, ANSWER, answer="agreed")  # the package waits on
    assert tries("fund", made, *leave, **back)
    assert not tries("municipality", made, *leave, **back)
    again = ANSWER.replace("'J'", "'K'")
    assert not tries("fund", made, *leave, again, **back)  # once
    no = {"answer": "refused", "step": "refuse_request"}
    refused = ANSWER.replace("= :answer", "= :answer, refusal = 'Nej'")
    assert tries("municipality", made, refused, FREE, TOLD, **no)
    assert not tries("municipality", made, refused, AGREE, TOLD, **yes | {"answer": "refused"})


REJECTED = """
update handover set state = 'rejected', turn = 'nobody', due_on = null, due_for = null,
    changed_at = now(), closed_at = {}, closed_reason = 'other'
where id = :package
"""
SEEN = """
select from handover_party where handover_id = :package and side = 'receiver'
    and valid_until between now() + make_interval(days => :days)
        and now() + make_interval(days => :days + 1)
"""


def test_a_rejection_is_seen_for_the_days_agreed_and_not_dated_ahead(
    tries, fund, municipality, case
):
    agreed = make.agreement(fund, municipality)
    made = make.handover(case, State.RECEIVED, agreement_version_id=agreed.id)
    days = made.parameters["seen_after_rejection"]
    rejected = REJECTED.format("now()")
    assert not tries("municipality", made, REJECTED.format("timestamptz '2100-01-01'"))
    assert tries("municipality", made, rejected, SEEN, days=days)
    assert not tries("municipality", made, rejected, SEEN, days=days + 1)


MEETING = "update joint_meeting set {} where handover_id = :package"
CANCEL = MEETING.format("state = 'cancelled', cancelled_reason = 'Sygdom', sequence = 1")
MEETING_CHANGES = {
    "starts_at = starts_at - interval '1 hour'": {"municipality"},
    "place = 'Et andet sted'": {"municipality"},
    "called_in_on = date '2026-11-23', called_in_via = 'jobnet'": {"municipality"},
    "state = 'held', attendance = '{}'": {"municipality"},
    "state = 'cancelled', cancelled_reason = 'Sygdom', sequence = 1": {"fund", "municipality"},
    "state = 'cancelled', cancelled_reason = 'Sygdom', place = ''": {"municipality"},
}


@pytest.mark.parametrize("change", MEETING_CHANGES)
def test_the_meeting_is_the_receivers_and_either_calls_it_off(change, tries, case):
    made = make.handover(case, State.MEETING_PLANNED)
    update = MEETING.format(change)
    done = {who for who in PARTIES if tries(who, made, update)}
    assert done == MEETING_CHANGES[change]
    assert update == CANCEL or not tries("municipality", made, CANCEL, update)


def test_a_meeting_that_was_held_stays_as_it_was(tries, case):
    made = make.handover(case, State.MEETING_PLANNED)
    held = MEETING.format("state = 'held', attendance = '{}'")
    again = MEETING.format("attendance = '{\"fund\": true}'")
    assert tries("municipality", made, held)
    assert tries("municipality", made, again)
    assert not tries("municipality", made, held, again)


# --- Whose people ---


@pytest.mark.parametrize(
    ("statement", "whom"),
    [
        ("update handover set sender_person_id = :whom, state = 'sent', turn = 'receiver',"
         " due_for = 'acknowledge', sent_at = now() where id = :package", "user"),
        ("update member_case set adviser_id = :whom"
         " where id = (select case_id from handover where id = :package)", "user"),
        ("update member_case set unit_id = :whom"
         " where id = (select case_id from handover where id = :package)", "unit"),
        ("update membership set unit_id = :whom where user_id = :person", "unit"),
        ("insert into absence (id, organisation_id, user_id, stand_in_id, first_day, last_day)"
         " values (gen_random_uuid(), :me, :person, :whom, now(), now())", "user"),
    ],
)  # fmt: skip
def test_people_and_units_are_of_the_same_organisation(
    statement, whom, tries, case, fund, municipality, adviser, contact
):
    made = make.handover(case)
    own = {"user": make.user(fund), "unit": make.unit(fund)}[whom]
    theirs = {"user": contact, "unit": make.unit(municipality)}[whom]
    more = {"person": adviser.id} if ":person" in statement else {}
    assert tries("fund", made, statement, whom=own.id, **more)
    with pytest.raises(DBAPIError, match="ForeignKeyViolation"):
        tries("fund", made, statement, whom=theirs.id, **more)
