"""Surveys of FUND: three that are over, with results, and one to answer from the mailbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from demo.chance import Chance, instant
from demo.ground import FUND, Ground
from portal import suppression
from portal.app import create_app
from portal.db import Base, db
from portal.goals.periods import Quarter, quarter_of
from portal.references import ALPHABET
from portal.surveys import upkeep
from portal.surveys.models import State, Survey, SurveyResult
from portal.surveys.questionnaires import Question, content, questionnaire

LEAD = "Torben Skabelon"
DAY = timedelta(days=1)
OPEN_FOR, AFTER = 21, 5  # days; the latter from the end of the quarter asked about
BEGUN = 2  # days ago that the open one was opened
WORKPLACES = ("solstraalen", "aakanden", "egetraeet", "hoejen", "skovbo", "bakken", "molen")


@dataclass(frozen=True)
class Over:
    """One that has closed; of those who answered a question so many percent said yes."""

    key: str
    town: str | None
    invited: int
    answered: int
    yes: int


CLOSED = (
    Over("members", "aarhus", 92, 58, 72),
    Over("members", "slagelse", 34, 25, 61),
    Over("advisers", None, 14, 12, 76),
)


def surveys(ground: Ground, seed: int) -> Iterator[Base]:
    quarter = asked_about(ground.day)
    for told in CLOSED:
        yield from over(ground, told, quarter, Chance(seed, ground.day, told.key, told.town))
    yield under_way(ground, quarter, Chance(seed, ground.day, "employers"))


def asked_about(day: date) -> Quarter:
    """The newest quarter of which a survey can be over by the day."""
    quarter = quarter_of(day).after(-1)
    lasts = timedelta(days=AFTER + OPEN_FOR)
    return quarter if quarter.last + lasts < day else quarter.after(-1)


def over(ground: Ground, told: Over, quarter: Quarter, chance: Chance) -> Iterator[Base]:
    version = ground.agreements.get(told.town) if told.town else None
    if told.town and version is None:
        return
    opens = quarter.last + AFTER * DAY
    made = survey(ground, told.key, quarter, opens, chance)
    made.agreement_id = version.agreement_id if version else None
    made.state, made.closed_at = State.CLOSED, instant(made.closes_on + DAY, 2, 11)
    made.invited, made.answered = told.invited, told.answered
    yield made
    for position, question in enumerate(questionnaire(told.key).questions):
        yield result(made, question, position, told, chance)


def result(
    made: Survey, question: Question, position: int, told: Over, chance: Chance
) -> SurveyResult:
    """By the layer for counts, as the worker writes it."""
    of = round(told.answered * chance.randint(80, 97) / 100)
    yes = round(of * (told.yes + chance.randint(-12, 12)) / 100)
    share = suppression.block(of, yes, made.closes_on)
    return SurveyResult(
        id=chance.id(),
        organisation_id=made.organisation_id,
        survey_id=made.id,
        position=position,
        question=question.code,
        of=share and share.of,
        low=share and share.low,
        high=share and share.high,
    )


def under_way(ground: Ground, quarter: Quarter, chance: Chance) -> Survey:
    """To employers, from a list; the worker writes to them when the demo starts."""
    made = survey(ground, "employers", quarter, ground.day - BEGUN * DAY, chance)
    made.state, made.begun_at, made.reminder_days = State.OPEN, None, [7]
    made.addresses = [f"leder@{name}.example" for name in WORKPLACES]
    return made


def survey(ground: Ground, key: str, quarter: Quarter, opens: date, chance: Chance) -> Survey:
    at = instant(opens, 9, 10)
    letters = "".join(chance.choice(ALPHABET) for _letter in range(8))
    return Survey(
        id=chance.id(),
        organisation_id=ground.organisations[FUND],
        reference=f"SU-{letters[:4]}-{letters[4:]}",
        questionnaire=key,
        content=content(key),
        language="da",
        first_day=quarter.first,
        last_day=quarter.last,
        opens_on=opens,
        closes_on=opens + OPEN_FOR * DAY,
        reminder_days=[7, 14],
        made_at=at,
        made_by=LEAD,
        opened_by=LEAD,
        begun_at=at,
        is_stopped=False,
        version=1,
    )


def ask() -> None:
    """Have the worker write to those of the survey that is open."""
    app = create_app(role="worker")
    with app.app_context():
        for one in db.session.scalars(select(Survey).where(Survey.state == State.OPEN)):
            upkeep.queue(one)
        db.session.commit()
        db.engine.dispose()
