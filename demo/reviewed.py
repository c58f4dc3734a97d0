"""An agreement that is evaluated: two meetings held, a decision that changes it, the next planned.

As in `negotiated`: by the actions of the two owners, on days before the demo's day.
"""

import uuid
from datetime import date, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo import data
from demo.ground import FUND
from demo.negotiated import Owner, ago, owner
from portal.agreements import amending
from portal.agreements import queries as agreements
from portal.agreements.models import Agreement
from portal.clock import Moment, add_working_days
from portal.meetings.planning import suitable
from portal.meetings.series import Meeting, MeetingKind
from portal.status_meetings import actions, agenda, decisions, notes, people, planning, queries
from portal.status_meetings.figures import published
from portal.status_meetings.planning import Plan
from portal.workflow import Stamp

TOWN = "aarhus"
HELD = (182, 91)  # days ago
COMING = 16  # days ahead
SHORTER = 4  # working days to decide in
NOTES = (
    {
        "information": "A-kassen har fået to nye jobvejledere i Aarhus.",
        "decision": "Kommunen vurderer en pakke inden for fire arbejdsdage.",
        "action": "Beskriv, hvad der skal stå i resuméet, så kommunen ikke behøver at spørge.",
    },
    {
        "information": "Spørgsmål til pakkerne er blevet færre siden sidste møde.",
        "decision": "Parterne holder en fælles temadag om profilafklaring.",
        "action": "Foreslå to datoer for temadagen.",
    },
)


def fill(web: Flask, day: date) -> None:
    """Nothing where the agreement is not there, as in a small demo."""
    agreement_id = found(f"{FUND}-{TOWN}")
    if agreement_id is None:
        return
    ulla, gitte = owner(web, FUND), owner(web, TOWN)
    days = [suitable(add_working_days(day - timedelta(days=one), 0)) for one in HELD]
    coming = suitable(day + timedelta(days=COMING))
    ids = planned(ulla, agreement_id, [*days, coming], ago(day, HELD[0] + 21, 9))
    for meeting_id, on, told in zip(ids, days, NOTES, strict=False):
        hold(ulla, gitte, meeting_id, on, told)
    amend(ulla, gitte, ids[0], days[0])
    draw(ulla, ids[-1], ago(day, 1, 10))


def found(key: str) -> uuid.UUID | None:
    with data.owner() as engine, Session(engine) as session:
        return session.scalar(select(Agreement.id).where(Agreement.key == key))


def planned(who: Owner, agreement_id: uuid.UUID, days: list[date], at: Moment) -> list[uuid.UUID]:
    with who.at_work():
        agreement = agreements.agreement(agreement_id)
        version = agreement.binding[0]
        plan = Plan(
            MeetingKind.STATUS, "Statusmøde", days, time(9), time(11), "Aarhus Rådhus", None
        )
        made = planning.make(agreement, version, plan, actor=who.actor, at=at)
        return [one.id for one in made]


def step(who: Owner, meeting_id: uuid.UUID, name: str, at: Moment, **given: Any) -> None:
    with who.at_work():
        meeting = queries.meeting(meeting_id)
        stamp = Stamp(meeting.revision, f"demo {name} {who.actor.name}")
        actions.take(meeting, name, given, actor=who.actor, at=at, stamp=stamp)


def draw(who: Owner, meeting_id: uuid.UUID, at: Moment) -> None:
    with who.at_work():
        agenda.draw(queries.meeting(meeting_id), published, actor=who.actor, at=at)


def hold(one: Owner, other: Owner, meeting_id: uuid.UUID, day: date, told: dict[str, str]) -> None:
    before = ago(day, 7, 10)
    draw(one, meeting_id, before)
    with one.at_work():
        agenda.take_all(queries.meeting(meeting_id), actor=one.actor)
    step(one, meeting_id, "send_agenda", before, figures=published)
    there = ago(day, 0, 9)
    step(one, meeting_id, "begin", there)
    noted(one, meeting_id, told, there)
    with one.at_work():
        meeting = queries.meeting(meeting_id)
        came = {row.id: True for row in queries.participants(meeting_id)}
        people.attend(meeting, came, {}, actor=one.actor)
    step(one, meeting_id, "share_minutes", ago(day, 0, 13))
    for who in (one, other):
        step(who, meeting_id, "approve", ago(day, -2, 10), number=1)


def noted(who: Owner, meeting_id: uuid.UUID, told: dict[str, str], at: Moment) -> None:
    with who.at_work():
        meeting = queries.meeting(meeting_id)
        point = queries.agenda(meeting_id)[-1]
        asked = queries.participants(meeting_id)
        theirs = [row for row in asked if row.party_id != who.actor.organisation_id]
        due = {"who": str((theirs or asked)[0].id), "due_on": at.today + timedelta(days=30)}
        for kind, text in told.items():
            more = due if kind == "action" else {}
            notes.write(meeting, point, {"kind": kind, "text": text} | more, actor=who.actor, at=at)


def amend(one: Owner, other: Owner, meeting_id: uuid.UUID, day: date) -> None:
    """The first meeting's decision is asked for as a change, and the other side agrees."""
    at = ago(day, -3, 10)
    with one.at_work():
        meeting: Meeting = queries.meeting(meeting_id)
        [note] = [row for row in queries.notes(meeting_id) if row.kind == "decision"]
        how: dict[str, Any] = {"reason": note.text, "actor": one.actor, "at": at}
        made = decisions.amend(note, meeting, "parameters.decide_days", SHORTER, **how)
        amendment_id, agreement_id = made.id, meeting.agreement_id
    with other.at_work():
        row = amending.amendment(agreement_id, amendment_id)
        version = agreements.agreement(agreement_id).binding[0]
        answered = ago(day, -6, 11)
        how = {"revision": row.revision, "actor": other.actor, "at": answered}
        amending.accept(row, version, **how)
