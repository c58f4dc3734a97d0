"""The file for the records: the sealed document, what it is as data, and the same as text.

The file holds nothing of when or by whom it was fetched: fetched twice it is the same, byte for
byte, so that a records system can tell that it has it already.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.clock import COPENHAGEN, day_of
from portal.db import Json
from portal.handovers import passages, words
from portal.handovers.documents import Version
from portal.handovers.models import Kind, Party

TIMES = ("sent_at", "received_at", "accepted_at", "held_at", "closed_at")
TIME_WORDS = ("Sendt", "Modtaget", "Accepteret", "Samtale holdt", "Afsluttet")
Named = tuple[str, bytes]


@dataclass(frozen=True)
class Filing:
    """`version` is the newest one with its sealed PDF; `record` the PDF with all that came after,
    where anything has."""

    version: Version
    package: bytes
    record: bytes | None
    address: str
    files: Sequence[Any] = ()  # those on the package now

    @property
    def names(self) -> dict[str, str]:
        reference = self.version.handover.reference
        kept = {"package": f"{reference}-version-{self.version.number}.pdf"}
        return kept | ({"record": f"{reference}-forloeb.pdf"} if self.record else {})


def packed(filing: Filing, party: Party) -> bytes:
    """The zip, with the state in the words of the party that files it."""
    files: list[Named] = [
        (filing.names["package"], filing.package),
        ("metadata.json", written(metadata(filing))),
        ("oversigt.txt", overview(filing, party).encode("utf-8-sig")),
    ]
    if filing.record:
        files.insert(1, (filing.names["record"], filing.record))
    return archive(files, filing.version.at)


def archive(files: list[Named], at: datetime) -> bytes:
    """Stored and not compressed, so that no library's version shows in it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as made:
        for name, data in files:
            entry = zipfile.ZipInfo(name, at.astimezone(COPENHAGEN).timetuple()[:6])
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            made.writestr(entry, data)
    return held.getvalue()


def written(data: Json) -> bytes:
    text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()


def metadata(filing: Filing) -> Json:
    """Of the package and the two organisations; whom it is about stands in the document only."""
    version, handover = filing.version, filing.version.handover
    documents = {filing.names["package"]: filing.package}
    if filing.record:
        documents[filing.names["record"]] = filing.record
    return {
        "reference": handover.reference,
        "kind": handover.kind,
        "state": handover.state,
        "sender": version.names.sender,
        "receiver": version.names.receiver,
        "version": version.number,
        "content_sha256": version.hash,
        "documents": [
            {"name": name, "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in documents.items()
        ],
        "files": [
            {"name": one.name, "size": one.size, "sha256": one.sha256} for one in filing.files
        ],
        "agreement": version.content.get("agreement"),
        "responsible_from": iso(handover.responsible_from),
        "responsible_source": handover.responsible_source,
        "registered_on": iso(handover.registered_on),
        "address": filing.address,
    } | {name: iso(getattr(handover, name)) for name in TIMES}


def iso(value: date | None) -> str | None:
    """A day as it is, an instant as Danish time with its offset."""
    if isinstance(value, datetime):
        return value.astimezone(COPENHAGEN).isoformat(timespec="seconds")
    return value.isoformat() if value else None


def overview(filing: Filing, party: Party) -> str:
    """What a clerk reads to know what this is."""
    version, handover = filing.version, filing.version.handover
    times = zip(TIME_WORDS, (getattr(handover, name) for name in TIMES), strict=True)
    rows = [
        ("Reference", handover.reference),
        ("Type", str(words.KINDS_IN_FULL[Kind(handover.kind)])),
        ("Afsender", version.names.sender),
        ("Modtager", version.names.receiver),
        ("Status", str(words.state_of(handover, party).name)),
        ("Aftalegrundlag", version.agreement),
        ("Ansvaret overgår", passages.day(handover.responsible_from) or "Ikke fastsat"),
        ("Grundlag for dagen", handover.responsible_source),
        *((name, passages.moment(at)) for name, at in times if at),
        ("Registreret i DFDG", passages.day(handover.registered_on)),
        ("Version", f"{version.number}, frosset {passages.day(day_of(version.at))}"),
        ("Kontrolsum", f"{version.hash} (SHA-256 af indholdet)"),
        ("Adresse", filing.address),
    ]
    lines = [f"{name + ':':<20}{value}" for name, value in rows if value]
    sums = [f"{one['name']}\r\n  SHA-256 {one['sha256']}" for one in metadata(filing)["documents"]]
    sums += [f"{one.name} (hentes i Samspil)\r\n  SHA-256 {one.sha256}" for one in filing.files]
    return "\r\n".join(["Overdragelsespakke til journal", "", *lines, "", "Dokumenter", *sums, ""])
