"""What we demand of an answer beyond what Authlib checks, and how it becomes an identity.

Called before (`iss_parameter`) and after the token request; sees data only, no network.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from portal.identity.external import ExternalIdentity, Reason, Refused
from portal.identity.levels import RANK, Level
from portal.identity.models import IdentityProvider

Claims = Mapping[str, Any]
LONGEST_SUBJECT = 255
LONGEST_NAME = 200
LONGEST_PATH = 2000
MOST_VALUES = 5000
LEEWAY = timedelta(minutes=2)


def iss_parameter(provider: IdentityProvider, metadata: Claims, answer: Claims) -> None:
    """RFC 9207: before the code is handed to anybody, it must be this provider's (A11)."""
    announced = metadata.get("authorization_response_iss_parameter_supported") is True
    given = answer.get("iss")
    if given != provider.issuer and (announced or given is not None):
        raise Refused(Reason.TOKEN, "the iss parameter is missing or another's")


def identity(
    provider: IdentityProvider,
    claims: Claims,
    more: Claims,
    *,
    id_token: str,
    max_age: int | None,
    now: datetime,
) -> ExternalIdentity:
    """`claims` are the ID token's, `more` is from userinfo. Level and time come from the former."""
    demand(is_text(claims) and is_text(more), "half a character")
    demand(claims.get("iss") == provider.issuer, "iss")
    demand(claims.get("aud") in (provider.client_id, [provider.client_id]), "aud")
    subject = claims.get("sub")
    if not is_name(subject):
        raise Refused(Reason.TOKEN, "sub")
    demand(more.get("sub", subject) == subject, "sub of userinfo")
    auth_time = moment(claims.get("auth_time"))
    if max_age is not None:
        demand(auth_time and now - auth_time <= timedelta(seconds=max_age) + LEEWAY, "auth_time")
    return ExternalIdentity(
        provider_id=provider.id,
        subject=subject,
        level=level(provider, claims),
        auth_time=auth_time,
        sid=text(claims.get("sid"), LONGEST_SUBJECT),
        id_token=id_token,
        **described(provider, {**more, **claims}),
    )


def is_text(claims: Claims) -> bool:
    """No half of a character, which JSON can write and nothing can keep or show."""
    try:
        json.dumps(claims, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def is_name(value: object) -> TypeGuard[str]:
    """What a provider calls a person or a session: short, and without what cannot be seen."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_SUBJECT and value.isprintable()


def demand(holds: object, what: str) -> None:
    if not holds:
        raise Refused(Reason.TOKEN, what)


def described(provider: IdentityProvider, claims: Claims) -> dict[str, Any]:
    """What the mapped claims tell. Odd shapes tell nothing, and never fail (A26)."""
    named = {what: claims.get(claim) for what, claim in provider.claim_map.items()}
    return {
        "name": text(named.get("name", claims.get("name")), LONGEST_NAME) or "Uden navn",
        "email": mail_address(named.get("email", claims.get("email"))),
        "department": text(named.get("department"), LONGEST_NAME),
        "organisation_key": text(named.get("organisation"), 20),
        "told": {claim: texts(claims.get(claim)) for claim in provider.role_map},
    }


def level(provider: IdentityProvider, claims: Claims) -> Level:
    """Known words only; without any, what the operator has decided on for this provider (B4)."""
    said = claims.get(provider.claim_map.get("level", "acr"))
    if said is None and provider.assumed_level:
        return Level(provider.assumed_level["level"])
    known = provider.level_map.get(said) if isinstance(said, str) else None
    return Level(known) if known in RANK else Level.NONE


def moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def text(value: object, longest: int) -> str | None:
    """One line without anything unprintable, cut where it gets too long."""
    if not isinstance(value, str):
        return None
    line = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return line[:longest].strip() or None


def texts(value: object) -> frozenset[str]:
    """The texts of a list, or one text; of anything else, none."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        return frozenset()
    return frozenset(one for one in values[:MOST_VALUES] if isinstance(one, str))


def mail_address(value: object) -> str | None:
    """To be shown and written to; never to find anybody by (A4)."""
    fits = isinstance(value, str) and re.fullmatch(r"[^\s@<>,;\"]{1,64}@[\w.-]{1,190}", value)
    return value if fits and isinstance(value, str) else None


def local_path(address: str | None) -> str | None:
    """A page of our own to go on to, else None: never another host, never sign-in again (A16)."""
    if not address or len(address) > LONGEST_PATH or not re.fullmatch(r"/([!-~æøåÆØÅ]*)", address):
        return None
    parts = urlsplit(address)
    if address.startswith("//") or "\\" in address or parts.scheme or parts.netloc:
        return None
    return None if parts.path.startswith(("/login", "/logout")) else address.removesuffix("?")
