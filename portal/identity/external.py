"""The seam between a protocol and the portal: who somebody is, as their provider vouches for it.

OpenID Connect makes these today; a SAML adapter would make the same. Nothing behind this knows how.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.identity.levels import Level


@dataclass(frozen=True)
class ExternalIdentity:
    """Checked: signed for us, now, for this attempt. `provider_id` and `subject` are the identity.

    `organisation_key` is a CVR number, told where an issuer is shared. `told` holds the values of
    the claims that roles come from, `id_token` is kept for the provider's own logout alone.
    """

    provider_id: uuid.UUID
    subject: str
    name: str
    email: str | None
    department: str | None
    organisation_key: str | None
    told: Mapping[str, frozenset[str]]
    level: Level
    auth_time: datetime | None
    sid: str | None
    id_token: str


class Reason(StrEnum):
    """Why nobody was signed in; each has its own words on the page."""

    ATTEMPT = "attempt"  # not begun here, begun in another browser, used before, or too old
    CANCELLED = "cancelled"
    PROVIDER = "provider"  # no answer, or one that cannot be read
    TOKEN = "token"  # noqa: S105  (a reason, no secret)
    ORGANISATION = "organisation"
    CLOSED = "closed"
    LEVEL = "level"


class Refused(Exception):
    """Nobody is signed in. `detail` is for the log; it never holds what was received."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail
        self.provider_id: uuid.UUID | None = None
        self.organisation_id: uuid.UUID | None = None
        self.wanted: str | None = None  # the page that was asked for, to try again for

    def at(self, provider_id: uuid.UUID, organisation_id: uuid.UUID | None) -> "Refused":
        """Where it was, for the log and the organisation's audit; what is known already stays."""
        self.provider_id = self.provider_id or provider_id
        self.organisation_id = self.organisation_id or organisation_id
        return self
