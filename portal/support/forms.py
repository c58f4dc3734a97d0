"""Which package support may read, why, and for how long."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from portal import cpr
from portal.fields import Form, offered
from portal.lookups.forms import reference
from portal.support.models import LONGEST

HOURS = (1, 4, 8, 24, 48, LONGEST)


class GrantForm(Form):
    reference = StringField(
        _l("Pakkens reference"),
        validators=[InputRequired(_l("Skriv pakkens reference.")), Length(max=20)],
    )
    reason = TextAreaField(
        _l("Hvad skal support hjælpe med?"),
        validators=[DataRequired(_l("Skriv, hvad support skal hjælpe med.")), Length(max=500)],
    )
    hours = SelectField(_l("Hvor længe?"), validators=[InputRequired(_l("Vælg, hvor længe."))])
    with_content = BooleanField(_l("Support må også se det, der er sendt om borgeren"))

    def offer(self, longest: int) -> None:
        """Up to the longest that the operator of this Samspil allows."""
        most = min(longest, LONGEST)
        choices = [*(one for one in HOURS if one < most), most]
        told = ((one, ngettext("%(num)d time", "%(num)d timer", one)) for one in choices)
        self.hours.choices = offered((str(one), words) for one, words in told)

    def validate_reason(self, field: TextAreaField) -> None:
        if cpr.find_in(field.data or ""):
            raise ValidationError(_l("Skriv ikke CPR-numre her. Support læser det."))

    def given(self) -> dict[str, Any]:
        return {
            "reference": reference((self.reference.data or "").strip()),
            "reason": self.reason.data,
            "hours": int(self.hours.data),
            "with_content": self.with_content.data,
        }
