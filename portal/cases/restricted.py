"""Cases that only named people may see: protected address, a member of the staff, or their kin.

The database holds it (docs/decisions): of a case of which one is not named nothing is there, in no
list, search or file that is taken in. Who leads, and who owns agreements, know that there is one.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Row,
    UniqueConstraint,
    column,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.audit import AuditEvent
from portal.cases.models import of_case
from portal.clock import now
from portal.db import Base, db
from portal.organisations.models import of_same
from portal.sight import Sight, mine

KNOWN = "{0}.case_id in (select known.case_id from case_restricted() known)"
OWN = f"{mine('{0}.organisation_id')} and {KNOWN}"
LEADING = "(select leads())"
MOST_SHOWN = 100
REFERENCE = "SAG-{0}"
LOOKED = ("done", "refused 422")


class Basis(StrEnum):
    PROTECTED_ADDRESS = "protected_address"
    STAFF = "staff"
    KIN = "kin"


class CaseRestriction(Base):
    """That a case, with all that hangs on it, is for named people only, until it is lifted."""

    __tablename__ = "case_restriction"
    __table_args__ = of_case(
        CheckConstraint("num_nulls(lifted_at, lifted_by, lifted_reason) in (0, 3)", name="lifted"),
        Index(
            "uq_case_restriction_one",
            "case_id",
            unique=True,
            postgresql_where="lifted_at is null",
        ),
    )
    sight = Sight(
        see=OWN.format("case_restriction"),
        insert=f"{mine('case_restriction.organisation_id')} and {LEADING} and exists "
        "(select from member_case where member_case.id = case_restriction.case_id)",
        update=f"{OWN.format('case_restriction')} and {LEADING}",
        columns="lifted_at, lifted_by, lifted_reason",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    case_id: Mapped[uuid.UUID]
    basis: Mapped[Basis]
    reason: Mapped[str]
    person: Mapped[str]  # who set it
    set_at: Mapped[datetime] = mapped_column(default=now)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_reason: Mapped[str | None]


class CaseReader(Base):
    """Somebody who is named for a restricted case. Its adviser needs no naming."""

    __tablename__ = "case_reader"
    __table_args__ = of_case(UniqueConstraint("case_id", "user_id"), of_same("user_id", "user"))
    sight = Sight(
        see=OWN.format("case_reader"),
        insert=f"{OWN.format('case_reader')} and {LEADING}",
        delete=f"{OWN.format('case_reader')} and {LEADING}",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    case_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID]
    person: Mapped[str]
    named_by: Mapped[str]
    named_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True)
class Restricted:
    """What is known of a restricted case without opening it."""

    case_id: uuid.UUID
    adviser: str | None
    is_closed: bool
    sees: bool  # the one who asks is named, or has the case
    restriction: CaseRestriction
    readers: Sequence[CaseReader]

    @property
    def reference(self) -> str:
        return reference(self.case_id)


def reference(case_id: uuid.UUID) -> str:
    """What a restricted case is called where nobody may be named: in mails, and by who leads."""
    return REFERENCE.format(case_id.hex[:8].upper())


def restricted(case_id: uuid.UUID | None = None) -> list[Restricted]:
    """The own organisation's, the newest first; for who leads, owns agreements or is named."""
    known = func.case_restricted().table_valued(
        *(column(name) for name in ("case_id", "adviser", "is_closed", "sees"))
    )
    rows = select(known, CaseRestriction).join(
        CaseRestriction, CaseRestriction.case_id == known.c.case_id
    )
    rows = rows.where(CaseRestriction.lifted_at.is_(None))
    if case_id:
        rows = rows.where(CaseRestriction.case_id == case_id)
    found = db.session.execute(rows.order_by(CaseRestriction.set_at.desc())).all()
    named = readers({row.case_id for row in found})
    return [
        Restricted(
            row.case_id,
            row.adviser,
            row.is_closed,
            bool(row.sees),
            row.CaseRestriction,
            [one for one in named if one.case_id == row.case_id],
        )
        for row in found
    ]


def readers(case_ids: set[uuid.UUID]) -> Sequence[CaseReader]:
    rows = select(CaseReader).where(CaseReader.case_id.in_(case_ids))
    return db.session.scalars(rows.order_by(CaseReader.person)).all()


def hidden(until: date | None = None) -> ColumnElement[int]:
    """How many open cases of the organisation one is not named for, inside another statement;
    with a day those for whom responsibility passes by then."""
    return select(func.cases_hidden(until)).scalar_subquery()


def number_hidden(until: date) -> int:
    return db.session.scalar(select(hidden(until))) or 0


def openings(cases: Sequence[Restricted]) -> list[Row[Any]]:
    """Who opened which of them since it was restricted, the last first."""
    rows = select(AuditEvent.at, AuditEvent.person, AuditEvent.action, AuditEvent.subject_id)
    rows = rows.join(CaseRestriction, CaseRestriction.case_id == AuditEvent.subject_id).where(
        *looked_at(CaseRestriction),
        AuditEvent.subject_id.in_({one.case_id for one in cases}),
        AuditEvent.action.not_like("case_access.%"),
        CaseRestriction.lifted_at.is_(None),
    )
    return [*db.session.execute(rows.order_by(AuditEvent.at.desc()).limit(MOST_SHOWN))]


def looked_at(restriction: Any) -> list[ColumnElement[bool]]:
    """Of a statement about the log: it was opened while it was restricted."""
    return [
        AuditEvent.outcome.in_(LOOKED),
        AuditEvent.at >= restriction.set_at,
        AuditEvent.at < func.coalesce(restriction.lifted_at, func.now()),
    ]


def opened(on_day: ColumnElement[bool]) -> list[Row[*tuple[Any, ...]]]:
    """As the worker: the cases that were opened then, each with whose it is."""
    rows = select(CaseRestriction.organisation_id, CaseRestriction.case_id)
    rows = rows.join(AuditEvent, AuditEvent.subject_id == CaseRestriction.case_id).where(
        *looked_at(CaseRestriction), AuditEvent.action.not_like("case_access.%"), on_day
    )
    return [*db.session.execute(rows.distinct())]
