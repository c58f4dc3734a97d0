"""Files that lie in the database beside what they belong to, each sealed under a key of its own.

The bytes lie in the row: one backup and one transaction with all else, and the same for every web
machine (decision 0019). They are read only when somebody fetches the file, and nobody gets one
that the worker has not looked through. Packages and projects keep theirs in this way.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    and_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal import keys, scanner
from portal.access import Actor
from portal.clock import now
from portal.db import db
from portal.keys import Keys
from portal.settings import Settings
from portal.uploads import MOST_BYTES, Upload
from portal.workflow import Lack, Refused

log = logging.getLogger("samspil.files")
AGAIN_AFTER = timedelta(days=7)
BATCH = 20  # files of one round, of at most 20 MB each


class FileState(StrEnum):
    WAITING = "waiting"  # for the scanner: nobody gets it
    CLEAN = "clean"
    UNSCANNED = "unscanned"  # the operator does without a scanner
    INFECTED = "infected"


READY = {FileState.CLEAN, FileState.UNSCANNED}


class KeptFile:
    """The columns of a file as it was sent. What is found in it, only the worker writes.

    The position holds the number of files down whoever adds at once.
    """

    __tablename__: str
    id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    position: Mapped[int]
    name: Mapped[str]  # for people; nothing is found or stored by it
    kind: Mapped[str]  # of uploads.TYPES
    size: Mapped[int]  # bytes
    sha256: Mapped[str]  # of the file as it was sent, in hex
    key: Mapped[str]  # encrypted for this row
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[FileState] = mapped_column(default=FileState.WAITING)
    finding: Mapped[str | None]  # what the scanner calls it
    person_id: Mapped[uuid.UUID]
    person: Mapped[str]
    uploaded_at: Mapped[datetime] = mapped_column(default=now)
    judged_at: Mapped[datetime | None]  # when the scanner looked last

    @property
    def is_ready(self) -> bool:
        return self.state in READY

    @property
    def at(self) -> datetime:
        """When what is told of it happened."""
        return self.judged_at or self.uploaded_at


File = TypeVar("File", bound=KeptFile)


def rules(table: str, most: int) -> tuple[CheckConstraint | Index, ...]:
    """What the database holds of every table of files, of which one thing has `most`."""
    return (
        CheckConstraint(f"position between 1 and {most}", name="position"),
        CheckConstraint(f"size between 1 and {MOST_BYTES}", name="size"),
        CheckConstraint("(state = 'waiting') = (judged_at is null)", name="judged"),
        CheckConstraint("(state = 'infected') = (finding is not null)", name="finding"),
        Index(f"ix_{table}_waiting", "uploaded_at", postgresql_where="state = 'waiting'"),
        Index(f"ix_{table}_judged", "judged_at", postgresql_where="state = 'clean'"),
    )


def digest_of(upload: Upload) -> str:
    return hashlib.sha256(upload.data).hexdigest()


def sealed(model: type[KeptFile], upload: Upload, *, actor: Actor, at: datetime,
           keys: Keys) -> dict[str, Any]:  # fmt: skip
    """The columns of a file that was looked through as `uploads` does; it waits for the scanner."""
    row_id = uuid.uuid4()
    key, data = keys.seal_file(upload.data, table=model.__tablename__, row_id=row_id)
    return {
        "id": row_id,
        "organisation_id": actor.organisation_id,
        "name": upload.name,
        "kind": upload.kind,
        "size": len(upload.data),
        "sha256": digest_of(upload),
        "key": key,
        "sealed": data,
        "person_id": actor.user_id,
        "person": actor.name,
        "uploaded_at": at,
    }


def free_position(there: Iterable[KeptFile], digest: str, most: int, *, twice: str) -> int:
    """Raises Refused with `twice` for a file that is there, and where there is room for no more."""
    known = [*there]
    if any(one.sha256 == digest for one in known):
        raise Refused([Lack("file", twice)])
    taken = {one.position for one in known}
    free = [position for position in range(1, most + 1) if position not in taken]
    if not free:
        words = _("Der er %(n)s filer, og flere kan der ikke være.", n=most)
        raise Refused([Lack("file", words)])
    return free[0]


# --- The worker looks through them: before anybody gets them, and again as the scanner learns ---


def is_waiting(model: type[KeptFile]) -> ColumnElement[bool]:
    return model.state == FileState.WAITING


def is_old(model: type[KeptFile], at: datetime) -> ColumnElement[bool]:
    """Also what was taken in while there was no scanner."""
    known = and_(model.state == FileState.CLEAN, model.judged_at < at - AGAIN_AFTER)
    return or_(known, model.state == FileState.UNSCANNED)


def settings() -> Settings:
    found: Settings = current_app.extensions["samspil"]
    return found


def is_scanned() -> bool:
    return scanner.is_used(settings().scanner)


def look_through(
    model: type[File], which: ColumnElement[bool], tell: Callable[[File, bool], None]
) -> None:
    """A round; two workers take different files. A scanner that is down decides nothing.

    `tell` is called of a harmful one, with whether somebody may have fetched it already.
    """
    rows = select(model).where(which).order_by(model.uploaded_at).limit(BATCH)
    for file in db.session.scalars(rows.with_for_update(skip_locked=True)).all():
        try:
            judge(file, found_in(file), tell)
        except scanner.Unavailable as error:
            log.warning("the virus scanner does not answer: %s", error)
            return
        db.session.flush()
        db.session.expire(file, ["sealed"])  # twenty files need not be held at once


def found_in(file: KeptFile) -> str | None:
    """Raises Unavailable."""
    if not is_scanned():
        return None
    ring = keys.of(settings())
    table = file.__tablename__
    opened = ring.open_file(file.key, file.sealed, table=table, row_id=file.id)
    return scanner.finding(settings().scanner, opened)


def judge(file: File, finding: str | None, tell: Callable[[File, bool], None]) -> None:
    was_ready = file.is_ready
    file.state = FileState.CLEAN if is_scanned() else FileState.UNSCANNED
    file.judged_at = now()
    if finding is not None:
        file.state, file.finding = FileState.INFECTED, finding
        log.warning("file %s is harmful: %s", file.id, finding)
        tell(file, was_ready)
