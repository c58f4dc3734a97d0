"""The signed document: made once by the worker, kept with its SHA-256 and Samspil's signature.

Whoever holds a copy can ask whether it is the document, byte for byte. A file that is asked about
is hashed and never read.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import DateTime, Integer, LargeBinary, Text, column, func, select

from portal import crypto, pdf
from portal.agreements import queries
from portal.agreements.document import signed_document
from portal.agreements.models import BINDING, AgreementVersion
from portal.agreements.parts import AgreementFile
from portal.clock import day_of, now
from portal.db import db
from portal.jobs import enqueue, jobs
from portal.settings import Settings

KNOWN = (
    column("key", Text),
    column("number", Integer),
    column("signed_at", DateTime(timezone=True)),
    column("key_id", Text),
    column("signature", LargeBinary),
)


def queue(version: AgreementVersion) -> None:
    """In the transaction of the last signature."""
    enqueue(seal, version_id=str(version.id))


@jobs.task(name="agreements.seal")
def seal(version_id: str) -> None:
    """Store the signed PDF; a second run finds it stored."""
    version = queries.version(uuid.UUID(version_id))
    if version.state not in BINDING or stored(version.id):
        return
    made = rendered(version)
    sha256 = hashlib.sha256(made).hexdigest()
    key = signing_key()
    db.session.add(
        AgreementFile(
            agreement_id=version.agreement_id,
            version_id=version.id,
            sealed=made,
            sha256=sha256,
            key_id=crypto.key_id(crypto.public_key(key)),
            signature=crypto.sign_document(key, sha256),
            made_at=now(),
        )
    )


def signing_key() -> bytes:
    settings: Settings = current_app.extensions["samspil"]
    return crypto.secret_key(settings.checkpoint_key)


def rendered(version: AgreementVersion) -> bytes:
    """Raises ValueError for a version that is not signed."""
    if version.signed_at is None:
        raise ValueError("only what is signed has a signed document")
    agreement = queries.agreement(version.agreement_id)
    with force_locale("da"):
        data = signed_document(agreement, version, today=day_of(version.signed_at))
        return pdf.render("agreement", data, at=version.signed_at)


def stored(version_id: uuid.UUID) -> AgreementFile | None:
    rows = select(AgreementFile).where(AgreementFile.version_id == version_id)
    return db.session.scalars(rows).one_or_none()


@dataclass(frozen=True)
class Known:
    """The document that a file is: which agreement, which version, signed when."""

    key: str
    number: int
    signed_at: datetime


def known(sha256: str) -> Known | None:
    """The document of that hash; anybody may ask, and learns nothing of a file that is none.

    Raises:
        Forged: a hash that is stored without Samspil's signature.
    """
    rows = func.agreement_file_known(sha256).table_valued(*KNOWN).render_derived()
    found = db.session.execute(select(rows)).one_or_none()
    if found is None:
        return None
    public = public_keys().get(found.key_id)
    if public is None:
        raise crypto.Forged("the key is not one of Samspil's")
    crypto.verify_document(public, sha256, found.signature)
    return Known(found.key, found.number, found.signed_at)


@cache
def public_keys() -> dict[str, bytes]:
    public = crypto.public_key(signing_key())
    return {crypto.key_id(public): public}
