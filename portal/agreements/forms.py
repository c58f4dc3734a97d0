"""The forms around a negotiation: beginning it, its parties, who signs, a step."""

import secrets
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.agreements.models import AgreementSide, AgreementVersion, Side
from portal.agreements.rows import Row
from portal.agreements.templates import Template
from portal.fields import DayField, Form, offered
from portal.organisations.collation import sort_key
from portal.workflow import Stamp

Others = Mapping[Side, Iterable[tuple[uuid.UUID, str]]]


class StepForm(Form):
    """A step: the revision that the page showed, and a key that is good once."""

    revision = IntegerField(widget=HiddenInput())
    form_key = HiddenField(default=lambda: secrets.token_urlsafe(12), validators=[Length(max=40)])

    def stamp(self) -> Stamp:
        return Stamp(self.revision.data or 0, self.form_key.data or secrets.token_urlsafe(12))

    def given(self) -> dict[str, Any]:
        """What the step is given: cleaned values by name."""
        own = {"revision", "form_key", "csrf_token"}
        return {name: field.data for name, field in self._fields.items() if name not in own}


class WithParties(Form):
    funds = SelectMultipleField(_l("A-kasser"), validators=[Optional()])
    municipalities = SelectMultipleField(_l("Kommuner"), validators=[Optional()])
    observers = SelectMultipleField(_l("Observatører"), validators=[Optional()])
    parties = HiddenField()  # where it is said that a side has nobody

    def offer_parties(self, others: Others) -> None:
        self.funds.choices = offered(others[Side.FUND])
        self.municipalities.choices = offered(others[Side.MUNICIPALITY])
        self.observers.choices = offered(others[Side.OBSERVER])

    def chosen(self) -> list[uuid.UUID]:
        return [uuid.UUID(id) for field in self.offering() for id in field.data or ()]

    def offering(self) -> tuple[SelectMultipleField, ...]:
        return self.funds, self.municipalities, self.observers


class BeginForm(WithParties):
    template = RadioField(_l("Skabelon"), validators=[InputRequired(_l("Vælg en skabelon."))])
    title = StringField(
        _l("Aftalens navn"),
        validators=[InputRequired(_l("Skriv, hvad aftalen hedder.")), Length(max=200)],
    )

    def offer(self, templates: Iterable[Template], others: Others) -> None:
        self.template.choices = offered((one.name, one.title) for one in templates)
        self.offer_parties(others)


class MandateRow(Row):
    organisation_id = HiddenField()
    represented_by = SelectField(_l("Handler gennem"), validators=[Optional()])
    mandate = StringField(_l("Fuldmagt: hvem gav den, og hvornår"), validators=[Length(max=500)])


def acting_sides(version: AgreementVersion, names: Mapping[uuid.UUID, str]) -> list[AgreementSide]:
    """Who may act through another: by side, in the order of their names."""
    sides = [row for row in version.sides if row.side != Side.OBSERVER]
    return sorted(sides, key=lambda row: (row.side, sort_key(names[row.organisation_id])))


class PartiesForm(WithParties):
    represented = FieldList(FormField(MandateRow))

    def offer(
        self, version: AgreementVersion, others: Others, names: Mapping[uuid.UUID, str]
    ) -> None:
        self.offer_parties(others)
        if not self.is_submitted():
            there: dict[Side, list[str]] = {row.side: [] for row in version.sides}
            for row in version.sides:
                there[row.side].append(str(row.organisation_id))
            self.funds.data = there.get(Side.FUND, [])
            self.municipalities.data = there.get(Side.MUNICIPALITY, [])
            self.observers.data = there.get(Side.OBSERVER, [])
            for row in acting_sides(version, names):
                acting = str(row.represented_by_id or "")
                own = {"organisation_id": str(row.organisation_id), "mandate": row.mandate or ""}
                self.represented.append_entry(own | {"represented_by": acting})
        self.offer_mandates(version, names)

    def offer_mandates(self, version: AgreementVersion, names: Mapping[uuid.UUID, str]) -> None:
        sides = {str(row.organisation_id): row.side for row in version.sides}
        self.names = {str(id): name for id, name in names.items()}
        for entry in self.represented:
            whose = entry.form.organisation_id.data
            same = [id for id in sides if sides[id] == sides.get(whose) and id != whose]
            choices = [("", _("Handler selv")), *((id, self.names[id]) for id in same)]
            entry.form.represented_by.choices = offered(choices)

    def places(self, name: str) -> list[Field]:
        """Also `mandate:` and `represented_by:` with the party whose line it is in."""
        field, _of, whose = name.partition(":")
        lines = [row.form for row in self.represented if row.form.organisation_id.data == whose]
        if not whose:
            return super().places(name)
        return [self.represented, lines[0]._fields[field]] if lines else []

    def mandates(self) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
        """Who acts through whom, on which mandate."""
        rows = [entry.data for entry in self.represented]
        return {
            uuid.UUID(row["organisation_id"]): (uuid.UUID(row["represented_by"]), row["mandate"])
            for row in rows
            if row["represented_by"]
        }


class OnDayForm(Form):
    """A day that a page is asked about: in the address, so it can be kept and sent on."""

    class Meta(Form.Meta):
        csrf = False

    day = DayField(_l("Dag"), validators=[InputRequired(_l("Vælg en dag."))])


class SignatoryForm(Form):
    user_id = SelectField(_l("Person"), validators=[InputRequired(_l("Vælg en person."))])
    title = StringField(
        _l("Titel"), validators=[InputRequired(_l("Skriv personens titel.")), Length(max=200)]
    )
    authority = StringField(
        _l("Underskriver på vegne af"),
        validators=[InputRequired(_l("Skriv, på vegne af hvem.")), Length(max=200)],
    )

    def offer(self, people: Iterable[Any]) -> None:
        self.user_id.choices = offered(
            [("", _("Vælg")), *((one.user.id, one.user.name) for one in people)]
        )

    def given(self) -> dict[str, Any]:
        return {
            "user_id": uuid.UUID(self.user_id.data),
            "title": self.title.data.strip(),
            "authority": self.authority.data.strip(),
        }


class SignForm(StepForm):
    is_read = BooleanField(_l("Jeg har læst aftalen og godkender den elektronisk"))
    fresh = HiddenField()  # where it is said that the sign-in is too old


class DeclineForm(StepForm):
    reason = TextAreaField(
        _l("Hvorfor underskriver du ikke?"),
        validators=[InputRequired(_l("Skriv hvorfor.")), Length(max=2000)],
    )
    fresh = HiddenField()


class DelegateForm(StepForm):
    user_id = SelectField(_l("Kollega"), validators=[InputRequired(_l("Vælg en kollega."))])
    title = StringField(
        _l("Kollegaens titel"),
        validators=[InputRequired(_l("Skriv personens titel.")), Length(max=200)],
    )
    reason = TextAreaField(
        _l("Med hvilken bemyndigelse?"),
        validators=[InputRequired(_l("Skriv, hvad bemyndigelsen bygger på.")), Length(max=2000)],
    )

    def offer(self, people: Iterable[Any]) -> None:
        names = ((one.user.id, one.user.name) for one in people)
        self.user_id.choices = offered([("", _("Vælg")), *names])

    def given(self) -> dict[str, Any]:
        return super().given() | {"user_id": uuid.UUID(self.user_id.data)}


class NoticeForm(StepForm):
    last_day = DayField(_l("Aftalens sidste dag"), validators=[InputRequired(_l("Vælg en dag."))])
    reason = TextAreaField(
        _l("Begrundelse"), validators=[InputRequired(_l("Skriv hvorfor.")), Length(max=2000)]
    )
