"""The people of the demo and their packages, written for real and read as the portal reads them."""

import hashlib
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import islice

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from demo import courses, data, names, setting_up
from demo.chance import Chance
from demo.ground import FUND
from demo.population import Member, generate
from demo.provider.app import PEOPLE
from demo.staff import LEADERS, WORKERS, Staff, roles_of
from portal import cpr
from portal.access import Actor
from portal.audit import AuditEvent
from portal.cases.models import Assessment, MemberCase, Talk
from portal.clock import day_of, is_working_day
from portal.db import db
from portal.handovers import clocks
from portal.handovers.breaches import HandoverBreach
from portal.handovers.content import hash_of
from portal.handovers.meeting import JointMeeting, MeetingState, Minutes
from portal.handovers.models import Handover, HandoverParty, Kind, Party, State, Turn
from portal.handovers.parts import HandoverContent, HandoverEvent, HandoverMessage, HandoverQuestion
from portal.handovers.workflow import HANDOVER, HOLD, MINUTES_SHARED, standing
from portal.keys import of as keys_of
from portal.organisations.models import Organisation, Unit, User
from portal.settings import load
from tests import make
from tests.conftest import ROOT

DAY, SEED = date(2026, 11, 22), 7  # a Sunday
MANY = 5_000  # rows: hundreds of members with all that belongs to them
EXPECTED = {
    "koebenhavn": 350,
    "frederiksberg": 38,
    "slagelse": 56,
    "aarhus": 171,
    "kolding": 45,
    "fredericia": 34,
    "vejle": 41,
}
DUMP = """
import sys
from datetime import date
from tests.demo.test_data import digest
print(digest(date.fromisoformat(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
"""


def digest(day: date, seed: int, most: int) -> str:
    """What is generated, in its order; of the encrypted numbers what they hold."""
    found, keys = hashlib.sha256(), keys_of(load())
    with data.owner() as engine:
        for row in islice(generate(data.stand(engine, day), seed), most):
            values = {key.key: getattr(row, key.key) for key in row.__table__.columns}
            if values.get("cpr"):
                table = row.__tablename__
                number = keys.open_cpr(values["cpr"], table=table, row_id=row.id)
                values["cpr"] = number and number.whole
            found.update(f"{row.__tablename__} {values}\n".encode())
    return found.hexdigest()


@pytest.fixture
def app(web):
    """Kept filled from one test to the next."""
    return web


@pytest.fixture(scope="module")
def filled(web, worker):
    with worker.app_context():
        setting_up.lay(issuers="http://127.0.0.1:9", secret="of-a-test", day=DAY)
        db.session.commit()
    assert data.fill(day=DAY, seed=SEED)
    yield
    make.clean()


pytestmark = pytest.mark.usefixtures("filled")


def rows(*what, **where):
    made = select(*what)
    found = make.records.execute(made.filter_by(**where)).all()
    make.records.commit()
    return found


def all_of(model):
    found = [*make.records.scalars(select(model))]
    make.records.commit()
    return found


@pytest.fixture(scope="module")
def slugs(filled):
    return {row.id: row.slug for row in all_of(Organisation)}


@pytest.fixture(scope="module")
def handovers(filled):
    return all_of(Handover)


@pytest.fixture(scope="module")
def events(filled):
    found = defaultdict(list)
    for event in sorted(all_of(HandoverEvent), key=lambda one: one.at):
        found[event.handover_id].append(event)
    return found


def test_as_many_members_as_the_source_expects(slugs):
    found = Counter(
        slugs[case.municipality_id]
        for case in all_of(MemberCase)
        if slugs[case.organisation_id] == FUND
    )
    assert found == EXPECTED
    assert sum(found.values()) == 735


def test_they_became_unemployed_in_the_last_year():
    starts = [row.benefit_start for row in rows(MemberCase.benefit_start)]
    assert min(starts) >= DAY - timedelta(days=366)
    assert max(starts) < DAY
    by_month = Counter((start.year, start.month) for start in starts)
    assert len(by_month) >= 12
    _first_days, *whole_months = (by_month[month] for month in sorted(by_month))
    assert min(whole_months) >= 20


def test_few_are_complex():
    cases, assessed = len(all_of(MemberCase)), len(all_of(Assessment))
    assert 0.03 <= assessed / cases <= 0.08


def test_nobody_is_real():
    keys = keys_of(load())
    numbers = [
        keys.open_cpr(row.cpr, table="member_case", row_id=row.id)
        for row in rows(MemberCase.id, MemberCase.cpr)
        if row.cpr
    ]
    assert len(numbers) > 600
    assert all(number and number.is_replacement for number in numbers)
    for (name,) in rows(MemberCase.name):
        assert name.split()[-1].startswith(tuple(names.BEGINNINGS)), name


def test_every_address_leads_nowhere():
    mailboxes = [row.mailbox for row in rows(Unit.mailbox)]
    emails = [row.email for row in (*rows(User.email), *rows(MemberCase.email)) if row.email]
    assert len(mailboxes) >= 12
    assert all(address.endswith(".example") for address in (*mailboxes, *emails))


def test_no_text_holds_a_number():
    texts = [row.text for row in rows(HandoverMessage.text)] + [
        row.text for row in rows(Minutes.text)
    ]
    texts += [row.text for row in rows(HandoverQuestion.text)]
    assert len(texts) > 100
    assert not [text for text in texts if cpr.find_in(text)]


def test_slagelse_has_packages_in_every_state(handovers, slugs):
    found = {one.state for one in handovers if slugs[one.receiver_id] == "slagelse"}
    assert found == {*State} - {State.SUPERSEDED}
    [superseded] = [one for one in handovers if one.state == State.SUPERSEDED]
    newer = next(one for one in handovers if one.id == superseded.superseded_by_id)
    assert (newer.case_id, slugs[newer.receiver_id]) == (superseded.case_id, "slagelse")
    assert any(one.hold_until for one in handovers)
    kinds = Counter(kind for kind, _state in {(one.kind, one.state) for one in handovers})
    assert all(kinds[kind] > 1 for kind in Kind)


def test_what_was_made_in_error_holds_nothing_of_a_person(handovers):
    [error] = [one for one in handovers if one.state == State.IN_ERROR]
    assert (error.member_name, error.cpr, error.cpr_index) == ("–", None, None)
    for model in (HandoverContent, HandoverMessage, HandoverQuestion):
        assert error.id not in {one.handover_id for one in all_of(model)}
    assert all_of(HandoverBreach)[0].opened[0]["organisation"] == "Slagelse Kommune"


def test_some_are_late_and_some_are_not(handovers):
    late = [one for one in handovers if clocks.is_overdue(one.due_on, DAY)]
    assert len(late) >= 5
    assert {one.state for one in late} >= {State.SENT, State.RECEIVED, State.INFO_REQUESTED}
    assert len([one for one in handovers if one.due_on and one.due_on >= DAY]) >= 10


def test_a_meeting_is_tomorrow():
    planned = [one.starts_at for one in all_of(JointMeeting) if one.state == MeetingState.PLANNED]
    assert DAY + timedelta(days=1) in {day_of(at) for at in planned}


def test_questions_were_asked_and_answered():
    asked = all_of(HandoverQuestion)
    assert any(one.answer for one in asked)
    assert any(one.unanswerable for one in asked)
    assert any(one.answered_at is None for one in asked)


def test_its_events_lead_to_the_state_of_each_package(handovers, events, slugs):
    for one in handovers:
        state = None
        for event in events[one.id]:
            assert event.source == state, one.reference
            if event.step in HANDOVER.steps:
                before = Handover(state=state, kind=one.kind)
                before.sender_id, before.receiver_id = one.sender_id, one.receiver_id
                party = before.party_of(Actor(one.id, event.organisation_id, "", frozenset()))
                step = HANDOVER.steps[event.step]
                is_open = (
                    step.is_open(before, party) or step.by_system and before.state in step.source
                )
                assert is_open, (one.reference, event.step)
                assert event.target == (step.target or state)
            state = event.target
        assert state == one.state
        now = standing(one.state, one.fund_attends)
        assert one.turn == now.turn
        shared = state == State.MEETING_HELD and event.step == "publish_minutes"
        clock = HOLD if one.hold_until else now.clock
        assert one.due_for == (MINUTES_SHARED if shared else clock)


def test_its_times_are_those_of_its_events(handovers, events):
    for one in handovers:
        taken = {event.step: event.at for event in events[one.id]}
        assert one.created_at == taken["create"]
        assert one.changed_at == events[one.id][-1].at
        for step, at in {
            "send": one.sent_at,
            "acknowledge": one.received_at,
            "take_over" if one.is_straight else "accept": one.accepted_at,
            "record_held": one.held_at,
        }.items():
            assert at == taken.get(step), (one.reference, step)
        assert (one.closed_at is None) == (one.turn != Turn.NOBODY)


def test_who_answered_what_was_sent_had_opened_it_before(handovers, events, slugs):
    """So that the sender reads when the receiver opened it first, from the log as ever."""
    openings = defaultdict(list)
    for row in rows(AuditEvent, action="handovers.show", outcome="done"):
        openings[row.AuditEvent.subject_id].append(row.AuditEvent)
    readers = {"acknowledge", "accept", "reject", "request_info", "provide_info"}
    pairs = ((one, event) for one in handovers for event in events[one.id])
    answered = [pair for pair in pairs if pair[1].step in readers]
    assert len(answered) > 100
    for one, event in answered:
        before = [
            opening
            for opening in openings[one.id]
            if opening.user_id == event.user_id and opening.at < event.at
        ]
        assert before, (one.reference, event.step)
        assert min(opening.at for opening in openings[one.id]) > one.sent_at
    unread = [one for one in handovers if one.state in {State.DRAFT, State.SENT}]
    assert unread
    theirs = {
        (look.subject_id, look.organisation_id) for looks in openings.values() for look in looks
    }
    assert not [one for one in unread if (one.id, one.receiver_id) in theirs]


def test_a_receivers_first_opening_stands_on_the_senders_page(handovers, client_of):
    [mette] = [row.User for row in rows(User, name="Mette Eksempel")]
    received = next(
        one
        for one in handovers
        if one.state == State.ACCEPTED and one.sender_id == mette.organisation_id
    )
    assert "Første gang" in client_of(mette).get(f"/handovers/{received.id}").text


def test_every_agreement_names_its_contact_persons(client_of):
    [mette] = [row.User for row in rows(User, name="Mette Eksempel")]
    client = client_of(mette)
    listed = BeautifulSoup(client.get("/agreements/").text, "html.parser")
    addresses = [
        link["href"] for link in listed.select("tbody a") if "/contacts" not in link["href"]
    ]
    assert len(addresses) == len(EXPECTED)
    pages = {address: client.get(address).text for address in addresses}
    assert not [address for address, text in pages.items() if "Ikke udpeget" in text]
    [slagelse] = [text for text in pages.values() if "Sanne Eksempel" in text]
    for name in ("Mette Eksempel", "Torben Skabelon", "Ulla Påfund", "Jonas Skabelon"):
        assert name in slagelse


def test_work_was_done_on_working_days_that_are_over(events):
    days = {day_of(event.at) for group in events.values() for event in group}
    days |= {row.day for row in rows(Talk.day)}
    assert max(days) < DAY
    assert all(is_working_day(day) for day in days)


def test_what_was_sent_is_frozen_with_its_hash(handovers, events):
    contents = defaultdict(list)
    for content in sorted(all_of(HandoverContent), key=lambda one: one.number):
        assert content.hash == hash_of(content.content)
        contents[content.handover_id].append(content)
    for one in (one for one in handovers if one.state != State.IN_ERROR):
        sent = [event for event in events[one.id] if event.step in {"send", "provide_info"}]
        assert [event.detail["hash"] for event in sent] == [c.hash for c in contents[one.id]]
        assert one.content_number == len(sent)
        assert len({c.hash for c in contents[one.id]}) == len(sent)  # an answer brought news


def test_a_package_by_criteria_stands_on_its_agreement_and_a_criterion_met(handovers):
    contents = {(row.handover_id, row.number): row.content for row in all_of(HandoverContent)}
    sent = [one for one in handovers if one.kind == Kind.VISITATION and one.sent_at]
    assert len(sent) > 15
    for one in sent:
        content = contents[one.id, 1]
        assert one.agreement_version_id
        assert content["agreement"]
        met = [each for each in content["assessment"]["answers"] if each["answer"] == "yes"]
        assert met
        assert all(each["consequence"] for each in met)


def test_the_receiver_is_let_in_by_what_is_sent(handovers):
    parties = {(row.handover_id, row.side) for row in all_of(HandoverParty)}
    for one in handovers:
        assert (one.id, Party.SENDER) in parties
        assert ((one.id, Party.RECEIVER) in parties) == bool(one.sent_at)


WORKING = [
    (row["slug"], person["sub"])
    for row in tomllib.loads(PEOPLE.read_text("utf-8"))["provider"]
    for person in row["people"]
    if roles_of(person) & (WORKERS | LEADERS)
]


@pytest.mark.parametrize(("slug", "subject"), WORKING)
def test_whoever_works_with_members_finds_work(slug, subject, client_of):
    user = make.records.scalars(
        select(User)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(Organisation.slug == slug, User.subject == subject)
    ).one()
    page = client_of(user).get("/handovers/?tab=mine")
    assert page.status_code == 200
    assert BeautifulSoup(page.text, "html.parser").select("main tbody tr")


def test_a_second_time_leaves_all_as_it_is():
    before = rows(func.count(HandoverEvent.id)), rows(func.count(MemberCase.id))
    assert not data.fill(day=DAY + timedelta(days=1), seed=SEED + 1)
    assert (rows(func.count(HandoverEvent.id)), rows(func.count(MemberCase.id))) == before


def test_the_same_seed_and_day_make_the_same_rows(monkeypatch):
    """Also in another process, whose sets and dicts come in another order."""
    monkeypatch.setenv("PYTHONHASHSEED", "4711")
    command = [sys.executable, "-c", DUMP, DAY.isoformat(), str(SEED), str(MANY)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  (our own words)
    assert done.stdout.strip() == digest(DAY, SEED, MANY)


def test_another_seed_or_day_makes_others():
    few = digest(DAY, SEED, 200)
    assert digest(DAY, SEED, 200) == few
    assert digest(DAY, SEED + 1, 200) != few
    assert digest(DAY + timedelta(days=1), SEED, 200) != few


def test_a_package_can_be_begun_in_time_on_any_day():
    with data.owner() as engine:
        ground = data.stand(engine, DAY)
    for number in range(0, 366):
        first = date(2026, 1, 1) + timedelta(days=number)
        member = Member(ground, Staff(), Chance(number), FUND, "slagelse")
        passes = courses.passes_on(FUND, "slagelse", member.begin_of_overgang(first))
        assert passes
        assert passes > first


def test_nobody_is_closed_for_having_been_away_too_long(filled):
    """Else the night's job shuts out the very people that the demo is shown by."""
    seen = rows(func.min(User.signed_in_at), func.count(), func.count(User.signed_in_at))
    [(earliest, users, signed_in)] = seen
    assert users == signed_in > 0
    assert day_of(earliest) >= DAY - timedelta(days=1)
