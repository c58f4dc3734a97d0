"""A year of packages, day by day: people act now and then, or not at all, and the clocks go on."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from demo.chance import Chance
from portal import keys
from portal.access import Actor, Role
from portal.agreements.parameters import default, plain
from portal.cases.models import CasePlan, MemberCase, Talk, TalkOutcome
from portal.cases.taking import package_source
from portal.clock import ONE_DAY, Moment, is_working_day
from portal.db import db
from portal.handovers import actions, digests, upkeep
from portal.handovers.models import Handover, Kind, Party, State, Turn
from portal.handovers.parts import HandoverNotice
from portal.handovers.reminding import Level
from portal.life import upkeep as life_upkeep
from portal.mail import OutgoingMail
from portal.organisations.models import Organisation, User
from portal.workflow import NotNow, Refused, Stamp
from tests import make
from tests.handovers.play import what_is_given
from tests.handovers.rules import ROAD

FIRST = date(2027, 1, 4)
EVERY = 21  # days from one member to the next
ASIDE = {
    "received": ("request_info", "hold"),
    "accepted": ("hold", "obsolete"),
    "meeting_planned": ("cancel_meeting", "obsolete"),
}


@pytest.fixture
def people(
    fund: Organisation, municipality: Organisation, adviser: User, contact: User
) -> dict[Party, Actor]:
    for body in (fund, municipality):
        make.user(body, Role.AGREEMENT_OWNER)
        make.unit(body, "Modtagelsen", mailbox=f"{body.slug}@samspil.example", is_default=True)
    roles = frozenset({Role.ADVISER, Role.TEAM_LEAD}), frozenset({Role.CONTACT, Role.COORDINATOR})
    return {
        party: Actor(user.id, user.organisation_id, user.name, held)
        for party, user, held in zip(Party, (adviser, contact), roles, strict=True)
    }


def test_nothing_is_forgotten_and_no_mail_is_sent_twice(
    worker, settings, fund, municipality, adviser, people
):
    chance, ring = Chance("a year"), keys.of(settings)
    for number in range(365):
        day = FIRST + number * ONE_DAY
        at = Moment(datetime.combine(day, time(9), UTC), day)
        case = ready(fund, municipality, adviser, day) if number % EVERY == 0 else None
        with worker.app_context():
            if case:
                begin(case, people[Party.SENDER], at, ring)
            for handover in open_ones():
                if is_working_day(day) and chance.random() < 0.12:
                    act(handover, chance, people, at, ring)
            upkeep.wake(at)
            upkeep.complete_unopposed(at)
            life_upkeep.carry_out_due(at)
            if is_working_day(day):
                digests.note(day)
                digests.tell(day)
            db.session.commit()
    with worker.app_context():
        left = [one for one in open_ones() if is_stuck(one, day)]
        assert left == []
        ended = Counter(db.session.scalars(select(Handover.state)))
        assert ended[State.COMPLETED] > 3
        assert_nothing_is_told_twice()


def ready(fund: Organisation, municipality: Organisation, adviser: User, day: date) -> MemberCase:
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    texts = {"focus_areas": "Kurser", "search_strategy": "To job om ugen"}
    make.of_case(case, CasePlan, job_goals=["Industritekniker"], **texts)
    held = {"kind": "first", "form": "in_person", "outcome": TalkOutcome.HELD}
    make.of_case(case, Talk, day=day - 7 * ONE_DAY, **held)
    return case


def begin(case: MemberCase, actor: Actor, at: Moment, ring: keys.Keys) -> None:
    source = package_source(case.id, default().plan_fields, keys=ring, day=at.today)
    how: dict[str, Any] = {"kind": Kind.OVERGANG, "actor": actor, "at": at, "keys": ring}
    made = actions.create(source, default=plain(default()), **how)
    told = {"informed_on": at.today, "informed_channel": "phone"}
    told["responsible_from"] = at.today + timedelta(days=30)
    actions.write_draft(made, told, version=1, at=at)


def open_ones() -> list[Handover]:
    rows = select(Handover).where(Handover.closed_at.is_(None)).order_by(Handover.created_at)
    return [*db.session.scalars(rows)]


def act(
    handover: Handover, chance: Chance, people: dict[Party, Actor], at: Moment, ring: keys.Keys
) -> None:
    """Whoever has the turn takes the next step of the road, or now and then another."""
    name = ROAD[handover.state]
    if handover.hold_until is None and chance.random() < 0.2:
        name = chance.choice(ASIDE.get(handover.state, (name,)))
    if name == "complete" and handover.due_for == "minutes":
        name = "publish_minutes"
    party = Party.SENDER if handover.turn == Turn.SENDER else Party.RECEIVER
    actor = people[party]
    with db.session.begin_nested():
        given = what_is_given(name, handover, actor, at, ring)
        stamp = Stamp(handover.version, f"{handover.id} {name} {at.now}")
        try:
            actions.take(handover, name, given, actor=actor, at=at, stamp=stamp)
        except (NotNow, Refused):
            return  # such as a meeting that has not begun


def is_stuck(handover: Handover, day: date) -> bool:
    """Long late, and the owners do not have it on the agenda of their next meeting."""
    if (
        handover.state == State.DRAFT
        or handover.due_on is None
        or handover.due_on > day - 14 * ONE_DAY
    ):
        return False
    told = select(HandoverNotice).where(
        HandoverNotice.handover_id == handover.id,
        HandoverNotice.due_on == handover.due_on,
        HandoverNotice.level == Level.AGENDA,
        HandoverNotice.told_at.is_not(None),
    )
    return db.session.scalars(told).one_or_none() is None


def assert_nothing_is_told_twice() -> None:
    lines: Counter[tuple[str, str]] = Counter()
    digests_of_a_day: Counter[tuple[str, str]] = Counter()
    for mail in db.session.scalars(select(OutgoingMail)):
        if mail.reference.startswith("FRISTER"):
            digests_of_a_day[mail.recipient, mail.reference] += 1
            told = [line for line in mail.body.splitlines() if "OP-" in line]
            lines.update((mail.recipient, line) for line in told)
    assert min(len(digests_of_a_day), len(lines)) > 20
    assert {*digests_of_a_day.values()} == {1}
    assert {*lines.values()} == {1}
