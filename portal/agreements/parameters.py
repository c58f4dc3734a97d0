"""What of an agreement the rest of Samspil acts upon: each parameter defined once, here.

The class below is the list: name, kind, bounds, Danish label and where it takes effect. `parse`
reads it from a table of a file, a form or the database, `plain` writes it for a JSONB column, and
`default` is what the statutory handover runs on where no agreement is in force.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DEFAULT = Path(__file__).parents[2] / "config" / "agreements" / "default.toml"


class Refused(ValueError):
    """The parameters cannot be used; `reasons` says why in Danish, by the name of the field."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in reasons.items()))


class Unfit(ValueError):
    """One value is out of bounds; the message is the Danish reason."""


# --- The kinds of parameter ---


@dataclass(frozen=True)
class Definition:
    """What a parameter is called and where it takes effect, in Danish."""

    label: LazyString
    effect: LazyString

    def read(self, value: object) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Whole(Definition):
    """A whole number from `least` to `most`, both included; days are working days."""

    least: int
    most: int

    def read(self, value: object) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise Unfit(
                _("Skriv et helt tal fra %(least)d til %(most)d.", least=self.least, most=self.most)
            )
        return value


@dataclass(frozen=True)
class Flag(Definition):
    """Yes or no."""

    def read(self, value: object) -> bool:
        if type(value) is not bool:
            raise Unfit(_("Vælg ja eller nej."))
        return value


@dataclass(frozen=True)
class Choice(Definition):
    """One of the options."""

    options: Mapping[str, LazyString]

    def read(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise Unfit(_("Vælg en af: %(options)s.", options=", ".join(self.options)))
        return value


@dataclass(frozen=True)
class Choices(Definition):
    """At least one of the options, each once, in their own order."""

    options: Mapping[str, LazyString]

    def read(self, value: object) -> tuple[str, ...]:
        chosen = list(value) if isinstance(value, list | tuple) else []
        if not chosen or not set(map(str, chosen)) <= set(self.options):
            raise Unfit(_("Vælg mindst en af: %(options)s.", options=", ".join(self.options)))
        if len(set(chosen)) < len(chosen):
            raise Unfit(_("Hver må kun vælges én gang."))
        return tuple(option for option in self.options if option in chosen)


@dataclass(frozen=True)
class Items(Definition):
    """From `least` to `most` rows with a code of their own, out of `codes` where that is given."""

    item: type["PlanField"] | type["Reason"]
    least: int
    most: int
    codes: tuple[str, ...] = ()

    def read(self, value: object) -> tuple[Any, ...]:
        rows = list(value) if isinstance(value, list | tuple) else []
        if not self.least <= len(rows) <= self.most:
            raise Unfit(
                _("Angiv fra %(least)d til %(most)d linjer.", least=self.least, most=self.most)
            )
        items = tuple(_item(self.item, row) for row in rows)
        for item in items:
            if self.codes and item.code not in self.codes:
                raise Unfit(_("Koden »%(code)s« kendes ikke.", code=item.code))
        if len({item.code for item in items}) < len(items):
            raise Unfit(_("Hver kode må kun bruges én gang."))
        return items


@dataclass(frozen=True)
class PlanField:
    """Something the plan holds; without what is `required` the package cannot be sent."""

    code: str
    label_da: str
    label_en: str
    required: bool

    @property
    def label(self) -> str:
        """In the reader's language; in Danish where nobody reads."""
        locale = get_locale()
        return self.label_en if locale and locale.language == "en" else self.label_da


@dataclass(frozen=True)
class Reason:
    """Why a receiver rejects; it may need the criterion that is not met, or a text."""

    code: str
    label_da: str
    label_en: str
    needs_criterion: bool
    needs_text: bool


def _item(kind: type[PlanField] | type[Reason], row: object) -> PlanField | Reason:
    types = {column.name: column.type for column in fields(kind)}
    if not isinstance(row, Mapping) or row.keys() != types.keys():
        raise Unfit(_("Hver linje skal have felterne %(names)s.", names=", ".join(types)))
    for name, cell in row.items():
        if type(cell) is not types[name] or cell == "":
            raise Unfit(_("Feltet %(name)s er ikke udfyldt rigtigt.", name=name))
    if not re.fullmatch(r"[a-z][a-z0-9_]*", row["code"]):
        raise Unfit(_("Koden »%(code)s« skal være små bogstaver.", code=row["code"]))
    return kind(**row)


# --- The parameters ---

KINDS = {"overgang": _l("Overgang"), "visitation": _l("Visitation")}
CADENCES = {
    "none": _l("Ingen faste statusmøder"),
    "monthly": _l("Hver måned"),
    "quarterly": _l("Hvert kvartal"),
    "half_yearly": _l("Hvert halve år"),
    "yearly": _l("Hvert år"),
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


def _whole(label: LazyString, effect: LazyString, *, least: int, most: int) -> Any:
    return field(metadata={"definition": Whole(label, effect, least, most)})


def _define(definition: Definition) -> Any:
    return field(metadata={"definition": definition})


@dataclass(frozen=True)
class Parameters:
    """The parameters of one agreement version. Days are working days in Denmark."""

    # fmt: off
    signoff_days: int = _whole(
        _l("Frist for intern godkendelse"),
        _l("Pakken ligger til godkendelse hos a-kassens teamleder."), least=1, most=5)
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
        _l("Derefter skal aftaleejerne inddrages."), least=1, most=5)
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
        _l("Fra referatet er lagt ud, til a-kassen senest kan gøre indsigelse."), least=1, most=15)
    auto_complete_days: int = _whole(
        _l("Afslutning uden indsigelse"),
        _l("Fra referatet er lagt ud, til pakken afsluttes af sig selv."), least=5, most=30)
    contest_days: int = _whole(
        _l("Frist for indsigelse mod afvisning"),
        _l("Fra afvisning, til a-kassen senest kan bede om en ny vurdering."), least=1, most=15)
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
        _l("A-kassens teamleder skal godkende pakken, før den sendes.")))
    reject_by_leader: bool = _define(Flag(
        _l("Kun koordinatoren kan afvise"),
        _l("Kommunens kontaktperson kan ikke selv afvise en visitation.")))
    kinds: tuple[str, ...] = _define(Choices(
        _l("Slags overdragelser"),
        _l("Hvilke overdragelser aftalen dækker."), KINDS))
    meeting_cadence: str = _define(Choice(
        _l("Statusmøder"),
        _l("Hvor tit parterne evaluerer og justerer aftalen."), CADENCES))
    plan_fields: tuple[PlanField, ...] = _define(Items(
        _l("Planens indhold"),
        _l("Tjeklisten, før pakken kan sendes."), PlanField, 1, len(PLAN_CODES), PLAN_CODES))
    rejection_reasons: tuple[Reason, ...] = _define(Items(
        _l("Årsager til afvisning"),
        _l("Listen, modtageren vælger fra, når en visitation afvises."), Reason, 0, 9))
    # fmt: on

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
    if not any(plan.required for plan in values["plan_fields"]):
        yield "plan_fields", _("Mindst ét felt i planen skal være et krav.")


def plain(parameters: Parameters) -> dict[str, Any]:
    """The parameters as JSON knows them; `parse` reads it back."""
    values = {name: getattr(parameters, name) for name in definitions()}
    return {name: plain_value(value) for name, value in values.items()}


def plain_value(value: object) -> object:
    """One value as JSON knows it."""
    if isinstance(value, tuple):
        return [plain_value(row) for row in value]
    return vars(value).copy() if isinstance(value, PlanField | Reason) else value


@cache
def default() -> Parameters:
    """What OVERGANG runs on where no agreement is in force on the day."""
    return parse(tomllib.loads(DEFAULT.read_text("utf-8"))["parameters"])
