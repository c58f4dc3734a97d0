"""The member does not want the fund at the meeting: it has no turn, no mail and no invitation."""

from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal.handovers.meeting import JointMeeting
from tests import make
from tests.handovers import road as steps
from tests.handovers.test_next_step import head
from tests.handovers.test_notices import mails, worker  # noqa: F401  (fixtures)
from tests.handovers.ways import to_accepted, to_meeting

NO, YES = {"fund_attends": "no"}, {"fund_attends": "yes"}


def standing(client: Any, road: steps.Road) -> tuple[str, list[str]]:
    """Whose turn it is, and what the sender's list of its own turn holds."""
    rows = steps.page(client.get("/handovers/?tab=mine")).select("tbody tr")
    return head(client, road)["Hvis tur er det?"], [row.text for row in rows]


def test_it_is_not_the_funds_turn(road, sender, receiver):
    to_meeting(road, **NO)
    turn, own = standing(sender, road)
    assert (turn, own) == ("Lillekøbing Kommune", [])
    turn, own = standing(receiver, road)
    assert (turn, len(own)) == ("Din tur Lillekøbing Kommune", 1)


def test_it_is_both_parties_turn_where_the_member_wants_it(road, sender):
    to_meeting(road, **YES)
    turn, own = standing(sender, road)
    assert (turn, len(own)) == ("Begge parters tur", 1)


def test_the_turn_follows_the_wish_when_the_meeting_is_moved(road, sender, receiver):
    to_meeting(road, **NO)
    for wish, turn in ((YES, "Begge parters tur"), (NO, "Lillekøbing Kommune")):
        road.take(receiver, "plan-meeting", **steps.meeting(**wish))
        assert standing(sender, road)[0] == turn


@pytest.mark.parametrize(
    ("wish", "subject"), [(YES, "samtale i"), (NO, "nyt om")], ids=["yes", "no"]
)
def test_the_fund_is_told_but_nothing_waits_for_it(
    wish,
    subject,
    road,
    receiver,
    adviser,
    mails,  # noqa: F811  (fixture)
):
    to_accepted(road)
    before = len(mails())
    road.take(receiver, "plan-meeting", **steps.meeting(**wish))
    [mail] = [mail for mail in mails()[before:] if mail.recipient == adviser.email]
    assert subject in mail.subject
    assert bool(mail.calendar) == (wish == YES)


def calendar(client: Any, road: steps.Road) -> tuple[str, list[str]]:
    """The file's method and whom it invites."""
    [meeting] = make.records.scalars(select(JointMeeting)).all()
    make.records.commit()
    answer = client.get(f"{road.address}/meetings/{meeting.id}.ics")
    assert answer.status_code == 200
    told = Calendar.from_ical(answer.data)
    [event] = told.walk("VEVENT")
    invited = event["ATTENDEE"]
    everybody = invited if isinstance(invited, list) else [invited]
    return str(told["METHOD"]), [str(one.params["CN"]) for one in everybody]


def test_the_calendar_file_invites_who_takes_part(road, sender, receiver):
    both = ["Lillekøbing Kommune", "Prøvebæk A-kasse"]
    to_meeting(road, **YES)
    for client in (sender, receiver):
        assert calendar(client, road) == ("REQUEST", both)
    road.take(receiver, "plan-meeting", **steps.meeting(**NO))
    assert calendar(receiver, road) == ("REQUEST", both[:1])
    assert calendar(sender, road) == ("CANCEL", both[:1])  # who had it takes it out again
    assert "Tag samtalen ud af kalenderen" in sender.get(road.address).text


def overview(client: Any, road: steps.Road) -> str:
    [found] = steps.page(client.get(road.address)).select('[aria-labelledby="overview-heading"]')
    return " ".join(found.text.split())


def test_the_overview_tells_the_wish_as_it_is_now(road, sender, receiver):
    to_meeting(road, **NO)  # the draft said yes
    assert "Medlemmet ønsker ikke, at a-kassen deltager" in overview(sender, road)
    assert "Borgeren ønsker ikke, at a-kassen deltager" in overview(receiver, road)
    was = "Da pakken blev sendt: Medlemmet ønsker, at a-kassen deltager"
    assert was in overview(sender, road)
    road.take(receiver, "plan-meeting", **steps.meeting(**YES))
    assert "Medlemmet ønsker, at a-kassen deltager" in overview(sender, road)
    assert "Da pakken blev sendt" not in overview(sender, road)
