"""Where the mail to both parties' agreement owners leads: what nobody has answered."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from portal.access import Role
from portal.clock import add_working_days, today
from portal.handovers.models import State
from portal.handovers.parts import HandoverNotice
from tests import make

DUE = add_working_days(today(), -4)


@pytest.fixture
def late(fund, municipality):
    case = make.member_case(fund, municipality, name="Karl Prøvesen")
    clock = {
        "due_on": DUE,
        "due_for": "acknowledge",
        "changed_at": datetime(2026, 1, 5, tzinfo=UTC),
    }
    return make.handover(case, State.SENT, **clock)


def noted(package, level):
    known = {"clock": "acknowledge", "due_on": DUE, "found_on": today()}
    make.saved(HandoverNotice(handover_id=package.id, level=level, **known))


@pytest.fixture
def told(client_of):
    """The rows of the list on somebody's start page."""

    def rows(person):
        page = BeautifulSoup(client_of(person).get("/").text, "html.parser")
        found = page.select("[aria-labelledby=stuck-heading] tbody tr")
        return [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in found]

    return rows


def test_both_owners_see_the_reference_and_whose_turn_it_is(late, fund, municipality, told):
    noted(late, 2)
    [ours] = told(make.user(municipality, Role.AGREEMENT_OWNER))
    [theirs] = told(make.user(fund, Role.AGREEMENT_OWNER))
    assert ours[:3] == [late.reference, "Prøvebæk A-kasse", "Jeres egen"]
    assert theirs[:3] == [late.reference, "Lillekøbing Kommune", "Lillekøbing Kommune"]
    assert ours[4] == "–"


def test_in_the_end_it_is_a_point_of_the_next_status_meeting(late, fund, told):
    noted(late, 2)
    noted(late, 3)
    [row] = told(make.user(fund, Role.AGREEMENT_OWNER))
    assert row[4] == "På dagsordenen"


def test_what_is_only_late_is_not_there_nor_what_has_gone_on_since(late, fund, told):
    owner = make.user(fund, Role.AGREEMENT_OWNER)
    noted(late, 1)
    assert told(owner) == []
    noted(late, 2)
    assert len(told(owner)) == 1
    late.due_on = add_working_days(today(), -1)
    make.saved(late)
    assert told(owner) == []


def test_nobody_else_has_the_list(late, fund, outsider, told, client_of):
    noted(late, 2)
    assert told(make.user(outsider, Role.AGREEMENT_OWNER)) == []
    assert told(make.user(fund, Role.AUDITOR)) == []
    owner = make.user(fund, Role.AGREEMENT_OWNER)
    assert "Karl" not in client_of(owner).get("/").text
    assert len(told(owner)) == 1
