"""Naming who fills a function of an agreement: for the own party, from today on.

A party is never left without anybody: an empty function is filled at once, whoever leaves is
replaced at once, and absence is asked of the day. Only who gives way to another while being there
is a change of the agreement, which the other side answers. Under notice there is no next version
that could take it: then it holds at once.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError, NoResultFound

from portal.access import Actor
from portal.agreements import amending
from portal.agreements.beside import AgreementAmendment, AgreementContact
from portal.agreements.contacts import Desk, Row, history, own_desk
from portal.agreements.models import Agreement, State
from portal.agreements.told import roles_for
from portal.clock import ONE_DAY, Moment
from portal.db import db
from portal.organisations.models import Unit, User
from portal.organisations.queries import Colleague, colleagues
from portal.workflow import Lack, Overtaken, Refused

WRITTEN = ("user_id", "title", "phone", "deputy_id", "deputy_phone", "unit_id", "mailbox")


PARTS = {
    "person": ("user_id", "name", "title", "phone"),
    "deputy": ("deputy_id", "deputy_name", "deputy_phone"),
    "mailbox": ("unit_id", "mailbox"),
}
IDENTITY = {"person": "user_id", "deputy": "deputy_id"}  # a title or number changes nobody


@dataclass(frozen=True)
class Filled:
    """The row that holds from today, and what of it the other side has to approve first."""

    row: AgreementContact
    asked: Sequence[AgreementAmendment]


def fill(
    agreement: Agreement,
    code: str,
    values: Row,
    reason: str,
    *,
    seen: uuid.UUID | None,
    actor: Actor,
    at: Moment,
) -> Filled:
    """Name who fills the function: WRITTEN by name.

    Where nobody is, somebody is named from today. Whoever is there is changed by a proposal that
    the other side answers; title and number are not asked for.

    Raises:
        NoResultFound: the own party does not fill it.
        Overtaken: somebody changed it after the form was shown; `seen` is the row that it showed.
        Refused: nobody is left, somebody who is not there is named, or a change has no reason.
    """
    there = own_desk(agreement, code, actor, at.today)
    if (there.row.id if there.row else None) != seen:
        raise Overtaken
    people = {one.user.id: one for one in colleagues() if one.is_active(at.today)}
    refuse_unfit(there, values, people)
    made = written(agreement.id, code, values, people, actor, at)
    runs = agreement.binding[0].state == State.SIGNED
    parts = [name for name in PARTS if runs and is_another(name, there, made)]
    asked = ask(agreement, there, made, parts, reason, actor, at) if parts else []
    for name in (name for part in parts for name in PARTS[part]):
        setattr(made, name, getattr(there.row, name))
    row = there.row if there.row and same(there.row, made) else put(made, at.today)
    return Filled(row, asked)


def is_another(part: str, there: Desk, made: AgreementContact) -> bool:
    """Whether somebody or something that is there gives way to another."""
    row = there.row
    if row is None:
        return False
    if part == "mailbox":
        return bool(row.unit_id or row.mailbox) and differs(row, made, PARTS[part])
    filled = there.person if part == "person" else there.deputy
    return filled is not None and differs(row, made, (IDENTITY[part],))


def differs(old: AgreementContact, new: AgreementContact, names: Iterable[str]) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in names)


def ask(
    agreement: Agreement,
    there: Desk,
    made: AgreementContact,
    parts: Sequence[str],
    reason: str,
    actor: Actor,
    at: Moment,
) -> list[AgreementAmendment]:
    if there.row is None:
        raise NoResultFound
    if not reason.strip():
        words = _("Skriv hvorfor: den anden side skal godkende ændringen.")
        raise Refused([Lack("reason", words)])
    return [
        amending.propose_person(
            agreement.binding[0],
            there.code,
            part,
            (told(there.row, part), told(made, part)),
            amending.Why(reason),
            actor=actor,
            at=at,
        )
        for part in parts
    ]


def told(row: AgreementContact, part: str) -> dict[str, Any]:
    """What of a row is asked for, as JSON; of a unit also the mailbox that the other side reads."""
    values = {name: getattr(row, name) for name in PARTS[part]}
    plain = {key: str(one) if isinstance(one, uuid.UUID) else one for key, one in values.items()}
    if row.unit_id and part == "mailbox":
        unit = db.session.get_one(Unit, row.unit_id)
        plain["shown"] = f"{unit.name}: {unit.mailbox}"
    return plain


def refuse_unfit(there: Desk, values: Row, people: Mapping[uuid.UUID, Colleague]) -> None:
    lacks = []
    told_of = there.function.get("told_of")
    person, deputy = values["user_id"], values["deputy_id"]
    if person is None and there.person:
        lacks.append(Lack("user_id", _("Vælg den, der overtager opgaven.")))
    elif person is None and not (values["unit_id"] or values["mailbox"]):
        lacks.append(Lack("user_id", _("Vælg en person eller en postkasse.")))
    for name, id in (("user_id", person), ("deputy_id", deputy)):
        if id is not None and id not in people:
            lacks.append(Lack(name, _("Vælg en kollega, der kan logge på.")))
        elif id is not None and told_of and not people[id].roles & roles_for(told_of):
            lacks.append(Lack(name, _("Vælg en, der må åbne det, opgaven får mail om.")))
    if person and person == deputy:
        lacks.append(Lack("deputy_id", _("Man kan ikke være sin egen stedfortræder.")))
    if values["unit_id"] and values["mailbox"]:
        words = _("Vælg enten enhedens postkasse eller en postkasse kun til opgaven.")
        lacks.append(Lack("mailbox", words))
    if lacks:
        raise Refused(lacks)


def written(
    agreement_id: uuid.UUID,
    code: str,
    values: Row,
    people: Mapping[uuid.UUID, Colleague],
    actor: Actor,
    at: Moment,
) -> AgreementContact:
    person, deputy = people.get(values["user_id"]), people.get(values["deputy_id"])
    return AgreementContact(
        id=uuid.uuid4(),
        agreement_id=agreement_id,
        organisation_id=actor.organisation_id,
        code=code,
        name=person.user.name if person else None,
        deputy_name=deputy.user.name if deputy else None,
        written_at=at.now,
        written_by=actor.name,
        **{name: values[name] for name in WRITTEN},
    )


def replace(
    row: AgreementContact, leaving_id: uuid.UUID, to: User, *, actor: Actor, at: Moment
) -> AgreementContact:
    """Whoever leaves is replaced at once, whatever the agreement says of changes: as person, as
    deputy, or both. A deputy who becomes the person leaves no deputy."""
    made = AgreementContact(
        id=uuid.uuid4(),
        agreement_id=row.agreement_id,
        organisation_id=row.organisation_id,
        code=row.code,
        name=row.name,
        deputy_name=row.deputy_name,
        written_at=at.now,
        written_by=actor.name,
        **{name: getattr(row, name) for name in WRITTEN},
    )
    if row.user_id == leaving_id:
        made.user_id, made.name, made.title, made.phone = to.id, to.name, None, None
        if row.deputy_id == to.id:
            made.phone = row.deputy_phone
    if made.user_id == row.deputy_id or (row.deputy_id == leaving_id and made.user_id == to.id):
        made.deputy_id = made.deputy_name = made.deputy_phone = None
    elif row.deputy_id == leaving_id:
        made.deputy_id, made.deputy_name, made.deputy_phone = to.id, to.name, None
    return put(made, max(at.today, row.valid_from))


def same(old: AgreementContact, new: AgreementContact) -> bool:
    names = (*WRITTEN, "name", "deputy_name")
    return all(getattr(old, name) == getattr(new, name) for name in names)


def put(new: AgreementContact, day: date) -> AgreementContact:
    """From `day` on, until a change that is settled already; whoever was named ends the day before.

    Raises Overtaken where somebody was faster.
    """
    key = new.agreement_id, new.organisation_id, new.code
    rows = history(*key)
    coming = [row.valid_from for row in rows if row.valid_from > day]
    new.valid_from, new.valid_until = day, min(coming) - ONE_DAY if coming else None
    for row in rows:
        if row.valid_from <= day and (row.valid_until is None or row.valid_until >= day):
            row.valid_until = day - ONE_DAY
    try:
        db.session.flush()
        db.session.add(new)
        db.session.flush()
    except IntegrityError as error:
        raise Overtaken from error
    return new
