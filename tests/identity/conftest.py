"""Real issuers on the loopback address, and somebody with a browser who signs in through them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from demo.provider.app import running
from demo.provider.faults import SOUND
from demo.provider.provider import Provider
from demo.provider.visitor import Visitor, visitor
from portal import crypto, keys
from portal.access import OrganisationKind
from portal.identity import actions, maps, openid
from portal.identity.models import IdentityProvider
from portal.organisations.models import Organisation
from portal.settings import CONFIG, Settings
from tests import make

SECRET = "of-the-tests"
WORDS = maps.read(CONFIG / "identity" / "demo.toml")
MAPS: dict[str, Any] = {
    "claim_map": WORDS.claims,
    "level_map": WORDS.levels,
    "role_map": WORDS.roles,
}


@pytest.fixture(scope="package")
def served(settings: Settings) -> Iterator[dict[str, Provider]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAMSPIL_DEMO", "yes")
        with running(portal=settings.base_url, secret=SECRET) as known:
            yield known


@pytest.fixture
def issuers(served: dict[str, Provider]) -> Iterator[dict[str, Provider]]:
    """All sound, and unknown to the portal as after a start."""
    openid.forget_clients()
    yield served
    for provider in served.values():
        provider.release.set()
        provider.settle()
        provider.fault = SOUND
        provider.calls.clear()
        provider.sign_ins.clear()
        provider.release.clear()


def point(
    row: IdentityProvider, provider: Provider, settings: Settings, **changes: Any
) -> IdentityProvider:
    """Let a row be about an issuer that really answers."""
    row.issuer = provider.issuer
    row.metadata_url = f"{provider.issuer}/.well-known/openid-configuration"
    row.secret = crypto.encrypt(keys.of(settings).ring, SECRET, **actions.secret_of(row.id))
    for name, value in (MAPS | changes).items():
        setattr(row, name, value)
    return make.saved(row)


@pytest.fixture
def connect(issuers: dict[str, Provider], settings: Settings) -> Callable[..., IdentityProvider]:
    """Let an organisation sign in through the issuer of its slug."""

    def connected(organisation: Organisation, **changes: Any) -> IdentityProvider:
        row = make.provider_of(organisation)
        return point(row, issuers[organisation.slug], settings, **changes)

    return connected


@pytest.fixture
def bupl(app: Flask, connect: Callable[..., IdentityProvider]) -> Organisation:
    made = make.fund("BUPL-A", "bupl-a")
    connect(made)
    return made


@pytest.fixture
def slagelse(app: Flask, connect: Callable[..., IdentityProvider]) -> Organisation:
    made = make.organisation("Slagelse Kommune", OrganisationKind.MUNICIPALITY, "slagelse")
    connect(made)
    return made


def element(text: str, selector: str) -> Tag:
    """The one element of a page that a test is about."""
    found = BeautifulSoup(text, "html.parser").select_one(selector)
    assert found, f"the page has no {selector}"
    return found


@dataclass
class Desk:
    """One person's browser: the portal's cookies are in `client`, the provider's in `visitor`."""

    client: FlaskClient
    visitor: Visitor
    settings: Settings = field(repr=False)

    def leave(self, slug: str, **query: str) -> str:
        """The provider's address, to which the portal sends the browser."""
        answer = self.client.get(f"/login/{slug}", query_string=query)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def come_back(self, address: str) -> TestResponse:
        parts = urlsplit(address)
        return self.client.get(parts.path, query_string=parts.query)

    def sign_in(self, slug: str, sub: str, **query: str) -> TestResponse:
        return self.come_back(self.visitor.choose(self.leave(slug, **query), sub))

    def sign_out(self) -> TestResponse:
        """By the button in the frame of every page, with the token of its form."""
        form = element(self.client.get("/no-role").text, "form.sign-out")
        sent = {str(field["name"]): str(field["value"]) for field in form.select("input")}
        return self.client.post(str(form["action"]), data=sent)

    def cookie(self, name: str) -> str | None:
        found = self.client.get_cookie(self.settings.cookie(name), domain="127.0.0.1")
        return found.value if found else None


@pytest.fixture
def desk(app: Flask, settings: Settings) -> Iterator[Desk]:
    with visitor() as at_provider:
        yield Desk(app.test_client(), at_provider, settings)


@pytest.fixture
def another_desk(app: Flask, settings: Settings) -> Iterator[Desk]:
    with visitor() as at_provider:
        yield Desk(app.test_client(), at_provider, settings)
