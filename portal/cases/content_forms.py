"""The shape of what is written into a case: hours, plan, course, assessment."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from wtforms import (
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from portal.agreements import criteria
from portal.agreements.criteria import Rule
from portal.agreements.document import label
from portal.cases import words
from portal.cases.forms import LINE, TEXT, CaseForm, HoursField
from portal.cases.models import CriterionAnswer, Decision, EffortKind, EffortStatus, TalkOutcome
from portal.cases.responsibility import first_of
from portal.fields import DayField, FinalForm, offered
from portal.rules import months_after

MOST_GOALS = 30
CHOOSE = ("", _l("Vælg"))


def choice(label: Any, known: Mapping[Any, Any], lack: Any, **more: Any) -> Any:
    return SelectField(
        label, choices=offered([CHOOSE, *known.items()]), validators=[InputRequired(lack)], **more
    )


class HoursForm(CaseForm, FinalForm):
    month = SelectField(_l("Måned"), validators=[InputRequired(_l("Vælg en måned."))])
    hours = HoursField(
        _l("Dagpengetimer"),
        validators=[
            InputRequired(_l("Skriv timerne. Skriv 0, hvis der ingen er.")),
            NumberRange(min=0, max=300, message=_l("Timerne skal være fra 0 til 300.")),
        ],
    )
    source = choice(_l("Kilde"), words.HOURS_SOURCES, _l("Vælg, hvor timerne kommer fra."))
    reason = StringField(_l("Årsag til rettelse"), validators=[Optional(), LINE])

    def offer(self, start: date, today: date) -> None:
        """The months of the benefit period until now, the newest first."""
        months = [*_months(first_of(start), today)][::-1]
        named = [(month.isoformat(), format_date(month, "MMMM y")) for month in months]
        self.month.choices = offered([CHOOSE, *named])

    def given(self) -> dict[str, Any]:
        return {
            "month": date.fromisoformat(self.month.data),
            "hours": self.hours.data,
            "source": self.source.data,
            "reason": self.reason.data or None,
        }


class TransferForm(CaseForm):
    day = DayField(
        _l("Ansvaret overgår den"), validators=[InputRequired(_l("Skriv dagen for overgangen."))]
    )
    # The page of the hours holds the other "source".
    source = choice(
        _l("Kilde"), words.TRANSFER_SOURCES, _l("Vælg, hvor I har dagen fra."), id="transfer-source"
    )


class PlanForm(CaseForm):
    """Job goals stand one a line; the link must be one that a browser may follow."""

    version = IntegerField(widget=HiddenInput(), default=0)
    job_goals = TextAreaField(_l("Jobmål"), validators=[Optional(), TEXT])
    focus_areas = TextAreaField(_l("Indsatsområder"), validators=[Optional(), TEXT])
    search_strategy = TextAreaField(_l("Jobsøgningsstrategi"), validators=[Optional(), TEXT])
    my_plan_link = URLField(_l("Link til Min Plan"), validators=[Optional(), Length(max=500)])
    my_plan_on = DayField(_l("Min Plan er senest ændret den"), validators=[Optional()])

    def validate_job_goals(self, field: TextAreaField) -> None:
        """Minutes answer each goal of their own; so many they have room for."""
        if len(field.data.splitlines()) > MOST_GOALS:
            raise ValidationError(_l("Skriv højst 30 jobmål."))

    def validate_my_plan_link(self, field: URLField) -> None:
        if not field.data.startswith("https://"):
            raise ValidationError(_l("Linket skal begynde med https://"))

    def given(self) -> dict[str, Any]:
        goals = [line.strip() for line in (self.job_goals.data or "").splitlines()]
        return {
            "job_goals": [goal for goal in goals if goal],
            "focus_areas": self.focus_areas.data or None,
            "search_strategy": self.search_strategy.data or None,
            "my_plan_link": self.my_plan_link.data or None,
            "my_plan_on": self.my_plan_on.data,
        }


class PasteForm(CaseForm):
    text = TextAreaField(
        _l("Tekst fra Min Plan"),
        validators=[InputRequired(_l("Sæt teksten ind.")), Length(max=20000)],
    )


class EffortForm(CaseForm):
    kind = choice(_l("Slags"), words.EFFORT_KINDS, _l("Vælg, hvad det er."))
    description = StringField(
        _l("Beskrivelse"), validators=[InputRequired(_l("Skriv, hvad der er aftalt.")), LINE]
    )
    status = choice(_l("Status"), words.EFFORT_STATUSES, _l("Vælg en status."))
    first_day = DayField(_l("Første dag"), validators=[Optional()])
    last_day = DayField(_l("Sidste dag"), validators=[Optional()])
    result = TextAreaField(_l("Resultat"), validators=[Optional(), TEXT])

    def given(self) -> dict[str, Any]:
        return {
            "kind": EffortKind(self.kind.data),
            "description": self.description.data,
            "status": EffortStatus(self.status.data),
            "first_day": self.first_day.data,
            "last_day": self.last_day.data,
            "result": self.result.data or None,
        }


class TalkForm(CaseForm):
    day = DayField(_l("Dag"), validators=[InputRequired(_l("Skriv dagen."))])
    kind = choice(_l("Slags samtale"), words.TALK_KINDS, _l("Vælg, hvilken samtale det er."))
    form = choice(_l("Form"), words.TALK_FORMS, _l("Vælg, hvordan samtalen holdes."))
    outcome = choice(_l("Hvordan gik det?"), words.TALK_OUTCOMES, _l("Vælg et svar."))
    reason = StringField(_l("Årsag, hvis den ikke blev holdt"), validators=[Optional(), LINE])

    def given(self) -> dict[str, Any]:
        outcome = TalkOutcome(self.outcome.data)
        return {
            "day": self.day.data,
            "kind": self.kind.data,
            "form": self.form.data,
            "outcome": outcome,
            "reason": (self.reason.data or None) if outcome is not TalkOutcome.HELD else None,
        }


class ClarificationForm(CaseForm):
    day = DayField(_l("Dag"), validators=[InputRequired(_l("Skriv dagen."))])
    tool = StringField(
        _l("Redskab"), validators=[InputRequired(_l("Skriv, hvilket redskab der er brugt.")), LINE]
    )

    def given(self) -> dict[str, Any]:
        return {"day": self.day.data, "tool": self.tool.data}


class ExemptionForm(CaseForm):
    code = StringField(widget=HiddenInput(), validators=[InputRequired(), Length(max=60)])
    reason = StringField(
        _l("Hvorfor er det ikke relevant?"), validators=[InputRequired(_l("Skriv hvorfor.")), LINE]
    )


class AssessmentForm(CaseForm, FinalForm):
    """Made for the criteria of one version by `assessment_form`; nothing is chosen beforehand."""

    version_id = StringField(widget=HiddenInput(), validators=[InputRequired()])
    decision = RadioField(
        _l("Din afgørelse"),
        choices=offered(words.DECISIONS.items()),
        validators=[InputRequired(_l("Vælg, hvad du afgør."))],
    )
    reason = TextAreaField(
        _l("Begrundelse"), validators=[InputRequired(_l("Skriv din begrundelse.")), TEXT]
    )
    informed_on = DayField(_l("Medlemmet er informeret den"), validators=[Optional()])
    informed_channel = SelectField(
        _l("Hvordan"), choices=offered([CHOOSE, *words.CHANNELS.items()]), validators=[Optional()]
    )
    member_comment = TextAreaField(_l("Medlemmets kommentar"), validators=[Optional(), TEXT])
    criteria: tuple[Mapping[str, Any], ...] = ()
    rule: Rule

    def __iter__(self) -> Iterator[Any]:
        """In the page's order: what is wrong is told in it."""
        first = [field for one in self.criteria for field in self.fields_of(one) if field]
        return iter([*first, *(field for field in super().__iter__() if field not in first)])

    def fields_of(self, criterion: Mapping[str, Any]) -> tuple[Any, Any]:
        """The answer, and the consequence where somebody judges."""
        code = criterion["code"]
        return self._fields[f"answer_{code}"], self._fields.get(f"consequence_{code}")

    @property
    def is_enough(self) -> bool:
        """Whether the answers given so far are as many as the agreement asks for."""
        yes = CriterionAnswer.YES
        return self.rule.is_met(
            (one.get("kind", ""), self.fields_of(one)[0].data == yes) for one in self.criteria
        )

    def given(self) -> dict[str, Any]:
        answers = ((one["code"], *self.fields_of(one)) for one in self.criteria)
        return {
            "answers": [
                (code, CriterionAnswer(answer.data), (text.data or None) if text else None)
                for code, answer, text in answers
            ],
            "decision": Decision(self.decision.data),
            "reason": self.reason.data,
            "informed_on": self.informed_on.data,
            "informed_channel": self.informed_channel.data or None,
            "member_comment": self.member_comment.data or None,
        }


def assessment_form(asked: Iterable[Mapping[str, Any]], rule: Rule) -> type[AssessmentForm]:
    """A form that asks yes, no or unknown of each criterion, and of what is judged what it means.

    What follows from the law comes first.
    """
    asked = (*criteria.statutory(asked := [*asked]), *criteria.judged(asked))
    fields: dict[str, Any] = {"criteria": asked, "rule": rule}
    for criterion in asked:
        missing = _l("Svar ja, nej eller ved ikke: %(criterion)s", criterion=label(criterion))
        fields[f"answer_{criterion['code']}"] = RadioField(
            _l("Er kriteriet opfyldt?"),
            choices=offered(words.ANSWERS.items()),
            validators=[InputRequired(missing)],
        )
        if criterion.get("kind") == criteria.STATUTORY:
            continue
        fields[f"consequence_{criterion['code']}"] = TextAreaField(
            _l("Betydning for jobsøgningen"),
            validators=[Optional(), TEXT],
            render_kw={"placeholder": " "},  # the stylesheet asks it whether anything is typed
        )
    return type("AssessmentFormOfVersion", (AssessmentForm,), fields)


def _months(first: date, today: date) -> Iterator[date]:
    month, n = first, 0
    while month <= today:
        yield month
        n += 1
        month = months_after(first, n)
