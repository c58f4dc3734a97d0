"""Publishing a practice, answering a wish, and the newsletter of a quarter."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.access import Actor
from portal.clock import Moment
from portal.db import db
from portal.goals.periods import Quarter
from portal.knowledge import drawing, queries
from portal.knowledge.models import (
    KnowledgePractice,
    KnowledgeWish,
    Newsletter,
    NewsletterState,
    PracticeState,
)
from portal.workflow import Lack, NotNow, Overtaken, Refused, flush

Given = Mapping[str, Any]


def publish_practice(given: Given, *, actor: Actor, at: Moment) -> KnowledgePractice:
    """`given` holds the area and the words. Raises Refused for an area that is not one's own."""
    in_own_area(given["council_id"], at.today)
    made = KnowledgePractice(
        id=uuid.uuid4(),
        organisation_id=actor.organisation_id,
        published_on=at.today,
        changed_at=at.now,
        changed_by=actor.name,
        **given,
    )
    db.session.add(made)
    flush()
    return made


def in_own_area(council_id: uuid.UUID, day: date) -> None:
    if council_id not in queries.areas(day):
        raise Refused([Lack("council_id", _("Vælg et område."))])


def edit_practice(
    one: KnowledgePractice, given: Given, *, actor: Actor, at: Moment, version: int | None
) -> None:
    """Raises Overtaken."""
    if version != one.revision:
        raise Overtaken
    for name, value in given.items():
        setattr(one, name, value)
    one.changed_at, one.changed_by = at.now, actor.name
    flush()


def withdraw_practice(one: KnowledgePractice, *, actor: Actor, at: Moment) -> None:
    """Or show it again: it stays the publisher's."""
    is_shown = one.state is PracticeState.PUBLISHED
    one.state = PracticeState.WITHDRAWN if is_shown else PracticeState.PUBLISHED
    one.changed_at, one.changed_by = at.now, actor.name
    flush()


def wish(given: Given, *, actor: Actor, at: Moment) -> None:
    """Raises Refused."""
    in_own_area(given["council_id"], at.today)
    if given["heard_on"] > at.today:
        raise Refused([Lack("heard_on", _("Dagen er ikke kommet endnu."))])
    db.session.add(KnowledgeWish(organisation_id=actor.organisation_id, **given))
    flush()


def answer(one: KnowledgeWish, text: str, *, actor: Actor, at: Moment, version: int | None) -> None:
    """By the council; it may mend its answer. Raises Overtaken."""
    if version != one.revision:
        raise Overtaken
    one.answer, one.answered_on, one.answered_by = text, at.today, actor.name
    flush()


def draw(quarter: Quarter, *, actor: Actor, at: Moment) -> Newsletter:
    """A draft of the own area's quarter. Raises Refused."""
    if quarter.first > at.today:
        raise Refused([Lack("quarter", _("Kvartalet er ikke begyndt."))])
    if queries.of_quarter(actor.organisation_id, quarter.first):
        raise Refused([Lack("quarter", _("Der er et nyhedsbrev for kvartalet."))])
    made = Newsletter(
        id=uuid.uuid4(),
        council_id=actor.organisation_id,
        organisation_id=actor.organisation_id,
        first_day=quarter.first,
        last_day=quarter.last,
        content=drawing.drawn(actor.organisation_id, quarter),
        changed_at=at.now,
    )
    db.session.add(made)
    flush()
    return made


def edit(one: Newsletter, texts: Mapping[str, str], *, at: Moment, version: int | None) -> None:
    """Raises NotNow once it is published, and Overtaken."""
    only_draft(one)
    if version != one.revision:
        raise Overtaken
    one.content = [{**part, "text": texts[part["key"]]} for part in one.content]
    one.changed_at = at.now
    flush()


def publish(one: Newsletter, *, actor: Actor, at: Moment, version: int | None) -> None:
    """Raises NotNow, Overtaken, Refused."""
    only_draft(one)
    if version != one.revision:
        raise Overtaken
    if not any(part["text"] for part in one.content):
        raise Refused([Lack("", _("Nyhedsbrevet er tomt."))])
    one.state, one.published_at, one.published_by = NewsletterState.PUBLISHED, at.now, actor.name
    one.changed_at = at.now
    flush()


def only_draft(one: Newsletter) -> None:
    if one.is_published:
        raise NotNow("edit", one.state)
