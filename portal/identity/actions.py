"""Attempts to sign in, what a checked identity becomes here, and how sessions end."""

import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from portal import audit, crypto
from portal.access import POSSIBLE_ROLES, Actor, Role
from portal.audit import AuditEvent, Trail
from portal.crypto import KeyRing
from portal.db import apart, db
from portal.identity import queries
from portal.identity.external import ExternalIdentity, Reason, Refused
from portal.identity.levels import held_at
from portal.identity.models import (
    IdentityProvider,
    SignInAttempt,
    UsedLogoutToken,
    UserSession,
    hashed,
)
from portal.identity.notices import Notice
from portal.limits import RateLimit
from portal.organisations.models import Membership, Organisation, RoleGrant, RoleSource, User
from portal.organisations.queries import administrators

log = logging.getLogger("samspil.identity")
Changes = dict[str, list[str]]
ATTEMPT_LIVES = timedelta(minutes=10)
SESSION_KEPT = timedelta(days=90)  # to answer who was signed in when
LONGEST_HINT = 6000  # characters of an ID token that still fit into an address


def begin(
    provider: IdentityProvider,
    *,
    browser: str,
    wanted: str | None,
    max_age: int | None,
    now: datetime,
) -> tuple[SignInAttempt, str]:
    """An attempt of this browser, and the state that the provider hands back. `wanted`: a page."""
    state = secrets.token_urlsafe(32)
    attempt = SignInAttempt(
        state_hash=hashed(state),
        browser_hash=hashed(browser),
        provider_id=provider.id,
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        next=wanted,
        max_age=max_age,
        created_at=now,
    )
    with apart() as session:
        session.add(attempt)
    return attempt, state


def spend(
    slug: str, *, state: str, browser: str, now: datetime
) -> tuple[IdentityProvider, SignInAttempt]:
    """The attempt that comes back, once: whatever becomes of it, it is used (A14).

    Raises Refused where this provider, this browser and this state do not belong together.
    """
    with apart() as session:
        provider = session.scalars(queries.known_as(slug)).one_or_none()
        attempt = (
            provider
            and session.scalars(
                update(SignInAttempt)
                .where(
                    SignInAttempt.state_hash == hashed(state),
                    SignInAttempt.browser_hash == hashed(browser),
                    SignInAttempt.provider_id == provider.id,
                    SignInAttempt.used_at.is_(None),
                    SignInAttempt.created_at > now - ATTEMPT_LIVES,
                )
                .values(used_at=now)
                .returning(SignInAttempt)
            ).one_or_none()
        )
    if not provider or not attempt:
        raise Refused(Reason.ATTEMPT)
    return provider, attempt


@dataclass(frozen=True)
class Admitted:
    """Somebody who is signed in. The token is the browser's alone."""

    token: str
    actor: Actor


def admit(
    identity: ExternalIdentity,
    *,
    provider: IdentityProvider,
    replaced: uuid.UUID | None,
    device: str | None,
    ring: KeyRing,
    hours: int,
    now: datetime,
    today: date,
) -> Admitted:
    """Make or update the user, give the roles of today, open a session for `hours`.

    `replaced` is the session that the browser had until now, seen as its organisation (D2).
    Raises Refused where the identity is sound, and may still not come in.
    """
    # The provider sends the browser here by GET: the one safe request that writes.
    db.session.info["reading"] = False
    if replaced:
        end_session(replaced, why="signed in again", now=now)
    try:
        actor, changed = settle(identity, provider, now=now, today=today)
    except Refused as refused:
        raise refused.at(provider.id, provider.organisation_id) from refused.__cause__
    if changed:
        end_sessions(actor.user_id, why="roles changed", now=now)
        audit.record(actor, Trail("identity.roles", "user", actor.user_id, detail=changed))
        tell_of_no_administrator(actor, changed, today=today)
    until = now + timedelta(hours=hours)
    token = open_session(identity, actor, device=device, ring=ring, now=now, until=until)
    return Admitted(token, actor)


def tell_of_no_administrator(actor: Actor, changed: Changes, *, today: date) -> None:
    """What the provider no longer says is gone (B8), also the last administrator's role: it can be
    given there again at any time. That nobody has it now must not pass unseen."""
    if Role.LOCAL_ADMINISTRATOR not in changed["taken"]:
        return
    if not administrators(actor.organisation_id, today):
        audit.record(actor, Trail("identity.no_administrator", "user", actor.user_id))
        log.warning("no local administrator is left in %s", actor.organisation_id)


def settle(
    identity: ExternalIdentity, provider: IdentityProvider, *, now: datetime, today: date
) -> tuple[Actor, Changes]:
    """The user as the provider tells of them today, and what changed of the roles."""
    organisation = queries.organisation_of(provider, identity.organisation_key)
    queries.act_for(organisation.id)
    try:
        user_id = keep_user(identity, organisation, now=now)
        membership = keep_membership(user_id, identity, organisation, today=today)
        changed = keep_roles(membership, promised(identity, provider, organisation))
        return actor_of(user_id, identity, membership), changed
    except Refused as refused:
        raise refused.at(provider.id, organisation.id) from refused.__cause__


def keep_user(
    identity: ExternalIdentity, organisation: Organisation, *, now: datetime
) -> uuid.UUID:
    """The user's id; of several first sign-ins at once, one makes the row, the others wait (B9)."""
    told = {"name": identity.name, "email": identity.email, "signed_in_at": now}
    made = {
        "id": uuid.uuid4(),
        "organisation_id": organisation.id,
        "provider_id": identity.provider_id,
        "subject": identity.subject,
        "language": "da",
        "created_at": now,
    }
    row = insert(User).values(**made, **told)
    row = row.on_conflict_do_update(index_elements=["provider_id", "subject"], set_=told)
    try:
        user = db.session.execute(row.returning(User.id, User.closed_at)).one()
    except DBAPIError as error:
        # On a shared issuer: the policy hides the same subject's row in another organisation.
        raise Refused(Reason.ORGANISATION, "the subject belongs elsewhere") from error
    if user.closed_at:
        raise Refused(Reason.CLOSED, "the user is closed")
    return uuid.UUID(str(user.id))


def keep_membership(
    user_id: uuid.UUID, identity: ExternalIdentity, organisation: Organisation, *, today: date
) -> Membership:
    """One that was ended here stays ended, whatever the provider says."""
    row = {"id": uuid.uuid4(), "organisation_id": organisation.id, "user_id": user_id}
    made = insert(Membership).values(**row, valid_from=today)
    db.session.execute(made.on_conflict_do_nothing(index_elements=["user_id"]))
    membership = db.session.scalars(select(Membership).where(Membership.user_id == user_id)).one()
    if membership.valid_from > today or (membership.valid_until or today) < today:
        raise Refused(Reason.CLOSED, "the membership does not run today")
    unit_id = identity.department and queries.unit_named(
        organisation.id, identity.department, today=today
    )
    if unit_id:
        membership.unit_id = uuid.UUID(str(unit_id))
    return membership


def promised(
    identity: ExternalIdentity, provider: IdentityProvider, organisation: Organisation
) -> frozenset[Role]:
    """Roles by the provider's map; only such as this kind of organisation can have (B6, B7)."""
    named: set[str] = set()
    for claim, values in provider.role_map.items():
        for value in identity.told.get(claim, frozenset()) & values.keys():
            roles = values[value]
            named.update([roles] if isinstance(roles, str) else roles)
    possible = POSSIBLE_ROLES[organisation.kind]
    if provider.organisation_id is None:
        possible -= {Role.OPERATOR}
    return frozenset(role for role in possible if role in named)


def keep_roles(membership: Membership, promised: frozenset[Role]) -> Changes:
    """Give and take what the provider says today (B8); what others gave stays. What changed."""
    of_provider = (
        RoleGrant.membership_id == membership.id,
        RoleGrant.source == RoleSource.PROVIDER,
    )
    before = frozenset(db.session.scalars(select(RoleGrant.role).where(*of_provider)))
    gone, new = before - promised, promised - before
    if gone:
        db.session.execute(delete(RoleGrant).where(*of_provider, RoleGrant.role.in_(gone)))
    own = {"organisation_id": membership.organisation_id, "membership_id": membership.id}
    db.session.add_all(RoleGrant(role=role, source=RoleSource.PROVIDER, **own) for role in new)
    db.session.flush()
    return {"given": sorted(new), "taken": sorted(gone)} if gone or new else {}


def actor_of(user_id: uuid.UUID, identity: ExternalIdentity, membership: Membership) -> Actor:
    """With all roles, whoever gave them. Raises Refused where the level is too low for them."""
    granted = select(RoleGrant.role).where(RoleGrant.membership_id == membership.id)
    roles = frozenset(db.session.scalars(granted))
    if held_at(identity.level, roles) != roles:
        raise Refused(Reason.LEVEL, f"{identity.level} is too low")
    place = membership.organisation_id
    return Actor(user_id, place, identity.name, roles, membership.unit_id)


def open_session(
    identity: ExternalIdentity,
    actor: Actor,
    *,
    device: str | None,
    ring: KeyRing,
    now: datetime,
    until: datetime,
) -> str:
    """The token, of 256 random bits: the table holds its hash, so nobody can tell it again (D1)."""
    token = secrets.token_urlsafe(32)
    session = UserSession(
        id=uuid.uuid4(),
        token_hash=hashed(token),
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        provider_id=identity.provider_id,
        subject=identity.subject,
        sid=identity.sid,
        device=device,
        level=identity.level,
        auth_time=identity.auth_time,
        created_at=now,
        seen_at=now,
        expires_at=until,
    )
    if len(identity.id_token) <= LONGEST_HINT:
        session.id_token = crypto.encrypt(ring, identity.id_token, **place_of(session.id))
    db.session.add(session)
    db.session.flush()
    return token


def secret_of(provider_id: uuid.UUID) -> dict[str, Any]:
    return {"table": "identity_provider", "column": "secret", "row_id": provider_id}


def place_of(session_id: uuid.UUID) -> dict[str, Any]:
    return {"table": "user_session", "column": "id_token", "row_id": session_id}


@dataclass(frozen=True)
class Departed:
    """Whose session has ended, and what their provider needs to end its own."""

    provider: IdentityProvider
    id_token: str | None


def sign_out(
    token: str, *, idle: timedelta, ring: KeyRing, now: datetime, **about: str | None
) -> Departed | None:
    """Stands whatever becomes of the request, and waits for no provider. None: nobody to sign out.

    `about` is of the request, for the audit log.
    """
    with apart() as session:
        person = queries.asker(session, token, idle=idle, touch=False)
        if person is None:
            return None
        ended = session.get_one(UserSession, person.session_id)
        ended.ended_at, ended.ended_why = now, "signed out"
        trail = Trail("identity.sign_out", "user_session", person.session_id)
        session.add(audit.event(person.actor(), trail, **about))
        provider = session.get_one(IdentityProvider, ended.provider_id)
    kept = ended.id_token
    hint = crypto.decrypt(ring, kept, **place_of(ended.id)) if kept else None
    return Departed(provider, hint)


def end_session(session_id: uuid.UUID, *, why: str, now: datetime) -> None:
    """An ended session never comes back: nothing sets `ended_at` to null (D3)."""
    mine = UserSession.id == session_id, UserSession.ended_at.is_(None)
    db.session.execute(update(UserSession).where(*mine).values(ended_at=now, ended_why=why))


def end_sessions(
    user_id: uuid.UUID, *, why: str, now: datetime, but: uuid.UUID | None = None
) -> None:
    """All of a user, but for one: roles changed, the user was closed, or somebody asked for it."""
    live = [UserSession.user_id == user_id, UserSession.ended_at.is_(None)]
    live += [UserSession.id != but] if but else []
    db.session.execute(update(UserSession).where(*live).values(ended_at=now, ended_why=why))


def end_by_notice(notice: Notice, *, now: datetime) -> int:
    """Back-channel logout: how many sessions it ended. Raises Refused the second time (D6)."""
    provider_id = notice.provider.id
    row = {"id": uuid.uuid4(), "provider_id": provider_id, "used_at": now}
    used = insert(UsedLogoutToken).values(**row, jti_hash=hashed(f"{provider_id}|{notice.jti}"))
    first = db.session.execute(used.on_conflict_do_nothing().returning(UsedLogoutToken.id))
    if first.one_or_none() is None:
        raise Refused(Reason.TOKEN, "the logout token was used before")
    # On a shared issuer nobody says for which organisation: each is asked for its own.
    return sum(end_named(notice, place, now=now) for place in queries.spoken_for(notice.provider))


def end_named(notice: Notice, organisation_id: uuid.UUID, *, now: datetime) -> int:
    """The sessions in one organisation; its policy lets in nothing of another."""
    queries.act_for(organisation_id)
    live = queries.sessions_of(notice.provider.id, notice.subject, notice.sid)
    for one in live:
        end_session(one.id, why="signed out at the provider", now=now)
        actor = Actor(one.user_id, organisation_id, one.name, frozenset())
        audit.record(actor, Trail("identity.backchannel", "user_session", one.id))
    db.session.flush()
    return len(live)


def note_refusal(refused: Refused, *, address: str | None, request_id: str, now: datetime) -> None:
    """For the audit log of the organisation, where it is known; the request itself is undone."""
    if refused.organisation_id is None:
        return
    with apart() as session:
        own = func.set_config("samspil.organisation", str(refused.organisation_id), True)
        session.execute(select(own))
        session.add(
            AuditEvent(
                at=now,
                organisation_id=refused.organisation_id,
                person="",
                roles="",
                action="identity.callback",
                outcome=f"refused: {refused.reason}",
                address=address,
                request_id=request_id,
                detail={"provider": str(refused.provider_id)},
            )
        )


def forget(*, now: datetime) -> None:
    """Old attempts, logout tokens and counts go; ended sessions lose their token, then go too."""
    for table, moment, kept in (
        (SignInAttempt, SignInAttempt.created_at, timedelta(days=1)),
        (UsedLogoutToken, UsedLogoutToken.used_at, timedelta(days=1)),
        (RateLimit, RateLimit.minute, timedelta(hours=1)),
        (UserSession, UserSession.expires_at, SESSION_KEPT),
    ):
        db.session.execute(delete(table).where(moment < now - kept))
    over = or_(UserSession.ended_at.is_not(None), UserSession.expires_at < now)
    with_token = UserSession.id_token.is_not(None), over
    db.session.execute(update(UserSession).where(*with_token).values(id_token=None))
