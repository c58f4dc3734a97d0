"""How a file comes in over the web: looked at for its size before anything else of it is read."""

from flask import request
from flask_babel import gettext as _

from portal import uploads
from portal.uploads import Unacceptable, Upload
from portal.web import csrf

FRAME = 2**16  # what a form weighs besides the file


def may_be_read() -> bool:
    """The form's token stands in what was sent: it is asked for where that is not too large."""
    if (request.content_length or 0) > uploads.MOST_BYTES + FRAME:
        drain()
        return False
    request.max_content_length = uploads.MOST_BYTES + FRAME
    csrf.protect()
    return True


def received(*, fits: bool) -> Upload:
    """What was sent, looked through. Raises Unacceptable."""
    if not fits:
        raise Unacceptable(uploads.too_large())
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Unacceptable(_("Vælg en fil."))
    return uploads.accepted(sent.filename, sent.read())


def drain() -> None:
    """A browser hears no answer while it still sends: so much is read and thrown away."""
    source, left = request.environ["wsgi.input"], 10 * uploads.MOST_BYTES
    while left > 0 and (read := source.read(min(left, uploads.MEBIBYTE))):
        left -= len(read)
