"""Days that cannot be are refused at their field; a day that is changed is told to both parties."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.clock import today
from portal.handovers import days
from portal.handovers.models import Handover, HandoverEvent
from tests import make
from tests.handovers import road as steps
from tests.handovers.test_forms import to_review

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
