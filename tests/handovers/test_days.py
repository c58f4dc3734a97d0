"""Days that cannot be are refused at their field; a day that is changed is told to both parties."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.clock import today
from portal.handovers import days
from portal.handovers.meeting import Minutes
from portal.handovers.models import Handover
from portal.handovers.parts import HandoverEvent
from tests import make
from tests.handovers import road as steps
from tests.handovers.ways import (
    THERE,
    to_accepted,
    to_begun_without_a_call,
    to_held,
    to_meeting,
    to_minutes,
    to_review,
)

START = date(2026, 11, 16)  # of the member's benefit period, as `make.member_case` has it
LATEST = days.years_after(today(), 2)
TOMORROW = today() + timedelta(days=1)


def told(answer, field):
    assert answer.status_code == 422, answer.location
    return steps.page(answer).select(f"#{field}-error")[0].text


def events(client, road):
    return steps.page(client.get(road.address)).select(".timeline")[0].get_text(" ", strip=True)


def row():
    kept = make.records.scalars(select(Handover)).one()
    make.records.commit()
    return kept


IMPOSSIBLE = [
    (date(2020, 1, 1), "dagpengeperioden begynder 16.11.2026"),
    (START - timedelta(days=1), "dagpengeperioden begynder 16.11.2026"),
    (LATEST + timedelta(days=1), f"inden for to år, senest {LATEST:%d.%m.%Y}"),
]


@pytest.mark.parametrize(("day", "words"), IMPOSSIBLE)
def test_the_receiver_cannot_choose_an_impossible_day(day, words, road, receiver):
    to_review(road)
    assert words in told(
        road.step(receiver, "accept", responsible_from=day.isoformat()), "responsible_from"
    )
    assert row().state == "received"


@pytest.mark.parametrize("day", [START, LATEST])
def test_the_first_and_the_last_day_are_accepted(day, road, receiver):
    to_review(road)
    road.take(receiver, "accept", responsible_from=day.isoformat())
    assert row().responsible_from == day


@pytest.mark.parametrize(("day", "words"), IMPOSSIBLE)
def test_nor_can_the_sender(day, words, road):
    assert words in told(road.write(responsible_from=day.isoformat()), "responsible_from")


@pytest.mark.parametrize("day", [START, LATEST])
def test_the_sender_may_write_the_first_and_the_last_day(day, road):
    assert road.write(responsible_from=day.isoformat()).status_code == 303
    kept = row()
    assert (kept.responsible_from, kept.responsible_source) == (day, "oplyst af Mette Eksempel")


def test_without_a_benefit_period_it_is_not_before_the_package_is_sent(web):
    def lacks(day):
        with web.test_request_context():
            return days.of_responsibility(day, benefit_start=None, sent_on=START, today=START)

    [lack] = lacks(START - timedelta(days=1))
    assert (lack.field, "før pakken er sendt" in lack.text) == ("responsible_from", True)
    assert lacks(START) == []


def test_two_years_after_a_leap_day():
    assert days.years_after(date(2028, 2, 29), 2) == date(2030, 2, 28)
    assert days.years_after(date(2026, 12, 31), 2) == date(2028, 12, 31)


def test_another_day_is_told_to_both_and_is_the_same_everywhere(road, sender, receiver):
    road.write(responsible_from="2026-12-31")
    to_review(road)
    road.take(receiver, "accept", responsible_from="2027-01-31")
    event = make.records.scalars(select(HandoverEvent).filter_by(step="accept")).one()
    assert event.detail == {"was": "2026-12-31", "is": "2027-01-31"}
    source = "foreslået af Jonas Skabelon ved accept i stedet for 31.12.2026"
    for client in (sender, receiver):
        assert "Ansvaret overgår: 31.12.2026 → 31.01.2027" in events(client, road)
        found = steps.page(client.get(road.address)).select('[aria-labelledby="overview-heading"]')
        overview = found[0]
        assert overview.select_one('time[datetime="2027-01-31"]')
        assert source in overview.text


def test_a_day_that_is_confirmed_is_no_change(road, sender, receiver):
    road.write(responsible_from="2026-12-31")
    to_review(road)
    road.take(receiver, "accept", responsible_from="2026-12-31")
    assert "→" not in events(sender, road)
    assert row().responsible_source == "oplyst af Mette Eksempel"


def test_the_member_was_not_informed_tomorrow(road):
    answer = road.write(informed_on=TOMORROW.isoformat())
    assert "ude i fremtiden" in told(answer, "informed_on")
    assert road.write(informed_on=today().isoformat()).status_code == 303


def test_nobody_is_called_in_tomorrow(road, receiver):
    to_meeting(road)
    address, called = f"{road.address}/called-in", {"called_in_via": "jobnet"}
    answer = receiver.post(address, data=called | {"called_in_on": TOMORROW.isoformat()})
    assert "ude i fremtiden" in told(answer, "called_in_on")
    answer = receiver.post(address, data=called | {"called_in_on": today().isoformat()})
    assert answer.status_code == 303


def test_nor_while_the_meeting_is_planned(road, receiver):
    to_accepted(road)
    planned = steps.meeting(called_in_via="jobnet", called_in_on=TOMORROW.isoformat())
    assert "ude i fremtiden" in told(road.step(receiver, "plan-meeting", **planned), "called_in_on")
    road.take(receiver, "plan-meeting", **planned | {"called_in_on": today().isoformat()})


def test_nor_when_the_meeting_is_recorded_as_held(road, receiver):
    to_begun_without_a_call(road)
    there = THERE | {"called_in_via": "phone"}
    late = there | {"called_in_on": TOMORROW.isoformat()}
    assert "ude i fremtiden" in told(road.step(receiver, "record-held", **late), "called_in_on")
    road.take(receiver, "record-held", **there | {"called_in_on": today().isoformat()})


def test_the_next_contact_is_not_past(road, receiver):
    to_held(road)
    said: dict[str, Any] = {"next_contact_person": "Jonas"}
    past = said | {"next_contact_on": (today() - timedelta(days=1)).isoformat()}
    answer = road.step(receiver, "publish-minutes", **steps.minutes(**past))
    assert "ikke ligge i fortiden" in told(answer, "next_contact_on")
    on = said | {"next_contact_on": today().isoformat()}
    road.take(receiver, "publish-minutes", **steps.minutes(**on))


def test_minutes_that_are_put_right_keep_the_day_that_they_had(road, receiver):
    """It was ahead when they were shared; only another day that is past is refused."""
    to_minutes(road)
    yesterday = today() - timedelta(days=1)
    make.records.execute(update(Minutes).values(next_contact_on=yesterday))
    make.records.commit()
    said: dict[str, Any] = {"next_contact_person": "Jonas", "text": "Vi gik hele planen igennem."}
    other = steps.minutes(next_contact_on=(yesterday - timedelta(days=1)).isoformat(), **said)
    answer = road.step(receiver, "publish-minutes", **other)
    assert "ikke ligge i fortiden" in told(answer, "next_contact_on")
    kept = steps.minutes(next_contact_on=yesterday.isoformat(), **said)
    road.take(receiver, "publish-minutes", **kept)
    assert "Vi gik hele planen igennem." in receiver.get(road.address).text


def at(days: int, hour: int) -> str:
    return f"{steps.in_working_days(days):%d.%m.%Y} kl. {hour:02}.00"


def test_the_timeline_tells_when_a_meeting_was_moved_and_which_was_cancelled(
    road, sender, receiver
):
    to_meeting(road)
    later = {"day": steps.in_working_days(8).isoformat(), "starts": "13", "ends": "14"}
    road.take(receiver, "plan-meeting", **steps.meeting(**later))
    road.take(receiver, "plan-meeting", **steps.meeting(place="Biblioteket", **later))
    road.take(sender, "cancel-meeting", reason_code="staff", reason="Mødeleder er på kursus")
    for client in (sender, receiver):
        rows = steps.page(client.get(road.address)).select(".timeline li")
        cancelled, changed, moved, planned = (" ".join(row.text.split()) for row in rows[:4])
        assert "Samtale aflyst" in cancelled
        lost = f"Samtalen skulle være holdt {at(8, 13)}. En medarbejder er forhindret"
        assert f"{lost} Mødeleder er på kursus" in cancelled
        assert "Samtale ændret" in changed
        assert f"Samtalen: {at(8, 13)}" in changed
        assert "Samtale flyttet" in moved
        assert f"Samtalen: {at(6, 10)} → {at(8, 13)}. Lokale, tolk eller teknik" in moved
        assert "Samtale aftalt" in planned
        assert f"Samtalen: {at(6, 10)}" in planned
        assert "→" not in planned + changed


def test_both_parties_read_when_the_transfer_was_registered(road, sender, receiver):
    to_minutes(road)
    words = "Overgangen er registreret i DFDG"
    assert words not in sender.get(road.address).text
    road.take(receiver, "complete", registered_on=today().isoformat())
    for client in (sender, receiver):
        soup = steps.page(client.get(road.address))
        [term] = [one for one in soup.select("dt") if words in one.text]
        assert f"{today():%d.%m.%Y}" in str(term.find_next("dd"))


def test_the_end_of_the_meeting_stands_beside_its_start(road, sender):
    to_meeting(road)
    assert "kl. 10.00–11.00" in " ".join(steps.page(sender.get(road.address)).text.split())
