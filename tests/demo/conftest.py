"""A provider per test and a client in small: what goes over the wire, without a library's help."""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from demo.provider.app import running
from demo.provider.faults import SOUND
from demo.provider.provider import Provider
from demo.provider.visitor import Visitor, query, visitor

PORTAL = "http://127.0.0.1:9"  # the discard port: nobody listens, and nothing needs to
SECRET = "of-a-test"


@dataclass
class Relying:
    """The portal's side of one sign-in at one issuer."""

    provider: Provider
    http: requests.Session
    visitor: Visitor
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    nonce: str = field(default_factory=secrets.token_urlsafe)
    state: str = field(default_factory=secrets.token_urlsafe)
    home: str = PORTAL

    @property
    def redirect_uri(self) -> str:
        return f"{self.home}/login/{self.provider.slug}/callback"

    def again(self) -> "Relying":
        """Another attempt of the same browser."""
        return Relying(self.provider, self.http, self.visitor, home=self.home)

    def get(self, path: str, **asked: Any) -> requests.Response:
        address = f"{self.provider.issuer}/{path}"
        return self.http.get(address, timeout=30, allow_redirects=False, **asked)

    def metadata(self) -> Any:
        return self.get(".well-known/openid-configuration").json()

    def address(self, **changes: str | None) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        sound = {
            "response_type": "code",
            "client_id": "samspil",
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile email",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        asked = {name: value for name, value in (sound | changes).items() if value is not None}
        return f"{self.provider.issuer}/authorize?{urlencode(asked)}"

    def callback(self, sub: str = "mette", **changes: str | None) -> dict[str, str]:
        return query(self.visitor.choose(self.address(**changes), sub))

    def token(self, code: str, secret: str = SECRET, **changes: str) -> requests.Response:
        sound = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }
        address, data = f"{self.provider.issuer}/token", sound | changes
        return self.http.post(address, data=data, auth=("samspil", secret), timeout=30)

    def claims(self, id_token: str) -> dict[str, Any]:
        keys = KeySet.import_key_set(self.get("jwks").json())
        return jwt.decode(id_token, keys, algorithms=["RS256"]).claims

    def sign_in(self, sub: str = "mette", **changes: str | None) -> dict[str, Any]:
        """The claims of the ID token of somebody who chose `sub`."""
        answer = self.token(self.callback(sub, **changes)["code"]).json()
        return self.claims(answer["id_token"])


@pytest.fixture
def demo_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSPIL_DEMO", "yes")


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Provider]]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("SAMSPIL_DEMO", "yes")
        with running(portal=PORTAL, secret=SECRET) as known:
            yield known


@pytest.fixture
def providers(served: dict[str, Provider]) -> Iterator[dict[str, Provider]]:
    """Sound, and nobody signed in."""
    for provider in served.values():
        provider.release.clear()
        provider.sign_ins.clear()
        provider.calls.clear()
    yield served
    for provider in served.values():
        provider.fault = SOUND
        provider.release.set()


@pytest.fixture
def mine() -> Iterator[Visitor]:
    with visitor() as browser:
        yield browser


@pytest.fixture
def yours() -> Iterator[Visitor]:
    with visitor() as browser:
        yield browser


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def portal(providers: dict[str, Provider], http: requests.Session, mine: Visitor) -> Relying:
    return Relying(providers["bupl-a"], http, mine)
