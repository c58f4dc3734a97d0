"""What councils follow, written as the owner of the tables."""

from portal.access import OrganisationKind
from portal.council.models import AreaTally
from tests import make


def followed() -> None:
    """What a council of an area of its own is told."""
    council = make.organisation("RBR Udkøbing", OrganisationKind.COUNCIL)
    told = {"trade": "industry", "fund": "", "year": 2026, "what": "projects", "number": 1}
    make.saved(AreaTally(organisation_id=council.id, **told))
