"""The seal of the audit log: each way to touch it is found, beside a log that nobody touched."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine, select, text
from sqlalchemy.exc import DBAPIError

from portal import audit, crypto, sealing
from portal.audit import AuditEvent, Trail
from portal.clock import now
from portal.db import db
from portal.settings import database_url, embedded
from tests import make

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def key(settings) -> bytes:
    return crypto.secret_key(settings.audit_key)


@pytest.fixture
def with_folder(settings, worker, tmp_path) -> Iterator:
    """Settings of a worker that has a place for checkpoints."""
    named = replace(settings, checkpoint_folder=str(tmp_path / "checkpoints"))
    worker.extensions["samspil"] = named
    yield named
    worker.extensions["samspil"] = settings


@pytest.fixture
def event(fund) -> Callable[..., AuditEvent]:
    def add(at: datetime = NOON, **values) -> AuditEvent:
        values = {"person": "Mette Eksempel", "roles": "adviser", "action": "cases.show"} | values
        return make.saved(AuditEvent(organisation_id=fund.id, at=at, **values))

    return add


@pytest.fixture
def sealed(event, worker, key) -> list[AuditEvent]:
    """Five sealed rows, in the order of their seals."""
    events = [event(NOON + timedelta(seconds=n), detail={"n": n}) for n in range(5)]
    round_of(worker, key)
    return events


def round_of(worker, key: bytes, settings=None, at: datetime = NOON) -> int:
    with worker.app_context():
        if settings:
            sealing.sign_head(settings, at)
        count = sealing.seal(key)
        db.session.commit()
    return count


@contextmanager
def tampering(database) -> Iterator[Connection]:
    """A superuser's connection in which no trigger guards the log."""
    address = embedded().url("postgres", database.url.database)
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("set session_replication_role = replica"))
        yield connection


def finding(worker, key, known=None, start=None):
    with worker.app_context():
        return sealing.first_broken(key, known or {}, start)


def places() -> list[tuple[int | None, str]]:
    rows = select(AuditEvent.seal_no, AuditEvent.action).order_by(AuditEvent.seal_no)
    found = [(seal_no, action) for seal_no, action in make.records.execute(rows)]
    make.records.commit()
    return found


def test_rows_are_sealed_in_order_of_time(event, worker, key):
    for seconds, action in [(3, "third"), (1, "first"), (2, "second")]:
        event(NOON + timedelta(seconds=seconds), action=action)
    assert round_of(worker, key) == 3
    assert places() == [(1, "first"), (2, "second"), (3, "third")]


def test_a_row_that_commits_late_is_sealed_last(event, worker, key):
    event(NOON, action="first")
    round_of(worker, key)
    event(NOON - timedelta(seconds=30), action="late")
    assert round_of(worker, key) == 1
    assert places() == [(1, "first"), (2, "late")]
    assert finding(worker, key) is None


def test_more_rows_than_a_batch_make_one_chain(event, worker, key, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 2)
    for n in range(5):
        event(NOON + timedelta(seconds=n))
    assert round_of(worker, key) == 5
    assert finding(worker, key) is None


def test_two_workers_make_one_chain(event, worker, key):
    for n in range(50):
        event(NOON + timedelta(seconds=n))
    threads = [threading.Thread(target=round_of, args=(worker, key)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [seal_no for seal_no, _ in places()] == [*range(1, 51)]
    assert finding(worker, key) is None


def test_while_one_seals_another_leaves_it_alone(event, worker, key):
    event()
    with worker.app_context():
        assert sealing.seal(key) == 1
        with worker.app_context():
            assert sealing.seal(key) == 0
        db.session.commit()
    assert places() == [(1, "cases.show")]


def test_an_untouched_log_is_whole(sealed, worker, key):
    assert finding(worker, key) is None


@pytest.mark.parametrize(
    "change",
    [
        "action = 'cases.index'",
        "person = 'Nogen Anden'",
        "at = at + interval '1 second'",
        "outcome = 'refused 403'",
        "detail = '{\"n\": 9}'",
        "purpose = 'Ny'",
        "subject_id = gen_random_uuid()",
        "hash = sha256('x')",
    ],
)
def test_a_changed_row_is_named(change, sealed, worker, key, database):
    with tampering(database) as superuser:
        superuser.execute(text(f"update audit_event set {change} where seal_no = 3"))
    found = finding(worker, key)
    assert (found.seal_no, found.row_id) == (3, sealed[2].id)


def test_a_removed_row_is_named_by_its_place(sealed, worker, key, database):
    with tampering(database) as superuser:
        superuser.execute(text("delete from audit_event where seal_no = 3"))
    found = finding(worker, key)
    assert (found.seal_no, found.row_id) == (3, None)
    assert str(sealed[3].id) in found.what


def test_a_removed_row_is_found_when_the_gap_is_closed(sealed, worker, key, database):
    with tampering(database) as superuser:
        superuser.execute(text("delete from audit_event where seal_no = 3"))
        for place in (4, 5):
            superuser.execute(
                text("update audit_event set seal_no = :to where seal_no = :place"),
                {"to": place - 1, "place": place},
            )
    found = finding(worker, key)
    assert (found.seal_no, found.row_id) == (3, sealed[3].id)


def test_an_inserted_row_is_named(sealed, worker, key, database):
    stranger = uuid.uuid4()
    with tampering(database) as superuser:
        superuser.execute(text("update audit_event set seal_no = seal_no + 100 where seal_no > 3"))
        superuser.execute(
            text(
                "insert into audit_event (id, at, organisation_id, person, roles, action, outcome,"
                " detail, seal_no, hash) select :id, at, organisation_id, person, roles, action,"
                " outcome, detail, 4, hash from audit_event where seal_no = 3"
            ),
            {"id": stranger},
        )
        superuser.execute(text("update audit_event set seal_no = seal_no - 99 where seal_no > 99"))
    found = finding(worker, key)
    assert (found.seal_no, found.row_id) == (4, stranger)


@pytest.mark.parametrize("with_hash", [False, True])
def test_two_rows_that_change_places_are_found(with_hash, sealed, worker, key, database):
    swap = "update audit_event a set seal_no = {} from audit_event b where a.id = :a and b.id = :b"
    if with_hash:
        swap = swap.replace("seal_no = {}", "seal_no = {}, hash = b.hash")
    one, other = sealed[1].id, sealed[3].id
    with tampering(database) as superuser:
        superuser.execute(text(swap.format(100)), {"a": one, "b": other})
        superuser.execute(text(swap.format(2)), {"a": other, "b": one})
        superuser.execute(text("update audit_event set seal_no = 4 where seal_no = 100"))
    assert finding(worker, key).seal_no == 2


def test_another_key_makes_another_chain(sealed, worker):
    assert finding(worker, bytes(32)).seal_no == 1


def test_a_cut_tail_is_found_by_the_checkpoint(sealed, worker, key, database, with_folder):
    round_of(worker, key, with_folder)
    known = sealing.checkpoints(with_folder)
    assert finding(worker, key, known) is None
    with tampering(database) as superuser:
        superuser.execute(text("delete from audit_event where seal_no > 3"))
    assert finding(worker, key) is None  # the chain alone does not show it
    found = finding(worker, key, known)
    assert (found.seal_no, found.row_id) == (4, None)


def test_a_tail_that_was_written_anew_is_found(sealed, worker, key, database, with_folder):
    round_of(worker, key, with_folder)
    with tampering(database) as superuser:
        superuser.execute(
            text(
                "update audit_event set seal_no = null, hash = null, person = 'Nogen Anden'"
                " where seal_no = 5"
            )
        )
    round_of(worker, key)
    assert finding(worker, key) is None
    found = finding(worker, key, sealing.checkpoints(with_folder))
    assert (found.seal_no, found.row_id) == (5, sealed[4].id)


def test_a_checkpoint_follows_what_is_committed_and_only_that(event, worker, key, with_folder):
    event()
    round_of(worker, key, with_folder)
    assert sealing.checkpoints(with_folder) == {}
    round_of(worker, key, with_folder)
    round_of(worker, key, with_folder)
    assert [*sealing.checkpoints(with_folder)] == [1]
    [file] = Path(with_folder.checkpoint_folder).iterdir()
    assert len(file.read_text("utf-8").splitlines()) == 1
    assert file.stat().st_mode & 0o777 == 0o600


def test_from_a_checkpoint_on_the_log_is_whole_without_its_beginning(
    sealed, event, worker, key, database, with_folder
):
    round_of(worker, key, with_folder)
    event(NOON + timedelta(minutes=1))
    round_of(worker, key)
    start = sealing.checkpoints(with_folder)[5]
    with tampering(database) as superuser:
        superuser.execute(text("delete from audit_event where seal_no <= 5"))
    assert finding(worker, key).seal_no == 1
    assert finding(worker, key, start=start) is None
    with tampering(database) as superuser:
        superuser.execute(text("delete from audit_event"))
    assert finding(worker, key, start=start) is not None


def test_the_command_says_that_the_log_is_whole(sealed, run, worker, key, with_folder):
    round_of(worker, key, with_folder)
    answer = run("audit", "verify")
    assert (answer.exit_code, answer.output) == (0, "Whole: 5 sealed rows, 1 checkpoints\n")


def test_the_command_names_the_first_bad_row(sealed, run, database):
    with tampering(database) as superuser:
        superuser.execute(text("update audit_event set action = 'x' where seal_no in (2, 4)"))
    answer = run("audit", "verify")
    assert answer.exit_code == sealing.TAMPERED
    assert f"Row {sealed[1].id} at seal_no 2" in answer.output
    assert str(sealed[3].id) not in answer.output


def test_the_command_begins_at_a_checkpoint(sealed, run, worker, key, with_folder):
    round_of(worker, key, with_folder)
    [file] = Path(with_folder.checkpoint_folder).iterdir()
    assert run("audit", "verify", "--from", file).exit_code == 0
    file.write_text(file.read_text("utf-8").replace('"count":5', '"count":6'), "utf-8")
    answer = run("audit", "verify", "--from", file)
    assert answer.exit_code == sealing.TAMPERED
    assert "line 1" in answer.output


def test_the_command_misses_checkpoints_that_are_gone(sealed, run, worker, key, with_folder):
    round_of(worker, key, with_folder)
    assert run("audit", "verify").exit_code == 0
    [file] = Path(with_folder.checkpoint_folder).iterdir()
    file.unlink()
    assert run("audit", "verify").exit_code == sealing.TAMPERED


def test_a_row_may_wait_five_minutes_for_its_seal(event, run):
    event(now() - timedelta(minutes=4))
    assert run("audit", "verify").exit_code == 0
    late = event(now() - timedelta(minutes=6))
    answer = run("audit", "verify")
    assert answer.exit_code == sealing.UNSEALED
    assert str(late.id) in answer.output
    assert run("audit", "seal").output == "2 rows sealed\n"
    assert run("audit", "verify").exit_code == 0


def test_the_command_signs_how_far_the_chain_has_come(sealed, run, settings):
    line = run("audit", "checkpoint").output
    signed = crypto.verify_checkpoint(sealing.public_key(settings), line)
    assert (signed.seal_no, signed.count) == (5, 5)


@pytest.mark.parametrize("role", ["app", "worker", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "update audit_event set person = 'Nogen Anden'",
        "update audit_event set seal_no = 1, hash = null, person = 'x' where seal_no is null",
        "update audit_event set seal_no = seal_no + 10",
        "delete from audit_event",
        "truncate audit_event",
    ],
)
def test_no_role_changes_the_log(role, statement, sealed, event, database):
    event()
    engine = create_engine(database_url(role), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"set samspil.organisation = '{sealed[0].organisation_id}'"))
        with pytest.raises(DBAPIError) as refused:
            connection.execute(text(statement))
    assert "permission denied" in str(refused.value) or "never changed" in str(refused.value)


def test_the_web_adds_its_own_organisations_rows(fund, seen_by):
    """The control of the refusals above."""
    with seen_by(fund) as session:
        session.add(
            AuditEvent(organisation_id=fund.id, person="x", roles="", action="x", detail={})
        )
        session.flush()
        assert session.scalar(select(AuditEvent.action)) == "x"


def test_what_has_no_one_spelling_is_refused_at_once(fund, seen_by):
    actor = make.actor(fund)
    with seen_by(fund):
        audit.record(actor, Trail("x", detail={"share": "0.5"}))
        with pytest.raises(TypeError):
            audit.record(actor, Trail("x", detail={"share": 0.5}))
        about: dict[str, Any] = {"outcome": "done", "address": None, "request_id": None}
        audit.leave(actor, Trail("x", detail={"share": "0.5"}), **about)
        with pytest.raises(TypeError):
            audit.leave(actor, Trail("x", detail={"share": 0.5}), **about)
        with pytest.raises(TypeError):
            AuditEvent(detail={"shares": [{"x": 0.5}]})
