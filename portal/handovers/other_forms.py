"""What is asked for when a package is approved, waits, ends early or is opened again."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal.fields import DayField, Form, offered
from portal.handovers import breaches, words
from portal.handovers.forms import LONG, SHORT, AssignForm, ReasonForm, StepForm


class SignoffForm(StepForm):
    person_id = SelectField(
        _l("Hvem skal godkende?"), validators=[InputRequired(_l("Vælg en teamleder."))]
    )

    def offer(self, leaders: Iterable[Any]) -> None:
        absent = _l("fraværende")
        named = ((one.id, f"{one.name} ({absent})" if one.is_absent else one.name)
                 for one in leaders)  # fmt: skip
        self.person_id.choices = offered([("", _l("Vælg")), *named])

    def given(self) -> dict[str, Any]:
        return {"person_id": uuid.UUID(self.person_id.data)}


class MoveCaseForm(AssignForm):
    """To a colleague of the own side, by who leads."""


class ReturnForm(StepForm):
    comment = TextAreaField(
        _l("Hvad skal ændres?"),
        validators=[InputRequired(_l("Skriv, hvad der skal ændres.")), LONG],
    )


class AcknowledgeByPhoneForm(StepForm):
    day = DayField(_l("Hvilken dag?"), validators=[InputRequired(_l("Vælg en dag."))])
    with_whom = StringField(
        _l("Hvem talte du med?"),
        validators=[InputRequired(_l("Skriv, hvem du talte med.")), SHORT],
    )


class HoldForm(StepForm):
    until = DayField(_l("Pakken går videre den"), validators=[InputRequired(_l("Vælg en dag."))])
    reason = TextAreaField(
        _l("Hvad venter pakken på?"),
        validators=[InputRequired(_l("Skriv, hvad pakken venter på.")), LONG],
    )


class ObsoleteForm(ReasonForm):
    day = DayField(_l("Hvilken dag?"), validators=[InputRequired(_l("Vælg en dag."))])
    source = StringField(
        _l("Hvor ved I det fra?"),
        validators=[InputRequired(_l("Skriv, hvor I ved det fra.")), SHORT],
    )

    def offer(self) -> None:
        self.offer_reasons(words.OBSOLETE_REASONS)


class AskRedirectForm(StepForm):
    reason = TextAreaField(
        _l("Hvor hører borgeren til?"),
        validators=[InputRequired(_l("Skriv, hvor borgeren hører til.")), LONG],
    )


class ResetForm(StepForm):
    reason = TextAreaField(
        _l("Hvorfor åbnes pakken igen?"),
        validators=[InputRequired(_l("Skriv, hvorfor pakken åbnes igen.")), LONG],
    )


class ContestForm(StepForm):
    reason = TextAreaField(
        _l("Hvad er nyt?"),
        validators=[InputRequired(_l("Skriv, hvad kommunen skal se på.")), LONG],
    )


class MarkErrorForm(ReasonForm):
    reason = TextAreaField(
        _l("Hvad er der sket?"),
        validators=[InputRequired(_l("Skriv, hvad der er sket.")), LONG],
    )

    def offer(self) -> None:
        self.offer_reasons(words.ERROR_REASONS)


class BreachForm(Form):
    seen = TextAreaField(breaches.QUESTIONS["seen"], validators=[LONG])
    deleted = TextAreaField(breaches.QUESTIONS["deleted"], validators=[LONG])
    told = TextAreaField(breaches.QUESTIONS["told"], validators=[LONG])
    reported = TextAreaField(breaches.QUESTIONS["reported"], validators=[LONG])
    prevented = TextAreaField(breaches.QUESTIONS["prevented"], validators=[LONG])

    def answers(self) -> dict[str, str]:
        return {name: self._fields[name].data or "" for name in breaches.QUESTIONS}


FORMS: dict[str, type[StepForm]] = {
    "acknowledge_by_phone": AcknowledgeByPhoneForm,
    "submit_for_signoff": SignoffForm,
    "return_to_draft": ReturnForm,
    "hold": HoldForm,
    "ask_redirect": AskRedirectForm,
    "agree_redirect": StepForm,
    "resume": StepForm,
    "obsolete": ObsoleteForm,
    "reset": ResetForm,
    "contest": ContestForm,
    "mark_error": MarkErrorForm,
    "move_case": MoveCaseForm,
}
