"""What is known already is not typed again, and what was acknowledged is soon somebody's."""

from datetime import timedelta
from typing import Any

import pytest

from portal import rules
from portal.cases.models import Assessment, CasePlan, Decision
from portal.clock import today
from tests import make
from tests.handovers import road as steps

YESTERDAY = today() - timedelta(days=1)
TOLD = {"informed_on": YESTERDAY, "informed_channel": "phone", "member_comment": "Fint nok"}


def assessed(case: Any, version: Any, **values: Any) -> None:
    own = {"agreement_version_id": version.id, "decided_by": "Mette Eksempel"}
    made = {"decision": Decision.REFER, "reason": "Skal skifte fag"} | values
    make.of_case(case, Assessment, **own, **made)


def drafted(road: steps.Road) -> dict[str, str]:
    """What stands in the draft's form about the member's being informed."""
    soup = steps.page(road.sender.get(f"{road.address}/draft"))
    [chosen] = soup.select("#informed_channel option[selected]") or [{"value": ""}]
    day = soup.select("#informed_on")[0].find_parent(class_="date-picker")
    return {
        "informed_on": str(day.get("data-default-value", "")) if day else "",
        "informed_channel": str(chosen["value"]),
        "member_comment": soup.select("#member_comment")[0].text.strip(),
    }


CARRIED = {name: str(value) for name, value in TOLD.items()}
NOTHING = dict.fromkeys(TOLD, "")


@pytest.fixture
def agreed(fund, municipality):
    return make.agreement(fund, municipality)


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_the_assessment_says_of_informing_the_member_is_carried_over(
    when, agreed, case, sender, receiver
):
    """Whether it was made before the draft or after: nobody types it twice."""
    road = steps.Road(sender, receiver)
    if when == "before":
        assessed(case, agreed, **TOLD)
    road.start(case.id, "visitation")
    if when == "after":
        assert drafted(road) == NOTHING
        assessed(case, agreed, **TOLD)
    assert drafted(road) == CARRIED


def test_another_day_that_was_written_stays(agreed, case, sender, receiver):
    road = steps.Road(sender, receiver)
    assessed(case, agreed, **TOLD)
    road.start(case.id, "visitation")
    assert road.write(informed_channel="meeting", member_comment="Nej tak").status_code == 303
    own = {"informed_on": str(today()), "informed_channel": "meeting", "member_comment": "Nej tak"}
    assert drafted(road) == own


def test_a_transfer_by_law_was_not_what_the_member_was_told_of(agreed, case, sender, receiver):
    road = steps.Road(sender, receiver)
    assessed(case, agreed, **TOLD)
    road.start(case.id, "overgang")
    assert drafted(road) == NOTHING


# --- Somebody's ---

OFFER = "Pakken er ikke tildelt nogen"


def test_whoever_acknowledges_is_offered_the_package_and_may_leave_it(road, sender, receiver):
    """To acknowledge assigns nobody: the package stands among those that nobody has."""
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    shown = steps.page(receiver.get(road.address))
    assert OFFER in shown.text
    assert OFFER not in sender.get(road.address).text
    assert "Karl Prøvesen" in receiver.get("/handovers/?tab=unassigned").text
    [form] = [one for one in shown.select("main form") if one.select("[name=person_id]")]
    pressed = {str(one["name"]): str(one["value"]) for one in form.select("input[name]")}
    assert receiver.post(str(form["action"]), data=pressed).status_code == 303
    shown = steps.page(receiver.get(road.address))
    assert OFFER not in shown.text
    assert "Jonas Skabelon" in shown.select('[aria-labelledby="who-heading"]')[0].text
    assert "Karl Prøvesen" not in receiver.get("/handovers/?tab=unassigned").text


# --- Where the plan lies, and the reader's language ---


@pytest.mark.parametrize(
    ("link", "is_followed"),
    [
        ("https://job.jobnet.dk/min-plan/17", True),
        ("https://jobnet.dk/plan", True),
        ("https://jobnet.dk.example/plan", False),
        ("https://eviljobnet.dk/plan", False),
        ("https://jobnet.dk@evil.example/plan", False),
        ("https://evil.example\\@jobnet.dk/plan", False),
        ("https://evil.example/jobnet.dk/", False),
        ("http://jobnet.dk/plan", False),
        ("Se planen på Jobnet", False),
    ],
)
def test_only_an_address_on_jobnet_is_a_link(link, is_followed, road, sender, receiver, case):
    make.records.query(CasePlan).filter_by(case_id=case.id).update({"my_plan_link": link})
    make.records.commit()
    road.take(sender, "send")
    for client, address in (
        (sender, f"/cases/{case.id}"),
        (sender, road.address),
        (receiver, road.address),
    ):
        main = steps.page(client.get(address)).select("main")[0]
        found = [one for one in main.select("a") if one.text.startswith("Åbn på Jobnet")]
        assert [one["href"] for one in found] == [link] * is_followed
        assert all(one["rel"] == ["noopener", "noreferrer"] for one in found)
        assert is_followed or link in main.text


def test_an_english_reader_gets_english_where_there_is_some_and_danish_marked(
    road, case, sender, receiver
):
    road.take(sender, "send")
    receiver.set_cookie("language", "en", domain="127.0.0.1")
    [overview] = steps.page(receiver.get(road.address)).select(
        '[aria-labelledby="overview-heading"]'
    )
    rows = {row.select("dt")[0].text: row.select("dd")[0] for row in overview.select("div")}
    assert rows["Set of rules"].text.strip() == rules.rule_set(case.rule_set).title_en
    danish = rows["Responsibility passes"].select("[lang=da]")
    assert [bool(one.text) for one in danish] == [True]
