"""The receiver's word on the package: how many were complete, and what was missing.

Per agreement and period, for both parties: what each may count are the packages that it sees.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from portal.access import Actor
from portal.agreements.document import label
from portal.agreements.models import AgreementVersion
from portal.clock import COPENHAGEN, Moment
from portal.db import Json, db
from portal.handovers.models import Handover
from portal.handovers.parts import HandoverRating
from portal.workflow import Lack


def rate(handover: Handover, given: Mapping[str, Any], actor: Actor, at: Moment) -> Json:
    """What the event tells of the rating; nothing is stored where nothing was said."""
    said = {name: given.get(name) for name in ("complete", "plan_usable")}
    missing = list(given.get("missing") or ())
    if not missing and set(said.values()) == {None}:
        return {}
    made = HandoverRating(
        handover_id=handover.id,
        organisation_id=actor.organisation_id,
        missing=missing,
        rated_at=at.now,
        rated_by=actor.name,
        **said,
    )
    db.session.add(made)
    words = [str(point["label_da"]) for point in points(handover) if point["code"] in missing]
    return {"rating": said | {"missing": words}}


def lacks(given: Mapping[str, Any]) -> list[Lack]:
    if given.get("complete") and given.get("missing"):
        words = _("Du har sat hak ved noget, der manglede. Så var pakken ikke komplet.")
        return [Lack("complete", words)]
    return []


def points(handover: Handover) -> Iterable[Json]:
    """The plan's checklist as the package's own agreement version has it."""
    fields: list[Json] = handover.parameters["plan_fields"]
    return fields


def missing_words(handover: Handover, codes: Iterable[str]) -> list[str]:
    """In the reader's language."""
    return [label(point) for point in points(handover) if point["code"] in codes]


@dataclass(frozen=True)
class Rated:
    """The ratings of a period: how many said so, and of how many."""

    accepted: int  # packages accepted in the period, rated or not
    rated: int
    complete: int
    asked_complete: int  # those of which it was said at all, the one or the other
    usable: int
    asked_usable: int
    missing: Mapping[str, int]  # by code of the checklist, the most frequent first

    @property
    def share_complete(self) -> float | None:
        """Between 0 and 1; None where nobody has said anything."""
        return self.complete / self.asked_complete if self.asked_complete else None


def rated(first: date, last: date, agreement_id: uuid.UUID | None = None) -> Rated:
    """Of the packages accepted from the first to the last day, both included, in Copenhagen.

    Without an agreement, all that the asking organisation sees.
    """
    counts = select(
        func.count(Handover.id),
        func.count(HandoverRating.id),
        func.count().filter(HandoverRating.complete.is_(True)),
        func.count(HandoverRating.complete),
        func.count().filter(HandoverRating.plan_usable.is_(True)),
        func.count(HandoverRating.plan_usable),
    )
    of_rating = HandoverRating.handover_id == Handover.id
    rows = counts.select_from(Handover).outerjoin(HandoverRating, of_rating)
    each = select(HandoverRating.missing).join(Handover, of_rating)
    accepted = [*within(first, last)]
    if agreement_id:
        versions = select(AgreementVersion.id).where(AgreementVersion.agreement_id == agreement_id)
        accepted.append(Handover.agreement_version_id.in_(versions))
    totals = db.session.execute(rows.where(*accepted)).one()
    missing = Counter(code for codes in db.session.scalars(each.where(*accepted)) for code in codes)
    return Rated(*totals, missing=dict(missing.most_common()))


def within(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    begins = datetime.combine(first, time(), COPENHAGEN)
    ends = datetime.combine(last + timedelta(days=1), time(), COPENHAGEN)
    return Handover.accepted_at >= begins, Handover.accepted_at < ends
