"""When a meeting can be held: its time as people write it, and days on which nobody comes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _

from portal import rules
from portal.agreements.overview import MONTHS
from portal.clock import COPENHAGEN, add_working_days, is_working_day
from portal.rules import months_after
from portal.workflow import Lack


def span(day: date, first: time, last: time) -> tuple[datetime, datetime]:
    """The meeting's time in Copenhagen, as aware times."""
    start = datetime.combine(day, first, tzinfo=COPENHAGEN)
    return start, datetime.combine(day, last, tzinfo=COPENHAGEN)


def end_lack(starts_at: datetime, ends_at: datetime, field: str, words: str) -> Lack | None:
    return Lack(field, words) if ends_at <= starts_at else None


def place_lack(given: Mapping[str, Any]) -> Lack | None:
    if given.get("place") or given.get("video_link"):
        return None
    return Lack("place", _("Skriv et sted eller et link til videomødet."))


def plan_lacks(
    days: Sequence[date], times: tuple[time, time], where: Mapping[str, Any], today: date
) -> list[Lack]:
    """What keeps days from being planned, each at its field."""
    lacks = [place_lack(where), None if days else Lack("days-0", _("Skriv mindst én dag."))]
    lacks += [
        Lack(f"days-{number}", _("Dagen ligger i fortiden."))
        for number, day in enumerate(days)
        if day < today
    ]
    words = _("Mødet skal slutte, efter at det er begyndt.")
    lacks += [end_lack(*span(day, *times), "ends", words) for day in days[:1]]
    return [one for one in lacks if one]


def is_quiet(day: date) -> bool:
    """Whether many are away around the day; such periods may reach over New Year."""
    asked = f"{day:%m-%d}"
    for period in rules.on(day, "calendar.quiet_periods", tuple):
        first, last = str(period).split("/")
        if first <= asked <= last or (first > last and not last < asked < first):
            return True
    return False


def warning(day: date) -> str | None:
    """What somebody who plans on the day should know; nothing is refused."""
    if not is_working_day(day):
        return str(_("Dagen er ikke en arbejdsdag. Er I enige om den, så hold fast i den."))
    if is_quiet(day):
        return str(_("Dagen ligger i en ferieperiode, hvor mange er væk."))
    return None


def suitable(day: date) -> date:
    """The day, or the first working day after it outside the periods in which many are away."""
    day = add_working_days(day, 0)
    while is_quiet(day):
        day = add_working_days(day, 1)
    return day


def rhythm(first: date, cadence: str, until: date | None, times: int) -> Iterator[date]:
    """At most so many suitable days, from `first` on in the cadence; none after `until`."""
    for number in range(times):
        day = suitable(months_after(first, number * MONTHS[cadence]))
        if until is None or day <= until:
            yield day
