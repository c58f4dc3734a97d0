"""An agreement from template to signature, in two real browsers."""

import os

import pytest

from portal.organisations.models import User
from tests import make
from tests.agreements import table
from tests.browser import PHONE, SCREEN, ZOOMED, overflow, violations

pytestmark = pytest.mark.journey


@pytest.fixture
def anna(portal, fund):
    return table.owner(portal, fund, "Anna Aftaleejer")


def keep(page, name):
    """SAMSPIL_PICTURES names a folder in which each is kept as a picture, to be looked at."""
    if folder := os.environ.get("SAMSPIL_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [SCREEN, PHONE])
def test_the_pages_are_accessible_and_fit(opened, anna, municipality, width):
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    anna.propose(version_id, "purpose", text="Et andet formål.")
    page = opened(make.records.get(User, anna.actor.user_id), width)
    _version, sections = anna.read(version_id)
    here = f"/negotiations/{version_id}"
    more = [
        "/parties",
        "/signatories",
        "/sections/new",
        *(f"/sections/{one.key}" for one in sections),
    ]
    for address in ("/agreements/", "/negotiations/new", here, *(here + one for one in more)):
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
        keep(page, f"agreement-{address.rsplit('/', 1)[1] or 'list'}-{width}")
        assert violations(page) == [], address
        assert overflow(page) == 0, address
        page.set_viewport_size({"width": ZOOMED, "height": 900})
        assert overflow(page) == 0, address
        page.set_viewport_size({"width": width, "height": 900})
