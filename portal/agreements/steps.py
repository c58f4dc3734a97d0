"""What the steps of an agreement share: the moment, the event, and being overtaken."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from portal.access import Actor
from portal.agreements.models import AgreementVersion, State
from portal.agreements.parts import AgreementEvent
from portal.db import Json, db
from portal.workflow import Lack, Refused

OPEN = {State.DRAFT, State.NEGOTIATING}  # when texts, values and parties may change


@dataclass(frozen=True)
class Moment:
    """When something is done: the aware UTC instant, and the day in Copenhagen."""

    now: datetime
    today: date


@dataclass(frozen=True)
class Done:
    """What the event tells of a step."""

    reason: str | None = None
    detail: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Samspil:
    """Who takes a step that nobody takes: it follows from another, or from a day."""

    organisation_id: None = None
    name: str = "Samspil"


SAMSPIL = Samspil()


class Overtaken(Exception):
    """Somebody changed it after this form was shown."""


def happened(
    version: AgreementVersion,
    step: str,
    source: State | None,
    actor: Actor | Samspil,
    at: Moment,
    *,
    done: Done | None = None,
    key: str | None = None,
) -> AgreementEvent:
    done = done or Done()
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
        reason=done.reason,
        detail=done.detail,
        form_key=key,
    )


def flush() -> None:
    """Raises Overtaken when another transaction changed a row first."""
    try:
        db.session.flush()
    except StaleDataError as error:
        raise Overtaken from error


def with_reason(given: Mapping[str, Any]) -> str:
    """Raises Refused where nobody says why."""
    reason = str(given.get("reason") or "").strip()
    if not reason:
        raise Refused([Lack("reason", _("Skriv hvorfor. Begge parter læser det."))])
    return reason
