"""The worker looks through files: before anybody gets them, and again as the scanner learns.

A scanner that is down decides nothing: a file that waits goes on waiting, and is tried again.
"""

import logging
import uuid
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal import keys, scanner
from portal.clock import now
from portal.db import db
from portal.handovers import notices
from portal.handovers.files import READY, FileState, HandoverFile
from portal.handovers.models import Handover, Party
from portal.jobs import enqueue, jobs
from portal.settings import Settings

log = logging.getLogger("samspil.files")
AGAIN_AFTER = timedelta(days=7)
BATCH = 20  # files of one round, of at most 20 MB each


def queue(file: HandoverFile) -> None:
    """In the transaction that adds it."""
    enqueue(scan, file_id=str(file.id))


@jobs.task(name="handovers.scan")
def scan(file_id: str) -> None:
    """At once, so that nobody waits long; a second run finds it done."""
    look_through(and_(HandoverFile.id == uuid.UUID(file_id), is_waiting()))


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="handovers.scan_waiting", queueing_lock="handovers.scan_waiting")
def scan_waiting(timestamp: int) -> None:
    """What was left waiting while the scanner did not answer."""
    look_through(is_waiting())


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="handovers.scan_again", queueing_lock="handovers.scan_again")
def scan_again(timestamp: int) -> None:
    """What was clean a week ago may be known for harmful today."""
    if scanner.is_used(settings().scanner):
        look_through(is_old(now()))


def is_waiting() -> ColumnElement[bool]:
    return HandoverFile.state == FileState.WAITING


def is_old(at: datetime) -> ColumnElement[bool]:
    """Also what was taken in while there was no scanner."""
    known = and_(HandoverFile.state == FileState.CLEAN, HandoverFile.judged_at < at - AGAIN_AFTER)
    return or_(known, HandoverFile.state == FileState.UNSCANNED)


def settings() -> Settings:
    found: Settings = current_app.extensions["samspil"]
    return found


def look_through(which: ColumnElement[bool]) -> None:
    """A round; two workers take different files."""
    for file in db.session.scalars(some(which)).all():
        try:
            judge(file, found_in(file))
        except scanner.Unavailable as error:
            log.warning("the virus scanner does not answer: %s", error)
            return
        db.session.flush()
        db.session.expire(file, ["sealed"])  # twenty files need not be held at once


def some(which: ColumnElement[bool]) -> Select[HandoverFile]:
    rows = select(HandoverFile).where(which).order_by(HandoverFile.uploaded_at)
    return rows.limit(BATCH).with_for_update(skip_locked=True)


def found_in(file: HandoverFile) -> str | None:
    """Raises Unavailable."""
    own = settings()
    if not scanner.is_used(own.scanner):
        return None
    opened = keys.of(own).open_file(file.key, file.sealed, table="handover_file", row_id=file.id)
    return scanner.finding(own.scanner, opened)


def judge(file: HandoverFile, finding: str | None) -> None:
    was_ready = file.state in READY
    is_looked_at = scanner.is_used(settings().scanner)
    file.state = FileState.CLEAN if is_looked_at else FileState.UNSCANNED
    file.judged_at = now()
    if finding is not None:
        file.state, file.finding = FileState.INFECTED, finding
        log.warning("file %s is harmful: %s", file.id, finding)
        tell(file, to_both=was_ready)


def tell(file: HandoverFile, *, to_both: bool) -> None:
    """Who added it; and whoever may have fetched it, where it was ready before."""
    package = select(Handover).where(Handover.id == file.handover_id)
    handover = db.session.scalars(package).one()
    own = Party.SENDER if file.organisation_id == handover.sender_id else Party.RECEIVER
    both = to_both and handover.sent_at is not None
    for party in Party if both else (own,):
        notices.write(handover, party, "file_refused", file)
