"""P9: what a package's PDF costs, made anew and taken from where it is kept."""

import hashlib
import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count as numbers
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import pdf, printable
from portal.bench.measured import BARE, Asker, Measured
from portal.bench.server import Server
from portal.bench.timing import ratio, rounds, wall_time
from portal.db import db
from portal.handovers import archive, documents, queries
from portal.handovers.models import Handover, Party, State
from portal.handovers.parts import HandoverDocument
from portal.identity.queries import act_for

# Every text of the document, one after the other, in its font and by its standards: no layout.
PLAIN = """
#set document(title: "Plain")
#set text(font: "IBM Plex Sans", lang: "da", size: 10pt)
#for line in json(bytes(sys.inputs.data)) [#par(line)]
"""
references = (f"OP-{number:04}" for number in numbers())


@dataclass(frozen=True)
class Frozen:
    """What was sent last of a package: the data of its document as JSON."""

    handover_id: uuid.UUID
    reference: str
    data: str


def package(server: Server, count: int) -> dict[str, float]:
    """Made anew beside what typst alone takes for it, and as it was stored."""
    measured, asker = server.measured, server.measured.askers(Party.SENDER)[0]
    frozen = newest(measured, asker)
    path = f"/handovers/{frozen.handover_id}/package.pdf"
    made = rounds(
        {
            "made": lambda: sealed(measured, asker, frozen),
            "typst": lambda: compiled(pdf.TEMPLATES / "package.typ", another(frozen)),
            "text": lambda: compiled(PLAIN.encode(), [*texts_of(another(frozen))]),
        },
        count,
    )
    kept = rounds({name: wall_time(server, name, asker) for name in (BARE, path)}, count)
    return {
        "P9": ratio(made, "made", "typst"),
        "P9_text": ratio(made, "made", "text"),
        "P9_kept": ratio(kept, path),
    }


def sealed(measured: Measured, asker: Asker, frozen: Frozen) -> float:
    """Seconds from the rows to the document, as the worker makes it."""
    with measured.app.app_context(), db.session.no_autoflush:
        act_for(asker.actor.organisation_id)
        begun = time.perf_counter()
        handover = queries.handover(frozen.handover_id)
        version = archive.version(handover, queries.newest_content(handover.id))
        handover.reference = next(references)
        archive.render(version)
        took = time.perf_counter() - begun
        db.session.rollback()
    return took


def another(frozen: Frozen) -> Any:
    """The same data under another reference: typst keeps what it has laid out."""
    return json.loads(frozen.data.replace(frozen.reference, next(references)))


def compiled(template: Any, data: object) -> float:
    """Seconds that typst takes for data that it is given ready."""
    import typst

    begun = time.perf_counter()
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    made = typst.Compiler(
        template, root=pdf.TEMPLATES, font_paths=printable.fonts(), sys_inputs=inputs
    )
    made.compile(format="pdf", pdf_standards=pdf.STANDARDS)
    return time.perf_counter() - begun


def texts_of(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    values: Sequence[object] = []
    if isinstance(data, Mapping):
        values = [*data.values()]
    elif isinstance(data, list | tuple):
        values = data
    for value in values:
        yield from texts_of(value)


def newest(measured: Measured, asker: Asker) -> Frozen:
    """Of a package that its sender may still read; its document is kept, as the worker keeps it."""
    rows = select(Handover.id).where(
        Handover.sender_id == asker.actor.organisation_id, Handover.state == State.ACCEPTED
    )
    with measured.app.app_context(), force_locale("da"):
        act_for(asker.actor.organisation_id)
        handover_id = db.session.scalars(rows.order_by(Handover.id).limit(1)).one()
        handover = queries.handover(handover_id)
        version = archive.version(handover, queries.newest_content(handover_id))
        data = json.dumps(documents.package(version))
        frozen = Frozen(handover_id, handover.reference, data)
        row = None if archive.stored(handover_id, version.number) else kept(handover, version)
        db.session.rollback()
    if row:
        with Session(measured.worker) as session, session.begin():
            session.add(row)
    return frozen


def kept(handover: Handover, version: documents.Version) -> HandoverDocument:
    made = archive.render(version)
    return HandoverDocument(
        handover_id=handover.id,
        organisation_id=handover.sender_id,
        number=version.number,
        kind=archive.PACKAGE,
        sealed=made,
        sha256=hashlib.sha256(made).hexdigest(),
    )
