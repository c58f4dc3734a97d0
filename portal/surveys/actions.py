"""Preparing, opening and stopping a survey, and answering one."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal import rules, suppression
from portal.access import Actor
from portal.clock import Moment
from portal.db import db
from portal.identity.models import hashed
from portal.references import new_reference
from portal.surveys import asking, queries
from portal.surveys.models import State, Survey
from portal.surveys.questionnaires import Respondents, content, questionnaire
from portal.workflow import Lack, NotNow, Refused


@dataclass(frozen=True)
class Given:
    """What a draft is made of; `reminder_days` are days after `opens_on`, rising."""

    questionnaire: str
    agreement_id: uuid.UUID | None
    language: str
    first_day: date
    last_day: date
    opens_on: date
    closes_on: date
    reminder_days: list[int]
    addresses: list[str]

    def columns(self) -> dict[str, Any]:
        asks_by_list = questionnaire(self.questionnaire).respondents == Respondents.EMPLOYERS
        return {**self.__dict__, "addresses": self.addresses if asks_by_list else None}


def draft(given: Given, *, actor: Actor, at: Moment) -> Survey:
    """Raises Refused."""
    refuse(lacks(given, at.today))
    made = Survey(
        id=uuid.uuid4(),
        organisation_id=actor.organisation_id,
        reference=new_reference("SU"),
        state=State.DRAFT,
        made_at=at.now,
        made_by=actor.name,
        **given.columns(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def revise(survey: Survey, given: Given, *, actor: Actor, at: Moment) -> None:
    """Raises Refused, and NotNow once it is open."""
    only_a_draft(survey, "revise")
    refuse(lacks(given, at.today))
    for name, value in given.columns().items():
        setattr(survey, name, value)
    db.session.flush()


def remove(survey: Survey, *, actor: Actor) -> None:
    only_a_draft(survey, "remove")
    db.session.delete(survey)
    db.session.flush()


def open_for_answers(survey: Survey, *, actor: Actor, at: Moment) -> None:
    """From its first day on it can be answered; the words are kept as they are now.

    Raises:
        NotNow: it is open already, or over.
        Refused: too few would be asked, the same people were asked lately, or its day has gone.
    """
    only_a_draft(survey, "open")
    refuse([*lacks(given_of(survey), at.today), *obstacles(survey, at.today)])
    survey.content = content(survey.questionnaire)
    survey.state, survey.opened_by = State.OPEN, actor.name
    db.session.flush()


def stop(survey: Survey, *, actor: Actor) -> None:
    """Close before its day: links, addresses and what was counted go, and nothing is shown."""
    if survey.state != State.OPEN:
        raise NotNow("stop", survey.state)
    db.session.execute(select(func.survey_stop(survey.id)))
    db.session.refresh(survey)


def answer(token: str, chosen: dict[str, str], *, today: date) -> bool | None:
    """Count one answer, an option of each question. False when one was counted before by the link.

    None where there is no such link, or its time is over. Who answers has no session: the database
    asks for the link and for the options itself.
    """
    keys = sorted(f"{question}/{option}" for question, option in chosen.items())
    taken: bool | None = db.session.scalar(select(func.survey_take(hashed(token), keys, today)))
    return taken


def only_a_draft(survey: Survey, step: str) -> None:
    if survey.state != State.DRAFT:
        raise NotNow(step, survey.state)


def refuse(found: list[Lack]) -> None:
    if found:
        raise Refused(found)


def given_of(survey: Survey) -> Given:
    told = {name: getattr(survey, name) for name in Given.__annotations__}
    return Given(**told | {"addresses": survey.addresses or []})


def lacks(given: Given, today: date) -> list[Lack]:
    """What is wrong with the days and the list, whoever would be asked."""
    least, most = (rules.on(today, f"surveys.{name}_days") for name in ("least", "most"))
    days = (given.closes_on - given.opens_on).days + 1
    found = []
    if given.last_day < given.first_day:
        found.append(Lack("last_day", _("Den sidste dag ligger før den første.")))
    if given.first_day > today:
        found.append(Lack("first_day", _("Tiden, der spørges til, skal være begyndt.")))
    if given.opens_on < today:
        found.append(Lack("opens_on", _("Dagen er gået. Vælg i dag eller en senere dag.")))
    if not least <= days <= most:
        words = _("Der skal kunne svares i mindst %(least)d og højst %(most)d dage.",
                  least=least, most=most)  # fmt: skip
        found.append(Lack("closes_on", words))
    if any(not 1 <= day < days for day in given.reminder_days):
        words = _("Påmindelsen skal ligge efter åbningen og senest den sidste dag.")
        found.append(Lack("first_reminder", words))
    if [*given.reminder_days] != sorted({*given.reminder_days}):
        words = _("Den anden påmindelse skal ligge efter den første.")
        found.append(Lack("second_reminder", words))
    return found + lacks_of_list(given, today)


def lacks_of_list(given: Given, today: date) -> list[Lack]:
    if questionnaire(given.questionnaire).respondents != Respondents.EMPLOYERS:
        return []
    most = rules.on(today, "surveys.most_addresses")
    if not given.addresses:
        return [
            Lack(
                "addresses",
                _("Skriv de e-mailadresser, der skal spørges, eller vælg en fil med dem."),
            )
        ]
    if len(given.addresses) > most:
        return [Lack("addresses", _("Højst %(most)d adresser.", most=most))]
    return []


def obstacles(survey: Survey, today: date) -> list[Lack]:
    """Why it cannot be opened as it stands: shown before anybody tries."""
    found, least = [], suppression.least_shown(today)
    if asking.number(survey, today) < least:
        words = _("Der er færre end %(least)d at spørge. Så få svar kan ikke være anonyme.",
                  least=least)  # fmt: skip
        found.append(Lack("", words))
    if other := queries.asked_lately(survey):
        free = other.closes_on + timedelta(days=rules.on(today, "surveys.rest_days"))
        words = _("De samme er spurgt om det samme i %(reference)s. Åbn tidligst den %(day)s.",
                  reference=other.reference, day=f"{free:%d.%m.%Y}")  # fmt: skip
        found.append(Lack("", words))
    return found
