"""Who may do what to a meeting, asked of the actions and of the database."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.access import OrganisationKind, Role
from portal.clock import today
from portal.meetings.parts import MeetingApproval, MeetingMinutes
from portal.meetings.planning import suitable, warning
from portal.meetings.series import HELD, MeetingState
from portal.meetings.workflow import MEETING
from portal.status_meetings.agenda import hash_of
from tests import make, meeting
from tests.status_meetings.conftest import Side, meetings, now

S = MeetingState
# Beside the steps: what keeps its state, and the last approval.
BESIDE = {(S.PLANNED, S.PLANNED), (S.AGENDA_SENT, S.AGENDA_SENT)}
BESIDE |= {(S.MINUTES_DRAFTED, S.MINUTES_DRAFTED)}
MOVE = """
update meeting set state = :target, changed_at = now(), began_at = :began, approved_at = :approved,
    cancelled_reason = :reason, pack = :pack, pack_hash = :hash where id = :id
"""


def test_the_database_knows_the_same_steps(version, fund, seen_by):
    """Every way from every state is tried; both have approved, so only the way is asked."""
    allowed = {
        (source, step.target or source) for step in MEETING.steps.values() for source in step.source
    }
    found = set()
    for source in S:
        one = meeting.meeting(version, fund, source, starts_at=clock.now())
        for target in S:
            if moves(one, target, fund, seen_by):
                found.add((source, target))
    assert found == allowed | BESIDE


def moves(one, target, fund, seen_by):
    sent = target not in {S.PLANNED, S.CANCELLED} or one.pack is not None
    told = {
        "id": one.id,
        "target": target,
        "began": clock.now() if target in HELD else None,
        "approved": None,
        "reason": "Sygdom" if target == S.CANCELLED else None,
        "pack": json.dumps(meeting.PACK) if sent else None,
        "hash": hash_of(meeting.PACK) if sent else None,
    }
    with seen_by(fund) as session:
        try:
            session.execute(text(MOVE), told)
        except DBAPIError:
            return False
        return True


def test_minutes_need_both_sides_in_the_database_too(version, fund, adviser, seen_by):
    one = meeting.meeting(version, fund, S.MINUTES_DRAFTED)
    content = {"number": 1, "content": {}, "hash": "0", "shared_by": "P"}
    meeting.part(one, MeetingMinutes, fund, **content)
    said = {"number": 1, "user_id": adviser.id, "person": "P"}
    meeting.part(one, MeetingApproval, fund, side="fund", **said)
    settle = text(
        "update meeting set state = 'minutes_approved', approved_at = now() where id = :id"
    )
    with (
        seen_by(fund) as session,
        pytest.raises(DBAPIError, match="both sides approve"),
    ):
        session.execute(settle, {"id": one.id})
    with seen_by(fund) as session, pytest.raises(DBAPIError):
        session.execute(
            text(
                "insert into meeting_approval (id, meeting_id, agreement_id, organisation_id, side,"
                " number, user_id, person, at) select gen_random_uuid(), meeting_id, agreement_id,"
                " organisation_id, 'municipality', 1, user_id, 'P', now() from meeting_approval"
            )
        )


def test_who_approves_minutes(version, fund, adviser, client_of):
    """Neither in the meeting nor owner nor deputy: told why; a participant's word counts."""
    one = meeting.meeting(version, fund, S.MINUTES_DRAFTED)
    content = {"number": 1, "content": {}, "hash": "0", "shared_by": "P"}
    meeting.part(one, MeetingMinutes, fund, **content)
    meeting.participant(one, adviser, fund)
    stranger = Side(client_of(make.user(fund, Role.ADVISER)))
    assert "Du kan ikke godkende" in stranger.step(one, "approve", 422, number=1)
    Side(client_of(adviser)).step(one, "approve", number=1)
    assert "allerede godkendt" in Side(client_of(adviser)).step(one, "approve", 422, number=1)


def test_days_on_which_nobody_comes_are_warned_of_and_never_refused(ulla, version):
    year = today().year + 1
    christmas = today().replace(year=year, month=12, day=24)
    assert warning(christmas)
    assert suitable(christmas).month == 1
    plain = suitable(today().replace(year=year, month=9, day=1))
    assert warning(plain) is None
    ulla.post(
        f"/meetings/agreements/{version.agreement_id}/new",
        **{"kind": "status", "title": "Statusmøde", "starts": "9", "ends": "10"},
        **{"days-0": f"{christmas:%d/%m/%Y}", "place": "Rådhuset"},
    )
    [one] = meetings()
    assert one.day == christmas
    assert "ikke en arbejdsdag" in ulla.read("/meetings/").text


def test_what_is_wrong_with_a_series_is_said_at_its_field(ulla, version):
    here = f"/meetings/agreements/{version.agreement_id}/new"
    told = {"kind": "status", "title": "Statusmøde", "starts": "11", "ends": "9"}
    past = f"{today() - timedelta(days=1):%d/%m/%Y}"
    said = ulla.post(here, 422, **told, **{"days-0": past})
    for words in ("Dagen ligger i fortiden", "skal slutte", "Skriv et sted eller et link"):
        assert words in said
    assert meetings() == []
    fine = told | {"starts": "9", "ends": "11", "place": "Rådhuset"}
    day = {"days-0": f"{today() + timedelta(days=9):%d/%m/%Y}"}
    ulla.post(here, **fine, **day)
    assert "hedder det" in ulla.post(here, 422, **fine | {"title": "statusmøde"}, **day)
    ulla.post(here, **fine | {"title": "Styregruppe"}, **day)
    assert len(meetings()) == 2


def test_a_move_counts_up_and_a_held_meeting_stays(ulla, version, fund):
    one = meeting.meeting(version, fund)
    day = f"{today() + timedelta(days=9):%d/%m/%Y}"
    ulla.step(one, "move", day=day, starts="13", ends="14", place="Lokale 2")
    assert now(one).sequence == 1
    over = meeting.meeting(version, fund, S.MINUTES_APPROVED)
    typed = {"day": day, "starts": "13", "ends": "14", "place": "Lokale 2"}
    assert ulla.client.post(f"/meetings/{over.id}/move", data=typed).status_code == 409


def test_an_observer_of_the_agreement_sees_no_meeting(version, fund, client_of):
    council = make.organisation("Forbundet", OrganisationKind.PARTNER)
    make.side(version, council)
    one = meeting.meeting(version, fund)
    client = client_of(make.user(council, Role.AGREEMENT_OWNER, Role.AUDITOR))
    for address in (f"/meetings/{one.id}", f"/meetings/agreements/{version.agreement_id}"):
        assert client.get(address).status_code == 404
