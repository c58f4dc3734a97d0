"""The outbox: mails that hold a reference and a link, and nothing else.

`queue` writes a mail in the transaction of the job that calls for it; `deliver` sends it. A crash
between the two ends of a delivery sends it twice, with the same Message-ID, so that mailboxes show
it once. Web processes can neither read nor write here: addresses are none of their business.
"""

import logging
import re
import smtplib
import ssl
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import click
from flask import current_app
from flask_babel import force_locale, gettext, ngettext
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from procrastinate import JobContext
from procrastinate.tasks import Task
from sqlalchemy import CheckConstraint, Index, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.commands import Commands
from portal.db import Base, db
from portal.jobs import PATIENT, enqueue, jobs
from portal.settings import ROOT, Settings
from portal.sight import Sight

log = logging.getLogger("samspil.mail")
TEMPLATES = ROOT / "templates" / "mail"
REFERENCE = re.compile(r"(?!.*\d{6}-?\d{4})[A-Z0-9][A-Z0-9-]{3,30}")
# Tasks of features that must know when nobody was told; each is given the id of the mail.
WHEN_GIVEN_UP: list[Task[..., Any, Any]] = []
TIMEOUT = 30  # seconds for each answer of the mail server


@dataclass(frozen=True, order=True)
class Line:
    """One of several things that a mail tells of; `what` is a word that its template knows.

    Without a reference where there is none that says nothing of a person. Raises ValueError for one
    that could be something else.
    """

    reference: str
    what: str
    day: date

    def __post_init__(self) -> None:
        if self.reference and not REFERENCE.fullmatch(self.reference):
            raise ValueError("a line holds a reference and a day")


@dataclass(frozen=True)
class Entry:
    """What a mail puts into a calendar or takes out of it (RFC 6047), under its own UID."""

    uid: uuid.UUID
    method: str
    text: str


class OutgoingMail(Base):
    """One mail to one address: waiting, sent, or given up."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        CheckConstraint("sent_at is null or failed_at is null", name="one_end"),
        CheckConstraint("(failed_at is null) = (failure is null)", name="failure"),
        CheckConstraint(
            "num_nulls(calendar, calendar_method, calendar_uid) in (0, 3)", name="calendar"
        ),
        Index("ix_outgoing_mail_waiting", "created_at", postgresql_where="sent_at is null"),
        Index("ix_outgoing_mail_subject_id", "subject_id"),
    )
    sight = Sight(see="")  # not the web's

    recipient: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    calendar: Mapped[str | None]
    calendar_method: Mapped[str | None]
    calendar_uid: Mapped[uuid.UUID | None]
    reference: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]  # what it is about, a handover for instance
    message_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]  # what the mail server said
    attempts: Mapped[int] = mapped_column(default=0)
    is_fleeting: Mapped[bool] = mapped_column(default=False)  # gone once it is sent or given up


class Postponed(Exception):
    """A mail that is tried again later. Says what was wrong, and never to whom it goes."""


def queue(
    recipient: str,
    template: str,
    *,
    reference: str,
    url: str,
    language: str,
    subject_id: uuid.UUID | None = None,
    once: str | None = None,
    lines: Sequence[Line] = (),
    entry: Entry | None = None,
    asker: str = "",
    is_fleeting: bool = False,
) -> None:
    """A mail by `templates/mail/<template>.txt`, in the language of its reader.

    With `once`, an event for instance, a second call for it and this recipient does nothing.
    `asker`: the organisation in whose name it is written, where the reader does not know Samspil.
    One that `is_fleeting` leaves no trace of its reader: its row goes when it is sent or given up.
    Raises ValueError for a reference that could be something else, and a link that leads elsewhere.
    """
    settings: Settings = current_app.extensions["samspil"]
    if not REFERENCE.fullmatch(reference) or not url.startswith(f"{settings.base_url}/"):
        raise ValueError("a mail holds a reference and a link to the portal")
    if once and is_written(recipient, once):
        return
    told: dict[str, Any] = {"reference": reference, "url": url, "lines": lines, "asker": asker}
    subject, body = rendered(template, language=language, **told)
    mail = OutgoingMail(
        recipient=recipient,
        language=language,
        subject=subject,
        body=body,
        reference=reference,
        subject_id=subject_id,
        message_id=message_id(recipient, once),
        is_fleeting=is_fleeting,
    )
    if entry:
        mail.calendar, mail.calendar_method = entry.text, entry.method
        mail.calendar_uid = entry.uid
    db.session.add(mail)
    db.session.flush()
    enqueue(deliver, mail_id=str(mail.id))


def entries(uid: uuid.UUID, subject_id: uuid.UUID) -> dict[str, Entry]:
    """What each address was last sent of a calendar's entry."""
    last = (
        select(OutgoingMail.recipient, OutgoingMail.calendar_method, OutgoingMail.calendar)
        .where(OutgoingMail.subject_id == subject_id, OutgoingMail.calendar_uid == uid)
        .ext(distinct_on(OutgoingMail.recipient))
        .order_by(OutgoingMail.recipient, OutgoingMail.created_at.desc())
    )
    found = db.session.execute(last)
    return {address: Entry(uid, str(method), str(text)) for address, method, text in found}


def is_written(recipient: str, once: str) -> bool:
    """Whether there is a mail to the recipient of this already."""
    known = OutgoingMail.message_id == message_id(recipient, once)
    return db.session.scalar(select(OutgoingMail.id).where(known)) is not None


def message_id(recipient: str, once: str | None) -> str:
    settings: Settings = current_app.extensions["samspil"]
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{once} {recipient}") if once else uuid.uuid4()
    return f"<{name}@{urlsplit(settings.base_url).hostname}>"


def rendered(
    template: str,
    *,
    reference: str,
    url: str,
    language: str,
    lines: Sequence[Line] = (),
    asker: str = "",
) -> tuple[str, str]:
    """Subject and text: the first line of the template, and what follows the empty line after."""
    with force_locale(language):
        page = environment().get_template(f"{template}.txt")
        text = page.render(reference=reference, url=url, lines=lines, asker=asker)
    subject, _empty, body = text.strip().partition("\n\n")
    return " ".join(subject.split()), f"{body.strip()}\n"


@cache
def environment() -> SandboxedEnvironment:
    """Of its own: neither the application nor the request reaches into a mail."""
    made = SandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    return made


@jobs.task(name="mail.deliver", retry=PATIENT, pass_context=True)
def deliver(context: JobContext, mail_id: str) -> None:
    """Send one mail. Raises Postponed for what may pass by itself, so that it is tried again."""
    row = select(OutgoingMail).where(OutgoingMail.id == uuid.UUID(mail_id)).with_for_update()
    mail = db.session.scalars(row).one_or_none()
    if mail is None or mail.sent_at or mail.failed_at:
        return
    mail.attempts = tries = context.job.attempts + 1
    try:
        send(mail, current_app.extensions["samspil"])
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if not is_final(error) and tries < (PATIENT.max_attempts or tries):
            raise Postponed(type(error).__name__) from None
        mail.failed_at, mail.failure = now(), str(error)
        log.warning("mail %s given up after %s tries: %s", mail.id, tries, type(error).__name__)
        for task in [] if mail.is_fleeting else WHEN_GIVEN_UP:
            enqueue(task, mail_id=mail_id)
    else:
        mail.sent_at = now()
    if mail.is_fleeting:
        db.session.delete(mail)


def is_final(error: Exception) -> bool:
    """Whether the server will say the same tomorrow: codes from 500 on, and unusable addresses."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _words in error.recipients.values())
        case smtplib.SMTPAuthenticationError():
            return False  # ours to mend, and then it goes
        case smtplib.SMTPResponseException():
            return error.smtp_code >= 500
    return isinstance(error, ValueError)


def send(mail: OutgoingMail, settings: Settings) -> None:
    with smtplib.SMTP(settings.mail_host, settings.mail_port, timeout=TIMEOUT) as server:
        if settings.mail_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.mail_user:
            server.login(settings.mail_user, settings.mail_password)
        server.send_message(message(mail, settings.mail_from))


def message(mail: OutgoingMail, sender: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = sender, mail.recipient
    made["Subject"], made["Date"] = mail.subject, mail.created_at
    made["Message-ID"], made["Content-Language"] = mail.message_id, mail.language
    made["Auto-Submitted"] = "auto-generated"  # no "I am on holiday" in return
    made.set_content(mail.body)
    if mail.calendar:
        attach(made, mail.calendar, str(mail.calendar_method), f"{mail.reference}.ics")
    return made


def attach(made: EmailMessage, calendar: str, method: str, name: str) -> None:
    """Once for programs that show it with the mail, once as a file for those that do not."""
    made.add_alternative(calendar, subtype="calendar", params={"method": method})
    made.add_attachment(calendar.encode(), maintype="application", subtype="ics", filename=name)


commands = Commands("mail", help="The outbox.")


@commands.command("failed")
def failed() -> None:
    """Mails that were given up, and why; no addresses."""
    for mail in given_up():
        click.echo(f"{mail.created_at:%Y-%m-%d %H:%M} {mail.reference} {mail.failure}")


@commands.command("retry")
def retry() -> None:
    """Try again what was given up."""
    mails = given_up()
    for mail in mails:
        mail.failed_at = mail.failure = None
        enqueue(deliver, mail_id=str(mail.id))
    click.echo(f"{len(mails)} mails")


def given_up() -> list[OutgoingMail]:
    rows = select(OutgoingMail).where(OutgoingMail.failed_at.is_not(None))
    return [*db.session.scalars(rows.order_by(OutgoingMail.created_at))]
