"""Tasks for tests of the worker, and a worker that knows them."""

import logging
import os
import sys

from procrastinate import JobContext
from sqlalchemy import func, select

from portal.cli import samspil
from portal.clock import now
from portal.db import db
from portal.jobs import PATIENT, enqueue, jobs
from portal.limits import RateLimit

GATE = 4711  # the number of the lock that `blocked` waits for


def leave(what: str) -> None:
    """A trace, that is there when the job's transaction was committed."""
    db.session.add(RateLimit(key=f"job {what}", minute=now(), spent=os.getpid()))


@jobs.task(name="tests.note")
def note(what: str) -> None:
    leave(what)


@jobs.task(name="tests.passes_on")
def passes_on(what: str) -> None:
    """A job that queues another, as whoever tells of a step queues its mails."""
    enqueue(note, what=what)


@jobs.task(name="tests.shaky", retry=PATIENT, pass_context=True)
def shaky(context: JobContext, failures: int) -> None:
    leave(f"try {context.job.attempts}")
    db.session.flush()
    if context.job.attempts < failures:
        raise ConnectionError("not today")


@jobs.task(name="tests.blocked")
def blocked(what: str) -> None:
    leave(what)
    db.session.flush()
    db.session.execute(select(func.pg_advisory_xact_lock(GATE)))


def work() -> None:
    """`samspil worker`, that says on its output what it does."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s", force=True)
    samspil(["worker"])
