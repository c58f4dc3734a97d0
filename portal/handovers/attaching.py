"""Adding a file to a package, and taking it away again before it is sent."""

from flask_babel import gettext as _
from sqlalchemy import select

from portal import kept_files
from portal.access import Actor, Permission
from portal.clock import Moment
from portal.db import db
from portal.handovers import files, scanning
from portal.handovers.files import MOST, HandoverFile
from portal.handovers.models import Handover, State
from portal.keys import Keys
from portal.uploads import Upload
from portal.workflow import NotNow


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
    made = HandoverFile(
        handover_id=handover.id,
        position=free_position(handover, kept_files.digest_of(upload)),
        **kept_files.sealed(HandoverFile, upload, actor=actor, at=at.now, keys=keys),
    )
    db.session.add(made)
    scanning.queue(made)
    return made


def free_position(handover: Handover, digest: str) -> int:
    """One file at a time: whoever adds at once is counted after the other. Raises Refused."""
    db.session.execute(select(Handover.id).where(Handover.id == handover.id).with_for_update())
    twice = _("Filen ligger på pakken i forvejen.")
    return kept_files.free_position(files.kept(handover.id), digest, MOST, twice=twice)


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
