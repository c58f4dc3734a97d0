"""Which agreement governs, and what it says."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, ScalarSelect, case, extract, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.access import Actor, Role
from portal.agreements.models import (
    BINDING,
    UNDER_WAY,
    Agreement,
    AgreementPair,
    AgreementSide,
    AgreementVersion,
    Standing,
    State,
    end_of,
    standing_on,
)
from portal.agreements.parameters import Parameters, agreed, default
from portal.agreements.parts import (
    AgreementComment,
    AgreementEvent,
    AgreementMove,
    AgreementSection,
    AgreementSignatory,
    AgreementSignature,
    SectionState,
)
from portal.db import db
from portal.organisations.collation import sort_key
from portal.organisations.models import Organisation, OrganisationName
from portal.organisations.queries import Colleague, colleagues


def in_force(
    sender_id: uuid.UUID, receiver_id: uuid.UUID, kind: str, day: date
) -> AgreementVersion | None:
    """The version under which the two are opposite parties on `day` and which covers `kind`.

    The one place for this question (it governs VISITATION). The database lets a fund and a
    municipality have at most one on a day; whoever is no party of it sees none. That a rule set
    has ended, the database does not know.
    """
    two = {sender_id, receiver_id}
    last = func.coalesce(AgreementPair.last_day, day)
    row = (
        select(AgreementVersion)
        .join(AgreementPair, AgreementPair.version_id == AgreementVersion.id)
        .where(AgreementPair.fund_id.in_(two), AgreementPair.municipality_id.in_(two))
        .where(AgreementPair.first_day <= day, last >= day)
        .where(AgreementVersion.parameters["kinds"].contains([kind]))
    )
    found = db.session.scalars(row).one_or_none()
    return None if found is None or found.has_ended(day) else found


def governing(
    funds: Sequence[uuid.UUID],
    municipalities: Sequence[uuid.UUID],
    first_day: date,
    last_day: date | None,
) -> Sequence[AgreementVersion]:
    """The versions that are held to govern one of the pairs on one of the days, as far as seen.

    One whose rule set has ended is among them: the database holds the place for it.
    """
    pairs = (
        select(AgreementPair.version_id)
        .where(AgreementPair.fund_id.in_(funds))
        .where(AgreementPair.municipality_id.in_(municipalities))
        .where(func.coalesce(AgreementPair.last_day, first_day) >= first_day)
    )
    if last_day:
        pairs = pairs.where(AgreementPair.first_day <= last_day)
    rows = select(AgreementVersion).where(AgreementVersion.id.in_(pairs))
    return db.session.scalars(rows.options(joinedload(AgreementVersion.agreement))).all()


def parameters_of(version: AgreementVersion | None) -> Parameters:
    """What the version says; without one the default, for the transfer that the law demands."""
    return default() if version is None else agreed(version.parameters)


@dataclass(frozen=True)
class Listed:
    """An agreement as its party's list shows it: the version of the day, or one under way.

    The days are those of the version; one under way has no standing.
    """

    id: uuid.UUID
    version_id: uuid.UUID
    state: State
    title: str
    others: str
    number: int
    valid_from: date | None
    valid_until: date | None
    standing: Standing | None


def agreements(organisation_id: uuid.UUID, day: date) -> list[Listed]:
    """All that one takes part in, by the names of the opposite parties, in Danish order.

    One statement, however many they are: of each agreement what is shown on the day, and what is
    under way.
    """
    version = AgreementVersion
    is_shown = or_(version.state.in_(UNDER_WAY), version.id == shown_on(day))
    rows = (
        select(
            version.agreement_id,
            version.id,
            version.state,
            Agreement.title,
            others_of(organisation_id, day),
            version.number,
            version.valid_from,
            version.ends_on,
            version.rule_set,
        )
        .join(Agreement, Agreement.id == version.agreement_id)
        .where(is_shown)
    )
    listed = [_listed(row, day) for row in db.session.execute(rows)]
    return sorted(listed, key=lambda row: (sort_key(row.others), row.number))


def shown_on(day: date) -> ScalarSelect[uuid.UUID]:
    """The same question as `Agreement.shown_on`, inside a statement."""
    other = aliased(AgreementVersion)
    begun = other.valid_from <= day
    rows = select(other.id).where(
        other.agreement_id == AgreementVersion.agreement_id, other.state.in_(BINDING)
    )
    order = begun.desc(), case((begun, -other.number), else_=other.number)
    return rows.order_by(*order).limit(1).scalar_subquery()


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
    rows = select(func.array_agg(called.scalar_subquery())).where(
        side.version_id == AgreementVersion.id, ~is_own.exists()
    )
    return rows.scalar_subquery()


def agreement(agreement_id: uuid.UUID) -> Agreement:
    rows = select(Agreement).where(Agreement.id == agreement_id)
    parts = selectinload(Agreement.versions).selectinload(AgreementVersion.sides)
    return db.session.scalars(rows.options(parts)).one()


def _listed(row: Row[*tuple[Any, ...]], day: date) -> Listed:
    agreement_id, version_id, state, title, others, number, first, ends_on, rule_set = row
    is_bound, last = state in BINDING, end_of(ends_on, rule_set)
    return Listed(
        id=agreement_id,
        version_id=version_id,
        state=state,
        title=title,
        others=", ".join(sorted(others or (), key=sort_key)),
        number=number,
        valid_from=first if is_bound else None,
        valid_until=last if is_bound else None,
        standing=standing_on(first, last, day) if is_bound else None,
    )


@dataclass(frozen=True)
class Waiting:
    """A version under way, and what waits for one person's side of it."""

    version_id: uuid.UUID
    title: str
    state: State
    ours: int  # sections that wait for the own side
    to_sign: bool  # whether the person itself is named and has not answered


def waiting(actor: Actor) -> list[Waiting]:
    """Every version under way, what waits for the own side first."""
    own = aliased(AgreementSide)
    section = AgreementSection
    ours = select(func.count()).where(
        section.version_id == AgreementVersion.id,
        or_(section.state == SectionState.EMPTY, section.state == SectionState.PROPOSED),
        func.coalesce(section.side != own.side, True),
    )
    answered = select(AgreementSignature.id).where(
        AgreementSignature.version_id == AgreementVersion.id,
        AgreementSignature.hash == AgreementVersion.hash,
        AgreementSignature.user_id == actor.user_id,
    )
    named = select(AgreementSignatory.id).where(
        AgreementSignatory.version_id == AgreementVersion.id,
        AgreementSignatory.user_id == actor.user_id,
        AgreementVersion.state == State.SIGNING,
        ~answered.exists(),
    )
    rows = (
        select(
            AgreementVersion.id,
            Agreement.title,
            AgreementVersion.state,
            ours.scalar_subquery(),
            named.exists(),
        )
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .join(own, own.version_id == AgreementVersion.id)
        .where(own.organisation_id == actor.organisation_id)
        .where(AgreementVersion.state.in_(UNDER_WAY))
    )
    found = [Waiting(*row) for row in db.session.execute(rows)]
    return sorted(found, key=lambda row: (not row.to_sign, -row.ours, sort_key(row.title)))


# --- A version under way ---


def version(version_id: uuid.UUID) -> AgreementVersion:
    rows = select(AgreementVersion).where(AgreementVersion.id == version_id)
    parts = selectinload(AgreementVersion.sides), joinedload(AgreementVersion.agreement)
    return db.session.scalars(rows.options(*parts)).one()


def sections(version_id: uuid.UUID) -> Sequence[AgreementSection]:
    """In the order of the agreement."""
    rows = select(AgreementSection).where(AgreementSection.version_id == version_id)
    return db.session.scalars(rows.order_by(AgreementSection.position)).all()


def sides(version_id: uuid.UUID) -> Sequence[AgreementSide]:
    rows = select(AgreementSide).where(AgreementSide.version_id == version_id)
    return db.session.scalars(rows).all()


def section(version_id: uuid.UUID, key: str) -> AgreementSection:
    rows = select(AgreementSection).where(AgreementSection.version_id == version_id)
    return db.session.scalars(rows.where(AgreementSection.key == key)).one()


def moves(section_id: uuid.UUID) -> Sequence[AgreementMove]:
    """The newest first."""
    rows = select(AgreementMove).where(AgreementMove.section_id == section_id)
    return db.session.scalars(rows.order_by(AgreementMove.at.desc(), AgreementMove.id)).all()


def comments(section_id: uuid.UUID) -> Sequence[AgreementComment]:
    """Those of both sides and of the own one, the oldest first."""
    rows = select(AgreementComment).where(AgreementComment.section_id == section_id)
    return db.session.scalars(rows.order_by(AgreementComment.at, AgreementComment.id)).all()


def signatories(version_id: uuid.UUID) -> Sequence[AgreementSignatory]:
    rows = select(AgreementSignatory).where(AgreementSignatory.version_id == version_id)
    return db.session.scalars(rows.order_by(AgreementSignatory.name)).all()


def signatures(version: AgreementVersion) -> Sequence[AgreementSignature]:
    """The answers to what is frozen now, in the order in which they came."""
    rows = select(AgreementSignature).where(
        AgreementSignature.version_id == version.id, AgreementSignature.hash == version.hash
    )
    return db.session.scalars(rows.order_by(AgreementSignature.at, AgreementSignature.id)).all()


def binding_before(version: AgreementVersion) -> AgreementVersion | None:
    """The signed version of the same agreement that this one will follow."""
    rows = select(AgreementVersion).where(
        AgreementVersion.agreement_id == version.agreement_id,
        AgreementVersion.state.in_([State.SIGNED, State.TERMINATED]),
        AgreementVersion.id != version.id,
    )
    last = rows.order_by(AgreementVersion.number.desc()).limit(1)
    return db.session.scalars(last).one_or_none()


def possible_signatories(day: date) -> list[Colleague]:
    """Those of the own organisation who may sign agreements on `day`, in Danish order."""
    return [one for one in colleagues() if Role.AGREEMENT_OWNER in one.roles and one.is_active(day)]


def event_of_form(version_id: uuid.UUID, form_key: str) -> AgreementEvent | None:
    rows = select(AgreementEvent).where(AgreementEvent.version_id == version_id)
    return db.session.scalars(rows.where(AgreementEvent.form_key == form_key)).one_or_none()


def events(version_id: uuid.UUID) -> Sequence[AgreementEvent]:
    """The newest first."""
    rows = select(AgreementEvent).where(AgreementEvent.version_id == version_id)
    return db.session.scalars(rows.order_by(AgreementEvent.at.desc(), AgreementEvent.id)).all()


def times(version_id: uuid.UUID, step: str) -> int:
    """How often the step was taken."""
    rows = select(func.count()).where(
        AgreementEvent.version_id == version_id, AgreementEvent.step == step
    )
    return db.session.scalars(rows).one()


def slugs(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID | None, str]:
    rows = select(Organisation.id, Organisation.slug).where(Organisation.id.in_({*ids}))
    return {id: slug for id, slug in db.session.execute(rows)}


def ids_of_slugs(slugs: Iterable[str | None]) -> dict[str, uuid.UUID]:
    rows = select(Organisation.slug, Organisation.id).where(Organisation.slug.in_({*slugs}))
    return {slug: id for slug, id in db.session.execute(rows)}
