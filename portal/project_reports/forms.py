"""The forms of status reports: the period with the lead's own words, certifying, and the answer."""

import secrets
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.db import Json
from portal.fields import DayField, FinalForm, Form
from portal.project_reports import words
from portal.project_reports.facts import WORDS
from portal.workflow import Stamp

TEXT = Length(max=4000)


class PeriodForm(Form):
    first_day = DayField(_l("Fra og med"), validators=[InputRequired(_l("Skriv dagen."))])
    last_day = DayField(_l("Til og med"), validators=[InputRequired(_l("Skriv dagen."))])

    def period(self) -> tuple[date, date]:
        return self.first_day.data, self.last_day.data


class ReportForm(PeriodForm):
    """`revision` is of the words that were shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    done = TextAreaField(words.HEADINGS["done"], validators=[Optional(), TEXT])
    deviations = TextAreaField(words.HEADINGS["deviations"], validators=[Optional(), TEXT])
    decisions_needed = TextAreaField(
        words.HEADINGS["decisions_needed"], validators=[Optional(), TEXT]
    )
    next = TextAreaField(words.HEADINGS["next"], validators=[Optional(), TEXT])

    def words(self) -> Json:
        return {name: (self[name].data or "").strip() for name in WORDS}


class StampedForm(FinalForm):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    form_key = HiddenField(default=lambda: secrets.token_urlsafe(12), validators=[Length(max=40)])

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.revision.data or 0, self.form_key.data or secrets.token_urlsafe(12))


class CertifyForm(StampedForm):
    next_report_on = DayField(_l("Næste statusrapport"), validators=[Optional()])
    sure = BooleanField(
        _l("Jeg attesterer, at rapporten er rigtig, og at der ikke står noget om personer i den"),
        validators=[InputRequired(_l("Sæt hak, når du har læst rapporten igennem."))],
    )


class AnswerForm(StampedForm):
    reason = TextAreaField(_l("Hvad skal rettes?"), validators=[Optional(), TEXT])
