"""The shape of what is written about a member. Rules stand in the actions."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TelField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from portal import cpr
from portal.cases import words
from portal.cpr import Cpr, NotCpr
from portal.fields import DayField, Form, offered
from portal.organisations.queries import Named

TEXT = Length(max=4000, message=_l("Højst 4.000 tegn."))
LINE = Length(max=200, message=_l("Højst 200 tegn."))
ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
NOT_AN_ADDRESS = _l("Skriv en e-mailadresse som navn@eksempel.dk.")


class CaseForm(Form):
    """Every form of a case: what of it was changed meanwhile."""

    def compare(self, theirs: Mapping[str, Any]) -> None:
        """Whoever has seen what is stored now may save over it; what was typed stays."""
        self.version.data, self.version.raw_data = theirs["version"], None


class HoursField(DecimalField):  # type: ignore[misc]  # WTForms is untyped
    """Hours as Danes write them, with a comma; a dot is understood as well."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = [value.strip().replace(",", ".") for value in valuelist]
        try:
            super().process_formdata(typed)
        except ValueError:
            raise ValueError(_l("Skriv timer som et tal, for eksempel 37 eller 18,5.")) from None

    def _value(self) -> str:
        if self.data is not None and not self.errors:
            return f"{self.data:.2f}".rstrip("0").rstrip(".").replace(".", ",")
        return self.raw_data[0] if self.raw_data else ""


class CprField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """The number typed; `data` stays the text, `number` is what it means."""

    number: Cpr | None = None

    def read(self, today: date) -> None:
        """Raises ValidationError in the words of `portal.cpr`."""
        try:
            self.number = cpr.parse(self.data, today=today) if self.data else None
        except NotCpr as error:
            raise ValidationError(_l(str(error))) from None


class MemberForm(CaseForm):
    """A member's case; `today` is the day on which it is filled in."""

    name = StringField(_l("Navn"), validators=[InputRequired(_l("Skriv medlemmets navn.")), LINE])
    cpr = CprField(_l("CPR-nummer"), validators=[Optional()])
    municipality_id = SelectField(
        _l("Bopælskommune"), validators=[InputRequired(_l("Vælg medlemmets kommune."))]
    )
    phone = TelField(_l("Telefon"), validators=[Optional(), Length(max=40)])
    email = EmailField(
        _l("E-mail"),
        validators=[Optional(), Regexp(ADDRESS, message=NOT_AN_ADDRESS), LINE],
    )
    benefit_start = DayField(
        _l("Dagpengeperioden begynder"),
        validators=[InputRequired(_l("Skriv, hvornår dagpengeperioden begynder."))],
    )
    weekly_hours = HoursField(
        _l("Forsikrede timer om ugen"),
        default=Decimal(37),
        validators=[
            InputRequired(_l("Skriv timerne: 37 for fuldtidsforsikrede.")),
            NumberRange(min=1, max=37, message=_l("Timerne skal være fra 1 til 37.")),
        ],
    )
    trial = BooleanField(_l("Medlemmet er med i et forsøg"))
    own_reference = StringField(_l("Egen reference"), validators=[Optional(), Length(max=60)])

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def offer(self, municipalities: Iterable[Named]) -> None:
        self.municipality_id.choices = offered(_names(municipalities, _l("Vælg kommune")))

    def validate_cpr(self, field: CprField) -> None:
        field.read(self.today)

    def given(self) -> dict[str, Any]:
        """What the action is given: the fields of `actions.Member` by name."""
        return {
            "name": " ".join(self.name.data.split()),
            "cpr": self.cpr.number,
            "municipality_id": uuid.UUID(self.municipality_id.data),
            "phone": self.phone.data or None,
            "email": self.email.data or None,
            "benefit_start": self.benefit_start.data,
            "weekly_hours": self.weekly_hours.data,
            "trial": self.trial.data,
            "own_reference": (self.own_reference.data or "").strip() or None,
        }


class RegisterForm(MemberForm):
    adviser_id = SelectField(_l("Rådgiver"), validators=[Optional()])
    unit_id = SelectField(_l("Enhed"), validators=[Optional()])

    def offer_places(self, advisers: Iterable[Any], units: Iterable[Any]) -> None:
        self.adviser_id.choices = offered(_names(advisers, _l("Ingen endnu")))
        self.unit_id.choices = offered(_names(units, _l("Rådgiverens egen enhed")))

    def given(self) -> dict[str, Any]:
        return super().given() | {
            "adviser_id": _id(self.adviser_id.data),
            "unit_id": _id(self.unit_id.data),
        }


class EditForm(MemberForm):
    version = IntegerField(widget=HiddenInput())
    forget_cpr = BooleanField(_l("Slet CPR-nummeret i sagen"))


class MoveForm(CaseForm):
    adviser_id = SelectField(_l("Ny rådgiver"), validators=[InputRequired(_l("Vælg en rådgiver."))])
    unit_id = SelectField(_l("Enhed"), validators=[Optional()])

    def offer(self, advisers: Iterable[Any], units: Iterable[Any]) -> None:
        self.adviser_id.choices = offered(_names(advisers, _l("Vælg rådgiver")))
        self.unit_id.choices = offered(_names(units, _l("Rådgiverens egen enhed")))

    def given(self) -> dict[str, Any]:
        return {"adviser_id": uuid.UUID(self.adviser_id.data), "unit_id": _id(self.unit_id.data)}


class CloseForm(CaseForm):
    reason = SelectField(
        _l("Hvorfor lukkes sagen?"),
        choices=offered([("", _l("Vælg årsag")), *words.CLOSING_REASONS.items()]),
        validators=[InputRequired(_l("Vælg en årsag."))],
    )


class RevealForm(CaseForm):
    purpose = SelectField(
        _l("Hvad skal nummeret bruges til?"),
        choices=offered([("", _l("Vælg formål")), *words.REVEAL_PURPOSES.items()]),
        validators=[InputRequired(_l("Vælg et formål."))],
    )


class CprSearchForm(CaseForm):
    number = CprField(
        _l("Hele CPR-nummeret"), validators=[InputRequired(_l("Skriv et CPR-nummer."))]
    )

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def validate_number(self, field: CprField) -> None:
        field.read(self.today)

    @property
    def found(self) -> Cpr:
        """The number of a form that is valid."""
        assert self.number.number  # noqa: S101  (InputRequired and read)
        return self.number.number


class FileForm(CaseForm):
    file = FileField(_l("Csv-fil"), validators=[InputRequired(_l("Vælg en fil."))])


class ConfirmForm(CaseForm):
    sealed = HiddenField(validators=[InputRequired()])
    leave_out = BooleanField(_l("Udelad linjerne med fejl"))


def _names(rows: Iterable[Any], none: Any) -> list[tuple[str, Any]]:
    """The rows as choices, after the words for none of them."""
    return [("", none), *((str(row.id), row.name) for row in rows)]


def _id(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
