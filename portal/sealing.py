"""The seal of the audit log: a keyed chain over its rows, and signed checkpoints outside of it.

The worker seals new rows every minute, in order of time, each linked to the one before by a key
that is not in the database: whoever changes, removes, inserts or moves a row cannot mend the chain.
What is cut off at the end leaves a whole chain, so checkpoints of how far it had come are signed
and kept in a folder and in the log. Only what is committed gets a checkpoint, hence one round
later: a checkpoint must never tell of rows that a failing commit takes back.
"""

import logging
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import current_app
from sqlalchemy import Row, func, select, update

from portal import crypto
from portal.audit import AuditEvent
from portal.clock import now
from portal.commands import Commands
from portal.crypto import GENESIS, Checkpoint, Forged
from portal.db import db
from portal.jobs import jobs
from portal.settings import Settings

log = logging.getLogger("samspil.audit")
BATCH = 1000
LONGEST_UNSEALED = timedelta(minutes=5)
LAST_BYTES = 4096  # more than the longest line of a file of checkpoints
SEALING = func.hashtext("samspil.sealing")  # the lock: one worker seals at a time
TAMPERED, UNSEALED = 3, 4  # exit codes of `verify`
EVENT = AuditEvent.__table__


@dataclass(frozen=True)
class Finding:
    """The first thing wrong with the log. A row that is gone has no id any more."""

    what: str
    seal_no: int | None = None
    row_id: uuid.UUID | None = None

    def __str__(self) -> str:
        place = f"Row {self.row_id}" if self.row_id else "A row"
        return f"{place} at seal_no {self.seal_no}: {self.what}"


@dataclass(frozen=True)
class Link:
    """A place in the chain, and the hash that the next row is linked to."""

    seal_no: int = 0
    hash: bytes = GENESIS


def contents(row: Row[Any], seal_no: int) -> Mapping[str, object]:
    """What a seal covers: all that is set, and its place. A column added later changes no seal."""
    covered = row._asdict() | {"seal_no": seal_no, "hash": None}
    return {name: value for name, value in covered.items() if value is not None}


def head() -> Link:
    sealed = select(EVENT.c.seal_no, EVENT.c.hash).where(EVENT.c.seal_no.is_not(None))
    row = db.session.execute(sealed.order_by(EVENT.c.seal_no.desc()).limit(1)).one_or_none()
    return Link(*row) if row else Link()


def seal(key: bytes) -> int:
    """Seal what is unsealed and say how much; nothing while another worker is at it."""
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(SEALING))):
        return 0
    last = start = head()
    while rows := db.session.execute(unsealed().limit(BATCH)).all():
        sealed = [*chained(key, last, rows)]
        db.session.execute(update(AuditEvent), sealed)
        last = Link(last.seal_no + len(sealed), sealed[-1]["hash"])
    return last.seal_no - start.seal_no


def unsealed() -> Any:
    return select(EVENT).where(EVENT.c.seal_no.is_(None)).order_by(EVENT.c.at, EVENT.c.id)


def chained(key: bytes, last: Link, rows: Any) -> Iterator[dict[str, Any]]:
    digest = last.hash
    for seal_no, row in enumerate(rows, last.seal_no + 1):
        digest = crypto.link(key, digest, contents(row, seal_no))
        yield {"id": row.id, "seal_no": seal_no, "hash": digest}


def sign_head(settings: Settings, at: datetime) -> str | None:
    """Write down how far the chain has come, unless that is written: the line, or None."""
    reached = head()
    folder = Path(settings.checkpoint_folder) if settings.checkpoint_folder else None
    if not reached.seal_no or reached.seal_no == last_signed(folder, settings):
        return None
    checkpoint = Checkpoint(reached.seal_no, reached.hash, count=reached.seal_no, at=at)
    line = crypto.sign_checkpoint(crypto.secret_key(settings.checkpoint_key), checkpoint)
    if folder:
        append(folder / f"checkpoints-{at:%Y-%m}.txt", line)
    log.info("checkpoint %s", line)
    return line


def append(file: Path, line: str) -> None:
    """On the disk when this returns; readable by nobody else."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def last_signed(folder: Path | None, settings: Settings) -> int:
    files = sorted(folder.glob("checkpoints-*.txt")) if folder else []
    if not files:
        return 0
    with files[-1].open("rb") as file:
        file.seek(max(0, files[-1].stat().st_size - LAST_BYTES))
        lines = file.read().decode().splitlines()
    try:
        return crypto.verify_checkpoint(public_key(settings), lines[-1]).seal_no
    except (Forged, IndexError):
        return 0  # cut short by a crash, or touched: `verify` tells, this goes on


def public_key(settings: Settings) -> bytes:
    return crypto.public_key(crypto.secret_key(settings.checkpoint_key))


def checkpoints(settings: Settings) -> dict[int, Checkpoint]:
    """All that were written, by their place in the chain. Raises Forged."""
    folder = settings.checkpoint_folder
    files = sorted(Path(folder).glob("checkpoints-*.txt")) if folder else []
    signed = (checkpoint for file in files for checkpoint in read_checkpoints(file, settings))
    return {checkpoint.seal_no: checkpoint for checkpoint in signed}


def read_checkpoints(file: Path, settings: Settings) -> Iterator[Checkpoint]:
    """Raises Forged, with the file and the line."""
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            yield crypto.verify_checkpoint(public_key(settings), line)
        except Forged as error:
            raise Forged(f"{file.name}, line {number}: {error}") from None


def first_broken(
    key: bytes, known: Mapping[int, Checkpoint], start: Checkpoint | None = None
) -> Finding | None:
    """The first row that is not what was sealed there; with `start` the chain is read after it."""
    last = Link(start.seal_no, start.hash) if start else Link()
    signed = dict(known) | ({start.seal_no: start} if start else {})
    furthest = max(signed, default=0)
    rows = select(EVENT).where(EVENT.c.seal_no > last.seal_no).order_by(EVENT.c.seal_no)
    with db.session.execute(rows.execution_options(yield_per=BATCH)) as found:
        for row in found:
            if broken := broken_link(key, last, row, signed.get(row.seal_no)):
                return broken
            last = Link(row.seal_no, row.hash)
    reached = last.seal_no if not start or last.seal_no > start.seal_no else head().seal_no
    if furthest > reached:
        return Finding(f"cut off; the checkpoint of {signed[furthest].at} knows it", reached + 1)
    return None


def broken_link(key: bytes, last: Link, row: Row[Any], signed: Checkpoint | None) -> Finding | None:
    if row.seal_no != last.seal_no + 1:
        return Finding(f"removed; the next is row {row.id}", last.seal_no + 1)
    if crypto.link(key, last.hash, contents(row, row.seal_no)) != row.hash:
        return Finding("changed, inserted or moved", row.seal_no, row.id)
    if signed and signed.hash != row.hash:
        return Finding(f"not the one of the checkpoint of {signed.at}", row.seal_no, row.id)
    return None


def lacks_checkpoints(settings: Settings, at: datetime) -> bool:
    """Whether none is left where some must have been written."""
    sealed = select(EVENT.c.at).where(EVENT.c.seal_no == 1)
    first = db.session.scalar(sealed)
    old = first is not None and first < at - LONGEST_UNSEALED
    return bool(settings.checkpoint_folder) and old and not checkpoints(settings)


def longest_unsealed(at: datetime) -> uuid.UUID | None:
    late = unsealed().where(EVENT.c.at < at - LONGEST_UNSEALED).limit(1)
    row = db.session.execute(late).one_or_none()
    return row.id if row else None


@jobs.periodic(cron="* * * * *")
@jobs.task(name="seal", queueing_lock="seal")
def seal_new_rows(timestamp: int) -> None:
    settings = current_app.extensions["samspil"]
    sign_head(settings, now())
    seal(crypto.secret_key(settings.audit_key))


commands = Commands("audit", help="The audit log: seal it, prove that it is whole.")


@commands.command("seal")
def seal_now() -> None:
    """Seal what is unsealed; the worker does it every minute."""
    count = seal(crypto.secret_key(current_app.extensions["samspil"].audit_key))
    click.echo(f"{count} rows sealed")


@commands.command("checkpoint")
def checkpoint_now() -> None:
    """Sign how far the chain has come, and print it so that it can be kept elsewhere."""
    click.echo(sign_head(current_app.extensions["samspil"], now()) or "Nothing new to sign")


@commands.command("verify")
@click.option(
    "--from",
    "start",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of checkpoints: the rows up to its last line are trusted.",
)
def verify(start: Path | None) -> None:
    """Prove that no row was changed, removed, inserted, moved or cut off.

    Exit code 3: the log was touched; 4: a row stays unsealed, so the worker does not run.
    """
    settings = current_app.extensions["samspil"]
    try:
        trusted = [*read_checkpoints(start, settings)][-1] if start else None
        known = checkpoints(settings)
    except Forged as error:
        refuse(f"A checkpoint was touched: {error}", TAMPERED)
    if lacks_checkpoints(settings, now()):
        refuse("The checkpoints are gone", TAMPERED)
    if finding := first_broken(crypto.secret_key(settings.audit_key), known, trusted):
        refuse(str(finding), TAMPERED)
    if late := longest_unsealed(now()):
        refuse(f"Row {late} is unsealed for more than {LONGEST_UNSEALED}", UNSEALED)
    click.echo(f"Whole: {head().seal_no} sealed rows, {len(known)} checkpoints")


def refuse(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    raise click.exceptions.Exit(code)
