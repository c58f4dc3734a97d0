"""The shapes that every form shares: what was refused, what is written freely, a day, choices."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, time
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    DateField,
    Field,
    FieldList,
    FileField,
    HiddenField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from portal import cpr, uploads
from portal.workflow import Lack

# 2027-03-01 as the picker posts it; 1/3-2027, 1.3.27, 01-03-2027 and 010327 as Danes write it.
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
WRITTEN = re.compile(
    r"(?P<day>\d{1,2})\s*[./ -]\s*(?P<month>\d{1,2})\s*[./ -]\s*(?P<year>\d{4}|\d{2})"
)
DIGITS = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})")
CENTURY, HUNDRED = 2000, 100  # a year below a hundred is one of this century, in two digits
# 9, 930, 9:30, 9.30, 09:30, kl. 9.30
CLOCK = re.compile(r"(?:kl\.?\s*)?(?P<hour>\d{1,2})(?:[:.,]?(?P<minute>\d{2}))?", re.IGNORECASE)
WRITTEN_FREELY = {"TextAreaField", "StringField"}
ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
NO_ADDRESS = _l("Skriv en e-mailadresse som navn@eksempel.dk.")
NOT_A_DAY = _l("Skriv dagen som dd/mm/åååå.")
NOT_A_TIME = _l("Skriv klokkeslættet som tt:mm, for eksempel 9:30.")

LOOKS_LIKE_CPR = _l(
    "Det ligner et CPR-nummer. Slet det. Er det noget andet, så tryk på knappen igen."
)

# WTForms speaks no Danish.
DANISH = {
    "This field is required.": _l("Feltet skal udfyldes."),
    "Not a valid choice.": _l("Vælg en af mulighederne."),
    "Invalid Choice: could not coerce.": _l("Vælg en af mulighederne."),
    "'%(value)s' is not a valid choice for this field.": _l("Vælg en af mulighederne."),
    "'%(value)s' are not valid choices for this field.": _l("Vælg en af mulighederne."),
    "Not a valid integer value.": _l("Skriv et helt tal."),
    "Not a valid decimal value.": _l("Skriv et tal."),
    "Not a valid date value.": NOT_A_DAY,
    "Field cannot be longer than %(max)d character.": _l("Højst %(max)d tegn."),
    "Field cannot be longer than %(max)d characters.": _l("Højst %(max)d tegn."),
    "Invalid email address.": _l("Skriv en e-mailadresse som navn@eksempel.dk."),
}


class Translations:
    """The words of the library's own messages; an unknown one is shown as it is."""

    def gettext(self, text: str) -> str:
        return str(DANISH.get(text, text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    form_errors: list[str]

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF is untyped
        def get_translations(self, form: FlaskForm) -> Translations:
            return Translations()

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
            """What is hidden has no label to lead to it, and a page may hold several forms."""
            if getattr(field.widget, "input_type", "") == "hidden":
                render_kw = {"id": False} | render_kw
            drawn: Markup = super().render_field(field, render_kw)
            return drawn

    def show(self, lacks: Iterable[Lack]) -> None:
        """Put what an action refused at its field, or on top where there is none."""
        for lack in lacks:
            places = self.places(lack.field)
            if not places:
                self.form_errors = [*self.form_errors, lack.text]
            for field in places[-1:]:
                field.errors = [*field.errors, lack.text]
            for whole in places[:-1]:  # a list shows what its entries show
                whole.errors = [entry.errors for entry in whole.entries]

    def places(self, name: str) -> list[Field]:
        """The field of that name; of a list the list, then `answers-2` or else the first."""
        whole = self._fields.get(name) or self._fields.get(name.rpartition("-")[0])
        if not isinstance(whole, FieldList):
            return [whole] if whole and whole.name == name else []
        named = [entry for entry in whole.entries if entry.name == name]
        return [whole, *(named or whole.entries[:1])] if whole.entries else []

    def texts(self) -> list[Field]:
        """The fields, also those of a list, in which somebody has written freely."""
        each = [entry for field in self for entry in getattr(field, "entries", [field])]
        shown = [field for field in each if getattr(field.widget, "input_type", "") != "hidden"]
        return [field for field in shown if field.type in WRITTEN_FREELY and field.data]

    def numbers(self) -> list[Field]:
        """Those of them in which there seems to stand a CPR number."""
        return [field for field in self.texts() if cpr.find_in(field.data)]

    def warn_of_cpr(self) -> None:
        """A number in free text is noticed, never refused: it may be something else (E8)."""
        for field in self.numbers():
            words = _("Der står noget, der ligner et CPR-nummer, i feltet »%(field)s«. Slet det,"
                      " hvis det er et.", field=field.label.text)  # fmt: skip
            flash(words, "warning")


class FinalForm(Form):
    """Of what nobody can take back: a number in free text is asked about once, before it is kept.

    `noticed` names the fields that were asked about; whoever sends them again means it.
    """

    noticed = HiddenField(validators=[Length(max=4000)])

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        known = (self.noticed.data or "").split()
        found = [field for field in self.numbers() if field.name not in known]
        self.noticed.data = " ".join([*known, *(field.name for field in found)])
        self.show(Lack(field.name, str(LOOKS_LIKE_CPR)) for field in found)
        return bool(is_valid) and not found


class DayField(DateField):  # type: ignore[misc]  # WTForms is untyped
    """A day as the picker posts it or as Danes write it."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = day_of(typed) if typed else None


def day_of(typed: str) -> date:
    """Raises ValueError in words for the reader."""
    found = ISO.fullmatch(typed) or WRITTEN.fullmatch(typed) or DIGITS.fullmatch(typed)
    if found:
        year = int(found["year"])
        with suppress(ValueError):
            whole = year if year >= HUNDRED else CENTURY + year
            return date(whole, int(found["month"]), int(found["day"]))
    raise ValueError(NOT_A_DAY)


class ClockField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """A time of day as Danes write it; a browser's own field may ask for AM or PM."""

    inputmode = "numeric"

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = time_of(typed) if typed else None

    def _value(self) -> str:
        if self.data:
            return f"{self.data:%H:%M}"
        return str(self.raw_data[0]) if self.raw_data else ""


def time_of(typed: str) -> time:
    """Raises ValueError in words for the reader."""
    if found := CLOCK.fullmatch(typed):
        with suppress(ValueError):
            return time(int(found["hour"]), int(found["minute"] or 0))
    raise ValueError(NOT_A_TIME)


class LinesField(FileField):  # type: ignore[misc]  # WTForms is untyped
    """A file of lines as a spreadsheet saves it; `data` is its text, empty where there is none."""

    data: Any

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **{"render_kw": {"accept": ".csv,.txt,text/csv"}} | settings)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = ""
        for sent in valuelist[:1]:
            if getattr(sent, "filename", ""):
                self.data = self.read(sent.read())

    def read(self, content: bytes) -> str:
        """Raises ValueError in words for the reader."""
        try:
            text = uploads.text_of(content).strip("\r\n")
        except uploads.Unacceptable as error:
            raise ValueError(str(error)) from None
        if not text.strip():
            raise ValueError(_("Filen er tom."))
        return text


class LinesForm(Form):
    """From a file or pasted; the lines of a file take the place of those that stand there."""

    file = LinesField(_l("Csv-fil"))
    lines = TextAreaField(
        _l("Linjer fra filen"),
        validators=[
            DataRequired(_l("Vælg en fil, eller indsæt linjerne.")),
            Length(max=400_000, message=_l("Filen er for stor. Del den i flere.")),
        ],
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        if self.file.data:
            self.lines.data = self.file.data


def offered(choices: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice(str(value), label) for value, label in choices]
