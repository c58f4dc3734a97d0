"""What the pages of people show beside the rows: the steps of models, and the funnel in numbers."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.access import Actor
from portal.handovers.export import Table
from portal.organisations.queries import municipalities
from portal.participants import queries, words
from portal.participants.forms import EventForm, PersonForm
from portal.participants.models import EventKind, ParticipantEvent
from portal.projects import catalogue
from portal.projects.models import PartnerRole, Project, Standing
from portal.projects.presenting import language
from portal.suppression import least_shown


def models(project: Project) -> list[tuple[str, str]]:
    return [(key, catalogue.model(key).name[language()]) for key in project.templates]


def steps(model: str) -> dict[EventKind, str]:
    """The funnel of a model, in its order and its words."""
    return {EventKind(one.kind): one.name[language()] for one in catalogue.model(model).funnel}


def offering(form: PersonForm, project: Project, today: date) -> PersonForm:
    form.offer(models(project), [(one.id, one.short_name) for one in municipalities(today)])
    return form


def offered(form: EventForm, model: str) -> EventForm:
    form.offer([(kind.value, name) for kind, name in steps(model).items()])
    return form


def title(event: ParticipantEvent, names: dict[EventKind, str]) -> str:
    told = names.get(event.kind, event.kind.value)
    if event.timing and event.form:
        return f"{told}: {words.FORMS[event.form]}, {str(words.TIMINGS[event.timing]).lower()}"
    return told


# --- In numbers ---


@dataclass(frozen=True)
class Row:
    """One step of one model: own people exactly, the others as published, or the council's."""

    step: str
    own: int
    others: str


def sees_united(project: Project) -> bool:
    """A council and a secretariat read people counted once, the others records of each partner."""
    own = project.own
    return own.standing == Standing.COUNCIL or own.role == PartnerRole.SECRETARIAT


def funnel(project: Project, actor: Actor) -> list[tuple[str, list[Row]]]:
    """Of each model its steps. Sums of blocks that have nobody in common: decision 0029."""
    own = queries.own_counts(project.id)
    if sees_united(project):
        united = queries.united_counts([project.id])
        told = {(model, kind): people for (_id, model, kind), people in united.items()}
    else:
        told = {}
        for by_step in queries.told_counts(project.id, actor.organisation_id).values():
            for place, people in by_step.items():
                told[place] = told.get(place, 0) + people
    return [
        (name, [Row(step, own.get((key, kind), 0), known(told.get((key, kind))))
                for kind, step in steps(key).items()])
        for key, name in models(project)
    ]  # fmt: skip


def known(people: int | None) -> str:
    """What is published; what waits for its block is in nobody's number."""
    return str(_("mindst %(count)d", count=people) if people else _("Vises ikke"))


def of_funnel(project: Project, actor: Actor, day: date) -> dict[str, Any]:
    return {
        "models": funnel(project, actor),
        "united": sees_united(project),
        "until": queries.published_until(),
        "least": least_shown(day),
    }


# --- A file of the own people ---


def headings(project: Project) -> dict[EventKind, str]:
    """The steps of any of the models; one that two models call differently has both words."""
    found: dict[EventKind, dict[str, None]] = {}
    for kind in EventKind:
        for by_step in map(steps, project.templates):
            if kind in by_step:
                found.setdefault(kind, {})[by_step[kind]] = None
    return {kind: " / ".join(called) for kind, called in found.items()}


def table(project: Project) -> Table:
    """Everybody by name with the first day of each step, in the words of the project's models."""
    days: dict[tuple[uuid.UUID, EventKind], date] = {}
    for one in queries.events_of(project.id):
        days.setdefault((one.participant_id, one.kind), one.day)
    heads = [_("Reference"), _("Navn"), _("Model"), _("Ledig eller i arbejde")]
    named, told = dict(models(project)), headings(project)
    lines: list[Any] = [[*heads, *told.values()]]
    for person in queries.everybody(project.id):
        about = [person.reference, person.name or "", named.get(person.model, person.model)]
        reached = [days.get((person.id, kind)) for kind in told]
        lines.append([*about, str(words.WORK[person.work]), *reached])
    return lines
