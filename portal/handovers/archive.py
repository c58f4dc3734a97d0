"""Sealed documents: rendered once from what was frozen, kept with their SHA-256, never again made.

The worker seals. Until it has, the same bytes are made of the same rows for whoever asks.
"""

import hashlib
import uuid
from datetime import date
from functools import cache
from typing import Any

from flask_babel import force_locale
from sqlalchemy import Integer, Row, Uuid, and_, bindparam, func, select
from sqlalchemy.exc import NoResultFound

from portal import pdf
from portal.clock import day_of
from portal.db import db
from portal.handovers import documents, queries
from portal.handovers.content import readable
from portal.handovers.documents import Version
from portal.handovers.models import Handover
from portal.handovers.parts import (
    HandoverContent,
    HandoverDocument,
    HandoverEvent,
    HandoverQuestion,
)
from portal.handovers.queries import Names
from portal.jobs import enqueue, jobs
from portal.organisations.queries import names_on
from portal.straight import Straight

PACKAGE = "package"
FREEZING = {"send", "provide_info", "amend"}  # the steps that make a content version


def queue(handover: Handover) -> None:
    """In the transaction of the step that froze the content."""
    enqueue(seal, handover_id=str(handover.id), number=handover.content_number)


@jobs.task(name="handovers.seal")
def seal(handover_id: str, number: int) -> None:
    """Store the package's PDF; a second run finds it stored."""
    handover = db.session.get(Handover, uuid.UUID(handover_id))
    if handover is None or stored(handover.id, number):
        return
    content = frozen(handover.id, number)
    made = render(version(handover, content))
    db.session.add(
        HandoverDocument(
            handover_id=handover.id,
            organisation_id=content.organisation_id,
            number=number,
            kind=PACKAGE,
            sealed=made,
            sha256=hashlib.sha256(made).hexdigest(),
        )
    )


def sealed(handover: Handover) -> tuple[HandoverContent, bytes]:
    """The newest content version, and its document. Raises NoResultFound where there is none."""
    content = queries.newest_content(handover.id)
    found = stored(handover.id, content.number)
    return content, found.sealed if found else render(version(handover, content))


@cache
def kept_one() -> Straight:
    """Package, content and document in one: a stored document is asked for many times."""
    content, document = HandoverContent, HandoverDocument
    number = func.coalesce(bindparam("number", type_=Integer), content.number)
    of_package = and_(content.handover_id == Handover.id, content.number == number)
    of_content = and_(
        document.handover_id == content.handover_id,
        document.number == content.number,
        document.kind == PACKAGE,
    )
    rows = select(Handover.reference, Handover.state, content.number, document.sealed)
    rows = rows.outerjoin(content, of_package).outerjoin(document, of_content)
    rows = rows.where(Handover.id == bindparam("id", type_=Uuid))
    return Straight(rows.order_by(content.number.desc().nulls_last()).limit(1))


def kept(handover_id: uuid.UUID, number: int | None) -> Row[Any]:
    """A content version's number and document, the newest unless another is asked for.

    No number where nothing was frozen under it, or whoever asks may no longer read it. Raises
    NoResultFound where the asking organisation takes no part.
    """
    found: list[Row[Any]] = kept_one().rows(db.session, {"id": handover_id, "number": number})
    if not found:
        raise NoResultFound
    return found[0]


def made_anew(handover_id: uuid.UUID, number: int) -> bytes:
    """As long as the worker has not stored it."""
    return render(version(queries.handover(handover_id), frozen(handover_id, number)))


def render(version: Version) -> bytes:
    with force_locale("da"):
        return pdf.render("package", documents.package(version), at=version.at)


def frozen(handover_id: uuid.UUID, number: int) -> HandoverContent:
    rows = select(HandoverContent).where(HandoverContent.handover_id == handover_id)
    return db.session.scalars(rows.where(HandoverContent.number == number)).one()


def stored(handover_id: uuid.UUID, number: int) -> HandoverDocument | None:
    rows = select(HandoverDocument).where(
        HandoverDocument.handover_id == handover_id,
        HandoverDocument.kind == PACKAGE,
        HandoverDocument.number == number,
    )
    return db.session.scalars(rows).one_or_none()


def version(handover: Handover, content: HandoverContent) -> Version:
    """A content version as its documents need it; names are those of the day it was frozen."""
    until = content.frozen_at
    events = select(HandoverEvent).where(
        HandoverEvent.handover_id == handover.id, HandoverEvent.at <= until
    )
    answered = select(HandoverQuestion).where(
        HandoverQuestion.handover_id == handover.id, HandoverQuestion.answered_at <= until
    )
    order = HandoverQuestion.round, HandoverQuestion.position
    return Version(
        handover=handover,
        names=names(handover, day_of(content.frozen_at)),
        number=content.number,
        content=readable(content.content),
        hash=content.hash,
        at=until,
        events=db.session.scalars(events.order_by(HandoverEvent.at, HandoverEvent.id)).all(),
        questions=db.session.scalars(answered.order_by(*order)).all(),
    )


def names(handover: Handover, day: date) -> Names:
    found = names_on({handover.sender_id, handover.receiver_id}, day)
    return Names(found[handover.sender_id], found[handover.receiver_id])
