"""OpenID Connect through Authlib, one client per provider row and version.

Authlib does the protocol. What it leaves out is done here or in `checks.py`: the metadata must be
of the issuer that we know, algorithms are ours and not the metadata's, keys and metadata grow old,
and nothing of the metadata but what is named in KEPT reaches Authlib, which would take `verify` or
`code_challenge_method` from there as settings of its own.
"""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin
from joserfc import jwt
from joserfc.jwk import KeySet, KeySetSerialization
from joserfc.jws import JWSRegistry

from portal.identity.external import Reason, Refused
from portal.identity.models import IdentityProvider, SignInAttempt
from portal.identity.outside import CarefulSession, permitted

Claims = dict[str, Any]
HOUR, MINUTE = 3600, 60
AT_ONCE = 2  # of the four threads of a web process
PATIENCE = 2  # seconds that one more waits
LEEWAY = 120  # seconds that clocks may differ
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT = {
    "issuer",
    *ENDPOINTS,
    "userinfo_endpoint",
    "end_session_endpoint",
    "authorization_response_iss_parameter_supported",
}
ASYMMETRIC = {"RSA", "EC"}


class Client(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]  # Authlib has no types
    """What we know of one version of a provider. Replaced when the row's version changes (A23)."""

    client_cls = CarefulSession

    def __init__(self, provider: IdentityProvider, secret: str, *, loopback: bool) -> None:
        super().__init__(
            None,  # no framework: its session is not ours, attempts are rows of the database
            f"idp-{provider.id}-v{provider.version}",
            client_id=provider.client_id,
            client_secret=secret,
            server_metadata_url=provider.metadata_url,
            client_kwargs={
                "scope": provider.scopes,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": provider.auth_method,
                "loopback": loopback,
            },
        )
        self.issuer, self.version = provider.issuer, provider.version
        self.algorithms, self.loopback = provider.algorithms, loopback
        self.keys: KeySetSerialization = {"keys": []}
        self.loaded_at = self.keys_at = -float("inf")

    def load_server_metadata(self) -> Claims:
        """Raises Refused, also for the metadata of another issuer (A2)."""
        if monotonic() - self.loaded_at > HOUR:
            found = self.fetched(self._server_metadata_url)
            if found.get("issuer") != self.issuer:
                raise Refused(Reason.PROVIDER, "the metadata is of another issuer")
            for name in ENDPOINTS:
                permitted(found.get(name), loopback=self.loopback)
            known = {name: value for name, value in found.items() if name in KEPT}
            pinned = {"id_token_signing_alg_values_supported": self.algorithms}
            self.server_metadata, self.loaded_at = known | pinned, monotonic()
        return self.server_metadata

    def fetch_jwk_set(self, force: bool = False) -> KeySetSerialization:
        """Authlib forces when a key is unknown: then at most once a minute (A12)."""
        if monotonic() - self.keys_at > (MINUTE if force else HOUR):
            found = self.fetched(self.load_server_metadata()["jwks_uri"])
            usable = [key for key in found["keys"] if is_usable(key)]
            self.keys, self.keys_at = {"keys": usable}, monotonic()
        return self.keys

    def fetched(self, address: str) -> Claims:
        with self._get_session() as session:
            answer = session.request("GET", address, withhold_token=True)
            answer.raise_for_status()
            found = answer.json()
        if not isinstance(found, dict):
            raise Refused(Reason.PROVIDER, "the answer is no JSON object")
        return found


def is_usable(key: Claims) -> bool:
    """Keys of kinds that nobody may sign with here would make the whole set unreadable."""
    return key.get("kty") in ASYMMETRIC and key.get("use", "sig") == "sig"


_clients: dict[uuid.UUID, Client] = {}
_turns: dict[uuid.UUID, BoundedSemaphore] = {}


def client_of(provider: IdentityProvider, secret: str, *, loopback: bool) -> Client:
    """This process's client, made anew when the provider has changed."""
    known = _clients.get(provider.id)
    if known is None or known.version != provider.version:
        known = _clients[provider.id] = Client(provider, secret, loopback=loopback)
    return known


def forget_clients() -> None:
    """As after a start: nothing is known of any provider."""
    _clients.clear()
    _turns.clear()


@contextmanager
def turn(provider: IdentityProvider) -> Iterator[None]:
    """Some of this process's threads stay free of a provider that is slow to answer (A13)."""
    turns = _turns.setdefault(provider.id, BoundedSemaphore(AT_ONCE))
    if not turns.acquire(timeout=PATIENCE):
        raise Refused(Reason.PROVIDER, "too many wait for it already")
    try:
        yield
    finally:
        turns.release()


def address(client: Client, attempt: SignInAttempt, state: str, back: str, **more: Any) -> str:
    """Where the browser goes to sign in."""
    made = client.create_authorization_url(
        back, state=state, nonce=attempt.nonce, code_verifier=attempt.verifier, **more
    )
    found: str = made["url"]
    return found


def redeem(client: Client, attempt: SignInAttempt, code: str, back: str) -> tuple[Claims, Claims]:
    """The ID token's claims, checked by Authlib, and the token that they came in."""
    token = client.fetch_access_token(back, code=code, code_verifier=attempt.verifier)
    # Not with a class or options of our own: Authlib would then leave out at_hash or iss.
    claims = client.parse_id_token(token, nonce=attempt.nonce, leeway=LEEWAY)
    if not claims:
        raise Refused(Reason.TOKEN, "there is no ID token")
    return dict(claims), dict(token)


def userinfo(client: Client, token: Claims) -> Claims:
    """What the provider tells besides; nothing where it has no such place."""
    if not client.load_server_metadata().get("userinfo_endpoint"):
        return {}
    return dict(client.userinfo(token=token))


def verified(client: Client, token: str) -> jwt.Token:
    """A logout token whose signature is the provider's; its claims are not checked yet."""
    registry = JWSRegistry(algorithms=client.algorithms, strict_check_header=False)
    keys = KeySet.import_key_set(client.fetch_jwk_set())
    return jwt.decode(token, keys, registry=registry)


def farewell(client: Client, back: str, hint: str | None) -> tuple[str, str] | None:
    """Where to sign out at the provider, and the state that comes back; None if it has no such."""
    if not client.load_server_metadata().get("end_session_endpoint"):
        return None
    state = secrets.token_urlsafe(16)
    made = client.create_logout_url(back, hint, state, client_id=client.client_id)
    return made["url"], state
