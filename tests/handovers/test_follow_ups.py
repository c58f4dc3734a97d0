"""What the receiver asks again three and six months after a package was completed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.clock import Moment, day_of, is_working_day, now, today
from portal.db import db
from portal.handovers import digests, upkeep
from portal.handovers.follow_ups import HandoverFollowUp, months_after
from portal.handovers.models import State
from portal.life.models import LifeEvent
from portal.mail import OutgoingMail
from tests import make
from tests.handovers.road import errors, page

DAY = timedelta(days=1)
EARLY = 14 * DAY


@pytest.fixture
def done(case, adviser, contact):
    """A package that the contact took over; responsibility for asking again lies with the unit."""
    people = {"sender_person_id": adviser.id, "receiver_person_id": contact.id}
    return make.handover(case, State.COMPLETED, receiver_person="Jonas Skabelon", **people)


def task(package, due_on, months=3, **values) -> HandoverFollowUp:
    own = {"handover_id": package.id, "organisation_id": package.receiver_id}
    return make.saved(HandoverFollowUp(months=months, due_on=due_on, **own, **values))


def tasks() -> list[HandoverFollowUp]:
    make.records.expire_all()
    found = [*make.records.scalars(select(HandoverFollowUp).order_by(HandoverFollowUp.due_on))]
    make.records.commit()
    return found


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 11, 23), 3, date(2027, 2, 23)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 9, 30), 3, date(2026, 12, 30)),
    ],
)
def test_a_shorter_month_has_an_earlier_last_day(day, months, after):
    assert months_after(day, months) == after


def test_two_tasks_follow_from_the_end_whoever_ends_it(case, worker):
    by_itself = make.handover(
        case, State.MEETING_HELD, due_for="auto_complete", due_on=today() - DAY
    )
    with worker.app_context():
        assert upkeep.complete_unopposed(Moment(now(), today())) == 1
        db.session.commit()
    three, six = tasks()
    assert {three.handover_id, six.handover_id} == {by_itself.id}
    assert (three.months, six.months) == (3, 6)
    closed_at = make.fresh(by_itself).closed_at
    assert closed_at
    ends = day_of(closed_at)
    for one in (three, six):
        assert is_working_day(one.due_on)
        assert timedelta() <= one.due_on - months_after(ends, one.months) <= 6 * DAY


def test_the_receiver_says_how_it_went_once_and_the_fund_sees_it(done, sender, receiver):
    near, far = task(done, today() + EARLY), task(done, today() + EARLY + DAY, months=6)
    show = f"/handovers/{done.id}"
    assert "Registrér opfølgningen efter 3 måneder" in receiver.get(show).text
    assert "Registrér opfølgningen" not in sender.get(show).text

    url = f"{show}/follow-ups/{near.id}"
    nothing = receiver.post(url, data={"outcome": ""})
    assert (nothing.status_code, errors(nothing)) == (422, ["Vælg, hvordan det er gået."])
    assert sender.post(url, data={"outcome": "job"}).status_code == 409
    assert receiver.post(url, data={"outcome": "job"}).status_code == 303
    assert receiver.post(url, data={"outcome": "other"}).status_code == 409
    early = receiver.post(f"{show}/follow-ups/{far.id}", data={"outcome": "job"})
    assert early.status_code == 409  # a day before it may be done

    for side in (sender, receiver):
        [told] = [one.text for one in page(side.get(show)).select("#follow-up")]
        assert "Er i job" in told
        assert "Jonas Skabelon" in told
    assert [one.outcome for one in tasks()] == ["job", None]


def test_it_stands_on_the_start_page_of_who_has_it_and_of_the_unit(
    case, adviser, contact, sender, receiver, municipality, client_of
):
    unit = make.unit(municipality, "Modtagelsen")
    leader = client_of(make.user(municipality, Role.COORDINATOR, unit_id=unit.id))
    other = client_of(make.user(municipality, Role.CONTACT, name="En anden"))
    people = {"receiver_person_id": contact.id, "receiver_unit_id": unit.id}
    done = make.handover(case, State.COMPLETED, member_name="Karl Prøvesen", **people)
    first = task(done, today() + DAY)
    heading, listed = "Følg op på dem, I har overtaget", "/handovers/follow-ups"
    assert heading not in receiver.get("/").text  # tomorrow's
    assert "Karl Prøvesen" in receiver.get(listed).text
    first.due_on = today()
    make.saved(first)
    for client in (receiver, leader):
        shown = client.get("/").text
        assert heading in shown
        assert "Karl Prøvesen" in shown
    for client in (sender, other):
        assert heading not in client.get("/").text
        assert "Karl Prøvesen" not in client.get(listed).text


def test_one_digest_tells_of_it_and_then_it_is_quiet(done, contact, worker):
    monday = date(2027, 3, 1)
    task(done, monday)

    def told(day: date) -> list[str]:
        with worker.app_context():
            digests.tell(day)
            db.session.commit()
        found = {row.recipient: row.body for row in make.records.scalars(select(OutgoingMail))}
        make.records.commit()
        return [f"{to}: {text}" for to, text in found.items()]

    assert told(monday - DAY) == []
    [mail] = told(monday)
    assert mail.startswith(contact.email)
    assert f"{done.reference}: følg op på planen 01.03.2027" in mail
    assert told(monday + 30 * DAY) == [mail]


@pytest.mark.parametrize(
    ("kind", "ground", "lapsed"),
    [("job", "Har fået job", "job"), ("illness", None, None), ("death", "Er død", "death")],
)
def test_what_the_fund_learns_ends_it_and_is_taken_back(
    kind, ground, lapsed, done, case, sender, receiver, run_jobs
):
    task(done, today() + 60 * DAY)
    url = f"/cases/{case.id}/events/new"
    data = {"kind": kind, "day": f"{today():%d/%m/%Y}", "until": f"{today() + DAY:%d/%m/%Y}"}
    listed = sender.post(url, data=data)
    said = f"Lillekøbing Kommune skal ikke længere følge op på {done.reference}."
    assert (said in listed.text) == bool(ground)
    [seen] = [one["value"] for one in page(listed).select("input[name=seen]")]
    answer = sender.post(url, data=data | {"seen": seen})
    assert answer.status_code == 303
    assert [one.lapsed for one in tasks()] == [lapsed]
    if ground:
        assert f"Ikke længere aktuel: {ground}" in receiver.get(f"/handovers/{done.id}").text
        run_jobs()
        assert [*make.records.scalars(select(OutgoingMail))] == []
        make.records.commit()
        with_event = make.records.scalars(select(LifeEvent)).one()
        make.records.commit()
        assert sender.post(f"/cases/{case.id}/events/{with_event.id}/undo").status_code == 303
        assert [one.lapsed for one in tasks()] == [None]


def test_the_database_lets_each_side_do_its_own_and_once(done, case, tries):
    first, other = task(done, today()), make.handover(case, State.SENT)
    known = {"task": first.id, "receiver": done.receiver_id}
    job = "update handover_follow_up set outcome = 'job', done_at = now(), done_by = 'J'"
    job, lapse = f"{job} where id = :task", job.replace("outcome", "lapsed")
    add = """insert into handover_follow_up (id, handover_id, organisation_id, months, due_on)
        values (gen_random_uuid(), :package, :me, 9, current_date + 200)"""
    assert tries("municipality", done, job, **known)
    assert not tries("municipality", done, job, job.replace("'job'", "'other'"), **known)
    assert not tries("fund", done, job, **known)
    assert tries("fund", done, lapse, **known)
    assert not tries("municipality", done, lapse, **known)
    assert not tries("outsider", done, job, **known)
    assert tries("municipality", done, add)
    assert not tries("municipality", other, add)
    assert not tries("fund", done, add)
