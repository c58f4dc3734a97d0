"""Every form of a step: what is wrong is told on top, with a link, and at the field; what was
typed is still there. And what the forms know already.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.clock import COPENHAGEN, today
from portal.handovers.meeting import JointMeeting, Minutes
from portal.handovers.meeting_forms import MinutesForm, PlanMeetingForm
from portal.handovers.step_forms import STEP_FORMS
from tests import make
from tests.handovers import road as steps
from tests.handovers.ways import (
    CALLED,
    LATER,
    THERE,
    YESTERDAY,
    to_accepted,
    to_asked_back,
    to_begun_without_a_call,
    to_held,
    to_meeting,
    to_minutes,
    to_questions,
    to_rejected,
    to_review,
    to_review_by_criteria,
    to_withdrawn,
)

LONG = "x" * 4001
DROPPED: dict[str, Any] = {"outcomes-0": "dropped"}
UNDECIDED: dict[str, Any] = {"outcomes-0": ""}
# step, who, the way there, what is typed, what is told by field, what stays
TABLE = [
    ("assign", "receiver", to_review, {"person_id": ""}, {"person_id": "Vælg en kollega"}, {}),
    (
        "request-info",
        "receiver",
        to_review,
        {"questions-1": "  "},
        {"questions-0": "mindst ét konkret spørgsmål"},
        {},
    ),
    (
        "request-info",
        "receiver",
        to_review,
        {"questions-0": "Har hun kørekort?", "questions-1": "y" * 1001},
        {"questions-1": "Højst 1000 tegn"},
        {"questions-0": "Har hun kørekort?", "questions-1": "y" * 1001},
    ),
    (
        "provide-info",
        "sender",
        to_questions,
        {"answers-0": "I går", "unanswerable-0": "", "answers-1": "", "unanswerable-1": ""},
        {"answers-1": "Spørgsmål 2: svar"},
        {"answers-0": "I går"},
    ),
    (
        "provide-info",
        "sender",
        to_questions,
        {"answers-0": "I går", "unanswerable-0": "Ved ikke", "answers-1": "Her"},
        {"answers-0": "Spørgsmål 1: skriv kun det ene"},
        {"answers-0": "I går", "unanswerable-0": "Ved ikke", "answers-1": "Her"},
    ),
    (
        "accept",
        "receiver",
        to_review,
        {"responsible_from": "31/2-2027", "rating": "fair"},
        {"responsible_from": "dd/mm/åååå"},
        {"responsible_from": "31/2-2027"},
    ),
    (
        "reject",
        "receiver",
        to_review_by_criteria,
        {"reason_code": "not_met", "reason_text": "Se planen", "alternative": ""},
        {"alternative": "Skriv, hvad I foreslår"},
        {"reason_text": "Se planen"},
    ),
    (
        "reject",
        "receiver",
        to_review_by_criteria,
        {"reason_code": "not_met", "reason_text": "Se planen", "alternative": "Et kursus"},
        {"criterion": "Vælg det kriterium"},
        {"reason_text": "Se planen", "alternative": "Et kursus"},
    ),
    (
        "reject",
        "receiver",
        to_review_by_criteria,
        {"reason_code": "other", "reason_text": "", "alternative": "Et kursus"},
        {"reason_text": "Skriv en begrundelse"},
        {"alternative": "Et kursus"},
    ),
    (
        "plan-meeting",
        "receiver",
        to_accepted,
        steps.meeting(starts="halv ti", place="Rådhuset"),
        {"starts": "tt:mm"},
        {"starts": "halv ti", "ends": "11:00", "place": "Rådhuset"},
    ),
    (
        "plan-meeting",
        "receiver",
        to_accepted,
        steps.meeting(starts="1030", ends="9.30", place="", participants="Tolk"),
        {"ends": "efter at den er begyndt", "place": "Skriv et sted"},
        {"starts": "10:30", "ends": "09:30", "participants": "Tolk"},
    ),
    (
        "plan-meeting",
        "receiver",
        to_accepted,
        steps.meeting(video_link="http://video.example"),
        {"video_link": "https://"},
        {"video_link": "http://video.example"},
    ),
    (
        "cancel-meeting",
        "receiver",
        to_meeting,
        {"reason": LONG},
        {"reason_code": "Vælg en årsag", "reason": "Højst 4000 tegn"},
        {"reason": LONG},
    ),
    (
        "cancel-meeting",
        "sender",
        to_meeting,
        {"reason_code": "other", "reason": " "},
        {"reason": "Skriv årsagen"},
        {},
    ),
    (
        "plan-meeting",
        "receiver",
        to_meeting,
        steps.meeting(reason_code="", place="Biblioteket"),
        {"reason_code": "Vælg en årsag"},
        {"place": "Biblioteket"},
    ),
    (
        "record-held",
        "receiver",
        to_begun_without_a_call,
        {**THERE, "called_in_on": YESTERDAY.isoformat()},
        {"called_in_on": "hvornår og hvordan"},
        {},
    ),
    (
        "record-held",
        "receiver",
        to_begun_without_a_call,
        CALLED,
        dict.fromkeys(THERE, "Svar ja eller nej."),
        {},
    ),
    (
        "publish-minutes",
        "receiver",
        to_held,
        steps.minutes(next_contact_person="", **DROPPED),
        {"next_contact_person": "hvem der tager næste kontakt"},
        {"text": "Vi gik planen igennem."},
    ),
    (
        "publish-minutes",
        "receiver",
        to_held,
        steps.minutes(next_contact_person="Jonas", **DROPPED),
        {"reasons-0": "Begrund"},
        {"text": "Vi gik planen igennem.", "next_contact_person": "Jonas"},
    ),
    (
        "publish-minutes",
        "receiver",
        to_held,
        steps.minutes(next_contact_person="Jonas", **UNDECIDED),
        {"outcomes-0": "hvad der sker med målet"},
        {"text": "Vi gik planen igennem."},
    ),
    (
        "complete",
        "receiver",
        to_minutes,
        {"registered_on": f"{today() + timedelta(days=2):%d.%m.%Y}"},
        {"registered_on": "fremtiden"},
        {},
    ),
    (
        "withdraw",
        "sender",
        to_review,
        {"reason": "Hun har fået job"},
        {"reason_code": "Vælg en årsag"},
        {"reason": "Hun har fået job"},
    ),
    ("ask-redirect", "receiver", to_review, {"reason": " "}, {"reason": "hvor borgeren"}, {}),
    (
        "hold",
        "receiver",
        to_review,
        {"until": f"{today():%d.%m.%Y}", "reason": "Kursus"},
        {"until": "fremtiden"},
        {"reason": "Kursus"},
    ),
    (
        "obsolete",
        "receiver",
        to_review,
        {"reason_code": "job", "day": f"{LATER:%d.%m.%Y}", "source": "Borgeren"},
        {"day": "på pause til da"},
        {"source": "Borgeren"},
    ),
    (
        "obsolete",
        "sender",
        to_review,
        {"reason_code": "", "day": "", "source": ""},
        {"reason_code": "Vælg", "day": "Vælg en dag", "source": "hvor I ved det fra"},
        {},
    ),
    ("reset", "sender", to_withdrawn, {"reason": " "}, {"reason": "hvorfor pakken åbnes"}, {}),
    ("contest", "sender", to_rejected, {"reason": ""}, {"reason": "hvad kommunen skal se"}, {}),
    (
        "ask-withdrawal",
        "sender",
        to_accepted,
        {"reason": "Hun har fået job"},
        {"reason_code": "Vælg en årsag"},
        {"reason": "Hun har fået job"},
    ),
    (
        "refuse-request",
        "receiver",
        to_asked_back,
        {"reason": " "},
        {"reason": "hvorfor I siger nej"},
        {},
    ),
]
BY_PHONE = {"acknowledge_by_phone"}  # test_not_on_board.py
BY_LEADERS = {"submit_for_signoff", "return_to_draft", "mark_error", "move_case"}  # test_signoff.py
# In test_meeting_steps.py, where it is told what they are for.
TRIED_ELSEWHERE = {"offer_slots", "pick_slot", "waive_meeting", "record_no_show", "object"}
# Those in tests/handovers/test_amending.py.
TRIED_ELSEWHERE |= {"amend", "correct", "find_info"}
WITHOUT_INPUT = {
    "take_over",
    "send",
    "acknowledge",
    "agree_withdrawal",
    "agree_redirect",
    "take_back_request",
    "resume",
}


@pytest.mark.parametrize(("name", "who", "way", "typed", "told", "kept"), TABLE)
def test_what_is_wrong_is_told_on_top_and_at_the_field(name, who, way, typed, told, kept, road):
    check_form(road, name, who, way, typed, told, kept)


def check_form(road, name, who, way, typed, told, kept):
    way(road)
    answer = road.step({"sender": road.sender, "receiver": road.receiver}[who], name, **typed)
    assert answer.status_code == 422, answer.location
    soup = steps.page(answer)
    links = {str(one["href"]): one.text for one in soup.select('[data-module="error-summary"] a')}
    assert len(links) == len(told)
    for field, words in told.items():
        [place] = [href for href in links if href in {f"#{field}", f"#{field}-0"}]
        assert words in links[place]
        assert soup.select_one(place), place
        assert words in soup.select(f"#{field}-error")[0].text
    for field, text in kept.items():
        assert shown(soup, field) == text
    for field, choice in typed.items():
        if boxes := soup.select(f'input[type="radio"][name="{field}"]'):
            chosen = [box["value"] for box in boxes if box.has_attr("checked")]
            assert chosen == ([choice] if choice else [])


def shown(soup, name):
    """What stands in a field: typed into it, or, for a day, beside the picker."""
    box = soup.select_one(f'[name="{name}"]')
    return box["value"] if box.has_attr("value") else box.text.strip()


def test_every_step_that_asks_for_something_is_tried():
    tried = {name.replace("-", "_") for name, *_rest in TABLE}
    assert tried | WITHOUT_INPUT | BY_LEADERS | BY_PHONE | TRIED_ELSEWHERE == {*STEP_FORMS}


def test_a_meeting_that_is_moved_is_filled_in_in_danish_time(web):
    starts_at = datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    known = {"place": "Rådhuset", "video_link": None, "participants": "Tolk"}
    called = {"called_in_on": date(2026, 6, 1), "called_in_via": "jobnet"}
    meeting = JointMeeting(
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), **known, **called
    )
    with web.test_request_context():
        form = PlanMeetingForm()
        form.fill(meeting)
        assert form.day.data == date(2026, 7, 1)
        assert (form.starts._value(), form.ends._value()) == ("09:30", "10:30")
        assert (form.place.data, form.participants.data) == ("Rådhuset", "Tolk")
        assert form.called_in_on.data is None  # the citizen must be called in anew
        assert not form.called_in_via.data


def test_minutes_that_are_put_right_are_filled_in_goal_by_goal(web):
    goals = [
        {"goal": "Pædagog", "outcome": "continued", "reason": ""},
        {"goal": "Souschef", "outcome": "dropped", "reason": "Vil ikke lede"},
    ]
    said = {
        "text": "Vi talte.",
        "next_contact_on": date(2026, 12, 1),
        "next_contact_person": "Jonas",
    }
    with web.test_request_context():
        form = MinutesForm()
        form.offer(["Pædagog", "Souschef"], [])
        form.fill(Minutes(goals=goals, **said))
        assert form.given()["goals"] == goals
        assert {name: form.given()[name] for name in said} == said


@pytest.mark.parametrize("typed", ["9", "930", "9:30", "9.30", "09:30"])
def test_a_meeting_is_planned_with_the_time_as_typed(typed, road, receiver):
    to_accepted(road)
    road.take(receiver, "plan-meeting", **steps.meeting(starts=typed, ends="1015"))
    meeting = make.records.scalars(select(JointMeeting)).one()
    begins = time(9) if typed == "9" else time(9, 30)
    danish = [at.astimezone(COPENHAGEN).time() for at in (meeting.starts_at, meeting.ends_at)]
    assert danish == [begins, time(10, 15)]


@pytest.mark.parametrize(
    ("name", "way", "words"),
    [
        ("withdraw", to_review, "Det kan ikke fortrydes"),
        ("complete", to_minutes, "kan ikke åbnes igen"),
        ("cancel-meeting", to_meeting, "Borgeren får ikke"),
    ],
)
def test_what_cannot_be_undone_is_said_before(name, way, words, road, sender, receiver):
    way(road)
    who = sender if name == "withdraw" else receiver
    soup = steps.page(who.get(f"{road.address}/steps/{name}"))
    assert words in soup.select("form .alert-warning")[0].text
