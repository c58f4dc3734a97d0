"""What partners do with companies: register, take and hand over, ask, answer, note, need."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select, update

from portal.access import Actor
from portal.clock import Moment
from portal.companies import numbers, queries
from portal.companies.models import Company, CompanyContact, CompanyNeed, ContactKind
from portal.db import db
from portal.lines import Wrong
from portal.organisations.collation import sort_key
from portal.organisations.queries import names_on
from portal.projects.models import Project
from portal.projects.queries import leads, own_part
from portal.workflow import Lack, Overtaken, Refused, flush


@dataclass(frozen=True)
class Given:
    """What a company is, and who is spoken to there."""

    name: str
    trade: str
    municipality_id: uuid.UUID
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None


@dataclass(frozen=True)
class Hand:
    """Who does something about a company of a project, and when."""

    project: Project
    actor: Actor
    at: Moment

    @property
    def me(self) -> uuid.UUID:
        return self.actor.organisation_id


def register(typed: str, given: Given, ours: bool, *, by: Hand) -> Company:
    """A new company; `ours` says that the own organisation contacts it.

    Raises:
        Refused: the number is none, or the project has it already.
        NotNow: the own organisation writes nothing in the project today.
    """
    own_part(by.project, by.actor, by.at.today)
    try:
        number = numbers.parsed(typed)
    except Wrong as wrong:
        raise Refused([Lack("cvr", str(wrong))]) from None
    if known := queries.numbered(by.project, [number]):
        raise Refused([Lack("cvr", told_known(known[number], by))])
    made = begun(number, given, ours, by=by)
    db.session.add(made)
    flush()
    return made


def begun(number: str, given: Given, ours: bool, *, by: Hand) -> Company:
    return Company(
        id=uuid.uuid4(),
        project_id=by.project.id,
        organisation_id=by.me,
        cvr=number,
        sort_key=sort_key(given.name),
        contacted_by_id=by.me if ours else None,
        made_at=by.at.now,
        made_by=by.actor.name,
        changed_at=by.at.now,
        **asdict(given),
    )


def told_known(known: Company, by: Hand) -> str:
    contact = known.contacted_by_id
    if contact is None:
        return str(_("%(name)s står allerede i projektet.", name=known.name))
    who = names_on([contact], by.at.today).get(contact, "")
    words = _("%(name)s står allerede i projektet og kontaktes af %(who)s.")
    return str(words % {"name": known.name, "who": who})


def may_write(one: Company, by: Hand) -> bool:
    """Its contact, anybody while nobody is that, and the lead."""
    free = one.contacted_by_id in {None, by.me}
    return free or leads(by.project, by.actor)


def only_contact(one: Company, by: Hand) -> None:
    """Raises Refused where another partner contacts it; NotNow outside the own period."""
    own_part(by.project, by.actor, by.at.today)
    if not may_write(one, by) and one.contacted_by_id:
        who = names_on([one.contacted_by_id], by.at.today).get(one.contacted_by_id, "")
        words = _("%(who)s kontakter virksomheden. Bed dem overdrage den.", who=who)
        raise Refused([Lack("", words)])


def edit(one: Company, given: Given, version: int | None, *, by: Hand) -> None:
    """Raises Overtaken, Refused, NotNow."""
    only_contact(one, by)
    if version != one.revision:
        raise Overtaken
    for name, value in asdict(given).items():
        setattr(one, name, value)
    one.sort_key, one.changed_at = sort_key(given.name), by.at.now
    flush()


def take(one: Company, *, by: Hand) -> None:
    """Become the one that contacts it. Whoever comes second is told who was first."""
    only_contact(one, by)
    if one.contacted_by_id != by.me:
        log(one, ContactKind.TAKEN, None, by=by)
        one.contacted_by_id = by.me
        flush()


def hand_over(one: Company, to: uuid.UUID | None, text: str | None, *, by: Hand) -> None:
    """To another partner, or to nobody: then it is free to take."""
    only_contact(one, by)
    if to is not None and to not in queries.partners(by.project, by.at.today):
        raise Refused([Lack("to", _("Vælg en partner, der deltager."))])
    log(one, ContactKind.HANDED_OVER if to else ContactKind.RELEASED, text, by=by)
    one.contacted_by_id = to
    flush()


def note(one: Company, kind: ContactKind, text: str | None, *, by: Hand) -> None:
    """Something said or written; who speaks first to a free company has taken it."""
    take(one, by=by)
    log(one, kind, text, by=by)
    one.contacted_at = by.at.now
    flush()


def ask(one: Company, *, by: Hand) -> None:
    """It is asked in the survey, today; once is enough."""
    take(one, by=by)
    if one.asked_on is None:
        log(one, ContactKind.ASKED, None, by=by)
        one.asked_on = by.at.today
        flush()


def ask_all(*, by: Hand) -> int:
    """All own companies that were not asked yet are asked today; how many."""
    own_part(by.project, by.actor, by.at.today)
    mine = Company.project_id == by.project.id, Company.contacted_by_id == by.me
    unasked = select(Company.id).where(*mine, Company.asked_on.is_(None))
    ids = db.session.scalars(unasked).all()
    values = {"asked_on": by.at.today, "changed_at": by.at.now}
    db.session.execute(update(Company).where(Company.id.in_(ids)).values(values))
    db.session.add_all(entry(one, ContactKind.ASKED, None, by=by) for one in ids)
    flush()
    return len(ids)


def answer(one: Company, interested: bool, day: date, text: str | None, *, by: Hand) -> None:
    """What it answered, on which day; a later answer takes the place of an earlier one."""
    if day > by.at.today:
        raise Refused([Lack("answered_on", _("Dagen ligger ude i fremtiden."))])
    if one.asked_on and day < one.asked_on:
        raise Refused([Lack("answered_on", _("Dagen ligger før den dag, de blev spurgt."))])
    take(one, by=by)
    log(one, ContactKind.ANSWERED, text, by=by)
    one.asked_on, one.answered_on = one.asked_on or day, day
    one.interested, one.answer, one.contacted_at = interested, text, by.at.now
    flush()


@dataclass(frozen=True)
class Need:
    competence: str
    number: int
    needed_from: date | None


def add_need(one: Company, need: Need, *, by: Hand) -> None:
    take(one, by=by)
    own = {"project_id": one.project_id, "organisation_id": by.me, "company_id": one.id}
    told = {"written_at": by.at.now, "written_by": by.actor.name}
    db.session.add(CompanyNeed(**own, **told, **asdict(need)))
    flush()


def remove_need(one: Company, need_id: uuid.UUID, *, by: Hand) -> None:
    """One that is gone already is no error."""
    only_contact(one, by)
    rows = select(CompanyNeed).where(CompanyNeed.id == need_id, CompanyNeed.company_id == one.id)
    for need in db.session.scalars(rows):
        db.session.delete(need)
    flush()


def log(one: Company, kind: ContactKind, text: str | None, *, by: Hand) -> None:
    """Written first: what comes after may leave the company to another."""
    db.session.add(entry(one.id, kind, text, by=by))
    flush()


def entry(
    company_id: uuid.UUID,
    kind: ContactKind,
    text: str | None,
    *,
    by: Hand,
    order_id: uuid.UUID | None = None,
) -> CompanyContact:
    own = {"project_id": by.project.id, "organisation_id": by.me, "company_id": company_id}
    told = {"at": by.at.now, "person": by.actor.name, "job_order_id": order_id}
    return CompanyContact(kind=kind, text=text, **own, **told)


def add_all(rows: Iterable[Company]) -> int:
    """Companies that were read and checked in this transaction."""
    made = [*rows]
    db.session.add_all(made)
    flush()
    return len(made)
