"""What councils follow, written as the owner of the tables."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.access import OrganisationKind
from portal.clock import now
from portal.council.models import AreaTally, CouncilItem, CouncilMeeting, CouncilParticipant
from portal.meetings.parts import ItemState
from portal.organisations.models import CouncilMembership, Organisation
from tests import make, project


def followed(own: Organisation) -> None:
    """What a council is told of an area, and a meeting; another council's, and the own one's."""
    council = make.organisation("RBR Udkøbing", OrganisationKind.COUNCIL)
    told = {"trade": "industry", "fund": "", "year": 2026, "what": "projects", "number": 1}
    make.saved(AreaTally(organisation_id=council.id, **told))
    meeting(own)


def meeting(council: Organisation, **values: Any) -> CouncilMeeting:
    """A planned one tomorrow, with a point that somebody wrote and a guest."""
    begins = now() + timedelta(days=1)
    told: dict[str, Any] = {"series": "Rådsmøde", "number": next(make.number), "sequence": 0}
    told |= {"starts_at": begins, "ends_at": begins + timedelta(hours=2), "place": "Rådssalen"}
    own = {"organisation_id": council.id}
    made = make.saved(CouncilMeeting(id=uuid.uuid4(), **own, **told | values))
    own["meeting_id"] = made.id
    written = {"source": "own", "title": "Budgettet", "text": "", "minutes": 10, "position": 1}
    make.saved(CouncilItem(id=uuid.uuid4(), state=ItemState.ACCEPTED, **own, **written))
    make.saved(CouncilParticipant(name="Gæst Prøve", mail="gaest@star.example", **own))
    return made


def newest() -> Organisation:
    councils = select(Organisation).where(Organisation.kind == OrganisationKind.COUNCIL)
    return make.records.scalars(councils.order_by(Organisation.number.desc()).limit(1)).one()


def of_route(_made: object) -> dict[str, Any]:
    """What addresses of a council's pages name: a meeting and a project of the newest council."""
    home = newest()
    town = make.organisation()
    lying = {"municipality_id": town.id, "council_id": home.id}
    make.saved(CouncilMembership(valid_from=project.FIRST, **lying))
    planned = meeting(home)
    items = select(CouncilItem.id).where(CouncilItem.meeting_id == planned.id)
    return {
        "project_id": project.project(town, municipalities=(town,)).id,
        "meeting_id": planned.id,
        "item_id": make.records.scalars(items).one(),
        "step": "move",
        "name": "meeting.ics",
        "form": "xlsx",
    }
