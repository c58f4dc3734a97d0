"""How an agreement ends before its time: by notice. What is under way keeps its version."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal.access import Actor
from portal.agreements.models import AgreementVersion
from portal.agreements.steps import with_reason
from portal.clock import Moment
from portal.rules import months_after
from portal.workflow import Done, Lack, Refused


def earliest(version: AgreementVersion, today: date) -> date | None:
    """The first day on which it may end by notice given today; None where it knows no notice."""
    if version.notice_months is None:
        return None
    noticed = months_after(today, version.notice_months)
    return max(noticed, version.begins_on)


def terminate(
    version: AgreementVersion, given: Mapping[str, Any], actor: Actor, at: Moment
) -> Done:
    """Give notice: the last day, not before the notice allows, and why.

    Raises:
        Refused: it runs for a fixed period, or the day is too early or not before its own end.
    """
    first, last = earliest(version, at.today), given.get("last_day")
    if first is None:
        words = _("Aftalen kan ikke siges op. Aftal en ny version.")
        raise Refused([Lack("last_day", words)])
    if last is None or last < first:
        shown = format_date(first, "d. MMMM y")
        words = _("Med opsigelsesvarslet kan aftalen tidligst slutte %(day)s.", day=shown)
        raise Refused([Lack("last_day", words)])
    if version.ends_on and last > version.ends_on:
        raise Refused([Lack("last_day", _("Aftalen slutter allerede før den dag."))])
    reason = with_reason(given)
    version.ends_on = last
    return Done(reason, {"last_day": str(last)})
