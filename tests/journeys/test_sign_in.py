"""Signing in and out in a real browser, when it goes well and when it does not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from demo.provider.faults import FAULTS, SOUND, Fault, changed
from portal.identity import openid
from tests import make
from tests.journeys.test_handover import fine

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@WIDTHS
def test_somebody_signs_in_and_out(width, visit, base_url, bupl_a, slagelse):
    page = visit(base_url=base_url, width=width)
    page.goto("/handovers/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log på Samspil")
    fine(page)
    page.get_by_label("Søg efter din organisation").fill("bup")
    expect(page.get_by_role("link", name="Slagelse Kommune")).to_have_count(0)
    fine(page)
    page.get_by_role("link", name="BUPL-A").click()
    page.get_by_role("button", name="Mette Eksempel").click()
    page.wait_for_url(f"{base_url}/handovers/")

    leave(page, width)

    page.wait_for_url(f"{base_url}/logout/done*")
    expect(page.get_by_role("main")).to_contain_text("både i Samspil og hos din organisation")
    fine(page)
    page.get_by_role("main").get_by_role("link", name="Log på igen").click()
    expect(page.get_by_role("main")).to_contain_text("Sidst valgte du")
    fine(page)
    page.get_by_role("main").get_by_role("link", name="BUPL-A").first.click()
    expect(page.get_by_role("button", name="Mette Eksempel")).to_be_visible()  # asked again


def leave(page: Page, width: int) -> None:
    if width < 1000:
        page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("button", name="Log af").locator("visible=true").click()


@pytest.mark.parametrize(
    ("fault", "heading", "width"),
    [
        (FAULTS["nonce-wrong"], "Vi kunne ikke logge dig på", 1280),
        (FAULTS["token-500"], "Jeres login svarer ikke, som det skal", 390),
        (FAULTS["state-wrong"], "Vi kan ikke genkende dit forsøg på at logge på", 1280),
        (FAULTS["acr-low"], "Du skal logge på med et højere sikringsniveau", 390),
        (Fault(claims=changed(cvr="87654325")), "Vi kan ikke se, hvilken organisation", 1280),
    ],
    ids=["token", "provider", "attempt", "level", "organisation"],
)
def test_a_refusal_is_polite(fault, heading, width, visit, base_url, bupl_a, providers):
    page, provider = visit(base_url=base_url, width=width), providers["bupl-a"]
    bupl_a.cvr = "12345674"
    make.provider_of(bupl_a).claim_map = {"organisation": "cvr", "level": "acr"}
    make.records.commit()
    provider.fault = fault
    try:
        page.goto("/login/bupl-a")
        page.get_by_role("button", name="Mette Eksempel").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        expect(page.get_by_role("main")).to_contain_text("Reference")
        fine(page)
    finally:
        provider.fault = SOUND
        openid.forget_clients()
    provider.sign_ins.clear()
    page.goto("/login/bupl-a")
    page.get_by_role("button", name="Mette Eksempel").click()
    page.wait_for_url(f"{base_url}/")


def test_cancelling_at_the_provider(visit, base_url, bupl_a):
    page = visit(base_url=base_url)
    page.goto("/login/bupl-a")
    page.get_by_role("button", name="Fortryd og gå tilbage").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Du er ikke logget på")
    fine(page)
    page.get_by_role("link", name="Prøv igen").click()
    page.get_by_role("button", name="Mette Eksempel").click()
    page.wait_for_url(f"{base_url}/")


@WIDTHS
def test_without_a_role(width, visit, base_url, bupl_a, providers):
    page, provider = visit(base_url=base_url, width=width), providers["bupl-a"]
    provider.fault = Fault(claims=changed(groups=[]), userinfo=changed(groups=[]))
    try:
        page.goto("/login/bupl-a")
        page.get_by_role("button", name="Mette Eksempel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Du har ikke fået en rolle endnu")
        fine(page)
    finally:
        provider.fault = SOUND


@WIDTHS
@pytest.mark.parametrize("address", ["/accessibility", "/privacy", "/report"])
def test_what_everybody_may_read(address, width, visit, base_url):
    page = visit(base_url=base_url, width=width)
    page.goto(address)
    fine(page)
    if width > 1000:
        page.get_by_role("link", name="English").locator("visible=true").click()
        page.wait_for_url(f"{base_url}{address}")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        fine(page)
