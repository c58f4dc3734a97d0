"""The forms of what a project is steered by: phases, risks, decisions and money."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from portal.fields import DayField, Form, offered
from portal.projects import words
from portal.projects.budget import Money, kroner
from portal.projects.parts import PhaseKind
from portal.projects.steering import Days

LINE, TEXT = Length(max=200), Length(max=4000)
CHOOSE = _l("Vælg")


class Versioned(Form):
    """`revision` is of what was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])


class PhaseForm(Versioned):
    kind = RadioField(
        _l("Fase eller milepæl"),
        choices=offered(words.KINDS.items()),
        default=PhaseKind.PHASE.value,
        validators=[InputRequired()],
    )
    name = StringField(_l("Navn"), validators=[InputRequired(_l("Skriv et navn.")), LINE])
    planned_from = DayField(_l("Planlagt fra"), validators=[Optional()])
    planned_until = DayField(_l("Planlagt til og med"), validators=[Optional()])
    reason = TextAreaField(_l("Hvorfor flyttes tiden?"), validators=[Optional(), TEXT])
    actual_from = DayField(_l("Begyndte"), validators=[Optional()])
    actual_until = DayField(_l("Sluttede"), validators=[Optional()])

    def days(self) -> Days:
        return Days(
            self.planned_from.data,
            self.planned_until.data,
            self.actual_from.data,
            self.actual_until.data,
            (self.reason.data or "").strip(),
        )


class RiskForm(Versioned):
    text = TextAreaField(
        _l("Hvad kan gå galt?"), validators=[InputRequired(_l("Skriv risikoen.")), TEXT]
    )
    level = RadioField(
        _l("Hvor alvorligt er det?"),
        choices=offered((one.value, words.LEVELS[one][0]) for one in words.LEVELS),
        validators=[InputRequired(_l("Vælg, hvor alvorligt det er."))],
    )
    answer = TextAreaField(
        _l("Hvad gør I ved det?"), validators=[InputRequired(_l("Skriv, hvad I gør.")), TEXT]
    )
    is_over = BooleanField(_l("Risikoen er væk"))


class DecisionForm(Form):
    text = TextAreaField(
        _l("Hvad er besluttet?"), validators=[InputRequired(_l("Skriv beslutningen.")), TEXT]
    )
    decided_on = DayField(_l("Dag"), validators=[InputRequired(_l("Skriv dagen."))])
    decided_by = StringField(
        _l("Besluttet af"), validators=[InputRequired(_l("Skriv, hvem der besluttede det.")), LINE]
    )


class KronerField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """Whole kroner, with or without dots between thousands."""

    inputmode = "numeric"
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = kroner(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(_l("Skriv beløbet i hele kroner."))

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else str(self.data if self.data else 0)


NO_AMOUNT = InputRequired(_l("Skriv beløbet i hele kroner."))


class BudgetForm(Versioned):
    """`year` is typed, so that a wrong one can be told of."""

    fund = SelectField(_l("Pulje"), validators=[InputRequired(_l("Vælg en pulje."))])
    year = IntegerField(_l("År"), validators=[InputRequired(_l("Skriv året."))])
    holder_id = SelectField(
        _l("Partner, der har pengene"), validators=[InputRequired(_l("Vælg en partner."))]
    )
    granted = KronerField(_l("Bevilget"), validators=[NO_AMOUNT])
    committed = KronerField(_l("Disponeret"), validators=[NO_AMOUNT])
    spent = KronerField(_l("Brugt"), validators=[NO_AMOUNT])

    def offer(
        self, funds: Iterable[tuple[str, str]], holders: Iterable[tuple[uuid.UUID, str]]
    ) -> None:
        self.fund.choices = offered([("", CHOOSE), *funds])
        self.holder_id.choices = offered([("", CHOOSE), *holders])

    def validate_year(self, field: Any) -> None:
        if not 1990 <= field.data <= 2100:
            raise ValidationError(_l("Skriv året med fire cifre."))

    def money(self) -> Money:
        return Money(self.granted.data, self.committed.data, self.spent.data)


class AmountsForm(Versioned):
    """Of a line that is there; what is granted the lead alone changes."""

    granted = KronerField(_l("Bevilget"), validators=[NO_AMOUNT])
    committed = KronerField(_l("Disponeret"), validators=[NO_AMOUNT])
    spent = KronerField(_l("Brugt"), validators=[NO_AMOUNT])

    def money(self) -> Money:
        return Money(self.granted.data, self.committed.data, self.spent.data)
