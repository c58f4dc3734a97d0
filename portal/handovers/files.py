"""Files on a package: what is kept of each, and what may be done with it.

The bytes lie in the row, encrypted: one backup and one transaction with all else, and the same for
every web machine (docs/decisions). They are read only when somebody fetches the file.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    ScalarSelect,
    UniqueConstraint,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Mapped, mapped_column

from portal.clock import now
from portal.db import Base, Json, db
from portal.handovers.models import OWN_DRAFT, Handover, State, content_seen_by
from portal.sight import Sight, mine
from portal.uploads import MOST_BYTES
from portal.workflow import Lack

MOST = 20  # on one package


class FileState(StrEnum):
    WAITING = "waiting"  # for the scanner: nobody gets it
    CLEAN = "clean"
    UNSCANNED = "unscanned"  # the operator does without a scanner
    INFECTED = "infected"


READY = {FileState.CLEAN, FileState.UNSCANNED}


class HandoverFile(Base):
    """A file as it was sent, under a key of its own. What is found in it, only the worker writes.

    The position holds the number of files down whoever adds at once; the hash keeps a file from
    being added twice.
    """

    __tablename__ = "handover_file"
    __table_args__ = (
        UniqueConstraint("handover_id", "position"),
        UniqueConstraint("handover_id", "sha256"),
        CheckConstraint(f"position between 1 and {MOST}", name="position"),
        CheckConstraint(f"size between 1 and {MOST_BYTES}", name="size"),
        CheckConstraint("(state = 'waiting') = (judged_at is null)", name="judged"),
        CheckConstraint("(state = 'infected') = (finding is not null)", name="finding"),
        Index("ix_handover_file_waiting", "uploaded_at", postgresql_where="state = 'waiting'"),
        Index("ix_handover_file_judged", "judged_at", postgresql_where="state = 'clean'"),
    )
    sight = Sight(
        see=content_seen_by("handover_file"),
        insert=f"{mine('handover_file.organisation_id')} and handover_file.state = 'waiting' "
        "and exists (select from handover where handover.id = handover_file.handover_id "
        "and handover.closed_at is null)",
        delete=f"{mine('handover_file.organisation_id')} and exists (select from handover "
        f"where handover.id = handover_file.handover_id and {OWN_DRAFT})",
    )

    handover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handover.id", ondelete="cascade"))
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


# What pages and documents tell of a file; neither its bytes nor its key.
TOLD = (
    "id",
    "organisation_id",
    "position",
    "name",
    "kind",
    "size",
    "sha256",
    "state",
    "finding",
    "person_id",
    "person",
    "uploaded_at",
    "judged_at",
)


def of_package(handover_id: uuid.UUID) -> ScalarSelect[Any]:
    """As one value, for a statement that brings more."""
    columns = [part for name in TOLD for part in (name, getattr(HandoverFile, name))]
    entry = aggregate_order_by(func.jsonb_build_object(*columns), HandoverFile.position)
    rows = func.coalesce(func.jsonb_agg(entry), literal_column("'[]'"))
    return select(rows).where(HandoverFile.handover_id == handover_id).scalar_subquery()


def file(handover_id: uuid.UUID, file_id: uuid.UUID) -> HandoverFile:
    """Raises NoResultFound where the asking organisation takes no part."""
    rows = select(HandoverFile).where(
        HandoverFile.handover_id == handover_id, HandoverFile.id == file_id
    )
    return db.session.scalars(rows).one()


def kept(handover_id: uuid.UUID) -> Sequence[HandoverFile]:
    rows = select(HandoverFile).where(HandoverFile.handover_id == handover_id)
    return db.session.scalars(rows.order_by(HandoverFile.position)).all()


def of_sender(handover: Handover, told: Iterable[Json]) -> list[Json]:
    return [one for one in told if one["organisation_id"] == str(handover.sender_id)]


def named(told: Iterable[Json]) -> list[Json]:
    """As the content names them; a harmful one does not go along."""
    names = ("name", "size", "sha256")
    return [{name: one[name] for name in names} for one in told if one["state"] != "infected"]


def lacks(handover: Handover, told: Iterable[Json]) -> list[Lack]:
    """What keeps the sender's files from going along, said before anything is sent.

    A harmful file that is sent already cannot be removed: it stays where it is, and nobody gets it.
    """
    texts = {"waiting": _("Filen %(name)s bliver tjekket for virus. Prøv igen om lidt.")}
    if handover.state == State.DRAFT:
        texts["infected"] = _("Filen %(name)s er afvist. Fjern den, før du sender.")
    found = [one for one in told if one["state"] in texts]
    return [Lack("files", texts[one["state"]] % {"name": one["name"]}) for one in found]
