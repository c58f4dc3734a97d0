"""The shape of what each step asks for. Rules are the steps' own; choices come from the view."""

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.agreements.document import label
from portal.clock import COPENHAGEN
from portal.fields import ClockField, DayField, FinalForm, Form, offered
from portal.handovers import words
from portal.handovers.meeting import JointMeeting, Minutes
from portal.handovers.models import Kind
from portal.workflow import Lack, Stamp

LONG, SHORT = Length(max=4000), Length(max=200)


def yes_or_no(value: Any) -> bool | None:
    return {"yes": True, "no": False}.get(value)


def yes_or_no_field(label: Any) -> RadioField:
    """A question that has to be answered."""
    return RadioField(
        label,
        choices=offered([("yes", _l("Ja")), ("no", _l("Nej"))]),
        validators=[InputRequired(_l("Svar ja eller nej."))],
    )


def as_answer(value: bool | None) -> str | None:
    """The other way: None is a question that nobody has asked."""
    return None if value is None else "yes" if value else "no"


def fill_up(*lists: FieldList, to: int) -> None:
    """Each list by itself: a forged form may have filled one and not the other."""
    for fields in lists:
        while len(fields) < to:
            fields.append_entry()


class StampedForm(Form):
    """The version that the page showed, and a key that is good once."""

    version = IntegerField(widget=HiddenInput())
    form_key = HiddenField(default=lambda: secrets.token_urlsafe(12), validators=[Length(max=40)])

    def show_version(self, version: int) -> None:
        """The version that the page shows now, whatever the browser sent."""
        self.version.data, self.version.raw_data = version, None

    def stamp(self) -> Stamp:
        return Stamp(self.version.data or 0, self.form_key.data or secrets.token_urlsafe(12))


class StepForm(StampedForm, FinalForm):
    """Every step's form: nothing that a step stores can be taken back."""

    def given(self) -> dict[str, Any]:
        """What the step is given: cleaned values by name."""
        own = {"version", "form_key", "noticed", "csrf_token"}
        return {name: field.data for name, field in self._fields.items() if name not in own}


class FreezingForm(StepForm):
    """Of a step that freezes content: the hash of what the page showed, which alone is sent."""

    shown = HiddenField(validators=[Length(max=64)])

    def show_content(self, fingerprint: str) -> None:
        self.shown.data, self.shown.raw_data = fingerprint, None


class AssignForm(StepForm):
    person_id = SelectField(_l("Sagsbehandler"), validators=[InputRequired(_l("Vælg en kollega."))])

    def offer(self, colleagues: Iterable[Any]) -> None:
        absent = _l("fraværende")
        self.person_id.choices = offered(
            (one.id, f"{one.name} ({absent})" if one.is_absent else one.name) for one in colleagues
        )

    def given(self) -> dict[str, Any]:
        return {"person_id": uuid.UUID(self.person_id.data)}


class RequestInfoForm(StepForm):
    questions = FieldList(
        TextAreaField(_l("Spørgsmål"), validators=[Optional(), Length(max=1000)]),
        min_entries=3,
        max_entries=6,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for number, field in enumerate(self.questions, 1):
            field.label.text = _("Spørgsmål %(n)s", n=number)


class AcceptForm(StepForm):
    responsible_from = DayField(_l("Ansvaret overgår den"), validators=[Optional()])
    rating = RadioField(
        _l("Hvor brugbar er pakken?"),
        choices=offered(
            [
                ("good", _l("Alt, hvad vi skal bruge")),
                ("fair", _l("Brugbar, men noget måtte vi selv finde")),
                ("poor", _l("Mangelfuld")),
            ]
        ),
        validators=[Optional()],
    )


class RejectForm(StepForm):
    reason_code = RadioField(_l("Årsag"), validators=[InputRequired(_l("Vælg en årsag."))])
    criterion = SelectField(_l("Kriterium, der ikke er opfyldt"), validators=[Optional()])
    reason_text = TextAreaField(
        _l("Begrundelse"), validators=[InputRequired(_l("Skriv en begrundelse.")), LONG]
    )
    alternative = TextAreaField(
        _l("Hvad foreslår I i stedet?"),
        validators=[InputRequired(_l("Skriv, hvad I foreslår i stedet.")), LONG],
    )

    def offer(
        self, reasons: Iterable[Mapping[str, Any]], criteria: Iterable[dict[str, Any]]
    ) -> None:
        self.reason_code.choices = [
            SelectChoice(
                one["code"],
                label(one),
                {"data-needs": "criterion"} if one.get("needs_criterion") else {},
            )
            for one in reasons
        ]
        chosen = [(one["code"], one["label"]) for one in criteria]
        self.criterion.choices = offered([("", _l("Vælg")), *chosen])


class ReasonForm(StepForm):
    """A reason from a short list, and words for it, which »Andet« cannot do without."""

    reason_code = RadioField(_l("Årsag"), validators=[InputRequired(_l("Vælg en årsag."))])
    reason = TextAreaField(_l("Uddyb årsagen"), validators=[Optional(), LONG])

    def offer_reasons(self, reasons: Mapping[str, Any]) -> None:
        self.reason_code.choices = [
            SelectChoice(code, name, {"data-needs": "text"} if code == "other" else {})
            for code, name in reasons.items()
        ]


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

    def offer(self, earliest: date, *, is_moved: bool = False) -> None:
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

    def offer(self, goals: list[str]) -> None:
        self.goals = goals
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
        return super().given() | {"goals": goals}


class CompleteForm(StepForm):
    registered_on = DayField(
        _l("Overgangen er registreret i DFDG den"),
        validators=[InputRequired(_l("Skriv, hvornår overgangen er registreret i DFDG."))],
    )


class WithdrawForm(ReasonForm):
    def offer(self, kind: Kind) -> None:
        self.offer_reasons(words.withdrawal_reasons(kind))


class ProvideInfoForm(FreezingForm):
    """An answer, or why there is none, for each open question, by position."""

    answers = FieldList(TextAreaField(_l("Svar"), validators=[Optional(), LONG]), max_entries=20)
    unanswerable = FieldList(
        StringField(_l("Kan ikke oplyses, fordi"), validators=[Optional(), Length(max=500)]),
        max_entries=20,
    )

    def offer(self, questions: list[Any]) -> None:
        self.questions = questions
        fill_up(self.answers, self.unanswerable, to=len(questions))

    def given(self) -> dict[str, Any]:
        ids = [question.id for question in self.questions]
        return {
            "questions": self.questions,
            "answers": dict(zip(ids, self.answers.data, strict=False)),
            "unanswerable": dict(zip(ids, self.unanswerable.data, strict=False)),
            "shown": self.shown.data,
        }

    def show(self, lacks: Iterable[Lack]) -> None:
        """Each lack names its question; its field is the answer at the same place."""
        places = {f"answer-{one.id}": at for at, one in enumerate(self.questions)}
        for lack in lacks:
            at = places.get(lack.field)
            super().show([lack if at is None else replace(lack, field=f"answers-{at}")])


STEP_FORMS: dict[str, type[StepForm]] = {
    "send": FreezingForm,
    "acknowledge": StepForm,
    "assign": AssignForm,
    "request_info": RequestInfoForm,
    "provide_info": ProvideInfoForm,
    "accept": AcceptForm,
    "reject": RejectForm,
    "plan_meeting": PlanMeetingForm,
    "cancel_meeting": CancelMeetingForm,
    "record_held": RecordHeldForm,
    "publish_minutes": MinutesForm,
    "complete": CompleteForm,
    "withdraw": WithdrawForm,
}
