"""What the steps of an agreement share: the event, and that somebody says why."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.access import Actor
from portal.agreements.models import AgreementVersion, State
from portal.agreements.parts import AgreementEvent
from portal.clock import Moment
from portal.workflow import Done, Lack, Refused

OPEN = {State.DRAFT, State.NEGOTIATING}  # when texts, values and parties may change


@dataclass(frozen=True)
class Samspil:
    """Who takes a step that nobody takes: it follows from another, or from a day."""

    organisation_id: None = None
    name: str = "Samspil"


SAMSPIL = Samspil()


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


def with_reason(given: Mapping[str, Any]) -> str:
    """Raises Refused where nobody says why."""
    reason = str(given.get("reason") or "").strip()
    if not reason:
        raise Refused([Lack("reason", _("Skriv hvorfor. Begge parter læser det."))])
    return reason
