"""What is granted to support: by whom it is looked after, and as the operator reads it."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnClause,
    Date,
    DateTime,
    Row,
    Text,
    Uuid,
    column,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from portal.db import db
from portal.handovers.models import HandoverParty
from portal.handovers.queries import name_of
from portal.support.models import SupportGrant

MOST = 100
TIME = DateTime(timezone=True)
OPEN = (
    column("id", Uuid()),
    column("handover_id", Uuid()),
    column("organisation_id", Uuid()),
    column("reference", Text()),
    column("reason", Text()),
    column("with_content", Boolean()),
    column("ends_at", TIME),
)
PACKAGE: tuple[ColumnClause[Any], ...] = (
    *(column(name, Text()) for name in ("kind", "state", "turn", "due_for")),
    *(column(name, Date()) for name in ("due_on", "responsible_from")),
    *(column(name, Uuid()) for name in ("sender_id", "receiver_id")),
    *(column(name, TIME) for name in ("created_at", "sent_at", "received_at", "accepted_at")),
    column("closed_at", TIME),
    column("fund_attends", Boolean()),
    *(column(name, JSONB()) for name in ("events", "files", "content")),
)


def grants() -> Sequence[SupportGrant]:
    """The own organisation's, the newest first."""
    rows = select(SupportGrant).order_by(SupportGrant.granted_at.desc(), SupportGrant.id)
    return db.session.scalars(rows.limit(MOST)).all()


def grant(grant_id: uuid.UUID) -> SupportGrant:
    """Raises NoResultFound."""
    return db.session.scalars(select(SupportGrant).where(SupportGrant.id == grant_id)).one()


def package_id(reference: str) -> uuid.UUID | None:
    """One that the own organisation takes part in, and that is not for named people only."""
    rows = select(HandoverParty.handover_id).where(
        HandoverParty.reference == reference, HandoverParty.readers.is_(None)
    )
    return db.session.scalars(rows).one_or_none()


def openings() -> dict[uuid.UUID, list[Row[*tuple[Any, ...]]]]:
    """When, and who at the platform, has opened what was granted, the last first."""
    looks = func.support_looks().table_valued(
        column("grant_id", Uuid()), column("at", TIME), column("person", Text())
    )
    found: dict[uuid.UUID, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in db.session.execute(select(looks).order_by(looks.c.at.desc())):
        found[row[0]].append(row)
    return found


def open_to_support(today: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """As the operator: what one may read now, and until when."""
    found = func.support_open().table_valued(*OPEN)
    name = name_of(found.c.organisation_id, today).label("organisation")
    return db.session.execute(select(found, name).order_by(found.c.ends_at)).all()


def package(grant_id: uuid.UUID, today: date) -> Row[*tuple[Any, ...]]:
    """As the operator: the package with who takes part. Raises NoResultFound."""
    found = func.support_open().table_valued(*OPEN)
    told = func.support_package(grant_id).table_valued(*PACKAGE)
    names = {side: name_of(told.c[f"{side}_id"], today).label(side) for side in PARTIES}
    names["organisation"] = name_of(found.c.organisation_id, today).label("organisation")
    rows = select(found, told, *names.values()).select_from(found.join(told, true()))
    rows = rows.where(found.c.id == grant_id)
    return db.session.execute(rows).one()


PARTIES = "sender", "receiver"


def parsed(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """With their times as times."""
    return [one | {"at": datetime.fromisoformat(one["at"])} for one in events or ()]
