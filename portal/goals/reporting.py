"""Reporting a goal: a draft is written and submitted, the other side answers it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from portal import rules
from portal.access import Actor, Permission
from portal.agreements.models import AgreementVersion, Side
from portal.clock import Moment
from portal.db import db
from portal.goals.asking import Asked
from portal.goals.periods import Period
from portal.goals.values import GoalValue, ValueState
from portal.workflow import Lack, NotNow, NotYours, Refused, flush

OWN, OTHER = "own", "other"
# By step: from where, whose it is.
STEPS: Mapping[str, tuple[set[ValueState], str]] = {
    "write": ({ValueState.DRAFT, ValueState.RETURNED}, OWN),
    "submit": ({ValueState.DRAFT}, OWN),
    "discard": ({ValueState.DRAFT}, OWN),
    "approve": ({ValueState.SUBMITTED}, OTHER),
    "send_back": ({ValueState.SUBMITTED}, OTHER),
}
TYPED = ("value", "base", "is_yes", "note", "source", "source_day", "explanation")


@dataclass(frozen=True)
class Reporting:
    """One goal of an agreement, and who works with it for which side."""

    version: AgreementVersion
    goal: Asked
    actor: Actor

    @property
    def side(self) -> Side | None:
        return self.version.party_of(self.actor)

    @property
    def may_write(self) -> bool:
        return self.side in {Side.FUND, Side.MUNICIPALITY} and self.actor.may(Permission.GOAL_WRITE)


def values(agreement_id: uuid.UUID) -> Sequence[GoalValue]:
    """All that the asking organisation sees, the newest period first."""
    rows = select(GoalValue).where(GoalValue.agreement_id == agreement_id)
    return db.session.scalars(rows.order_by(GoalValue.first_day.desc(), GoalValue.code)).all()


def value(value_id: uuid.UUID, agreement_id: uuid.UUID) -> GoalValue:
    """Raises NoResultFound for one that is not seen."""
    rows = select(GoalValue).where(GoalValue.id == value_id)
    return db.session.scalars(rows.where(GoalValue.agreement_id == agreement_id)).one()


def may(step: str, found: GoalValue, reporting: Reporting) -> bool:
    """The buttons of the page ask what the actions ask."""
    sources, whose = STEPS[step]
    if not reporting.may_write or found.state not in sources:
        return False
    is_own = found.organisation_id == reporting.actor.organisation_id
    return is_own if whose == OWN else reporting.side != found.side


def demand(step: str, found: GoalValue, reporting: Reporting) -> None:
    if not reporting.may_write:
        raise NotYours(step)
    if not may(step, found, reporting):
        raise NotNow(step, found.state)


# --- The side that reports ---


def begin(
    reporting: Reporting, period: Period, given: Mapping[str, Any], *, at: Moment
) -> GoalValue:
    """A draft of a period that is over and of which nothing is written.

    Raises:
        Refused: the period is not over or overlaps another, or a figure is out of bounds.
    """
    if not reporting.may_write:
        raise NotYours("write")
    goal, version = reporting.goal, reporting.version
    refuse([*of_period(reporting, period, at.today), *out_of_bounds(goal, given)])
    made = GoalValue(
        id=uuid.uuid4(),
        agreement_id=version.agreement_id,
        organisation_id=reporting.actor.organisation_id,
        side=reporting.side,
        set=goal.set,
        code=goal.code,
        goal_number=0,
        first_day=period.first,
        last_day=period.last,
        state=ValueState.DRAFT,
    )
    fill(made, goal, given, reporting.actor, at)
    db.session.add(made)
    flush()
    return made


def write(
    found: GoalValue, reporting: Reporting, given: Mapping[str, Any], *, at: Moment
) -> GoalValue:
    """A value that was sent back becomes a draft again: the other side sees it when it is ready."""
    demand("write", found, reporting)
    refuse(out_of_bounds(reporting.goal, given))
    found.state = ValueState.DRAFT
    fill(found, reporting.goal, given, reporting.actor, at)
    flush()
    return found


def fill(found: GoalValue, goal: Asked, given: Mapping[str, Any], actor: Actor, at: Moment) -> None:
    for name in TYPED:
        setattr(found, name, given.get(name))
    found.source = given.get("source") or goal.source
    found.target = goal.target
    if goal.is_typed:
        found.shown = goal.in_words(found.value, found.base, found.is_yes)
        found.is_met = goal.is_met(found.value, found.is_yes, found.period)
    else:
        found.shown, found.is_met = given.get("shown") or "", given.get("is_met")
    found.written_by, found.written_at = actor.name, at.now


def submit(found: GoalValue, reporting: Reporting, *, at: Moment) -> None:
    """Raises Refused with everything that is missing, each at its field."""
    demand("submit", found, reporting)
    taken = [Lack("", words) for words in overlaps(reporting, found.period, found.id)]
    refuse([*taken, *missing(found, reporting.goal, at.today)])
    found.state = ValueState.SUBMITTED
    found.submitted_by, found.submitted_at = reporting.actor.name, at.now
    found.answered_by = found.answered_at = found.answer = None
    flush()


def discard(found: GoalValue, reporting: Reporting) -> None:
    demand("discard", found, reporting)
    db.session.delete(found)
    flush()


# --- The side that answers ---


def approve(found: GoalValue, reporting: Reporting, *, at: Moment) -> None:
    demand("approve", found, reporting)
    found.state = ValueState.APPROVED
    found.answered_by, found.answered_at = reporting.actor.name, at.now
    flush()


def send_back(found: GoalValue, reporting: Reporting, *, why: str, at: Moment) -> None:
    """Raises Refused without a reason."""
    demand("send_back", found, reporting)
    if not why.strip():
        refuse([Lack("answer", _("Skriv, hvad der skal rettes."))])
    found.state = ValueState.RETURNED
    found.answer = why.strip()
    found.answered_by, found.answered_at = reporting.actor.name, at.now
    flush()


# --- What is wrong, and what is missing ---


def refuse(lacks: Iterable[Lack]) -> None:
    if found := [*lacks]:
        raise Refused(found)


def of_period(reporting: Reporting, period: Period, today: date) -> Iterable[Lack]:
    if period.last < period.first:
        yield Lack("last_day", _("Sidste dag ligger før første dag."))
    elif period.last >= today:
        yield Lack("last_day", _("Perioden er ikke slut endnu."))
    for words in overlaps(reporting, period):
        yield Lack("first_day", words)


def overlaps(reporting: Reporting, period: Period, own: uuid.UUID | None = None) -> Iterable[str]:
    """What is written of a part of the period, other than the own value."""
    for other in values(reporting.version.agreement_id):
        is_same = (other.set, other.code) == (reporting.goal.set, reporting.goal.code)
        if is_same and other.id != own and other.period.overlaps(period):
            words = (
                _("Perioden overlapper en, der er indberettet og låst: %(first)s til %(last)s.")
                if other.is_locked
                else _("Der er allerede et tal for en del af perioden: %(first)s til %(last)s.")
            )
            days = {"first": f"{other.first_day:%d.%m.%Y}", "last": f"{other.last_day:%d.%m.%Y}"}
            yield words % days


def out_of_bounds(goal: Asked, given: Mapping[str, Any]) -> Iterable[Lack]:
    figure = given.get("value")
    if figure is not None and figure < 0:
        yield Lack("value", _("Et tal kan ikke være mindre end 0."))
    elif figure is not None and goal.unit == "percent" and figure > 100:
        yield Lack("value", _("En andel ligger fra 0 til 100 procent."))
    elif figure is not None and goal.unit == "count" and figure != int(figure):
        yield Lack("value", _("Skriv et helt tal."))


def missing(found: GoalValue, goal: Asked, today: date) -> list[Lack]:
    """What has to be there before the other side gets it."""
    lacks = [*missing_figure(found, goal, today)] if goal.is_typed else []
    if not goal.is_typed and not found.shown:
        is_asked = goal.method == "survey"
        words = _("Ingen undersøgelse i perioden er lukket med svar nok.") if is_asked else None
        lacks.append(Lack("", words or _("Tallet er ikke offentliggjort endnu.")))
    if found.is_met is False and not (found.explanation or "").strip():
        lacks.append(Lack("explanation", _("Målet er ikke nået. Skriv hvorfor.")))
    return lacks


def missing_figure(found: GoalValue, goal: Asked, today: date) -> Iterable[Lack]:
    if goal.unit == "yes_no":
        if found.is_yes is None:
            yield Lack("is_yes", _("Svar ja eller nej."))
        if not (found.note or "").strip():
            yield Lack("note", _("Skriv en tekst, der viser det."))
        return
    if found.value is None:
        yield Lack("value", _("Skriv tallet."))
    if found.source_day is None:
        yield Lack("source_day", _("Skriv, hvilken dag tallet er fra."))
    elif found.source_day > today:
        yield Lack("source_day", _("Dagen ligger ude i fremtiden."))
    yield from too_small(found, goal, today)


def too_small(found: GoalValue, goal: Asked, today: date) -> Iterable[Lack]:
    """A share of a few people is not for the other side: it would say something of each of them."""
    if goal.unit != "percent":
        return
    least = rules.on(today, "small_numbers.least_shown")
    if found.base is None:
        yield Lack("base", _("Skriv, hvor mange andelen er af."))
    elif found.base < least:
        words = _("Færre end %(least)d kan ikke deles. Vælg en længere periode.", least=least)
        yield Lack("base", words)
