"""Background work on procrastinate: queued in the transaction of the change, run by a worker.

Rules: a task is a plain function that uses `db.session` and never commits; it may run twice, so it
is idempotent; it checks what it is given, because whoever may queue may queue anything; a job is
kept under a minute. Procrastinate knows UTC only: hours of Copenhagen are asked for in the task.
"""

import logging
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import Task
from procrastinate.worker import Worker
from sqlalchemy import text

from portal.db import WroteWhileReading, db
from portal.settings import database_url

log = logging.getLogger("samspil.jobs")
PATIENT = RetryStrategy(max_attempts=8, exponential_wait=3)
LOST_AFTER = 30.0  # seconds without a heartbeat
jobs = App(connector=PsycopgConnector(), periodic_defaults={"max_delay": 24 * 3600})
# Queues on the connection of whoever asks. The worker's own connector is an asynchronous one while
# it runs, so that a job could not queue another with it.
QUEUE = JobManager(SyncPsycopgConnector())


def enqueue(task: Task[..., Any, Any], *, once: str | None = None, **arguments: Any) -> None:
    """Queue a job in the transaction of the change; with `once`, no second one while it waits."""
    if db.session.info.get("reading"):
        raise WroteWhileReading(task.name)
    db.session.flush()
    connection = db.session.connection()
    driver = connection.connection.driver_connection
    try:
        # The connection's savepoint, not the session's, which is only sent with SQLAlchemy's next
        # statement: a refused lock would then turn the whole commit into a silent rollback.
        with connection.begin_nested() if once else nullcontext():
            deferrer = task.configure(queueing_lock=once, connection=driver)
            deferrer.job_manager = QUEUE
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        log.info("%s is queued already", once)


def as_the_web(organisation_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """From here to its end the job's transaction is held like a request of the person's.

    By the same policies and the same guards; for what a person has asked for and does not wait for.
    """
    db.session.execute(text("set local role samspil_app"))
    setting = text("select set_config(:name, :id, true)")
    for name, id_ in (("organisation", organisation_id), ("person", person_id)):
        db.session.execute(setting, {"name": f"samspil.{name}", "id": str(id_)})


def work(app: Flask, **how: Any) -> None:
    """The worker: every task in an application context and one transaction of its own."""

    def one_transaction(call: Callable[[], Any], _context: JobContext, _worker: Worker) -> None:
        with app.app_context():
            call()
            db.session.commit()

    address = database_url("worker").replace("postgresql+psycopg:", "postgresql:")
    connector = PsycopgConnector(conninfo=address, min_size=1, max_size=3)
    with jobs.replace_connector(connector) as running:
        running.run_worker(
            task_middleware=[one_transaction],
            delete_jobs="successful",
            stalled_worker_timeout=LOST_AFTER,
            **how,
        )


@jobs.periodic(cron="* * * * *")
@jobs.task(name="rescue", queueing_lock="rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Jobs of a worker that died stay 'doing' for ever unless somebody does this."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=LOST_AFTER):
        await manager.retry_job(job, retry_at=datetime.now(UTC))
