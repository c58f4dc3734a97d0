"""Naming who fills a function of an agreement: for the own party, from today on."""

import uuid
from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal.access import Actor
from portal.agreements.beside import AgreementContact
from portal.agreements.contacts import Desk, Row, history, own_desk
from portal.agreements.models import Agreement
from portal.clock import ONE_DAY, Moment
from portal.db import db
from portal.organisations.models import User
from portal.organisations.queries import Colleague, colleagues
from portal.workflow import Lack, Overtaken, Refused

WRITTEN = ("user_id", "title", "phone", "deputy_id", "deputy_phone", "unit_id", "mailbox")


def fill(
    agreement: Agreement,
    code: str,
    values: Row,
    *,
    seen: uuid.UUID | None,
    actor: Actor,
    at: Moment,
) -> AgreementContact:
    """Name who fills the function from today: WRITTEN by name.

    Raises:
        NoResultFound: the own party does not fill it.
        Overtaken: somebody changed it after the form was shown; `seen` is the row that it showed.
        Refused: nobody is left, or somebody who is not there is named.
    """
    there = own_desk(agreement, code, actor, at.today)
    if (there.row.id if there.row else None) != seen:
        raise Overtaken
    people = {one.user.id: one for one in colleagues() if one.is_active(at.today)}
    refuse_unfit(there, values, people)
    made = written(agreement.id, code, values, people, actor, at)
    if there.row and same(there.row, made):
        return there.row
    return put(made, at.today)


def refuse_unfit(there: Desk, values: Row, people: Mapping[uuid.UUID, Colleague]) -> None:
    lacks = []
    person, deputy = values["user_id"], values["deputy_id"]
    if person is None and there.person:
        lacks.append(Lack("user_id", _("Vælg den, der overtager opgaven.")))
    elif person is None and not (values["unit_id"] or values["mailbox"]):
        lacks.append(Lack("user_id", _("Vælg en person eller en postkasse.")))
    for name, id in (("user_id", person), ("deputy_id", deputy)):
        if id is not None and id not in people:
            lacks.append(Lack(name, _("Vælg en kollega, der kan logge på.")))
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
