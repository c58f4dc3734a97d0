"""What the steps of an agreement share: the moment, the event, and being overtaken."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm.exc import StaleDataError

from portal.access import Actor
from portal.agreements.models import AgreementVersion, State
from portal.agreements.parts import AgreementEvent
from portal.db import Json, db

OPEN = {State.DRAFT, State.NEGOTIATING}  # when texts, values and parties may change


@dataclass(frozen=True)
class Moment:
    """When something is done: the aware UTC instant, and the day in Copenhagen."""

    now: datetime
    today: date


class Overtaken(Exception):
    """Somebody changed it after this form was shown."""


def happened(
    version: AgreementVersion,
    step: str,
    source: State | None,
    actor: Actor,
    at: Moment,
    *,
    reason: str | None = None,
    detail: Json | None = None,
    key: str | None = None,
) -> AgreementEvent:
    return AgreementEvent(
        id=uuid.uuid4(),
        agreement_id=version.agreement_id,
        version_id=version.id,
        organisation_id=actor.organisation_id,
        person=actor.name,
        at=at.now,
        step=step,
        source=source,
        target=version.state,
        reason=reason,
        detail=detail or {},
        form_key=key,
    )


def flush() -> None:
    """Raises Overtaken when another transaction changed a row first."""
    try:
        db.session.flush()
    except StaleDataError as error:
        raise Overtaken from error
