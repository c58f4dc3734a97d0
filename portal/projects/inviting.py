"""The worker writes to an organisation that is invited: a reference and a link, once each."""

import uuid
from datetime import date

from flask import current_app
from sqlalchemy import select

from portal import mail
from portal.access import Role
from portal.clock import today
from portal.db import db
from portal.jobs import jobs
from portal.organisations.queries import Reader, in_role
from portal.projects.models import PartnerState, Project, ProjectPartner

# Who answers an invitation, and who gives a colleague the role to.
ANSWERING = (Role.AGREEMENT_OWNER, Role.SECRETARY, Role.PROJECT_PARTNER)


@jobs.task(name="projects.invited")
def tell(partner_id: str) -> None:
    """An invitation that was answered or taken back meanwhile is no longer told of."""
    rows = (
        select(ProjectPartner, Project.reference)
        .join(Project, Project.id == ProjectPartner.project_id)
        .where(ProjectPartner.id == uuid.UUID(partner_id))
        .where(ProjectPartner.state == PartnerState.INVITED)
    )
    for one, reference in db.session.execute(rows):
        base = current_app.extensions["samspil"].base_url
        for reader, path in readers(one, today()).items():
            mail.queue(
                reader.address,
                "project_invitation",
                reference=reference,
                url=f"{base}{path}",
                language=reader.language,
                once=f"{one.id} invited",
            )


def readers(one: ProjectPartner, day: date) -> dict[Reader, str]:
    """Each with the page that is theirs: the invitation, or the front page to give a role from."""
    found = dict.fromkeys(in_role(one.organisation_id, Role.LOCAL_ADMINISTRATOR, day), "/")
    for role in ANSWERING:
        answer = f"/projects/{one.project_id}/invitation"
        found |= dict.fromkeys(in_role(one.organisation_id, role, day), answer)
    return found
