"""The start page of every role, and the list it leads to, in a real browser."""

import pytest
from playwright.sync_api import expect

from portal.access import POSSIBLE_ROLES, Role
from portal.clock import today
from portal.handovers.models import State
from tests import make
from tests.browser import PHONE, faults

pytestmark = pytest.mark.journey
KIND_OF = {role: kind for kind, roles in POSSIBLE_ROLES.items() for role in roles}


@pytest.mark.parametrize("role", Role)
def test_the_start_page_of_a_role_is_accessible_and_fits(role, opened):
    page = opened(make.user(make.organisation(kind=KIND_OF[role]), role))
    page.goto("/")
    assert faults(page) == []


@pytest.fixture
def late(fund, municipality, contact):
    case = make.member_case(fund, municipality, name="Anna Åberg")
    yesterday = {"due_on": make.LONG_AGO, "receiver_person_id": contact.id}
    case_today = make.member_case(fund, municipality, name="Carl Aagaard")
    make.handover(case_today, State.RECEIVED, due_on=today(), receiver_person_id=contact.id)
    return make.handover(case, State.RECEIVED, **yesterday)


def test_by_keyboard_from_the_tile_to_the_package(opened, contact, late):
    page = opened(contact)
    page.goto("/")
    page.get_by_role("link", name="1 Overskredet").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(1 + 1)
    page.get_by_role("link", name=late.reference).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Anna Åberg")).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"/handovers/{late.id}")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_list_is_sorted_and_a_row_is_touched_anywhere(
    opened, contact, late, scripts
):
    page = opened(contact, PHONE, java_script_enabled=scripts)
    page.goto("/handovers/")
    page.get_by_text("Filtre og sortering").click()
    page.get_by_label("Rækkefølge").select_option("Frist, fjerneste først")
    if not scripts:
        page.get_by_role("button", name="Vis", exact=True).click()
    rows = page.locator("tbody tr")
    expect(rows.first).to_contain_text("Carl Aagaard")
    rows.last.click()
    expect(page).to_have_url(f"/handovers/{late.id}")


def test_by_keyboard_several_packages_are_acknowledged_at_once(
    opened, coordinator, fund, municipality
):
    """The first is ticked by itself, the others by the box of the whole page."""
    names = ("Anna Åberg", "Carl Aagaard")
    new, _other = (
        make.handover(make.member_case(fund, municipality, name=name), State.SENT) for name in names
    )
    page = opened(coordinator)
    page.goto("/handovers/?tab=unassigned")
    assert faults(page, picture="many-list") == []
    page.get_by_role("checkbox", name=new.reference).focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("1 valgt")).to_be_visible()
    page.get_by_role("checkbox", name="Vælg alle på siden").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("2 valgt")).to_be_visible()
    page.get_by_role("button", name="Kvittér").focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Kvittér for 2 pakker")
    expect(button).to_be_visible()
    assert faults(page, picture="many-confirm") == []
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Alle 2 pakker er behandlet")).to_be_visible()
    assert faults(page, picture="many-done") == []
