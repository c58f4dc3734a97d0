"""Times that are offered and picked, a meeting that nobody came to or that is left out, and what
the fund has against the minutes: who may, until when, and what the other party reads.
"""

import pytest
from sqlalchemy import select, update

from portal.clock import COPENHAGEN, add_working_days, day_of, today
from portal.handovers.meeting import JointMeeting, Minutes
from portal.handovers.models import Handover, Party, State
from portal.handovers.parts import HandoverContent, HandoverRequest
from tests import make
from tests.handovers import offering
from tests.handovers import road as steps
from tests.handovers.test_forms import check_form
from tests.handovers.test_notices import mails, worker  # noqa: F401  (fixtures)
from tests.handovers.test_road import hold_the_meeting_now
from tests.handovers.ways import (
    to_accepted,
    to_begun_without_a_call,
    to_meeting,
    to_minutes,
    to_offered,
)

LONG = "x" * 4001

# step, who, the way there, what is typed, what is told by field, what stays
TABLE = [
    (
        "offer-slots",
        "receiver",
        to_accepted,
        steps.slots(1) | {"ends-0": "9", "place": ""},
        {"ends-0": "efter at den er begyndt", "days-1": "Tilbyd fra 2 til 5", "place": "et sted"},
        {"starts-0": "10:00", "ends-0": "09:00"},
    ),
    (
        "offer-slots",
        "sender",
        to_accepted,
        steps.slots() | {"starts-1": ""},
        {"days-1": "både dag og klokkeslæt"},
        {"starts-0": "10:00", "ends-1": "11:00"},
    ),
    (
        "pick-slot",
        "sender",
        to_offered,
        {"fund_attends": ""},
        {"slot": "Vælg en af tiderne", "fund_attends": "Svar ja eller nej"},
        {},
    ),
    (
        "waive-meeting",
        "receiver",
        to_accepted,
        {"reason": "Ringede mandag"},
        {"reason_code": "Vælg en årsag"},
        {"reason": "Ringede mandag"},
    ),
    (
        "record-no-show",
        "receiver",
        to_begun_without_a_call,
        {"reason": LONG},
        {"reason_code": "Vælg en årsag", "reason": "Højst 4000 tegn"},
        {"reason": LONG},
    ),
    ("object", "sender", to_minutes, {"text": " "}, {"text": "hvad der er forkert"}, {}),
]


@pytest.mark.parametrize(("name", "who", "way", "typed", "told", "kept"), TABLE)
def test_what_is_wrong_is_told_at_the_field(name, who, way, typed, told, kept, road):
    check_form(road, name, who, way, typed, told, kept)


def only(model):
    [row] = make.records.scalars(select(model)).all()
    make.records.commit()
    return row


def rows(client, road):
    """Names and values of the package's lists, as they are read."""
    soup = steps.page(client.get(road.address))
    names, values = soup.select("dl dt"), soup.select("dl dd")
    return {
        one.text.strip(): " ".join(two.text.split()) for one, two in zip(names, values, strict=True)
    }


# --- Times ---


def test_the_municipality_offers_times_and_the_fund_picks_one(road, sender, receiver):
    to_accepted(road)
    road.take(receiver, "offer-slots", **steps.slots(3), place="Rådhuset, lokale 2")
    shown = sender.get(road.address).text
    assert "Den anden part har tilbudt tider til samtalen: vælg en" in shown
    assert "Rådhuset, lokale 2" in shown
    assert rows(sender, road)["Næste skridt"] == "Vælg en af kommunens tider til samtalen"
    assert rows(receiver, road)["Næste skridt"] == "A-kassen vælger en af jeres tider"

    road.take(sender, "pick-slot", slot="1", fund_attends="yes")

    meeting = only(JointMeeting)
    assert day_of(meeting.starts_at) == steps.in_working_days(7)
    assert meeting.starts_at.astimezone(COPENHAGEN).hour == 10
    assert meeting.place == "Rådhuset, lokale 2"
    assert road.state(sender) == road.state(receiver) == "Fællessamtale aftalt"
    assert "Registrér indkaldelse" in receiver.get(road.address).text


def test_the_fund_offers_times_and_the_municipality_says_where(road, sender, receiver):
    to_accepted(road)
    road.take(sender, "offer-slots", **steps.slots())
    nowhere = road.step(receiver, "pick-slot", slot="0", fund_attends="no")
    assert steps.errors(nowhere) == ["Skriv et sted eller et link til videomødet."]
    link = "https://video.example/1"
    road.take(receiver, "pick-slot", slot="0", video_link=link, fund_attends="no")
    assert only(JointMeeting).video_link == link
    assert "Medlemmet ønsker ikke, at a-kassen deltager" in sender.get(road.address).text
    assert road.state(sender) == road.state(receiver) == "Samtale aftalt"


def test_none_of_the_times_fits(road, sender, receiver):
    to_offered(road)
    road.take(sender, "refuse-request", reason="Vi er på kursus hele ugen")
    shown = receiver.get(road.address).text
    assert "Sagt nej: de tilbudte tider til samtalen" in shown
    assert "Vi er på kursus hele ugen" in shown
    road.take(receiver, "offer-slots", **steps.slots(5), place="Rådhuset")


def test_another_time_may_be_agreed_while_times_are_offered(road, sender, receiver):
    to_offered(road)
    road.take(receiver, "plan-meeting", **steps.meeting())
    assert only(HandoverRequest).answer == "lapsed"
    assert road.state(sender) == "Fællessamtale aftalt"


def test_a_time_that_has_come_too_near_is_not_picked(road, sender, fund, municipality):
    """The citizen has to be called in with notice, whenever the time was offered."""
    case = make.member_case(fund, municipality)
    package = make.handover(case, State.ACCEPTED, pending="slots", turn="sender")
    road.address = f"/handovers/{package.id}"
    offering.slots(package, Party.RECEIVER, 1, 30)
    early = road.step(sender, "pick-slot", slot="0", fund_attends="yes")
    assert "Samtalen kan tidligst holdes" in steps.errors(early)[0]


PLAN = """
insert into joint_meeting (id, handover_id, organisation_id, state, created_at, starts_at, ends_at,
    place, sequence) select gen_random_uuid(), :package, :me, 'planned', now(), {}, {}, {}, 0
from handover_request where handover_id = :package
"""
FIRST = "(detail #>> '{slots,0,starts}')::timestamptz", "(detail #>> '{slots,0,ends}')::timestamptz"


def test_in_plain_sql_the_fund_plans_no_meeting_but_one_that_was_offered(tries, case, municipality):
    package = make.handover(case, State.ACCEPTED, pending="slots", turn="sender")
    offering.slots(package, Party.RECEIVER)
    later = [f"{time} + interval '1 hour'" for time in FIRST]
    assert tries("fund", package, PLAN.format(*FIRST, "'Rådhuset'"))
    assert not tries("fund", package, PLAN.format(*later, "'Rådhuset'"))
    assert not tries("fund", package, PLAN.format(*FIRST, "'Et andet sted'"))
    assert tries("municipality", package, PLAN.format(*later, "'Et andet sted'"))


# --- Nobody came, or no meeting is held ---


def test_at_the_second_time_that_nobody_came_the_leader_is_told(
    road,
    sender,
    receiver,
    coordinator,
    mails,  # noqa: F811
):
    def told() -> list[str]:
        return [mail.recipient for mail in mails() if "to gange" in mail.subject]

    to_begun_without_a_call(road)
    road.take(receiver, "record-no-show", reason_code="acceptable", reason="Tog fejl af dagen")
    assert road.state(receiver) == "Fællessamtale skal aftales"
    shown = sender.get(road.address).text
    assert "Medlemmet kom ikke til samtalen" in shown
    assert "Med rimelig grund" in shown
    assert told() == []
    road.take(receiver, "plan-meeting", **steps.meeting())
    hold_the_meeting_now()
    road.take(receiver, "record-no-show", reason_code="unacceptable")
    assert told() == [coordinator.email]
    assert "skulle være holdt" in sender.get(road.address).text


def test_nobody_stays_away_from_what_has_not_begun(road, receiver):
    to_meeting(road)
    early = road.step(receiver, "record-no-show", reason_code="logistics")
    assert steps.errors(early) == ["Samtalen er ikke begyndt endnu."]
    assert "Registrér udeblivelse" not in receiver.get(road.address).text
    hold_the_meeting_now()
    assert "Registrér udeblivelse" in receiver.get(road.address).text


def test_a_meeting_that_is_left_out_is_counted_apart(road, sender, receiver):
    to_accepted(road)
    road.take(receiver, "waive-meeting", reason_code="phone")
    assert only(Handover).meeting_waived == "phone"
    for client in (sender, receiver):
        assert "Samtalen er taget i telefonen" in client.get(road.address).text
    next_one = "Skriv, hvad der er aftalt i stedet for samtalen"
    assert rows(receiver, road)["Næste skridt"] == next_one
    road.take(receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas"))
    road.take(receiver, "complete", registered_on=today().isoformat())
    assert road.state(sender) == "Overdraget"


# --- Objections ---


def test_new_minutes_answer_an_objection_and_open_the_time_for_another(road, sender, receiver):
    to_minutes(road)
    road.take(sender, "object", text="Målet var et andet")
    assert "Målet var et andet" in receiver.get(road.address).text
    assert road.state(receiver) == "Indsigelse – referatet skal rettes"
    assert rows(sender, road)["Næste skridt"] == "Kommunen retter referatet"
    ended = road.step(receiver, "complete", registered_on=today().isoformat())
    assert "A-kassen har gjort indsigelse" in steps.errors(ended)[0]
    again = road.step(sender, "object", text="Og dagen")
    assert steps.errors(again) == ["I har allerede gjort indsigelse mod dette referat."]

    road.take(receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas"))

    assert road.state(receiver) == "Referat delt – skal afsluttes"
    road.take(sender, "object", text="Dagen er forkert")
    road.take(receiver, "publish-minutes", **steps.minutes(next_contact_person="Jonas"))
    road.take(receiver, "complete", registered_on=today().isoformat())


@pytest.mark.parametrize(("days", "is_open"), [(5, True), (6, False)])
def test_the_time_for_objections_ends_with_its_last_working_day(days, is_open, road, sender):
    to_minutes(road)
    shared = add_working_days(today(), -days)
    at = only(Minutes).published_at
    make.records.execute(update(Minutes).values(published_at=at - (today() - shared)))
    make.records.commit()
    answer = road.step(sender, "object", text="Forkert dag")
    assert answer.status_code == (303 if is_open else 422)
    assert is_open or "Fristen for indsigelse var" in steps.errors(answer)[0]


# --- Whether the fund takes part ---


@pytest.mark.parametrize(("rule_set", "is_asked"), [("2020-trial", False), ("2024", True)])
def test_the_draft_asks_only_where_it_is_the_members_to_say(rule_set, is_asked, road, case, sender):
    case.rule_set = rule_set
    make.saved(case)
    shown = steps.page(sender.get(f"{road.address}/draft"))
    assert bool(shown.select("[name=fund_attends]")) == is_asked
    road.write(fund_attends="no")
    assert only(Handover).fund_attends == (not is_asked)


@pytest.mark.parametrize(("rule_set", "is_asked"), [("2020-trial", False), ("2024", True)])
def test_the_member_is_asked_about_the_fund_since_2024(rule_set, is_asked, road, receiver):
    """Until the end of 2023 the fund took part by law; from then on as the member wishes."""
    to_accepted(road)
    frozen = only(HandoverContent)
    frozen.content = frozen.content | {"rule_set": rule_set}
    make.saved(frozen)
    shown = steps.page(receiver.get(f"{road.address}/steps/plan-meeting"))
    assert bool(shown.select("[name=fund_attends]")) == is_asked
    told = steps.meeting(fund_attends="no")
    road.take(receiver, "plan-meeting", **told)
    assert only(Handover).fund_attends == (not is_asked)
    overview = receiver.get(road.address).text
    word = "samtale" if is_asked else "fællessamtale"
    assert f"Vi indkalder dig til {word} " in overview
