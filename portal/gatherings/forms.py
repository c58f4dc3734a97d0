"""The forms of gatherings."""

import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from portal.fields import ClockField, DayField, Form, offered
from portal.gatherings import words
from portal.gatherings.actions import Given
from portal.gatherings.models import Gathering, GatheringKind
from portal.gatherings.results import OFFERED, Entered, Outcome
from portal.participants.models import JobForm, Timing
from portal.participants.words import FORMS, TIMINGS

LINE, TEXT = Length(max=200), Length(max=1000)
CHOOSE = _l("Vælg")
A_NUMBER = _l("Skriv et helt tal.")
ON_THE_DAY = [kind for kind in GatheringKind if kind != GatheringKind.COURSE]
OF_MATCHES = ("company", "form", "timing")
OF_COURSES = ("day", "reason")


class GatheringForm(Form):
    """What a gathering is; `why` is asked when it is moved."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    kind = RadioField(
        _l("Slags"),
        choices=offered((one.value, words.KINDS[one]) for one in ON_THE_DAY),
        validators=[InputRequired(_l("Vælg, hvad det er."))],
    )
    title = StringField(_l("Navn"), validators=[InputRequired(_l("Skriv, hvad det hedder.")), LINE])
    for_whom = TextAreaField(_l("Hvem er det for?"), validators=[Optional(), TEXT])
    day = DayField(_l("Dag"), validators=[InputRequired(_l("Skriv dagen."))])
    begins_at = ClockField(
        _l("Begynder kl."), validators=[InputRequired(_l("Skriv, hvornår det begynder."))]
    )
    ends_at = ClockField(_l("Slutter kl."), validators=[Optional()])
    place = StringField(_l("Sted"), validators=[InputRequired(_l("Skriv, hvor det er.")), LINE])
    why = TextAreaField(_l("Hvorfor bliver det flyttet?"), validators=[Optional(), TEXT])
    seats = IntegerField(
        _l("Pladser"), validators=[Optional(), NumberRange(1, 9999, message=A_NUMBER)]
    )

    def given(self) -> Given:
        course: dict[str, Any] = {"last_day": None}
        return Given(kind=GatheringKind(self.kind.data), **self.shared(), **course)

    def shared(self) -> dict[str, Any]:
        return {
            "title": self.title.data.strip(),
            "for_whom": filled(self.for_whom.data),
            "place": self.place.data.strip(),
            "day": self.day.data,
            "begins_at": self.begins_at.data,
            "ends_at": self.ends_at.data,
            "seats": self.seats.data,
        }


class CourseForm(GatheringForm):
    """A gathering of several days that somebody provides and somebody pays for."""

    kind = HiddenField(default=GatheringKind.COURSE.value)
    day = DayField(_l("Første dag"), validators=[InputRequired(_l("Skriv den første dag."))])
    last_day = DayField(_l("Sidste dag"), validators=[Optional()])
    provider = StringField(
        _l("Udbyder"), validators=[InputRequired(_l("Skriv, hvem der holder kurset.")), LINE]
    )
    price = IntegerField(
        _l("Pris pr. deltager"),
        validators=[Optional(), NumberRange(0, 10_000_000, message=_l("Prisen er mindst 0 kr."))],
    )
    fund = SelectField(_l("Pulje"), validators=[Optional()])
    listed = StringField(_l("Kode på positivlisten"), validators=[Optional(), Length(max=40)])
    listed_on = DayField(_l("Stod på positivlisten den"), validators=[Optional()])
    declared_by = StringField(
        _l("Arbejdsgiver, der har givet erklæring"), validators=[Optional(), LINE]
    )
    declared_on = DayField(_l("Erklæringen er givet den"), validators=[Optional()])

    def offer(self, funds: Iterable[tuple[str, str]]) -> None:
        self.fund.choices = offered([("", CHOOSE), *funds])

    def given(self) -> Given:
        return Given(
            kind=GatheringKind.COURSE,
            **self.shared(),
            last_day=self.last_day.data,
            provider=filled(self.provider.data),
            price=self.price.data,
            fund=self.fund.data or None,
            listed=filled(self.listed.data),
            listed_on=self.listed_on.data,
            declared_by=filled(self.declared_by.data),
            declared_on=self.declared_on.data,
        )


def filled(typed: str | None) -> str | None:
    return (typed or "").strip() or None


class CancelForm(Form):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    why = TextAreaField(
        _l("Hvorfor aflyses det?"),
        validators=[DataRequired(_l("Skriv, hvorfor det aflyses.")), TEXT],
    )


class BringForm(Form):
    company = StringField(
        _l("Virksomhed"),
        validators=[InputRequired(_l("Skriv virksomhedens navn eller CVR-nummer.")), LINE],
    )
    jobs = IntegerField(
        _l("Ledige stillinger"), validators=[Optional(), NumberRange(1, 999, message=A_NUMBER)]
    )


class SignUpForm(Form):
    people = SelectMultipleField(
        _l("Hvem skal tilmeldes?"), validators=[DataRequired(_l("Vælg mindst én."))]
    )

    def offer(self, people: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.people.choices = offered(people)


class ResultForm(Form):
    """How it went for one person. A page holds one for each: the seat tells their fields apart."""

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(12), validators=[Length(max=36)])
    outcome = SelectField(
        _l("Hvordan gik det?"), validators=[InputRequired(_l("Vælg, hvordan det gik."))]
    )
    company = SelectField(_l("Virksomhed"), validators=[Optional()])
    form = SelectField(_l("Ansat som"), validators=[Optional()])
    timing = SelectField(_l("Hvornår i forløbet?"), validators=[Optional()])
    day = DayField(_l("Dag"), validators=[Optional()])
    reason = TextAreaField(_l("Faldet fra: hvorfor?"), validators=[Optional(), Length(max=500)])

    def __init__(self, *args: Any, of: Gathering, seat_id: uuid.UUID, **more: Any) -> None:
        super().__init__(*args, **more)
        unused = [
            *(() if of.kind == GatheringKind.MATCH_DAY else OF_MATCHES),
            *(() if of.is_course else OF_COURSES),
        ]
        for name in unused:
            del self[name]
        for field in self:
            field.id = field.label.field_id = f"{field.id}-{seat_id}"
        self.outcome.choices = offered(
            [("", CHOOSE), *((one.value, words.OUTCOMES[one]) for one in OFFERED[of.kind])]
        )

    def offer(self, companies: Iterable[tuple[uuid.UUID, str]]) -> None:
        if "company" in self:
            self.company.choices = offered([("", CHOOSE), *companies])
            self.form.choices = offered(
                [("", CHOOSE), *((one.value, FORMS[one]) for one in JobForm)]
            )
            self.timing.choices = offered((one.value, TIMINGS[one]) for one in Timing)

    def told(self) -> Entered:
        def chosen(name: str) -> Any:
            return self[name].data or None if name in self else None

        company, how, timing = (chosen(name) for name in OF_MATCHES)
        is_match = self.outcome.data == Outcome.MATCHED
        return Entered(
            outcome=Outcome(self.outcome.data),
            key=self.form_key.data or secrets.token_urlsafe(12),
            day=chosen("day"),
            company_id=uuid.UUID(company) if company and is_match else None,
            form=JobForm(how) if how and is_match else None,
            timing=Timing(timing) if timing and is_match else None,
            reason=filled(chosen("reason")),
        )
