"""All agreements that one takes part in, by what needs doing: the one list of them.

One statement, however many they are.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    case,
    extract,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from portal.access import Actor
from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.agreements.ending import is_near
from portal.agreements.models import (
    BINDING,
    UNDER_WAY,
    Agreement,
    AgreementSide,
    AgreementVersion,
    Standing,
    State,
    end_of,
    standing_on,
)
from portal.agreements.parts import (
    AgreementSection,
    AgreementSignatory,
    AgreementSignature,
    SectionState,
)
from portal.agreements.queries import shown_on
from portal.db import db
from portal.organisations.collation import sort_key
from portal.organisations.models import OrganisationName
from portal.rules import months_after

MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}  # of a meeting cadence


class Need(StrEnum):
    """What an agreement asks of its owner, the most pressing first."""

    OURS = "ours"
    ENDING = "ending"  # soon, or lately, and no next version is on its way
    THEIRS = "theirs"
    IN_FORCE = "in_force"
    COMING = "coming"
    ENDED = "ended"


@dataclass(frozen=True)
class Negotiated:
    """A version under way, and what waits for whom."""

    id: uuid.UUID
    number: int
    state: State
    ours: int  # sections that wait for the own side
    theirs: int
    to_sign: bool  # whether the reader is named and has not answered

    @property
    def is_ours(self) -> bool:
        return bool(self.to_sign or self.ours or self.state in {State.DRAFT, State.READY})


@dataclass(frozen=True)
class Listed:
    """An agreement as its party's list shows it: the version of the day, and one under way.

    One that was never signed has no standing and no days.
    """

    id: uuid.UUID
    title: str
    others: str
    need: Need
    standing: Standing | None
    is_noticed: bool  # somebody gave notice
    valid_from: date | None
    valid_until: date | None
    next_meeting: date | None  # held by then at the latest
    to_answer: int  # changes that the other side asks for
    asked: int  # and those of the own side that it has not answered
    under_way: Negotiated | None
    given_up: uuid.UUID | None  # the version, where it was never signed


def agreements(actor: Actor, day: date) -> list[Listed]:
    """What needs doing first, then by the names of the opposite parties, in Danish order."""
    found: dict[uuid.UUID, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(rows(actor, day)):
        found[row.agreement_id].append(row)
    listed = [_listed(versions, day) for versions in found.values()]
    order = {need: place for place, need in enumerate(Need)}
    return sorted(listed, key=lambda row: (order[row.need], sort_key(row.others), row.title))


def searched(found: list[Listed], words: str) -> list[Listed]:
    """Those whose other party or title holds every word."""
    wanted = words.casefold().split()
    names = ((one, f"{one.others} {one.title}".casefold()) for one in found)
    return [one for one, name in names if all(word in name for word in wanted)]


def rows(actor: Actor, day: date) -> Any:
    """Of each agreement what is shown on the day, what is under way, and what was given up."""
    version = AgreementVersion
    own = select(AgreementSide.side).where(
        AgreementSide.version_id == version.id,
        AgreementSide.organisation_id == actor.organisation_id,
    )
    own_side = own.correlate(version).scalar_subquery()
    never_signed = and_(version.state == State.ABANDONED, version.number == 1)
    is_shown = or_(version.state.in_(UNDER_WAY), version.id == shown_on(day), never_signed)
    state, waits = AgreementSection.state, (SectionState.EMPTY, SectionState.PROPOSED)
    empty, proposed = (state == one for one in waits)
    is_own = func.coalesce(AgreementSection.side == own_side, false())
    return (
        select(
            version.agreement_id,
            version.id,
            version.state,
            version.number,
            version.valid_from,
            version.ends_on,
            version.rule_set,
            version.parameters["meeting_cadence"].astext.label("cadence"),
            Agreement.title,
            others_of(actor.organisation_id, day).label("others"),
            while_in(State.NEGOTIATING, counted(or_(empty, proposed & ~is_own)), 0).label("ours"),
            while_in(State.NEGOTIATING, counted(proposed & is_own), 0).label("theirs"),
            while_in(State.SIGNING, to_sign(actor), literal(False)).label("to_sign"),
            while_bound(changes_of(own_side, is_own=False)).label("to_answer"),
            while_bound(changes_of(own_side, is_own=True)).label("asked"),
        )
        .join(Agreement, Agreement.id == version.agreement_id)
        .where(is_shown)
    )


def while_in(state: State, asked: Any, otherwise: Any) -> ColumnElement[Any]:
    """Nothing is looked up for the many versions that are not in the state."""
    return case((AgreementVersion.state == state, asked), else_=otherwise)


def while_bound(asked: Any) -> ColumnElement[Any]:
    return case((AgreementVersion.state.in_(BINDING), asked), else_=0)


def changes_of(own_side: Any, *, is_own: bool) -> ScalarSelect[int]:
    """Changes of the agreement that wait for an answer, by the side that asks."""
    asked = AgreementAmendment
    rows = select(func.count()).where(
        asked.agreement_id == AgreementVersion.agreement_id,
        asked.state == AmendmentState.PROPOSED,
        (asked.side == own_side) if is_own else (asked.side != own_side),
    )
    return rows.correlate(AgreementVersion).scalar_subquery()


def counted(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    of_version = AgreementSection.version_id == AgreementVersion.id
    return select(func.count()).where(of_version, condition).scalar_subquery()


def to_sign(actor: Actor) -> ColumnElement[bool]:
    """Whether the person is named as a signatory and has not answered."""
    answered = select(AgreementSignature.id).where(
        AgreementSignature.version_id == AgreementVersion.id,
        AgreementSignature.hash == AgreementVersion.hash,
        AgreementSignature.user_id == actor.user_id,
    )
    named = select(AgreementSignatory.id).where(
        AgreementSignatory.version_id == AgreementVersion.id,
        AgreementSignatory.user_id == actor.user_id,
    )
    return named.exists() & ~answered.exists()


def others_of(organisation_id: uuid.UUID, day: date) -> ScalarSelect[list[str]]:
    """The names of everybody on another side; all, where one is a party no longer."""
    side, own, name = AgreementSide, aliased(AgreementSide), OrganisationName
    begun = name.valid_from <= day
    called = select(name.name).where(name.organisation_id == side.organisation_id)
    latest = case(
        (begun, -extract("epoch", name.valid_from)), else_=extract("epoch", name.valid_from)
    )
    called = called.order_by(begun.desc(), latest).limit(1)
    is_own = select(own.id).where(
        own.version_id == side.version_id,
        own.organisation_id == organisation_id,
        own.side == side.side,
    )
    names = select(func.array_agg(called.scalar_subquery())).where(
        side.version_id == AgreementVersion.id, ~is_own.exists()
    )
    return names.scalar_subquery()


def _listed(versions: Sequence[Row[Any]], day: date) -> Listed:
    bound = next((row for row in versions if row.state in BINDING), None)
    open_one = next((row for row in versions if row.state in UNDER_WAY), None)
    given_up = next((row for row in versions if row.state == State.ABANDONED), None)
    under_way = _negotiated(open_one) if open_one else None
    last = end_of(bound.ends_on, bound.rule_set) if bound else None
    standing = standing_on(bound.valid_from, last, day) if bound else None
    one = bound or open_one or versions[0]
    return Listed(
        id=one.agreement_id,
        title=one.title,
        others=", ".join(sorted(one.others or (), key=sort_key)),
        need=Need.OURS if one.to_answer else _need(under_way, standing, last, day),
        standing=standing,
        is_noticed=bool(bound and bound.state == State.TERMINATED),
        valid_from=bound.valid_from if bound else None,
        valid_until=last,
        next_meeting=next_meeting(bound.valid_from, last, bound.cadence, day) if bound else None,
        to_answer=one.to_answer,
        asked=one.asked,
        under_way=under_way,
        given_up=given_up.id if given_up and not bound else None,
    )


def _negotiated(row: Row[Any]) -> Negotiated:
    return Negotiated(row.id, row.number, row.state, row.ours, row.theirs, row.to_sign)


def _need(
    under_way: Negotiated | None, standing: Standing | None, last: date | None, day: date
) -> Need:
    if under_way:
        return Need.OURS if under_way.is_ours else Need.THEIRS
    if standing is None:
        return Need.ENDED
    return Need.ENDING if last and is_near(last, day) else Need(standing)


def next_meeting(first: date, last: date | None, cadence: str | None, day: date) -> date | None:
    """By when the next status meeting is to be held, counted from the first day.

    None without a cadence, and where the agreement ends before.
    """
    months = MONTHS.get(cadence or "")
    if months is None:
        return None
    passed = max((day.year - first.year) * 12 + day.month - first.month, 0)
    times = range(max(passed // months, 1), passed // months + 3)
    due = next(due for n in times if (due := months_after(first, n * months)) >= day)
    return None if last and due > last else due
