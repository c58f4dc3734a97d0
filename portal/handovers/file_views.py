"""The files of a package: the list, adding one, fetching one, taking one away again."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import limits, uploads
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers import attaching, files, queries
from portal.handovers.document_views import attached
from portal.handovers.filling import own_keys
from portal.handovers.page_forms import FileForm
from portal.handovers.pages import status_of
from portal.receiving import may_be_read, received
from portal.uploads import Unacceptable
from portal.web import concerning, csrf, page, see_other, start_over
from portal.workflow import NotNow, Refused

bp = Blueprint("handover_files", __name__, url_prefix="/handovers")


@bp.get("/<uuid:handover_id>/files")
@requires(Permission.HANDOVER_READ)
def index(handover_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    return files_page(handover_id, FileForm(formdata=None))


@bp.post("/<uuid:handover_id>/files")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF is untyped
@requires(Permission.HANDOVER_WRITE)
def add(handover_id: uuid.UUID) -> ResponseReturnValue:
    limits.spend(f"upload|{g.actor.user_id}", limits.UPLOADS_PER_MINUTE)
    concerning("handover", handover_id)
    fits = may_be_read()
    handover = queries.handover(handover_id)
    try:
        upload = received(fits=fits)
        file = attaching.attach(handover, upload, actor=g.actor, at=moment(), keys=own_keys())
    except (Unacceptable, Refused) as refused:
        start_over()
        form = FileForm(formdata=None)
        form.file.errors = [str(refused)]
        return files_page(handover_id, form), 422
    g.trail.detail["file"] = str(file.id)
    flash(_("Filen er lagt på pakken."), "success")
    return see_other(".index", handover_id=handover_id)


@bp.get("/<uuid:handover_id>/files/<uuid:file_id>")
@requires(Permission.HANDOVER_READ)
def fetch(handover_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """To keep, never to be shown in the page or run; nothing that still waits, or was refused."""
    concerning("handover", handover_id)
    g.trail.detail["file"] = str(file_id)
    file = files.file(handover_id, file_id)
    if not file.is_ready:
        raise NotNow("fetch", file.state)
    opened = own_keys().open_file(file.key, file.sealed, table="handover_file", row_id=file.id)
    return attached(opened, file.name, uploads.TYPES[file.kind])


@bp.post("/<uuid:handover_id>/files/<uuid:file_id>/remove")
@requires(Permission.HANDOVER_WRITE)
def remove(handover_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    concerning("handover", handover_id)
    g.trail.detail["file"] = str(file_id)
    handover = queries.handover(handover_id)
    attaching.remove(files.file(handover_id, file_id), handover, actor=g.actor)
    flash(_("Filen er fjernet."), "success")
    return see_other(".index", handover_id=handover_id)


def files_page(handover_id: uuid.UUID, form: FileForm) -> str:
    package = queries.package(handover_id, today())
    shown: dict[str, Any] = {"form": form, "most": files.MOST, "user_id": g.actor.user_id}
    shown |= {"accepted": uploads.ACCEPTED, "most_bytes": uploads.MOST_BYTES}
    return page("handovers/files.html", **shown, **status_of(package))
