"""The way to a provider and back. Holds no database connection while it waits for one.

Authlib is loaded when somebody signs in or out, not with the pages of those who are signed in.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from portal import crypto, keys
from portal.identity import actions, checks, notices, queries
from portal.identity.external import ExternalIdentity, Reason, Refused
from portal.identity.levels import Level, reaches
from portal.identity.models import IdentityProvider
from portal.settings import Settings

if TYPE_CHECKING:
    from portal.identity.openid import Client

STEP_UP_SECONDS = 300  # how long ago the stronger sign-in may lie


@contextmanager
def asking(provider: IdentityProvider) -> Iterator[None]:
    """Whatever goes wrong with a provider's answers, nobody is signed in and nothing breaks."""
    try:
        yield
    except Refused as refused:
        raise refused.at(provider.id, provider.organisation_id) from refused.__cause__
    except Exception as error:
        # Network errors are OSErrors, also in Authlib's library. Messages may hold what was
        # received, so only the kind is told.
        reason = Reason.PROVIDER if isinstance(error, OSError) else Reason.TOKEN
        refusal = Refused(reason, type(error).__name__)
        raise refusal.at(provider.id, provider.organisation_id) from error


@contextmanager
def wanting(address: str | None) -> Iterator[None]:
    """Who is refused and tries again still comes to the page that was wanted."""
    try:
        yield
    except Refused as refused:
        refused.wanted = address
        raise


def client_of(provider: IdentityProvider, settings: Settings) -> "Client":
    from portal.identity import openid

    ring = keys.of(settings).ring
    secret = crypto.decrypt(ring, provider.secret, **actions.secret_of(provider.id))
    return openid.client_of(provider, secret, loopback=settings.demo_sign_in)


def back_to(settings: Settings, slug: str) -> str:
    """From the settings, never from what the request calls this host (A17)."""
    return f"{settings.base_url}/login/{slug}/callback"


def leave(
    slug: str,
    *,
    browser: str,
    wanted: str | None,
    stronger: bool,
    settings: Settings,
    now: datetime,
) -> str:
    """Where to sign in. `stronger`: at level Substantial, and not long ago (B3)."""
    from portal.identity import openid

    provider = queries.provider(slug)
    with wanting(wanted), asking(provider), openid.turn(provider):
        client = client_of(provider, settings)
        client.load_server_metadata()
        max_age = STEP_UP_SECONDS if stronger else None
        attempt, state = actions.begin(
            provider, browser=browser, wanted=wanted, max_age=max_age, now=now
        )
        asked = {"max_age": max_age, "acr_values": stronger_levels(provider)} if stronger else {}
        more = {name: value for name, value in asked.items() if value}
        return openid.address(client, attempt, state, back_to(settings, slug), **more)


def stronger_levels(provider: IdentityProvider) -> str:
    names = provider.level_map.items()
    return " ".join(said for said, level in names if reaches(Level(level), Level.SUBSTANTIAL))


def arrive(
    slug: str, answer: Mapping[str, str], *, browser: str, settings: Settings, now: datetime
) -> tuple[IdentityProvider, ExternalIdentity, str | None]:
    """Who comes back, and the page that was wanted. The order is that of security.

    Raises Refused.
    """
    from portal.identity import openid

    state = answer.get("state", "")
    provider, attempt = actions.spend(slug, state=state, browser=browser, now=now)
    with wanting(attempt.next), asking(provider), openid.turn(provider):
        client = client_of(provider, settings)
        checks.iss_parameter(provider, client.load_server_metadata(), answer)
        code = code_of(answer)
        claims, token = openid.redeem(client, attempt, code, back_to(settings, slug))
        identity = checks.identity(
            provider,
            claims,
            described_by(client, token),
            id_token=token["id_token"],
            max_age=attempt.max_age,
            now=now,
        )
    return provider, identity, attempt.next


def code_of(answer: Mapping[str, str]) -> str:
    if answer.get("error") == "access_denied":
        raise Refused(Reason.CANCELLED)
    if "error" in answer or not answer.get("code"):
        raise Refused(Reason.PROVIDER, "the provider answered with an error")
    return answer["code"]


def described_by(client: "Client", token: dict[str, Any]) -> dict[str, Any]:
    """Userinfo only adds; without it the ID token is enough."""
    from portal.identity import openid

    try:
        return openid.userinfo(client, token)
    except Exception:
        return {}


def part(
    provider: IdentityProvider, id_token: str | None, *, settings: Settings
) -> tuple[str, str] | None:
    """Where to sign out at the provider too, and the state that comes back; None if nowhere."""
    from portal.identity import openid

    back = f"{settings.base_url}/logout/done"
    try:
        with asking(provider), openid.turn(provider):
            return openid.farewell(client_of(provider, settings), back, id_token)
    except Refused:
        return None


def read_notice(slug: str, token: str, *, settings: Settings, now: datetime) -> notices.Notice:
    """A back-channel logout whose every part was checked. Raises Refused."""
    from portal.identity import openid

    provider = queries.provider(slug)
    with asking(provider), openid.turn(provider):
        signed = openid.verified(client_of(provider, settings), token)
        return notices.notice(provider, signed.header, signed.claims, now=now)
