"""What of an agreement the rest of Samspil acts upon: each parameter defined once, here.

The class below is the list: name, kind (parameter_kinds.py), bounds, Danish label and where it
takes effect. `parse` reads it from a table of a file, a form or the database, `plain` writes it for
a JSONB column, and `default` is what the statutory handover runs on where no agreement is in force.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.agreements.criteria import RULES, Rule
from portal.agreements.parameter_kinds import (
    Choice,
    Choices,
    Definition,
    Flag,
    Items,
    Lines,
    PlanField,
    Reason,
    Refused,
    Unfit,
    Unit,
    Whole,
)

DEFAULT = Path(__file__).parents[2] / "config" / "agreements" / "default.toml"


KINDS = {"overgang": _l("Overgang"), "visitation": _l("Visitation")}
CADENCES = {
    "none": _l("Ingen faste statusmøder"),
    "monthly": _l("Hver måned"),
    "quarterly": _l("Hvert kvartal"),
    "half_yearly": _l("Hvert halve år"),
    "yearly": _l("Hvert år"),
}
# What the owners may approve between them; people change more often than agreements.
SMALL_CHANGES = {
    "contact_persons": _l("Kontaktpersoner"),
    "mailboxes": _l("Funktionspostkasser"),
    "stand_ins": _l("Stedfortrædere i opgaverne"),
}
# Beside those of the law (config/rules/handover.toml), and of earlier transfers alone: what has
# passed by law no agreement brings back.
RETURNS = {
    "criteria_gone": _l("Kriterierne for visitationen er ikke længere opfyldt"),
    "fund_helps": _l("Parterne er enige om, at a-kassen nu hjælper bedst"),
}
PLAN_CODES = (
    "job_goals",
    "focus_areas",
    "search_strategy",
    "my_plan",
    "efforts",
    "recommendations",
    "company_efforts",
    "placements",
    "talks",
    "profile_clarification",
)


# What of a package goes to the receiver only where it is agreed. All else is what the transfer
# rests on: who, since when, the plan (LAB § 41), that the member is informed, the decision itself.
SHARED = {
    "contact_details": _l("Medlemmets telefon og e-mail"),
    "summary": _l("A-kassens resumé"),
    "considerations": _l("Hensyn i jobsøgningen"),
    "consequences": _l("Betydningen for jobsøgningen ved hvert kriterium"),
    "member_comment": _l("Medlemmets egne kommentarer"),
    "talks": _l("Samtaler indtil nu"),
    "profile_clarification": _l("Profilafklaring: dag og redskab"),
    "efforts": _l("Indsatser, tilbud, indstillinger og formidlede job"),
}
# What the plan may demand, where it is one of the above.
SHARED_OF_PLAN = {
    "talks": "talks",
    "profile_clarification": "profile_clarification",
    "efforts": "efforts",
    "recommendations": "efforts",
    "company_efforts": "efforts",
    "placements": "efforts",
}


def _whole(label: LazyString, effect: LazyString, **bounds: Any) -> Any:
    return field(metadata={"definition": Whole(label, effect, **bounds)})


def _define(definition: Definition) -> Any:
    return field(metadata={"definition": definition})


@dataclass(frozen=True)
class Parameters:
    """The parameters of one agreement version."""

    # fmt: off
    signoff_days: int = _whole(
        _l("Frist for intern godkendelse"),
        _l("Pakken ligger til godkendelse hos a-kassens teamleder."),
        least=1, most=5)
    acknowledge_days: int = _whole(
        _l("Frist for kvittering"),
        _l("Fra pakken er sendt, til modtageren har kvitteret."), least=1, most=5)
    decide_days: int = _whole(
        _l("Frist for vurdering"),
        _l("Fra kvittering, til modtageren accepterer, afviser eller spørger."), least=1, most=15)
    answer_days: int = _whole(
        _l("Frist for svar på spørgsmål"),
        _l("Fra modtageren har spurgt, til a-kassen har svaret."), least=1, most=15)
    resume_days: int = _whole(
        _l("Mindste rest til vurdering efter svar"),
        _l("Modtagerens frist løber igen med mindst så mange dage."), least=1, most=5)
    info_rounds: int = _whole(
        _l("Runder med spørgsmål"),
        _l("Derefter skal aftaleejerne inddrages."), least=1, most=5, unit=Unit.PIECES)
    plan_days: int = _whole(
        _l("Frist for at aftale samtalen"),
        _l("Fra accept, til samtalen har en dato."), least=1, most=15)
    meeting_notice_days: int = _whole(
        _l("Varsel for samtalen"),
        _l("Samtalen kan tidligst ligge så mange dage frem."), least=0, most=15)
    minutes_days: int = _whole(
        _l("Frist for referat"),
        _l("Fra samtalen er holdt, til referatet er lagt ud."), least=1, most=10)
    object_days: int = _whole(
        _l("Frist for indsigelse mod referatet"),
        _l("Fra referatet er lagt ud, til a-kassen senest kan gøre indsigelse."),
        least=1, most=15)
    auto_complete_days: int = _whole(
        _l("Afslutning uden indsigelse"),
        _l("Fra referatet er lagt ud, til pakken afsluttes af sig selv."), least=5, most=30)
    minutes_headings: tuple[str, ...] = _define(Lines(
        _l("Referatets overskrifter"),
        _l("Referatet begynder med dem, én på hver linje. Står her ingen, bruges Samspils."),
        most=12, longest=80, empty=_l("Samspils overskrifter")))
    contest_days: int = _whole(
        _l("Frist for indsigelse mod afvisning"),
        _l("Fra afvisning, til a-kassen senest kan bede om en ny vurdering."),
        least=1, most=15)
    remind_before_days: int = _whole(
        _l("Påmindelse før fristen"),
        _l("Den part, der skal handle, får besked så mange dage før."), least=1, most=5)
    owners_after_days: int = _whole(
        _l("Besked til aftaleejerne"),
        _l("Begge parters aftaleejere får besked så mange dage efter fristen."), least=1, most=10)
    agenda_after_days: int = _whole(
        _l("Punkt på næste statusmøde"),
        _l("Sagen sættes på dagsordenen så mange dage efter fristen."), least=2, most=20)
    four_eyes: bool = _define(Flag(
        _l("Intern godkendelse før afsendelse"),
        _l("En anden teamleder end den, der har lavet pakken, skal godkende og sende den.")))
    reject_by_leader: bool = _define(Flag(
        _l("Kun koordinatoren kan afvise"),
        _l("Kommunens kontaktperson kan ikke selv afvise en visitation.")))
    kinds: tuple[str, ...] = _define(Choices(
        _l("Slags overdragelser"),
        _l("Hvilke overdragelser aftalen dækker."), KINDS))
    meeting_cadence: str = _define(Choice(
        _l("Statusmøder"),
        _l("Hvor tit parterne evaluerer og justerer aftalen. Oversigten siger, hvornår næste "
           "møde senest skal holdes."), CADENCES))
    plan_fields: tuple[PlanField, ...] = _define(Items(
        _l("Planens indhold"),
        _l("Tjeklisten, før pakken kan sendes."), PlanField, 1, len(PLAN_CODES), PLAN_CODES))
    criteria_rule: str = _define(Choice(
        _l("Så mange kriterier skal være opfyldt"),
        _l("Vurderingen viser, om reglen er opfyldt; uden det kan en visitation ikke sendes."),
        RULES))
    criteria_needed: int = _whole(
        _l("Antal kriterier"),
        _l("Antallet, når reglen er mindst et antal kriterier."),
        least=2, most=9, unit=Unit.PIECES)
    rejection_reasons: tuple[Reason, ...] = _define(Items(
        _l("Årsager til afvisning"),
        _l("Listen, modtageren vælger fra, når en visitation afvises."), Reason, 0, 9))
    seen_after_rejection: int = _whole(
        _l("Kommunens adgang efter en afvisning"),
        _l("Så længe kan kommunen læse en pakke, den har afvist; derefter kun a-kassen."),
        least=28, most=365, unit=Unit.DAYS)
    return_grounds: tuple[str, ...] = _define(Choices(
        _l("Tilbage til a-kassen"),
        _l("Af de grunde kan kommunen føre en visitation tilbage. Det, loven selv fører tilbage, "
           "kan ikke vælges fra."),
        RETURNS, may_be_empty=True))
    shared_fields: tuple[str, ...] = _define(Choices(
        _l("Oplysninger, der deles ud over planen"),
        _l("Det, der ikke er valgt, kommer ikke med, når pakken sendes."),
        SHARED, may_be_empty=True))
    recommendation_answer_days: int = _whole(
        _l("Svar på indstilling til tilbud"),
        _l("Sagen viser, hvornår kommunen senest svarer på en åben indstilling."),
        least=1, most=20)
    job_order_hours: int = _whole(
        _l("Svar på jobordre"),
        _l("Vises, hvor formidlede job registreres på sagen."),
        least=1, most=72, unit=Unit.HOURS)
    candidates_per_order: int = _whole(
        _l("Kandidater til hver jobordre, højst"),
        _l("Vises, hvor formidlede job registreres på sagen."),
        least=1, most=10, unit=Unit.PIECES)
    small_changes: tuple[str, ...] = _define(Choices(
        _l("Ændringer uden ny underskrift"),
        _l("Det valgte gælder, når den anden sides aftaleejer har godkendt det; alt andet, der "
           "godkendes, går med i næste version. En opgave uden person kan altid besættes, og "
           "fravær og fratrædelse går straks til den, der træder til."),
        SMALL_CHANGES, may_be_empty=True))
    # fmt: on

    @property
    def rule(self) -> Rule:
        return Rule(self.criteria_rule, self.criteria_needed)

    @property
    def required_plan_codes(self) -> tuple[str, ...]:
        return tuple(plan.code for plan in self.plan_fields if plan.required)


@cache
def definitions() -> dict[str, Definition]:
    """Every parameter by name, in the order of the class."""
    return {column.name: column.metadata["definition"] for column in fields(Parameters)}


def parse(table: Mapping[str, object]) -> Parameters:
    """The parameters in `table`; raises `Refused` with a reason for every field that is wrong."""
    values: dict[str, Any] = {}
    reasons = {name: _("Feltet kendes ikke.") for name in table.keys() - definitions().keys()}
    for name, definition in definitions().items():
        try:
            values[name] = definition.read(table[name])
        except KeyError:
            reasons[name] = _("Feltet mangler.")
        except Unfit as unfit:
            reasons[name] = str(unfit)
    for name, reason in _together(values) if not reasons else ():
        reasons.setdefault(name, reason)
    if reasons:
        raise Refused(reasons)
    return Parameters(**values)


def _together(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What holds between parameters, each of which is within its own bounds."""
    if values["agenda_after_days"] <= values["owners_after_days"]:
        yield "agenda_after_days", _("Skal ligge efter beskeden til aftaleejerne.")
    if values["auto_complete_days"] < values["object_days"]:
        yield "auto_complete_days", _("Må ikke være kortere end fristen for indsigelse.")
    if "overgang" not in values["kinds"]:
        yield "kinds", _("Overgangen følger af loven og kan ikke vælges fra.")
    if "visitation" in values["kinds"] and not values["rejection_reasons"]:
        yield "rejection_reasons", _("Visitation kræver mindst én årsag til afvisning.")
    elif "visitation" in values["kinds"] and all(
        row.valid_until for row in values["rejection_reasons"]
    ):
        yield "rejection_reasons", _("Mindst én årsag skal gælde i hele aftalens tid.")
    if not any(plan.required for plan in values["plan_fields"]):
        yield "plan_fields", _("Mindst ét felt i planen skal være et krav.")
    for plan in values["plan_fields"]:
        part = SHARED_OF_PLAN.get(plan.code)
        if plan.required and part and part not in values["shared_fields"]:
            words = _("»%(plan)s« er et krav i planen og skal derfor deles.")
            yield "shared_fields", words % {"plan": plan.label}


def plain(parameters: Parameters) -> dict[str, Any]:
    """The parameters as JSON knows them; `parse` reads it back."""
    values = {name: getattr(parameters, name) for name in definitions()}
    return {name: plain_value(value) for name, value in values.items()}


def plain_value(value: object) -> object:
    """One value as JSON knows it."""
    if isinstance(value, tuple):
        return [plain_value(row) for row in value]
    if isinstance(value, PlanField | Reason):
        return {name: plain_value(cell) for name, cell in vars(value).items()}
    return value.isoformat() if isinstance(value, date) else value


def agreed(table: Mapping[str, object]) -> Parameters:
    """What a signed version or a package made under it holds.

    A parameter that is younger than the table has the default's value.
    """
    return parse({**plain(default()), **table})


@cache
def default() -> Parameters:
    """What OVERGANG runs on where no agreement is in force on the day."""
    return parse(tomllib.loads(DEFAULT.read_text("utf-8"))["parameters"])
