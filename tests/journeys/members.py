"""A member whose plan, talks and clock make a package ready to be sent."""

import uuid
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from portal.cases.models import (
    CasePlan,
    Effort,
    EffortKind,
    EffortStatus,
    MemberCase,
    Talk,
    TalkOutcome,
)
from portal.clock import today
from portal.handovers.models import Handover
from portal.organisations.models import Organisation, User
from tests import make
from tests.handovers.road import Road


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


def package(sender, receiver, fund, municipality):
    """The deadline to decide of a package that is sent and acknowledged today."""
    case = ready_member(fund, municipality, adviser="mette")
    plan = make.records.query(CasePlan).filter_by(case_id=case.id).one()
    plan.my_plan_link, plan.my_plan_on = "https://job.jobnet.dk/plan", today()
    running = {"kind": EffortKind.OFFER, "status": EffortStatus.RUNNING}
    make.of_case(case, Effort, description="Kursus i sprog", **running)
    road = Road(sender, receiver)
    road.start(case.id)
    road.write()
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    handover_id = road.address.rsplit("/", 1)[1]

    def due():
        row = make.records.get_one(Handover, uuid.UUID(handover_id), populate_existing=True)
        make.records.commit()
        return row.due_on

    return due
