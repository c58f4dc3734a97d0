"""The joint meeting in people's calendars by mail: who is invited, and who gets it taken out again.

By what runs in production: the web, a real worker, and a real mail server that keeps what it takes.
"""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal.clock import today
from portal.handovers.meeting import JointMeeting
from portal.organisations.models import Absence
from tests import mailserver, make
from tests.handovers import road as steps
from tests.handovers.ways import to_accepted, to_meeting

YES, NO = {"fund_attends": "yes"}, {"fund_attends": "no"}
Told = list[tuple[str, str, int]]


@pytest.fixture
def post(app, worker, settings, run_jobs) -> Iterator[Any]:
    """What has been sent since the last time: recipient, method and sequence of each entry."""
    with mailserver.running() as server:
        where = {"mail_host": "127.0.0.1", "mail_port": server.port}
        worker.extensions["samspil"] = replace(settings, **where)

        def taken() -> list[EmailMessage]:
            for _round in range(2):  # who tells of the step queues the mail
                run_jobs()
            found, server.received[:] = [*server.received], []
            return found

        yield taken
        worker.extensions["samspil"] = settings


def calendar_in(letter: EmailMessage) -> Any:
    """The entry of a letter, if it has one; told twice alike."""
    parts = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    [part] = parts
    [file] = letter.iter_attachments()
    found = Calendar.from_ical(part.get_content())
    assert file.get_content_type() == "application/ics"
    assert Calendar.from_ical(file.get_content()) == found
    assert part.get_param("method") == found["METHOD"]
    return found


def told(letters: list[EmailMessage]) -> Told:
    found = []
    for letter in letters:
        if calendar := calendar_in(letter):
            event = calendar.walk("VEVENT")[0]
            found.append((str(letter["To"]), str(calendar["METHOD"]), int(event["SEQUENCE"])))
    return sorted(found)


def away(person, stand_in=None):
    own = {"user_id": person.id, "organisation_id": person.organisation_id}
    days = {"first_day": today(), "last_day": today()}
    return make.saved(Absence(stand_in_id=stand_in and stand_in.id, **own, **days))


def test_both_parties_are_invited_where_the_member_wishes_the_fund_there(
    road, receiver, adviser, contact, post
):
    to_accepted(road)
    post()
    road.take(receiver, "plan-meeting", **steps.meeting(participants="Karl Prøvesen", **YES))
    letters = post()
    both = sorted([adviser.email, contact.email])
    assert told(letters) == [(who, "REQUEST", 0) for who in both]
    [meeting] = make.records.scalars(select(JointMeeting)).all()
    for letter in letters:
        event = calendar_in(letter).walk("VEVENT")[0]
        assert event["UID"] == str(meeting.id)
        assert event["DTSTART"].dt == meeting.starts_at
        assert "LOCATION" not in event
        assert f"mailto:{letter['To']}" in [str(one) for one in event["ATTENDEE"]]
        whole = letter.as_string() + event.to_ical().decode()
        for word in ("Karl", "Prøvesen", "Mette", "Jonas", "Rådhuset"):
            assert word not in whole
        assert road.address in letter.get_body(("plain",)).get_content()


def test_a_moved_meeting_moves_and_a_cancelled_one_goes(
    road, sender, receiver, adviser, contact, post
):
    both = sorted([adviser.email, contact.email])
    to_meeting(road, **YES)  # several steps wait for the worker: told once
    assert told(post()) == [(who, "REQUEST", 0) for who in both]
    later = steps.in_working_days(8).isoformat()
    road.take(receiver, "plan-meeting", **steps.meeting(day=later, **YES))
    assert told(post()) == [(who, "REQUEST", 1) for who in both]
    assert told(post()) == []
    road.take(sender, "cancel-meeting", reason_code="staff")
    letters = post()
    assert told(letters) == [(who, "CANCEL", 2) for who in both]
    assert len(letters) == 2


def test_the_fund_is_called_off_when_the_member_does_not_want_it_there_after_all(
    road, sender, receiver, adviser, contact, post
):
    to_meeting(road, **YES)
    post()
    road.take(receiver, "plan-meeting", **steps.meeting(**NO))
    expected = [(adviser.email, "CANCEL", 1), (contact.email, "REQUEST", 1)]
    assert told(post()) == sorted(expected)
    road.take(receiver, "plan-meeting", **steps.meeting(**NO))
    assert told(post()) == [(contact.email, "REQUEST", 2)]
    road.take(sender, "cancel-meeting", reason_code="staff")
    assert told(post()) == [(contact.email, "CANCEL", 3)]


def test_who_takes_over_is_invited_and_who_had_it_is_called_off(
    road, client_of, adviser, contact, coordinator, post
):
    to_meeting(road, **YES)
    post()
    road.take(client_of(coordinator), "assign", person_id=str(coordinator.id))
    expected = [(contact.email, "CANCEL", 0), (coordinator.email, "REQUEST", 0)]
    assert told(post()) == sorted(expected)


def test_a_stand_in_is_invited_instead_of_whoever_is_absent(
    road, receiver, adviser, contact, coordinator, post
):
    to_accepted(road)
    post()
    away(contact, coordinator)
    road.take(receiver, "plan-meeting", **steps.meeting(**YES))
    both = sorted([adviser.email, coordinator.email])
    assert told(post()) == [(who, "REQUEST", 0) for who in both]


@pytest.mark.parametrize("how", ["absent", "closed"])
def test_nobody_who_is_absent_or_has_left_is_written_to_not_even_of_the_end(
    how, road, receiver, adviser, contact, post
):
    to_meeting(road, **YES)
    post()
    if how == "absent":
        away(adviser)
    else:
        adviser.closed_at = make.days_ago(1)
        make.saved(adviser)
    road.take(receiver, "cancel-meeting", reason_code="staff")
    assert told(post()) == [(contact.email, "CANCEL", 1)]
