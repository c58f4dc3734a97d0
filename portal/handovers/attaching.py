"""Adding a file to a package, and taking it away again before it is sent."""

import hashlib
import uuid

from flask_babel import gettext as _
from sqlalchemy import select

from portal.access import Actor, Permission
from portal.clock import Moment
from portal.db import db
from portal.handovers import files, scanning
from portal.handovers.files import MOST, HandoverFile
from portal.handovers.models import Handover, State
from portal.keys import Keys
from portal.uploads import Upload
from portal.workflow import Lack, NotNow, Refused


def attach(
    handover: Handover, upload: Upload, *, actor: Actor, at: Moment, keys: Keys
) -> HandoverFile:
    """The file waits until it has been looked through. Both parties see it once the package is.

    Raises:
        NotNow: the package is closed.
        Refused: there is room for no more, or the file is there already.
    """
    if handover.is_closed:
        raise NotNow("attach", handover.state)
    file_id, digest = uuid.uuid4(), hashlib.sha256(upload.data).hexdigest()
    key, sealed = keys.seal_file(upload.data, table="handover_file", row_id=file_id)
    made = HandoverFile(
        id=file_id,
        handover_id=handover.id,
        organisation_id=actor.organisation_id,
        position=free_position(handover, digest),
        name=upload.name,
        kind=upload.kind,
        size=len(upload.data),
        sha256=digest,
        key=key,
        sealed=sealed,
        person_id=actor.user_id,
        person=actor.name,
        uploaded_at=at.now,
    )
    db.session.add(made)
    scanning.queue(made)
    return made


def free_position(handover: Handover, digest: str) -> int:
    """One file at a time: whoever adds at once is counted after the other. Raises Refused."""
    db.session.execute(select(Handover.id).where(Handover.id == handover.id).with_for_update())
    there = files.kept(handover.id)
    if any(one.sha256 == digest for one in there):
        raise Refused([Lack("file", _("Filen ligger på pakken i forvejen."))])
    taken = {one.position for one in there}
    free = [position for position in range(1, MOST + 1) if position not in taken]
    if not free:
        words = _("Der er %(n)s filer på pakken, og flere kan der ikke være.", n=MOST)
        raise Refused([Lack("file", words)])
    return free[0]


def remove(file: HandoverFile, handover: Handover, *, actor: Actor) -> None:
    """By who added it, or a leader in their place; what has been sent stays.

    Raises:
        NotNow: it has been sent, or somebody else added it.
    """
    is_theirs = file.person_id == actor.user_id or actor.may(Permission.HANDOVER_LEAD)
    if handover.state != State.DRAFT or not is_theirs:
        raise NotNow("remove", handover.state)
    db.session.delete(file)
    db.session.flush()
