"""An agreement lives: notice, reminders, windows that close, the next version, what changed."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update

from portal.access import Role
from portal.agreements import drafting, queries, upkeep
from portal.agreements.differing import marked
from portal.agreements.models import AgreementVersion, State
from portal.agreements.queries import in_force
from portal.clock import Moment, now, today
from portal.db import db
from portal.mail import OutgoingMail
from portal.organisations.models import User
from portal.workflow import Refused
from tests import make
from tests.agreements import table

OPEN_ENDED = {"term": "open_ended", "notice_months": 3}


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, "Bo Aftaleejer")


def running(fund, municipality, **values):
    values = {"notice_months": 3, "term": "open_ended"} | values
    return make.agreement(fund, municipality, **values)


@pytest.mark.parametrize(("days", "is_fine"), [(-1, False), (0, True), (1, True)])
def test_notice_is_given_in_time(anna, fund, municipality, seen_by, days, is_fine):
    version = running(fund, municipality)
    earliest = date(2027, 2, 22)
    day = earliest + timedelta(days=days)
    said = {"day": date(2026, 11, 22), "last_day": day, "reason": "Kommunerne lægges sammen"}
    if not is_fine:
        with pytest.raises(Refused) as refused:
            anna.step(version.id, "terminate", **said)
        assert "22. februar 2027" in str(refused.value)
        return
    anna.step(version.id, "terminate", **said)
    for on, governs in ((day, True), (day + timedelta(days=1), False)):
        with seen_by(fund):
            assert bool(in_force(fund.id, municipality.id, "visitation", on)) == governs


def test_notice_may_be_given_while_a_new_version_is_negotiated(anna, fund, municipality, client_of):
    reader = client_of(make.records.get_one(User, anna.actor.user_id))
    version = running(fund, municipality)
    anna.renew(version.id)
    shown = BeautifulSoup(reader.get(f"/agreements/{version.agreement_id}").text, "html.parser")
    links = [link["href"] for link in shown.select(".button-group a")]
    assert links == [f"/agreements/versions/{version.id}/terminate"]
    assert "Begynd på næste version" not in shown.text


def test_for_a_fixed_period_there_is_no_notice(anna, fund, municipality, client_of):
    version = make.agreement(fund, municipality, valid_until=date(2030, 1, 1))
    with pytest.raises(Refused):
        anna.step(version.id, "terminate", last_day=date(2029, 1, 1), reason="x")
    reader = client_of(make.records.get_one(User, anna.actor.user_id))
    shown = reader.get(f"/agreements/{version.agreement_id}").text
    assert "Der er ikke aftalt et varsel, så aftalen kan ikke siges op før tid." in shown
    assert "Sig aftalen op" not in shown


def test_the_page_says_what_happens_and_refuses_at_the_field(anna, fund, municipality, client_of):
    version = running(fund, municipality)
    client = client_of(make.records.get_one(User, anna.actor.user_id))
    address = f"/agreements/versions/{version.id}/terminate"
    shown = client.get(address)
    assert "Ingen sendte pakker er i gang" in shown.text
    assert "kan sendes i 14 dage til" in shown.text
    form = {one["name"]: one.get("value", "") for one in page(shown).select("main input")}
    early = form | {"last_day": today().isoformat(), "reason": "Slut"}
    answer = client.post(address, data=early)
    assert answer.status_code == 422
    assert "tidligst slutte" in answer.text
    assert "Slut" in answer.text
    assert client.post(address, data=form | {"reason": "Slut"}).status_code == 303
    assert "Aftalen er sagt op" in client.get(f"/agreements/{version.agreement_id}").text


def page(answer):
    return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def mails(worker):
    """Who was written to, after the worker's night."""

    def sent():
        found = [*make.records.scalars(select(OutgoingMail.recipient).order_by("recipient"))]
        make.records.commit()
        return found

    return sent


@pytest.mark.parametrize(
    ("left", "count"), [(91, 0), (90, 2), (61, 2), (60, 2), (7, 2), (0, 2), (-1, 0)]
)
def test_both_sides_are_reminded_before_the_end(
    worker, anna, bo, fund, municipality, mails, left, count
):
    make.agreement(fund, municipality, valid_until=today() + timedelta(days=left))
    for _night in range(2):
        with worker.app_context():
            upkeep.remind(timestamp=0)
            db.session.commit()
    assert len(mails()) == count


def test_each_reminder_is_another(worker, anna, bo, fund, municipality, mails):
    version = make.agreement(fund, municipality, valid_until=today() + timedelta(days=90))
    for left in (90, 60, 59, 30, 7, 6):
        with worker.app_context():
            loaded = queries.version(version.id)
            day = today() + timedelta(days=90 - left)
            once = upkeep.reminder_of(loaded, day)
            upkeep.write(loaded, {fund.id}, "agreement_ends", once, today())
            db.session.commit()
    assert len(mails()) == 4


def test_a_window_that_closes_leads_back_to_the_table(worker, anna, bo, municipality):
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    table.to_signing(anna, bo, version_id)
    last_day = anna.read(version_id)[0].sign_by
    for day, state in (
        (last_day, State.SIGNING),
        (last_day + timedelta(days=1), State.NEGOTIATING),
    ):
        with worker.app_context():
            upkeep.close(Moment(now(), day))
            db.session.commit()
        assert anna.read(version_id)[0].state == state


def test_the_other_side_is_written_to(run_jobs, anna, bo, municipality, mails):
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    run_jobs()
    bo_mail = make.records.get_one(User, bo.actor.user_id).email
    assert mails() == [bo_mail]


def test_the_next_version_begins_with_what_is_agreed_and_says_what_changes(
    anna, fund, municipality, client_of
):
    signed = make.agreement(fund, municipality, parameters={"decide_days": 9})
    client = client_of(make.records.get_one(User, anna.actor.user_id))
    answer = client.post(f"/agreements/{signed.agreement_id}/renew")
    assert answer.status_code == 303
    version_id = answer.location.rsplit("/", 1)[1]
    anna.propose(version_id, "purpose", text="Et nyt formål.")
    with anna.at_work():
        section = queries.section(version_id, "roles")
        given = section.given | {"decide_days": 4}
    anna.propose(version_id, "roles", text="Roller.", given=given)
    shown = page(client.get(f"/agreements/{signed.agreement_id}/compare"))
    rows = [[cell.text for cell in row.select("td")] for row in shown.select("tbody tr")]
    assert ["Frist for vurdering", "9 arbejdsdage", "4 arbejdsdage"] in rows
    assert [one.text.strip() for one in shown.select("ins .sr-only:first-child")]
    assert "Et nyt formål." in shown.text.replace("[indsat: ", "").replace("]", "")
    again = client.post(f"/agreements/{signed.agreement_id}/renew", follow_redirects=True)
    assert "allerede en ny version på vej" in again.text


def test_a_draft_of_the_other_side_is_not_told_but_stands_in_the_way(
    anna, bo, fund, municipality, client_of
):
    signed = make.agreement(fund, municipality)
    anna_client = client_of(make.records.get_one(User, anna.actor.user_id))
    bo_client = client_of(make.records.get_one(User, bo.actor.user_id))
    assert anna_client.post(f"/agreements/{signed.agreement_id}/renew").status_code == 303
    answer = bo_client.post(f"/agreements/{signed.agreement_id}/renew", follow_redirects=True)
    assert "allerede en ny version på vej" in answer.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("Et to tre", "Et fire tre"),
        ("Ens, hele vejen.", "Ens, hele vejen."),
        ("", "Nyt"),
        ("Gammelt", ""),
        ("æ  ø\n\nå", "æ ø\nå!"),
    ],
)
def test_the_marked_text_gives_either_text(old, new):
    pieces = marked(old, new)
    assert "".join(one.text for one in pieces if one.change != "inserted") == old
    assert "".join(one.text for one in pieces if one.change != "deleted") == new


def test_what_is_given_up_stays_with_its_reason(anna, bo, fund, municipality, outsider, client_of):
    """With those who negotiated it; nobody else ever saw it."""
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    anna.step(version_id, "abandon", reason="Kommunen vil vente")
    owners = {one: make.user(one, Role.AGREEMENT_OWNER) for one in (fund, municipality, outsider)}
    for one, status in ((fund, 200), (municipality, 200), (outsider, 404)):
        shown = client_of(owners[one]).get(f"/negotiations/{version_id}")
        assert shown.status_code == status
        assert ("Kommunen vil vente" in shown.text) == (status == 200)


@pytest.mark.parametrize(("days", "sees"), [(0, True), (1, False)])
def test_who_was_to_join_sees_what_is_given_up_that_day_out(
    web, anna, bo, fund, municipality, outsider, days, sees
):
    """It must be able to give it up itself; the signed version was never its business."""
    signed = make.agreement(fund, municipality)
    version_id = anna.renew(signed.id)
    with anna.at_work():
        version, ids = queries.version(version_id), [municipality.id, outsider.id]
        drafting.set_parties(version, ids, {}, actor=anna.actor, at=table.moment())
    anna.step(version_id, "open")
    joining = table.owner(web, outsider, "Carl Aftaleejer")
    joining.step(version_id, "abandon", reason="Vi er ikke med alligevel")
    make.records.execute(
        update(AgreementVersion)
        .where(AgreementVersion.id == version_id)
        .values(changed_at=make.days_ago(days), valid_from=today())  # so the trigger asks
    )
    make.records.commit()
    with joining.at_work():
        assert bool(db.session.get(AgreementVersion, signed.id)) == sees
    assert anna.read(signed.id)[0].state == State.SIGNED
