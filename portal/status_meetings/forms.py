"""The forms of meetings about agreements: a series, a step, people, points and notes."""

import secrets
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from portal.fields import ADDRESS, NO_ADDRESS, ClockField, DayField, Form, offered
from portal.meetings.parts import NoteKind, Taking
from portal.meetings.series import Meeting, MeetingKind
from portal.status_meetings import words
from portal.status_meetings.planning import Plan
from portal.workflow import Stamp

LINE, TEXT = Length(max=200), Length(max=4000)
NO_DAY, NO_TIME = _l("Skriv dagen."), _l("Skriv klokkeslættet.")


class Where(Form):
    place = StringField(_l("Sted"), validators=[Optional(), LINE])
    video_link = StringField(_l("Link til videomøde"), validators=[Optional(), Length(max=500)])


class PlanForm(Where):
    kind = RadioField(
        _l("Slags møde"),
        choices=offered(words.KINDS.items()),
        default=MeetingKind.STATUS.value,
        validators=[InputRequired()],
    )
    title = StringField(
        _l("Mødernes navn"),
        validators=[InputRequired(_l("Skriv, hvad møderne hedder.")), LINE],
    )
    days = FieldList(DayField(_l("Dag"), validators=[Optional()]), min_entries=4, max_entries=8)
    starts: Any = ClockField(_l("Fra kl."), validators=[InputRequired(NO_TIME)])
    ends: Any = ClockField(_l("Til kl."), validators=[InputRequired(NO_TIME)])

    def plan(self) -> Plan:
        return Plan(
            MeetingKind(self.kind.data),
            self.title.data.strip(),
            [day for day in self.days.data if day],
            self.starts.data,
            self.ends.data,
            (self.place.data or "").strip() or None,
            (self.video_link.data or "").strip() or None,
        )


class StepForm(Where):
    """What every step knows: which version was shown, and the form's own key."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    form_key = HiddenField(default=lambda: secrets.token_urlsafe(12), validators=[Length(max=40)])
    number = IntegerField(widget=HiddenInput(), validators=[Optional()])
    day = DayField(_l("Dag"), validators=[Optional()])
    starts = ClockField(_l("Fra kl."), validators=[Optional()])
    ends = ClockField(_l("Til kl."), validators=[Optional()])
    reason = TextAreaField(_l("Begrundelse"), validators=[Optional(), TEXT])

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.revision.data or 0, self.form_key.data or secrets.token_urlsafe(12))


class MoveForm(StepForm):
    day = DayField(_l("Dag"), validators=[InputRequired(NO_DAY)])
    starts = ClockField(_l("Fra kl."), validators=[InputRequired(NO_TIME)])
    ends = ClockField(_l("Til kl."), validators=[InputRequired(NO_TIME)])


class PersonForm(Form):
    """A colleague, or somebody from outside by name and mail."""

    user_id = SelectField(_l("Kollega"), validators=[Optional()])
    name = StringField(_l("Navn"), validators=[Optional(), LINE])
    title = StringField(_l("Kommer fra"), validators=[Optional(), LINE])
    mail = StringField(_l("E-mail"), validators=[Optional(), LINE, Regexp(ADDRESS, 0, NO_ADDRESS)])
    taking = SelectField(
        _l("Deltager som"),
        choices=offered(words.TAKING.items()),
        default=Taking.MEMBER.value,
        validators=[InputRequired()],
    )

    def offer(self, colleagues: Any) -> None:
        named = ((one.user.id, one.user.name) for one in colleagues)
        self.user_id.choices = offered([("", _l("Vælg")), *named])


class PointForm(Form):
    """A point of the agenda; `revision` is of what was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    title = StringField(
        _l("Punkt"), validators=[InputRequired(_l("Skriv, hvad punktet handler om.")), LINE]
    )
    text = TextAreaField(_l("Uddybning"), validators=[Optional(), TEXT])
    minutes = IntegerField(
        _l("Minutter"),
        default=10,
        validators=[
            InputRequired(_l("Skriv et helt tal.")),
            NumberRange(1, 480, _l("Skriv et helt tal fra 1 til 480.")),
        ],
    )

    def words(self) -> dict[str, Any]:
        text = (self.text.data or "").strip()
        return {"title": self.title.data.strip(), "text": text, "minutes": self.minutes.data}


class NoteForm(Form):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    kind = RadioField(
        _l("Slags"),
        choices=offered(words.NOTES.items()),
        default=NoteKind.INFORMATION.value,
        validators=[InputRequired(_l("Vælg slags."))],
    )
    text = TextAreaField(_l("Note"), validators=[Optional(), TEXT])
    who = SelectField(_l("Hvem gør det"), validators=[Optional()])
    due_on = DayField(_l("Senest"), validators=[Optional()])

    def offer(self, people: Any) -> None:
        named = ((one.id, one.name) for one in people)
        self.who.choices = offered([("", _l("Vælg")), *named])

    def given(self) -> dict[str, Any]:
        names = ("kind", "text", "who", "due_on")
        return {name: getattr(self, name).data for name in names}


class CloseForm(Form):
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    closed_text = TextAreaField(_l("Hvad er der gjort?"), validators=[Optional(), TEXT])


def where_of(meeting: Meeting) -> dict[str, Any]:
    return {"place": meeting.place, "video_link": meeting.video_link}
