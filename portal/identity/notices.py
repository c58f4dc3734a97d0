"""What a back-channel logout must hold: OpenID Connect Back-Channel Logout 1.0, section 2.6."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.identity.checks import LEEWAY, demand, is_name, moment
from portal.identity.models import IdentityProvider

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = {None, "jwt", "logout+jwt", "application/logout+jwt"}
OLDEST = timedelta(minutes=10)


@dataclass(frozen=True)
class Notice:
    """Whose sessions end: those of `subject`, or the one named `sid`, or what fits both."""

    provider: IdentityProvider
    subject: str | None
    sid: str | None
    jti: str


def notice(
    provider: IdentityProvider,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    *,
    now: datetime,
) -> Notice:
    kind = header.get("typ")
    demand((kind.lower() if isinstance(kind, str) else kind) in TYPES, "typ")
    demand(claims.get("iss") == provider.issuer, "iss")
    demand(claims.get("aud") in (provider.client_id, [provider.client_id]), "aud")
    made, ends = moment(claims.get("iat")), moment(claims.get("exp"))
    demand(made and now - OLDEST <= made <= now + LEEWAY, "iat")
    demand(ends and ends > now - LEEWAY, "exp")
    events = claims.get("events")
    demand(isinstance(events, dict) and isinstance(events.get(EVENT), dict), "events")
    demand("nonce" not in claims, "nonce")
    named = {name: claims.get(name) for name in ("sub", "sid", "jti")}
    for name, value in named.items():
        demand(is_name(value) or (value is None and name != "jti"), name)
    demand(named["sub"] or named["sid"], "neither sub nor sid")
    return Notice(provider, named["sub"], named["sid"], str(named["jti"]))
