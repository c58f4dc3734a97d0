"""The worker's round of the clocks: what has come is written down once, and told in a mail a day.

Harmless when run twice, by two workers, or after a standstill: a notice is unique for its package,
clock, day and level, and a reader has at most one digest a day. What cannot be told to all its
readers today waits until tomorrow; what is no longer so is dropped untold.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import chain
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from portal import mail
from portal.batches import in_batches
from portal.cases.models import MemberCase, TransferNotice
from portal.clock import COPENHAGEN, is_working_day, now, today
from portal.db import db
from portal.handovers import following_up, passing, reached, unassigned
from portal.handovers.models import Handover, Party, State, Turn
from portal.handovers.parts import HandoverNotice
from portal.handovers.reminding import DRAFT, Level, clock_of, level_on
from portal.handovers.unassigned import UNASSIGNED, is_unassigned
from portal.jobs import jobs
from portal.meetings import reminding as meetings
from portal.organisations.queries import Reader, leaders

# More calendar days than the longest reminder before a due day, over Christmas and Easter.
FURTHEST = timedelta(days=21)
OFFICE_HOURS = range(6, 17)  # in Copenhagen
ROUND = 0x44494745  # the lock of a round of digests


@jobs.periodic(cron="17 * * * *")
@jobs.task(name="handovers.remind", queueing_lock="handovers.remind")
def remind(timestamp: int) -> None:
    """Every hour, so that a standstill in the morning does not cost the day."""
    is_open = now().astimezone(COPENHAGEN).hour in OFFICE_HOURS
    if is_working_day(today()) and is_open:
        note(today())
        tell(today())


def note(day: date) -> int:
    """Write down what has come by `day` and is not written yet; how much it was."""
    found = [row for known in running(day) if (row := notice_of(*known, day))]
    found += unassigned.come(day)
    return added(HandoverNotice, found) + added(TransferNotice, passing.come(day))


def added(table: type[HandoverNotice | TransferNotice], found: list[dict[str, Any]]) -> int:
    if not found:
        return 0
    rows = insert(table).on_conflict_do_nothing().returning(table.id)
    return len(db.session.scalars(rows, found).all())


def notice_of(handover: Handover, is_over: bool, day: date) -> dict[str, Any] | None:
    clock, level = clock_of(handover), level_on(handover, day, is_over=is_over)
    if clock is None or level is None:
        return None
    return {
        "id": uuid.uuid4(),
        "handover_id": handover.id,
        "clock": clock[0],
        "due_on": clock[1],
        "level": level,
        "found_on": day,
    }


def running(day: date) -> Iterator[Row[Handover, bool]]:
    """Packages whose clock may have come to a level, and whether the member's case is closed.

    None is locked: people work with them.
    """
    told = (
        select(HandoverNotice.id)
        .where(
            HandoverNotice.handover_id == Handover.id,
            HandoverNotice.clock == Handover.due_for,
            HandoverNotice.due_on == Handover.due_on,
            HandoverNotice.level == Level.AGENDA,
        )
        .exists()
    )
    near = or_(Handover.due_on <= day + FURTHEST, Handover.due_on.is_(None))
    rows = (
        select(Handover, MemberCase.closed_at.is_not(None))
        .join(MemberCase, MemberCase.id == Handover.case_id)
        .where(Handover.closed_at.is_(None), near, ~told)
    )
    yield from db.session.execute(rows.execution_options(yield_per=500))


class Told(Protocol):
    """A row that is told of once."""

    told_at: Any


Waiting = tuple[Told, mail.Line, list[Reader]]
# What features above this one have to tell.
TELLING: list[Callable[[date], Iterator[Waiting]]] = []


def tell(day: date) -> list[list[mail.Line]]:
    """Write each reader's digest of `day`, and say what stands in them.

    One round at a time: who comes meanwhile waits, and finds what is left.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(ROUND)))
    told: dict[Reader, set[mail.Line]] = defaultdict(set)
    has_had = cache(lambda reader: mail.is_written(reader.address, digest_of(day)))
    waits: Iterator[Waiting] = chain(
        of_packages(day),
        passing.due(day),
        following_up.to_tell(day),
        meetings.due(day),
        *(told_by(day) for told_by in TELLING),
    )
    for notice, about, found in waits:
        if not found or any(map(has_had, found)):
            continue
        notice.told_at = now()
        for reader in found:
            told[reader].add(about)
    digests = [(reader, sorted(lines)) for reader, lines in sorted(told.items())]
    for reader, lines in digests:
        write(reader, lines, day)
    return [lines for _reader, lines in digests]


def of_packages(day: date) -> Iterator[tuple[HandoverNotice, mail.Line, list[Reader]]]:
    """What is to be told of packages, and to whom; what is no longer so is dropped."""
    due, of = (HandoverNotice.due_on, HandoverNotice.id), HandoverNotice
    for notice, handover, *_key in in_batches(waiting(), *due, of=of):
        if is_so(notice, handover):
            yield notice, line(notice, handover), readers(notice, handover, day)
        else:
            db.session.delete(notice)


def waiting() -> Select[HandoverNotice, Handover]:
    return (
        select(HandoverNotice, Handover)
        .join(Handover, Handover.id == HandoverNotice.handover_id)
        .where(HandoverNotice.told_at.is_(None))
    )


def is_so(notice: HandoverNotice, handover: Handover) -> bool:
    """Whether the clock that the notice tells of runs still."""
    if notice.clock == UNASSIGNED:
        return is_unassigned(handover)
    return (notice.clock, notice.due_on) == clock_of(handover)


def readers(notice: HandoverNotice, handover: Handover, day: date) -> list[Reader]:
    """Nobody who is absent or has left; empty when there is nobody at all."""
    if notice.clock == UNASSIGNED:
        found = reached.recipients(handover, Party.RECEIVER, day)
        return [*dict.fromkeys([*found, *leaders(handover.receiver_id, day)])]
    if notice.level >= Level.OWNERS and handover.state != State.DRAFT:
        parties = [Party.SENDER] if handover.state == State.SIGNOFF else [*Party]
        return reached.owners(handover, day, parties)
    found = []
    for party in Party:
        if handover.turn in (Turn.BOTH, Turn(party)):
            found += reached.recipients(handover, party, day)
            if notice.level == Level.LATE and handover.state != State.DRAFT:
                found += reached.of_late(handover, party, day)
    return [*dict.fromkeys(found)]


def line(notice: HandoverNotice, handover: Handover) -> mail.Line:
    what = Level(notice.level).name.lower()
    if notice.clock == UNASSIGNED:
        what = UNASSIGNED
    elif notice.clock == DRAFT:
        what = "draft_goes" if notice.level == Level.OWNERS else DRAFT
    elif notice.level >= Level.LATE and notice.found_on < notice.due_on:
        what = "unreached"  # told before its time: a mail came back
    return mail.Line(handover.reference, what, notice.due_on)


def digest_of(day: date) -> str:
    return f"digest {day}"


def write(reader: Reader, lines: list[mail.Line], day: date) -> None:
    base = current_app.extensions["samspil"].base_url
    mail.queue(
        reader.address,
        "digest",
        reference=f"FRISTER-{day:%Y%m%d}",
        url=f"{base}/",
        language=reader.language,
        once=digest_of(day),
        lines=lines,
    )
