"""Packages between the parties, as their status meeting speaks of them: numbers and references.

Only what both may open: nothing unsent, and nothing that is restricted to named people.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, or_, select

from portal.access import Actor
from portal.agreements.models import Agreement, AgreementVersion
from portal.clock import COPENHAGEN
from portal.db import db
from portal.handovers.models import BEFORE, Handover, HandoverParty, State
from portal.handovers.parts import HandoverEvent, HandoverNotice
from portal.handovers.reminding import Level

MOST = 100  # of each kind
party = HandoverParty


@dataclass(frozen=True)
class Row:
    handover_id: uuid.UUID
    reference: str
    note: str


@dataclass(frozen=True)
class Found:
    late: list[Row]
    escalated: list[Row]
    contested: list[Row]


def found(actor: Actor, agreement: Agreement, since: date, day: date) -> Found:
    late = shared(actor, agreement, party.due_on).where(
        party.standing.in_(["ours", "theirs"]), party.due_on < day
    )
    noticed = (
        shared(actor, agreement, func.max(HandoverNotice.due_on))
        .join(HandoverNotice, HandoverNotice.handover_id == party.handover_id)
        .where(HandoverNotice.level == Level.AGENDA, HandoverNotice.found_on >= since)
        .where(party.standing.in_(["ours", "theirs"]))
        .group_by(party.handover_id, party.reference)
    )
    again = and_(Handover.state == State.REJECTED, Handover.closed_at >= begin(since))
    contested = shared(actor, agreement, Handover.contested_at).where(
        Handover.contested_at.is_not(None), or_(Handover.contested_at >= begin(since), again)
    )
    due, since_then = _("Frist %(day)s"), _("Anfægtet %(day)s")
    return Found(rows(late, due), rows(noticed, due), rows(contested, since_then))


def begin(day: date) -> datetime:
    return datetime.combine(day, time.min, COPENHAGEN)


def shared(actor: Actor, agreement: Agreement, told: Any) -> Select[Any]:
    """Of the agreement, as the own organisation has them."""
    versions = [version.id for version in agreement.versions]
    return (
        select(party.handover_id, party.reference, told.label("day"))
        .join(Handover, Handover.id == party.handover_id)
        .where(party.organisation_id == actor.organisation_id, party.readers.is_(None))
        .where(party.state.not_in(BEFORE), Handover.agreement_version_id.in_(versions))
        .order_by("day", party.reference)
        .limit(MOST)
    )


def rows(statement: Select[Any], words: str) -> list[Row]:
    return [
        Row(row.handover_id, row.reference, words % {"day": format_date(row.day, "dd.MM.y")})
        for row in db.session.execute(statement)
    ]


@dataclass(frozen=True)
class Rejections:
    """How many packages were rejected under a version, for a criterion and a reason."""

    version: int
    criterion: str
    reason: str
    count: int


def rejections(actor: Actor, agreement: Agreement, since: date) -> list[Rejections]:
    code, criterion = (HandoverEvent.detail[name].astext for name in ("code", "criterion"))
    counted = (
        select(
            Handover.agreement_version_id,
            code.label("code"),
            criterion.label("criterion"),
            func.count().label("count"),
        )
        .join(party, party.handover_id == Handover.id)
        .join(HandoverEvent, HandoverEvent.handover_id == Handover.id)
        .where(party.organisation_id == actor.organisation_id, party.readers.is_(None))
        .where(Handover.agreement_version_id.in_([one.id for one in agreement.versions]))
        .where(HandoverEvent.step == "reject", HandoverEvent.at >= begin(since))
        .group_by(Handover.agreement_version_id, code, criterion)
    )
    known = {version.id: version for version in agreement.versions}
    told = [rejection(known[row.agreement_version_id], row) for row in db.session.execute(counted)]
    return sorted(told, key=lambda one: (-one.count, one.version, one.criterion))


def rejection(version: AgreementVersion, row: Any) -> Rejections:
    reasons = {one["code"]: one["label_da"] for one in version.parameters["rejection_reasons"]}
    criteria = {one["code"]: one["label_da"] for one in version.criteria}
    return Rejections(
        version.number,
        str(criteria.get(row.criterion, row.criterion) or "–"),
        str(reasons.get(row.code, row.code)),
        row.count,
    )
