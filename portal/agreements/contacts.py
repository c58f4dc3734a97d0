"""Who fills the functions that an agreement names: each party for itself, kept by days.

A function is known by its code, so that the next version keeps whoever fills it. Nothing is stored
of absence or of who has left: both are asked of the day, so that no late job sends anybody wrong.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Text, Uuid, column, func, select
from sqlalchemy.exc import NoResultFound

from portal.access import Actor
from portal.agreements.beside import AgreementContact
from portal.agreements.models import Agreement, AgreementSide, AgreementVersion
from portal.agreements.queries import shown_on
from portal.db import db
from portal.organisations.models import Unit
from portal.organisations.queries import holds, units

Row = Mapping[str, Any]
STATUS = (
    column("contact_id", Uuid),
    column("is_deputy", Boolean),
    column("is_employed", Boolean),
    column("away_until", Date),
    column("instead", Text),
)


@dataclass(frozen=True)
class Somebody:
    """A person as the other party may know them today; `instead` acts while they are away."""

    name: str
    title: str | None
    phone: str | None
    away_until: date | None = None
    instead: str | None = None


@dataclass(frozen=True)
class Desk:
    """A function of one party: who fills it today, and where else somebody answers."""

    function: Row
    organisation_id: uuid.UUID
    row: AgreementContact | None
    person: Somebody | None
    deputy: Somebody | None
    mailbox: str | None

    @property
    def code(self) -> str:
        return str(self.function["code"])

    @property
    def call(self) -> Somebody | None:
        """Whom to call today: the person, who stands in, the deputy; None leaves the mailbox."""
        for one in (self.person, self.deputy):
            if one and one.away_until is None:
                return one
            if one and one.instead:
                return self.known(one.instead)
        return None

    def known(self, name: str) -> Somebody:
        """Of whoever stands in the other side knows the name; of the deputy the number too."""
        if self.deputy and self.deputy.name == name:
            return replace(self.deputy, away_until=None, instead=None)
        return Somebody(name, None, None)


# --- What there is ---


def functions(version: AgreementVersion, side: AgreementSide) -> list[Row]:
    """What the party fills itself: nothing where another acts for it."""
    if side.represented_by_id:
        return []
    return [row for row in version.contacts if row["side"] == side.side]


def rows_on(agreement_id: uuid.UUID, day: date) -> dict[tuple[uuid.UUID, str], AgreementContact]:
    """Who is named on `day`, by party and function."""
    contact = AgreementContact
    rows = select(contact).where(contact.agreement_id == agreement_id, holds(contact, day))
    return {(row.organisation_id, row.code): row for row in db.session.scalars(rows)}


def history(agreement_id: uuid.UUID, organisation_id: uuid.UUID, code: str) -> list[Any]:
    """Everybody who was or is to be named, the newest first; what never held a day is left out."""
    contact = AgreementContact
    rows = select(contact).where(
        contact.agreement_id == agreement_id,
        contact.organisation_id == organisation_id,
        contact.code == code,
        func.coalesce(contact.valid_until, contact.valid_from) >= contact.valid_from,
    )
    return [*db.session.scalars(rows.order_by(contact.valid_from.desc()))]


def desks(agreement: Agreement, version: AgreementVersion, day: date) -> list[Desk]:
    """Every function of every party, in the order of the parties' names and of the version."""
    status = status_on(agreement.id, day)
    rows = rows_on(agreement.id, day)
    ids = [side.organisation_id for side in version.sides]
    boxes = mailboxes(units(ids, day))
    return [
        desk(function, side.organisation_id, rows, status, boxes)
        for side in version.sides
        for function in functions(version, side)
    ]


Status = Mapping[tuple[uuid.UUID, bool], Any]


def status_on(agreement_id: uuid.UUID, day: date) -> Status:
    """What the database tells of the people; of them the other party sees no row."""
    rows = func.agreement_contacts_on(agreement_id, day).table_valued(*STATUS).render_derived()
    found = db.session.execute(select(rows))
    return {(row.contact_id, row.is_deputy): row for row in found}


def mailboxes(found: Iterable[Unit]) -> dict[uuid.UUID, str]:
    """By unit, and by organisation that of the unit that takes what names none."""
    boxes = {}
    for unit in found:
        if unit.mailbox:
            boxes[unit.id] = unit.mailbox
            if unit.is_default:
                boxes[unit.organisation_id] = unit.mailbox
    return boxes


def desk(
    function: Row,
    organisation_id: uuid.UUID,
    rows: Mapping[tuple[uuid.UUID, str], AgreementContact],
    status: Status,
    boxes: Mapping[uuid.UUID, str],
) -> Desk:
    row = rows.get((organisation_id, function["code"]))
    if row is None:
        return Desk(function, organisation_id, None, None, None, boxes.get(organisation_id))
    person = somebody(row.name, row.title, row.phone, status.get((row.id, False)))
    deputy = somebody(row.deputy_name, None, row.deputy_phone, status.get((row.id, True)))
    of_unit = boxes.get(row.unit_id) if row.unit_id else None
    box = row.mailbox or of_unit or boxes.get(organisation_id)
    return Desk(function, organisation_id, row, person, deputy, box)


def somebody(name: str | None, title: str | None, phone: str | None, told: Any) -> Somebody | None:
    """None where nobody is named, or whoever was has left."""
    if name is None or (told is not None and not told.is_employed):
        return None
    away = (told.away_until, told.instead) if told is not None else (None, None)
    return Somebody(name, title, phone, *away)


def searched(found: Iterable[Desk], words: str) -> list[Desk]:
    """Those whose function holds every word; names are not searched, addresses are kept."""
    return [one for one in found if holds_words(one.function, words)]


def holds_words(function: Row, words: str, more: str = "") -> bool:
    told = f"{function['label_da']} {function.get('label_en', '')} {more}".casefold()
    return all(word in told for word in words.casefold().split())


# --- The own party's ---


def own_side(version: AgreementVersion, actor: Actor) -> AgreementSide:
    """Raises NoResultFound for whoever is no party of the version."""
    own = [row for row in version.sides if row.organisation_id == actor.organisation_id]
    if not own:
        raise NoResultFound
    return own[0]


def own_desk(agreement: Agreement, code: str, actor: Actor, day: date) -> Desk:
    """Raises NoResultFound for a function that the own party does not fill."""
    version = agreement.shown_on(day)
    if version is None or code not in {row["code"] for row in of_own(version, actor)}:
        raise NoResultFound
    found = desks(agreement, version, day)
    mine = [one for one in found if one.organisation_id == actor.organisation_id]
    return next(one for one in mine if one.code == code)


def of_own(version: AgreementVersion, actor: Actor) -> list[Row]:
    return functions(version, own_side(version, actor))


# --- Over all agreements ---


@dataclass(frozen=True)
class OwnFunction:
    """A function of the own party in one agreement, and who is named for it."""

    agreement_id: uuid.UUID
    title: str
    function: Row
    row: AgreementContact | None
    is_filled: bool


def own_functions(organisation_id: uuid.UUID, day: date) -> list[OwnFunction]:
    """Of every agreement that is in force or coming; two statements, however many there are."""
    version, side = AgreementVersion, AgreementSide
    shown = (
        select(version, side, Agreement.title)
        .join(side, side.version_id == version.id)
        .join(Agreement, Agreement.id == version.agreement_id)
        .where(side.organisation_id == organisation_id, version.id == shown_on(day))
        .order_by(Agreement.title)
    )
    contact = AgreementContact
    named = select(contact, func.is_employed(contact.user_id, day)).where(
        contact.organisation_id == organisation_id, holds(contact, day)
    )
    there = {(row.agreement_id, row.code): (row, here) for row, here in db.session.execute(named)}
    return [
        OwnFunction(one.agreement_id, title, function, *there.get(key, (None, False)))
        for one, own, title in db.session.execute(shown)
        if not one.has_ended(day)
        for function in functions(one, own)
        for key in [(one.agreement_id, function["code"])]
    ]


def unfilled(organisation_id: uuid.UUID, day: date) -> list[OwnFunction]:
    """What the owners have to see to: nobody is named, or whoever was has left."""
    return [one for one in own_functions(organisation_id, day) if not one.is_filled]


def held_by(user_id: uuid.UUID, day: date) -> list[tuple[AgreementContact, str]]:
    """The functions that somebody fills or is deputy of on `day`, with the agreement's title."""
    contact = AgreementContact
    rows = select(contact, Agreement.title).join(Agreement, Agreement.id == contact.agreement_id)
    mine = (contact.user_id == user_id) | (contact.deputy_id == user_id)
    found = db.session.execute(rows.where(mine, func.coalesce(contact.valid_until, day) >= day))
    return [(row, title) for row, title in found]
