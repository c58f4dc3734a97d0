"""The forms of companies."""

import uuid
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from portal.companies import words
from portal.companies.actions import Given, Need
from portal.companies.models import SPOKEN, ContactKind
from portal.fields import ADDRESS, NO_ADDRESS, DayField, Form, LinesForm, offered

LINE, TEXT = Length(max=200), Length(max=2000)
CHOOSE = _l("Vælg")


class CompanyForm(Form):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    cvr = StringField(
        _l("CVR-nummer"),
        validators=[InputRequired(_l("Skriv virksomhedens CVR-nummer.")), Length(max=40)],
    )
    name = StringField(
        _l("Navn"), validators=[InputRequired(_l("Skriv virksomhedens navn.")), LINE]
    )
    trade = StringField(_l("Branche"), validators=[InputRequired(_l("Skriv branchen.")), LINE])
    municipality = SelectField(_l("Kommune"), validators=[InputRequired(_l("Vælg en kommune."))])
    contact_name = StringField(_l("Kontaktperson"), validators=[Optional(), LINE])
    contact_phone = StringField(_l("Telefon"), validators=[Optional(), LINE])
    contact_email = StringField(
        _l("E-mail"), validators=[Optional(), LINE, Regexp(ADDRESS, message=NO_ADDRESS)]
    )
    ours = BooleanField(_l("Vi kontakter virksomheden"))

    def offer(self, towns: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.municipality.choices = offered([("", CHOOSE), *towns])

    def given(self) -> Given:
        return Given(
            name=self.name.data.strip(),
            trade=self.trade.data.strip(),
            municipality_id=uuid.UUID(self.municipality.data),
            contact_name=(self.contact_name.data or "").strip() or None,
            contact_phone=(self.contact_phone.data or "").strip() or None,
            contact_email=(self.contact_email.data or "").strip() or None,
        )


class NoteForm(Form):
    kind = RadioField(
        _l("Hvad skete?"),
        choices=offered((one.value, words.KINDS[one]) for one in SPOKEN),
        default=ContactKind.CALL.value,
    )
    text = TextAreaField(
        _l("Hvad blev der sagt?"),
        validators=[InputRequired(_l("Skriv, hvad der blev sagt.")), TEXT],
    )


class AnswerForm(Form):
    interested = RadioField(
        _l("Er virksomheden interesseret?"),
        choices=offered([("yes", _l("Ja")), ("no", _l("Nej"))]),
        validators=[InputRequired(_l("Vælg ja eller nej."))],
    )
    answered_on = DayField(_l("Svaret den"), validators=[InputRequired(_l("Skriv dagen."))])
    answer = TextAreaField(_l("Svaret med egne ord"), validators=[Optional(), TEXT])


class NeedForm(Form):
    competence = StringField(
        _l("Hvad skal de kunne?"),
        validators=[InputRequired(_l("Skriv, hvad de skal kunne.")), LINE],
    )
    number = IntegerField(
        _l("Hvor mange?"),
        validators=[
            InputRequired(_l("Skriv et antal.")),
            NumberRange(1, 999, message=_l("Skriv et tal fra 1 til 999.")),
        ],
    )
    needed_from = DayField(_l("Fra hvornår?"), validators=[Optional()])

    def need(self) -> Need:
        return Need(self.competence.data.strip(), self.number.data, self.needed_from.data)


class HandOverForm(Form):
    to = SelectField(_l("Hvem overtager?"), validators=[Optional()])
    text = TextAreaField(_l("Besked til den nye kontakt"), validators=[Optional(), TEXT])

    def offer(self, partners: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.to.choices = offered([("", _l("Ingen: den er fri")), *partners])

    def chosen(self) -> uuid.UUID | None:
        return uuid.UUID(self.to.data) if self.to.data else None


class ImportForm(LinesForm):
    ours = BooleanField(_l("Vi kontakter virksomhederne"))
    leave_out = BooleanField(_l("Hent resten uden linjerne med fejl"))
