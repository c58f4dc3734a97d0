"""Takes the text of Min Plan, as copied from Jobnet, apart into the fields of the case's plan.

Nothing is guessed in silence: only known headings open a field, everything else is handed back as
`rest`, and a person corrects the result before it is saved.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

HEADINGS = {
    "job_goals": "jobmål, mine jobmål, mit jobmål, job- og uddannelsesmål, beskæftigelsesmål",
    "focus_areas": "fokusområder, fokusområde, mine fokusområder, fokus, indsatsområder",
    "search_strategy": "jobsøgning, min jobsøgning, søgestrategi, jobsøgningsstrategi, strategi, "
    "aftaler om jobsøgning, krav til jobsøgning, aftaler og krav til jobsøgning",
    "efforts": "aktiviteter, mine aktiviteter, aftalte aktiviteter, indsatser, aftalte indsatser, "
    "igangsatte indsatser, tilbud, mine tilbud, aftaler",
}
FIELD_OF = {
    heading: name for name, headings in HEADINGS.items() for heading in headings.split(", ")
}
BULLET = re.compile(r"^\s*(?:[-–•*·]|\d{1,2}[.)])\s+")
NUMBER = re.compile(r"^\d{1,2}[.)]\s+")
DATED = re.compile(
    r"^(?:(?:senest|sidst)\s+)?(?:opdateret|ændret|godkendt|dato)\b\D{0,20}"
    r"(\d{1,2})[./-]\s?(\d{1,2})[./-]\s?(\d{4})",
    re.IGNORECASE,
)
LINK = re.compile(r"https://(?:[a-z0-9-]+\.)*jobnet\.dk/\S*", re.IGNORECASE)
LONGEST_HEADING = 60


@dataclass
class MyPlan:
    """What was found, each line as it was pasted; `rest` is what no known heading stood over."""

    job_goals: list[str] = field(default_factory=list)
    focus_areas: list[str] = field(default_factory=list)
    search_strategy: list[str] = field(default_factory=list)
    efforts: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    link: str | None = None
    day: date | None = None


def is_on_jobnet(link: str | None) -> bool:
    """Whether a page may make a link of it: what else was typed stays text."""
    return bool(link and LINK.fullmatch(link))


def split(text: str) -> MyPlan:
    """The first link and day found count; a heading holds until the next, known or not."""
    plan, place = MyPlan(), "rest"
    for line in _lines(text):
        if found := _outside(line, plan):
            setattr(plan, *found)
            continue
        place, words = _heading(line) or (place, line)
        if words:
            getattr(plan, place).append(BULLET.sub("", words) if place != "rest" else words)
    return plan


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if words := " ".join(line.split()):
            yield words


def _outside(line: str, plan: MyPlan) -> tuple[str, object] | None:
    """A link to Jobnet or the plan's day, once each, wherever they stand."""
    link = LINK.search(line)
    if link and plan.link is None:
        return "link", link[0]
    dated = DATED.search(line)
    if dated and plan.day is None and (day := _day(*map(int, dated.groups()))):
        return "day", day
    return None


def _day(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _heading(line: str) -> tuple[str, str] | None:
    """The field that the line opens, and what stands behind the colon; "rest" for unknown ones."""
    title, colon, words = NUMBER.sub("", line).partition(":")
    if known := FIELD_OF.get(title.strip().casefold()):
        return known, words.strip()
    is_title = colon and not words.strip() and len(title) <= LONGEST_HEADING
    return ("rest", line) if is_title else None
