"""A member whose plan, talks and clock make a package ready to be sent."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from portal.cases.models import CasePlan, MemberCase, Talk, TalkOutcome
from portal.clock import today
from portal.organisations.models import Organisation, User
from tests import make


def ready_member(fund: Organisation, municipality: Organisation, adviser: str) -> MemberCase:
    """Of the adviser who has that subject at the provider and has signed in already."""
    user = make.records.scalars(select(User).where(User.subject == adviser)).one()
    make.records.commit()
    case = make.member_case(
        fund,
        municipality,
        name="Karl Prøvesen",
        adviser_id=user.id,
        benefit_start=today() - timedelta(days=70),
        transfer_on=today() + timedelta(days=7),
        weekly_hours=Decimal(37),
    )
    make.of_case(
        case,
        CasePlan,
        job_goals=["Pædagog i dagtilbud"],
        focus_areas="Kurser og netværk",
        search_strategy="To ansøgninger om ugen, heraf én uopfordret",
    )
    held = {"kind": "first", "form": "in_person", "outcome": TalkOutcome.HELD}
    make.of_case(case, Talk, day=today() - timedelta(days=60), **held)
    return case
