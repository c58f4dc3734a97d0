"""The days of an agreement: on the day before, on it and the day after each that matters."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from portal import rules
from portal.access import Role
from portal.agreements import catalogue, ending, overview, queries, upkeep
from portal.agreements.models import AgreementVersion, Standing, State, Term
from portal.agreements.queries import in_force
from portal.agreements.templates import as_json
from portal.clock import now, today
from portal.db import db
from portal.handovers import sending
from portal.handovers.models import Handover, Kind
from portal.mail import OutgoingMail
from portal.organisations.models import Absence
from portal.workflow import Refused
from tests import make
from tests.agreements import table

LAST = date(2027, 6, 30)
BEFORE, AFTER = LAST - timedelta(days=1), LAST + timedelta(days=1)
LAW = rules.rule_set("2026")


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def number(seen_by, fund, municipality):
    """The number of the version that governs on a day, for both sides alike."""

    def ask(day):
        found = set()
        for one in (fund, municipality):
            with seen_by(one):
                version = in_force(fund.id, municipality.id, "visitation", day)
                found.add(version and version.number)
        [governing] = found
        return governing

    return ask


def day_by_day(number, *days):
    return [number(day) for day in days]


# --- What ends it ---


def test_it_expires_with_its_last_day(number, fund, municipality):
    make.agreement(fund, municipality, valid_until=LAST)
    assert day_by_day(number, BEFORE, LAST, AFTER) == [1, 1, None]


def test_it_ends_with_the_last_day_of_its_notice(number, anna, fund, municipality):
    version = make.agreement(fund, municipality, notice_months=3)
    said = {"last_day": LAST, "reason": "Kommunerne lægges sammen"}
    anna.step(version.id, "terminate", day=date(2026, 11, 22), **said)
    assert day_by_day(number, BEFORE, LAST, AFTER) == [1, 1, None]


def test_the_next_version_takes_over_on_its_first_day(number, anna, bo, fund, municipality):
    criteria = [as_json(vars(catalogue.criteria()[0]))]
    first = make.agreement(fund, municipality, criteria=criteria)
    eve, next_id = today() + timedelta(days=9), anna.renew(first.id)
    anna.step(next_id, "open")
    table.to_signing(anna, bo, next_id, first=eve + timedelta(days=1))
    days = [eve - timedelta(days=1), eve, eve + timedelta(days=1)]
    anna.step(next_id, "sign", authenticated_at=now(), is_read=True)
    assert day_by_day(number, *days) == [1, 1, 1]  # not before all have signed
    bo.step(next_id, "sign", authenticated_at=now(), is_read=True)
    assert day_by_day(number, *days) == [1, 1, 2]
    assert anna.read(first.id)[0].state == State.SUPERSEDED


def by_law(fund, municipality, **more):
    return make.agreement(fund, municipality, term=Term.RULE_SET, rule_set=LAW.key, **more)


def test_what_follows_a_rule_set_ends_with_it(number, seen_by, anna, fund, municipality):
    version = by_law(fund, municipality)
    days = [LAW.until + timedelta(days=n) for n in (-1, 0, 1)]
    assert day_by_day(number, *days) == [1, 1, None]
    with seen_by(fund):
        listed = [overview.agreements(anna.actor, day)[0] for day in days]
        found = queries.agreement(version.agreement_id)
        shown = [found.standing(day) for day in days]
    assert [row.standing for row in listed] == shown
    assert shown == [Standing.IN_FORCE, Standing.IN_FORCE, Standing.ENDED]
    assert {row.valid_until for row in listed} == {LAW.until}
    assert version.ends_on is None  # asked of the day, never stored


def test_it_moves_when_the_law_moves_it(number, fund, municipality, monkeypatch):
    """Nothing is stored of the end, so a file that says another day is enough."""
    by_law(fund, municipality)
    assert number(LAW.until + timedelta(days=1)) is None
    longer = tuple(
        replace(one, until=LAW.until + timedelta(days=1)) if one.key == LAW.key else one
        for one in rules.rule_sets()
    )
    monkeypatch.setattr(rules, "rule_sets", lambda: longer)
    assert number(LAW.until + timedelta(days=1)) == 1
    assert number(LAW.until + timedelta(days=2)) is None


@pytest.mark.parametrize(("day", "is_free"), [(LAW.until, False), (LAW.until + timedelta(1), True)])
def test_another_agreement_may_begin_when_the_rule_set_is_over(
    number, anna, bo, fund, municipality, day, is_free
):
    by_law(fund, municipality)
    version_id = anna.begin(municipality, title="En ny aftale")
    anna.step(version_id, "open")
    if not is_free:
        with pytest.raises(Refused, match="allerede en aftale"):
            table.to_signing(anna, bo, version_id, first=day)
        return
    table.to_signing(anna, bo, version_id, first=day)
    for owner in (anna, bo):
        owner.step(version_id, "sign", authenticated_at=now(), is_read=True)
    assert number(day) == 1
    assert number(day - timedelta(days=1)) == 1


def test_a_second_agreement_is_refused_when_it_is_signed_and_the_first_is_named(
    anna, bo, fund, municipality
):
    """It was made meanwhile: nothing stood in the way when this one was sent to be signed."""
    version_id = anna.begin(municipality, title="En ny aftale")
    anna.step(version_id, "open")
    table.to_signing(anna, bo, version_id)
    anna.step(version_id, "sign", authenticated_at=now(), is_read=True)
    make.agreement(fund, municipality)
    with pytest.raises(Refused, match="»Samarbejdsaftale«"):
        bo.step(version_id, "sign", authenticated_at=now(), is_read=True)
    assert anna.read(version_id)[0].state == State.SIGNING


def test_also_when_whoever_signs_last_is_no_party_of_the_first(web, anna, bo, fund, municipality):
    second = make.fund("Anden A-kasse")
    carl = table.owner(web, second, "Carl Aftaleejer")
    version_id = anna.begin(municipality, second, title="En fælles aftale")
    anna.step(version_id, "open")
    table.all_agreed(anna, bo, version_id)
    for owner in (anna, bo, carl):
        owner.name_signatory(version_id)
    anna.step(version_id, "settle")
    anna.step(version_id, "ask_to_sign")
    for owner in (anna, bo):
        owner.step(version_id, "sign", authenticated_at=now(), is_read=True)
    make.agreement(fund, municipality)
    with pytest.raises(Refused, match="allerede en anden aftale"):
        carl.step(version_id, "sign", authenticated_at=now(), is_read=True)
    assert anna.read(version_id)[0].state == State.SIGNING


# --- What may be done around the end ---


def test_grace_is_two_weeks_after_the_last_day(fund, municipality):
    version = make.agreement(fund, municipality, valid_until=LAST)
    assert ending.grace_until(version) == LAST + timedelta(days=14)
    assert ending.grace_until(make.agreement_version(version.agreement_id, number=2)) is None


@pytest.mark.parametrize(
    ("kind", "days", "may_be_sent"),
    [
        (Kind.VISITATION, 13, True),
        (Kind.VISITATION, 14, True),
        (Kind.VISITATION, 15, False),
        (Kind.OVERGANG, 15, True),  # the law asks for it, with or without an agreement
    ],
)
def test_a_draft_is_sent_in_the_grace_and_not_after(
    web, fund, municipality, kind, days, may_be_sent
):
    version = make.agreement(fund, municipality, valid_until=LAST)
    package = Handover(kind=kind)
    with web.test_request_context():
        lacks = sending.after_grace(package, version, LAST + timedelta(days=days))
    assert (lacks == []) == may_be_sent
    assert may_be_sent or "14. juli 2027" in lacks[0].text


@pytest.mark.parametrize(("ago", "is_told"), [(14, False), (15, True)])
def test_the_sender_is_told_before_sending(ago, is_told, fund, municipality, adviser, client_of):
    version = make.agreement(fund, municipality, valid_until=today() - timedelta(days=ago))
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    draft = make.handover(case, agreement_version_id=version.id)
    shown = client_of(adviser).get(f"/handovers/{draft.id}/steps/send").text
    assert "Sagen er ikke vurderet efter aftalens kriterier" in shown
    assert ("fristen for at sende kladder udløb" in shown) == is_told


@pytest.mark.parametrize(("ago", "status"), [(0, 303), (1, 422)])
def test_a_visitation_is_begun_until_the_last_day(
    ago, status, fund, municipality, adviser, client_of
):
    make.agreement(fund, municipality, valid_until=today() - timedelta(days=ago))
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    answer = client_of(adviser).post(f"/handovers/new/{case.id}", data={"kind": "visitation"})
    assert answer.status_code == status
    assert ("Der er ingen aftale i kraft" in answer.text) == (status == 422)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (-91, "Hvad sker der, når versionen slutter?"),
        (-90, "Versionen slutter"),
        (0, "Versionen slutter"),
        (1, "Versionen sluttede"),
        (14, "kan sendes til og med"),
        (15, "Fristen for at sende visitationer, der var begyndt på inden, udløb"),
    ],
)
def test_the_page_says_what_may_still_be_done(ago, words, fund, municipality, adviser, client_of):
    version = make.agreement(fund, municipality, valid_until=today() - timedelta(days=ago))
    shown = client_of(adviser).get(f"/agreements/{version.agreement_id}").text
    assert words in shown
    other = "Fristen for at sende" if ago < 15 else "kan sendes til og med"
    assert other not in shown


# --- Who is told ---


def night(worker, day, monkeypatch):
    monkeypatch.setattr(upkeep, "today", lambda: day)
    with worker.app_context():
        upkeep.remind(timestamp=0)
        db.session.commit()


def mails():
    found = [*make.records.scalars(select(OutgoingMail.recipient).order_by("recipient"))]
    make.records.commit()
    return found


@pytest.mark.parametrize("left", [90, 60, 30, 7])
def test_each_reminder_comes_on_its_day_and_once(
    worker, anna, bo, fund, municipality, monkeypatch, left
):
    """Nobody was reminded before it; the day after, nobody is again."""
    make.agreement(fund, municipality, valid_until=LAST)
    night(worker, LAST - timedelta(days=left + 1), monkeypatch)
    before = len(mails())
    for day in (left, left, left - 1):
        night(worker, LAST - timedelta(days=day), monkeypatch)
    assert before == (0 if left == 90 else 2)  # of the reminder before it, which was missed
    assert len(mails()) == before + 2


def test_of_the_end_with_a_rule_set_one_is_reminded_too(
    worker, anna, bo, fund, municipality, monkeypatch
):
    by_law(fund, municipality)
    for left, count in ((91, 0), (90, 2), (7, 4), (0, 4), (-1, 4)):
        night(worker, LAW.until - timedelta(days=left), monkeypatch)
        assert len(mails()) == count


@pytest.mark.parametrize(("days", "is_told"), [(-1, True), (0, False), (3, False), (4, True)])
def test_whoever_is_absent_is_not_reminded(
    worker, anna, fund, municipality, monkeypatch, days, is_told
):
    """Away for four days; a colleague who owns agreements too is told in any case."""
    other = make.user(fund, Role.AGREEMENT_OWNER)
    first = LAST - timedelta(days=50)
    away = {"first_day": first, "last_day": first + timedelta(days=3)}
    make.saved(Absence(organisation_id=fund.id, user_id=anna.actor.user_id, **away))
    make.agreement(fund, municipality, valid_until=LAST)
    night(worker, first + timedelta(days=days), monkeypatch)
    own = make.records.get_one(type(other), anna.actor.user_id).email
    assert set(mails()) == ({own, other.email} if is_told else {other.email})


def test_a_version_with_a_successor_is_not_reminded_of(
    worker, anna, bo, fund, municipality, monkeypatch
):
    first = make.agreement(fund, municipality, valid_until=LAST)
    night(worker, LAST - timedelta(days=90), monkeypatch)
    assert len(mails()) == 2
    make.agreement_version(first.agreement_id, number=2, valid_from=AFTER)
    night(worker, LAST - timedelta(days=60), monkeypatch)
    assert len(mails()) == 2


def test_an_end_that_comes_earlier_is_another_one(
    worker, anna, bo, fund, municipality, monkeypatch
):
    version = make.agreement(fund, municipality, valid_until=LAST)
    night(worker, LAST - timedelta(days=90), monkeypatch)
    sooner = LAST - timedelta(days=20)
    make.records.execute(
        update(AgreementVersion).where(AgreementVersion.id == version.id).values(ends_on=sooner)
    )
    make.records.commit()
    night(worker, LAST - timedelta(days=90), monkeypatch)
    assert len(mails()) == 4
