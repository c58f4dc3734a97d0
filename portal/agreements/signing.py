"""Signing a frozen version: by whoever is named, signed in anew for it, in any order.

It is an electronic approval and no qualified signature. In force on its first day, once all have
signed; the version before ends the day before.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal import rules
from portal.access import Actor
from portal.agreements import archive, collecting, queries
from portal.agreements.models import AgreementVersion, Side, State
from portal.agreements.parts import AgreementSignatory, AgreementSignature
from portal.agreements.steps import happened, with_reason
from portal.clock import Moment
from portal.db import db
from portal.workflow import Done, Lack, NotNow, NotYours, Refused

Given = Mapping[str, Any]


def is_fresh(authenticated_at: datetime | None, at: Moment) -> bool:
    """Whether somebody signed in so lately that a signature may rest on it."""
    limit = timedelta(minutes=rules.on(at.today, "agreement.fresh_minutes"))
    return authenticated_at is not None and at.now - authenticated_at <= limit


def sign(version: AgreementVersion, given: Given, actor: Actor, at: Moment) -> Done:
    """Approve it; the last one makes it binding.

    Raises:
        NotYours: somebody who is not named, or has answered already.
        Refused: the sign-in is too old, or the words were not confirmed.
    """
    named = answering(version, actor, at)
    lacks = []
    if not is_fresh(given.get("authenticated_at"), at):
        lacks.append(Lack("fresh", _("Log på igen for at underskrive.")))
    if not given.get("is_read"):
        lacks.append(Lack("is_read", _("Sæt kryds ved, at du har læst aftalen.")))
    if lacks:
        raise Refused(lacks)
    db.session.add(answered(version, named, given, at))
    db.session.flush()
    if not waiting(version):
        bind(version, actor, at)
    return Done(detail={"name": named.name, "title": named.title, "hash": version.hash})


def decline(version: AgreementVersion, given: Given, actor: Actor, at: Moment) -> Done:
    """Say no, with the reason; the agreement goes back to the table, and the answers so far fall.

    Raises:
        NotYours: somebody who is not named, or has answered already.
        Refused: nobody says why, or the sign-in is too old.
    """
    named = answering(version, actor, at)
    reason = with_reason(given)
    if not is_fresh(given.get("authenticated_at"), at):
        raise Refused([Lack("fresh", _("Log på igen for at svare."))])
    db.session.add(answered(version, named, given, at, declined=reason))
    db.session.flush()
    version.sign_by, version.hash = None, ""
    return Done(reason, {"name": named.name})


def delegate(version: AgreementVersion, given: Given, actor: Actor, at: Moment) -> Done:
    """Hand the signing on to a colleague who may sign, with the ground for it.

    Raises:
        NotYours: somebody who is not named, or has answered already.
        Refused: the colleague may not sign, or nobody says on what ground.
    """
    named = answering(version, actor, at)
    reason = with_reason(given)
    people = {one.user.id: one.user for one in queries.possible_signatories(at.today)}
    to: uuid.UUID | None = given.get("user_id")
    taken = {row.user_id for row in queries.signatories(version.id)}
    if to not in people or to in taken:
        raise Refused([Lack("user_id", _("Vælg en kollega, der kan underskrive."))])
    named.delegated_by = f"{named.name}, {named.title}: {reason}"
    named.user_id, named.name, named.title = to, people[to].name, given["title"]
    return Done(reason, {"to": named.name})


def answering(version: AgreementVersion, actor: Actor, at: Moment) -> AgreementSignatory:
    """The actor's own place among the signatories, as long as it is open."""
    if version.sign_by is None or version.sign_by < at.today:
        raise NotNow("sign", version.state)
    places = [row for row in waiting(version) if row.user_id == actor.user_id]
    if not places:
        raise NotYours("sign")
    return places[0]


def waiting(version: AgreementVersion) -> list[AgreementSignatory]:
    """Who has not answered to this frozen content yet."""
    answers = {row.user_id for row in queries.signatures(version)}
    return [row for row in queries.signatories(version.id) if row.user_id not in answers]


def answered(
    version: AgreementVersion,
    named: AgreementSignatory,
    given: Given,
    at: Moment,
    declined: str | None = None,
) -> AgreementSignature:
    return AgreementSignature(
        agreement_id=version.agreement_id,
        version_id=version.id,
        organisation_id=named.organisation_id,
        user_id=named.user_id,
        name=named.name,
        title=named.title,
        authority=named.authority,
        hash=version.hash,
        at=at.now,
        authenticated_at=given["authenticated_at"],
        is_declined=declined is not None,
        reason=declined,
    )


def bind(version: AgreementVersion, actor: Actor, at: Moment) -> None:
    """All have signed: the version before yields, and this one is to be in force from its day.

    Raises:
        Refused: two of the parties have come to have another agreement on one of the days.
    """
    before = queries.binding_before(version)
    if before:
        source = before.state
        before.yield_to(version.begins_on)
        db.session.add(happened(before, "supersede", source, actor, at))
    db.session.flush()
    make_room(version, actor, at)
    try:
        with db.session.begin_nested():
            version.state, version.signed_at, version.sign_by = State.SIGNED, at.now, None
            db.session.flush()
    except IntegrityError as error:  # by parties whose agreement this signatory does not see
        words = _("To af parterne har allerede en anden aftale i perioden.")
        raise Refused([Lack("version", words)]) from error
    collecting.take_effect(version)
    archive.queue(version)


def make_room(version: AgreementVersion, actor: Actor, at: Moment) -> None:
    """Another agreement that its rule set has ended leaves the days to this one; others do not."""
    sides: dict[Side, list[uuid.UUID]] = {side: [] for side in Side}
    for row in version.sides:
        sides[row.side].append(row.organisation_id)
    others = queries.governing(
        sides[Side.FUND], sides[Side.MUNICIPALITY], version.begins_on, version.last_day
    )
    for other in others:
        if not other.has_ended(version.begins_on):
            words = _("Der er allerede en aftale mellem to af parterne i perioden: »%(title)s«.")
            raise Refused([Lack("version", words % {"title": other.agreement.title})])
        other.ends_on = other.last_day
        db.session.add(happened(other, "follow_rule_set", other.state, actor, at))
    db.session.flush()
