"""What the worker does for agreements at night: reminders, and windows for signing that close.

Whether an agreement governs follows from the days alone: nothing here decides it.
"""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import func, or_, select

from portal import mail
from portal.access import Role
from portal.agreements.beside import AgreementContact
from portal.agreements.ending import reminders
from portal.agreements.models import Agreement, AgreementSide, AgreementVersion, Side, State
from portal.agreements.parts import AgreementEvent, AgreementSignatory, AgreementSignature
from portal.agreements.steps import SAMSPIL, happened
from portal.clock import Moment, day_of, now, today
from portal.db import db
from portal.jobs import enqueue, jobs
from portal.organisations.queries import holds, in_role

LONGEST_KEY = 31  # what a mail takes as a reference


def queue(event: AgreementEvent) -> None:
    """In the transaction of the step: without it no mail, with it always one."""
    enqueue(tell, event_id=str(event.id))


@jobs.task(name="agreements.tell")
def tell(event_id: str) -> None:
    """The mails of one step, to the other parties' owners; a second run finds them written."""
    event = db.session.get(AgreementEvent, uuid.UUID(event_id))
    if event is None:
        return
    version = db.session.get_one(AgreementVersion, event.version_id)
    ids = parties(version) - {event.organisation_id}
    template = "agreement_to_sign" if event.step == "ask_to_sign" else "agreement"
    if event.step == "ask_to_sign":
        ids = parties(version)
    write(version, ids, template, str(event.id), day_of(event.at))


@jobs.periodic(cron="37 3 * * *")
@jobs.task(name="agreements.remind", queueing_lock="agreements.remind")
def remind(timestamp: int) -> None:
    """Harmless when run twice, and after a day of standstill."""
    for version in ending(today()):
        write(version, parties(version), "agreement_ends", reminder_of(version, today()), today())
    for version in to_be_signed():
        write(version, missing(version), "agreement_to_sign", f"{version.hash} week", today())
    for contact, key in gone(today()):
        tell_owners(contact, key, today())


@jobs.periodic(cron="7 3 * * *")
@jobs.task(name="agreements.close_windows", queueing_lock="agreements.close_windows")
def close_windows(timestamp: int) -> None:
    """What was not signed in time goes back to the table; who had signed signs anew."""
    close(Moment(now(), today()))


def close(at: Moment) -> list[AgreementVersion]:
    rows = select(AgreementVersion).where(
        AgreementVersion.state == State.SIGNING, AgreementVersion.sign_by < at.today
    )
    found = [*db.session.scalars(rows.with_for_update(skip_locked=True))]
    for version in found:
        version.state, version.sign_by, version.hash = State.NEGOTIATING, None, ""
        version.changed_at = at.now
        event = happened(version, "expire_window", State.SIGNING, SAMSPIL, at)
        db.session.add(event)
        queue(event)
    db.session.flush()
    return found


def ending(day: date) -> list[AgreementVersion]:
    """What ends within the longest reminder and has no successor."""
    furthest = day + timedelta(days=max(reminders(day)))
    rows = select(AgreementVersion).where(
        AgreementVersion.state.in_([State.SIGNED, State.TERMINATED]),
        or_(
            AgreementVersion.ends_on.between(day, furthest),
            AgreementVersion.rule_set.is_not(None),
        ),
    )
    found = db.session.scalars(rows)
    return [one for one in found if one.last_day and day <= one.last_day <= furthest]


def reminder_of(version: AgreementVersion, day: date) -> str:
    """Which of the reminders is due: each is written once, also when a night was missed."""
    if version.last_day is None:
        raise ValueError("what has no end is not reminded of")
    left = (version.last_day - day).days
    due = min(days for days in reminders(day) if days >= left)
    return f"{version.id} {version.last_day} {due}"


def to_be_signed() -> list[AgreementVersion]:
    rows = select(AgreementVersion).where(AgreementVersion.state == State.SIGNING)
    week = now() - timedelta(days=7)
    return [*db.session.scalars(rows.where(AgreementVersion.changed_at < week))]


def parties(version: AgreementVersion) -> set[uuid.UUID | None]:
    rows = select(AgreementSide.organisation_id).where(AgreementSide.version_id == version.id)
    return {*db.session.scalars(rows.where(AgreementSide.side != Side.OBSERVER))}


def missing(version: AgreementVersion) -> set[uuid.UUID | None]:
    """The organisations of those who have not answered."""
    answered = select(AgreementSignature.user_id).where(
        AgreementSignature.version_id == version.id, AgreementSignature.hash == version.hash
    )
    rows = select(AgreementSignatory.organisation_id).where(
        AgreementSignatory.version_id == version.id, AgreementSignatory.user_id.not_in(answered)
    )
    return {*db.session.scalars(rows)}


def gone(day: date) -> list[tuple[AgreementContact, str]]:
    """Functions whose person has left without a successor, with the agreement's key."""
    rows = select(AgreementContact, Agreement.key)
    rows = rows.join(Agreement, Agreement.id == AgreementContact.agreement_id).where(
        AgreementContact.user_id.is_not(None),
        holds(AgreementContact, day),
        func.is_employed(AgreementContact.user_id, day).is_(False),
    )
    return [(contact, key) for contact, key in db.session.execute(rows)]


def tell_owners(contact: AgreementContact, key: str, day: date) -> None:
    """Once for each person who left: the function is nobody's until the party names another."""
    base = current_app.extensions["samspil"].base_url
    for reader in in_role(contact.organisation_id, Role.AGREEMENT_OWNER, day):
        mail.queue(
            reader.address,
            "agreement_contact_gone",
            reference=key.upper()[:LONGEST_KEY],
            url=f"{base}/contacts/{contact.agreement_id}/{contact.code}",
            language=reader.language,
            subject_id=contact.agreement_id,
            once=f"{contact.id} gone",
        )


def write(
    version: AgreementVersion,
    organisation_ids: Iterable[uuid.UUID | None],
    template: str,
    once: str,
    day: date,
) -> None:
    """To everybody who owns agreements there and is not absent; each mail once."""
    base = current_app.extensions["samspil"].base_url
    under_way = version.state in {State.NEGOTIATING, State.READY, State.SIGNING}
    path = f"negotiations/{version.id}" if under_way else f"agreements/{version.agreement_id}"
    key = version.agreement.key.upper()[:LONGEST_KEY]
    for organisation_id in organisation_ids:
        for reader in (
            in_role(organisation_id, Role.AGREEMENT_OWNER, day) if organisation_id else ()
        ):
            mail.queue(
                reader.address,
                template,
                reference=key,
                url=f"{base}/{path}",
                language=reader.language,
                subject_id=version.agreement_id,
                once=once,
            )
