"""The worker looks through the files of packages: before anybody gets them, and again later."""

import uuid

from sqlalchemy import and_, select

from portal.clock import now
from portal.db import db
from portal.handovers import notices
from portal.handovers.files import HandoverFile
from portal.handovers.models import Handover, Party
from portal.jobs import enqueue, jobs
from portal.kept_files import is_old, is_scanned, is_waiting, look_through


def queue(file: HandoverFile) -> None:
    """In the transaction that adds it."""
    enqueue(scan, file_id=str(file.id))


@jobs.task(name="handovers.scan")
def scan(file_id: str) -> None:
    """At once, so that nobody waits long; a second run finds it done."""
    one = and_(HandoverFile.id == uuid.UUID(file_id), is_waiting(HandoverFile))
    look_through(HandoverFile, one, tell)


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="handovers.scan_waiting", queueing_lock="handovers.scan_waiting")
def scan_waiting(timestamp: int) -> None:
    """What was left waiting while the scanner did not answer."""
    look_through(HandoverFile, is_waiting(HandoverFile), tell)


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="handovers.scan_again", queueing_lock="handovers.scan_again")
def scan_again(timestamp: int) -> None:
    """What was clean a week ago may be known for harmful today."""
    if is_scanned():
        look_through(HandoverFile, is_old(HandoverFile, now()), tell)


def tell(file: HandoverFile, to_both: bool) -> None:
    """Who added it; and whoever may have fetched it, where it was ready before."""
    package = select(Handover).where(Handover.id == file.handover_id)
    handover = db.session.scalars(package).one()
    own = Party.SENDER if file.organisation_id == handover.sender_id else Party.RECEIVER
    both = to_both and handover.sent_at is not None
    for party in Party if both else (own,):
        notices.write(handover, party, "file_refused", file)
