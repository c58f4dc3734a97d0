"""Everything that a section can settle as data: parameters, criteria, goals, contacts, term.

`read` takes what a template, a form or an import gives for a name and returns it in its plain form,
the one that is stored and compared; what is wrong is said in Danish, by the name.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from flask_babel import LazyString, format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.agreements import catalogue
from portal.agreements import criteria as criteria_of
from portal.agreements.models import Side, Term
from portal.agreements.parameter_kinds import Refused, Unfit
from portal.agreements.parameters import definitions, plain_value

Row = dict[str, Any]
MOST_CRITERIA, MOST_GOALS, MOST_CONTACTS = 30, 30, 20
SENSITIVITIES = {
    "ordinary": _l("Almindelig"),
    "confidential": _l("Fortrolig"),
    "special_category": _l("Følsom (databeskyttelsesforordningens artikel 9)"),
    "criminal": _l("Strafbare forhold"),
}
MEASURES = {
    "register": _l("Registertal"),
    "own_count": _l("Egen optælling"),
    "survey": _l("Spørgeskema"),
}
UNITS = {
    "percent": _l("Procent"),
    "count_per_year": _l("Antal om året"),
    "done": _l("Gennemført"),
}
DIRECTIONS = {
    "at_least": _l("Mindst"),
    "at_most": _l("Højst"),
}
# What Samspil writes to whoever fills a function about; a function without it is in the directory.
TOLD_OF = {
    "": _l("Ingen mails"),
    "packages": _l("Pakker, som ingen har taget"),
    "late": _l("Frister, der er overskredet"),
    "stuck": _l("Pakker, der er gået i stå"),
}
CRITERION = ("code", "label_da", "label_en", "guidance", "sensitivity", "kind", "source")
# What a criterion may lack: files and versions from before these were asked.
CRITERION_MORE = {"evidence": "self_reported", "wording": "", "valid_until": None}
GOAL = ("code", "area", "aim", "indicator", "unit", "measured_by", "method", "source", "target")
# What a goal may lack: signed ones from before these were asked.
GOAL_MORE = {"set": "", "direction": "at_least", "baseline": None}
CONTACT = ("code", "side", "label_da", "label_en", "source")
CONTACT_MORE = {"told_of": ""}
TERM = ("term", "valid_from", "valid_until", "notice_months", "rule_set")


def read(name: str, value: object) -> Any:
    """The value in its plain form.

    Raises:
        Unfit: it is out of bounds, with the reason in Danish.
        KeyError: nothing of that name is governed.
    """
    if name in READERS:
        return READERS[name](value)
    return plain_value(definitions()[name].read(value))


def is_known(name: str) -> bool:
    return name in READERS or name in definitions()


def label(name: str) -> LazyString:
    return LABELS[name] if name in LABELS else definitions()[name].label


def check(given: Mapping[str, object]) -> Row:
    """All of them read; raises `Refused` with a reason for each that is wrong.

    A reason stands at the name, or at one cell of a table: `criteria-2-label_da`.
    """
    values: Row = {}
    reasons: dict[str, str] = {}
    for name, value in given.items():
        try:
            values[name] = read(name, value)
        except KeyError:
            reasons[name] = _("Feltet kendes ikke.")
        except Unfit as unfit:
            reasons[unfit.place(name)] = str(unfit)
    if reasons:
        raise Refused(reasons)
    return values


def retired(name: str, rows: object, day: date) -> Iterator[tuple[str, str]]:
    """What can no longer be agreed on `day`, for its last day has passed: its place, and why."""
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        if name in RETIRING and criteria_of.is_retired(row, day):
            last = format_date(date.fromisoformat(row["valid_until"]), "long")
            words = _("»%(label)s« gælder kun til og med %(last)s. Vælg fra, eller ret dagen.")
            yield f"{name}-{number}-valid_until", words % {"label": row["label_da"], "last": last}


def rows(value: object, columns: tuple[str, ...], most: int) -> list[Row]:
    found = list(value) if isinstance(value, list | tuple) else []
    if len(found) > most:
        raise Unfit(_("Der må højst være %(most)d linjer.", most=most))
    for row in found:
        if not isinstance(row, Mapping) or not row.keys() >= set(columns):
            names = ", ".join(columns)
            raise Unfit(_("Hver linje skal have felterne %(names)s.", names=names))
    codes = [row["code"] for row in found]
    if len(set(codes)) < len(codes):
        raise Unfit(_("Hver kode må kun bruges én gang."))
    return [dict(row) for row in found]


def criteria(value: object) -> list[Row]:
    found = [CRITERION_MORE | row for row in rows(value, CRITERION, MOST_CRITERIA)]
    for number, row in enumerate(found):
        written(row, "label_da", number)
        for name in ("guidance", "label_en", "wording"):
            if not isinstance(row[name], str):
                raise Unfit(_("Skriv en tekst."), number, name)
        one_of(row, "sensitivity", SENSITIVITIES, number)
        one_of(row, "kind", (criteria_of.STATUTORY, criteria_of.DISCRETIONARY), number)
        one_of(row, "evidence", criteria_of.EVIDENCE, number)
        last_day(row, number)
        by_law(row, number)
        seen_not_told(row, number)
    return found


def last_day(row: Row, number: int) -> None:
    """The parties may end a criterion earlier than the catalogue does, never later."""
    try:
        last = day(row["valid_until"])
    except Unfit as unfit:
        raise Unfit(str(unfit), number, "valid_until") from None
    row["valid_until"] = last.isoformat() if last else None
    [*ends] = (one.valid_until for one in catalogue.criteria() if one.code == row["code"])
    if ends and all(ends) and (last is None or last > max(filter(None, ends))):
        end = format_date(max(filter(None, ends)), "long")
        words = _("Grunden følger af regler, der gælder til og med %(last)s.", last=end)
        raise Unfit(words, number, "valid_until")


def by_law(row: Row, number: int) -> None:
    """The parties cannot make a statutory reason of their own, nor a judgement out of one."""
    known = {one.kind for one in catalogue.criteria() if one.code == row["code"]}
    if row["kind"] != criteria_of.DISCRETIONARY and row["kind"] not in known:
        raise Unfit(_("Grunde, der følger af loven, findes kun i kataloget."), number, "code")


def seen_not_told(row: Row, number: int) -> None:
    """What is a judgement of a person has a rule of wording, and rests on more than hearsay."""
    if row["wording"].strip() and row["evidence"] == "self_reported":
        words = _("Et skøn skal bygge på noget, som a-kassen har set, eller som er dokumenteret.")
        raise Unfit(words, number, "evidence")


def goals(value: object) -> list[Row]:
    found = rows(value, GOAL, MOST_GOALS)
    for number, row in enumerate(found):
        written(row, "indicator", number)
        one_of(row, "unit", UNITS, number)
        one_of(row, "measured_by", MEASURES, number)
        one_of(GOAL_MORE | row, "direction", DIRECTIONS, number)
        if (row["unit"] == "done") != (row["target"] is None):
            words = _("Et mål har et tal, undtagen når det bare skal gennemføres.")
            raise Unfit(words, number, "target")
        within(row, "target", _("Et mål i procent ligger fra 0 til 100."), number)
        within(row, "baseline", _("Et udgangspunkt i procent ligger fra 0 til 100."), number)
    return found


def within(row: Row, name: str, words: str, number: int) -> None:
    value = row.get(name)
    if value is None:
        return
    if row["unit"] != "percent":
        words = _("Skriv et helt tal fra 0 til 1.000.000.")
    if type(value) is not int or not 0 <= value <= limit(row):
        raise Unfit(words, number, name)


def limit(row: Row) -> int:
    return 100 if row["unit"] == "percent" else 1_000_000


def contacts(value: object) -> list[Row]:
    found = [CONTACT_MORE | row for row in rows(value, CONTACT, MOST_CONTACTS)]
    for number, row in enumerate(found):
        written(row, "label_da", number)
        one_of(row, "side", (Side.FUND, Side.MUNICIPALITY), number)
        one_of(row, "told_of", TOLD_OF, number)
    return found


def term(value: object) -> Row:
    """From when, until when or with what notice. Days are ISO texts, as JSON keeps them."""
    row = dict(value) if isinstance(value, Mapping) else {}
    if row.keys() != set(TERM) or row["term"] not in [*Term]:
        raise Unfit(_("Vælg, hvordan aftalen løber."))
    first, last = day(row["valid_from"]), day(row["valid_until"])
    months = row["notice_months"]
    is_told = type(months) is int and 1 <= months <= 24
    if first is None:
        words, column = _("Skriv, hvornår aftalen begynder."), "valid_from"
    elif last and last < first:
        words, column = _("Sidste dag ligger før første dag."), "valid_until"
    elif row["term"] == Term.FIXED and not last:
        words = _("En aftale for en bestemt periode skal have en sidste dag.")
        column = "valid_until"
    elif (row["term"] == Term.RULE_SET) != bool(row["rule_set"]):
        words, column = _("Vælg det regelsæt, som aftalen følger."), "rule_set"
    elif row["term"] == Term.OPEN_ENDED and not is_told:
        words = _("En løbende aftale skal have et opsigelsesvarsel fra 1 til 24 måneder.")
        column = "notice_months"
    else:
        return row
    raise Unfit(words, column=column)


def day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        raise Unfit(_("Skriv dagen som dd/mm/åååå.")) from None


def written(row: Row, name: str, number: int) -> None:
    if not isinstance(row[name], str) or not row[name].strip():
        raise Unfit(_("Hver linje skal have en tekst."), number, name)


def one_of(row: Row, name: str, options: Any, number: int) -> None:
    if row[name] not in options:
        words = _("»%(value)s« er ikke en af mulighederne.", value=row[name])
        raise Unfit(words, number, name)


RETIRING = {"criteria", "rejection_reasons"}
READERS: dict[str, Callable[[object], Any]] = {
    "criteria": criteria,
    "goals": goals,
    "contacts": contacts,
    "term": term,
}
LABELS = {
    "criteria": _l("Kriterier for visitation"),
    "goals": _l("Resultatmål"),
    "contacts": _l("Opgaver med fast kontaktperson"),
    "term": _l("Varighed"),
}


@cache
def names() -> tuple[str, ...]:
    """Every name that a section may govern."""
    return (*definitions(), *READERS)
