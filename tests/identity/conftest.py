"""Real issuers on the loopback address, and somebody with a browser who signs in through them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from demo.provider.app import running
from demo.provider.faults import NSIS, SOUND
from demo.provider.provider import Provider
from demo.provider.visitor import Visitor, visitor
from portal import crypto, keys
from portal.access import OrganisationKind
from portal.identity import actions, openid
from portal.identity.models import IdentityProvider
from portal.organisations.models import Organisation
from portal.settings import Settings
from tests import make

SECRET = "of-the-tests"
GROUPS = {
    "samspil-raadgiver": "adviser",
    "samspil-teamleder": "team_lead",
    "samspil-kontaktperson": "contact",
    "samspil-koordinator": "coordinator",
    "samspil-aftaleejer": "agreement_owner",
    "samspil-lokaladministrator": "local_administrator",
    "samspil-revisor": "auditor",
    "samspil-sekretaer": "secretary",
    "samspil-raadsmedlem": "council_member",
    "samspil-projektpartner": "project_partner",
    "samspil-drift": "operator",
}
MAPS: dict[str, Any] = {
    "claim_map": {"department": "department"},
    "level_map": {f"{NSIS}{level}": level for level in ("Low", "Substantial", "High")},
    "role_map": {"groups": GROUPS},
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


@pytest.fixture
def connect(issuers: dict[str, Provider], settings: Settings) -> Callable[..., IdentityProvider]:
    """Let an organisation sign in through the issuer of its slug."""

    def connected(organisation: Organisation, **changes: Any) -> IdentityProvider:
        row = make.provider_of(organisation)
        issuer = issuers[organisation.slug].issuer
        row.issuer, row.metadata_url = issuer, f"{issuer}/.well-known/openid-configuration"
        ring = keys.of(settings).ring
        row.secret = crypto.encrypt(ring, SECRET, **actions.secret_of(row.id))
        for name, value in (MAPS | changes).items():
            setattr(row, name, value)
        return make.saved(row)

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
        html = BeautifulSoup(self.client.get("/no-role").text, "html.parser")
        form = html.select_one("form.sign-out")
        assert form, "nobody is signed in"
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
