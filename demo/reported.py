"""What people of the demo have counted by hand, and figures that two owners have reported.

Entries of a year, and values of the two quarters before the demo's day: most approved, one that was
sent back, one that waits for an answer. All as rows of the portal, written as its worker.
"""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from demo.chance import Chance, instant, later
from demo.ground import FUND
from demo.negotiated import OWNERS
from portal.access import Role
from portal.agreements.models import Agreement, AgreementSide, AgreementVersion, Side
from portal.clock import is_working_day
from portal.db import db
from portal.goals.asking import Asked, asked
from portal.goals.models import GoalTally, TallyKind
from portal.goals.periods import Quarter, last_closed
from portal.goals.values import GoalValue, ValueState
from portal.organisations.models import Membership, Organisation, RoleGrant, User

INSTITUTIONS = (
    "Børnehuset Solsikken",
    "Vuggestuen Spiren",
    "SFO Regnbuen",
    "Børnehaven Skovbrynet",
    "Fritidshjemmet Kometen",
    "Dagtilbuddet Ved Åen",
    "Klubben Stjernen",
)
TOLD = {
    TallyKind.INSTITUTION: 45,  # percent of working days on which somebody counts one
    TallyKind.NOTICE_ADVICE: 26,
    TallyKind.NOTICE_PLACEMENT: 9,
}
SAYS = {
    "differentiated_course": "Medlemmerne fordeles på tre forløb efter den første samtale.",
}
WHY = "Tre af de store institutioner ansatte ikke i sommer. Vi har aftalt flere besøg i efteråret."
ANSWER = "Hvilken måned er tallet fra? Skriv det i teksten."


def fill(*, day: date, seed: int) -> None:
    """As the worker, in the caller's transaction; where anything is already, nothing."""
    if db.session.scalar(select(GoalTally.id).limit(1)):
        return
    chance = Chance(seed, day, "reported")
    db.session.add_all([*tallies(chance, day), *values(chance, day)])
    db.session.flush()


def tallies(chance: Chance, day: date) -> Iterator[GoalTally]:
    fund = organisation(FUND)
    people = [*workers(fund)]
    towns = [*partners(fund)]
    for back in range(365, 0, -1):
        on = day - timedelta(days=back)
        for kind, percent in TOLD.items():
            if people and is_working_day(on) and chance.likely(percent):
                yield entry(chance, kind, on, fund, chance.choice(people), chance.choice(towns))


def entry(
    chance: Chance, kind: TallyKind, on: date, fund: uuid.UUID, person: User, town: uuid.UUID
) -> GoalTally:
    is_visit = kind == TallyKind.INSTITUTION
    return GoalTally(
        id=chance.id(),
        organisation_id=fund,
        municipality_id=town if chance.likely(80) else None,
        kind=kind,
        day=on,
        number=chance.choice((1, 1, 1, 2)) if is_visit else 1,
        note=chance.choice(INSTITUTIONS) if is_visit else None,
        user_id=person.id,
        recorded_by=person.name,
        recorded_at=chance.moment(on),
    )


def organisation(slug: str) -> uuid.UUID:
    return db.session.scalars(select(Organisation.id).where(Organisation.slug == slug)).one()


def workers(fund: uuid.UUID) -> Iterator[User]:
    rows = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(RoleGrant, RoleGrant.membership_id == Membership.id)
        .where(User.organisation_id == fund, RoleGrant.role == Role.ADVISER)
    )
    yield from db.session.scalars(rows.order_by(User.name, User.id))


def partners(fund: uuid.UUID) -> Iterator[uuid.UUID]:
    """Of its agreements whose source says how many members it expects."""
    own = select(AgreementSide.version_id).where(AgreementSide.organisation_id == fund)
    rows = (
        select(AgreementSide.organisation_id)
        .join(AgreementVersion, AgreementVersion.id == AgreementSide.version_id)
        .where(AgreementSide.version_id.in_(own), AgreementSide.side == Side.MUNICIPALITY)
        .where(AgreementVersion.expected_per_year.is_not(None))
        .join(Organisation, Organisation.id == AgreementSide.organisation_id)
    )
    yield from dict.fromkeys(db.session.scalars(rows.order_by(Organisation.slug)))


# --- Reported values ---


def values(chance: Chance, day: date) -> Iterator[GoalValue]:
    """Of two agreements, as the owners of both sides have left them."""
    newest = last_closed(day)
    for town in ("aarhus", "slagelse"):
        version = agreed_with(town)
        if version is None:
            continue
        for goal in asked(version):
            for quarter, is_new in ((newest.after(-1), False), (newest, True)):
                if found := value(chance, goal, version, quarter, is_new=is_new, town=town):
                    yield found


def agreed_with(town: str) -> AgreementVersion | None:
    key = f"{FUND}-{town}"
    rows = select(AgreementVersion).join(Agreement).where(Agreement.key == key)
    return db.session.scalars(rows.order_by(AgreementVersion.number)).first()


def value(
    chance: Chance,
    goal: Asked,
    version: AgreementVersion,
    quarter: Quarter,
    *,
    is_new: bool,
    town: str,
) -> GoalValue | None:
    """A figure of a register, or a yes with its text; the others nobody has written."""
    told: dict[str, Any]
    if goal.method == "imported" and goal.unit == "percent":
        figure = Decimal(66 if is_new else 71)
        told = {"value": figure, "base": 38 + chance.randrange(20), "source": goal.source}
        told |= {"source_day": later(quarter.last, 25)}
    elif SAYS.get(goal.code) and is_new:
        told = {"is_yes": True, "note": SAYS[goal.code], "source": "own_count"}
    else:
        return None
    made = GoalValue(
        id=chance.id(),
        agreement_id=version.agreement_id,
        organisation_id=organisation(FUND),
        side=Side.FUND,
        set=goal.set,
        code=goal.code,
        goal_number=0,
        first_day=quarter.first,
        last_day=quarter.last,
        target=goal.target,
        version=1,
        **told,
    )
    made.shown = goal.in_words(made.value, made.base, made.is_yes)
    made.is_met = goal.is_met(made.value, made.is_yes, made.period)
    answered(made, quarter, is_new=is_new, town=town)
    return made


def answered(made: GoalValue, quarter: Quarter, *, is_new: bool, town: str) -> None:
    """Older ones are approved; of the newest one waits, and one was sent back."""
    own, other = owner(FUND), owner(town)
    on = later(quarter.last, 30)
    made.written_by, made.written_at = own, instant(on, 10, 5)
    made.submitted_by, made.submitted_at = own, instant(on, 10, 20)
    made.explanation = WHY if made.is_met is False else None
    made.state = ValueState.APPROVED
    if is_new and made.value is not None:
        made.state = ValueState.SUBMITTED if town == "aarhus" else ValueState.RETURNED
    if made.state != ValueState.SUBMITTED:
        made.answered_by, made.answered_at = other, instant(later(on, 3), 13, 40)
    made.answer = ANSWER if made.state == ValueState.RETURNED else None


def owner(slug: str) -> str:
    """The owner's name; of an organisation whose owner has no name in the demo any owner's."""
    rows = (
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .join(RoleGrant, RoleGrant.membership_id == Membership.id)
        .where(User.organisation_id == organisation(slug), RoleGrant.role == Role.AGREEMENT_OWNER)
    )
    found = [*db.session.scalars(rows.order_by(User.name))]
    first = OWNERS.get(slug, "")
    return next((name for name in found if name.lower().startswith(first)), "Aftaleejeren")
