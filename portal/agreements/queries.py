"""Which agreement governs, and what it says."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ScalarSelect, case, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.access import Role
from portal.agreements.models import (
    BINDING,
    Agreement,
    AgreementPair,
    AgreementSide,
    AgreementVersion,
    State,
)
from portal.agreements.parameters import Parameters, agreed, default
from portal.agreements.parts import (
    AgreementComment,
    AgreementEvent,
    AgreementMove,
    AgreementSection,
    AgreementSignatory,
    AgreementSignature,
)
from portal.db import db
from portal.organisations.models import Organisation
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


def shown_on(day: date) -> ScalarSelect[uuid.UUID]:
    """The same question as `Agreement.shown_on`, inside a statement."""
    other = aliased(AgreementVersion)
    begun = other.valid_from <= day
    rows = select(other.id).where(
        other.agreement_id == AgreementVersion.agreement_id, other.state.in_(BINDING)
    )
    order = begun.desc(), case((begun, -other.number), else_=other.number)
    return rows.order_by(*order).limit(1).scalar_subquery()


def agreement(agreement_id: uuid.UUID) -> Agreement:
    rows = select(Agreement).where(Agreement.id == agreement_id)
    parts = selectinload(Agreement.versions).selectinload(AgreementVersion.sides)
    return db.session.scalars(rows.options(parts)).one()


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


def organisations(slugs: Iterable[str | None]) -> dict[str, Organisation]:
    rows = select(Organisation).where(Organisation.slug.in_({*slugs}))
    return {one.slug: one for one in db.session.scalars(rows)}
