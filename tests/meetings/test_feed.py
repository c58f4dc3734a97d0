"""A person's own calendar, read by a secret address: whose meetings, what of them, and until when.

Nobody is signed in where the calendar is read, so each end is asked for as an outsider would.
"""

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import delete

from portal import limits
from portal.access import Role
from portal.clock import now, today
from portal.handovers.meeting import JointMeeting, MeetingState
from portal.handovers.models import HandoverParty, State
from portal.log import JsonLines
from portal.meetings.models import CalendarFeed
from portal.organisations.models import Absence, Membership, RoleGrant
from tests import make

ADDRESS = re.compile(r"http://127\.0\.0\.1:5000(/calendar/[\w-]{43}\.ics)")


@pytest.fixture
def meeting(fund, municipality, adviser, contact):
    """A package whose joint meeting is planned, the fund taking part."""

    def made(**values):
        case = make.member_case(fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id)
        people = {"sender_person_id": adviser.id, "receiver_person_id": contact.id}
        return make.handover(
            case, State.MEETING_PLANNED, **people | {"fund_attends": True} | values
        )

    return made


@pytest.fixture
def stranger(web):
    """A calendar program: no cookie, nobody signed in."""
    return web.test_client()


@pytest.fixture
def address_of(client_of):
    """The address as its page shows it, once."""

    def make_it(person):
        [found] = set(ADDRESS.findall(client_of(person).post("/calendar/").text))
        return found

    return make_it


def references(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    return sorted(str(one["SUMMARY"]).split()[-1] for one in events)


class TestWhat:
    def test_both_parties_people_see_their_own_meetings_only(
        self, meeting, stranger, address_of, municipality, adviser, contact
    ):
        own = meeting()
        colleague = make.user(municipality, Role.CONTACT)
        meeting(receiver_person_id=colleague.id)
        assert references(stranger, address_of(contact)) == [own.reference]
        assert len(references(stranger, address_of(adviser))) == 2
        assert references(stranger, address_of(make.user(municipality, Role.CONTACT))) == []

    def test_the_fund_sees_none_that_the_member_wants_it_out_of(
        self, meeting, stranger, address_of, adviser, contact
    ):
        made = meeting(fund_attends=False)
        assert references(stranger, address_of(adviser)) == []
        answer = stranger.get(address_of(contact))
        assert f"SUMMARY:Samtale {made.reference}" in answer.text

    def test_the_meetings_of_whom_one_stands_in_for_today(
        self, meeting, stranger, address_of, contact, coordinator
    ):
        made, address = meeting(), address_of(coordinator)
        assert references(stranger, address) == []
        own = {"user_id": contact.id, "organisation_id": contact.organisation_id}
        days = {"first_day": today(), "last_day": today()}
        away = make.saved(Absence(stand_in_id=coordinator.id, **own, **days))
        assert references(stranger, address) == [made.reference]
        away.first_day = away.last_day = today() + timedelta(days=1)
        make.saved(away)
        assert references(stranger, address) == []

    def test_a_cancelled_meeting_is_no_longer_in_it(self, meeting, stranger, address_of, contact):
        made, address = meeting(), address_of(contact)
        assert references(stranger, address) == [made.reference]
        [row] = make.records.query(JointMeeting).all()
        row.state, row.cancelled_reason = MeetingState.CANCELLED, "staff"
        make.saved(row)
        assert references(stranger, address) == []

    def test_it_says_when_and_under_which_reference_and_names_nobody(
        self, meeting, stranger, address_of, contact
    ):
        made = meeting()
        [row] = make.records.query(JointMeeting).all()
        answer = stranger.get(address_of(contact))
        told = Calendar.from_ical(answer.data)
        event: Any = told.walk("VEVENT")[0]
        assert (told["METHOD"], event["UID"]) == ("PUBLISH", str(row.id))
        assert event["DTSTART"].dt == row.starts_at.replace(microsecond=0)
        assert event["SUMMARY"] == f"Fællessamtale {made.reference}"
        assert str(event["URL"]).endswith(f"/handovers/{made.id}")
        assert not {"LOCATION", "ATTENDEE", "ORGANIZER"} & event.keys()
        for word in ("Karl", "Prøvesen", "Mette", "Jonas", "Rådhuset", "Lillekøbing"):
            assert word not in answer.text
        assert event.errors == told.errors == []


class TestUntilWhen:
    def test_a_new_address_ends_the_one_before(self, meeting, stranger, address_of, contact):
        meeting()
        first = address_of(contact)
        assert stranger.get(first).status_code == 200
        second = address_of(contact)
        assert stranger.get(first).status_code == 404
        assert stranger.get(second).status_code == 200

    def test_a_revoked_address_was_never_one(self, stranger, client_of, address_of, contact):
        address = address_of(contact)
        other = address_of(make.user(make.fund(), Role.ADVISER))
        assert client_of(contact).post("/calendar/revoke").status_code == 303
        gone, never = stranger.get(address), stranger.get("/calendar/never.ics")
        assert (gone.status_code, never.status_code) == (404, 404)
        assert stranger.get(other).status_code == 200

    def test_a_local_administrator_ends_a_colleagues(
        self, stranger, client_of, address_of, contact, municipality, outsider
    ):
        address = address_of(contact)
        page, revoke = f"/administration/users/{contact.id}", f"/calendar/revoke/{contact.id}"
        elsewhere = client_of(make.user(outsider, Role.LOCAL_ADMINISTRATOR))
        assert elsewhere.post(revoke).status_code == 404
        assert client_of(contact).post(revoke).status_code == 403
        assert stranger.get(address).status_code == 200

        own = client_of(make.user(municipality, Role.LOCAL_ADMINISTRATOR))
        assert "Luk kalenderadressen" in own.get(page).text
        assert own.post(revoke).status_code == 303
        assert stranger.get(address).status_code == 404
        assert "Luk kalenderadressen" not in own.get(page).text

    @pytest.mark.parametrize("how", ["closed", "membership", "role"])
    def test_it_ends_with_the_user(self, how, meeting, stranger, address_of, contact):
        meeting()
        address = address_of(contact)
        assert stranger.get(address).status_code == 200
        if how == "closed":
            contact.closed_at = now()
            make.saved(contact)
        elif how == "membership":
            row = make.records.query(Membership).filter_by(user_id=contact.id).one()
            row.valid_until = today() - timedelta(days=1)
            make.saved(row)
        else:
            make.records.execute(delete(RoleGrant))
            make.records.commit()
        assert stranger.get(address).status_code == 404

    def test_a_meeting_goes_with_the_participation(self, meeting, stranger, address_of, contact):
        made, address = meeting(), address_of(contact)
        assert references(stranger, address) == [made.reference]
        party = make.records.query(HandoverParty).filter_by(side="receiver").one()
        party.valid_until = now()
        make.saved(party)
        assert references(stranger, address) == []


class TestSecret:
    def test_it_is_shown_once_and_kept_nowhere(self, client_of, address_of, contact):
        token = address_of(contact).split("/")[-1].removesuffix(".ics")
        page = client_of(contact).get("/calendar/").text
        assert "Lav en ny adresse" in page
        assert token not in page
        [row] = make.records.query(CalendarFeed).all()
        assert token.encode() not in row.token_hash
        assert len(row.token_hash) == 32

    def test_no_log_holds_it(self, address_of, contact):
        address = address_of(contact)
        record = logging.makeLogRecord({"msg": f"GET {address}", "name": "x"})
        assert json.loads(JsonLines().format(record))["message"] == "GET /calendar/….ics"

    def test_it_opens_nothing_else(self, meeting, stranger, address_of, contact):
        made, address = meeting(), address_of(contact)
        stranger.get(address)
        assert stranger.get(f"/handovers/{made.id}").status_code == 302

    def test_a_calendar_asks_again_and_gets_it_only_when_it_has_changed(
        self, meeting, stranger, address_of, contact
    ):
        meeting()
        address = address_of(contact)
        first = stranger.get(address)
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
        again = {"If-None-Match": first.headers["ETag"]}
        assert stranger.get(address, headers=again).status_code == 304
        meeting()
        assert stranger.get(address, headers=again).status_code == 200

    @pytest.mark.parametrize("limit", ["LOOKS_PER_MINUTE", "CALENDARS_PER_MINUTE"])
    def test_it_is_not_asked_for_without_end(
        self, limit, stranger, address_of, contact, monkeypatch
    ):
        address = address_of(contact)
        assert stranger.get(address).status_code == 200
        monkeypatch.setattr(limits, limit, 0)
        answer = stranger.get(address)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
