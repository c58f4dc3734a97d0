"""Everything that a section can settle as data: parameters, criteria, goals, contacts, term.

`read` takes what a template, a form or an import gives for a name and returns it in its plain form,
the one that is stored and compared; what is wrong is said in Danish, by the name.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.agreements.models import Side, Term
from portal.agreements.parameters import Refused, Unfit, definitions, plain_value

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
CRITERION = ("code", "label_da", "label_en", "guidance", "sensitivity", "kind", "source")
GOAL = ("code", "area", "aim", "indicator", "unit", "measured_by", "method", "source", "target")
CONTACT = ("code", "side", "label_da", "label_en", "source")
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
    """All of them read; raises `Refused` with a reason for each that is wrong."""
    values: Row = {}
    reasons: dict[str, str] = {}
    for name, value in given.items():
        try:
            values[name] = read(name, value)
        except KeyError:
            reasons[name] = _("Feltet kendes ikke.")
        except Unfit as unfit:
            reasons[name] = str(unfit)
    if reasons:
        raise Refused(reasons)
    return values


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
    found = rows(value, CRITERION, MOST_CRITERIA)
    for row in found:
        written(row, "label_da")
        one_of(row, "sensitivity", SENSITIVITIES)
        one_of(row, "kind", ("discretionary", "statutory"))
    return found


def goals(value: object) -> list[Row]:
    found = rows(value, GOAL, MOST_GOALS)
    for row in found:
        written(row, "indicator")
        one_of(row, "unit", UNITS)
        one_of(row, "measured_by", MEASURES)
        target = row["target"]
        if (row["unit"] == "done") != (target is None):
            raise Unfit(_("Et mål har et tal, undtagen når det bare skal gennemføres."))
        if target is not None and (type(target) is not int or not 0 <= target <= limit(row)):
            raise Unfit(_("Et mål i procent ligger fra 0 til 100."))
    return found


def limit(row: Row) -> int:
    return 100 if row["unit"] == "percent" else 1_000_000


def contacts(value: object) -> list[Row]:
    found = rows(value, CONTACT, MOST_CONTACTS)
    for row in found:
        written(row, "label_da")
        one_of(row, "side", (Side.FUND, Side.MUNICIPALITY))
    return found


def term(value: object) -> Row:
    """From when, until when or with what notice. Days are ISO texts, as JSON keeps them."""
    row = dict(value) if isinstance(value, Mapping) else {}
    if row.keys() != set(TERM) or row["term"] not in [*Term]:
        raise Unfit(_("Vælg, hvordan aftalen løber."))
    first, last = day(row["valid_from"]), day(row["valid_until"])
    if first is None:
        raise Unfit(_("Skriv, hvornår aftalen begynder."))
    if last and last < first:
        raise Unfit(_("Sidste dag ligger før første dag."))
    if (row["term"] == Term.FIXED) and not last:
        raise Unfit(_("En aftale for en bestemt periode skal have en sidste dag."))
    if (row["term"] == Term.RULE_SET) != bool(row["rule_set"]):
        raise Unfit(_("Vælg det regelsæt, som aftalen følger."))
    months = row["notice_months"]
    if row["term"] == Term.OPEN_ENDED and (type(months) is not int or not 1 <= months <= 24):
        raise Unfit(_("En løbende aftale skal have et opsigelsesvarsel fra 1 til 24 måneder."))
    return row


def day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        raise Unfit(_("Skriv dagen som dd/mm/åååå.")) from None


def written(row: Row, name: str) -> None:
    if not isinstance(row[name], str) or not row[name].strip():
        raise Unfit(_("Hver linje skal have en tekst."))


def one_of(row: Row, name: str, options: Any) -> None:
    if row[name] not in options:
        raise Unfit(_("»%(value)s« er ikke en af mulighederne.", value=row[name]))


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
