"""Which days may be written on a package. The day of asking is always an argument."""

from datetime import date

from flask_babel import gettext as _

from portal.cases.source import CaseSource
from portal.handovers.models import Handover
from portal.workflow import Lack

YEARS_AHEAD = 2


def of_responsibility(
    day: date | None, *, benefit_start: date | None, sent_on: date, today: date
) -> list[Lack]:
    """Not before the benefit period began, or before the package is sent where that is unknown."""
    latest, text = years_after(today, YEARS_AHEAD), ""
    if day and benefit_start and day < benefit_start:
        start = short(benefit_start)
        text = _("Ansvaret kan ikke overgå, før dagpengeperioden begynder %(day)s.", day=start)
    elif day and not benefit_start and day < sent_on:
        text = _("Ansvaret kan ikke overgå, før pakken er sendt %(day)s.", day=short(sent_on))
    elif day and day > latest:
        text = _("Ansvaret skal overgå inden for to år, senest %(day)s.", day=short(latest))
    return [Lack("responsible_from", text)] if text else []


def years_after(day: date, years: int) -> date:
    """The same day of a later year; 28 February for a leap day."""
    last = 28 if day.month == 2 else 31
    return day.replace(year=day.year + years, day=min(day.day, last))


def drafted(day: date | None, source: CaseSource, today: date) -> list[Lack]:
    """Of the sender's own day; the one that the rules or a confirmation give is never refused."""
    if day == source.transfer.day:
        return []
    return of_responsibility(day, benefit_start=source.benefit_start, sent_on=today, today=today)


def source_of_day(handover: Handover, day: date | None, source: CaseSource, who: str) -> str | None:
    """Where the draft's day comes from, once it is another than before."""
    if day == source.transfer.day:
        return source.transfer.source
    if day == handover.responsible_from:
        return handover.responsible_source
    return f"oplyst af {who}" if day else None


def past(field: str, day: date | None, today: date) -> list[Lack]:
    """What has happened cannot have happened tomorrow."""
    return [Lack(field, _("Dagen ligger ude i fremtiden."))] if day and day > today else []


def short(day: date) -> str:
    """The same in both languages."""
    return f"{day:%d.%m.%Y}"
