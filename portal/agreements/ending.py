"""How an agreement ends: by notice, or on its last day. What is under way keeps its version.

After the last day there is a time of grace: drafts that were begun before may be sent in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal import rules
from portal.access import Actor
from portal.agreements.models import AgreementVersion
from portal.agreements.steps import with_reason
from portal.clock import Moment
from portal.rules import RuleSet, months_after
from portal.workflow import Done, Lack, Refused


def earliest(version: AgreementVersion, today: date) -> date | None:
    """The first day on which it may end by notice given today; None where it knows no notice."""
    if version.notice_months is None:
        return None
    noticed = months_after(today, version.notice_months)
    return max(noticed, version.begins_on)


def grace_until(version: AgreementVersion) -> date | None:
    """The last day of grace; None as long as the agreement has no end."""
    if version.last_day is None:
        return None
    return version.last_day + timedelta(days=rules.on(version.last_day, "agreement.grace_days"))


@dataclass(frozen=True)
class End:
    """How a version ends, as its page tells on a day."""

    last_day: date
    grace_until: date
    is_near: bool  # or over: within the longest reminder
    is_over: bool
    is_grace_over: bool
    rule_set: RuleSet | None  # that it ends with


def end_on(version: AgreementVersion, today: date) -> End | None:
    last, grace = version.last_day, grace_until(version)
    if last is None or grace is None:
        return None
    followed = rules.rule_set(version.rule_set) if version.rule_set else None
    ends_with_it = followed if followed and followed.until == last else None
    near = last - today <= longest(today)
    return End(last, grace, near, last < today, grace < today, ends_with_it)


def is_near(last: date, day: date) -> bool:
    """Whether the end is within the longest reminder, before or after it."""
    return abs(last - day) <= longest(day)


def longest(day: date) -> timedelta:
    return timedelta(days=max(reminders(day)))


def reminders(day: date) -> tuple[int, ...]:
    """How many days before the last day the parties are reminded of it."""
    return tuple(int(days) for days in rules.on(day, "agreement.reminder_days", tuple))


def notice_lacks(version: AgreementVersion, last: date | None, today: date) -> list[Lack]:
    """Why notice given on `today` cannot end it on that day; empty where it can."""
    first = earliest(version, today)
    if first is None:
        words = _("Aftalen kan ikke siges op. Aftal en ny version.")
    elif last is None or last < first:
        shown = format_date(first, "long")
        words = _("Med opsigelsesvarslet kan aftalen tidligst slutte %(day)s.", day=shown)
    elif version.last_day and last > version.last_day:
        words = _("Aftalen slutter allerede før den dag.")
    else:
        return []
    return [Lack("last_day", words)]


def terminate(
    version: AgreementVersion, given: Mapping[str, Any], actor: Actor, at: Moment
) -> Done:
    """Give notice: the last day, not before the notice allows, and why.

    Raises:
        Refused: it runs for a fixed period, or the day is too early or not before its own end.
    """
    last = given.get("last_day")
    if found := notice_lacks(version, last, at.today):
        raise Refused(found)
    reason = with_reason(given)
    version.ends_on = last
    return Done(reason, {"last_day": str(last)})
