"""Which agreement governs, and what it says."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, selectinload

from portal.agreements.models import Agreement, AgreementSide, AgreementVersion, Standing
from portal.agreements.parameters import Parameters, default, parse, plain
from portal.db import db
from portal.organisations.collation import sort_key
from portal.organisations.queries import holds, names_on

LatestVersion = aliased(AgreementVersion)


def in_force(
    sender_id: uuid.UUID, receiver_id: uuid.UUID, kind: str, day: date
) -> AgreementVersion | None:
    """The version under which the two are opposite parties on `day` and which covers `kind`.

    The one place for this question (it governs VISITATION). Of several agreements the one whose
    version began last; whoever is no party of it sees none.
    """
    one, other = aliased(AgreementSide), aliased(AgreementSide)
    row = (
        governing(day)
        .join(one, one.agreement_id == AgreementVersion.agreement_id)
        .join(other, other.agreement_id == AgreementVersion.agreement_id)
        .where(
            one.organisation_id == sender_id,
            other.organisation_id == receiver_id,
            one.side != other.side,
            AgreementVersion.parameters["kinds"].contains([kind]),
            holds(one, day),
            holds(other, day),
        )
        .order_by(AgreementVersion.valid_from.desc(), AgreementVersion.id)
        .limit(1)
    )
    return db.session.scalars(row).one_or_none()


def parameters_of(version: AgreementVersion | None) -> Parameters:
    """What the version says; without one the default, for the transfer that the law demands.

    A parameter younger than the version has the default's value.
    """
    return default() if version is None else parse(plain(default()) | version.parameters)


def governing(day: date) -> Select[AgreementVersion]:
    """Each agreement's version on `day`: the last one begun, unless it has ended.

    A version is never changed, so an earlier one may have no last day; it does not come back when
    the one that replaced it ends.
    """
    last = (
        select(func.max(LatestVersion.number))
        .where(
            LatestVersion.agreement_id == AgreementVersion.agreement_id,
            LatestVersion.valid_from <= day,
        )
        .scalar_subquery()
    )
    rows = select(AgreementVersion).where(AgreementVersion.number == last)
    return rows.where(holds(AgreementVersion, day))


@dataclass(frozen=True)
class Listed:
    """An agreement as its party's list shows it; the days are those of the version shown."""

    id: uuid.UUID
    title: str
    others: str
    number: int
    valid_from: date
    valid_until: date | None
    standing: Standing


def agreements(organisation_id: uuid.UUID, day: date) -> list[Listed]:
    """All that one takes part in, by the names of the opposite parties, in Danish order."""
    versions = selectinload(Agreement.versions).load_only(
        AgreementVersion.agreement_id,
        AgreementVersion.number,
        AgreementVersion.valid_from,
        AgreementVersion.valid_until,
    )
    rows = select(Agreement).options(versions, selectinload(Agreement.sides))
    found = db.session.scalars(rows).all()
    names = names_on({side.organisation_id for row in found for side in row.sides}, day)
    listed = [_listed(row, _others(row, organisation_id, names), day) for row in found]
    return sorted(listed, key=lambda row: (sort_key(row.others), row.valid_from))


def agreement(agreement_id: uuid.UUID) -> Agreement:
    rows = select(Agreement).where(Agreement.id == agreement_id)
    parts = selectinload(Agreement.versions), selectinload(Agreement.sides)
    return db.session.scalars(rows.options(*parts)).one()


def version(agreement: Agreement, number: int) -> AgreementVersion:
    rows = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement.id)
    return db.session.scalars(rows.where(AgreementVersion.number == number)).one()


def _others(
    agreement: Agreement, organisation_id: uuid.UUID, names: Mapping[uuid.UUID, str]
) -> str:
    [own] = [row.side for row in agreement.sides if row.organisation_id == organisation_id]
    other = [names[row.organisation_id] for row in agreement.sides if row.side != own]
    return ", ".join(sorted(other, key=sort_key))


def _listed(agreement: Agreement, others: str, day: date) -> Listed:
    shown = agreement.shown_on(day)
    return Listed(
        id=agreement.id,
        title=agreement.title,
        others=others,
        number=shown.number,
        valid_from=shown.valid_from,
        valid_until=shown.valid_until,
        standing=agreement.standing(day),
    )
