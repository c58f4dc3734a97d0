"""The forms of job orders."""

import uuid
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from portal.companies.orders import Outcome, Reason
from portal.fields import ClockField, DayField, Form, offered
from portal.job_orders import clocks, words
from portal.job_orders.actions import Given, Told
from portal.participants.words import FORMS, TIMINGS
from portal.projects.matches import JobForm, Timing

LINE, TEXT = Length(max=200), Length(max=2000)


class OrderForm(Form):
    need = TextAreaField(
        _l("Hvem søger virksomheden?"),
        validators=[InputRequired(_l("Skriv, hvem virksomheden søger.")), TEXT],
    )
    number = IntegerField(
        _l("Hvor mange?"),
        default=1,
        validators=[
            InputRequired(_l("Skriv et antal.")),
            NumberRange(1, 99, message=_l("Skriv et tal fra 1 til 99.")),
        ],
    )
    model = SelectField(_l("Model"), validators=[InputRequired(_l("Vælg en model."))])
    contact = StringField(_l("Hvem skal kandidaterne ringe til?"), validators=[Optional(), LINE])
    due_on = DayField(_l("Virksomhedens egen frist"), validators=[Optional()])
    due_time = ClockField(_l("Klokken"), validators=[Optional()])

    def offer(self, models: Iterable[tuple[str, str]]) -> None:
        self.model.choices = offered(models)

    def given(self) -> Given:
        due = clocks.own(self.due_on.data, self.due_time.data) if self.due_on.data else None
        contact = (self.contact.data or "").strip() or None
        return Given(self.model.data, self.need.data.strip(), self.number.data, contact, due)


class SuggestForm(Form):
    person = SelectField(
        _l("Jeres kandidat"), validators=[InputRequired(_l("Vælg en af jeres egne deltagere."))]
    )

    def offer(self, people: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.person.choices = offered([("", _l("Vælg")), *people])


class OutcomeForm(Form):
    outcome = RadioField(
        _l("Hvad blev det til?"),
        choices=offered((one.value, words.OUTCOMES[one][0]) for one in Outcome),
        validators=[InputRequired(_l("Vælg, hvad det blev til."))],
    )
    reason = SelectField(
        _l("Hvorfor ikke ansat?"),
        choices=offered([("", _l("Vælg")), *((one.value, words.REASONS[one]) for one in Reason)]),
        validators=[Optional()],
    )
    form = SelectField(
        _l("Ansat som"),
        choices=offered([("", _l("Vælg")), *((one.value, FORMS[one]) for one in JobForm)]),
        validators=[Optional()],
    )
    timing = SelectField(
        _l("Ansat før, under eller efter forløbet"),
        choices=offered([("", _l("Vælg")), *((one.value, TIMINGS[one]) for one in Timing)]),
        validators=[Optional()],
    )

    def told(self) -> Told:
        return Told(
            Outcome(self.outcome.data),
            Reason(self.reason.data) if self.reason.data else None,
            Timing(self.timing.data) if self.timing.data else None,
            JobForm(self.form.data) if self.form.data else None,
        )


class StepForm(Form):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    reason = TextAreaField(_l("Begrundelse"), validators=[Optional(), TEXT])


class CallForm(Form):
    text = TextAreaField(
        _l("Hvad sagde virksomheden?"),
        validators=[InputRequired(_l("Skriv, hvad der blev sagt.")), TEXT],
    )
