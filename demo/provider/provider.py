"""An OpenID provider's memory: one issuer with its people, clients, keys and sessions."""

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin
from authlib.oidc.core import AuthorizationCodeMixin
from joserfc.jwk import KeyParameters, KeySet, RSAKey

from demo.provider.faults import LOGOUT_EVENT, NSIS, SOUND, Fault

CODE_SECONDS = 60
NOTICE_SECONDS = 5
LEVELS = {"Low": "Lav", "Substantial": "Betydelig", "High": "Høj"}
RANK = {level: rank for rank, level in enumerate(LEVELS)}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist. `level` is reached at once, `step_up` when a client asks."""

    sub: str
    name: str
    title: str
    email: str
    groups: list[str]
    level: str = "Substantial"
    step_up: str = ""
    department: str = ""

    def reaches(self, wanted: str) -> str:
        """The NSIS level of a sign-in for which the client wants at least `wanted`."""
        highest = max(self.level, self.step_up or self.level, key=RANK.__getitem__)
        return max(self.level, min(wanted, highest, key=RANK.__getitem__), key=RANK.__getitem__)


@dataclass(frozen=True)
class SignIn:
    """A person's session here. The browser keeps `ticket`; `at` is in seconds since 1970, UTC."""

    person: Person
    level: str
    sid: str = field(default_factory=secrets.token_urlsafe)
    ticket: str = field(default_factory=secrets.token_urlsafe)
    at: int = field(default_factory=lambda: int(time.time()))
    clients: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    client_id: str
    secret: str
    redirect_uri: str
    after_logout: str
    backchannel: str | None = None

    @property
    def client_metadata(self) -> dict[str, Any]:
        return {"post_logout_redirect_uris": [self.after_logout]}

    @property
    def origin(self) -> str:
        return "{0.scheme}://{0.netloc}".format(urlsplit(self.redirect_uri))

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(word for word in scope.split() if word in {"openid", "profile", "email"})

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret.encode(), self.secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib has no types
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    sign_in: SignIn
    code_challenge: str
    code_challenge_method: str = "S256"
    made_at: float = field(default_factory=time.monotonic)

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.sign_in.at

    def get_acr(self) -> str:
        return f"{NSIS}{self.sign_in.level}"

    def get_amr(self) -> None:
        """Not told."""


@dataclass(frozen=True)
class Token(TokenMixin):  # type: ignore[misc]  # Authlib has no types
    client: Client
    sign_in: SignIn
    scope: str
    expires_at: float

    def get_scope(self) -> str:
        return self.scope

    def get_user(self) -> SignIn:
        return self.sign_in

    def get_client(self) -> Client:
        return self.client

    def is_expired(self) -> bool:
        return time.time() > self.expires_at

    def is_revoked(self) -> bool:
        return False


class Keys:
    """Signing keys, the newest first; the first is made when it is first needed."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.published: list[RSAKey] = []
        self.every: list[RSAKey] = []

    def rotate(self, *, withdraw: bool = False) -> None:
        parameters: KeyParameters = {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"}
        with self.lock:
            new = RSAKey.generate_key(2048, parameters)
            self.published = [new, *([] if withdraw else self.published[:1])]
            self.every.append(new)

    def current(self) -> RSAKey:
        with self.lock:
            if not self.published:
                self.rotate()
            return self.published[0]


class Provider:
    """One issuer. `fault` says how it misbehaves; `calls` counts requests by endpoint."""

    def __init__(self, slug: str, name: str, base: str, people: Iterable[Person]) -> None:
        self.slug, self.name, self.issuer = slug, name, f"{base}/{slug}"
        # Browsers send a cookie to every port of a host: the port is part of the name.
        self.cookie = f"samspil_demo_idp_{urlsplit(base).port}_{slug}"
        self.people = {person.sub: person for person in people}
        self.clients: dict[str, Client] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self.sign_ins: dict[str, SignIn] = {}
        self.nonces: set[str] = set()
        self.keys = Keys()
        self.fault: Fault = SOUND
        self.calls: Counter[str] = Counter()
        self.release = threading.Event()
        self.notices: list[threading.Thread] = []

    def rotate(self, *, withdraw: bool = False) -> None:
        """Sign with a new key; the old one stays published unless it is withdrawn."""
        self.keys.current()
        self.keys.rotate(withdraw=withdraw)

    def jwks(self) -> dict[str, Any]:
        self.keys.current()
        return {"keys": [key.as_dict(private=False) for key in self.keys.published]}

    def key_set(self) -> KeySet:
        """Every key that ever signed: a logout may come long after a rotation."""
        self.keys.current()
        return KeySet(list(self.keys.every))

    def sign(self, header: dict[str, str], claims: dict[str, Any], secret: str) -> str:
        key = self.keys.current()
        return self.fault.sign({"alg": "RS256", "kid": str(key.kid)} | header, claims, key, secret)

    def enter(self, sub: str, *, wanted: str = "Low", before: SignIn | None = None) -> SignIn:
        """Sign a person in; the same person keeps the session, another one ends it."""
        person = self.people[sub]
        fresh = SignIn(person, person.reaches(wanted))
        if before and before.person == person:
            fresh = replace(fresh, sid=before.sid, clients=before.clients)
        elif before:
            self.leave(before.sid)
        self.sign_ins[fresh.sid] = fresh
        return fresh

    def signed_in(self, ticket: str) -> SignIn | None:
        known = list(self.sign_ins.values())
        return next((sign_in for sign_in in known if sign_in.ticket == ticket), None)

    def leave(self, sid: str) -> None:
        """End the session here and tell every client that took part in it, without waiting."""
        sign_in = self.sign_ins.pop(sid, None)
        for client_id in sign_in.clients if sign_in else ():
            client = self.clients[client_id]
            if sign_in and client.backchannel:
                token = self.logout_token(sign_in, client)
                notice = threading.Thread(target=notify, args=(client.backchannel, token))
                notice.daemon = True
                notice.start()
                self.notices.append(notice)

    def settle(self) -> None:
        """Wait until every notice of logout is delivered or given up."""
        while self.notices:
            self.notices.pop().join()

    def logout_token(self, sign_in: SignIn, client: Client) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": client.client_id,
            "sub": sign_in.person.sub,
            "sid": sign_in.sid,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(),
            "events": {LOGOUT_EVENT: {}},
        }
        header = self.fault.logout_header({"typ": "logout+jwt"})
        return self.sign(header, self.fault.logout(claims), client.secret)


def notify(address: str, token: str) -> None:
    """Back-channel logout. A client that is down or slow never holds up the person who leaves."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            form = {"logout_token": token}
            session.post(address, data=form, timeout=NOTICE_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        log.info("back-channel logout at %s: %s", address, type(error).__name__)
