"""The criteria in the form of their section: picked from the catalogue, worded, ordered, ended.

Those of the agreement stand first, in the order in which they are asked, then the rest of the
catalogue, then room for own ones. Nothing here needs a script: the order is a number.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from portal.agreements import catalogue
from portal.agreements.criteria import DISCRETIONARY, EVIDENCE, STATUTORY
from portal.agreements.governed import MOST_CRITERIA, SENSITIVITIES
from portal.agreements.governed import day as day_of
from portal.agreements.rows import LINE, PARTIES_OWN, SPARE, Row, is_kept, rows_typed
from portal.agreements.templates import as_json
from portal.fields import DayField, offered

OF_THE_FORM = {"is_chosen", "position"}  # what is not stored


class CriterionRow(Row):
    code = HiddenField()
    is_chosen = BooleanField(_l("Med i aftalen"))
    position = IntegerField(
        _l("Nummer"),
        validators=[
            Optional(),
            NumberRange(1, 2 * MOST_CRITERIA, message=_l("Skriv et tal fra 1 til 60.")),
        ],
    )
    label_da = StringField(_l("Kriterium"), validators=[LINE])
    guidance = TextAreaField(_l("Vejledning"), validators=[Length(max=2000)])
    wording = TextAreaField(_l("Skriveregel, når der skønnes"), validators=[Length(max=1000)])
    sensitivity = SelectField(_l("Følsomhed"), choices=offered(SENSITIVITIES.items()))
    evidence = SelectField(_l("Et ja bygger mindst på"), choices=offered(EVIDENCE.items()))
    valid_until = DayField(_l("Sidste dag i aftalen"), validators=[Optional()])


def shown(chosen: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """Of the catalogue only what may still be agreed today, each as it is worded today."""
    codes = {row["code"] for row in chosen}
    rest = [as_json(vars(row)) for row in catalogue.criteria() if row.holds(today)]
    rows = [
        *(row | {"is_chosen": True, "position": place} for place, row in enumerate(chosen, 1)),
        *(row | {"is_chosen": False} for row in rest if row["code"] not in codes),
        *({"code": "", "sensitivity": "confidential"} for _spare in range(SPARE)),
    ]
    return [row | {"valid_until": day_of(row.get("valid_until"))} for row in rows]


def typed(rows: Iterable[Mapping[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is chosen, in its new order."""
    chosen = [row for row in rows if row["is_chosen"] or (not row["code"] and is_kept(row, ""))]
    chosen = in_order([as_law_says(row) for row in chosen], before)
    fields = [
        {key: cell for key, cell in row.items() if key not in OF_THE_FORM}
        | {"valid_until": str(row["valid_until"] or "")}
        for row in chosen
    ]
    blank = {"label_en": "", "kind": DISCRETIONARY, "source": PARTIES_OWN}
    catalogued = [as_json(vars(row)) for row in catalogue.criteria()]
    return rows_typed(fields, [*catalogued, *before], "label_da", blank, may_go=False)


def statutory_codes() -> set[str]:
    return {row.code for row in catalogue.criteria() if row.kind == STATUTORY}


def as_law_says(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A statutory reason is put as the catalogue has it: only its place and end are agreed."""
    if row["code"] not in statutory_codes():
        return row
    return {name: row[name] for name in ("code", "position", "valid_until", "line")}


def in_order(
    rows: Iterable[Mapping[str, Any]], before: list[dict[str, Any]]
) -> list[Mapping[str, Any]]:
    """Each that was given another number comes there; the others keep their order around it."""
    places = {row["code"]: place for place, row in enumerate(before, 1)}
    found = sorted(rows, key=lambda row: places.get(row["code"], len(places) + 1))
    moved = [r for r in found if r["position"] not in (None, places.get(r["code"]))]
    ordered = [row for row in found if row not in moved]
    for row in sorted(moved, key=lambda row: row["position"]):
        ordered.insert(row["position"] - 1, row)
    return ordered
