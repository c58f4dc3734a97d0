"""What the steps of the joint meeting ask for."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from portal.clock import COPENHAGEN, day_of
from portal.fields import ClockField, DayField, Form, offered
from portal.handovers import attendance, passages, template_of_minutes, words
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


def must_be_https(_form: Any, field: StringField) -> None:
    if field.data and not field.data.startswith("https://"):
        raise ValidationError(_l("Linket skal begynde med https://"))


def place_field() -> StringField:
    return StringField(_l("Sted"), validators=[Optional(), SHORT])


def link_field() -> StringField:
    checks = [Optional(), Length(max=500), must_be_https]
    return StringField(_l("Link til videomøde"), validators=checks)


class MeetingForm(StepForm):
    """What the municipality knows of a meeting besides its time, and what the member wishes."""

    place = place_field()
    video_link = link_field()
    participants = StringField(_l("Hvem deltager"), validators=[Optional(), Length(max=500)])
    fund_attends = yes_or_no_field(_l("Ønsker borgeren, at a-kassen deltager?"))
    called_in_on = DayField(_l("Borger indkaldt den"), validators=[Optional()])
    called_in_via = SelectField(_l("Indkaldt via"), validators=[Optional()])

    def offer_rest(self, rule_set: str | None) -> None:
        """Where the rules have the fund take part, the member is not asked."""
        self.rule_set, self.rules = rule_set, attendance.told(rule_set)
        self.called_in_via.choices = offered(
            [("", _l("Ikke indkaldt endnu")), *words.CALLED_IN.items()]
        )
        if not attendance.is_asked(rule_set):
            del self.fund_attends

    def given(self) -> dict[str, Any]:
        asked = self.fund_attends.data if self.fund_attends else None
        own = {"fund_attends": yes_or_no(asked), "rule_set": self.rule_set}
        return super().given() | own


class PlanMeetingForm(ReasonForm, MeetingForm):
    """Why is asked of who moves it."""

    day = DayField(_l("Dag"), validators=[InputRequired(_l("Vælg en dag."))])
    starts = ClockField(
        _l("Fra kl."), validators=[InputRequired(_l("Skriv, hvornår samtalen begynder."))]
    )
    ends = ClockField(
        _l("Til kl."), validators=[InputRequired(_l("Skriv, hvornår samtalen slutter."))]
    )

    def offer(self, earliest: date, *, is_moved: bool = False, rule_set: str | None = None) -> None:
        self.earliest = earliest
        self.offer_reasons(words.MEETING_REASONS)
        if not is_moved:
            del self.reason_code, self.reason
        self.offer_rest(rule_set)

    def fill(self, meeting: JointMeeting) -> None:
        """Who moves a meeting changes what is new; the citizen must be called in anew."""
        first, last = (
            meeting.starts_at.astimezone(COPENHAGEN),
            meeting.ends_at.astimezone(COPENHAGEN),
        )
        self.day.data, self.starts.data, self.ends.data = first.date(), first.time(), last.time()
        for name in ("place", "video_link", "participants"):
            self._fields[name].data = getattr(meeting, name)


class OfferSlotsForm(StepForm):
    """Each time in three parts, by position; where it is held, the municipality says."""

    days = FieldList(DayField(_l("Dag"), validators=[Optional()]), max_entries=9)
    starts = FieldList(ClockField(_l("Fra kl."), validators=[Optional()]), max_entries=9)
    ends = FieldList(ClockField(_l("Til kl."), validators=[Optional()]), max_entries=9)
    place = place_field()
    video_link = link_field()

    def offer(self, earliest: date, limits: tuple[int, int], *, with_place: bool) -> None:
        self.earliest, (self.least, self.most) = earliest, limits
        fill_up(self.days, self.starts, self.ends, to=self.most)
        if not with_place:
            del self.place, self.video_link

    def given(self) -> dict[str, Any]:
        rows = zip(self.days.data, self.starts.data, self.ends.data, strict=False)
        return super().given() | {"slots": [*rows]}


class PickSlotForm(MeetingForm):
    """Who picks answers what only that party knows."""

    slot = RadioField(_l("Tid"), coerce=int, validators=[InputRequired(_l("Vælg en af tiderne."))])

    def offer(self, slots: Sequence[Any], *, rule_set: str | None, is_municipality: bool) -> None:
        self.slot.choices = [
            (place, f"{passages.long_day(day_of(one.starts_at))} {passages.hours(one)}")
            for place, one in enumerate(slots)
        ]
        self.offer_rest(rule_set)
        if not is_municipality:
            del self.place, self.video_link, self.participants
            del self.called_in_on, self.called_in_via
            if self.fund_attends:
                self.fund_attends.label.text = _(
                    "Ønsker medlemmet, at a-kassen deltager i samtalen?"
                )


class NoShowForm(ReasonForm):
    def offer(self) -> None:
        self.offer_reasons(words.NO_SHOW_REASONS)


class WaiveMeetingForm(ReasonForm):
    def offer(self) -> None:
        self.offer_reasons(words.WAIVE_REASONS)


class ObjectForm(StepForm):
    text = TextAreaField(
        _l("Hvad er forkert i referatet?"),
        validators=[InputRequired(_l("Skriv, hvad der er forkert i referatet.")), LONG],
    )


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

    def offer(self, *, with_fund: bool = True) -> None:
        """A fund that the member does not want there is not asked about."""
        self.called_in_via.choices = offered([("", _l("Vælg")), *words.CALLED_IN.items()])
        if not with_fund:
            del self.fund

    def given(self) -> dict[str, Any]:
        asked = [name for name in words.ATTENDANCE if name in self._fields]
        there = {name: yes_or_no(self._fields[name].data) for name in asked}
        return super().given() | {"attendance": there}


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
    "offer_slots": OfferSlotsForm,
    "pick_slot": PickSlotForm,
    "waive_meeting": WaiveMeetingForm,
    "cancel_meeting": CancelMeetingForm,
    "record_no_show": NoShowForm,
    "record_held": RecordHeldForm,
    "publish_minutes": MinutesForm,
    "object": ObjectForm,
}
