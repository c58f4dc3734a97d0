"""Who may vouch for whom, and the sessions that came of it."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import Actor, OrganisationKind, Role
from portal.clock import now
from portal.db import Base, Json
from portal.identity.levels import Level
from portal.sight import Open, Sight, mine, of_own


class IdentityProvider(Base):
    """An OpenID provider that one organisation signs in through; a shared one names none.

    Read before anybody is known, hence open. `version` rises with every change, so that each
    worker builds its client anew (A23). `claim_map` says which claim holds what, `level_map` which
    value of the level's claim is which NSIS level, `role_map` claim → value → roles; see
    `config/identity/`. `assumed_level` holds what the operator decided, when and why, for a
    provider that tells no level (B4).
    """

    __tablename__ = "identity_provider"
    sight = Open()

    slug: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    issuer: Mapped[str] = mapped_column(unique=True)
    metadata_url: Mapped[str]
    client_id: Mapped[str]
    secret: Mapped[str]  # encrypted with the data keys
    auth_method: Mapped[str] = mapped_column(default="client_secret_basic")
    algorithms: Mapped[list[str]] = mapped_column(default=lambda: ["RS256", "PS256", "ES256"])
    scopes: Mapped[str] = mapped_column(default="openid profile email")
    claim_map: Mapped[Json] = mapped_column(default=dict)
    level_map: Mapped[Json] = mapped_column(default=dict)
    assumed_level: Mapped[Json | None]
    role_map: Mapped[Json] = mapped_column(default=dict)
    enabled: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=now)


class SharedOrganisation(Base):
    """On a shared issuer: the CVR number of the claim, and the organisation that it stands for."""

    __tablename__ = "shared_organisation"
    __table_args__ = (UniqueConstraint("provider_id", "cvr"),)
    sight = Open()

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("identity_provider.id"))
    cvr: Mapped[str]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))


class SignInAttempt(Base):
    """One try, from our redirect to the callback: used once, for ten minutes, by one browser."""

    __tablename__ = "sign_in_attempt"
    sight = Open(app="select, insert, update (used_at), delete")
    is_trace = True

    state_hash: Mapped[bytes] = mapped_column(unique=True)
    browser_hash: Mapped[bytes]
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("identity_provider.id"))
    nonce: Mapped[str]
    verifier: Mapped[str]
    next: Mapped[str | None]
    max_age: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    used_at: Mapped[datetime | None]


class UserSession(Base):
    """One sign-in. The browser has the token, the table its hash: a copy opens nothing (D1)."""

    __tablename__ = "user_session"
    __table_args__ = (
        Index("ix_user_session_provider", "provider_id", "subject"),
        CheckConstraint("(ended_at is null) = (ended_why is null)", name="ended"),
    )
    sight = Sight(
        see=mine(),
        insert=of_own("user_session", "user", by="user_id"),
        update=mine(),
        columns="ended_at, ended_why",
    )
    is_trace = True

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("identity_provider.id"))
    subject: Mapped[str]
    sid: Mapped[str | None]
    level: Mapped[str]
    auth_time: Mapped[datetime | None]
    id_token: Mapped[str | None]  # encrypted; only for the provider's logout
    device: Mapped[str | None]  # kinds of browser and system, nothing finer
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]


class UsedLogoutToken(Base):
    """The `jti` of a back-channel logout: a second time has no effect (D6)."""

    __tablename__ = "used_logout_token"
    sight = Open(app="select, insert")

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("identity_provider.id"))
    jti_hash: Mapped[bytes] = mapped_column(unique=True)
    used_at: Mapped[datetime] = mapped_column(default=now, index=True)


@dataclass(frozen=True, eq=False)
class Person(UserMixin):  # type: ignore[misc]  # Flask-Login is untyped
    """Who asks: all that the session statement brought. Flask-Login's `current_user`."""

    token: str
    session_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    language: str
    organisation_id: uuid.UUID
    organisation: str
    organisation_slug: str
    kind: OrganisationKind
    unit_id: uuid.UUID | None
    level: Level
    roles: frozenset[Role]

    def get_id(self) -> str:
        return self.token

    def actor(self) -> Actor:
        return Actor(self.user_id, self.organisation_id, self.name, self.roles, self.unit_id)


def hashed(token: str) -> bytes:
    """A copy of the database opens no session."""
    return hashlib.sha256(token.encode()).digest()
