"""The queue in the transaction of the change, and real workers that work it off."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine, NullPool, create_engine, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.db import db
from portal.identity.queries import act_for
from portal.jobs import PATIENT, enqueue, jobs, rescue
from portal.limits import RateLimit
from portal.organisations.models import Unit, UnitKind
from portal.settings import database_url
from tests import make, working
from tests.conftest import ROOT
from tests.working import GATE


def waiting() -> list[str]:
    """The jobs that are there, whatever their state."""
    rows = "select task_name || ' ' || status from procrastinate_jobs order by id"
    found = [*make.records.scalars(text(rows))]
    make.records.commit()
    return found


def traces() -> list[str]:
    keys = select(RateLimit.key).where(RateLimit.key.startswith("job "))
    found = [*make.records.scalars(keys.order_by(RateLimit.minute))]
    make.records.commit()
    return [key.removeprefix("job ") for key in found]


def due() -> None:
    """What waits for another try waits no longer."""
    make.records.execute(text("update procrastinate_jobs set scheduled_at = now()"))
    make.records.commit()


def heard_of(when: str) -> None:
    """Each worker gave its last sign of life then."""
    make.records.execute(text(f"update procrastinate_workers set last_heartbeat = now() {when}"))
    make.records.commit()


@pytest.fixture
def queue(app: Flask) -> Callable[..., None]:
    """A job of the web's, committed."""

    def committed(task, **how) -> None:
        with app.app_context():
            enqueue(task, **how)
            db.session.commit()

    return committed


# In the transaction of the change


def test_a_job_is_there_when_the_change_is(app, fund):
    with app.app_context():
        act_for(fund.id)
        own = {"organisation_id": fund.id, "kind": UnitKind.TEAM, "valid_from": make.LONG_AGO}
        db.session.add(Unit(name="Nyt team", **own))
        enqueue(working.note, what="x")
        assert waiting() == []
        db.session.commit()
    assert waiting() == ["tests.note todo"]
    assert make.records.scalar(select(Unit.name)) == "Nyt team"


def test_a_change_that_is_taken_back_leaves_no_job(app):
    with app.app_context():
        enqueue(working.note, what="x")
        db.session.rollback()
    assert waiting() == []


def test_once_means_once_and_the_change_stays(app, fund):
    with app.app_context():
        for number in range(3):
            act_for(fund.id)
            own = {"organisation_id": fund.id, "kind": UnitKind.TEAM}
            db.session.add(Unit(name=f"Team {number}", valid_from=make.LONG_AGO, **own))
            enqueue(working.note, once="same", what=str(number))
            enqueue(working.note, once="other", what=str(number))
            db.session.commit()
    assert waiting() == ["tests.note todo"] * 2
    assert len(make.records.scalars(select(Unit)).all()) == 3


def test_once_it_is_done_it_can_be_queued_again(queue, run_jobs):
    queue(working.note, once="same", what="first")
    run_jobs()
    queue(working.note, once="same", what="second")
    run_jobs()
    assert traces() == ["first", "second"]


def test_a_job_queues_another(queue, run_jobs):
    queue(working.passes_on, what="passed on")
    run_jobs()
    run_jobs()
    assert traces() == ["passed on"]


# The web queues, and that is all


@pytest.mark.parametrize(
    "statement",
    [
        "select * from procrastinate_jobs",
        "insert into procrastinate_jobs (task_name) values ('x')",
        "update procrastinate_jobs set args = '{}'",
        "delete from procrastinate_jobs",
        "truncate procrastinate_jobs cascade",
        "select procrastinate_fetch_job_v2(null, 1)",
        "select procrastinate_cancel_job_v1(1, false, false)",
        "select * from procrastinate_events",
        "select * from procrastinate_workers",
    ],
)
def test_the_web_does_not_touch_the_queue(statement, queue):
    queue(working.note, what="x")
    engine = create_engine(database_url("app"), poolclass=NullPool)
    with (
        engine.connect() as connection,
        pytest.raises((ProgrammingError, DBAPIError), match="permission denied"),
    ):
        connection.execute(text(statement))
    assert waiting() == ["tests.note todo"]


# Real workers

PATIENCE = 120  # seconds for each word; only a worker that hangs needs them


@dataclass
class Worker:
    process: subprocess.Popen[str]
    patience: float = PATIENCE

    def says(self, words: str) -> str:
        """Wait for it to say this; who says nothing for too long is made to end."""
        assert self.process.stdout
        with self.ended_in_time():
            for line in self.process.stdout:
                if words in line:
                    return line
        raise AssertionError(f"It ended without a word of {words!r}.")

    @contextmanager
    def ended_in_time(self) -> Iterator[None]:
        end = threading.Timer(self.patience, self.process.kill)
        end.start()
        try:
            yield
        finally:
            end.cancel()


@pytest.fixture
def start(app, database) -> Iterator[Callable[[], Worker]]:
    made: list[Worker] = []

    def started() -> Worker:
        command = [sys.executable, "-P", "-c", "from tests.working import work; work()"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        made.append(Worker(subprocess.Popen(command, env=environment, **pipes)))  # type: ignore[call-overload]  # noqa: S603 - our own command
        made[-1].says("Starting worker")
        return made[-1]

    yield started
    for worker in made:
        worker.process.kill()
        worker.process.communicate()


@contextmanager
def closed_gate(database: Engine) -> Iterator[None]:
    """As long as this lasts, `blocked` waits."""
    with database.connect() as owner:
        owner.execute(text(f"select pg_advisory_lock({GATE})"))
        yield
        owner.execute(text(f"select pg_advisory_unlock({GATE})"))


def test_nobody_waits_for_ever_for_a_worker_that_hangs():
    command = [sys.executable, "-c", "print('one', flush=True); input()"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert Worker(process).says("one") == "one\n"
        with pytest.raises(AssertionError, match="two"):
            Worker(process, patience=0).says("two")
        assert process.wait(PATIENCE) == -signal.SIGKILL


def test_a_worker_hears_of_a_job_and_does_it(start, queue):
    worker = start()
    queue(working.note, what="told")
    worker.says("tests.note[")
    worker.says("ended with status: Success")
    assert traces() == ["told"]


def test_told_to_end_it_ends_its_job_first(start, queue, database):
    worker = start()
    with closed_gate(database):
        queue(working.blocked, what="finished")
        worker.says("Starting job tests.blocked")
        worker.process.send_signal(signal.SIGTERM)
        worker.says("Stop requested")
        assert traces() == []
    worker.says("ended with status: Success")
    assert worker.process.wait(PATIENCE) == 0
    assert traces() == ["finished"]


def test_the_job_of_a_worker_that_was_killed_is_done_by_another(start, queue, database):
    victim = start()
    with closed_gate(database):
        queue(working.blocked, what="rescued")
        victim.says("Starting job tests.blocked")
        victim.process.kill()
        victim.process.wait(PATIENCE)
        queue(working.note, what="meanwhile")
    heard_of("+ interval '1 hour'")
    heir = start()
    heir.says("tests.note[")
    assert "tests.blocked doing" in waiting()  # stalled: nobody takes it up by itself
    heard_of("- interval '1 hour'")
    queue(rescue, timestamp=0)
    heir.says("Starting job tests.blocked")
    heir.says("ended with status: Success")
    assert sorted(traces()) == ["meanwhile", "rescued"]


# Failing and repeating


def test_what_fails_is_tried_again_and_leaves_no_trace_of_the_failure(queue, run_jobs):
    queue(working.shaky, failures=2)
    for _try in range(3):
        assert traces() == []
        run_jobs()
        due()
    assert traces() == ["try 2"]
    assert "tests.shaky" not in " ".join(waiting())


def test_what_always_fails_is_given_up_and_kept_to_be_looked_at(queue, run_jobs):
    queue(working.shaky, failures=1000)
    for _try in range(PATIENT.max_attempts or 0):
        run_jobs()
        due()
    assert traces() == []
    assert "tests.shaky todo" in waiting()
    run_jobs()
    assert "tests.shaky failed" in waiting()


def test_each_periodic_task_may_run_twice(app, worker, run_jobs):
    """Whatever hour and state it is, and also for a minute that was done before."""
    known = {name for name, _id in jobs.periodic_registry.periodic_tasks}
    assert {"seal", "rescue"} <= known
    for _time in range(2):
        with worker.app_context():
            for name in sorted(known):
                enqueue(jobs.tasks[name], timestamp=0)
            db.session.commit()
        run_jobs()
    assert waiting() == []
