"""Telling the other side how the criteria would have worked: in figures that hide small numbers."""

from collections.abc import Iterable
from dataclasses import asdict

from portal.access import Actor
from portal.agreements.models import AgreementVersion
from portal.clock import Moment
from portal.consequences import queries
from portal.consequences.models import UNSIGNED, Rehearsal
from portal.consequences.rehearsing import Rehearsed
from portal.db import db
from portal.suppression import shown
from portal.workflow import NotNow


def share(
    version: AgreementVersion,
    rehearsed: Rehearsed,
    criteria: Iterable[str],
    *,
    actor: Actor,
    at: Moment,
) -> None:
    """Once for a version and for the same months; `criteria` are the codes that were tried.

    Raises:
        NotNow: it was shared before, or the version is not negotiated now.
    """
    before = queries.shared_of_same(version, actor.organisation_id, rehearsed.first_day)
    if version.state not in UNSIGNED or before:
        raise NotNow("share", version.state)
    found = shown(rehearsed.outcomes, at.today)
    db.session.add(
        Rehearsal(
            agreement_id=version.agreement_id,
            version_id=version.id,
            organisation_id=actor.organisation_id,
            person=actor.name,
            at=at.now,
            first_day=rehearsed.first_day,
            last_day=rehearsed.last_day,
            criteria=[*criteria],
            figures={
                "total": asdict(found.total),
                **{str(key): asdict(figure) for key, figure in found.parts.items()},
            },
        )
    )
    db.session.flush()
