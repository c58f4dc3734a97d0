"""How a package ends."""

from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from portal import rules
from portal.access import Actor
from portal.clock import Moment, add_working_days, day_of
from portal.db import db
from portal.handovers import breaches, clocks, meeting_queries, queries, words
from portal.handovers.follow_ups import tasks_of
from portal.handovers.lacks import Effect, Given, reason_lacks, refuse, wanted
from portal.handovers.models import Handover
from portal.handovers.workflow import MINUTES_SHARED
from portal.workflow import Done, Lack

NO_NAME = "–"  # of whom a package was that should not have been
SYSTEM = "system"  # what Samspil closes, either party may open again


def complete(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    registered: date | None = given.get("registered_on")
    refuse(
        None
        if queries.minutes_count(handover)
        else Lack("minutes", _("Skriv og del referatet, før overdragelsen afsluttes.")),
        Lack("minutes", _("A-kassen har gjort indsigelse. Del et nyt referat først."))
        if meeting_queries.open_objection(handover)
        else None,
        None
        if registered
        else Lack("registered_on", _("Skriv, hvornår overgangen er registreret i DFDG.")),
        Lack("registered_on", _("Dagen kan ikke ligge i fremtiden."))
        if registered and registered > at.today
        else None,
    )
    handover.registered_on = registered
    db.session.add_all(tasks_of(handover, at.today))
    return Done(detail={"registered_on": registered.isoformat() if registered else None})


def auto_complete(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Once the time that the agreement gives for it is over and nobody has opposed the minutes.

    When the transfer was registered in DFDG nobody has said, and the page says so.
    """
    is_over = handover.due_on is not None and handover.due_on < at.today
    is_waited_for = handover.due_for == MINUTES_SHARED and not handover.pending
    refuse(
        None if is_over and is_waited_for else Lack("minutes", "the time is not over"),
        Lack("minutes", "an objection is open")
        if meeting_queries.open_objection(handover)
        else None,
    )
    db.session.add_all(tasks_of(handover, at.today))
    return Done()


def withdraw(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """A reason from a short list; the receiver reads it.

    A transfer by law has the shorter one: only where the duty no longer exists.
    """
    code = given.get("reason_code")
    refuse(*reason_lacks(given, words.withdrawal_reasons(handover.kind)))
    handover.closed_reason, handover.closed_text = code, given.get("reason") or None
    return Done(reason=given.get("reason") or None, detail={"code": code})


def obsolete(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Something has happened that leaves nothing to hand over: what, on which day, told by whom."""
    day: date | None = given.get("day")
    refuse(
        *reason_lacks(given, words.OBSOLETE_REASONS),
        None if day else Lack("day", _("Skriv, hvilken dag det skete.")),
        Lack("day", _("Dagen ligger i fremtiden. Sæt pakken på pause til da."))
        if day and day > at.today
        else None,
        wanted(given, "source", _("Skriv, hvor I ved det fra.")),
    )
    handover.closed_reason, handover.closed_text = given["reason_code"], given.get("reason") or None
    told = {"code": given["reason_code"], "source": given["source"]}
    happened = day.isoformat() if day else None
    return Done(reason=given.get("reason") or None, detail=told | {"day": happened})


def reset(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Back to where it was, by whoever closed it; every clock begins anew."""
    refuse(*reset_lacks(handover, actor, at.today))
    refuse(wanted(given, "reason", _("Skriv, hvorfor pakken åbnes igen.")))
    open_again(handover)
    return Done(reason=given["reason"])


def open_again(handover: Handover) -> None:
    handover.closed_at = handover.closed_reason = handover.closed_text = None
    handover.closed_from = handover.closed_side = None


def last_day_to_reset(handover: Handover, today: date) -> date:
    assert handover.closed_at is not None  # noqa: S101  (the state says that it is closed)
    days: int = rules.on(today, "handover.reset_days")
    return day_of(handover.closed_at) + timedelta(days=days)


def reset_lacks(handover: Handover, actor: Actor, today: date) -> list[Lack]:
    if handover.closed_side not in (handover.party_of(actor), SYSTEM):
        return [Lack("reset", _("Kun den part, der lukkede pakken, kan åbne den igen."))]
    last = last_day_to_reset(handover, today)
    if today > last:
        day = format_date(last, "long")
        return [Lack("reset", _("Pakken kunne åbnes igen til og med %(day)s.", day=day))]
    return newer_lacks("reset", handover)


def newer_lacks(field: str, handover: Handover) -> list[Lack]:
    """What takes up its place by now: there is one open package for each member, way and kind."""
    if queries.open_package(handover.case_id, handover.receiver_id, handover.kind):
        return [Lack(field, _("Der er en nyere pakke i gang. Arbejd videre i den."))]
    return []


def last_day_to_contest(handover: Handover) -> date:
    assert handover.closed_at is not None  # noqa: S101  (the state says that it is closed)
    return add_working_days(day_of(handover.closed_at), clocks.days(handover, "contest"))


def contest_lacks(handover: Handover, today: date) -> list[Lack]:
    if handover.contested_at:
        words = _("Kommunen har vurderet pakken to gange. Afvisningen står ved magt.")
        return [Lack("contest", words)]
    last = last_day_to_contest(handover)
    if today > last:
        day = format_date(last, "long")
        return [Lack("contest", _("Fristen for at bede om en ny vurdering var %(day)s.", day=day))]
    return newer_lacks("contest", handover)


def contest(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """Once, with something new: the receiver decides again, and its second answer stands."""
    refuse(*contest_lacks(handover, at.today))
    lacking = _("Skriv de nye oplysninger eller argumenter, kommunen skal se på.")
    refuse(wanted(given, "reason", lacking))
    open_again(handover)
    handover.contested_at = at.now
    return Done(reason=given["reason"])


def mark_error(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """About the wrong person, or sent to the wrong place: the database purges what it says.

    Whether the receiver had opened it is asked before, and kept in a checklist of its own.
    """
    refuse(
        *reason_lacks(given, words.ERROR_REASONS),
        wanted(given, "reason", _("Skriv, hvad der er sket.")),
    )
    opened = breaches.begin(handover, queries.opened(handover.id, at.today), actor=actor, at=at)
    handover.closed_at = None  # closed anew, also where it was closed before
    handover.closed_side = None
    handover.closed_reason, handover.closed_text = given["reason_code"], given["reason"]
    handover.member_name, handover.cpr, handover.cpr_index = NO_NAME, None, None
    told = {"code": given["reason_code"], "opened": opened}
    return Done(reason=given["reason"], detail=told)


def supersede(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """A newer package of the same member and kind has been accepted."""
    newer: Handover = given["newer"]
    handover.superseded_by_id, handover.closed_reason = newer.id, "newer"
    return Done(detail={"reference": newer.reference})


EFFECTS: dict[str, Effect] = {
    "complete": complete,
    "auto_complete": auto_complete,
    "withdraw": withdraw,
    "obsolete": obsolete,
    "reset": reset,
    "contest": contest,
    "supersede": supersede,
    "mark_error": mark_error,
}
