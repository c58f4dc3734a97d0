"""The forms of a package's pages that are no steps: the draft, a message, a number, a file."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal import cpr
from portal.cases import words as case_words
from portal.cases.access_forms import Grounds
from portal.fields import DayField, FinalForm, Form, offered
from portal.handovers import words
from portal.handovers.forms import LONG, StampedForm
from portal.organisations.queries import Named


class DraftForm(StampedForm):
    """The sender's own words of the package."""

    summary = TextAreaField(_l("Resumé"), validators=[Optional(), LONG])
    considerations = TextAreaField(_l("Hensyn i jobsøgningen"), validators=[Optional(), LONG])
    responsible_from = DayField(_l("Ansvaret overgår den"), validators=[Optional()])
    fund_attends = RadioField(
        _l("Ønsker medlemmet, at a-kassen deltager i samtalen?"),
        choices=offered([("yes", _l("Ja")), ("no", _l("Nej")), ("", _l("Ikke spurgt endnu"))]),
        validators=[Optional()],
    )
    informed_on = DayField(_l("Medlemmet er informeret den"), validators=[Optional()])
    informed_channel = SelectField(_l("Hvordan"), validators=[Optional()])
    member_comment = TextAreaField(_l("Medlemmets egen kommentar"), validators=[Optional(), LONG])

    def offer(self) -> None:
        self.informed_channel.choices = offered([("", _l("Vælg")), *case_words.CHANNELS.items()])

    def tell_of_citizen(self) -> None:
        """In a municipality's words."""
        self.informed_on.label.text = _l("Borgeren er informeret den")
        self.member_comment.label.text = _l("Borgerens egen kommentar")


class BackDraftForm(DraftForm):
    """What goes back says what was done and what is left instead."""

    summary = None
    done_since = TextAreaField(_l("Det har vi gjort"), validators=[Optional(), LONG])
    remaining = TextAreaField(_l("Det mangler"), validators=[Optional(), LONG])
    responsible_from = DayField(_l("Ansvaret går tilbage den"), validators=[Optional()])


class GiveBackForm(Form):
    """Why what was taken on goes back to the fund, and since when."""

    ground = RadioField(
        _l("Hvorfor?"), validators=[InputRequired(_l("Vælg, hvorfor forløbet går tilbage."))]
    )
    day = DayField(_l("Ansvaret går tilbage den"), validators=[InputRequired(_l("Skriv dagen."))])

    def offer(self, grounds: Mapping[str, LazyString]) -> None:
        self.ground.choices = offered(grounds.items())


class MoveOnForm(Form):
    """Where the citizen lives now, and since when."""

    receiver_id = SelectField(
        _l("Ny kommune"), validators=[InputRequired(_l("Vælg den nye kommune."))]
    )
    day = DayField(_l("Flyttet den"), validators=[InputRequired(_l("Skriv dagen."))])

    def offer(self, municipalities: Iterable[Named]) -> None:
        named = [(str(one.id), one.name) for one in municipalities]
        self.receiver_id.choices = offered([("", _l("Vælg kommune")), *named])

    @property
    def to(self) -> uuid.UUID:
        return uuid.UUID(self.receiver_id.data)


class MessageForm(FinalForm):
    """To both parties, or to the own side only: the writer chooses, nothing is assumed."""

    text = TextAreaField(
        _l("Besked"), validators=[InputRequired(_l("Skriv noget.")), Length(max=2000)]
    )
    audience = RadioField(
        _l("Hvem skal kunne læse den?"),
        choices=offered([("both", _l("Begge parter")), ("own", _l("Kun os"))]),
        validators=[InputRequired(_l("Vælg, hvem der skal kunne læse beskeden."))],
    )
    asks = BooleanField(_l("Det er et spørgsmål"))

    def validate_asks(self, field: BooleanField) -> None:
        if field.data and self.audience.data == "own":
            raise ValidationError(_l("Den anden part kan kun svare på det, begge parter læser."))


class AnswerForm(FinalForm):
    text = TextAreaField(_l("Svar"), validators=[InputRequired(_l("Skriv et svar.")), LONG])


class FileForm(Form):
    """One file; what may be in it is looked at where it is received."""

    file = FileField(_l("Fil"), validators=[InputRequired(_l("Vælg en fil."))])


class NamingForm(Form):
    people = SelectMultipleField(
        _l("Hvem må se pakken?"),
        validators=[InputRequired(_l("Vælg mindst én, der må se pakken."))],
    )

    def offer(self, colleagues: Iterable[Any]) -> None:
        self.people.choices = offered((one.id, one.name) for one in colleagues)


class RestrictForm(NamingForm, Grounds):
    pass


class RevealForm(Form):
    purpose = SelectField(
        _l("Hvad skal nummeret bruges til?"),
        choices=offered([("", _l("Vælg formål")), *words.REVEAL_PURPOSES.items()]),
        validators=[InputRequired(_l("Vælg et formål."))],
    )


class PurposeForm(Form):
    """Why personal data leave, and in which shape."""

    purpose = TextAreaField(
        _l("Hvad skal filen bruges til?"),
        validators=[DataRequired(_l("Skriv, hvad filen skal bruges til.")), Length(max=300)],
    )
    format = RadioField(
        _l("Filtype"),
        choices=offered([("xlsx", _l("Excel (xlsx)")), ("csv", _l("Semikolonsepareret (csv)"))]),
        default="xlsx",
        validators=[InputRequired(_l("Vælg en filtype."))],
    )

    def validate_purpose(self, field: TextAreaField) -> None:
        """The log keeps it and lets nobody take it out again."""
        if cpr.find_in(field.data or ""):
            raise ValidationError(_l("Skriv ikke CPR-numre her. Formålet bliver gemt i loggen."))


class ExportForm(PurposeForm):
    """Which list it is, the hidden fields repeat."""

    tab = HiddenField()
    sort = HiddenField()
    kind = HiddenField()
    state = HiddenField()
    other = HiddenField()
    due = HiddenField()


class TransferForm(PurposeForm):
    format = RadioField(
        _l("Filtype"),
        choices=offered(
            [("jws", _l("Underskrevet af Samspil (JWS)")), ("json", _l("Uden underskrift (JSON)"))]
        ),
        default="jws",
        validators=[InputRequired(_l("Vælg en filtype."))],
    )


class FollowUpForm(Form):
    """What the receiver found when it asked again: a code, and nowhere to write."""

    outcome = SelectField(
        _l("Hvordan er det gået?"),
        choices=offered([("", _l("Vælg")), *words.FOLLOW_UPS.items()]),
        validators=[InputRequired(_l("Vælg, hvordan det er gået."))],
    )


class FilingForm(Form):
    filed_on = DayField(_l("Journaliseret den"), validators=[InputRequired(_l("Vælg en dag."))])
    number = StringField(_l("Journalnummer"), validators=[Optional(), Length(max=60)])
