"""What another version changes in the daily work: deadlines, other terms, and who gets work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.agreements.comparing import Value, different, values
from portal.agreements.document import label
from portal.agreements.models import AgreementVersion, Side
from portal.agreements.parameter_kinds import Whole
from portal.agreements.parameters import default, definitions, plain

Values = Mapping[str, Any]
Row = Mapping[str, Any]
PEOPLE = {
    "adviser": _l("A-kassens rådgivere"),
    "team_lead": _l("A-kassens teamleder"),
    "contact": _l("Kommunens kontaktpersoner"),
    "coordinator": _l("Kommunens koordinator"),
    "owners": _l("Aftaleejerne på begge sider"),
}


@dataclass(frozen=True)
class Work:
    """Somebody who gets something to do, or is rid of it."""

    who: LazyString | str
    side: Side | None  # both, where it is None
    what: LazyString | None  # of a function that the agreement names nothing more is known
    is_more: bool
    code: str | None = None  # of a function


def terms(version: AgreementVersion | None) -> Values:
    """What the version says; without one Samspil's standard, on which packages run then."""
    if version is None:
        return plain(default()) | {"criteria": [], "contacts": [], "goals": []}
    return values(version)


def deadlines(old: Values, new: Values) -> list[Value]:
    return different(old, new, [name for name in definitions() if is_deadline(name)])


def other_terms(old: Values, new: Values) -> list[Value]:
    """Criteria are told of by themselves, and the days of the agreement are on every page of it."""
    names = [name for name in definitions() if not is_deadline(name)]
    return different(old, new, [*names, "goals"])


def is_deadline(name: str) -> bool:
    return isinstance(definitions()[name], Whole) and name.endswith("_days")


def work(old: Values, new: Values) -> list[Work]:
    """By the functions that the agreement names, and by the terms that give somebody a task."""
    before, after = old.get("contacts") or [], new.get("contacts") or []
    return [*functions(before, after), *tasks(old, new)]


def functions(old: Sequence[Row], new: Sequence[Row]) -> list[Work]:
    def named(rows: Iterable[Row], others: Iterable[Row], is_more: bool) -> list[Work]:
        known = {row["code"] for row in others}
        return [
            Work(label(row), Side(row["side"]), None, is_more, row["code"])
            for row in rows
            if row["code"] not in known
        ]

    return [*named(new, old, True), *named(old, new, False)]


# A term that gives somebody a task where it holds: who, on which side, and what it is.
TASKS = (
    ("four_eyes", "team_lead", Side.FUND, _l("godkende hver pakke, før den sendes")),
    ("reject_by_leader", "coordinator", Side.MUNICIPALITY, _l("afvise visitationer")),
    ("visitation", "adviser", Side.FUND, _l("vurdere medlemmer efter kriterierne")),
    ("visitation", "contact", Side.MUNICIPALITY, _l("tage imod visitationer")),
    ("meetings", "owners", None, _l("holde statusmøder")),
)


def tasks(old: Values, new: Values) -> list[Work]:
    before, after = held(old), held(new)
    return [
        Work(PEOPLE[who], side, what, term in after)
        for term, who, side, what in TASKS
        if (term in before) != (term in after)
    ]


def held(terms: Values) -> set[str]:
    """Which of the terms hold."""
    found = {name for name in ("four_eyes", "reject_by_leader") if terms.get(name)}
    found |= {"visitation"} & {*terms.get("kinds", ())}
    return found | ({"meetings"} if terms.get("meeting_cadence", "none") != "none" else set())
