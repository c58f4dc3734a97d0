"""The match day of 1 June 2023: 19 matches on phones, with the network cut in between."""

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.access import OrganisationKind, Role
from portal.participants import publishing
from portal.participants.models import EventKind, ParticipantEvent
from portal.projects.models import PartnerRole
from tests import company, gathering, make, participant, project
from tests.browser import PHONE, faults
from tests.participants.asking import at_work

pytestmark = pytest.mark.journey
HELD = date(2023, 6, 1)
OURS, THEIRS = 12, 7  # 19 matches


@pytest.fixture
def one(fund, municipality):
    """The pædagog project of Sydjylland: its lead, an a-kasse and a union."""
    days = {"starts_on": date(2023, 1, 1), "ends_on": date(2027, 12, 31)}
    what = {"title": "Pædagoger i Sydjylland", "trade": "childcare", "templates": ["jobmatchdag"]}
    made = project.project(municipality, fund, municipalities=(municipality,), **what, **days)
    union = make.organisation("BUPL Prøve", OrganisationKind.PARTNER)
    project.partner(made, union, PartnerRole.UNION)
    return made, union


def entered(page: Page, name: str, outcome: str, firm: str | None = None) -> None:
    """As a thumb does it: unfold, choose, save."""
    card = page.locator(".venue-person", has_text=name)
    card.locator("summary").click()
    card.get_by_label("Hvordan gik det?").select_option(outcome)
    if outcome == "matched":
        card.get_by_label("Ansat som").select_option("ordinary")
        if firm:
            card.get_by_label("Virksomhed").select_option(firm)
    card.get_by_role("button", name="Gem").click()


def is_held_back(page: Page) -> bool:
    """Whether the browser would ask before it leaves the page."""
    return not page.evaluate("window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")


def matches() -> list[ParticipantEvent]:
    rows = select(ParticipantEvent).where(ParticipantEvent.kind == EventKind.MATCHED)
    found = [*make.records.scalars(rows)]
    make.records.commit()
    return found


def test_nineteen_matches_without_network(one, opened, fund, municipality, worker):
    shared, union = one
    firms = ("Børnehuset Billund", "Børnehuset Varde")
    day = gathering.gathering(shared, municipality, day=HELD, for_whom="Ledige pædagoger", seats=21)
    for name in firms:
        gathering.company(
            day, municipality, company.company(shared, municipality, municipality, name=name)
        )
    what = {"model": "jobmatchdag"}
    ours = [participant.participant(shared, fund, name=f"Anna Nr{n:02}", **what) for n in range(13)]
    theirs = [participant.participant(shared, union, name=f"Bo Nr{n:02}", **what) for n in range(9)]
    for person in ours:
        gathering.seat(day, person)
    here = f"/projects/{shared.id}/gatherings/{day.id}"

    signs_up(opened(make.user(union, Role.PROJECT_PARTNER), PHONE), here, len(theirs))
    phone = opened(make.user(fund, Role.ADVISER), PHONE)
    without_network(phone, here, firms)
    assert len(matches()) == OURS
    with_a_lost_answer(phone)
    signed_out_meanwhile(phone)
    assert len(matches()) == OURS

    plain = opened(make.user(union, Role.PROJECT_PARTNER), PHONE, java_script_enabled=False)
    plain.goto(f"{here}/venue")
    for n in range(THEIRS):
        entered(plain, f"Bo Nr{n:02}", "matched", firms[1])
    expect(plain.get_by_text("Match: 7")).to_be_visible()
    assert len(matches()) == OURS + THEIRS
    assert {(event.day, event.gathering_id) for event in matches()} == {(HELD, day.id)}
    assert all(event.company_id for event in matches())

    at_work(worker, publishing.publish, date(2023, 7, 20))
    lead = opened(make.user(municipality, *make.every_role(municipality)))
    lead.goto(f"/projects/{shared.id}/funnel")
    matched = lead.get_by_role("row", name=re.compile("^Match "))
    expect(matched).to_contain_text("mindst 19")
    assert "Anna Nr" not in lead.content()
    widened(lead, here)


def signs_up(page: Page, here: str, number: int) -> None:
    """Nine, where eight seats are left: the last one waits."""
    page.goto(here)
    for n in range(number):
        page.get_by_label(f"Bo Nr{n:02}").check()
    page.get_by_role("button", name="Tilmeld").click()
    expect(page.get_by_text("Fik plads: 8. På venteliste: 1.")).to_be_visible()
    assert faults(page, picture="match-day") == []


def without_network(page: Page, here: str, firms: tuple[str, str]) -> None:
    page.goto(f"{here}/venue")
    assert not is_held_back(page)
    entered(page, "Anna Nr00", "matched", firms[0])
    expect(page.locator(".venue-state p")).to_have_text("Alt er sendt.")
    page.context.set_offline(True)
    for n in range(1, OURS):
        entered(page, f"Anna Nr{n:02}", "matched", None if n == 1 else firms[n % 2])
    entered(page, "Anna Nr12", "absent")
    told = page.locator(".venue-state p")
    expect(told).to_contain_text("12 resultater er ikke sendt endnu.")
    expect(told).to_contain_text("Ingen forbindelse.")
    assert is_held_back(page)
    assert faults(page, picture="match-day-offline") == []
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert len(matches()) == 1
    page.context.set_offline(False)
    expect(told).to_have_text("Alt er sendt.")
    refused = page.locator(".venue-person", has_text="Anna Nr01")
    expect(refused).to_contain_text("Vælg den virksomhed, der vil ansætte.")
    assert is_held_back(page)
    refused.get_by_label("Virksomhed").select_option(firms[0])
    refused.get_by_role("button", name="Gem").click()
    expect(refused).to_contain_text(f"Sendt: Mødt og match: {firms[0]}")
    assert not is_held_back(page)


def with_a_lost_answer(page: Page) -> None:
    """The server has taken it, but the phone never hears so, and sends it again."""

    def lose(route) -> None:
        route.fetch()
        route.abort()

    page.route("**/venue/*", lose, times=1)
    entered(page, "Anna Nr02", "matched")
    expect(page.locator(".venue-state p")).to_contain_text("1 resultat er ikke sendt endnu.")
    page.get_by_role("button", name="Send nu").click()
    expect(page.locator(".venue-state p")).to_have_text("Alt er sendt.")
    page.reload()
    expect(page.get_by_text("Match: 12")).to_be_visible()


def signed_out_meanwhile(page: Page) -> None:
    """What was written waits until somebody has signed in again, in another tab."""
    known: Any = page.context.cookies()
    page.context.clear_cookies()
    entered(page, "Anna Nr12", "met")
    told = page.locator(".venue-state p")
    expect(told).to_contain_text("Du er logget af.")
    page.context.add_cookies(known)
    page.get_by_role("button", name="Send nu").click()
    expect(told).to_have_text("Alt er sendt.")
    expect(page.get_by_text("Mødt: 13")).to_be_visible()


def widened(page: Page, here: str) -> None:
    page.goto(here)
    page.get_by_role("link", name="Opret næste runde").click()
    asked = page.get_by_label("Hvem er det for?")
    expect(asked).to_have_value("Ledige pædagoger")
    asked.fill("Ledige pædagoger og ufaglærte beskæftigede på specialområdet")
    assert faults(page, picture="match-day-next-round") == []
    page.get_by_role("button", name="Gem").click()
    page.get_by_role("link", name="Skriv dagen.").wait_for()
    expect(asked).to_have_value("Ledige pædagoger og ufaglærte beskæftigede på specialområdet")
    page.locator(".date-picker__external-input").first.fill("01/03/2027")
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Runden før")).to_be_visible()
    page.goto(here[: here.rindex("/")])
    assert faults(page, picture="match-day-list") == []
