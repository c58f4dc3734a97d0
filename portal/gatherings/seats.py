"""Signing own people up, and giving seats up; the database gives the numbers out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal.companies.actions import Hand
from portal.db import db
from portal.gatherings import queries
from portal.gatherings.models import Gathering, GatheringSeat
from portal.projects.queries import own_part
from portal.workflow import Lack, Refused, flush

ONE_AFTER_ANOTHER = timedelta(microseconds=1)  # the order in which they were ticked


@dataclass(frozen=True)
class SignedUp:
    seated: int
    waiting: int


def sign_up(one: Gathering, people: Sequence[uuid.UUID], *, by: Hand) -> SignedUp:
    """Who finds no free seat waits. Raises NotNow, Refused."""
    own_part(by.project, by.actor, by.at.today)
    if one.is_cancelled:
        raise Refused([Lack("", _("Det er aflyst. Ingen kan tilmeldes."))])
    if not {*people} <= {person.id for person in queries.not_signed_up(one)}:
        raise Refused([Lack("people", _("Vælg kun jeres egne, som ikke er tilmeldt allerede."))])
    made = [asked(one, person, place, by) for place, person in enumerate(people)]
    try:
        for seat in made:
            db.session.add(seat)
            flush()
    except IntegrityError:
        raise Refused(
            [Lack("people", _("En af dem er lige blevet tilmeldt. Se siden igen."))]
        ) from None
    for seat in made:
        db.session.refresh(seat)
    seated = sum(seat.number is not None for seat in made)
    return SignedUp(seated, len(made) - seated)


def asked(one: Gathering, person: uuid.UUID, place: int, by: Hand) -> GatheringSeat:
    return GatheringSeat(
        id=uuid.uuid4(),
        gathering_id=one.id,
        project_id=one.project_id,
        organisation_id=by.me,
        participant_id=person,
        asked_at=by.at.now + place * ONE_AFTER_ANOTHER,
        made_by=by.actor.name,
    )


def give_up(one: Gathering, seat: GatheringSeat, *, by: Hand) -> None:
    """Whoever has waited longest moves up, in this transaction. Raises NotNow, Refused."""
    own_part(by.project, by.actor, by.at.today)
    if queries.events(one, seat.participant_id):
        words = _("Der er skrevet et resultat for personen. Ret det først.")
        raise Refused([Lack("", words)])
    seat.given_up_at = by.at.now
    flush()
