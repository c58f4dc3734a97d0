"""A year of the demo's life, day by day: what the nights and the command of the clocks do, while
people act now and then, or not at all."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from demo import data, setting_up, writing
from demo.chance import Chance
from demo.ground import FUND, Ground
from demo.population import generate
from portal import keys
from portal.access import CASEWORKERS, Actor
from portal.agreements.parameters import default, plain
from portal.cases.models import MemberCase, TransferNotice
from portal.cases.taking import package_source
from portal.clock import COPENHAGEN, ONE_DAY, Moment, is_working_day
from portal.db import db
from portal.handovers import actions, upkeep
from portal.handovers.models import Handover, Kind, Party, State, Turn
from portal.handovers.parts import HandoverNotice
from portal.handovers.reminding import Level, Passing
from portal.life import upkeep as life
from portal.mail import OutgoingMail
from portal.organisations.models import Membership, Organisation, RoleGrant, User
from portal.workflow import NotNow, Refused, Stamp
from tests import make
from tests.handovers.play import what_is_given
from tests.handovers.rules import ROAD

FIRST, SEED, DAYS = date(2026, 11, 22), 7, 365
MOST = 3  # members of a municipality, besides those that the demo must show
EVERY = 14  # days from one new draft to the next
DOES_IT = 0.06  # how often whoever has the turn does something on a working day
ASIDE = {
    "received": ("request_info", "hold"),
    "accepted": ("hold", "obsolete"),
    "meeting_planned": ("cancel_meeting", "obsolete"),
}
DRAFTS_TOLD = 2  # after 5 and after 20 working days, in the same words


class Village(Ground):
    """The demo's ground with fewer members."""

    @property
    def expected(self) -> dict[str, int]:
        return {slug: min(MOST, count) for slug, count in super().expected.items()}


@pytest.fixture
def app(web: Flask) -> Flask:
    """Kept filled."""
    return web


@pytest.fixture(scope="module")
def village(web: Flask, worker: Flask) -> Iterator[None]:
    with worker.app_context():
        setting_up.lay(issuers="http://127.0.0.1:9", secret="of-a-test", day=FIRST)
        db.session.commit()
    with data.owner() as engine, engine.begin() as connection:
        ground = Village(**vars(data.stand(engine, FIRST)))
        writing.write(connection, writing.lines(generate(ground, SEED)))
    yield
    make.clean()


def test_a_year_of_the_demo_ends_with_nothing_stuck_and_no_mail_sent_twice(
    village, run, worker, settings
):
    chance, ring = Chance("a year of the demo"), keys.of(settings)
    for number in range(DAYS):
        day = FIRST + number * ONE_DAY
        with worker.app_context():
            night(Moment(datetime.combine(day, time(4), COPENHAGEN), day))
            if is_working_day(day):
                live(chance, number, Moment(datetime.combine(day, time(9), COPENHAGEN), day), ring)
            db.session.commit()
        if is_working_day(day):
            told = run("clocks", "--at", day)
            assert told.exit_code == 0, told.output
    with worker.app_context():
        assert [one.reference for one in open_ones() if is_stuck(one, day)] == []
        ended = {*db.session.scalars(select(Handover.state))}
        assert {State.COMPLETED, State.OBSOLETE} < ended  # how many of each is chance
        assert_nothing_is_told_twice()


def night(at: Moment) -> None:
    """What the worker does while nobody works."""
    life.carry_out_due(at)
    upkeep.wake(at)
    upkeep.complete_unopposed(at)
    upkeep.clear_drafts(at)


def live(chance: Chance, number: int, at: Moment, ring: keys.Keys) -> None:
    if number % EVERY == 1:
        begin(chance, at, ring)
    for handover in open_ones():
        if chance.random() < DOES_IT:
            act(handover, chance, at, ring)


def begin(chance: Chance, at: Moment, ring: keys.Keys) -> None:
    """A draft of one of the fund's members of whom there is none."""
    fund = select(Organisation.id).where(Organisation.slug == FUND).scalar_subquery()
    some = select(Handover.id).where(Handover.case_id == MemberCase.id).exists()
    rows = select(MemberCase).where(
        MemberCase.organisation_id == fund, MemberCase.closed_at.is_(None), ~some
    )
    cases = db.session.scalars(rows.order_by(MemberCase.own_reference)).all()
    if not cases:
        return
    source = package_source(chance.choice(cases).id, default().plan_fields, keys=ring, day=at.today)
    actor = somebody(cases[0].organisation_id)
    made = actions.create(
        source, kind=Kind.OVERGANG, actor=actor, at=at, default=plain(default()), keys=ring
    )
    told = {"informed_on": at.today, "informed_channel": "phone"}
    actions.write_draft(
        made, told | {"responsible_from": at.today + timedelta(days=30)}, version=1, at=at
    )


def somebody(organisation_id: object) -> Actor:
    """One of its caseworkers, who may all that they may."""
    rows = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(RoleGrant, RoleGrant.membership_id == Membership.id)
        .where(User.organisation_id == organisation_id, RoleGrant.role.in_(CASEWORKERS))
    )
    user = db.session.scalars(rows.order_by(User.subject).limit(1)).one()
    return Actor(user.id, user.organisation_id, user.name, CASEWORKERS)


def open_ones() -> list[Handover]:
    rows = select(Handover).where(Handover.closed_at.is_(None)).order_by(Handover.reference)
    return [*db.session.scalars(rows)]


def act(handover: Handover, chance: Chance, at: Moment, ring: keys.Keys) -> None:
    """Whoever has the turn takes the next step of the road, or now and then another."""
    name = step_of(handover, chance)
    party = Party.SENDER if handover.turn == Turn.SENDER else Party.RECEIVER
    own = {Party.SENDER: handover.sender_id, Party.RECEIVER: handover.receiver_id}
    actor = somebody(own[party])
    with db.session.begin_nested():
        given = what_is_given(name, handover, actor, at, ring)
        stamp = Stamp(handover.version, f"{handover.id} {name} {at.now}")
        try:
            actions.take(handover, name, given, actor=actor, at=at, stamp=stamp)
        except (NotNow, Refused):
            return  # such as a meeting that has not begun


def step_of(handover: Handover, chance: Chance) -> str:
    if handover.state == State.SIGNOFF:
        return "return_to_draft"
    if handover.is_straight and handover.state == State.RECEIVED:
        return "take_over"
    if handover.due_for == "minutes":
        return "publish_minutes"
    if handover.hold_until is None and chance.random() < 0.2:
        return chance.choice(ASIDE.get(handover.state, (ROAD[handover.state],)))
    return ROAD[handover.state]


def is_stuck(handover: Handover, day: date) -> bool:
    """Long late, and nobody above those who have it knows: the owners have it on the agenda of
    their next meeting, or for what is not sent were told that responsibility has passed."""
    if handover.state == State.DRAFT:
        is_passing = handover.kind == Kind.OVERGANG and not is_told_of_passing(handover, day)
        is_old = handover.kind != Kind.OVERGANG and handover.created_at.date() < day - 100 * ONE_DAY
        return is_passing or is_old
    if handover.due_on is None:
        return True
    told = select(HandoverNotice).where(
        HandoverNotice.handover_id == handover.id,
        HandoverNotice.due_on == handover.due_on,
        HandoverNotice.level == Level.AGENDA,
        HandoverNotice.told_at.is_not(None),
    )
    is_late = handover.due_on <= day - 14 * ONE_DAY
    return is_late and db.session.scalars(told).one_or_none() is None


def is_told_of_passing(handover: Handover, day: date) -> bool:
    case = db.session.get_one(MemberCase, handover.case_id)
    told = select(TransferNotice).where(
        TransferNotice.case_id == case.id,
        TransferNotice.level == Passing.PASSED,
        TransferNotice.told_at.is_not(None),
    )
    return case.closed_at is not None or db.session.scalars(told).first() is not None


def assert_nothing_is_told_twice() -> None:
    lines: Counter[tuple[str, str]] = Counter()
    digests: Counter[tuple[str, str]] = Counter()
    for mail in db.session.scalars(select(OutgoingMail)):
        if mail.reference.startswith("FRISTER"):
            digests[mail.recipient, mail.reference] += 1
            told = [line for line in mail.body.splitlines() if "OP-" in line]
            lines.update((mail.recipient, line) for line in told)
    assert min(len(digests), len(lines)) > 100
    assert {*digests.values()} == {1}
    again = {line: times for (_who, line), times in lines.items() if times > 1}
    assert {times for line, times in again.items() if "kladden fra" in line} <= {DRAFTS_TOLD}
    assert [line for line in again if "kladden fra" not in line] == []
