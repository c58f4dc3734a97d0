"""The form of a section: its text, and a field for each thing that it governs.

A field's name is the parameter's, so that what an action refuses is shown at it. Rows are kept by
their code; what is not on the form (such as a criterion's source) stays as it was.
"""

from collections.abc import Iterable, Mapping
from typing import Any

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
from wtforms import Form as BareForm
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal import rules
from portal.agreements import catalogue
from portal.agreements.document import label as label_of
from portal.agreements.governed import MEASURES, SENSITIVITIES, UNITS, day
from portal.agreements.models import Side, Term
from portal.agreements.parameters import (
    PLAN_CODES,
    Choice,
    Choices,
    Flag,
    PlanField,
    Whole,
    default,
    definitions,
)
from portal.agreements.parts import AgreementSection
from portal.agreements.templates import as_json
from portal.fields import DayField, Form, Translations, offered

TEXT = Length(max=20_000)
LINE = Length(max=300)
SPARE = 3  # empty rows for more
PARTIES_OWN = "Parterne selv"  # stored: the source of what no template says
SIDE_WORDS = {Side.FUND: _l("A-kassen"), Side.MUNICIPALITY: _l("Kommunen")}
TERM_WORDS = {
    Term.FIXED: _l("En bestemt periode"),
    Term.OPEN_ENDED: _l("Løbende, indtil den opsiges"),
    Term.RULE_SET: _l("Så længe et regelsæt gælder"),
}
PLAN_WORDS = {"required": _l("Krav"), "included": _l("Med"), "left_out": _l("Ikke med")}


class SectionForm(Form):
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


class Row(BareForm):  # type: ignore[misc]  # WTForms is untyped
    """A row of a table; it goes with the form around it."""

    class Meta:
        def get_translations(self, form: BareForm) -> Translations:
            return Translations()


class ReasonRow(Row):
    code = HiddenField()
    label_da = StringField(_l("Årsag"), validators=[LINE])
    label_en = StringField(_l("På engelsk"), validators=[LINE])
    needs_criterion = BooleanField(_l("Kriteriet skal vælges"))
    needs_text = BooleanField(_l("Skal uddybes med tekst"))


class CriterionRow(Row):
    code = HiddenField()
    is_chosen = BooleanField(_l("Med i aftalen"))
    position = IntegerField(_l("Nummer"), validators=[Optional()])
    label_da = StringField(_l("Kriterium"), validators=[LINE])
    guidance = TextAreaField(_l("Vejledning"), validators=[Length(max=2000)])
    sensitivity = SelectField(_l("Følsomhed"), choices=offered(SENSITIVITIES.items()))


class GoalRow(Row):
    code = HiddenField()
    indicator = StringField(_l("Det måles"), validators=[LINE])
    unit = SelectField(_l("Enhed"), choices=offered(UNITS.items()))
    target = IntegerField(_l("Mål"), validators=[Optional()])
    measured_by = SelectField(_l("Kilde"), choices=offered(MEASURES.items()))
    method = StringField(_l("Sådan måles det"), validators=[Length(max=500)])


class ContactRow(Row):
    code = HiddenField()
    side = SelectField(_l("Hos"), choices=offered(SIDE_WORDS.items()))
    label_da = StringField(_l("Opgave"), validators=[LINE])


class TermRow(Row):
    term = RadioField(_l("Aftalen gælder"), choices=offered(TERM_WORDS.items()))
    valid_from = DayField(_l("Første dag"), validators=[Optional()])
    valid_until = DayField(_l("Sidste dag"), validators=[Optional()])
    notice_months = IntegerField(_l("Opsigelsesvarsel i måneder"), validators=[Optional()])
    rule_set = SelectField(_l("Regelsæt"), validators=[Optional()])


def form_of(section: AgreementSection) -> Any:
    """The section's form, filled with what it says; a submitted one with what was typed."""
    fields = {name: field_of(name, section.given.get(name)) for name in section.governs}
    made = type("GovernedForm", (SectionForm,), fields)
    data = {"text": section.text, "is_left_out": section.is_left_out}
    form = made(data=data | {name: shown(name, section) for name in section.governs})
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
    raise TypeError(f"no field is known for {name}")


def definition_label(name: str) -> Any:
    return definitions()[name].label if name in definitions() else ""


class PlanRow(Row):
    code = HiddenField()
    is_required = SelectField(choices=offered(PLAN_WORDS.items()))


TABLES: dict[str, type[Row]] = {
    "plan_fields": PlanRow,
    "rejection_reasons": ReasonRow,
    "criteria": CriterionRow,
    "goals": GoalRow,
    "contacts": ContactRow,
}


# --- From what is stored to what is shown ---


def shown(name: str, section: AgreementSection) -> Any:
    value = section.given.get(name)
    match name:
        case "criteria":
            return criteria_shown(value or [])
        case "plan_fields":
            return plan_shown(value or [])
        case "rejection_reasons" | "goals" | "contacts":
            return [*(value or []), *({"code": ""} for _spare in range(SPARE))]
        case "term":
            return term_shown(value or {})
    return {True: "yes", False: "no"}.get(value, value) if type(value) is bool else value


def criteria_shown(chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the agreement first, then the rest of the catalogue, then room for own ones."""
    codes = {row["code"] for row in chosen}
    rest = [vars(row) for row in catalogue.criteria() if row.code not in codes]
    taken = [row | {"is_chosen": True, "position": place} for place, row in enumerate(chosen, 1)]
    own = [{"code": "", "sensitivity": "confidential"} for _spare in range(SPARE)]
    return [*taken, *({**row, "is_chosen": False} for row in rest), *own]


def plan_shown(chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = {row["code"]: "required" if row["required"] else "included" for row in chosen}
    return [{"code": code, "is_required": kinds.get(code, "left_out")} for code in PLAN_CODES]


def term_shown(value: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: day(value.get(name)) for name in ("valid_from", "valid_until")}
    return {key: cell or None for key, cell in value.items()} | days


def plan_label(code: str) -> str:
    labels = {row.code: row for row in default().plan_fields}
    return label_of(vars(labels[code]))


# --- From what was typed to what is stored ---


def given(form: Any, section: AgreementSection) -> dict[str, Any]:
    """What the form says of each thing that the section governs, in its plain form."""
    return {name: typed(name, form[name].data, section) for name in section.governs}


def typed(name: str, data: Any, section: AgreementSection) -> Any:
    before = section.given.get(name)
    match name:
        case "criteria":
            return criteria_typed(data, before or [])
        case "plan_fields":
            return plan_typed(data)
        case "rejection_reasons":
            return rows_typed(data, before or [], "label_da", {"label_en": ""}, own="own")
        case "goals":
            blank = {"area": "", "aim": "", "source": PARTIES_OWN, "doubt": ""}
            return [goal_typed(row) for row in rows_typed(data, before or [], "indicator", blank)]
        case "contacts":
            blank = {"label_en": "", "source": PARTIES_OWN}
            return rows_typed(data, before or [], "label_da", blank)
        case "term":
            return term_typed(data)
    if isinstance(definitions()[name], Flag):
        return {"yes": True, "no": False}.get(data)
    return data


def rows_typed(
    rows: Iterable[Mapping[str, Any]],
    before: Iterable[Mapping[str, Any]],
    key: str,
    blank: Mapping[str, Any],
    own: str = "own",
) -> list[dict[str, Any]]:
    """A row without its text is taken out; a new one gets a code of its own."""
    known = {row["code"]: dict(row) for row in before}
    kept = [row for row in rows if (row[key] or "").strip()]
    made: list[dict[str, Any]] = []
    for row in kept:
        code = row["code"] if row["code"] in known else free_code(own, {*known, *codes(made)})
        made.append({**blank, **known.get(code, {}), **row, "code": code})
        if not made[-1].get("label_en") and "label_da" in row:
            made[-1]["label_en"] = row["label_da"]
    return made


def codes(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    return {row["code"] for row in rows}


def free_code(own: str, taken: set[str]) -> str:
    number = 1
    while f"{own}_{number}" in taken:
        number += 1
    return f"{own}_{number}"


def criteria_typed(
    rows: Iterable[Mapping[str, Any]], before: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    catalogued = [as_json(vars(row)) for row in catalogue.criteria()]
    chosen = [row for row in rows if row["is_chosen"] or (not row["code"] and row["label_da"])]
    chosen.sort(key=lambda row: row["position"] or len(chosen) + 1)
    fields = [
        {k: v for k, v in row.items() if k not in {"is_chosen", "position"}} for row in chosen
    ]
    blank = {"label_en": "", "kind": "discretionary", "source": PARTIES_OWN}
    return rows_typed(fields, [*catalogued, *before], "label_da", blank)


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


def goal_typed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"target": None} if row["unit"] == "done" else row


def term_typed(data: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: str(data[name] or "") for name in ("valid_from", "valid_until")}
    rest = {"term": data["term"], "notice_months": data["notice_months"]}
    return rest | days | {"rule_set": data["rule_set"] or ""}
