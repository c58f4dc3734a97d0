"""The forms of knowledge: a practice, a wish with its answer, and a newsletter."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.fields import DayField, FinalForm, Form, offered
from portal.goals.periods import Quarter

LINE, TEXT = Length(max=200), Length(max=4000)


class InArea(Form):
    """`council_id` says whose area; where there is one alone, it is chosen already."""

    council_id = SelectField(_l("Område"), validators=[InputRequired(_l("Vælg et område."))])

    def offer(self, areas: Iterable[tuple[uuid.UUID, str]]) -> None:
        found = [*areas]
        self.council_id.choices = offered(found if len(found) == 1 else [("", _l("Vælg")), *found])

    def given(self, *names: str) -> dict[str, Any]:
        told = {name: self[name].data for name in names}
        told = {name: one.strip() if isinstance(one, str) else one for name, one in told.items()}
        return told | {"council_id": uuid.UUID(self.council_id.data)}


class PracticeForm(FinalForm, InArea):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    title = StringField(
        _l("Overskrift"), validators=[InputRequired(_l("Skriv en overskrift.")), LINE]
    )
    what = TextAreaField(
        _l("Hvad gør I?"), validators=[InputRequired(_l("Skriv, hvad I gør.")), TEXT]
    )
    whom = TextAreaField(
        _l("For hvem?"), validators=[InputRequired(_l("Skriv, hvem det er for.")), TEXT]
    )
    result = TextAreaField(
        _l("Hvad kom der ud af det?"),
        validators=[InputRequired(_l("Skriv, hvad der kom ud af det.")), TEXT],
    )
    contact = StringField(
        _l("Hvor kan man høre mere?"),
        validators=[InputRequired(_l("Skriv en enhed eller en fælles postkasse.")), LINE],
    )


PRACTICE = ("title", "what", "whom", "result", "contact")


class WishForm(InArea):
    text = TextAreaField(
        _l("Hvad vil I gerne vide?"), validators=[InputRequired(_l("Skriv ønsket.")), TEXT]
    )
    heard_at = StringField(
        _l("Hvor kom det frem?"), validators=[InputRequired(_l("Skriv, hvor det kom frem.")), LINE]
    )
    heard_on = DayField(_l("Dag"), validators=[InputRequired(_l("Skriv dagen."))])


class AnswerForm(Form):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    answer = TextAreaField(_l("Svar"), validators=[InputRequired(_l("Skriv svaret.")), TEXT])


class QuarterForm(Form):
    quarter = SelectField(_l("Kvartal"), validators=[InputRequired(_l("Vælg et kvartal."))])

    def offer(self, quarters: Iterable[Quarter]) -> None:
        self.quarter.choices = offered(
            (f"{one.year}-{one.number}", f"{one.number}. kvartal {one.year}") for one in quarters
        )

    def chosen(self) -> Quarter:
        year, number = self.quarter.data.split("-")
        return Quarter(int(year), int(number))


class NewsletterForm(Form):
    """A text for each part; what is empty is left out of the newsletter."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    intro = TextAreaField(validators=[Optional(), TEXT])
    projects = TextAreaField(validators=[Optional(), TEXT])
    moves = TextAreaField(validators=[Optional(), TEXT])
    matches = TextAreaField(validators=[Optional(), TEXT])
    practices = TextAreaField(validators=[Optional(), TEXT])
    wishes = TextAreaField(validators=[Optional(), TEXT])
    agreements = TextAreaField(validators=[Optional(), TEXT])

    def texts(self) -> Any:
        return [self[name] for name in PARTS if self[name].data]

    def written(self) -> dict[str, str]:
        return {name: (self[name].data or "").replace("\r\n", "\n").strip() for name in PARTS}


PARTS = ("intro", "projects", "moves", "matches", "practices", "wishes", "agreements")


class PublishForm(FinalForm):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
