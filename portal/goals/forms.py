"""What the forms of goals ask for."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.fields import DayField, Form, offered
from portal.goals import words
from portal.goals.asking import Asked

NUMBER = re.compile(r"\d{1,7}(?:[.,]\d)?")
TEXT = Length(max=2000)
NOT_A_NUMBER = _l("Skriv et tal, højst med én decimal: 61,4.")


class TallyForm(Form):
    kind = RadioField(
        _l("Hvad tæller du?"),
        choices=offered(words.TALLIES.items()),
        validators=[InputRequired(_l("Vælg, hvad du tæller."))],
    )
    day = DayField(_l("Dag"), validators=[InputRequired(_l("Skriv dagen."))])
    number = IntegerField(
        _l("Antal"),
        default=1,
        validators=[
            InputRequired(_l("Skriv et antal.")),
            NumberRange(1, 500, message=_l("Skriv et antal fra 1 til 500.")),
        ],
    )
    note = StringField(_l("Institution"), validators=[Length(max=200)])
    municipality_id = SelectField(_l("Kommune"), validators=[Optional()])


class FigureField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """A figure as Danes write it, with a comma, or with a point."""

    inputmode = "decimal"
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        if not NUMBER.fullmatch(typed):
            raise ValueError(NOT_A_NUMBER)
        self.data = Decimal(typed.replace(",", "."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data.normalize():f}".replace(".", ",")


class ValueForm(Form):
    """What is asked of a goal follows from how it is measured; the rest is taken away."""

    version = HiddenField()
    first_day = DayField(_l("Første dag"), validators=[InputRequired(_l("Skriv første dag."))])
    last_day = DayField(_l("Sidste dag"), validators=[InputRequired(_l("Skriv sidste dag."))])
    value = FigureField(_l("Tallet"), validators=[Optional()])
    base = IntegerField(
        _l("Ud af hvor mange"),
        validators=[Optional(), NumberRange(0, 10_000_000, message=_l("Skriv et helt tal."))],
    )
    is_yes = RadioField(
        _l("Er det gjort?"),
        choices=offered([("yes", _l("Ja")), ("no", _l("Nej"))]),
        validators=[Optional()],
    )
    note = TextAreaField(_l("Tekst, der viser det"), validators=[TEXT])
    source = SelectField(_l("Kilde"), validators=[Optional()])
    source_day = DayField(_l("Tallet er fra"), validators=[Optional()])
    explanation = TextAreaField(_l("Forklaring"), validators=[TEXT])

    def ask(self, goal: Asked, *, is_new: bool) -> None:
        """A period is chosen once; what is beside a figure is a remark."""
        registers = [(one, words.SOURCES[one]) for one in words.REGISTERS]
        own = [("own_count", words.SOURCES["own_count"])]
        self.source.choices = offered(registers if goal.method == "imported" else own)
        for name in self.without(goal) | (set() if is_new else {"first_day", "last_day"}):
            delattr(self, name)
        if goal.is_typed and goal.unit != "yes_no":
            self.note.label.text = _("Bemærkning")

    def without(self, goal: Asked) -> set[str]:
        figure = {"value", "base", "source", "source_day"}
        if not goal.is_typed:
            return {*figure, "is_yes", "note"}
        if goal.unit == "yes_no":
            return figure
        return {"is_yes", "base"} if goal.unit == "count" else {"is_yes"}

    def given(self) -> Mapping[str, Any]:
        told = {name: field.data for name, field in self._fields.items()}
        if "is_yes" in told:
            told["is_yes"] = {"yes": True, "no": False}.get(told["is_yes"])
        for name in ("note", "explanation"):
            told[name] = (told.get(name) or "").strip() or None
        return told


class AnswerForm(Form):
    answer = TextAreaField(_l("Hvad skal rettes?"), validators=[TEXT])
