"""Who asks, and whom a provider vouches for."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select, text, union
from sqlalchemy.orm import Session

from portal.access import OrganisationKind, Role
from portal.db import apart, db
from portal.identity.external import Reason, Refused
from portal.identity.levels import Level, held_at
from portal.identity.models import (
    IdentityProvider,
    Person,
    SharedOrganisation,
    UserSession,
    hashed,
)
from portal.organisations.collation import sort_key
from portal.organisations.models import (
    Membership,
    Organisation,
    OrganisationName,
    RoleGrant,
    Unit,
    User,
)
from portal.organisations.queries import holds, names_on
from portal.straight import Straight

# The person and, in the same round trip, the organisation for which this transaction sees; the
# setting ends with the transaction, so a pooled connection carries nothing over.
SESSION = Straight(
    text("""
select asker.*, set_config('samspil.organisation', asker.organisation_id::text, true) as for_one,
    set_config('samspil.person', asker.user_id::text, true) as and_one
from session_of(:hash, :idle, :touch) asker
"""),
    trace=True,
)


def person(token: str, *, idle: timedelta, touch: bool = True) -> Person | None:
    """Whose session this is, as long as it lives; `touch` keeps it alive (polling must not, D4)."""
    return asker(db.session, token, idle=idle, touch=touch)


def asker(session: Session, token: str, *, idle: timedelta, touch: bool) -> Person | None:
    values = {"hash": hashed(token), "idle": idle, "touch": touch}
    rows = SESSION.rows(session, values)
    if not rows:
        return None
    [row] = rows
    level = Level(row.level)
    return Person(
        token=token,
        session_id=row.session_id,
        user_id=row.user_id,
        name=row.name,
        language=row.language,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        organisation_slug=row.organisation_slug,
        kind=OrganisationKind(row.kind),
        unit_id=row.unit_id,
        level=level,
        roles=held_at(level, frozenset(map(Role, row.roles))),
    )


def act_for(organisation_id: uuid.UUID) -> None:
    """From here on this transaction sees what the organisation sees; only sign-in may say so."""
    setting = text("select set_config('samspil.organisation', :id, true)")
    db.session.execute(setting, {"id": str(organisation_id)})


def provider(slug: str) -> IdentityProvider:
    """Raises NoResultFound for an unknown provider, and for one that was disabled.

    Read apart: asking the provider takes seconds, for which no connection must wait.
    """
    with apart() as session:
        return session.scalars(known_as(slug)).one()


def known_as(slug: str) -> Select[IdentityProvider]:
    return select(IdentityProvider).where(
        IdentityProvider.slug == slug, IdentityProvider.enabled.is_(True)
    )


class SignIn(NamedTuple):
    """Through which provider a session came about, and when its person proved who it is."""

    slug: str
    authenticated_at: datetime | None


def sign_in_of(session_id: uuid.UUID) -> SignIn:
    """Raises NoResultFound for a session of another organisation."""
    rows = select(IdentityProvider.slug, UserSession.auth_time).join(
        UserSession, UserSession.provider_id == IdentityProvider.id
    )
    return SignIn(*db.session.execute(rows.where(UserSession.id == session_id)).one())


class Choice(NamedTuple):
    """An organisation to sign in with, and the provider through which."""

    slug: str
    name: str
    sort_key: str


def choices(day: date, words: str = "") -> list[Choice]:
    """Who can be signed in with on a day, in Danish order; all `words` must be in the name."""
    own = select(IdentityProvider.slug, IdentityProvider.organisation_id).where(
        IdentityProvider.enabled, IdentityProvider.organisation_id.is_not(None)
    )
    shared = select(IdentityProvider.slug, SharedOrganisation.organisation_id).where(
        IdentityProvider.enabled, SharedOrganisation.provider_id == IdentityProvider.id
    )
    ways = union(own, shared).subquery()
    name = OrganisationName
    rows = select(ways.c.slug, name.name, name.sort_key).where(
        name.organisation_id == ways.c.organisation_id, holds(name, day)
    )
    found = [Choice(*row) for row in db.session.execute(rows)]
    fitting = [choice for choice in found if fits(choice.name, words)]
    return sorted(fitting, key=lambda choice: (choice.sort_key, choice.slug))


class SigningIn(NamedTuple):
    """An organisation and a provider through which it signs in."""

    organisation: str
    kind: OrganisationKind
    slug: str
    issuer: str
    enabled: bool
    changed_at: datetime


def signing_in(day: date) -> list[SigningIn]:
    """Every organisation with each of its providers, also those that are shut, in Danish order."""
    provider = IdentityProvider
    own = select(provider.id, provider.organisation_id).where(provider.organisation_id.is_not(None))
    shared = select(SharedOrganisation.provider_id, SharedOrganisation.organisation_id)
    ways = union(own, shared).subquery()
    rows = (
        select(
            ways.c.organisation_id,
            Organisation.kind,
            provider.slug,
            provider.issuer,
            provider.enabled,
            provider.changed_at,
        )
        .join(provider, provider.id == ways.c.id)
        .join(Organisation, Organisation.id == ways.c.organisation_id)
    )
    found = db.session.execute(rows).all()
    names = names_on({row.organisation_id for row in found}, day)
    listed = [SigningIn(names[row.organisation_id], *row[1:]) for row in found]
    return sorted(listed, key=lambda row: (sort_key(row.organisation), row.slug))


def fits(name: str, words: str) -> bool:
    return all(word in name.casefold() for word in words.casefold().split())


def organisation_of(provider: IdentityProvider, key: str | None) -> Organisation:
    """Whom the provider speaks for: said by its row, and by a claim only where it is shared (B5).

    Raises Refused where the claim names nobody, or somebody else than the row.
    """
    if provider.organisation_id:
        own = db.session.get_one(Organisation, provider.organisation_id)
        if key and own.cvr and key != own.cvr:
            raise Refused(Reason.ORGANISATION, "the claim names another organisation")
        return own
    row = (
        select(Organisation)
        .join(SharedOrganisation, SharedOrganisation.organisation_id == Organisation.id)
        .where(SharedOrganisation.provider_id == provider.id, SharedOrganisation.cvr == key)
    )
    found = db.session.scalars(row).one_or_none()
    if found is None:
        raise Refused(Reason.ORGANISATION, "the claim names no organisation that is known here")
    return found


def unit_named(organisation_id: uuid.UUID, name: str, *, today: date) -> uuid.UUID | None:
    row = select(Unit.id).where(
        Unit.organisation_id == organisation_id,
        Unit.name == name,
        holds(Unit, today),
    )
    return db.session.scalars(row).one_or_none()


def local_administrators() -> Sequence[User]:
    """Whom to ask in the own organisation."""
    rows = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(RoleGrant, RoleGrant.membership_id == Membership.id)
        .where(RoleGrant.role == Role.LOCAL_ADMINISTRATOR, User.closed_at.is_(None))
        .order_by(User.name)
    )
    return db.session.scalars(rows).unique().all()


def spoken_for(provider: IdentityProvider) -> Sequence[uuid.UUID]:
    """The organisations that the provider vouches for: its own, or those that share it."""
    if provider.organisation_id:
        return [provider.organisation_id]
    rows = select(SharedOrganisation.organisation_id)
    return db.session.scalars(rows.where(SharedOrganisation.provider_id == provider.id)).all()


class LiveSession(NamedTuple):
    """A session, and whose it is."""

    id: uuid.UUID
    user_id: uuid.UUID
    name: str


def sessions_of(
    provider_id: uuid.UUID, subject: str | None, sid: str | None
) -> Sequence[LiveSession]:
    """Live sessions that a provider speaks of, in the organisation that is acted for.

    At least one of `subject` and `sid` is given.
    """
    rows = (
        select(UserSession.id, UserSession.user_id, User.name)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.provider_id == provider_id, UserSession.ended_at.is_(None))
    )
    if subject is not None:
        rows = rows.where(UserSession.subject == subject)
    if sid is not None:
        rows = rows.where(UserSession.sid == sid)
    return [LiveSession(*row) for row in db.session.execute(rows)]


def live_sessions(user_id: uuid.UUID, *, now: datetime, idle: timedelta) -> Sequence[UserSession]:
    """Where a user is signed in, the latest used first; unused for `idle`, a session is over."""
    live = (
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
        UserSession.expires_at > now,
        UserSession.seen_at > now - idle,
    )
    rows = select(UserSession).where(*live).order_by(UserSession.seen_at.desc())
    return db.session.scalars(rows).all()


def own_session(session_id: uuid.UUID, user_id: uuid.UUID) -> UserSession | None:
    """None for another's, also in the same organisation."""
    own = UserSession.id == session_id, UserSession.user_id == user_id
    return db.session.scalars(select(UserSession).where(*own)).one_or_none()
