"""Connecting organisations to their providers: the operator's work, on the command line."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from portal import crypto
from portal.audit import AuditEvent
from portal.crypto import KeyRing
from portal.db import db
from portal.identity import queries
from portal.identity.actions import secret_of
from portal.identity.maps import Maps
from portal.identity.models import IdentityProvider, SharedOrganisation
from portal.organisations.models import Organisation

if TYPE_CHECKING:
    from portal.identity.openid import Client

WELL_KNOWN = "/.well-known/openid-configuration"


class Mistaken(Exception):
    """What was asked for cannot be; one sentence."""


def connect(
    slug: str,
    *,
    issuer: str,
    client_id: str,
    secret: str,
    maps: Maps,
    own: Organisation | None = None,
    shared: Mapping[str, Organisation] | None = None,
    metadata_url: str = "",
    ring: KeyRing,
    loopback: bool = False,
    now: datetime,
) -> IdentityProvider:
    """Add the provider, or change it. It speaks for `own`, or by CVR number for those `shared`.

    Raises Mistaken, also for an address that we do not call (A20).
    """
    if (own is None) == (not shared):
        raise Mistaken("A provider speaks for one organisation, or for several by CVR number.")
    if own is None and "organisation" not in maps.claims:
        raise Mistaken("claims.organisation must name the claim that holds the CVR number.")
    metadata_url = metadata_url or f"{issuer.rstrip('/')}{WELL_KNOWN}"
    check_addresses(issuer, metadata_url, loopback=loopback)
    if other := issuer_of_another(slug, issuer):
        raise Mistaken(f"{issuer}: {other} signs in through it already. One issuer, one provider.")
    row = named(slug) or IdentityProvider(id=uuid.uuid4(), slug=slug, version=0)
    row.organisation_id = own.id if own else None
    row.issuer, row.metadata_url = issuer, metadata_url
    row.client_id, row.auth_method = client_id, maps.auth_method
    row.secret = crypto.encrypt(ring, secret, **secret_of(row.id))
    row.algorithms, row.scopes = [*maps.algorithms], maps.scopes
    row.claim_map, row.level_map, row.role_map = maps.claims, maps.levels, maps.roles
    row.assumed_level = maps.assumed_level
    row.enabled, row.changed_at, row.version = True, now, row.version + 1
    db.session.add(row)
    db.session.flush()
    share(row, shared or {})
    note("provider.connected", row, {"issuer": issuer, "assumed_level": maps.assumed_level}, now)
    return row


def issuer_of_another(slug: str, issuer: str) -> str | None:
    row = IdentityProvider.issuer == issuer, IdentityProvider.slug != slug
    return db.session.scalars(select(IdentityProvider.slug).where(*row)).one_or_none()


def check_addresses(*addresses: str, loopback: bool) -> None:
    from portal.identity.outside import NotAsked, permitted

    for address in addresses:
        try:
            permitted(address, loopback=loopback)
        except NotAsked as error:
            raise Mistaken(f"{address}: {error}.") from None


def share(provider: IdentityProvider, organisations: Mapping[str, Organisation]) -> None:
    old = SharedOrganisation.provider_id == provider.id
    db.session.execute(delete(SharedOrganisation).where(old))
    db.session.add_all(
        SharedOrganisation(provider_id=provider.id, cvr=cvr, organisation_id=organisation.id)
        for cvr, organisation in organisations.items()
    )
    db.session.flush()


def disable(slug: str, *, now: datetime) -> IdentityProvider:
    """Nobody signs in through it any more, and its sessions are dead at once. Raises Mistaken."""
    row = named(slug)
    if row is None:
        raise Mistaken(f"{slug}: there is no such provider.")
    row.enabled, row.changed_at, row.version = False, now, row.version + 1
    note("provider.disabled", row, {}, now)
    return row


def note(action: str, provider: IdentityProvider, detail: dict[str, Any], now: datetime) -> None:
    """In the audit log of each organisation that it speaks for; the command line has no user."""
    for organisation_id in queries.spoken_for(provider):
        db.session.add(
            AuditEvent(
                at=now,
                organisation_id=organisation_id,
                person="samspil provider",
                roles="operator",
                action=action,
                subject_type="identity_provider",
                subject_id=provider.id,
                detail=detail | {"slug": provider.slug},
            )
        )


def named(slug: str) -> IdentityProvider | None:
    row = select(IdentityProvider).where(IdentityProvider.slug == slug)
    return db.session.scalars(row).one_or_none()


def every() -> Sequence[IdentityProvider]:
    return db.session.scalars(select(IdentityProvider).order_by(IdentityProvider.slug)).all()


def findings(client: "Client", provider: IdentityProvider) -> Iterator[str]:
    """What fits, a line each. Raises Refused and what the network says where something does not."""
    known = client.load_server_metadata()
    yield f"Metadata: of the issuer {known['issuer']}, with every address that is needed."
    keys = client.fetch_jwk_set()["keys"]
    kinds = sorted({str(key.get("alg") or key.get("kty")) for key in keys})
    yield f"Keys: {len(keys)} that can be used ({', '.join(kinds)})."
    told = client.fetched(provider.metadata_url)
    yield from announced(told, provider)


def announced(told: Mapping[str, Any], provider: IdentityProvider) -> Iterator[str]:
    def fits(name: str, wanted: set[str]) -> bool:
        values = told.get(name)
        return isinstance(values, list) and bool(wanted & {str(value) for value in values})

    signed = "id_token_signing_alg_values_supported"
    for what, good in {
        "PKCE with S256": fits("code_challenge_methods_supported", {"S256"}),
        "Signatures that we take": fits(signed, set(provider.algorithms)),
        "The way that we prove who we are": fits(
            "token_endpoint_auth_methods_supported", {provider.auth_method}
        ),
        "Levels that the map knows": fits("acr_values_supported", set(provider.level_map)),
        "The iss parameter (RFC 9207)": told.get("authorization_response_iss_parameter_supported"),
        "Logout at the provider": told.get("end_session_endpoint"),
        "Logout from the provider (back-channel)": told.get("backchannel_logout_supported"),
    }.items():
        yield f"{what}: {'announced' if good else 'not announced'}."
