"""By when candidates are presented for a job order, as the project's model says.

A rule of `config/rules/projects.toml` whose name ends in `_hours` counts hours from the receipt;
one in `_days` calendar days, to the end of the last. The employer's own deadline goes first.
"""

from datetime import date, datetime, time, timedelta

from portal import rules
from portal.clock import COPENHAGEN, day_of, end_of_day
from portal.projects import catalogue

EMPLOYER = "employer"  # in place of a rule, where the company set the deadline itself


def due(model: str, received_at: datetime) -> datetime:
    key, day = catalogue.model(model).clock, day_of(received_at)
    number = rules.on(day, f"projects.{key}")
    if key.endswith("_hours"):
        return received_at + timedelta(hours=number)
    return end_of_day(day + timedelta(days=number))


def doubt(clock: str, day: date) -> str:
    """What nobody knows of the rule; empty where nothing is doubted."""
    return "" if clock == EMPLOYER else rules.version(day, f"projects.{clock}").doubt


def shown(due_at: datetime) -> tuple[date, time | None]:
    """The last day, and the time of day where the deadline is not the day's end."""
    local = due_at.astimezone(COPENHAGEN)
    if local.time() == time.min:
        return local.date() - timedelta(days=1), None
    return local.date(), local.time()


def own(day: date, at: time | None) -> datetime:
    """The employer's own deadline: at a time of the day, or before the day is over."""
    return datetime.combine(day, at, COPENHAGEN) if at else end_of_day(day)
