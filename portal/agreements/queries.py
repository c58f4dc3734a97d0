"""Which agreement governs, and what it says."""

import uuid
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from portal.agreements.models import AgreementSide, AgreementVersion
from portal.agreements.parameters import Parameters, default, parse, plain
from portal.db import db
from portal.organisations.queries import holds

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
