"""Choosing an organisation, changing language, and what everybody may read."""

import subprocess
import sys
from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.identity import queries
from portal.organisations.models import OrganisationName
from portal.settings import ROOT
from tests import make
from tests.conftest import HTMX
from tests.identity.test_admission import shared

DAY = date(2026, 11, 22)


def offered(text: str) -> list[str]:
    return [link.text for link in BeautifulSoup(text, "html.parser").select("#organisations a")]


@pytest.fixture
def three(app):
    for name, slug, key in (
        ("Aabenraa Kommune", "aabenraa", "åbenraa"),
        ("Odense Kommune", "odense", "odense"),
        ("Prøve A-kasse", "proeve", "prøve"),
    ):
        made = make.organisation(name, slug=slug)
        own = OrganisationName.organisation_id == made.id
        make.records.scalars(select(OrganisationName).where(own)).one().sort_key = key
    make.records.commit()


def test_all_are_listed_in_danish_order(three, app):
    page = app.test_client().get("/login")
    assert offered(page.text) == ["Odense Kommune", "Prøve A-kasse", "Aabenraa Kommune"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("odense", ["Odense Kommune"]),
        ("KOMMUNE", ["Odense Kommune", "Aabenraa Kommune"]),
        ("kom ode", ["Odense Kommune"]),
        ("prøve", ["Prøve A-kasse"]),
        ("<script>", []),
        ("x" * 500, []),
    ],
)
def test_searching_with_and_without_javascript(words, found, three, app):
    whole = app.test_client().get("/login", query_string={"q": words})
    assert offered(whole.text) == found
    assert "<script>&" not in whole.text
    part = app.test_client().get("/login", query_string={"q": words}, headers=HTMX)
    assert offered(part.text) == found
    assert "<html" not in part.text


def test_the_last_choice_is_offered_first(desk, bupl, slagelse):
    def first() -> str:
        html = BeautifulSoup(desk.client.get("/login").text, "html.parser")
        button = html.select_one("a.button-primary")
        return button.text.removeprefix("Fortsæt med ") if button else ""

    assert first() == ""
    desk.leave("slagelse")
    assert first() == "Slagelse Kommune"
    desk.client.set_cookie("samspil-organisation-5000", "nobody", domain="127.0.0.1")
    assert first() == ""


def test_a_shared_issuer_is_found_under_each_name(desk, connect, app):
    slagelse = make.organisation("Slagelse Kommune", slug="slagelse")
    other = make.organisation("Lillekøbing Kommune", slug="lillekoebing")
    shared(connect, slagelse, other)
    make.provider_of(other).enabled = False
    make.records.commit()
    with app.app_context():
        ways = {(choice.name, choice.slug) for choice in queries.choices(DAY)}
    assert ways == {("Slagelse Kommune", "slagelse"), ("Lillekøbing Kommune", "slagelse")}


@pytest.mark.parametrize("address", ["/accessibility", "/privacy", "/report"])
def test_everybody_may_read(address, desk):
    page = desk.client.get(address)
    assert page.status_code == 200
    assert BeautifulSoup(page.text, "html.parser").h1


def test_one_stays_signed_in_there(desk, bupl):
    assert "Mette Eksempel" not in desk.client.get("/privacy").text
    desk.sign_in("bupl-a", "mette")
    assert "Mette Eksempel" in desk.client.get("/privacy").text


@pytest.mark.parametrize(
    ("referer", "asked", "to"),
    [
        ("http://127.0.0.1:5000/privacy?a=b", "", "/privacy?a=b"),
        ("https://evil.example/privacy", "", "/"),
        ("", "?next=/report", "/report"),
        ("", "?next=//evil.example", "/"),
        ("", "", "/"),
    ],
)
def test_the_language_changes_and_one_stays_where_one_was(referer, asked, to, desk):
    answer = desk.client.get(f"/language/en{asked}", headers={"Referer": referer})
    assert answer.headers["Location"] == to
    assert '<html lang="en"' in desk.client.get("/privacy").text
    desk.client.get("/language/da")
    assert '<html lang="da"' in desk.client.get("/privacy").text


def test_there_is_no_third_language(desk):
    assert desk.client.get("/language/de").status_code == 404


def test_pages_of_those_signed_in_do_not_load_the_library():
    """Authlib and what it draws in take half a second to load: only signing in needs them."""
    check = (
        "import sys, portal.app, portal.identity.journey, portal.cli; "
        "loaded = {'authlib', 'joserfc', 'requests'} & sys.modules.keys(); "
        "assert not loaded, loaded; "
        "import portal.identity.openid; assert 'authlib' in sys.modules"
    )
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
