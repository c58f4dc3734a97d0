"""Organisations that are to take part and have no place here: asked for, opened by operators."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from stdnum.dk import cvr as cvr_number

from portal.access import Actor, OrganisationKind
from portal.clock import Moment
from portal.db import db
from portal.organisations.collation import sort_key
from portal.organisations.models import Organisation, OrganisationName, Unit, UnitKind
from portal.projects.actions import refuse
from portal.projects.models import PartnerRole, Project, ProjectNewcomer, ProjectPartner
from portal.projects.partners import Asked, lacks_of_days
from portal.projects.queries import of
from portal.projects.workflow import PROJECT
from portal.workflow import Lack, Refused, flush

R = PartnerRole
ROLES = (R.UNION, R.EMPLOYER, R.SCHOOL, R.ASSOCIATION)
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
MAILBOX = "Modtagelsen"


@dataclass(frozen=True)
class Wanted:
    name: str
    cvr: str
    role: PartnerRole
    valid_from: date
    contact: str
    mail: str


def newcomers(project: Project) -> Sequence[ProjectNewcomer]:
    """Seen by who leads the project; nobody else has any."""
    rows = select(ProjectNewcomer).where(of(ProjectNewcomer, project))
    return db.session.scalars(rows.order_by(ProjectNewcomer.asked_at)).all()


def want(project: Project, wanted: Wanted, *, actor: Actor, at: Moment) -> ProjectNewcomer:
    """Ask the operator for a place. Raises NotNow, NotYours, Refused."""
    PROJECT.step("invite", project, actor)
    digits = wanted.cvr.replace(" ", "")
    found = lacks_of_days(project, Asked(uuid.uuid4(), wanted.role, wanted.valid_from, None))
    if digits and not is_number(digits):
        found.append(Lack("cvr", _("Det er ikke et CVR-nummer. Det har otte cifre.")))
    elif digits and db.session.scalar(select(Organisation.id).where(Organisation.cvr == digits)):
        found.append(Lack("cvr", _("Organisationen er på Samspil. Vælg den på listen.")))
    refuse(found)
    made = ProjectNewcomer(
        id=uuid.uuid4(),
        project_id=project.id,
        organisation_id=actor.organisation_id,
        asked_at=at.now,
        asked_by=actor.name,
        **wanted.__dict__ | {"cvr": digits or None},
    )
    db.session.add(made)
    flush()
    return made


def is_number(digits: str) -> bool:
    """By its check digit; one that begins with 0 is nobody's, and is let be for tests and demos."""
    return bool(re.fullmatch(r"[0-9]{8}", digits)) and cvr_number.checksum(digits) == 0


# --- The operator, as the worker ---


def waiting() -> Sequence[tuple[ProjectNewcomer, str]]:
    """Those without a place, the oldest first, with the reference of the project."""
    rows = select(ProjectNewcomer, Project.reference).join(
        Project, Project.id == ProjectNewcomer.project_id
    )
    rows = rows.where(ProjectNewcomer.opened_id.is_(None)).order_by(ProjectNewcomer.asked_at)
    return [(row[0], row[1]) for row in db.session.execute(rows)]


def open_place(newcomer_id: uuid.UUID, slug: str, *, at: Moment) -> Organisation:
    """Make the organisation, with its contact as mailbox, and ask it to take part.

    Raises Refused for one that has a place, or a slug that is none or is taken.
    """
    one = db.session.get(ProjectNewcomer, newcomer_id)
    if one is None or one.opened_id:
        raise Refused([Lack("id", "nobody waits under this id")])
    taken = select(Organisation.id).where(Organisation.slug == slug)
    if not re.fullmatch(SLUG, slug) or db.session.scalar(taken):
        raise Refused([Lack("slug", f"{slug} is taken, or not of small letters and hyphens")])
    made = Organisation(id=uuid.uuid4(), slug=slug, kind=OrganisationKind.PARTNER, cvr=one.cvr)
    db.session.add(made)
    flush()
    named = {"name": one.name, "short_name": one.name, "sort_key": sort_key(one.name)}
    own = {"organisation_id": made.id, "valid_from": at.today}
    db.session.add(OrganisationName(**named, **own))
    place = {"name": MAILBOX, "kind": UnitKind.OFFICE, "is_default": True, "mailbox": one.mail}
    db.session.add(Unit(**place, **own))
    db.session.add(
        ProjectPartner(
            project_id=one.project_id,
            organisation_id=made.id,
            role=one.role,
            valid_from=one.valid_from,
            invited_by_id=one.organisation_id,
            invited_by=one.asked_by,
            invited_at=at.now,
        )
    )
    one.opened_id, one.opened_at = made.id, at.now
    flush()
    return made
