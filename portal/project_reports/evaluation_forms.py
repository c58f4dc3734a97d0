"""The forms of an evaluation: the lead's words, a recommendation, and the end."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.fields import FinalForm, Form

LINE, TEXT = Length(max=200), Length(max=4000)


class EvaluationForm(Form):
    """`revision` is of what was shown; none before anything is written."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    summary = TextAreaField(
        _l("Hvad kom der ud af projektet?"),
        validators=[InputRequired(_l("Skriv, hvad der kom ud af projektet.")), TEXT],
    )
    lessons = TextAreaField(_l("Hvad har I lært?"), validators=[Optional(), TEXT])


class RecommendationForm(Form):
    whom = StringField(
        _l("Til hvem?"), validators=[InputRequired(_l("Skriv, hvem det er til.")), LINE]
    )
    text = TextAreaField(
        _l("Hvad anbefaler I?"), validators=[InputRequired(_l("Skriv anbefalingen.")), TEXT]
    )


class FinishForm(FinalForm):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
