"""Letting support read one package for a while, and ending it."""

import uuid
from datetime import timedelta

from flask_babel import gettext as _

from portal.access import Actor
from portal.clock import Moment
from portal.db import db
from portal.support import queries
from portal.support.models import Standing, SupportGrant
from portal.workflow import Lack, NotNow, Refused


def grant(
    reference: str, *, reason: str, hours: int, with_content: bool, actor: Actor, at: Moment
) -> SupportGrant:
    """Raises Refused for a package that is not the own organisation's, or for named people only."""
    handover_id = queries.package_id(reference)
    if handover_id is None:
        words = _("I har ingen pakke med den reference, som support kan få adgang til.")
        raise Refused([Lack("reference", words)])
    made = SupportGrant(
        id=uuid.uuid4(),
        handover_id=handover_id,
        organisation_id=actor.organisation_id,
        reference=reference,
        reason=reason,
        with_content=with_content,
        granted_by=actor.name,
        granted_at=at.now,
        ends_at=at.now + timedelta(hours=hours),
    )
    db.session.add(made)
    db.session.flush()
    return made


def end(made: SupportGrant, *, actor: Actor, at: Moment) -> None:
    """At once: the operator's next request finds nothing. Raises NotNow where it has ended."""
    if made.standing(at.now) is Standing.OVER:
        raise NotNow("end_support", Standing.OVER)
    made.ended_at, made.ended_by = at.now, actor.name
    db.session.flush()
