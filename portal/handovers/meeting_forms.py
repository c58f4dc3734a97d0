"""What the steps of the joint meeting ask for."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from portal.clock import COPENHAGEN
from portal.fields import ClockField, DayField, Form, offered
from portal.handovers import template_of_minutes, words
from portal.handovers.forms import (
    LONG,
    SHORT,
    ReasonForm,
    StepForm,
    fill_up,
    yes_or_no,
    yes_or_no_field,
)
from portal.handovers.meeting import JointMeeting, Minutes


class PlanMeetingForm(ReasonForm):
    """Why is asked of who moves it."""

    day = DayField(_l("Dag"), validators=[InputRequired(_l("Vælg en dag."))])
    starts = ClockField(
        _l("Fra kl."), validators=[InputRequired(_l("Skriv, hvornår samtalen begynder."))]
    )
    ends = ClockField(
        _l("Til kl."), validators=[InputRequired(_l("Skriv, hvornår samtalen slutter."))]
    )
    place = StringField(_l("Sted"), validators=[Optional(), SHORT])
    video_link = StringField(_l("Link til videomøde"), validators=[Optional(), Length(max=500)])
    participants = StringField(_l("Hvem deltager"), validators=[Optional(), Length(max=500)])
    fund_attends = yes_or_no_field(_l("Ønsker borgeren, at a-kassen deltager?"))
    called_in_on = DayField(_l("Borger indkaldt den"), validators=[Optional()])
    called_in_via = SelectField(_l("Indkaldt via"), validators=[Optional()])

    def offer(self, earliest: date, is_moved: bool = False) -> None:
        self.earliest = earliest
        self.offer_reasons(words.MEETING_REASONS)
        if not is_moved:
            del self.reason_code, self.reason
        self.called_in_via.choices = offered(
            [("", _l("Ikke indkaldt endnu")), *words.CALLED_IN.items()]
        )

    def fill(self, meeting: JointMeeting) -> None:
        """Who moves a meeting changes what is new; the citizen must be called in anew."""
        first, last = (
            meeting.starts_at.astimezone(COPENHAGEN),
            meeting.ends_at.astimezone(COPENHAGEN),
        )
        self.day.data, self.starts.data, self.ends.data = first.date(), first.time(), last.time()
        for name in ("place", "video_link", "participants"):
            self._fields[name].data = getattr(meeting, name)

    def validate_video_link(self, field: StringField) -> None:
        if field.data and not field.data.startswith("https://"):
            raise ValidationError(_l("Linket skal begynde med https://"))

    def given(self) -> dict[str, Any]:
        return super().given() | {"fund_attends": yes_or_no(self.fund_attends.data)}


class CallInForm(Form):
    called_in_on = DayField(
        _l("Borger indkaldt den"), validators=[InputRequired(_l("Vælg en dag."))]
    )
    called_in_via = SelectField(_l("Indkaldt via"), validators=[InputRequired(_l("Vælg hvordan."))])

    def offer(self) -> None:
        self.called_in_via.choices = offered(words.CALLED_IN.items())


class CancelMeetingForm(ReasonForm):
    def offer(self) -> None:
        self.offer_reasons(words.MEETING_REASONS)


class RecordHeldForm(StepForm):
    """Who was there is answered for each: nothing is chosen beforehand."""

    member = yes_or_no_field(_l("Deltog borgeren?"))
    municipality = yes_or_no_field(_l("Deltog kommunen?"))
    fund = yes_or_no_field(_l("Deltog a-kassen?"))
    called_in_on = DayField(_l("Borger indkaldt den"), validators=[Optional()])
    called_in_via = SelectField(_l("Indkaldt via"), validators=[Optional()])

    def offer(self) -> None:
        self.called_in_via.choices = offered([("", _l("Vælg")), *words.CALLED_IN.items()])

    def given(self) -> dict[str, Any]:
        attendance = {name: yes_or_no(self._fields[name].data) for name in words.ATTENDANCE}
        return super().given() | {"attendance": attendance}


SENT_ANEW = {"version", "form_key", "noticed", "csrf_token"}


class MinutesForm(StepForm):
    """One outcome and reason for each goal that was sent, by position."""

    text = TextAreaField(_l("Referat"), validators=[InputRequired(_l("Skriv et referat.")), LONG])
    outcomes = FieldList(
        RadioField(
            _l("Hvad sker der med målet?"),
            choices=offered(words.OUTCOMES.items()),
            validators=[Optional()],
        ),
        max_entries=30,
    )
    reasons = FieldList(
        StringField(_l("Begrundelse"), validators=[Optional(), Length(max=500)]), max_entries=30
    )
    next_contact_on = DayField(
        _l("Næste kontakt"), validators=[InputRequired(_l("Skriv dagen for næste kontakt."))]
    )
    next_contact_person = StringField(
        _l("Hvem tager næste kontakt?"),
        validators=[InputRequired(_l("Skriv, hvem der tager næste kontakt.")), SHORT],
    )

    def typed(self) -> dict[str, str]:
        """What stands in the fields now, right or wrong, as it can be put back into them."""
        each = (entry for field in self for entry in getattr(field, "entries", [field]))
        kept = {entry.name: entry.raw_data for entry in each if entry.name not in SENT_ANEW}
        return {name: str(values[0]) for name, values in kept.items() if values}

    def offer(self, goals: list[str], titles: list[str]) -> None:
        self.goals, self.titles = goals, titles
        fill_up(self.outcomes, self.reasons, to=len(goals))

    def fill(self, minutes: Minutes) -> None:
        """What was shared last, to be put right."""
        for name in ("text", "next_contact_on", "next_contact_person"):
            self._fields[name].data = getattr(minutes, name)
        for position, goal in enumerate(minutes.goals):
            self.outcomes[position].data = goal["outcome"]
            self.reasons[position].data = goal["reason"]

    def given(self) -> dict[str, Any]:
        kept = zip(self.goals, self.outcomes.data, self.reasons.data, strict=False)
        goals = [{"goal": goal, "outcome": how, "reason": why} for goal, how, why in kept]
        text = template_of_minutes.filled(self.text.data or "", self.titles)
        return super().given() | {"goals": goals, "text": text}


FORMS: dict[str, type[StepForm]] = {
    "plan_meeting": PlanMeetingForm,
    "cancel_meeting": CancelMeetingForm,
    "record_held": RecordHeldForm,
    "publish_minutes": MinutesForm,
}
