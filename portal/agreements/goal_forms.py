"""The goals in the form of their section: chosen from a set or put in the parties' own words."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import Length, Optional

from portal.agreements import catalogue, indicators
from portal.agreements.governed import DIRECTIONS, GOAL_MORE, MEASURES, UNITS
from portal.agreements.rows import LINE, PARTIES_OWN, SPARE, Row, rows_typed
from portal.agreements.templates import as_json
from portal.fields import offered

OWN = ""


class GoalRow(Row):
    code = HiddenField()
    pick = SelectField(_l("Mål fra et sæt"), validators=[Optional()])
    indicator = StringField(_l("Det måles"), validators=[LINE])
    unit = SelectField(_l("Enhed"), choices=offered(UNITS.items()))
    direction = SelectField(_l("Retning"), choices=offered(DIRECTIONS.items()))
    target = IntegerField(_l("Mål"), validators=[Optional()])
    baseline = IntegerField(_l("Udgangspunkt"), validators=[Optional()])
    measured_by = SelectField(_l("Kilde"), choices=offered(MEASURES.items()))
    method = StringField(_l("Sådan måles det"), validators=[Length(max=500)])

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.pick.choices = choices()


def choices() -> dict[str, list[tuple[str, Any]]]:
    """Every indicator under the title of its set; the first choice is the parties' own words."""
    own: dict[str, list[tuple[str, Any]]] = {"–": [(OWN, _l("Egne ord"))]}
    sets = indicators.sets().values()
    return own | {each.title_da: [*offered(named(each))] for each in sets}


def named(each: indicators.IndicatorSet) -> list[tuple[str, str]]:
    return [(f"{one.set}/{one.code}", one.name_da) for one in each.indicators]


def shown(chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*chosen, *({"code": ""} for _spare in range(SPARE))]


def typed(rows: Iterable[Mapping[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was chosen is taken over from its set, with the parties' own target and baseline."""
    asked = [taken_over(row) if row["pick"] and not row["code"] else row for row in rows]
    picked = [dict(row) for row in asked if row.get("set")]
    fields = [{key: cell for key, cell in row.items() if key != "pick"} for row in asked]
    blank = {"area": "", "aim": "", "source": PARTIES_OWN, "doubt": ""}
    known = {row["code"]: row for row in before}
    found = rows_typed(fields, [*picked, *before], "indicator", blank)
    return [as_agreed(row, known.get(row["code"], {})) for row in found]


def taken_over(row: Mapping[str, Any]) -> dict[str, Any]:
    """What nobody offered is left as it was typed."""
    one = indicators.indicator(*row["pick"].split("/", 1)) if "/" in row["pick"] else None
    if one is None:
        return {**row}
    told = as_json(vars(catalogue.goal(one, indicators.sets()[one.set].source)))
    own = {name: row[name] for name in ("target", "baseline") if row[name] is not None}
    return told | own | {"line": row["line"]}


def as_agreed(row: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing is written that older rows do not have and that says no more than they do."""
    said = {key: cell for key, cell in row.items()
            if key not in GOAL_MORE or key in before or cell != GOAL_MORE[key]}  # fmt: skip
    return said | {"target": None} if row["unit"] == "done" else said
