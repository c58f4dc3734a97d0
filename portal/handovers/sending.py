"""Sending: what the agreement demands before, and the content that is frozen then."""

import uuid
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.access import Actor, Permission
from portal.agreements.ending import grace_until
from portal.agreements.models import AgreementVersion
from portal.cases.checklist import lacks as lacking
from portal.cases.models import Decision
from portal.cases.source import CaseSource
from portal.db import Json, db, gathered
from portal.handovers import days, files
from portal.handovers.amendments import HandoverAmendment
from portal.handovers.content import belongs, compose, hash_of
from portal.handovers.models import SENT_ON, Handover, Kind
from portal.handovers.parts import HandoverContent, HandoverDraft, HandoverEvent, HandoverLeg
from portal.handovers.queries import Reception
from portal.keys import Keys
from portal.organisations.models import Unit
from portal.organisations.queries import holds
from portal.workflow import Lack

INFORMED = ("informed_on", "informed_channel", "member_comment")


class Unseen(Exception):
    """What would be frozen is not what the sender was shown: the case has changed in between."""


def lacks(
    handover: Handover,
    draft: HandoverDraft,
    source: CaseSource,
    version: AgreementVersion | None,
    reception: Reception,
    actor: Actor,
    today: date,
    enclosed: list[Json],
) -> list[Lack]:
    """Everything that still stands between the draft and sending: for the page and the guard."""
    demands = demanded(handover, draft, source, version, reception, today, enclosed)
    return [*demands, *unapproved(handover, actor)]


def demanded(
    handover: Handover,
    draft: HandoverDraft,
    source: CaseSource,
    version: AgreementVersion | None,
    reception: Reception,
    today: date,
    enclosed: list[Json],
) -> list[Lack]:
    """Whoever sends it.

    Source: the agreement's plan minimum and criteria (annex 4), and that the member is informed.
    """
    if handover.is_straight:
        return straight(handover, draft, source, reception, today, enclosed)
    return [
        *closed(source),
        *after_grace(handover, version, today),
        *missing_points(source),
        *missing_assessment(handover, source),
        *missing_information(draft),
        *days.past("informed_on", draft.informed_on, today),
        *days.drafted(handover.responsible_from, source, today),
        *missing_receiver(reception),
        *moved_away(handover, source),
        *files.lacks(handover, enclosed),
    ]


def straight(
    handover: Handover,
    draft: HandoverDraft,
    source: CaseSource,
    reception: Reception,
    today: date,
    enclosed: list[Json],
) -> list[Lack]:
    """No agreement asks for anything: who goes to another fund has agreed, the others are told."""
    is_onward = handover.kind in SENT_ON
    return [
        *([] if is_onward else closed(source)),
        *(untold(draft) if is_onward else []),
        *(unsaid(handover, draft) if handover.kind == Kind.RETUR else []),
        *days.past("informed_on", draft.informed_on, today),
        *days.drafted(handover.responsible_from, source, today),
        *missing_receiver(reception),
        *files.lacks(handover, enclosed),
    ]


def unsaid(handover: Handover, draft: HandoverDraft) -> list[Lack]:
    """What the fund must know to go on: since when, what was done, and what is left."""
    said = {
        "responsible_from": (
            handover.responsible_from,
            _("Skriv, hvornår ansvaret går tilbage til a-kassen."),
        ),
        "done_since": (draft.done_since, _("Skriv, hvad I har gjort, siden I overtog.")),
        "remaining": (draft.remaining, _("Skriv, hvad der mangler.")),
    }
    return [Lack(field, words) for field, (value, words) in said.items() if not value]


def closed(source: CaseSource) -> list[Lack]:
    if not source.is_closed:
        return []
    return [Lack("kind", _("Medlemmets sag er lukket. Åbn den igen, før pakken kan sendes."))]


def after_grace(handover: Handover, version: AgreementVersion | None, today: date) -> list[Lack]:
    """What only the agreement allows is not sent for ever after its end; the transfer by law is."""
    if handover.kind != Kind.VISITATION or version is None:
        return []
    last = grace_until(version)
    if last is None or today <= last:
        return []
    words = _("Aftalen er slut, og fristen for at sende kladder udløb %(day)s. Lav en ny pakke "
              "efter den aftale, der gælder nu.", day=format_date(last, "long"))  # fmt: skip
    return [Lack("kind", words)]


def missing_points(source: CaseSource) -> list[Lack]:
    return [
        Lack(f"point-{point.code}", _("Mangler i sagen: %(point)s", point=point.label))
        for point in lacking(source.checklist)
    ]


def missing_assessment(handover: Handover, source: CaseSource) -> list[Lack]:
    """An earlier transfer rests on an assessment under the package's own agreement version."""
    if handover.kind != Kind.VISITATION:
        return []
    assessment = source.assessment
    if assessment is None or not belongs(handover, assessment):
        return [Lack("assessment", _("Sagen er ikke vurderet efter aftalens kriterier."))]
    if not assessment.is_enough:
        words = _("Sagen opfylder ikke aftalens kriterier. %(rule)s", rule=assessment.by_rule.told)
        return [Lack("assessment", words)]
    if assessment.decision != Decision.REFER:
        return [Lack("assessment", _("Vurderingen siger, at medlemmet bliver i a-kassen."))]
    return []


def missing_information(draft: HandoverDraft) -> list[Lack]:
    if draft.informed_on and draft.informed_channel:
        return []
    return [Lack("informed_on", _("Skriv, hvornår og hvordan medlemmet er informeret."))]


def untold(draft: HandoverDraft) -> list[Lack]:
    """In a municipality's words."""
    if not missing_information(draft):
        return []
    return [Lack("informed_on", _("Skriv, hvornår og hvordan borgeren er informeret."))]


def missing_receiver(reception: Reception) -> list[Lack]:
    if reception.is_there:
        return []
    words = _(
        "Modtageren har hverken en aktiv bruger, der kan tage imod, eller en fælles postkasse i "
        "Samspil endnu."
    )
    return [Lack("receiver", words)]


def moved_away(handover: Handover, source: CaseSource) -> list[Lack]:
    """A package goes where it was made for; who lives elsewhere by now needs another one."""
    if source.municipality_id == handover.receiver_id:
        return []
    words = _("Medlemmet bor nu i en anden kommune end den, pakken er lavet til.")
    return [Lack("receiver", words)]


def needs_another(handover: Handover) -> bool:
    """Four eyes: a leader approves and sends what somebody else has made."""
    return bool(handover.parameters["four_eyes"]) and not handover.is_straight


def unapproved(handover: Handover, actor: Actor) -> list[Lack]:
    leads = actor.may(Permission.HANDOVER_LEAD)
    if not needs_another(handover) or (leads and not is_author(handover, actor.user_id)):
        return []
    words = _("Aftalen kræver intern godkendelse: en anden teamleder end dig selv sender pakken.")
    if not leads:
        words = _("Aftalen kræver intern godkendelse: bed en teamleder om at gennemse og sende.")
    return [Lack("four_eyes", words)]


def is_author(handover: Handover, user_id: uuid.UUID) -> bool:
    """Who has it, and who made it or asked for approval before it was given to somebody else."""
    made = select(HandoverEvent.id).where(
        HandoverEvent.handover_id == handover.id,
        HandoverEvent.step.in_(("create", "submit_for_signoff")),
        HandoverEvent.user_id == user_id,
    )
    return user_id == handover.sender_person_id or bool(db.session.scalar(made.limit(1)))


def carried(handover: Handover, source: CaseSource) -> dict[str, Any]:
    """What the member was told of the assessment that the package rests on: not typed again."""
    made = source.assessment
    if handover.kind != Kind.VISITATION or made is None or not belongs(handover, made):
        return {}
    return {name: getattr(made, name) for name in INFORMED}


def identify(handover: Handover, source: CaseSource, keys: Keys) -> None:
    """Whom the package is about, as the case says now: a number may have been corrected in it."""
    number = source.cpr
    handover.member_name = source.name
    handover.cpr = handover.cpr_index = None
    if number:
        handover.cpr = keys.seal_cpr(number, table="handover", row_id=handover.id)
        handover.cpr_index = source.cpr_index


def to_compose(handover: Handover, today: date) -> tuple[HandoverDraft, Json]:
    """The sender's own words; name and functional mailbox of both parties' units; the files.

    The units that have the package, or the one of the receiver that takes what names none.
    """
    takes = and_(
        Unit.organisation_id == handover.receiver_id, Unit.is_default.is_(True), holds(Unit, today)
    )
    known = [handover.sender_unit_id, handover.receiver_unit_id]
    entry = func.jsonb_build_array(Unit.organisation_id, Unit.name, Unit.mailbox)
    named = aggregate_order_by(entry, Unit.id.in_(known))  # a unit that has it stands
    units = select(func.jsonb_agg(named)).where(or_(Unit.id.in_(known), takes)).scalar_subquery()
    there = files.of_package(handover.id)
    made = HandoverAmendment
    corrected = gathered(made, made.handover_id == handover.id, made.at)
    legs = select(func.jsonb_agg(HandoverLeg.agreement_version_id)).where(
        HandoverLeg.handover_id == handover.id
    )
    rows = select(HandoverDraft, units, there, corrected, legs.scalar_subquery())
    rows = rows.where(HandoverDraft.handover_id == handover.id)
    written, found, kept, amended, under = db.session.execute(rows).one()
    desks = {organisation_id: told for organisation_id, *told in found or []}
    unit, mailbox = desks.get(str(handover.sender_id), (None, None))
    theirs = desks.get(str(handover.receiver_id), (None, None))
    names = {"contact_unit": unit, "contact_mailbox": mailbox}
    names["files"] = files.of_sender(handover, kept)
    names |= {"amended": amended, "assessed_under": [one for one in under or () if one]}
    return written, names | {"receiver_unit": theirs[0], "receiver_mailbox": theirs[1]}


def freeze(
    handover: Handover,
    draft: HandoverDraft,
    source: CaseSource,
    version: AgreementVersion | None,
    actor: Actor,
    shown: str | None,
    desks: Json,
) -> HandoverContent:
    """The next content version, with its hash. Nobody can change it afterwards.

    `shown` is the hash of what the sender read before pressing. Raises Unseen for anything else.
    """
    content = compose(handover, draft, source, version, desks=desks)
    if hash_of(content) != shown:
        raise Unseen
    return keep(handover, content, shown, actor)


def keep(handover: Handover, content: Json, fingerprint: str, actor: Actor) -> HandoverContent:
    handover.content_number += 1
    frozen = HandoverContent(
        handover_id=handover.id,
        organisation_id=actor.organisation_id,
        number=handover.content_number,
        content=content,
        hash=fingerprint,
        frozen_by=actor.name,
    )
    db.session.add(frozen)
    return frozen
