"""The forms of a change of an agreement in force: why it is asked for, and what is answered."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.agreements.amending import Why
from portal.agreements.section_forms import TEXT, GovernedForm
from portal.fields import DayField, Form


class ChangeForm(GovernedForm):
    """A text, or beside it the field of what is to be changed; and why."""

    text = TextAreaField(_l("Aftaletekst"), validators=[Optional(), TEXT])
    reason = TextAreaField(
        _l("Begrundelse"),
        validators=[InputRequired(_l("Skriv hvorfor. Begge parter læser det.")), Length(max=2000)],
    )
    meeting = StringField(_l("Besluttet på møde"), validators=[Optional(), Length(max=200)])
    meeting_on = DayField(_l("Mødets dag"), validators=[Optional()])

    def why(self) -> Why:
        meeting = (self.meeting.data or "").strip() or None
        return Why(self.reason.data, meeting, self.meeting_on.data)


class AnswerForm(Form):
    revision = IntegerField(widget=HiddenInput())
    answer = TextAreaField(_l("Hvorfor siger I nej?"), validators=[Length(max=2000)])

    @property
    def seen(self) -> int:
        return self.revision.data or 0
