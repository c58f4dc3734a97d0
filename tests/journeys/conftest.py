"""The portal and its organisations' providers as servers of their own, for real browsers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from demo.provider.app import running
from demo.provider.provider import Provider
from portal.access import OrganisationKind
from portal.identity import openid
from portal.identity.sessions import BrowserSessions
from portal.organisations.models import Organisation, User
from portal.settings import Settings
from tests import make
from tests.browser import SCREEN
from tests.identity.conftest import SECRET, point
from tests.serving import served_portal

Visit = Callable[..., Page]


@pytest.fixture(scope="package")
def portal(database: Any, settings: Settings) -> Iterator[Flask]:
    """Served on a free port, which its own base address names."""
    with served_portal(settings) as app:
        yield app


@pytest.fixture(scope="package")
def base_url(portal: Flask) -> str:
    own: Settings = portal.extensions["samspil"]
    return own.base_url


@pytest.fixture(scope="package")
def providers(base_url: str) -> Iterator[dict[str, Provider]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAMSPIL_DEMO", "yes")
        with running(portal=base_url, secret=SECRET) as known:
            yield known


@pytest.fixture
def signs_in_through(
    portal: Flask, providers: dict[str, Provider], settings: Settings
) -> Iterator[Callable[[Organisation], Organisation]]:
    """Connect an organisation to the issuer of its slug."""
    openid.forget_clients()

    def connected(organisation: Organisation) -> Organisation:
        point(make.provider_of(organisation), providers[organisation.slug], settings)
        return organisation

    yield connected
    make.clean()
    for provider in providers.values():
        provider.sign_ins.clear()


@pytest.fixture
def bupl_a(signs_in_through: Callable[[Organisation], Organisation]) -> Organisation:
    return signs_in_through(make.fund("BUPL-A", "bupl-a"))


@pytest.fixture
def slagelse(signs_in_through: Callable[[Organisation], Organisation]) -> Organisation:
    municipality = make.organisation("Slagelse Kommune", OrganisationKind.MUNICIPALITY, "slagelse")
    make.unit(municipality, "Jobcenter Slagelse", mailbox="job@slagelse.example", is_default=True)
    return signs_in_through(municipality)


@pytest.fixture
def enter(base_url: str, visit: Visit) -> Callable[..., Page]:
    """A browser in which somebody has signed in at the own organisation's provider."""

    def signed_in(organisation: str, person: str, **how: Any) -> Page:
        page = visit(base_url=base_url, **how)
        page.goto("/login")
        page.get_by_role("link", name=organisation).click()
        page.get_by_role("button", name=person).click()
        page.wait_for_url(f"{base_url}/")
        return page

    return signed_in


@pytest.fixture
def opened(portal: Flask, visit: Visit, base_url: str, fund: Organisation) -> Callable[..., Page]:
    """A browser in which the user is signed in already."""
    own: Settings = portal.extensions["samspil"]
    name = BrowserSessions(own).token_cookie

    def sign_in(user: User, width: int = SCREEN, **settings: Any) -> Page:
        page = visit(width, base_url=base_url, **settings)
        page.context.add_cookies([{"name": name, "value": make.session_of(user), "url": base_url}])
        return page

    return sign_in
