"""Signing in and out in a real browser, when it goes well and when it does not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from demo.provider.faults import FAULTS, SOUND, Fault, changed
from portal.identity import openid
from tests import make
from tests.browser import PHONE, faults

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]


def test_somebody_signs_in_and_out(visit, base_url, bupl_a, slagelse):
    page = visit(base_url=base_url)
    page.goto("/handovers/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log på Samspil")
    assert faults(page) == []
    page.get_by_label("Søg efter din organisation").fill("bup")
    expect(page.get_by_role("link", name="Slagelse Kommune")).to_have_count(0)
    assert faults(page) == []
    page.get_by_role("link", name="BUPL-A").click()
    page.get_by_role("button", name="Mette Eksempel").click()
    page.wait_for_url(f"{base_url}/handovers/")

    page.get_by_role("button", name="Log af").locator("visible=true").click()

    page.wait_for_url(f"{base_url}/logout/done*")
    expect(page.get_by_role("main")).to_contain_text("både i Samspil og hos din organisation")
    assert faults(page) == []
    page.get_by_role("main").get_by_role("link", name="Log på igen").click()
    expect(page.get_by_role("main")).to_contain_text("Sidst valgte du")
    assert faults(page) == []
    page.get_by_role("main").get_by_role("link", name="BUPL-A").first.click()
    expect(page.get_by_role("button", name="Mette Eksempel")).to_be_visible()  # asked again


def test_somebody_leaves_by_the_menu_of_a_phone(visit, base_url, bupl_a):
    page = visit(base_url=base_url, width=PHONE)
    page.goto("/login/bupl-a")
    page.get_by_role("button", name="Mette Eksempel").click()
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("button", name="Log af").locator("visible=true").click()
    page.wait_for_url(f"{base_url}/logout/done*")


@pytest.mark.parametrize(
    ("fault", "heading"),
    [
        (FAULTS["nonce-wrong"], "Vi kunne ikke logge dig på"),
        (FAULTS["token-500"], "Jeres login svarer ikke, som det skal"),
        (FAULTS["state-wrong"], "Vi kan ikke genkende dit forsøg på at logge på"),
        (FAULTS["acr-low"], "Du skal logge på med et højere sikringsniveau"),
        (Fault(claims=changed(cvr="87654325")), "Vi kan ikke se, hvilken organisation"),
    ],
    ids=["token", "provider", "attempt", "level", "organisation"],
)
def test_a_refusal_is_polite(fault, heading, visit, base_url, bupl_a, providers):
    page, provider = visit(base_url=base_url), providers["bupl-a"]
    bupl_a.cvr = "12345674"
    make.provider_of(bupl_a).claim_map = {"organisation": "cvr", "level": "acr"}
    make.records.commit()
    provider.fault = fault
    try:
        page.goto("/login/bupl-a")
        page.get_by_role("button", name="Mette Eksempel").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        expect(page.get_by_role("main")).to_contain_text("Reference")
        assert faults(page) == []
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
    assert faults(page) == []
    page.get_by_role("link", name="Prøv igen").click()
    page.get_by_role("button", name="Mette Eksempel").click()
    page.wait_for_url(f"{base_url}/")


def test_without_a_role(visit, base_url, bupl_a, providers):
    page, provider = visit(base_url=base_url), providers["bupl-a"]
    provider.fault = Fault(claims=changed(groups=[]), userinfo=changed(groups=[]))
    try:
        page.goto("/login/bupl-a")
        page.get_by_role("button", name="Mette Eksempel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Du har ikke fået en rolle endnu")
        assert faults(page) == []
    finally:
        provider.fault = SOUND


@pytest.mark.parametrize("address", ["/accessibility", "/privacy", "/report"])
def test_what_everybody_may_read(address, visit, base_url):
    page = visit(base_url=base_url)
    page.goto(address)
    assert faults(page) == []
    page.get_by_role("link", name="English").locator("visible=true").click()
    page.wait_for_url(f"{base_url}{address}")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert faults(page) == []
