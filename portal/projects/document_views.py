"""The documents of a project: the list, adding one, fetching one, taking one away again."""

import uuid

from flask import Blueprint, Response, flash, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import limits, uploads
from portal.access import Permission, requires
from portal.clock import moment, today
from portal.handovers import words as file_words
from portal.handovers.document_views import attached
from portal.handovers.filling import own_keys
from portal.handovers.page_forms import FileForm
from portal.organisations.queries import names_on
from portal.projects import documents, queries
from portal.projects.models import Project
from portal.receiving import may_be_read, received
from portal.uploads import Unacceptable
from portal.web import concerning, csrf, page, see_other, start_over
from portal.workflow import NotNow, Refused

bp = Blueprint("project_documents", __name__, url_prefix="/projects/<uuid:project_id>/documents")


def opened(project_id: uuid.UUID) -> Project:
    concerning("project", project_id)
    return queries.project(project_id)


@bp.get("/")
@requires(Permission.PROJECT_READ)
def index(project_id: uuid.UUID) -> str:
    return documents_page(opened(project_id), FileForm(formdata=None))


def documents_page(project: Project, form: FileForm) -> str:
    rows = documents.documents(project.id)
    may_write = g.actor.may(Permission.PROJECT_WRITE) and queries.may_write_own_part(
        project, g.actor, today()
    )
    mine = {one.id for one in rows if documents.may_remove(one, project, g.actor)}
    return page(
        "projects/documents.html",
        project=project,
        form=form,
        rows=rows,
        partners=names_on({one.organisation_id for one in rows}, today()),
        may_write=may_write,
        may_remove=mine if may_write else (),
        most=documents.MOST,
        accepted=uploads.ACCEPTED,
        words=file_words,
    )


@bp.post("/")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF is untyped
@requires(Permission.PROJECT_WRITE)
def add(project_id: uuid.UUID) -> ResponseReturnValue:
    limits.spend(f"upload|{g.actor.user_id}", limits.UPLOADS_PER_MINUTE)
    fits = may_be_read()
    project = opened(project_id)
    try:
        upload = received(fits=fits)
        made = documents.add(project, upload, actor=g.actor, at=moment(), keys=own_keys())
    except (Unacceptable, Refused) as refused:
        start_over()
        form = FileForm(formdata=None)
        form.file.errors = [str(refused)]
        return documents_page(opened(project_id), form), 422
    g.trail.detail["file"] = str(made.id)
    flash(_("Dokumentet er lagt i projektet."), "success")
    return see_other(".index", project_id=project_id)


@bp.get("/<uuid:document_id>")
@requires(Permission.PROJECT_READ)
def fetch(project_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """To keep, never to be shown in the page or run; nothing that still waits, or was refused."""
    opened(project_id)
    g.trail.detail["file"] = str(document_id)
    one = documents.document(project_id, document_id)
    if not one.is_ready:
        raise NotNow("fetch", one.state)
    table = one.__tablename__
    data = own_keys().open_file(one.key, one.sealed, table=table, row_id=one.id)
    return attached(data, one.name, uploads.TYPES[one.kind])


@bp.post("/<uuid:document_id>/remove")
@requires(Permission.PROJECT_WRITE)
def remove(project_id: uuid.UUID, document_id: uuid.UUID) -> ResponseReturnValue:
    project = opened(project_id)
    g.trail.detail["file"] = str(document_id)
    one = documents.document(project_id, document_id)
    documents.remove(one, project, actor=g.actor, at=moment())
    flash(_("Dokumentet er fjernet."), "success")
    return see_other(".index", project_id=project_id)
