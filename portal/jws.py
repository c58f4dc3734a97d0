"""Files that Samspil signs for other systems: JWS in compact form (RFC 7515) with Ed25519.

Whoever has the public key can check them without asking Samspil, and without Samspil running.
"""

import base64
from collections.abc import Mapping
from typing import Any

from portal import crypto
from portal.crypto import Forged

ALGORITHM = "Ed25519"
# The parties of the file are in its header, so that a system knows whose it is before reading on.
OWN = ("org", "to", "reference")


def registry() -> Any:
    """Loaded only where a file is signed or opened, as all that is heavy."""
    from joserfc.jws import JWSRegistry
    from joserfc.registry import HeaderParameter

    return JWSRegistry({name: HeaderParameter(name, "str") for name in OWN}, [ALGORITHM])


def signed(content: bytes, private_key: bytes, **header: str) -> str:
    """The content with our signature; `header` is readable without a key and signed too."""
    from joserfc import jws
    from joserfc.jwk import OKPKey

    public = crypto.public_key(private_key)
    key = OKPKey.import_key({**jwk(public), "d": encoded(private_key)})
    protected: dict[str, Any] = {"alg": ALGORITHM, "kid": crypto.key_id(public), **header}
    return jws.serialize_compact(protected, content, key, [ALGORITHM], registry())


def opened(file: str, public_key: bytes) -> tuple[Mapping[str, Any], bytes]:
    """Header and content. Raises Forged for another's signature, or one byte that is another."""
    from joserfc import jws
    from joserfc.errors import JoseError
    from joserfc.jwk import OKPKey

    key = OKPKey.import_key({**jwk(public_key)})
    try:
        found = jws.deserialize_compact(file.strip(), key, [ALGORITHM], registry())
    except (JoseError, ValueError):
        raise Forged("the signature does not belong to this file") from None
    if found.protected.get("kid") != crypto.key_id(public_key):
        raise Forged("the key is not one of Samspil's")
    return found.protected, found.payload


def jwk(public_key: bytes) -> dict[str, str]:
    """As other systems take a public key in (RFC 8037)."""
    return {"kty": "OKP", "crv": "Ed25519", "x": encoded(public_key)}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
