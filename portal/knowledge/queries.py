"""What the reader's areas know: practices, wishes, newsletters."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from portal.access import Actor
from portal.db import db
from portal.knowledge.models import KnowledgePractice, KnowledgeWish, Newsletter
from portal.organisations.queries import names_on

P, W, L = KnowledgePractice, KnowledgeWish, Newsletter
MOST = 100


def areas(day: date) -> dict[uuid.UUID, str]:
    """The councils whose areas the own organisation belongs to today, with their names."""
    ids = [*db.session.scalars(select(func.knowledge_areas()))]
    return names_on(ids, day)


def practices() -> Sequence[KnowledgePractice]:
    rows = select(P).order_by(P.published_on.desc(), P.id).limit(MOST)
    return db.session.scalars(rows).all()


def wishes() -> Sequence[KnowledgeWish]:
    """What is not answered first, then the newest."""
    rows = select(W).order_by(W.answered_on.desc().nulls_first(), W.heard_on.desc()).limit(MOST)
    return db.session.scalars(rows).all()


def newsletters() -> Sequence[Newsletter]:
    rows = select(L).order_by(L.first_day.desc(), L.council_id).limit(MOST)
    return db.session.scalars(rows).all()


def practice(practice_id: uuid.UUID) -> KnowledgePractice:
    """Raises NoResultFound for one that is not seen."""
    return db.session.scalars(select(P).where(P.id == practice_id)).one()


def own_practice(practice_id: uuid.UUID, actor: Actor) -> KnowledgePractice:
    mine = P.id == practice_id, P.organisation_id == actor.organisation_id
    return db.session.scalars(select(P).where(*mine)).one()


def wish(wish_id: uuid.UUID, actor: Actor) -> KnowledgeWish:
    """One that the own council is to answer."""
    mine = W.id == wish_id, W.council_id == actor.organisation_id
    return db.session.scalars(select(W).where(*mine)).one()


def newsletter(newsletter_id: uuid.UUID) -> Newsletter:
    return db.session.scalars(select(L).where(L.id == newsletter_id)).one()


def own_newsletter(newsletter_id: uuid.UUID, actor: Actor) -> Newsletter:
    mine = L.id == newsletter_id, L.council_id == actor.organisation_id
    return db.session.scalars(select(L).where(*mine)).one()


def of_quarter(council_id: uuid.UUID, first: date) -> Newsletter | None:
    rows = select(L).where(L.council_id == council_id, L.first_day == first)
    return db.session.scalars(rows).one_or_none()
