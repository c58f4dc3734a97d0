"""The forms about people in projects."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import HiddenInput

from portal import cpr
from portal.cpr import Cpr, NotCpr
from portal.fields import DayField, Form, LinesField, offered
from portal.participants import words
from portal.participants.actions import Happened, Person
from portal.participants.models import EventKind, JobForm, Timing, Work

CHOOSE = _l("Vælg")
LINE = Length(max=200)


class PersonForm(Form):
    """One participant; an empty CPR number leaves the one that is there."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    name = StringField(_l("Navn"), validators=[InputRequired(_l("Skriv personens navn.")), LINE])
    model = SelectField(_l("Model"), validators=[InputRequired(_l("Vælg en model."))])
    work = RadioField(
        _l("Ledig eller i arbejde"),
        choices=offered((one.value, words.WORK[one]) for one in Work),
        validators=[InputRequired(_l("Vælg, om personen er ledig eller i arbejde."))],
    )
    cpr = StringField(_l("CPR-nummer"), validators=[Optional()])
    birth_year = IntegerField(
        _l("Fødselsår"),
        validators=[Optional(), NumberRange(1900, 2100, _l("Skriv årstallet med fire cifre."))],
    )
    municipality_id = SelectField(_l("Bopælskommune"), validators=[Optional()])

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today
        self.number: Cpr | None = None

    def offer(
        self, models: Iterable[tuple[str, str]], towns: Iterable[tuple[uuid.UUID, str]]
    ) -> None:
        self.model.choices = offered([("", CHOOSE), *models])
        self.municipality_id.choices = offered([("", CHOOSE), *towns])

    def validate_cpr(self, field: StringField) -> None:
        try:
            self.number = cpr.parse(field.data, today=self.today) if field.data else None
        except NotCpr as error:
            raise ValidationError(_l(str(error))) from None

    def person(self) -> Person:
        town = self.municipality_id.data
        return Person(
            name=self.name.data.strip(),
            model=self.model.data,
            work=Work(self.work.data),
            cpr=self.number,
            birth_year=self.birth_year.data,
            municipality_id=uuid.UUID(town) if town else None,
        )


class EventForm(Form):
    """What happened on a day; `form_key` is good once."""

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(12), validators=[Length(max=60)])
    kind = SelectField(_l("Trin"), validators=[InputRequired(_l("Vælg, hvad der skete."))])
    day = DayField(_l("Dag"), validators=[InputRequired(_l("Skriv dagen."))])
    timing = SelectField(_l("Match: hvornår?"), validators=[Optional()])
    form = SelectField(_l("Match: hvad er personen ansat som?"), validators=[Optional()])
    reason = TextAreaField(_l("Faldet fra: hvorfor?"), validators=[Optional(), Length(max=500)])

    def offer(self, kinds: Iterable[tuple[str, str]]) -> None:
        self.kind.choices = offered([("", CHOOSE), *kinds])
        timings = ((one.value, words.TIMINGS[one]) for one in Timing)
        forms = ((one.value, words.FORMS[one]) for one in JobForm)
        self.timing.choices = offered([("", CHOOSE), *timings])
        self.form.choices = offered([("", CHOOSE), *forms])

    def told(self) -> Happened:
        kind = EventKind(self.kind.data)
        is_match, dropped = kind == EventKind.MATCHED, kind == EventKind.DROPPED
        return Happened(
            kind=kind,
            day=self.day.data,
            key=self.form_key.data or secrets.token_urlsafe(12),
            timing=Timing(self.timing.data) if is_match and self.timing.data else None,
            form=JobForm(self.form.data) if is_match and self.form.data else None,
            reason=(self.reason.data or "").strip() or None if dropped else None,
        )


class StrikeForm(Form):
    form_key = HiddenField(default=lambda: secrets.token_urlsafe(12), validators=[Length(max=60)])
    why = TextAreaField(_l("Hvorfor skal den væk?"), validators=[Optional(), Length(max=500)])


class PeopleForm(Form):
    """From a file or pasted; the lines of a file take the place of those that stand there."""

    file = LinesField(_l("Csv-fil"))
    lines = TextAreaField(
        _l("Linjer fra filen"),
        validators=[
            DataRequired(_l("Vælg en fil, eller indsæt linjerne.")),
            Length(max=400_000, message=_l("Filen er for stor. Del den i flere.")),
        ],
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        if self.file.data:
            self.lines.data = self.file.data


class PurposeForm(Form):
    purpose = TextAreaField(
        _l("Hvad skal filen bruges til?"),
        validators=[DataRequired(_l("Skriv, hvad filen skal bruges til.")), Length(max=300)],
    )


class RevealForm(Form):
    purpose = SelectField(
        _l("Hvad skal nummeret bruges til?"),
        choices=offered([("", _l("Vælg formål")), *words.REVEAL_PURPOSES.items()]),
        validators=[InputRequired(_l("Vælg et formål."))],
    )
