"""The documents of a project: all partners and the councils of its area read them."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, UniqueConstraint, and_, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import kept_files
from portal.access import Actor
from portal.clock import Moment, now
from portal.db import Base, db
from portal.jobs import enqueue, jobs
from portal.kept_files import KeptFile, is_old, is_scanned, is_waiting, look_through, rules
from portal.keys import Keys
from portal.projects.models import Project, added_by_a_partner, seen_by_all, taking_part
from portal.projects.queries import leads, own_part
from portal.sight import ME, Sight
from portal.uploads import Upload
from portal.workflow import NotNow, flush

MOST = 50  # of one project


class ProjectDocument(KeptFile, Base):
    """A document of a project; the hash keeps one from being added twice."""

    __tablename__ = "project_document"
    __table_args__ = (
        UniqueConstraint("project_id", "position"),
        UniqueConstraint("project_id", "sha256"),
        *rules("project_document", MOST),
    )
    sight = Sight(
        see=seen_by_all("project_document"),
        insert=f"{added_by_a_partner('project_document')} and project_document.state = 'waiting'",
        delete=taking_part(
            "project_document",
            f"greatest(project_party.leads, "
            f"project_party.writes and project_document.organisation_id = {ME})",
        ),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))


def documents(project_id: uuid.UUID) -> Sequence[ProjectDocument]:
    rows = select(ProjectDocument).where(ProjectDocument.project_id == project_id)
    return db.session.scalars(rows.order_by(ProjectDocument.uploaded_at)).all()


def document(project_id: uuid.UUID, document_id: uuid.UUID) -> ProjectDocument:
    """Raises NoResultFound where the asking organisation takes no part."""
    rows = select(ProjectDocument).where(
        ProjectDocument.project_id == project_id, ProjectDocument.id == document_id
    )
    return db.session.scalars(rows).one()


def add(
    project: Project, upload: Upload, *, actor: Actor, at: Moment, keys: Keys
) -> ProjectDocument:
    """It waits until it has been looked through. Raises NotNow, NotYours, Refused."""
    own_part(project, actor, at.today)
    db.session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    digest, there = kept_files.digest_of(upload), documents(project.id)
    twice = _("Dokumentet ligger i projektet i forvejen.")
    made = ProjectDocument(
        project_id=project.id,
        position=kept_files.free_position(there, digest, MOST, twice=twice),
        **kept_files.sealed(ProjectDocument, upload, actor=actor, at=at.now, keys=keys),
    )
    db.session.add(made)
    flush()
    enqueue(scan, document_id=str(made.id))
    return made


def may_remove(one: ProjectDocument, project: Project, actor: Actor) -> bool:
    """Who added it, and who leads."""
    return one.person_id == actor.user_id or leads(project, actor)


def remove(one: ProjectDocument, project: Project, *, actor: Actor, at: Moment) -> None:
    """Raises NotNow, NotYours."""
    own_part(project, actor, at.today)
    if not may_remove(one, project, actor):
        raise NotNow("remove", project.state)
    db.session.delete(one)
    flush()


@jobs.task(name="projects.scan")
def scan(document_id: str) -> None:
    one = and_(ProjectDocument.id == uuid.UUID(document_id), is_waiting(ProjectDocument))
    look_through(ProjectDocument, one, tell)


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="projects.scan_waiting", queueing_lock="projects.scan_waiting")
def scan_waiting(timestamp: int) -> None:
    """What was left waiting while the scanner did not answer."""
    look_through(ProjectDocument, is_waiting(ProjectDocument), tell)


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="projects.scan_again", queueing_lock="projects.scan_again")
def scan_again(timestamp: int) -> None:
    """What was clean a week ago may be known for harmful today."""
    if is_scanned():
        look_through(ProjectDocument, is_old(ProjectDocument, now()), tell)


def tell(_one: ProjectDocument, _was_ready: bool) -> None:
    """The page says that it was refused; the operator's log has what was found."""
