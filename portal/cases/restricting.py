"""Keeping a case to named people, naming them, and lifting it. Who leads does it, and may name
themself: it is written down, and every opening is told.

The database keeps the case's packages with it (docs/decisions).
"""

import uuid
from collections.abc import Collection, Mapping
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy import delete, select

from portal.access import Actor
from portal.cases.models import MemberCase
from portal.cases.restricted import Basis, CaseReader, CaseRestriction, Restricted
from portal.clock import Moment
from portal.db import db
from portal.workflow import Lack, NotNow, Refused


class Person(Protocol):
    """A colleague who may be named."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def name(self) -> str: ...


def restrict(
    case: MemberCase,
    *,
    basis: Basis,
    reason: str,
    people: Collection[Person],
    actor: Actor,
    at: Moment,
) -> None:
    """From now on only those named see it and its packages, and who has it.

    Raises:
        NotNow: it is restricted already.
        Refused: nobody is named.
    """
    standing = select(CaseRestriction.id).where(
        CaseRestriction.case_id == case.id, CaseRestriction.lifted_at.is_(None)
    )
    if db.session.scalar(standing):
        raise NotNow("restrict", case.state)
    refuse_nobody(people)
    own = {"case_id": case.id, "organisation_id": case.organisation_id}
    made = CaseRestriction(basis=basis, reason=reason, person=actor.name, set_at=at.now, **own)
    db.session.add(made)
    db.session.flush()  # from here on it is known to who leads, whom the next rows are let in for
    name(own["case_id"], people=people, actor=actor, at=at)


def name(case_id: uuid.UUID, *, people: Collection[Person], actor: Actor, at: Moment) -> None:
    """In place of those named before. Raises Refused."""
    refuse_nobody(people)
    own = {"case_id": case_id, "organisation_id": actor.organisation_id}
    name_instead(CaseReader, own, people=people, actor=actor, at=at)


def refuse_nobody(people: Collection[Person]) -> None:
    if not people:
        raise Refused([Lack("people", _("Vælg mindst én, der må se sagen."))])


def name_instead(
    reader: Any,
    own: Mapping[str, uuid.UUID],
    *,
    people: Collection[Person],
    actor: Actor,
    at: Moment,
) -> None:
    """Rows of `reader` for these people; `own` says of what, and of which organisation's."""
    mine = [getattr(reader, key) == value for key, value in own.items()]
    kept = set(db.session.scalars(select(reader.user_id).where(*mine)))
    wanted = {one.id for one in people}
    # First who comes: who takes themself out lets the others in before.
    about = {"named_by": actor.name, "named_at": at.now, **own}
    new = [one for one in people if one.id not in kept]
    db.session.add_all(reader(user_id=one.id, person=one.name, **about) for one in new)
    db.session.flush()
    db.session.execute(delete(reader).where(*mine, reader.user_id.in_(kept - wanted)))


def lift(case: Restricted, *, reason: str, actor: Actor, at: Moment) -> None:
    """Its packages stay as they are: each is lifted by itself, for both parties."""
    found = case.restriction
    found.lifted_at, found.lifted_by, found.lifted_reason = at.now, actor.name, reason
    db.session.flush()
