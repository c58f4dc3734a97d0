"""The meeting as a calendar's entry: read by a library, and by the rules of the format itself."""

import re
from datetime import datetime

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal.access import Role
from portal.clock import COPENHAGEN
from portal.handovers.meeting import JointMeeting
from portal.handovers.models import State
from tests import make
from tests.handovers import road as steps


@pytest.fixture
def planned(road, sender, receiver):
    """A package whose meeting is planned."""
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    road.take(receiver, "accept", responsible_from="2026-12-31")
    road.take(receiver, "plan-meeting", **steps.meeting(participants="Karl Prøvesen"))
    return road


def address(road):
    found = make.records.scalars(select(JointMeeting).order_by(JointMeeting.created_at)).all()
    make.records.commit()
    return f"{road.address}/meetings/{found[-1].id}.ics"


def fetched(client, road):
    answer = client.get(address(road))
    assert answer.status_code == 200, answer.status_code
    return answer


def event_of(answer):
    calendar = Calendar.from_ical(answer.data)
    [event] = calendar.walk("VEVENT")
    return calendar, event


def unfolded(data):
    """The lines of the file by RFC 5545 3.1 alone: name with parameters, and value."""
    text = data.decode()
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = re.sub(r"\r\n[ \t]", "", text)
    return [tuple(line.split(":", 1)) for line in whole.strip().split("\r\n")]


class TestFormat:
    def test_a_library_reads_it(self, planned, receiver):
        calendar, event = event_of(fetched(receiver, planned))
        [meeting] = make.records.scalars(select(JointMeeting)).all()
        assert calendar["METHOD"] == "REQUEST"
        assert event["STATUS"] == "CONFIRMED"
        assert event["UID"] == str(meeting.id)
        assert event["SEQUENCE"] == 0
        assert event["DTSTART"].dt == meeting.starts_at
        assert event["DTEND"].dt == meeting.ends_at
        assert event["DTSTART"].dt.hour == 10
        assert event["LOCATION"] == "Rådhuset, lokale 2"
        assert event["ORGANIZER"].params["CN"] == "Lillekøbing Kommune"
        assert event["URL"].endswith(planned.address)
        assert event.errors == calendar.errors == []

    def test_so_do_the_rules_of_the_format(self, planned, receiver):
        lines = unfolded(fetched(receiver, planned).data)
        names = [name.partition(";")[0] for name, _value in lines]
        assert lines[0] == ("BEGIN", "VCALENDAR")
        assert lines[-1] == ("END", "VCALENDAR")
        for once in ("UID", "DTSTAMP", "SEQUENCE", "SUMMARY", "ORGANIZER", "METHOD", "PRODID"):
            assert names.count(once) == 1, once
        opened = [value for name, value in lines if name == "BEGIN"]
        assert opened == [value for name, value in [*opened_by_closing(lines)]]
        values = dict(lines)
        assert re.fullmatch(r"\d{8}T\d{6}Z", values["DTSTAMP"])
        assert re.fullmatch(r"\d{8}T100000", values["DTSTART;TZID=Europe/Copenhagen"])
        assert values["LOCATION"] == r"Rådhuset\, lokale 2"

    def test_its_zone_is_danish_time(self, planned, receiver):
        """A program without a table of zones reads the one in the file."""
        calendar, _event = event_of(fetched(receiver, planned))
        [zone] = calendar.walk("VTIMEZONE")
        told = zone.to_tz()
        for at in (
            datetime(2026, 1, 15, 12, tzinfo=COPENHAGEN),
            datetime(2026, 3, 29, 1, 59, tzinfo=COPENHAGEN),
            datetime(2026, 3, 29, 3, 1, tzinfo=COPENHAGEN),
            datetime(2026, 7, 1, 12, tzinfo=COPENHAGEN),
            datetime(2026, 10, 25, 1, 59, tzinfo=COPENHAGEN),
            datetime(2026, 10, 25, 3, 1, tzinfo=COPENHAGEN),
            datetime(2031, 12, 24, 18, tzinfo=COPENHAGEN),
        ):
            assert at.replace(tzinfo=told).utcoffset() == at.utcoffset()

    def test_it_names_nobody(self, planned, receiver):
        answer = fetched(receiver, planned)
        for name in ("Karl", "Mette", "Jonas", "example.dk"):
            assert name not in answer.data.decode()
        assert "OP-" in answer.data.decode()
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="OP-')

    def test_danish_letters_are_folded_by_octets_and_whole(self, planned, receiver):
        place = "Mødelokale Ærø på 4. sal, Nørregade 12, ved siden af kantinen: følg de blå skilte"
        planned.take(receiver, "plan-meeting", **steps.meeting(place=place))
        answer = fetched(receiver, planned)
        assert dict(unfolded(answer.data))["LOCATION"] == place.replace(",", "\\,")
        assert event_of(answer)[1]["LOCATION"] == place

    def test_a_long_link_is_folded_and_whole(self, planned, receiver):
        link = "https://video.example/" + "å-møde/" * 30
        planned.take(receiver, "plan-meeting", **steps.meeting(place="", video_link=link))
        answer = fetched(receiver, planned)
        assert dict(unfolded(answer.data))["LOCATION"] == link
        assert event_of(answer)[1]["LOCATION"] == link


def opened_by_closing(lines):
    """Each part in the order in which it began, if each ends where it should."""
    begun, held = [], []
    for name, value in lines:
        if name == "BEGIN":
            begun.append((name, value))
            held.append(value)
        elif name == "END":
            assert held.pop() == value
    assert held == []
    return begun


class TestChange:
    def test_a_moved_meeting_keeps_its_uid_and_raises_its_sequence(self, planned, receiver):
        _calendar, first = event_of(fetched(receiver, planned))
        later = steps.in_working_days(8)
        planned.take(receiver, "plan-meeting", **steps.meeting(day=later.isoformat()))
        _calendar, second = event_of(fetched(receiver, planned))
        assert second["UID"] == first["UID"]
        assert second["SEQUENCE"] == first["SEQUENCE"] + 1
        assert second["DTSTAMP"].dt >= first["DTSTAMP"].dt
        assert second["DTSTART"].dt.date() == later

    def test_a_cancelled_one_is_taken_out_of_the_calendar(self, planned, sender, receiver):
        _calendar, first = event_of(fetched(receiver, planned))
        planned.take(sender, "cancel-meeting", reason_code="staff", reason="Medlemmet er syg")
        calendar, last = event_of(fetched(receiver, planned))
        assert calendar["METHOD"] == "CANCEL"
        assert last["STATUS"] == "CANCELLED"
        assert last["UID"] == first["UID"]
        assert last["SEQUENCE"] > first["SEQUENCE"]
        assert "syg" not in fetched(receiver, planned).data.decode()

    def test_a_new_one_after_it_is_another_meeting(self, planned, sender, receiver):
        _calendar, first = event_of(fetched(receiver, planned))
        planned.take(sender, "cancel-meeting", reason_code="staff", reason="Lokalet er optaget")
        planned.take(receiver, "plan-meeting", **steps.meeting())
        _calendar, second = event_of(fetched(receiver, planned))
        assert second["UID"] != first["UID"]
        assert second["STATUS"] == "CONFIRMED"

    def test_asked_for_twice_it_is_the_same(self, planned, sender, receiver):
        assert fetched(sender, planned).data == fetched(receiver, planned).data


class TestWhose:
    def test_only_the_two_parties(self, planned, sender, fund, outsider, client_of):
        stranger = client_of(make.user(outsider, *make.every_role(outsider)))
        owner = client_of(make.user(fund, Role.AGREEMENT_OWNER))
        assert stranger.get(address(planned)).status_code == 404
        assert owner.get(address(planned)).status_code == 403
        assert sender.get(address(planned)).status_code == 200

    def test_a_meeting_of_another_package_is_not_this_one_s(
        self, planned, fund, municipality, receiver
    ):
        other = make.handover(make.member_case(fund, municipality), State.SENT)
        elsewhere = address(planned).replace(planned.address, f"/handovers/{other.id}")
        assert receiver.get(elsewhere).status_code == 404
        assert receiver.get(address(planned)).status_code == 200

    def test_the_page_links_to_it_and_to_its_cancellation(self, planned, sender, receiver):
        link = address(planned)
        for client in (sender, receiver):
            assert link in client.get(planned.address).text
            assert "Samtalen er aflyst." not in client.get(planned.address).text
        planned.take(sender, "cancel-meeting", reason_code="staff", reason="Medlemmet er syg")
        for client in (sender, receiver):
            assert link in client.get(planned.address).text
            assert "Samtalen er aflyst." in client.get(planned.address).text
        planned.take(receiver, "plan-meeting", **steps.meeting())
        assert link not in sender.get(planned.address).text
