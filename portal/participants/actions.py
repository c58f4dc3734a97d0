"""Adding people, and recording what happened to them: every event once, never changed."""

import dataclasses
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from portal.access import Actor
from portal.clock import Moment
from portal.cpr import Cpr
from portal.db import db
from portal.keys import Keys
from portal.participants import queries
from portal.participants.models import (
    EventKind,
    JobForm,
    Participant,
    ParticipantEvent,
    ParticipantKey,
    Timing,
    Work,
)
from portal.projects.models import WITHOUT_CPR, PartnerRole, Project
from portal.projects.queries import own_part
from portal.references import new_reference
from portal.workflow import Lack, Overtaken, Refused, flush

AFTER_START = frozenset({EventKind.COMPLETED, EventKind.DROPPED})


@dataclass(frozen=True)
class Person:
    """What is recorded of a participant; `model` is one of the project's."""

    name: str
    model: str
    work: Work
    cpr: Cpr | None = None
    birth_year: int | None = None
    municipality_id: uuid.UUID | None = None

    def columns(self) -> dict[str, Any]:
        told = {name: value for name, value in self.__dict__.items() if name != "cpr"}
        return told | ({"birth_year": self.cpr.born.year} if self.cpr else {})


@dataclass(frozen=True)
class Happened:
    """What is recorded of an event. `key` is the form's or the phone's: the same is taken once."""

    kind: EventKind
    day: date
    key: str
    timing: Timing | None = None
    form: JobForm | None = None
    reason: str | None = None
    company_id: uuid.UUID | None = None
    job_order_id: uuid.UUID | None = None
    gathering_id: uuid.UUID | None = None


def add(project: Project, person: Person, *, actor: Actor, at: Moment, keys: Keys) -> Participant:
    """Raises NotNow for who is no partner now, and Refused."""
    part = own_part(project, actor, at.today)
    refuse([*lacks_of_role(part.role, person), *lacks_of(project, person)])
    made = Participant(
        id=uuid.uuid4(),
        project_id=project.id,
        organisation_id=actor.organisation_id,
        reference=new_reference("DEL"),
        added_at=at.now,
        added_by=actor.name,
        changed_at=at.now,
        **person.columns(),
    )
    if person.cpr:
        made.cpr = keys.seal_cpr(person.cpr, table="participant", row_id=made.id)
    db.session.add(made)
    flush()
    write_key(made, person.cpr, keys)
    return made


def edit(
    project: Project, one: Participant, person: Person, *, version: int, actor: Actor, at: Moment,
    keys: Keys,
) -> None:  # fmt: skip
    """An empty CPR number leaves the one that is there. Raises NotNow, Overtaken, Refused."""
    part = own_part(project, actor, at.today)
    if version != one.revision:
        raise Overtaken
    refuse([*lacks_of_role(part.role, person), *lacks_of(project, person)])
    for name, value in person.columns().items():
        setattr(one, name, value)
    if person.cpr:
        one.cpr = keys.seal_cpr(person.cpr, table="participant", row_id=one.id)
    one.changed_at = at.now
    flush()
    write_key(one, person.cpr, keys)


def write_key(one: Participant, number: Cpr | None, keys: Keys) -> None:
    """The same number twice is refused within the organisation; of another's nothing is said."""
    if number is None:
        return
    own = {"project_id": one.project_id, "organisation_id": one.organisation_id}
    row = {"id": uuid.uuid4(), "participant_id": one.id, "person_key": keys.person_key(number)}
    try:
        with db.session.begin_nested():
            db.session.execute(insert(ParticipantKey).values(**row, **own))
    except IntegrityError:
        words = _("I har allerede en deltager med det CPR-nummer i projektet.")
        raise Refused([Lack("cpr", words)]) from None


def lacks_of_role(role: PartnerRole, person: Person) -> list[Lack]:
    if role == PartnerRole.SECRETARIAT:
        return [Lack("", _("Sekretariatet registrerer ikke deltagere."))]
    if person.cpr and role in WITHOUT_CPR:
        words = _("Skoler, arbejdsgivere og foreninger registrerer ikke CPR-numre. Slet det.")
        return [Lack("cpr", words)]
    return []


def lacks_of(project: Project, person: Person) -> list[Lack]:
    if person.model not in project.templates:
        return [Lack("model", _("Vælg en af projektets modeller."))]
    return []


# --- Events ---


def record(
    project: Project, one: Participant, told: Happened, *, actor: Actor, at: Moment,
    replaces: ParticipantEvent | None = None,
) -> ParticipantEvent:  # fmt: skip
    """The event; the one that was recorded with this key before, if there is one.

    Raises NotNow, and Refused: in the future, before the start, of another's kind.
    """
    if known := queries.by_key(told.key):
        return known
    own_part(project, actor, at.today)
    refuse(lacks_of_event(project, one, told, at.today, replaces))
    if replaces and replaces.kind == told.kind:  # still the same match of the same job order
        told = dataclasses.replace(
            told, company_id=replaces.company_id, job_order_id=replaces.job_order_id
        )
    made = ParticipantEvent(
        id=uuid.uuid4(),
        participant_id=one.id,
        project_id=project.id,
        organisation_id=actor.organisation_id,
        model=one.model,
        form_key=told.key,
        replaces_id=replaces.id if replaces else None,
        recorded_at=at.now,
        recorded_by=actor.name,
        **{name: value for name, value in told.__dict__.items() if name != "key"},
    )
    return written(made, told.kind)


def strike_out(
    project: Project, gone: ParticipantEvent, *, key: str, reason: str, actor: Actor, at: Moment
) -> ParticipantEvent:
    """Say that an event never happened. Raises NotNow, Refused."""
    if known := queries.by_key(key):
        return known
    own_part(project, actor, at.today)
    refuse([] if gone.is_current else [Lack("", _("Den er allerede rettet. Se siden igen."))])
    refuse([] if reason else [Lack("why", _("Skriv, hvorfor den skal væk."))])
    copied = ("participant_id", "project_id", "organisation_id", "kind", "day", "model")
    same: dict[str, Any] = {name: getattr(gone, name) for name in (*copied, "timing", "form")}
    made = ParticipantEvent(
        id=uuid.uuid4(),
        replaces_id=gone.id,
        is_void=True,
        reason=reason,
        form_key=key,
        recorded_at=at.now,
        recorded_by=actor.name,
        **same,
    )
    return written(made, gone.kind)


def written(made: ParticipantEvent, kind: EventKind) -> ParticipantEvent:
    """In the database, which says no to what is completed before it started."""
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError as error:
        if same := queries.by_key(made.form_key):  # sent twice at once
            return same
        if "has not started" in str(error):
            raise Refused([Lack("day", before_start(kind))]) from None
        words = _("Den er allerede rettet. Se siden igen.")
        raise Refused([Lack("", words)]) from None
    return made


def before_start(kind: EventKind) -> str:
    if kind in AFTER_START:
        return str(_("Personen er ikke startet den dag. Skriv først, hvornår forløbet begyndte."))
    return str(_("Personen har gennemført eller er faldet fra. Ret det først."))


def lacks_of_event(
    project: Project, one: Participant, told: Happened, today: date,
    replaces: ParticipantEvent | None,
) -> list[Lack]:  # fmt: skip
    if one.name is None:
        return [Lack("", _("Personens oplysninger er slettet."))]
    if replaces and not replaces.is_current:
        return [Lack("", _("Den er allerede rettet. Se siden igen."))]
    asks: list[tuple[str, bool, Callable[[], Any]]] = [
        ("day", told.day > today, lambda: _("Dagen ligger ude i fremtiden.")),
        ("day", told.day < project.starts_on, lambda: _("Dagen ligger før projektets første dag.")),
        ("kind", told.kind not in queries.kinds(one.model), lambda: _("Vælg et trin i modellen.")),
        ("reason", told.kind == EventKind.DROPPED and not told.reason,
         lambda: _("Skriv, hvorfor personen faldt fra.")),
        ("timing", told.kind == EventKind.MATCHED and not told.timing,
         lambda: _("Vælg, om det var før, under eller efter forløbet.")),
        ("form", told.kind == EventKind.MATCHED and not told.form,
         lambda: _("Vælg, hvad personen er ansat som.")),
    ]  # fmt: skip
    return [Lack(field, str(words())) for field, wrong, words in asks if wrong]


def refuse(found: list[Lack]) -> None:
    if found:
        raise Refused(found)
