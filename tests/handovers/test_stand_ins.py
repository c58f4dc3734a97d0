"""Open packages wait for whoever stands in, as long as somebody is away."""

from datetime import timedelta

from portal.access import Role
from portal.clock import today
from portal.handovers.models import State
from portal.organisations.models import Absence
from tests import make

DAY = timedelta(days=1)


def away(user, stand_in):
    own = {"user_id": user.id, "organisation_id": user.organisation_id}
    days = {"first_day": today(), "last_day": today()}
    return make.saved(Absence(**own, **days, stand_in_id=stand_in.id))


def test_open_deadlines_wait_for_the_stand_in_as_long_as_somebody_is_away(
    client_of, fund, municipality, adviser, contact, coordinator
):
    case = make.member_case(fund, municipality, name="Anna Åberg", adviser_id=adviser.id)
    late = {"receiver_person_id": contact.id, "due_on": today() - DAY}
    make.handover(case, State.RECEIVED, **late)

    def waits_for(person) -> bool:
        return "Anna Åberg" in client_of(person).get("/handovers/?tab=mine").text

    assert not waits_for(coordinator)
    absence = away(contact, coordinator)
    assert waits_for(coordinator)
    absence.last_day = absence.first_day = today() + DAY
    make.saved(absence)
    assert not waits_for(coordinator)
    assert waits_for(contact)


def test_the_stand_in_of_a_stand_in_has_the_work_too(
    client_of, fund, municipality, adviser, contact, coordinator
):
    third = make.user(municipality, Role.CONTACT)
    case = make.member_case(fund, municipality, name="Anna Åberg", adviser_id=adviser.id)
    make.handover(case, State.RECEIVED, receiver_person_id=contact.id)
    away(contact, coordinator)
    away(coordinator, third)
    assert "Anna Åberg" in client_of(third).get("/handovers/?tab=mine").text
