"""The form of a section: its text, and a field for each thing that it governs.

A field's name is the parameter's, so that what an action refuses is shown at it. Rows are kept by
their code; what is not on the form (such as a criterion's source) stays as it was.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal import rules
from portal.agreements import criteria_forms, goal_forms
from portal.agreements.document import effect
from portal.agreements.document import label as label_of
from portal.agreements.governed import TOLD_OF, day
from portal.agreements.models import Side, Term
from portal.agreements.parameter_kinds import Choice, Choices, Flag, Lines, PlanField, Unit, Whole
from portal.agreements.parameters import PLAN_CODES, default, definitions
from portal.agreements.parts import AgreementSection
from portal.agreements.rows import LINE, PARTIES_OWN, SPARE, Row, rows_typed
from portal.fields import DayField, Form, offered
from portal.workflow import Lack

TEXT, LINES = Length(max=20_000), Length(max=2000)
SIDE_WORDS = {Side.FUND: _l("A-kassen"), Side.MUNICIPALITY: _l("Kommunen")}
TERM_WORDS = {
    Term.FIXED: _l("En bestemt periode"),
    Term.OPEN_ENDED: _l("Løbende, indtil den opsiges"),
    Term.RULE_SET: _l("Så længe et regelsæt gælder"),
}
SUFFIXES = {
    Unit.WORKING_DAYS: _l("arbejdsdage"),
    Unit.DAYS: _l("dage"),
    Unit.HOURS: _l("timer"),
}
PLAN_WORDS = {"required": _l("Krav"), "included": _l("Med"), "left_out": _l("Ikke med")}


class GovernedForm(Form):
    """What holds fields for things that a section governs, and shows what is wrong at each cell."""

    order: Mapping[str, list[int]] = {}  # of a table: from which of its lines each row was read

    def show(self, lacks: Iterable[Lack]) -> None:
        """What concerns a whole table comes last: it is shown beside what concerns its cells."""
        super().show(sorted(lacks, key=lambda lack: "-" not in lack.field))

    def places(self, name: str) -> list[Field]:
        """`decide_days`, `term-valid_until`, or one cell of a table: `criteria-2-label_da`."""
        name, *cell = name.split("-")
        whole = self._fields.get(name)
        if isinstance(whole, FormField):
            return [whole.form._fields[cell[0] if cell else "term"]]
        if isinstance(whole, FieldList) and cell:
            entry = whole.entries[self.order[name][int(cell[0])]]
            return [whole, entry.form._fields[cell[1]]]
        return [whole] if whole else []


class SectionForm(GovernedForm):
    """What every section asks: its text, or that nothing is agreed about it."""

    revision = IntegerField(widget=HiddenInput())
    text = TextAreaField(_l("Aftaletekst"), validators=[Optional(), TEXT])
    is_left_out = BooleanField(_l("Ikke aftalt: afsnittet udgår af aftalen"))


class RemarkForm(Form):
    remark = TextAreaField(
        _l("Bemærkning"), validators=[InputRequired(_l("Skriv en bemærkning.")), Length(max=4000)]
    )
    audience = RadioField(
        _l("Hvem skal kunne læse den?"),
        choices=offered([("both", _l("Begge sider")), ("own", _l("Kun vores side"))]),
        validators=[InputRequired(_l("Vælg, hvem der skal kunne læse den."))],
        default="both",
    )


class ReasonForm(Form):
    """Why something is taken up again, given up or ended; both parties read it."""

    reason = TextAreaField(_l("Begrundelse"), validators=[Length(max=2000)])
    revision = IntegerField(widget=HiddenInput())


class OwnSectionForm(Form):
    heading = StringField(
        _l("Overskrift"), validators=[InputRequired(_l("Skriv en overskrift.")), LINE]
    )
    text = TextAreaField(_l("Aftaletekst"), validators=[InputRequired(_l("Skriv en tekst.")), TEXT])


class ReasonRow(Row):
    code = HiddenField()
    label_da = StringField(_l("Årsag"), validators=[LINE])
    label_en = StringField(_l("På engelsk"), validators=[LINE])
    needs_criterion = BooleanField(_l("Kriteriet skal vælges"))
    needs_text = BooleanField(_l("Skal uddybes med tekst"))
    valid_until = DayField(_l("Sidste dag i aftalen"), validators=[Optional()])


class ContactRow(Row):
    code = HiddenField()
    side = SelectField(_l("Hos"), choices=offered(SIDE_WORDS.items()))
    label_da = StringField(_l("Opgave"), validators=[LINE])
    told_of = SelectField(_l("Får mail om"), choices=offered(TOLD_OF.items()))


class TermRow(Row):
    term = RadioField(_l("Aftalen gælder"), choices=offered(TERM_WORDS.items()))
    valid_from = DayField(_l("Første dag"), validators=[Optional()])
    valid_until = DayField(_l("Sidste dag"), validators=[Optional()])
    notice_months = IntegerField(_l("Opsigelsesvarsel i måneder"), validators=[Optional()])
    rule_set = SelectField(_l("Regelsæt"), validators=[Optional()])


def form_of(section: AgreementSection, today: date, asked: type[GovernedForm] = SectionForm) -> Any:
    """The section's form, filled with what it says; a submitted one with what was typed.

    `asked` is what is asked besides what the section governs.
    """
    fields = {name: field_of(name, section.given.get(name)) for name in section.governs}
    made = type("OwnForm", (asked,), fields)
    data = {"text": section.text, "is_left_out": section.is_left_out}
    form = made(data=data | {name: shown(name, section, today) for name in section.governs})
    for term in (field for field in form if field.name == "term"):
        options = [(row.key, row.title) for row in rules.rule_sets()]
        term.form.rule_set.choices = offered([("", _("Intet")), *options])
    return form


def field_of(name: str, value: Any) -> Field:
    if name in TABLES:
        return FieldList(FormField(TABLES[name]), label=definition_label(name))
    if name == "term":
        return FormField(TermRow, label=_l("Varighed"))
    definition = definitions()[name]
    match definition:
        case Whole():
            return IntegerField(definition.label, validators=[InputRequired()])
        case Flag():
            answers = offered([("yes", _l("Ja")), ("no", _l("Nej"))])
            return RadioField(definition.label, choices=answers, validators=[InputRequired()])
        case Choice():
            return SelectField(definition.label, choices=offered(definition.options.items()))
        case Choices():
            return SelectMultipleField(
                definition.label, choices=offered(definition.options.items())
            )
        case Lines():
            return TextAreaField(definition.label, validators=[Optional(), LINES])
    raise TypeError(f"no field is known for {name}")


def definition_label(name: str) -> Any:
    return definitions()[name].label if name in definitions() else ""


class PlanRow(Row):
    code = HiddenField()
    is_required = SelectField(choices=offered(PLAN_WORDS.items()))


TABLES: dict[str, type[Row]] = {
    "plan_fields": PlanRow,
    "rejection_reasons": ReasonRow,
    "criteria": criteria_forms.CriterionRow,
    "goals": goal_forms.GoalRow,
    "contacts": ContactRow,
}


# --- From what is stored to what is shown ---


def alone(whole: AgreementSection, name: str | None) -> AgreementSection:
    """A section that holds nothing but what is asked for, as the form takes it."""
    names = [name] if name else []
    return AgreementSection(
        key=whole.key,
        heading=whole.heading,
        text=whole.text,
        governs=names,
        given={one: whole.given[one] for one in names},
        is_left_out=False,
    )


def shown(name: str, section: AgreementSection, today: date) -> Any:
    value = section.given.get(name)
    match name:
        case "criteria":
            return criteria_forms.shown(value or [], today)
        case "plan_fields":
            return plan_shown(value or [])
        case "rejection_reasons":
            rows = [row | {"valid_until": day(row.get("valid_until"))} for row in value or []]
            return [*rows, *({"code": ""} for _spare in range(SPARE))]
        case "goals":
            return goal_forms.shown(value or [])
        case "contacts":
            return [*(value or []), *({"code": ""} for _spare in range(SPARE))]
        case "term":
            return term_shown(value or {})
    if isinstance(definitions()[name], Lines):
        return "\n".join(value or [])
    return {True: "yes", False: "no"}.get(value, value) if type(value) is bool else value


def plan_shown(chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = {row["code"]: "required" if row["required"] else "included" for row in chosen}
    return [{"code": code, "is_required": kinds.get(code, "left_out")} for code in PLAN_CODES]


def term_shown(value: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: day(value.get(name)) for name in ("valid_from", "valid_until")}
    return {key: cell or None for key, cell in value.items()} | days


def suffix_of(name: str) -> LazyString | None:
    """The unit that stands after a number."""
    definition = definitions()[name]
    return SUFFIXES.get(definition.unit) if isinstance(definition, Whole) else None


def effect_of(name: str) -> str:
    return effect(definitions()[name])


def beside_fields() -> dict[str, Any]:
    """What the page of a section asks beside its form."""
    return {
        "plan_label": plan_label,
        "suffix_of": suffix_of,
        "effect_of": effect_of,
        "statutory_codes": criteria_forms.statutory_codes(),
    }


def plan_label(code: str) -> str:
    labels = {row.code: row for row in default().plan_fields}
    return label_of(vars(labels[code]))


# --- From what was typed to what is stored ---


def given(form: Any, section: AgreementSection) -> dict[str, Any]:
    """What the form says of each thing that the section governs, in its plain form."""
    told = {name: typed(name, data_of(form[name]), section) for name in section.governs}
    tables = {name: rows for name, rows in told.items() if name in TABLES}
    form.order = {name: [row.pop("line", 0) for row in rows] for name, rows in tables.items()}
    return told


def data_of(field: Field) -> Any:
    """What was typed; in a table each row with the number of its line."""
    if not isinstance(field, FieldList):
        return field.data
    return [row | {"line": number} for number, row in enumerate(field.data)]


def typed(name: str, data: Any, section: AgreementSection) -> Any:
    before = section.given.get(name)
    match name:
        case "criteria":
            return criteria_forms.typed(data, before or [])
        case "plan_fields":
            return plan_typed(data)
        case "rejection_reasons":
            days = [row | {"valid_until": str(row["valid_until"] or "")} for row in data]
            return rows_typed(days, before or [], "label_da", {"label_en": ""})
        case "goals":
            return goal_forms.typed(data, before or [])
        case "contacts":
            blank = {"label_en": "", "source": PARTIES_OWN}
            return rows_typed(data, before or [], "label_da", blank)
        case "term":
            return term_typed(data)
    if isinstance(definitions()[name], Lines):
        return (data or "").splitlines()
    if isinstance(definitions()[name], Flag):
        return {"yes": True, "no": False}.get(data)
    return data


def plan_typed(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    labels = {row.code: row for row in default().plan_fields}
    kept = [row for row in rows if row["is_required"] != "left_out" and row["code"] in labels]
    return [
        vars(
            PlanField(
                row["code"],
                labels[row["code"]].label_da,
                labels[row["code"]].label_en,
                row["is_required"] == "required",
            )
        ).copy()
        for row in kept
    ]


def term_typed(data: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: str(data[name] or "") for name in ("valid_from", "valid_until")}
    rest = {"term": data["term"], "notice_months": data["notice_months"]}
    return rest | days | {"rule_set": data["rule_set"] or ""}
