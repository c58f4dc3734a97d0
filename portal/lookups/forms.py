"""Whom an auditor looks up, and why."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from portal import cpr
from portal.clock import today
from portal.fields import Form
from portal.handovers.searching import words_of
from portal.lookups.queries import Citizen


class LookupForm(Form):
    """A whole CPR number or a reference; the reason goes into the log and stays there."""

    whom = StringField(
        _l("CPR-nummer eller reference"),
        validators=[InputRequired(_l("Skriv et CPR-nummer eller en reference.")), Length(max=60)],
    )
    purpose = TextAreaField(
        _l("Hvorfor slår du op?"),
        validators=[DataRequired(_l("Skriv, hvorfor du slår op.")), Length(max=300)],
    )

    def validate_purpose(self, field: TextAreaField) -> None:
        if cpr.find_in(field.data or ""):
            raise ValidationError(_l("Skriv ikke CPR-numre her. Det bliver gemt i loggen."))

    @property
    def citizen(self) -> Citizen:
        typed = (self.whom.data or "").strip()
        try:
            return Citizen(number=cpr.parse(typed, today=today()))
        except cpr.NotCpr:
            return Citizen(reference=reference(typed))

    def given(self) -> dict[str, Any]:
        return {"whom": self.whom.data, "purpose": self.purpose.data}


def reference(typed: str) -> str:
    """A package's as it is written, however it was typed; any other, such as a case's, as it is."""
    parts = words_of(typed)
    is_package = len(parts) == len(("OP", "7K3M", "9Q2X")) and parts[0].upper() == "OP"
    return "-".join(parts).upper() if is_package else typed
