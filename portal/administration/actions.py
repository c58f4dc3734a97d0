"""What an organisation's administrator does: units, users and their roles."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, text, update

from portal.access import POSSIBLE_ROLES, Actor, Role
from portal.db import db
from portal.identity.actions import end_sessions
from portal.organisations import queries
from portal.organisations.models import (
    Organisation,
    RoleGrant,
    RoleSource,
    Unit,
    User,
)
from portal.organisations.queries import Colleague
from portal.workflow import Lack, Refused

UNUSED = timedelta(days=90)  # after so long without a sign-in a user is closed (B12)
# Two administrators who take the role from each other at once must not both succeed.
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:organisation, 0))")


def refuse(field: str, reason: str) -> Refused:
    return Refused([Lack(field, reason)])


# --- Units ---


def save_unit(unit: Unit | None, *, actor: Actor, **values: Any) -> Unit:
    """A new unit or another state of one: name, kind, mailbox, is_default and the days.

    Raises:
        Refused: the name is taken, or the days are upside down.
    """
    own = Unit.organisation_id == actor.organisation_id
    saved = unit or Unit(id=uuid.uuid4(), organisation_id=actor.organisation_id)
    taken = select(Unit.id).where(own, func.lower(Unit.name) == values["name"].lower())
    if db.session.scalars(taken.where(Unit.id != saved.id)).first():
        raise refuse("name", _("Der findes allerede en enhed med det navn."))
    demand_order(values["valid_from"], values["valid_until"])
    if values["is_default"]:
        others = update(Unit).where(own, Unit.id != saved.id, Unit.is_default.is_(True))
        db.session.execute(others.values(is_default=False))
    for name, value in values.items():
        setattr(saved, name, value)
    db.session.add(saved)
    db.session.flush()
    return saved


def demand_order(first: date, last: date | None) -> None:
    if last and last < first:
        raise refuse("valid_until", _("Sidste dag ligger før første dag."))


# --- Users and their roles ---


@contextmanager
def administering(colleague: Colleague, *, actor: Actor, today: date) -> Iterator[None]:
    """Around every change of what somebody may do (B13).

    Nobody changes that of oneself, and an administrator who can sign in is always left. What was
    changed within is undone when it is refused.
    """
    if colleague.user.id == actor.user_id:
        raise refuse("", _("Du kan ikke ændre din egen adgang. Bed en anden administrator om det."))
    db.session.execute(ONE_AT_A_TIME, {"organisation": str(actor.organisation_id)})
    with db.session.begin_nested():
        yield
        db.session.flush()
        if not queries.administrators(actor.organisation_id, today):
            raise refuse("", _("Der skal altid være en lokal administrator, der kan logge på."))


def place(
    colleague: Colleague,
    *,
    unit_id: uuid.UUID | None,
    valid_from: date,
    valid_until: date | None,
    actor: Actor,
    today: date,
) -> None:
    demand_order(valid_from, valid_until)
    if unit_id:
        queries.unit(unit_id, actor.organisation_id)
    with administering(colleague, actor=actor, today=today):
        membership = colleague.membership
        membership.unit_id = unit_id
        membership.valid_from, membership.valid_until = valid_from, valid_until


def give_role(
    colleague: Colleague, role: Role, *, actor: Actor, today: date, now: datetime
) -> None:
    """Given here it stays whatever the provider says; giving it twice is giving it once."""
    kind = db.session.scalars(
        select(Organisation.kind).where(Organisation.id == actor.organisation_id)
    ).one()
    if role not in POSSIBLE_ROLES[kind]:
        raise refuse("role", _("Rollen findes ikke i denne slags organisation."))
    if any(grant.role == role for grant in colleague.grants):
        return
    with administering(colleague, actor=actor, today=today):
        whose = {"organisation_id": actor.organisation_id, "membership_id": colleague.membership.id}
        db.session.add(RoleGrant(role=role, source=RoleSource.ADMINISTRATOR, **whose))
    end_sessions(colleague.user.id, why="roles changed", now=now)


def take_role(
    colleague: Colleague, role: Role, *, actor: Actor, today: date, now: datetime
) -> None:
    """Only what was given here; what the provider gave comes back at the next sign-in."""
    if any(
        grant.role == role and grant.source == RoleSource.PROVIDER for grant in colleague.grants
    ):
        raise refuse("", _("Rollen kommer fra jeres login. Den skal fjernes dér."))
    with administering(colleague, actor=actor, today=today):
        mine = RoleGrant.membership_id == colleague.membership.id, RoleGrant.role == role
        db.session.execute(delete(RoleGrant).where(*mine))
    end_sessions(colleague.user.id, why="roles changed", now=now)


def close(colleague: Colleague, *, actor: Actor, today: date, now: datetime) -> None:
    """The user can no longer sign in, and live sessions end. The data stays (B12)."""
    with administering(colleague, actor=actor, today=today):
        colleague.user.closed_at = colleague.user.closed_at or now
    end_sessions(colleague.user.id, why="closed", now=now)


def sign_out(colleague: Colleague, *, actor: Actor, today: date, now: datetime) -> None:
    """End every session of the user, who may sign in again at once."""
    end_sessions(colleague.user.id, why="ended by an administrator", now=now)


def reopen(colleague: Colleague, *, actor: Actor, today: date, now: datetime) -> None:
    with administering(colleague, actor=actor, today=today):
        colleague.user.closed_at, colleague.user.reopened_at = None, now


def close_unused(*, today: date, now: datetime) -> int:
    """As the worker, for all organisations: how many users were closed for lack of use.

    The last local administrator of an organisation stays.
    """
    used = func.greatest(User.created_at, User.signed_in_at, User.reopened_at)
    unused = select(User).where(User.closed_at.is_(None), used < now - UNUSED)
    closed = 0
    for user in db.session.scalars(unused.order_by(used)).all():
        left = {row.user.id for row in queries.administrators(user.organisation_id, today)}
        if left != {user.id}:
            user.closed_at = now
            closed += 1
            db.session.flush()
    return closed
