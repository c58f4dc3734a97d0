"""What an area shares, written as the owner of the tables."""

from datetime import date
from typing import Any

from sqlalchemy import select

from portal.clock import now
from portal.knowledge.models import KnowledgePractice, KnowledgeWish, Newsletter, NewsletterState
from portal.organisations.models import CouncilMembership, Organisation
from tests import area, make

DAY = date(2026, 9, 1)
WHO = "Susanne Sekretær"


def practice(council: Organisation, by: Organisation, **values: Any) -> KnowledgePractice:
    told: dict[str, Any] = {
        "title": "Jobmatchdag før kurset",
        "what": "Arbejdsgiverne møder de ledige, før kurset begynder.",
        "whom": "Ledige med pædagog som jobmål",
        "result": "Kommunerne kunne ansætte med det samme.",
        "contact": "Jobcentrets fælles postkasse",
        "published_on": DAY,
        "changed_by": WHO,
    }
    own = {"council_id": council.id, "organisation_id": by.id}
    return make.saved(KnowledgePractice(**own, **told | values))


def wish(council: Organisation, by: Organisation, **values: Any) -> KnowledgeWish:
    told: dict[str, Any] = {"text": "Hvad virker?", "heard_at": "Rådsmøde 3", "heard_on": DAY}
    own = {"council_id": council.id, "organisation_id": by.id}
    return make.saved(KnowledgeWish(**own, **told | values))


def newsletter(council: Organisation, **values: Any) -> Newsletter:
    told: dict[str, Any] = {
        "first_day": date(2026, 7, 1),
        "last_day": date(2026, 9, 30),
        "content": [{"key": "intro", "heading": "Kort fortalt", "text": "Et godt kvartal"}],
        "state": NewsletterState.PUBLISHED,
        "published_at": now(),
        "published_by": WHO,
    }
    own = {"council_id": council.id, "organisation_id": council.id}
    return make.saved(Newsletter(**own, **told | values))


def whole(council: Organisation, by: Organisation) -> None:
    practice(council, by)
    wish(council, by)
    newsletter(council)


def asked(fund: Organisation) -> dict[str, Any]:
    """A practice of the fund in an area, and a wish and a draft of the newest council."""
    members = select(CouncilMembership.council_id)
    lying = select(Organisation).where(Organisation.id.in_(members)).order_by(Organisation.number)
    own = area.newest()
    first = date(1000 + next(make.number) % 8000, 1, 1)
    quarter = {"first_day": first, "last_day": first.replace(month=3, day=31)}
    draft = {"state": NewsletterState.DRAFT, "published_at": None, "published_by": None}
    return {
        "practice_id": practice(make.records.scalars(lying.limit(1)).one(), fund).id,
        "newsletter_id": newsletter(own, **quarter, **draft).id,
        "wish_id": wish(own, own).id,
    }


def published() -> dict[str, Any]:
    """A newsletter of an area."""
    rows = select(Newsletter.id).where(Newsletter.state == NewsletterState.PUBLISHED)
    return {"newsletter_id": make.records.scalars(rows).first()}
