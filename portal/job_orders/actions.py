"""What is done about job orders: received, candidates, outcomes, steps, and the call after."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from portal.companies import actions as companies
from portal.companies.actions import Hand
from portal.companies.models import Company, ContactKind
from portal.companies.orders import ENDED, JobCandidate, JobOrder, OrderState, Outcome, Reason
from portal.db import db
from portal.job_orders import clocks, queries
from portal.job_orders.words import LOGGED
from portal.job_orders.workflow import ORDER
from portal.projects import catalogue
from portal.projects.matches import JobForm, Timing
from portal.projects.queries import own_part
from portal.references import new_reference
from portal.workflow import Lack, NotNow, Overtaken, Refused, flush


@dataclass(frozen=True)
class Given:
    """What is asked for; `due_at` is the employer's own deadline, if it set one."""

    model: str
    need: str
    number: int
    contact: str | None
    due_at: datetime | None


def receive(company: Company, given: Given, *, by: Hand) -> JobOrder:
    """The clock runs from now. Raises Refused, NotNow."""
    companies.take(company, by=by)
    if given.due_at and given.due_at <= by.at.now:
        raise Refused([Lack("due_on", _("Fristen er allerede overskredet."))])
    model = catalogue.model(given.model)
    fewest, most = model.candidates
    made = JobOrder(
        id=uuid.uuid4(),
        project_id=by.project.id,
        organisation_id=by.me,
        company_id=company.id,
        reference=new_reference("JOB"),
        model=given.model,
        need=given.need,
        number=given.number,
        contact=given.contact,
        received_at=by.at.now,
        due_at=given.due_at or clocks.due(given.model, by.at.now),
        clock=clocks.EMPLOYER if given.due_at else model.clock,
        fewest=fewest,
        most=most,
        made_by=by.actor.name,
        changed_at=by.at.now,
    )
    db.session.add(made)
    flush()
    log(made, ContactKind.ORDERED, given.need, by=by)
    return made


def suggest(one: JobOrder, participant_id: uuid.UUID, *, by: Hand) -> JobCandidate:
    """One of the own people. Raises Refused, NotNow, NotYours."""
    own_part(by.project, by.actor, by.at.today)
    ORDER.step("suggest", one, by.actor)
    if not queries.is_ours(by.project, participant_id):
        raise Refused([Lack("person", _("Vælg en af jeres egne deltagere."))])
    inside = [each for each in one.candidates if each.is_in]
    if len(inside) >= one.most:
        words = _("Der er allerede %(most)d kandidater til jobordren.", most=one.most)
        raise Refused([Lack("person", words)])
    if participant_id in {each.participant_id for each in inside}:
        raise Refused([Lack("person", _("Personen er allerede kandidat."))])
    made = JobCandidate(
        id=uuid.uuid4(),
        project_id=by.project.id,
        organisation_id=by.me,
        order_id=one.id,
        participant_id=participant_id,
        number=1 + max((each.number for each in one.candidates), default=0),
        added_at=by.at.now,
        added_by=by.actor.name,
    )
    db.session.add(made)
    flush()
    return made


@dataclass(frozen=True)
class Told:
    """What became of a candidate. A hire is a match with a time and a form, all else has none."""

    outcome: Outcome
    reason: Reason | None = None
    timing: Timing | None = None
    form: JobForm | None = None


def tell_outcome(one: JobOrder, who: JobCandidate, told: Told, *, by: Hand) -> None:
    """By who keeps the order; the own organisation may always take its person back.

    The database writes the match into the participant's story, or strikes it out again.
    Raises Refused, NotNow, NotYours.
    """
    outcome, is_hire = told.outcome, told.outcome is Outcome.HIRED
    own_part(by.project, by.actor, by.at.today)
    if outcome is Outcome.WITHDRAWN and who.organisation_id == by.me:
        ORDER.step("suggest", one, by.actor)
    else:
        ORDER.step("outcome", one, by.actor)
    if found := lacks_of(told):
        raise Refused(found)
    hired = [each for each in one.candidates if each.outcome == Outcome.HIRED and each is not who]
    if is_hire and len(hired) >= one.number:
        raise Refused([Lack("", _("Der er ikke bedt om flere."))])
    who.outcome, who.outcome_on, who.outcome_by = outcome, by.at.today, by.actor.name
    who.reason = told.reason if outcome is Outcome.NOT_HIRED else None
    who.timing, who.form = (told.timing, told.form) if is_hire else (None, None)
    flush()


def lacks_of(told: Told) -> list[Lack]:
    asks: list[tuple[str, bool, Callable[[], str]]] = [
        ("reason", told.outcome is Outcome.NOT_HIRED and not told.reason,
         lambda: _("Vælg, hvorfor kandidaten ikke blev ansat.")),
        ("form", told.outcome is Outcome.HIRED and not told.form,
         lambda: _("Vælg, hvad personen er ansat som.")),
        ("timing", told.outcome is Outcome.HIRED and not told.timing,
         lambda: _("Vælg, om det var før, under eller efter forløbet.")),
    ]  # fmt: skip
    return [Lack(field, words()) for field, wrong, words in asks if wrong]


def take(one: JobOrder, name: str, reason: str | None, version: int, *, by: Hand) -> None:
    """A step of the table. Raises NotNow, NotYours, Overtaken, Refused."""
    own_part(by.project, by.actor, by.at.today)
    step = ORDER.step(name, one, by.actor)
    if step.target is None:
        raise NotNow(name, one.state)
    if version != one.revision:
        raise Overtaken
    if found := obstacles(one, name, reason):
        raise Refused(found)
    log(one, LOGGED[name], reason, by=by)
    one.state, one.changed_at = OrderState(step.target), by.at.now
    if one.state is OrderState.PRESENTED:
        one.presented_at = by.at.now
    one.ended_at = by.at.now if one.state in ENDED else None
    one.end_reason = reason if one.state in ENDED else None
    one.followed_up_on = None
    flush()


def obstacles(one: JobOrder, name: str, reason: str | None) -> list[Lack]:
    inside = [each for each in one.candidates if each.is_in]
    if name == "present" and not inside:
        return [Lack("", _("Der er ingen kandidater endnu."))]
    if name == "present" and len(inside) < one.fewest and not reason:
        words = _("Der skal %(fewest)d til %(most)d kandidater til. Skriv, hvorfor der er færre.",
                  fewest=one.fewest, most=one.most)  # fmt: skip
        return [Lack("reason", words)]
    if name == "fill" and not any(each.outcome == Outcome.HIRED for each in inside):
        return [Lack("", _("Skriv først, hvem der blev ansat."))]
    if name == "give_up" and not reason:
        return [Lack("reason", _("Skriv, hvorfor ingen blev ansat."))]
    return []


def follow_up(one: JobOrder, text: str, *, by: Hand) -> None:
    """The call that every job order ends with. Raises NotNow, NotYours."""
    own_part(by.project, by.actor, by.at.today)
    ORDER.step("follow_up", one, by.actor)
    log(one, ContactKind.FOLLOW_UP, text, by=by)
    one.followed_up_on = by.at.today
    flush()


def log(one: JobOrder, kind: ContactKind, text: str | None, *, by: Hand) -> None:
    db.session.add(companies.entry(one.company_id, kind, text, by=by, order_id=one.id))
    flush()
