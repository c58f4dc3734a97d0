"""What waits for one person today, by role."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, literal, select

from portal.access import CASEWORKERS, Actor, Permission
from portal.administration.actions import UNUSED
from portal.agreements.area import InArea, in_area
from portal.agreements.models import Standing
from portal.agreements.overview import Listed, agreements
from portal.clock import add_working_days, day_of
from portal.db import db
from portal.handovers import following_up
from portal.handovers.passing import leads, unsent_values
from portal.handovers.worklist import TABS, Asked, Found, worklist
from portal.identity.queries import SigningIn, signing_in
from portal.organisations.queries import Colleague, colleagues
from portal.start import ahead
from portal.start.ahead import Ahead

SOON = 15  # working days before responsibility passes: the first reminder (handover clocks)
FEW = 8
OPEN = tuple(tab for tab in TABS if tab != "closed")
ENDING = timedelta(days=90)  # so long before its last day an agreement is worth a word
CLOSING = timedelta(days=14)  # so long before a user is closed for not signing in


def work(actor: Actor, today: date) -> Found:
    """What waits: for a leader the unit's and what nobody has, for others their own."""
    asked = Asked(urgent_in=("mine",), counts=OPEN, most=FEW)
    if leads(actor):
        asked = replace(asked, tab="unit", urgent_in=("unit", "unassigned"))
    return worklist(asked, actor=actor, today=today)


def passing_soon(actor: Actor, today: date) -> tuple[list[Row[Any]], list[Ahead]]:
    """Members whose responsibility passes soon or has passed, and whose package is not sent.

    Beside them the meetings that come.
    """
    given = unsent_values(actor, today, add_working_days(today, SOON), FEW)
    given |= ahead.values(actor, today)
    statement = ahead.passing(leads(actor), ahead.owns(actor))
    return ahead.apart(statement.rows(db.session, given))


def following_up_now(actor: Actor, today: date) -> tuple[list[Row[Any]], list[Ahead]]:
    """Whom the municipality is to ask again how it went, and the meetings that come."""
    rows = following_up.due_rows(actor, today, today, FEW)
    asked = ahead.beside(rows, "due_on", ahead.owns(actor))
    return ahead.apart(db.session.execute(asked, ahead.values(actor, today)).all())


def meetings_ahead(actor: Actor, today: date) -> list[Ahead]:
    """Of whoever handles no cases."""
    if not actor.may(Permission.MEETING_READ):
        return []
    found = ahead.alone(ahead.owns(actor)).rows(db.session, ahead.values(actor, today))
    return ahead.revived(found[0].ahead)


@dataclass(frozen=True)
class Agreements:
    """How many agreements are in force, those of them that end soon, and those on their way."""

    in_force: int
    ending: list[Listed | InArea]
    under_way: list[Listed]


def own_agreements(actor: Actor, today: date) -> Agreements:
    found = agreements(actor, today)
    return _ending(found, today, [row for row in found if row.under_way])


def area(today: date) -> Agreements:
    """Those that the own council may know of."""
    return _ending(in_area(today), today, [])


def _ending(found: Sequence[Listed | InArea], today: date, under_way: list[Listed]) -> Agreements:
    running = [row for row in found if row.standing is Standing.IN_FORCE]
    soon = [row for row in running if row.valid_until and row.valid_until <= today + ENDING]
    return Agreements(len(running), soon, under_way)


@dataclass(frozen=True)
class UsersToSeeTo:
    """Users for whom the local administrator has something to do."""

    without_role: list[Colleague]
    without_unit: list[Colleague]
    closing: list[Colleague]

    def __bool__(self) -> bool:
        return bool(self.without_role or self.without_unit or self.closing)


def users_to_see_to(today: date) -> UsersToSeeTo:
    """Who cannot work: without a role, without the unit that work is shared by, soon closed."""
    active = [row for row in colleagues() if row.is_active(today)]
    return UsersToSeeTo(
        without_role=[row for row in active if not row.roles],
        without_unit=[row for row in active if row.roles & CASEWORKERS and row.unit is None],
        closing=[row for row in active if _closes(row, today)],
    )


def _closes(row: Colleague, today: date) -> bool:
    """Whether the user is closed within two weeks unless there is a sign-in."""
    known = row.user.created_at, row.user.signed_in_at, row.user.reopened_at
    used = max(moment for moment in known if moment)
    return day_of(used) + UNUSED - CLOSING <= today


@dataclass(frozen=True)
class SignInWays:
    """How many organisations sign in through providers that are open, and which are shut."""

    organisations: int
    shut: list[SigningIn]


def sign_in_ways(today: date) -> SignInWays:
    found = signing_in(today)
    opened = {row.organisation for row in found if row.enabled}
    return SignInWays(len(opened), [row for row in found if not row.enabled])


def database_answers() -> None:
    """Raises OperationalError where it does not."""
    db.session.execute(select(literal(1)))
