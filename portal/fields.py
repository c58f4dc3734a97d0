"""The shapes that every form shares: a form that shows what was refused, a day, choices."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice

from portal.workflow import Lack

DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]
NOT_A_DAY = _l("Skriv dagen som dd/mm/åååå.")


# WTForms speaks no Danish.
DANISH = {
    "This field is required.": _l("Feltet skal udfyldes."),
    "Not a valid choice.": _l("Vælg en af mulighederne."),
    "Invalid Choice: could not coerce.": _l("Vælg en af mulighederne."),
    "Not a valid integer value.": _l("Skriv et helt tal."),
    "Not a valid decimal value.": _l("Skriv et tal."),
    "Not a valid date value.": NOT_A_DAY,
    "Not a valid time value.": _l("Skriv klokkeslættet som tt:mm."),
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

    def show(self, lacks: Iterable[Lack]) -> None:
        """Put what an action refused at its field, or on top where there is none."""
        for lack in lacks:
            field = self._fields.get(lack.field)
            if field is None:
                self.form_errors = [*self.form_errors, lack.text]
            else:
                field.errors = [*field.errors, lack.text]


class DayField(DateField):  # type: ignore[misc]  # WTForms is untyped
    """A day as the picker posts it or as Danes write it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, format=DAY_FORMATS, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NOT_A_DAY) from None


def offered(choices: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice(str(value), label) for value, label in choices]
