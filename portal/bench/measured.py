"""What is measured: the portal as it serves, on one database, asked by people who are in it.

Measuring writes: sessions, the access log, and one package is acknowledged. Therefore only on a
database made for it.
"""

import os
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, NullPool, create_engine, delete, event, func, make_url, select
from sqlalchemy.orm import Session
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal.access import Actor, Role
from portal.app import create_app
from portal.clock import now
from portal.db import db, dispose
from portal.handovers.models import Handover, HandoverParty, Party, State
from portal.identity.models import UserSession, hashed
from portal.identity.sessions import BrowserSessions
from portal.organisations.models import Membership, RoleGrant, User
from portal.settings import Settings, database_url

Environ = dict[str, Any]
Wsgi = Callable[..., Any]
BARE = "/bare"
WORK = (Role.ADVISER, Role.TEAM_LEAD, Role.CONTACT, Role.COORDINATOR)


class Unmeasurable(Exception):
    """Why the database cannot be measured on, in one sentence."""


@dataclass(frozen=True)
class Asker:
    """Somebody who is signed in."""

    actor: Actor
    token: str


def bare() -> Flask:
    """H: what Flask costs by itself."""
    app = Flask("bare")
    app.add_url_rule("/", "index", lambda: "ok")
    return app


def beside_bare(app: Flask) -> Flask:
    """The bare route in the same process, past all hooks of the portal."""
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {BARE: bare()})  # type: ignore[method-assign]
    return app


@dataclass
class Measured:
    """The portal on the database of that name, with the bare route beside it in one process."""

    database: str
    app: Flask
    worker: Engine
    sessions: list[uuid.UUID] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.extensions["samspil"]
        return found

    @property
    def engine(self) -> Engine:
        with self.app.app_context():
            return db.engine

    def environ(self, path: str, asker: Asker | None = None, **how: Any) -> Environ:
        """A request as a browser sends it: the cookie, and for a form the token against forgery."""
        headers = dict(how.pop("headers", {}))
        if asker:
            browsers = BrowserSessions(self.settings)
            headers["Cookie"] = f"{browsers.token_cookie}={asker.token}"
            signer = URLSafeTimedSerializer(self.settings.secret_key, salt="wtf-csrf-token")
            headers["X-CSRFToken"] = signer.dumps(browsers.csrf_of(asker.token))
        base = self.settings.base_url
        return EnvironBuilder(path=path, base_url=base, headers=headers, **how).get_environ()

    def call(self, environ: Environ) -> str:
        """Straight through WSGI to the last byte; the status."""
        said: list[str] = []

        def start(
            status: str, headers: object, info: object = None, /
        ) -> Callable[[bytes], object]:
            said.append(status)
            return lambda _written: None

        body = self.app.wsgi_app(environ, start)
        for _part in body:
            pass
        if close := getattr(body, "close", None):
            close()
        return said[0]

    def ask(self, path: str, asker: Asker | None = None, **how: Any) -> tuple[int, str]:
        """Status and body."""
        environ = self.environ(path, asker, **how)
        body, status, _headers = run_wsgi_app(self.app.wsgi_app, environ, buffered=True)
        return int(status.split()[0]), b"".join(body).decode()

    @contextmanager
    def statements(self) -> Iterator[list[tuple[str, Any]]]:
        """What the web sends to the database meanwhile."""
        sent: list[tuple[str, Any]] = []

        def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
            sent.append((statement, values))

        engine = self.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def sign_in(self, user: User) -> Asker:
        """A session of the user, as a sign-in makes it, for as long as is measured."""
        token, row_id = secrets.token_urlsafe(32), uuid.uuid4()
        self.sessions.append(row_id)
        with Session(self.worker) as session, session.begin():
            session.add(
                UserSession(
                    id=row_id,
                    token_hash=hashed(token),
                    organisation_id=user.organisation_id,
                    user_id=user.id,
                    provider_id=user.provider_id,
                    subject=user.subject,
                    level="High",
                    expires_at=now() + timedelta(hours=8),
                )
            )
            grants = select(RoleGrant.role, Membership.unit_id).join(
                Membership, Membership.id == RoleGrant.membership_id
            )
            held = session.execute(grants.where(Membership.user_id == user.id)).all()
        roles = frozenset(row.role for row in held)
        actor = Actor(user.id, user.organisation_id, user.name, roles, held[0].unit_id)
        return Asker(actor, token)

    def askers(self, side: Party) -> list[Asker]:
        """Of that side: whoever has most, of the largest organisation and of the smallest."""
        with Session(self.worker, expire_on_commit=False) as session:
            users = [busiest(session, each) for each in extremes(session, side)]
        return [self.sign_in(user) for user in users]

    def own_pages(self, asker: Asker) -> dict[str, str]:
        """The start page, and the pages of a package that has come far and of its case."""
        rows = select(Handover.id, Handover.case_id).where(
            Handover.sender_id == asker.actor.organisation_id,
            Handover.state == State.COMPLETED,
        )
        with Session(self.worker) as session:
            found = session.execute(rows.order_by(Handover.id).limit(1)).one()
        pages = {"start": "/", "package": f"/handovers/{found.id}"}
        return pages | {"case": f"/cases/{found.case_id}"}

    def close(self) -> None:
        with Session(self.worker) as session, session.begin():
            session.execute(delete(UserSession).where(UserSession.id.in_(self.sessions)))
        self.worker.dispose()
        with self.app.app_context():
            dispose()


def extremes(session: Session, side: Party) -> list[uuid.UUID]:
    """The organisation with most and that with fewest packages on a side, of those with people."""
    party = HandoverParty
    counted = (
        select(party.organisation_id)
        .where(party.side == side, party.person_id.is_not(None))
        .group_by(party.organisation_id)
        .order_by(func.count(), party.organisation_id)
    )
    found = session.scalars(counted).all()
    if not found:
        raise Unmeasurable("There are no packages with people; make some by demo.data.")
    return [found[-1], found[0]]


def busiest(session: Session, organisation_id: uuid.UUID) -> User:
    party = HandoverParty
    rows = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(party, party.person_id == User.id)
        .where(party.organisation_id == organisation_id, party.standing == "ours")
        .where(
            select(RoleGrant.id)
            .where(RoleGrant.membership_id == Membership.id, RoleGrant.role.in_(WORK))
            .exists()
        )
        .group_by(User.id)
        .order_by(func.count().desc(), User.id)
        .limit(1)
    )
    return session.scalars(rows).one()


@contextmanager
def measured(database: str) -> Iterator[Measured]:
    """The portal on a database of the configured server, as the web's own role."""
    address = make_url(database_url("app")).set(database=database)
    worker = make_url(database_url("worker")).set(database=database)
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = address.render_as_string(hide_password=False)
    try:
        app = create_app()
    finally:
        del os.environ["DATABASE_URL"]
        if before:
            os.environ["DATABASE_URL"] = before
    found = Measured(database, beside_bare(app), create_engine(worker, poolclass=NullPool))
    if found.settings.environment == "production":
        raise Unmeasurable("Measuring writes; point it at a database that was made for it.")
    try:
        yield found
    finally:
        found.close()
