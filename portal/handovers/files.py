"""Files on a package: what is kept of each, and what may be done with it."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    ForeignKey,
    ScalarSelect,
    UniqueConstraint,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Json, db
from portal.handovers.models import OWN_DRAFT, Handover, State, content_seen_by
from portal.kept_files import FileState as FileState
from portal.kept_files import KeptFile, rules
from portal.sight import Sight, mine
from portal.workflow import Lack

MOST = 20  # on one package


class HandoverFile(KeptFile, Base):
    """A file on a package; the hash keeps one from being added twice."""

    __tablename__ = "handover_file"
    __table_args__ = (
        UniqueConstraint("handover_id", "position"),
        UniqueConstraint("handover_id", "sha256"),
        *rules("handover_file", MOST),
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
