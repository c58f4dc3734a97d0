"""What a survey is prepared with, and the form of whoever answers."""

import re
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from portal.clock import ONE_DAY
from portal.fields import ADDRESS, DayField, Form, LinesField, offered
from portal.rules import months_after
from portal.surveys.actions import Given
from portal.surveys.models import Survey
from portal.surveys.questionnaires import Questionnaire

BETWEEN = re.compile(r"[;,\s\"'<>]+")
MOST_TYPED = 60_000
MOST_DAYS = 60
QUARTER = 3  # months
OPEN_FOR = 14  # days
DAYS_AFTER = NumberRange(1, MOST_DAYS, _l("Skriv et helt tal fra 1 til 60."))
LANGUAGES = (("da", _l("Dansk")), ("en", _l("Engelsk")))


class SurveyForm(Form):
    questionnaire = SelectField(
        _l("Spørgeskema"), validators=[InputRequired(_l("Vælg et spørgeskema."))]
    )
    agreement_id = SelectField(_l("Aftale"))
    first_day = DayField(
        _l("Der spørges til tiden fra"), validators=[InputRequired(_l("Skriv tidens første dag."))]
    )
    last_day = DayField(
        _l("Til og med"), validators=[InputRequired(_l("Skriv tidens sidste dag."))]
    )
    addresses = TextAreaField(
        _l("E-mailadresser på arbejdsgivere"), validators=[Length(max=MOST_TYPED)]
    )
    file = LinesField(_l("Csv-fil med e-mailadresser"))
    language = SelectField(_l("Sprog i mailen"))
    opens_on = DayField(
        _l("Åbner"), validators=[InputRequired(_l("Skriv den dag, undersøgelsen åbner."))]
    )
    closes_on = DayField(
        _l("Sidste dag at svare"),
        validators=[InputRequired(_l("Skriv den sidste dag, der kan svares."))],
    )
    first_reminder = IntegerField(
        _l("Første påmindelse efter"), validators=[Optional(), DAYS_AFTER]
    )
    second_reminder = IntegerField(
        _l("Anden påmindelse efter"), validators=[Optional(), DAYS_AFTER]
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        """What stands in a file is put to the addresses that are typed, without its headings."""
        super().__init__(*args, **settings)
        if self.file.data:
            told = lines(self.file.data)
            told = told if "@" in told[0] else told[1:]
            self.addresses.data = "\n".join([*lines(self.addresses.data), *told])

    def offer(
        self, asked: Iterable[Questionnaire], agreements: Iterable[tuple[uuid.UUID, str]]
    ) -> None:
        titles = [(one.key, one.title["da"]) for one in asked]
        self.questionnaire.choices = offered([("", _("Vælg et spørgeskema")), *titles])
        self.language.choices = offered(LANGUAGES)
        self.agreement_id.choices = offered([("", _("Hele organisationen")), *agreements])

    def validate_addresses(self, field: Any) -> None:
        """As pasted or out of a CSV file: each line has an address; the first may be a heading."""
        for number, line in enumerate((field.data or "").splitlines(), 1):
            typed = [part for part in BETWEEN.split(line) if "@" in part]
            bad = [part for part in typed if not re.match(ADDRESS, part)]
            if bad or (not typed and number > 1 and line.strip()):
                words = _("Linje %(number)d: her mangler en e-mailadresse, eller den er skrevet"
                          " forkert.", number=number)  # fmt: skip
                raise ValidationError(words)

    def given(self) -> Given:
        reminders = self.first_reminder.data, self.second_reminder.data
        return Given(
            questionnaire=self.questionnaire.data,
            agreement_id=uuid.UUID(self.agreement_id.data) if self.agreement_id.data else None,
            language=self.language.data,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
            reminder_days=[day for day in reminders if day],
            addresses=addresses(self.addresses.data),
        )


def suggested(today: date) -> dict[str, Any]:
    """The quarter before, open for two weeks from today, with one reminder."""
    begin = date(today.year, today.month - (today.month - 1) % QUARTER, 1)
    return {
        "first_day": months_after(begin, -QUARTER),
        "last_day": begin - ONE_DAY,
        "opens_on": today,
        "closes_on": today + timedelta(days=OPEN_FOR),
        "first_reminder": OPEN_FOR // 2,
    }


def lines(typed: str | None) -> list[str]:
    return [line for line in (typed or "").splitlines() if line.strip()]


def addresses(typed: str | None) -> list[str]:
    """Each once, in the order in which they stand."""
    parts = BETWEEN.split(typed or "")
    return [*{one.casefold(): one for one in parts if re.match(ADDRESS, one)}.values()]


def filled(survey: Survey) -> dict[str, Any]:
    """A draft as its form shows it."""
    first, second = [*survey.reminder_days, None, None][:2]
    told = {name: getattr(survey, name) for name in Given.__annotations__}
    return told | {
        "agreement_id": str(survey.agreement_id or ""),
        "addresses": "\n".join(survey.addresses or []),
        "first_reminder": first,
        "second_reminder": second,
    }


class Answers(Form):
    """One choice for each question. The link is the right to answer: there is no session."""

    class Meta(Form.Meta):
        csrf = False

    def chosen(self) -> dict[str, str]:
        return {name.removeprefix(OF_ANSWER): value for name, value in self.data.items()}


OF_ANSWER = "q_"


def answers(asked: Questionnaire, language: str) -> Answers:
    fields = {
        f"{OF_ANSWER}{question.code}": RadioField(
            f"{number}. {question.text[language]}",
            choices=offered((one.code, one.label[language]) for one in question.options),
            validators=[InputRequired(_("Vælg et svar til spørgsmål %(number)d.", number=number))],
        )
        for number, question in enumerate(asked.questions, 1)
    }
    made: Answers = type("Asked", (Answers,), fields)()
    return made
