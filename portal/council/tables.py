"""The published tables of a council's area: one indicator by municipality or by fund, and all."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal import charts, pdf, rules
from portal.agreements import area
from portal.agreements.area import InArea
from portal.agreements.models import Standing
from portal.charts import Bar, Trend
from portal.council import queries
from portal.council.queries import Told
from portal.goals.catalogue import Indicator, counted, indicator
from portal.goals.figure_words import text_of
from portal.goals.figures import named
from portal.goals.periods import Period, Quarter, quarter_of, rolling
from portal.goals.published import TREND, Key, measured, past_of, total
from portal.handovers.export import Cell, Table
from portal.organisations.collation import sort_key
from portal.organisations.queries import names_on
from portal.suppression import Share, least_shown

OFFERED = 8  # quarters to choose among


class Division(StrEnum):
    """What the figures of an area are broken down by: a fixed list."""

    MUNICIPALITY = "municipality"
    FUND = "fund"
    PAIR = "pair"
    PART = "part"  # what the indicator itself is told in
    MUNICIPALITY_PART = "municipality_part"


@dataclass(frozen=True)
class Line:
    label: str
    share: Share
    text: str
    bar: Bar


@dataclass(frozen=True)
class Published:
    """One indicator in one period: a line for each part, and the sum of the lines."""

    indicator: Indicator
    period: Period
    since: date  # the first day of the oldest block among them
    lines: list[Line]
    total: str
    trend: Trend
    trend_words: list[str]


@dataclass(frozen=True)
class Asked:
    """Which of the published tables is looked at."""

    indicator: Indicator
    quarter: Quarter
    division: Division


def asked(given: Mapping[str, str], quarters: Sequence[Quarter]) -> Asked | None:
    """What is named, else the first of each; None as long as nothing is published."""
    if not quarters:
        return None
    named = {code(one): one for one in quarters}
    known = {"/".join(key): one for key, one in choices().items()}
    division = given.get("division") or Division.MUNICIPALITY
    return Asked(
        known.get(given.get("indicator") or "") or next(iter(known.values())),
        named.get(given.get("quarter") or "") or quarters[0],
        Division(division) if division in [*Division] else Division.MUNICIPALITY,
    )


def code(quarter: Quarter) -> str:
    return f"{quarter.year}-{quarter.number}"


def periods(council_id: uuid.UUID) -> list[Quarter]:
    """The quarters that can be chosen, the newest first."""
    return [quarter_of(day) for day in queries.published(council_id, OFFERED)]


def period_of(quarter: Quarter) -> Period:
    return rolling(quarter, rules.on(quarter.last, "publication.quarters"))


def choices() -> dict[Key, Indicator]:
    """What is counted and published, by set and code, in the order of the files."""
    return {one.key: one for one in counted()}


def published(council_id: uuid.UUID, asked: Asked, day: date) -> Published:
    of, period = asked.indicator, period_of(asked.quarter)
    found = queries.told_of(council_id, of.key, period)
    shares = parts(found, asked.division)
    names = names_of(found, of, day)
    spans = [measured(share, of.unit) for share in shares.values()]
    full = charts.full_of(spans, None) if of.unit == "count" else 100
    lines = [
        Line(
            label=" × ".join(str(names.get(key, key)) for key in keys),
            share=share,
            text=text_of(share, of.unit),
            bar=charts.bar(measured(share, of.unit), target_of(of), full),
        )
        for keys, share in shares.items()
    ]
    trend, said = trend_of(council_id, of, asked.quarter)
    return Published(
        indicator=of,
        period=period,
        since=min((one.since for one in found), default=period.first),
        lines=sorted(lines, key=lambda line: sort_key(line.label)),
        total=text_of(total(shares.values()), of.unit),
        trend=trend,
        trend_words=said,
    )


def target_of(of: Indicator) -> int | None:
    """Of shares only: a number of a year is agreed by each agreement for itself."""
    return of.target if of.unit == "percent" else None


Keys = tuple[uuid.UUID | str, ...]


def parts(found: Iterable[Told], division: Division) -> Mapping[Keys, Share]:
    """Each a sum of what was told of people who are in no other."""
    shares: dict[Keys, list[Share]] = defaultdict(list)
    for one in found:
        keys: Mapping[Division, Keys] = {
            Division.MUNICIPALITY: (one.municipality_id,),
            Division.FUND: (one.fund_id,),
            Division.PAIR: (one.municipality_id, one.fund_id),
            Division.PART: (one.cell,),
            Division.MUNICIPALITY_PART: (one.municipality_id, one.cell),
        }
        shares[keys[division]].append(one.share)
    return {keys: added for keys, each in shares.items() if (added := total(each))}


def names_of(found: Iterable[Told], of: Indicator, day: date) -> Mapping[Any, Any]:
    """Of organisations, and of the parts of the indicator; without parts there is one, of all."""
    told = [*found]
    ids = {id_ for one in told for id_ in (one.fund_id, one.municipality_id)}
    cells = named(of.published_by, {one.cell for one in told}, day)
    return {**names_on(ids, day), **cells, "": _("Alle")}


def trend_of(council_id: uuid.UUID, of: Indicator, quarter: Quarter) -> tuple[Trend, list[str]]:
    quarters = rules.on(quarter.last, "publication.quarters")
    days = [quarter.after(-back).last for back in range(quarters + TREND)]
    told = queries.by_quarter(council_id, of.key, days)
    past = [
        past_of(of, told, rolling(quarter.after(-back), quarters))
        for back in reversed(range(TREND))
    ]
    values = [one.span for one in past]
    target = target_of(of)
    known = [one for one in values if one]
    full = charts.full_of(known, target) if of.unit == "count" else 100
    return charts.trend(values, target, full), [one.text for one in past]


# --- As a file ---


def table(council_id: uuid.UUID, quarter: Quarter, day: date) -> Table:
    """Everything of the quarter, a line for each fund, municipality and indicator."""
    period = period_of(quarter)
    found = queries.told(council_id, period)
    names = names_on({id_ for one in found for id_ in (one.fund_id, one.municipality_id)}, day)
    return [headings(), *(row for one in found if (row := cells(one, names, period, day)))]


def headings() -> list[Cell]:
    return [
        _("Område"),
        _("Nøgletal"),
        _("Kommune"),
        _("A-kasse"),
        _("Del"),
        _("Udgivet for perioden fra"),
        _("Udgivet for perioden til"),
        _("Tæller personer fra"),
        _("Antal i alt"),
        _("Mindst"),
        _("Højst"),
        _("Kilde"),
    ]


def cells(one: Told, names: Mapping[uuid.UUID, str], period: Period, day: date) -> list[Cell]:
    known = indicator(one.set, one.code)
    if known is None:
        return []
    return [
        known.area,
        known.name_da,
        names[one.municipality_id],
        names[one.fund_id],
        str(named(known.published_by, [one.cell], day).get(one.cell, one.cell)),
        period.first,
        period.last,
        one.since,
        one.share.of,
        one.share.low,
        one.share.high,
        source(period.last),
    ]


def source(day: date) -> str:
    limit = least_shown(day)
    return str(_("Samspil: udgivne tal. Tal under %(limit)d vises ikke.", limit=limit))


# --- Beside the projects of the area ---


def agreements(day: date) -> list[InArea]:
    """Those in force over the own area."""
    return [one for one in area.in_area(day) if one.standing is Standing.IN_FORCE]


def indicators(council_id: uuid.UUID) -> tuple[Period, list[tuple[Indicator, str]]] | None:
    """Of the whole area, in the newest period that is published; None before there is one."""
    found = periods(council_id)[:1]
    if not found:
        return None
    period = period_of(found[0])
    by_key: dict[Key, list[Share]] = defaultdict(list)
    for one in queries.told(council_id, period):
        by_key[one.set, one.code].append(one.share)
    return period, [
        (of, text_of(total(by_key[key]), of.unit)) for key, of in choices().items() if by_key[key]
    ]


def passages(council_id: uuid.UUID, day: date) -> Iterable[pdf.Passage]:
    """The same for a paper."""
    ends = _("Indtil den opsiges")
    rows = [
        [one.municipalities, one.funds,
         format_date(one.valid_until, "dd.MM.yyyy") if one.valid_until else ends]
        for one in agreements(day)
    ]  # fmt: skip
    text = "" if rows else _("Ingen aftaler i kraft.")
    heads = [_("Kommune"), _("A-kasse"), _("Gælder til")]
    made: list[pdf.Passage] = [
        {"heading": _("Aftaler i kraft i området"), "text": text, "heads": heads, "rows": rows}
    ]
    if found := indicators(council_id):
        period, told = found
        first, last = (format_date(day, "long") for day in (period.first, period.last))
        words = _("Udgivne tal for %(first)s til %(last)s. ", first=first, last=last)
        figures = [[str(of.name_da), said] for of, said in told]
        heads = [_("Nøgletal"), _("Hele området")]
        text = words + source(period.last)
        heading = _("Nøgletal i området")
        made.append({"heading": heading, "text": text, "heads": heads, "rows": figures})
    return made
