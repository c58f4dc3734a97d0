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

    @property
    def redirect_uri(self) -> str:
        return f"{PORTAL}/login/{self.provider.slug}/callback"

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
def providers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Provider]]:
    monkeypatch.setenv("SAMSPIL_DEMO", "yes")
    with running(portal=PORTAL, secret=SECRET) as known:
        yield known


@pytest.fixture
def mette(providers: dict[str, Provider]) -> Iterator[Visitor]:
    with visitor() as browser:
        yield browser


@pytest.fixture
def portal(providers: dict[str, Provider], mette: Visitor) -> Iterator[Relying]:
    with requests.Session() as http:
        http.trust_env = False
        yield Relying(providers["bupl-a"], http, mette)
