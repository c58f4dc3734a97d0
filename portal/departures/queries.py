"""What somebody holds that a colleague must take over."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from portal.agreements import contacts
from portal.agreements.beside import AgreementContact
from portal.cases.models import MemberCase
from portal.db import db
from portal.handovers.models import Handover, HandoverParty
from portal.handovers.parts import HandoverEvent
from portal.organisations.models import User


@dataclass(frozen=True)
class Held:
    """Functions with the titles of their agreements, and how many packages and cases are open."""

    functions: Sequence[tuple[AgreementContact, str]]
    packages: int
    cases: int

    def __bool__(self) -> bool:
        return bool(self.functions or self.packages or self.cases)

    @property
    def is_casework(self) -> bool:
        return bool(self.packages or self.cases)


def held(user_id: uuid.UUID, day: date) -> Held:
    """Of a user of the own organisation."""
    packages = select(func.count()).select_from(Handover).where(lies_with(user_id))
    cases = select(func.count()).select_from(MemberCase).where(is_case_of(user_id))
    counted = [db.session.scalars(count).one() for count in (packages, cases)]
    return Held(contacts.held_by(user_id, day), *counted)


def lies_with(user_id: Any) -> ColumnElement[bool]:
    """Open packages that the person has for either party."""
    whose = or_(Handover.sender_person_id == user_id, Handover.receiver_person_id == user_id)
    return whose & Handover.closed_at.is_(None)


def is_case_of(user_id: uuid.UUID) -> ColumnElement[bool]:
    return (MemberCase.adviser_id == user_id) & MemberCase.closed_at.is_(None)


def packages_of(user_id: uuid.UUID) -> list[Handover]:
    rows = select(Handover).where(lies_with(user_id)).order_by(Handover.created_at)
    return [*db.session.scalars(rows)]


def cases_of(user_id: uuid.UUID) -> list[MemberCase]:
    """But for those that only named people see: who leads gives them on, and nobody else."""
    rows = select(MemberCase).where(is_case_of(user_id), MemberCase.readers.is_(None))
    return [*db.session.scalars(rows)]


def gone(day: date) -> list[User]:
    """As the worker: who has left and still has open packages."""
    open_one = select(Handover.id).where(lies_with(User.id)).exists()
    rows = select(User).where(func.is_employed(User.id, day).is_(False), open_one)
    return [*db.session.scalars(rows.order_by(User.id))]


def left_behind(organisation_id: uuid.UUID) -> int:
    """Open packages of the organisation that nobody has since whoever had them left."""
    party, event = HandoverParty, HandoverEvent
    released = select(event.id).where(
        event.handover_id == party.handover_id,
        event.organisation_id == organisation_id,
        event.step == "release",
    )
    rows = select(func.count()).where(
        party.organisation_id == organisation_id,
        party.person_id.is_(None),
        party.standing != "closed",
        released.exists(),
    )
    return db.session.scalar(rows) or 0
