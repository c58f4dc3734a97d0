"""Correcting what was sent: one way for every part of the content. What is frozen never changes.

A correction of the sender makes the next content version, in which that part alone is another. The
receiver corrects the day that it has confirmed. Who is told acknowledges; nothing waits for it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from portal.access import Actor
from portal.agreements.parameters import agreed
from portal.clock import Moment, day_of
from portal.db import Json, db
from portal.fields import day_of as day_typed
from portal.handovers import content, days, letters, queries, sending, words
from portal.handovers.amendments import HandoverAmendment
from portal.handovers.lacks import Effect, Given, refuse, wanted
from portal.handovers.models import Handover, Party
from portal.workflow import Done, Lack, NotNow, flush

DAY_OF_RESPONSIBILITY = "responsible_from"


class Form(StrEnum):
    """How a part is corrected: typed anew, or taken from the case as it is now."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    DAY = "day"
    AMOUNT = "amount"
    CASE = "case"


AMENDABLE: Mapping[str, Form] = {
    "phone": Form.LINE,
    "email": Form.LINE,
    "benefit_start": Form.DAY,
    "weekly_hours": Form.AMOUNT,
    DAY_OF_RESPONSIBILITY: Form.DAY,
    "contact": Form.LINE,
    "contact_unit": Form.LINE,
    "contact_mailbox": Form.LINE,
    "summary": Form.TEXT,
    "job_goals": Form.LINES,
    "focus_areas": Form.TEXT,
    "search_strategy": Form.TEXT,
    "my_plan_on": Form.DAY,
    "my_plan_link": Form.LINE,
    "considerations": Form.TEXT,
    "talks": Form.CASE,
    "clarifications": Form.CASE,
    "efforts": Form.CASE,
    "checklist": Form.CASE,
    "assessment": Form.CASE,
    "informed_on": Form.DAY,
    "member_comment": Form.TEXT,
}
PAST = {"benefit_start", "my_plan_on", "informed_on"}
HOURS = re.compile(r"[0-9]{1,2}([.,][0-9]{1,2})?")  # as the published schema has them
LONGEST = {Form.LINE: 500, Form.TEXT: 4000, Form.LINES: 2000}


def open_parts(sent: Json) -> list[str]:
    """The parts that may be corrected: what the parties have agreed not to share stays at home."""
    withheld = {name for part in sent.get("withheld", ()) for name in content.PARTS.get(part, ())}
    return [path for path in AMENDABLE if path not in withheld]


def typed(value: Any) -> str:
    """A part as it is typed; the opposite of `read`."""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, date):
        return days.short(value)
    return "" if value is None else str(value)


def read(path: str, text: str) -> Any:
    """The part as the content has it, from what was typed. Raises ValueError in Danish."""
    form, text = AMENDABLE[path], text.strip()
    if len(text) > LONGEST.get(form, 40):
        raise ValueError(_("Højst %(max)d tegn.", max=LONGEST.get(form, 40)))
    return READ[form](text) if text else [] if form is Form.LINES else None


def amount(text: str) -> str:
    if not HOURS.fullmatch(text):
        raise ValueError(_("Skriv et tal."))
    return content.written(Decimal(text.replace(",", ".")))


READ: Mapping[Form, Callable[[str], Any]] = {
    Form.LINE: lambda text: " ".join(text.split()),
    Form.TEXT: str,
    Form.LINES: lambda text: [line.strip() for line in text.splitlines() if line.strip()],
    Form.DAY: lambda text: day_typed(text).isoformat(),
    Form.AMOUNT: amount,
}


def amend(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """The next content version, with one part of it corrected."""
    sent = queries.newest_content(handover.id).content
    path = str(given.get("path"))
    refuse(None if path in open_parts(sent) else Lack("path", _("Vælg, hvad der skal rettes.")))
    value = given["composed"][path] if AMENDABLE[path] is Form.CASE else new_value(given)
    refuse(*lacks(handover, given, sent.get(path), value), *impossible(handover, path, value, at))
    changed = sent | {path: value}
    if path == DAY_OF_RESPONSIBILITY:
        move_day(handover, value, actor)
        changed["responsible_source"] = handover.responsible_source
    frozen = sending.keep(handover, changed, content.hash_of(changed), actor)
    number, fingerprint = frozen.number, frozen.hash
    done = told(handover, given, actor, at, old=sent.get(path), new=value, number=number)
    return Done(done.reason, done.detail | {"number": number, "hash": fingerprint})


def correct(handover: Handover, given: Given, actor: Actor, at: Moment) -> Done:
    """The receiver's own: the day that it confirmed when it accepted."""
    was = handover.responsible_from.isoformat() if handover.responsible_from else None
    day = {**given, "path": DAY_OF_RESPONSIBILITY}
    value = new_value(day)
    refuse(*lacks(handover, day, was, value))
    refuse(*impossible(handover, DAY_OF_RESPONSIBILITY, value, at))
    move_day(handover, value, actor)
    return told(handover, day, actor, at, old=was, new=value)


def new_value(given: Given) -> Any:
    try:
        return read(given["path"], given.get("new") or "")
    except ValueError as error:
        refuse(Lack("new", str(error)))
        raise


def lacks(handover: Handover, given: Given, old: Any, new: Any) -> list[Lack | None]:
    demanded = {*agreed(handover.parameters).required_plan_codes, DAY_OF_RESPONSIBILITY}
    same = _("Sådan står der allerede.")
    if AMENDABLE[given["path"]] is Form.CASE:
        same = _("Sagen er ikke ændret her, siden I sendte. Ret sagen først.")
    return [
        Lack("new", same) if (old or None) == (new or None) else None,
        Lack("new", _("Aftalen kræver, at det er udfyldt."))
        if not new and given["path"] in demanded
        else None,
        wanted(given, "reason", _("Skriv, hvorfor det rettes.")),
        None if given.get("audience") in words.AUDIENCES else
        Lack("audience", _("Vælg, hvem der må læse begrundelsen.")),
    ]  # fmt: skip


def impossible(handover: Handover, path: str, value: Any, at: Moment) -> list[Lack]:
    """Of a day: not in the future where it has happened, not too far where it is to come."""
    day = date.fromisoformat(value) if value and AMENDABLE[path] is Form.DAY else None
    if path in PAST:
        return days.past("new", day, at.today)
    if path != DAY_OF_RESPONSIBILITY or handover.sent_at is None:
        return []
    begun = queries.newest_content(handover.id).content.get("benefit_start")
    found = days.of_responsibility(
        day,
        benefit_start=date.fromisoformat(begun) if begun else None,
        sent_on=day_of(handover.sent_at),
        today=at.today,
    )
    return [Lack("new", lack.text) for lack in found]


def move_day(handover: Handover, value: str, actor: Actor) -> None:
    was = handover.responsible_from
    before = f" i stedet for {days.short(was)}" if was else ""
    handover.responsible_from = date.fromisoformat(value)
    handover.responsible_source = f"rettet af {actor.name}{before}"


def told(
    handover: Handover,
    given: Given,
    actor: Actor,
    at: Moment,
    *,
    old: Any,
    new: Any,
    number: int | None = None,
) -> Done:
    """The correction for both; its reason for those whom the writer has chosen."""
    side = handover.party_of(actor)
    assert side is not None  # noqa: S101  (the step is a party's)
    path, reason = given["path"], given["reason"].strip()
    is_open = given["audience"] == "both"
    made = HandoverAmendment(
        handover_id=handover.id,
        organisation_id=actor.organisation_id,
        side=side,
        path=path,
        old=old,
        new=new,
        audience=given["audience"],
        reason=reason if is_open else None,
        number=number,
        at=at.now,
        person=actor.name,
    )
    db.session.add(made)
    if not is_open:
        what = f"{words.PARTS[path]}: {reason}"
        letters.write_note(handover, what, actor=actor, at=at)
    return Done(reason=made.reason, detail={"path": path})


def acknowledge(amendment: HandoverAmendment, *, actor: Actor, at: Moment) -> None:
    """By the party that is told.

    Raises:
        NotNow: it is one's own, or has been acknowledged.
    """
    if amendment.organisation_id == actor.organisation_id or amendment.acknowledged_at:
        raise NotNow("acknowledge_amendment", Party(amendment.side))
    amendment.acknowledged_at, amendment.acknowledged_by = at.now, actor.name
    flush()


EFFECTS: dict[str, Effect] = {"amend": amend, "correct": correct}
