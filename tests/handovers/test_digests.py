"""Who is told of what has come or is late: one mail a day, and nothing twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal import batches
from portal.access import Role
from portal.cases.models import MemberCase
from portal.db import db
from portal.handovers import digests
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverNotice
from portal.mail import OutgoingMail
from portal.organisations.models import Absence, Organisation, User
from tests import make

DUE = date(2026, 12, 17)  # a Thursday
BEFORE, LATE, OWNERS = date(2026, 12, 15), DUE, date(2026, 12, 22)
AGENDA = date(2027, 1, 4)
LONG_AGO = datetime(2026, 11, 2, 9, tzinfo=UTC)
SENT = datetime(2026, 12, 7, 9, tzinfo=UTC)  # a Monday


@pytest.fixture
def late(fund: Organisation, municipality: Organisation, contact: User) -> Handover:
    """Waits for the municipality's contact until the 17th."""
    return package(fund, municipality, receiver_person_id=contact.id)


def package(fund: Organisation, municipality: Organisation, **values) -> Handover:
    case = make.member_case(fund, municipality, name="Karl Prøvesen")
    known = {"due_on": DUE, "due_for": "acknowledge", "changed_at": LONG_AGO}
    return make.handover(case, State.SENT, **(known | values))


@pytest.fixture
def mails(app, worker) -> Callable[[date], dict[str, str]]:
    """What the worker's round of a day writes: the text, by who gets it."""

    def on(day: date) -> dict[str, str]:
        before = {row.id for row in written()}
        with worker.app_context():
            digests.note(day)
            digests.tell(day)
            db.session.commit()
        return {row.recipient: row.body for row in written() if row.id not in before}

    return on


def written() -> list[OutgoingMail]:
    rows = [*make.records.scalars(select(OutgoingMail))]
    make.records.commit()
    return rows


def owner(of: Organisation, name: str) -> User:
    return make.user(of, Role.AGREEMENT_OWNER, name=name)


def test_who_has_the_turn_is_reminded_then_the_mailbox_then_both_owners(
    late, contact, fund, municipality, mails
):
    unit = {"mailbox": "job@lillekoebing.example", "is_default": True}
    make.unit(municipality, "Modtagelsen", **unit)
    anna, birgit = owner(fund, "Anna"), owner(municipality, "Birgit")

    assert mails(BEFORE).keys() == {contact.email}
    assert mails(LATE).keys() == {contact.email, unit["mailbox"]}
    assert mails(OWNERS).keys() == {anna.email, birgit.email}
    last = mails(AGENDA)
    assert last.keys() == {anna.email, birgit.email}
    assert "næste statusmøde" in last[anna.email]
    assert mails(date(2027, 3, 1)) == {}  # then it is quiet


def test_both_parties_see_in_the_timeline_who_was_told(
    late, contact, adviser, fund, municipality, mails, client_of
):
    owner(fund, "Anna")
    mails(BEFORE)
    mails(OWNERS)
    for person in (contact, adviser):
        page = BeautifulSoup(client_of(person).get(f"/handovers/{late.id}").text, "html.parser")
        [last, first, *_steps] = page.select(".timeline li strong")
        assert first.text == "Påmindelse sendt: fristen er 17.12.2026"
        assert last.text == "Begge parters aftaleejere har fået besked om fristen 17.12.2026"


def test_one_mail_a_day_tells_of_all(late, contact, fund, municipality, mails):
    other = package(fund, municipality, receiver_person_id=contact.id)
    [text] = mails(LATE).values()
    assert late.reference in text
    assert other.reference in text
    assert "Karl" not in text


def test_a_round_that_is_made_twice_writes_nothing_more(late, mails):
    assert mails(LATE)
    assert mails(LATE) == {}


def test_two_workers_at_once_write_one_mail(late, contact, worker):
    """The second waits for the first, and then finds nothing to do."""
    together = Barrier(2, timeout=30)

    def one_round() -> int:
        with worker.app_context():
            together.wait()
            digests.note(LATE)
            told = digests.tell(LATE)
            db.session.commit()
            return len(told)

    with ThreadPoolExecutor(2) as pool:
        rounds = [pool.submit(one_round) for _worker in range(2)]
        assert sorted(one.result() for one in rounds) == [0, 1]
    assert [mail.recipient for mail in written()] == [contact.email]


@pytest.mark.parametrize("most", [1, 200])
def test_rounds_are_claimed_few_at_a_time_and_each_is_told_of_all(
    most, late, contact, fund, municipality, mails, monkeypatch
):
    monkeypatch.setattr(batches, "BATCH", most)
    others = [package(fund, municipality, receiver_person_id=contact.id) for _ in range(2)]
    [text] = mails(LATE).values()
    assert all(one.reference in text for one in [late, *others])
    assert mails(LATE) == {}


def test_what_nobody_has_is_told_to_who_can_assign_it_once(
    fund, municipality, contact, coordinator, mails, client_of
):
    """Beside the clock of the package; on the second working day after it was sent."""
    then = {"created_at": SENT, "sent_at": SENT, "changed_at": SENT}
    nobodys = package(fund, municipality, **then)
    package(fund, municipality, receiver_person_id=contact.id, **then)
    waiting = package(fund, municipality, hold_until=AGENDA, hold_reason="Ferie", **then)

    assert mails(date(2026, 12, 8)) == {}
    told = mails(date(2026, 12, 9))
    assert told.keys() == {coordinator.email}
    [line] = [one for one in told[coordinator.email].splitlines() if "OP-" in one]
    assert (
        line == f"{nobodys.reference}: overdragelsen er ikke tildelt nogen. "
        "Det skulle den være senest 09.12.2026"
    )
    assert mails(date(2026, 12, 10)) == {}
    shown = client_of(contact).get(f"/handovers/{nobodys.id}").text
    assert "Besked sendt: pakken er ikke tildelt nogen" in shown
    assert (
        "ikke tildelt nogen</strong>" not in client_of(contact).get(f"/handovers/{waiting.id}").text
    )


def test_what_somebody_took_before_the_round_is_not_told_as_nobodys(
    fund, municipality, contact, coordinator, worker, mails
):
    then = {"created_at": SENT, "sent_at": SENT, "changed_at": SENT}
    taken = package(fund, municipality, **then)
    with worker.app_context():
        assert digests.note(date(2026, 12, 9)) == 1
        db.session.commit()
    taken.receiver_person_id, taken.receiver_person = contact.id, contact.name
    make.saved(taken)
    assert mails(date(2026, 12, 9)) == {}


def test_after_a_standstill_only_the_highest_level_is_told(late, fund, municipality, mails):
    anna = owner(fund, "Anna")
    assert mails(OWNERS).keys() == {anna.email}
    levels = make.records.scalars(select(HandoverNotice.level)).all()
    make.records.commit()
    assert levels == [2]


def test_what_came_after_the_digest_of_the_day_waits_until_tomorrow(
    late, contact, fund, municipality, mails
):
    mails(BEFORE)
    new = package(fund, municipality, receiver_person_id=contact.id)
    assert mails(BEFORE) == {}
    [text] = mails(date(2026, 12, 16)).values()
    assert new.reference in text
    assert late.reference not in text


def test_what_was_done_meanwhile_is_not_told(late, contact, fund, municipality, mails):
    other = package(fund, municipality, receiver_person_id=contact.id)
    mails(BEFORE)
    for one in (late, other):
        make.saved(
            HandoverNotice(
                handover_id=one.id, clock="acknowledge", due_on=DUE, level=1, found_on=BEFORE
            )
        )
    late.due_on = date(2026, 12, 30)
    make.saved(late)
    [text] = mails(date(2026, 12, 16)).values()
    assert other.reference in text
    assert late.reference not in text


def test_who_is_away_gets_none_and_the_stand_in_does(late, contact, municipality, mails):
    other = make.user(municipality, Role.CONTACT, name="Karen Attrap")
    away = {"first_day": BEFORE, "last_day": LATE, "stand_in_id": other.id}
    make.saved(Absence(organisation_id=municipality.id, user_id=contact.id, **away))
    assert mails(BEFORE).keys() == {other.email}


def test_who_has_left_gets_none_and_the_leader_does(late, contact, coordinator, mails):
    contact.closed_at = LONG_AGO
    make.saved(contact)
    assert mails(BEFORE).keys() == {coordinator.email}


def test_a_package_that_nobody_can_be_told_of_is_told_when_somebody_comes(
    late, contact, municipality, mails
):
    contact.closed_at = LONG_AGO
    make.saved(contact)
    assert mails(BEFORE) == {}
    new = make.user(municipality, Role.COORDINATOR, name="Ny Leder")
    assert mails(date(2026, 12, 16)).keys() == {new.email}


def test_silence_decides_nothing(late, mails):
    for day in (BEFORE, LATE, OWNERS, AGENDA):
        mails(day)
    assert make.fresh(late).state == State.SENT


def test_the_command_says_what_would_happen_and_leaves_nothing(late, run):
    dry = run("clocks", "--at", LATE, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert f"{late.reference} late {DUE}" in dry.output
    assert "1 noted, 1 mails" in dry.output
    assert written() == []

    assert "1 noted, 1 mails" in run("clocks", "--at", LATE).output
    assert len(written()) == 1
    assert "0 noted, 0 mails" in run("clocks", "--at", LATE).output


@pytest.fixture
def passing(fund, municipality, adviser) -> MemberCase:
    """Responsibility passes on Thursday the 17th; nothing is sent."""
    case = make.member_case(fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id)
    case.transfer_on = DUE
    return make.saved(case)


@pytest.mark.parametrize(
    ("day", "who"),
    [
        (date(2026, 11, 25), set()),
        (date(2026, 11, 26), {"adviser"}),  # fifteen working days before
        (date(2026, 12, 3), {"adviser"}),  # ten
        (date(2026, 12, 9), {"adviser"}),
        (date(2026, 12, 10), {"adviser", "mailbox"}),  # five
        (date(2026, 12, 16), {"adviser", "mailbox"}),
        (date(2026, 12, 17), {"owner"}),  # the day itself
        (date(2027, 2, 1), {"owner"}),
    ],
)
def test_that_responsibility_passes_without_a_package_is_told_of(
    day, who, passing, fund, municipality, adviser, mails
):
    make.unit(fund, "Team Øst", mailbox="oest@proevebaek.example", is_default=True)
    known = {"adviser": adviser.email, "mailbox": "oest@proevebaek.example"}
    known["owner"] = owner(fund, "Anna").email
    owner(municipality, "Birgit")
    told = mails(day)
    assert told.keys() == {known[one] for one in who}
    assert all("17.12.2026" in text and "Karl" not in text for text in told.values())
    assert mails(day) == {}


def test_of_a_package_that_is_sent_nobody_is_told(passing, fund, municipality, adviser, mails):
    assert mails(date(2026, 11, 26)).keys() == {adviser.email}
    make.handover(passing, State.SENT, changed_at=LONG_AGO)
    assert mails(date(2026, 12, 3)) == {}


def test_when_the_day_moves_the_clock_begins_again(passing, adviser, mails):
    assert mails(date(2026, 11, 26)).keys() == {adviser.email}
    passing.transfer_on = date(2027, 2, 18)
    make.saved(passing)
    assert mails(date(2026, 12, 10)) == {}
    assert mails(date(2027, 1, 28)).keys() == {adviser.email}
