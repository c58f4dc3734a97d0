"""Partners come by invitation and leave on a day: the verbs, and what they are refused for."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.access import Actor, OrganisationKind
from portal.clock import Moment
from portal.db import db
from portal.jobs import enqueue
from portal.organisations.models import Organisation
from portal.organisations.queries import name_on
from portal.projects import inviting, queries
from portal.projects.actions import happened, only_leading, refuse
from portal.projects.models import LEADING, PartnerRole, PartnerState, Project, ProjectPartner
from portal.projects.workflow import PROJECT
from portal.workflow import Lack, NotNow, flush

R, K = PartnerRole, OrganisationKind
# As what an organisation of a kind can take part; a municipality is an employer, too.
POSSIBLE: dict[OrganisationKind, frozenset[PartnerRole]] = {
    K.MUNICIPALITY: frozenset({R.LEAD, R.JOBCENTRE, R.EMPLOYER}),
    K.UNEMPLOYMENT_FUND: frozenset({R.LEAD, R.A_KASSE}),
    K.COUNCIL: frozenset({R.SECRETARIAT}),
    K.PARTNER: frozenset(R) - {R.JOBCENTRE, R.A_KASSE},
    K.PLATFORM: frozenset(),
}
# What features above know that keeps a partner from leaving on a day, such as open events of its
# people: they add their question here.
ASKED_BEFORE_LEAVING: list[Callable[[ProjectPartner, date], list[Lack]]] = []


@dataclass(frozen=True)
class Asked:
    """Who is asked to take part, as what, and from when to when."""

    organisation_id: uuid.UUID
    role: PartnerRole
    valid_from: date
    valid_until: date | None


def invite(project: Project, asked: Asked, *, actor: Actor, at: Moment) -> ProjectPartner:
    """Raises NotNow, NotYours, and Refused: of a second lead, one already there, or odd days."""
    PROJECT.step("invite", project, actor)
    refuse([*lacks(project, asked, at)])
    made = ProjectPartner(
        id=uuid.uuid4(),
        project_id=project.id,
        invited_by_id=actor.organisation_id,
        invited_by=actor.name,
        invited_at=at.now,
        **asked.__dict__,
    )
    db.session.add(made)
    try:
        flush()
    except IntegrityError as error:  # somebody else invited at the same time
        refuse([Lack("role", _("Projektet har netop fået en partner mere. Se det igen."))])
        raise AssertionError from error
    tell(project, "invite", made, actor=actor, at=at)
    enqueue(inviting.tell, partner_id=str(made.id))
    return made


def lacks(project: Project, asked: Asked, at: Moment) -> list[Lack]:
    kind = db.session.get_one(Organisation, asked.organisation_id).kind
    live = [one for one in project.partners if one.is_live]
    found = []
    if asked.role not in POSSIBLE[kind]:
        found.append(Lack("role", _("Organisationen kan ikke have den rolle.")))
    if lead := next((one for one in live if one.role == asked.role == R.LEAD), None):
        words = _("Projektet har allerede en tovholder: %(who)s. Der kan kun være én.",
                  who=name_on(lead.organisation_id, at.today))  # fmt: skip
        found.append(Lack("role", words))
    if any(is_same_time(one, asked) for one in live):
        words = _("Organisationen er allerede med eller inviteret i den tid.")
        found.append(Lack("organisation_id", words))
    return found + lacks_of_days(project, asked)


def is_same_time(one: ProjectPartner, asked: Asked) -> bool:
    begins_after = asked.valid_until is not None and one.valid_from > asked.valid_until
    is_over = one.valid_until is not None and one.valid_until < asked.valid_from
    return one.organisation_id == asked.organisation_id and not (begins_after or is_over)


def lacks_of_days(project: Project, asked: Asked) -> list[Lack]:
    found = []
    if not project.starts_on <= asked.valid_from <= project.ends_on:
        found.append(Lack("valid_from", _("Dagen ligger uden for projektets tid.")))
    if asked.valid_until and asked.valid_until < asked.valid_from:
        found.append(Lack("valid_until", _("Den sidste dag ligger før den første.")))
    if asked.valid_until and asked.role == R.LEAD:
        found.append(Lack("valid_until", _("Tovholderen har ingen sidste dag. Skift tovholder.")))
    return found


def answer(
    one: ProjectPartner, project_id: uuid.UUID, *, says_yes: bool, reason: str, actor: Actor,
    at: Moment,
) -> None:  # fmt: skip
    """Of the own organisation, once. A no is final; the lead may ask again.

    Raises NotNow when it was answered or taken back meanwhile.
    """
    if one.state != PartnerState.INVITED or one.organisation_id != actor.organisation_id:
        raise NotNow("answer", one.state)
    one.state = PartnerState.TAKING_PART if says_yes else PartnerState.DECLINED
    one.answered_at, one.answered_by, one.reason = at.now, actor.name, reason or None
    flush()
    if says_yes:
        tell(queries.project(project_id), "accept", one, actor=actor, at=at)


def withdraw(project: Project, one: ProjectPartner, *, actor: Actor, at: Moment) -> None:
    only_leading(project, actor)
    if one.state != PartnerState.INVITED:
        raise NotNow("withdraw", one.state)
    one.state = PartnerState.WITHDRAWN
    one.answered_at, one.answered_by = at.now, actor.name
    flush()
    tell(project, "withdraw", one, actor=actor, at=at)


def may_end(project: Project, one: ProjectPartner, actor: Actor, day: date) -> bool:
    """The lead any partner but itself, and each partner itself."""
    is_own = one.organisation_id == actor.organisation_id
    leads = project.party_of(actor) in LEADING
    may = project.is_open and (is_own or leads) and one.role != R.LEAD
    return may and one.state == PartnerState.TAKING_PART and (one.valid_until or day) >= day


def end(
    project: Project, one: ProjectPartner, last: date, reason: str, leaves: str, *, actor: Actor,
    at: Moment,
) -> None:  # fmt: skip
    """From the day after it sees the project no more; what it has written stays as it is.

    Raises NotNow, and Refused: a day in the past or outside, or what its people wait for.
    """
    if not may_end(project, one, actor, at.today):
        raise NotNow("end", project.state)
    found = [lack for ask in ASKED_BEFORE_LEAVING for lack in ask(one, last)]
    if last < max(at.today, one.valid_from):
        found.append(Lack("valid_until", _("Vælg i dag eller en senere dag.")))
    if last > project.ends_on:
        found.append(Lack("valid_until", _("Dagen ligger uden for projektets tid.")))
    if not reason:
        found.append(Lack("reason", _("Skriv hvorfor. Partnerne læser det.")))
    refuse(found)
    one.valid_until, one.reason, one.leaves = last, reason, leaves or None
    flush()
    tell(project, "end", one, actor=actor, at=at, reason=reason)


def hand_over(
    project: Project, one: ProjectPartner, reason: str, *, actor: Actor, at: Moment
) -> None:
    """Another partner leads from now on, and who led takes part as its kind does.

    Raises NotNow, NotYours, and Refused for one that cannot lead.
    """
    only_leading(project, actor)
    kind = db.session.get_one(Organisation, one.organisation_id).kind
    if R.LEAD not in POSSIBLE[kind] or not one.takes_part(at.today) or one.valid_until:
        refuse([Lack("", _("En tovholder deltager nu og har ingen sidste dag i projektet."))])
    if not reason:
        refuse([Lack("reason", _("Skriv hvorfor. Partnerne læser det."))])
    tell(project, "hand_over", one, actor=actor, at=at, reason=reason)
    db.session.execute(select(func.project_hand_over(one.id)))
    db.session.expire_all()


def tell(
    project: Project, step: str, one: ProjectPartner, *, actor: Actor, at: Moment,
    reason: str | None = None,
) -> None:  # fmt: skip
    who = {"who": name_on(one.organisation_id, at.today), "role": one.role.value}
    happened(project, step, project.state, actor=actor, at=at, reason=reason, detail=who)
