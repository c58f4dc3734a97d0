"""What the worker does for surveys: links, mails, reminders, and the end."""

import hmac
import random
import uuid
from base64 import urlsafe_b64encode
from datetime import date, timedelta
from hashlib import sha256

from flask import current_app
from sqlalchemy import select

from portal import mail
from portal.clock import Moment, moment
from portal.db import db
from portal.identity.models import hashed
from portal.jobs import PATIENT, enqueue, jobs
from portal.mail import Line
from portal.organisations.queries import name_on
from portal.surveys import asking, results
from portal.surveys.models import State, Survey, SurveyLink
from portal.surveys.questionnaires import Respondents

AT_ONCE = 50  # mails of one job
FIRST, AGAIN = "survey", "survey_reminder"


@jobs.periodic(cron="11 1 * * *")
@jobs.task(name="surveys.close", queueing_lock="surveys.close")
def close(timestamp: int) -> None:
    """Every night. Twice is once: what is closed is open no longer."""
    close_ended(moment().today)


@jobs.periodic(cron="23 7 * * *")
@jobs.task(name="surveys.remind", queueing_lock="surveys.remind")
def remind(timestamp: int) -> None:
    """In the morning: the first mails of those that open, and the day's reminders."""
    for survey in db.session.scalars(select(Survey).where(Survey.state == State.OPEN)):
        queue(survey)


def queue(survey: Survey) -> None:
    enqueue(write, survey_id=str(survey.id))


@jobs.task(name="surveys.write", retry=PATIENT)
def write(survey_id: str) -> None:
    """The mails that are due, some at a time. Twice is once: a link knows how many it has had."""
    if write_some(uuid.UUID(survey_id), moment()):
        enqueue(write, survey_id=survey_id)


def close_ended(today: date) -> int:
    rows = select(Survey).where(Survey.state == State.OPEN, Survey.closes_on < today)
    ended = [*db.session.scalars(rows.order_by(Survey.closes_on, Survey.id))]
    for survey in ended:
        results.close(survey, today=today)
    return len(ended)


def write_some(survey_id: uuid.UUID, at: Moment) -> bool:
    """Whether there are more. A survey is taken by one worker at a time."""
    taken = select(Survey).where(Survey.id == survey_id, Survey.state == State.OPEN)
    survey = db.session.scalars(taken.with_for_update()).one_or_none()
    if survey is None or not survey.opens_on <= at.today <= survey.closes_on:
        return False
    if survey.begun_at is None:
        begin(survey, at)
    due = mails_due(survey, at.today)
    waiting = select(SurveyLink).where(
        SurveyLink.survey_id == survey.id,
        SurveyLink.address.is_not(None),
        SurveyLink.is_answered.is_(False),
        SurveyLink.mails < due,
    )
    links = [*db.session.scalars(waiting.order_by(SurveyLink.id).limit(AT_ONCE).with_for_update())]
    known = allowed(survey, at.today)
    for link in links:
        invite(link, survey, due, known, at.today)
    db.session.flush()
    return len(links) == AT_ONCE


def begin(survey: Survey, at: Moment) -> None:
    """A link for each address, in an order that chance gives: no list tells whose is whose."""
    found = asking.addresses(survey, at.today)
    random.SystemRandom().shuffle(found)
    for address in found:
        made = SurveyLink(id=uuid.uuid4(), survey_id=survey.id, address=address, mails=0)
        made.token_hash = hashed(token_of(made.id))
        db.session.add(made)
    survey.begun_at = at.now
    if survey.respondents == Respondents.EMPLOYERS:
        survey.addresses = None
    db.session.flush()


def token_of(link_id: uuid.UUID) -> str:
    """Reckoned again for a reminder, by a key that no copy of the database holds."""
    key = current_app.extensions["samspil"].secret_key.encode()
    made = hmac.new(key, b"survey|" + link_id.bytes, sha256).digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def mails_due(survey: Survey, today: date) -> int:
    days = (timedelta(days=number) for number in survey.reminder_days)
    return 1 + sum(survey.opens_on + after <= today for after in days)


def allowed(survey: Survey, today: date) -> set[str] | None:
    """Who may be written to today; None for a list, which nothing is known about."""
    if survey.respondents == Respondents.EMPLOYERS:
        return None
    return {one.casefold() for one in asking.addresses(survey, today)}


def invite(link: SurveyLink, survey: Survey, due: int, known: set[str] | None, today: date) -> None:
    """One mail, and the address is forgotten with the last of them."""
    address = link.address or ""
    if known is not None and address.casefold() not in known:
        link.address = None
        return
    token = token_of(link.id)
    link.token_hash = hashed(token)  # as before, unless the key is another since
    template = AGAIN if link.mails else FIRST
    write_to(address, survey, template, token, today)
    link.mails = due
    if due > len(survey.reminder_days):
        link.address = None


def write_to(address: str, survey: Survey, template: str, token: str, today: date) -> None:
    mail.queue(
        address,
        template,
        reference=survey.reference,
        url=f"{current_app.extensions['samspil'].base_url}/survey/{token}",
        language=survey.language,
        subject_id=survey.id,
        lines=[Line("", "closes", survey.closes_on)],
        asker=name_on(survey.organisation_id, today),
        is_fleeting=True,
    )
