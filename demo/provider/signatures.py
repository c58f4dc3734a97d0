"""Ways to sign a token: the right one, other right ones, and those that a client must refuse."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

Values = dict[str, Any]
# header (of a sound token), claims, the issuer's key, the client's secret
Sign = Callable[[Values, Values, RSAKey, str], str]


@cache
def stranger_key() -> RSAKey:
    """A key that no issuer publishes, unless a fault says so."""
    return RSAKey.generate_key(2048, {"kid": "stranger", "use": "sig"})


@cache
def curve_key() -> ECKey:
    """Small enough for a header: joserfc reads headers of at most 512 bytes."""
    return ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def body(header: Values, claims: Values) -> str:
    return ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))


def properly(header: Values, claims: Values, key: RSAKey, _secret: str) -> str:
    return jwt.encode(header, claims, key)


def escaped(header: Values, claims: Values, key: RSAKey, _secret: str) -> str:
    """Rightly signed, each odd letter as JSON escapes it: so even half a character can be sent."""
    return jws.serialize_compact(header, json.dumps(claims), key)


def unsigned(header: Values, claims: Values, _key: RSAKey, _secret: str) -> str:
    return body(header | {"alg": "none"}, claims) + "."


def damaged(header: Values, claims: Values, key: RSAKey, secret: str) -> str:
    head, middle, signature = properly(header, claims, key, secret).split(".")
    return f"{head}.{middle}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def authenticated(header: Values, claims: Values, secret: bytes) -> str:
    """HS256 by hand: the library refuses short secrets and public keys, a forger does not."""
    signed = body(header | {"alg": "HS256"}, claims)
    return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def shared_secret(header: Values, claims: Values, _key: RSAKey, secret: str) -> str:
    return authenticated(header, claims, secret.encode())


def public_key_as_secret(header: Values, claims: Values, key: RSAKey, _secret: str) -> str:
    return authenticated(header, claims, key.as_pem(private=False))


def stranger(header: Values, claims: Values, _key: RSAKey, _secret: str) -> str:
    return jwt.encode(header, claims, stranger_key())


def stranger_named(header: Values, claims: Values, key: RSAKey, secret: str) -> str:
    return stranger(header | {"kid": "stranger"}, claims, key, secret)


def key_in_header(header: Values, claims: Values, _key: RSAKey, _secret: str) -> str:
    own = {"alg": "ES256", "kid": "curve", "jwk": curve_key().as_dict(private=False)}
    return jwt.encode(header | own, claims, curve_key(), ["ES256"])


def key_at_address(header: Values, claims: Values, key: RSAKey, secret: str) -> str:
    """`jku` names a place where the stranger's key really lies."""
    address = {"kid": "stranger", "jku": f"{claims['iss']}/strange-jwks"}
    return stranger(header | address, claims, key, secret)


def small_key(header: Values, claims: Values, _key: RSAKey, _secret: str) -> str:
    return jwt.encode(header | {"alg": "ES256", "kid": "curve"}, claims, curve_key(), ["ES256"])


def stranger_pss(header: Values, claims: Values, _key: RSAKey, _secret: str) -> str:
    return jwt.encode(
        header | {"alg": "PS256", "kid": "stranger"}, claims, stranger_key(), ["PS256"]
    )


def without_kid(header: Values, claims: Values, key: RSAKey, _secret: str) -> str:
    return jwt.encode({name: header[name] for name in header if name != "kid"}, claims, key)
