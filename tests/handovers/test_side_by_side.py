"""The clock of responsibility beside the paper: in lists, on pages, and who passes without one."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from portal.access import Role
from portal.cases.models import CasePlan, Talk, TalkOutcome
from portal.clock import now, today
from portal.handovers.models import State
from tests import beside, make
from tests.handovers.road import page


@pytest.fixture
def unit(fund):
    return make.unit(fund, "Team Syd")


@pytest.fixture
def lead(fund, unit, client_of):
    return client_of(make.user(fund, Role.TEAM_LEAD, unit_id=unit.id))


@pytest.fixture
def member(fund, municipality, unit, adviser):
    def made(name: str, days: int, **values: Any):
        day = {"transfer_on": today() + timedelta(days=days)}
        own = {"unit_id": unit.id, "adviser_id": adviser.id}
        return make.member_case(fund, municipality, name=name, **day, **(own | values))

    return made


def text(soup: Any) -> str:
    return re.sub(r"\s+", " ", soup.text).strip()


def rows(client: Any, address: str) -> dict[str, list[str]]:
    found = page(client.get(address)).select("main tbody tr")
    return {text(row.select_one("a")): [text(cell) for cell in row.select("td")] for row in found}


def test_who_passes_within_thirty_days_without_a_package(lead, member):
    """The first and the last day of the thirty, and what lies just beyond."""
    member("Anna i dag", 0)
    member("Bo på den sidste", 30)
    member("Carl for sent", 31)
    make.handover(member("Dora har en sendt", 5), State.SENT)
    member("Egon i et andet team", 5, unit_id=None)
    member("Fie er lukket", 5, closed_at=now(), closed_reason="job")
    assert rows(lead, "/handovers/passing").keys() == {"Anna i dag", "Bo på den sidste"}


def test_each_with_the_step_that_presses_most(lead, member):
    held: dict[str, Any] = {"kind": "first", "form": "in_person", "outcome": TalkOutcome.HELD}
    planned, talked, drafted = member("Anna", 3), member("Bo", 3), member("Carl", 3)
    member("Dora", 3)
    member("Egon", -1)
    for case in (planned, talked):
        make.of_case(case, Talk, day=date(2026, 9, 1), **held)
    make.of_case(planned, CasePlan, job_goals=["Kok"])
    make.handover(drafted)
    steps = {name: cells[-1] for name, cells in rows(lead, "/handovers/passing").items()}
    assert steps == {
        "Anna": "Lav pakken",
        "Bo": "Skriv planen",
        "Carl": "Skriv videre på kladden",
        "Dora": "Registrér den første samtale",
        "Egon": "Bekræft den dag, hvor ansvaret er overgået",
    }


def test_an_adviser_reads_their_own(member, adviser, sender):
    member("Anna", 3)
    member("Bo", 3, adviser_id=None)
    assert rows(sender, "/handovers/passing").keys() == {"Anna"}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (None, "Pakke ikke sendt"),
        (State.DRAFT, "Kladde, ikke sendt"),
        (State.SENT, "Sendt – afventer kvittering"),
        (State.WITHDRAWN, "Pakke ikke sendt"),
    ],
)
def test_list_and_page_of_the_member_say_how_far_the_package_is(state, told, sender, member):
    case = member("Anna", 3)
    if state:
        make.handover(case, state)
    assert rows(sender, "/cases/")["Anna"][2] == told
    assert told in text(page(sender.get(f"/cases/{case.id}")).select_one(".status-head"))


@pytest.mark.parametrize(
    ("state", "days", "is_told"),
    [(State.SENT, 30, True), (State.SENT, 31, False), (State.ACCEPTED, 5, False)],
)
def test_the_list_of_packages_says_that_responsibility_passes_soon(
    state, days, is_told, receiver, contact, member
):
    day = today() + timedelta(days=days)
    case = member("Anna", days)
    made = make.handover(case, state, responsible_from=day, receiver_person_id=contact.id)
    told = f"Ansvaret overgår {day.day}/{day.month}"
    assert (told in text(page(receiver.get("/handovers/")).select_one("tbody"))) == is_told
    on_page = text(page(receiver.get(f"/handovers/{made.id}")).select_one(".status-head"))
    assert (told in on_page) == (state == State.SENT)


def test_of_a_restricted_package_the_list_says_only_that_it_is_there(
    lead, sender, member, contact, adviser
):
    """Whoever is not named learns nothing more, and the member is not told of as without one."""
    case = member("Anna", 3)
    beside.restricted(make.handover(case, State.SENT), adviser, contact)
    assert rows(lead, "/cases/?list=all")["Anna"][3] == "Begrænset pakke"
    assert rows(lead, "/handovers/passing") == {}
    assert rows(sender, "/cases/")["Anna"][2] == "Sendt – afventer kvittering"
