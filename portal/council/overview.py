"""What the page of an area's projects shows beside the rows: words, choices and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from portal import charts
from portal.charts import Bar, TimelinePicture
from portal.clock import today
from portal.council.area import Area, Line, Numbers
from portal.council.boundaries import Boundaries, word
from portal.participants import words as people
from portal.participants.models import EventKind
from portal.projects import catalogue, presenting
from portal.projects.budget import Money
from portal.projects.listing import Asked
from portal.projects.models import Colour
from portal.projects.presenting import FIRST_YEAR, choices, kroner, language
from portal.projects.words import COLOURS, STATES
from portal.rules import months_after

LONGEST = 8  # years of one picture
LATEST = (EventKind.STARTED, EventKind.MATCHED)  # of the steps, those that stand on each line


@dataclass(frozen=True)
class Year:
    """A year of the series. `breaks`: what the boundaries became within it, if they changed."""

    year: int
    numbers: Numbers
    councils: list[str]
    breaks: str | None
    bar: Bar


def asked(values: Any) -> Asked:
    """From the address: trade, fund and year; what is not known there counts as not asked."""
    found, known = presenting.asked(values), {"trade": catalogue.trades, "fund": catalogue.funds}
    given = {name: getattr(found, name) for name in known}
    kept: dict[str, Any] = {
        name: value if value in dict(choices(known[name]())) else ""
        for name, value in given.items()
    }
    year = found.year if found.year in years() else None
    return Asked(**kept, year=year, after=found.after)


def years() -> Sequence[int]:
    return range(today().year + 1, FIRST_YEAR - 1, -1)


def of_page(found: Area, asked: Asked, day: date) -> dict[str, Any]:
    return {
        "found": found,
        "asked": asked,
        "trades": dict(choices(catalogue.trades())),
        "funds": dict(choices(catalogue.funds())),
        "years": years(),
        "filters": chosen(asked),
        "here": here,
        "kroner": kroner,
        "states": STATES,
        "colours": colours(found.numbers),
        "money": money_rows(found),
        "steps": steps(found.numbers),
        "series": series(found),
        "picture": picture(found.lines, found.boundaries, asked, day),
        "then": then(found.boundaries, asked.year),
        "known": known,
        "latest": LATEST,
        "step_words": people.STEPS,
        "today": day,
        "words": {"COLOURS": COLOURS},
    }


def here(**changes: Any) -> str:
    """This page's address with something changed; the way through pages begins anew."""
    kept = {name: value for name, value in request.args.items() if name != "after"}
    told = {name: value for name, value in (kept | changes).items() if value}
    return url_for("council_projects.index", **told)


def chosen(asked: Asked) -> list[dict[str, str]]:
    labels = named(asked)
    return [{"label": label, "url": here(**{name: None})} for name, label in labels.items()]


def named(asked: Asked) -> dict[str, str]:
    """The filters that are set, in words."""
    told = {
        "trade": catalogue.name_of(catalogue.trades(), asked.trade, language()),
        "fund": catalogue.name_of(catalogue.funds(), asked.fund, language()),
        "year": str(asked.year or ""),
    }
    return {name: label for name, label in told.items() if label}


def known(people: int | None) -> str:
    """As everywhere where projects' people are told in blocks."""
    return str(_("mindst %(count)d", count=people) if people else _("Vises ikke"))


def colours(numbers: Numbers) -> list[tuple[Colour, str, int]]:
    return [(one, str(COLOURS[one][0]), numbers[one]) for one in Colour]


def money_rows(found: Area) -> list[tuple[str, Money]]:
    """Each fund, and all of them where there are several."""
    rows = [
        (entry.name[language()], found.funds[entry.key])
        for entry in catalogue.funds()
        if entry.key in found.funds
    ]
    whole = [(str(_("I alt")), found.numbers.money)] if len(rows) > 1 else []
    return rows + whole


def steps(numbers: Numbers) -> list[tuple[str, str]]:
    return [(str(words), known(numbers[kind])) for kind, words in people.STEPS.items()]


def series(found: Area) -> list[Year]:
    """Year by year; one in which boundaries changed says so, and what they were before."""
    most = max((one.money.granted for one in found.years.values()), default=0) or 1
    return [
        Year(
            year=year,
            numbers=numbers,
            councils=found.boundaries.named(found.boundaries.councils_in(year)),
            breaks=changed(found.boundaries, year),
            bar=charts.bar((numbers.money.granted,) * 2, None, most),
        )
        for year, numbers in found.years.items()
    ]


def changed(known: Boundaries, year: int) -> str | None:
    day = known.breaks_before(year)
    if day is None:
        return None
    before, after = (known.named(known.councils_in(one)) for one in (year - 1, year))
    words = _("Her skifter grænserne: til og med %(last)d lå kommunerne under %(before)s, fra "
              "%(first)d under %(after)s. Tallene gælder projekter i det område, rådet har nu.",
              last=year - 1, first=year, before=joined(before), after=joined(after))  # fmt: skip
    return str(words)


def then(known: Boundaries, year: int | None) -> str | None:
    """Under whom the area lay in a year with other boundaries, in the words of that time."""
    if year is None or not known.was_otherwise(year):
        return None
    councils = known.named(known.councils_in(year))
    if not councils:
        return None
    called = word(year, language())
    about = called.singular if len(councils) == 1 else called.plural
    told = _("I %(year)d lå kommunerne i området under %(councils)s (%(words)s, %(short)s).",
             year=year, councils=joined(councils), words=about, short=called.short)  # fmt: skip
    return str(told)


def joined(names: Sequence[str]) -> str:
    *first, last = names or [str(_("intet råd"))]
    return str(_("%(some)s og %(last)s", some=", ".join(first), last=last)) if first else last


def picture(
    lines: Sequence[Line], known: Boundaries, asked: Asked, day: date
) -> TimelinePicture | None:
    """The page's projects under each other: the asked year, else all, at most so many years."""
    if not lines:
        return None
    spans = [(one.party.starts_on, one.party.ends_on) for one in lines]
    if asked.year:
        within = date(asked.year, 1, 1), date(asked.year, 12, 31)
    else:
        last = max(end for _begin, end in spans)
        first = max(min(begin for begin, _end in spans), months_after(last, -12 * LONGEST))
        within = first.replace(month=1, day=1), last.replace(month=12, day=31)
    marks = [one.milestones for one in lines]
    return charts.timeline(spans, marks, within, day, known.breaks)
