"""Why something is for named people only, who they are, and why it no longer is."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.cases import words
from portal.fields import Form, offered

WHY = [DataRequired(_l("Skriv en begrundelse.")), Length(max=500)]


class Grounds(Form):
    """Of a case or of a package."""

    basis = RadioField(
        _l("Hvorfor?"),
        choices=offered(words.BASES.items()),
        validators=[InputRequired(_l("Vælg en grund."))],
    )
    reason = TextAreaField(_l("Begrundelse"), validators=WHY)


class LiftForm(Form):
    reason = TextAreaField(_l("Begrundelse"), validators=WHY)


class CaseNamingForm(Form):
    people = SelectMultipleField(
        _l("Hvem må se sagen?"),
        validators=[InputRequired(_l("Vælg mindst én, der må se sagen."))],
    )

    def offer(self, colleagues: Iterable[Any]) -> None:
        self.people.choices = offered((one.id, one.name) for one in colleagues)


class RestrictCaseForm(CaseNamingForm, Grounds):
    pass
