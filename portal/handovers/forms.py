"""The shape of what each step asks for. Rules are the steps' own; choices come from the view."""

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
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
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal.agreements.document import label
from portal.fields import DayField, FinalForm, Form, offered
from portal.handovers import words
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


def maybe_field(label: Any) -> RadioField:
    """A question that is asked and may be left."""
    choices = offered([("yes", _l("Ja")), ("no", _l("Nej"))])
    return RadioField(label, choices=choices, validators=[Optional()])


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
    complete = maybe_field(_l("Var pakken komplet?"))
    plan_usable = maybe_field(_l("Kan planen bruges?"))
    missing = SelectMultipleField(
        _l("Hvad manglede?"),
        validators=[Optional()],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )

    def offer(self, points: Iterable[Mapping[str, Any]]) -> None:
        self.missing.choices = offered((one["code"], label(one)) for one in points)

    def given(self) -> dict[str, Any]:
        said = {name: yes_or_no(self._fields[name].data) for name in ("complete", "plan_usable")}
        return super().given() | said


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


class CompleteForm(StepForm):
    registered_on = DayField(
        _l("Overgangen er registreret i DFDG den"),
        validators=[InputRequired(_l("Skriv, hvornår overgangen er registreret i DFDG."))],
    )


class RefuseRequestForm(StepForm):
    reason = TextAreaField(
        _l("Hvorfor siger I nej?"),
        validators=[InputRequired(_l("Skriv, hvorfor I siger nej.")), LONG],
    )


class WithdrawForm(ReasonForm):
    def offer(self, kind: Kind) -> None:
        self.offer_reasons(words.withdrawal_reasons(kind))


class AskWithdrawalForm(WithdrawForm):
    """The same reasons, but the other party answers."""


class AnswersForm(StepForm):
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
        }

    def show(self, lacks: Iterable[Lack]) -> None:
        """Each lack names its question; its field is the answer at the same place."""
        places = {f"answer-{one.id}": at for at, one in enumerate(self.questions)}
        for lack in lacks:
            at = places.get(lack.field)
            super().show([lack if at is None else replace(lack, field=f"answers-{at}")])


class ProvideInfoForm(AnswersForm, FreezingForm):
    """The sender's answers, with what is sent along."""

    def given(self) -> dict[str, Any]:
        return super().given() | {"shown": self.shown.data}


class FindInfoForm(AnswersForm):
    """The receiver's own."""

    def offer(self, questions: list[Any]) -> None:
        super().offer(questions)
        for field in self.unanswerable:
            field.label.text = _("Ikke nødvendigt længere, fordi")


class AmendForm(StepForm):
    """What is to stand there instead, why, and who may read why."""

    path = HiddenField(validators=[Length(max=40)])
    new = TextAreaField(_l("Skal være"), validators=[Optional(), LONG])
    reason = TextAreaField(
        _l("Hvorfor rettes det?"),
        validators=[InputRequired(_l("Skriv, hvorfor det rettes.")), Length(max=1000)],
    )
    audience = RadioField(
        _l("Hvem må læse begrundelsen?"),
        choices=offered(words.AUDIENCES.items()),
        validators=[InputRequired(_l("Vælg, hvem der må læse begrundelsen."))],
    )
