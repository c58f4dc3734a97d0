"""Job orders: the clock of the model, candidates by number, outcomes, and the call after."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.access import OrganisationKind, Role
from portal.clock import now, today
from portal.companies.orders import JobCandidate, JobOrder
from portal.job_orders import clocks, queries
from portal.participants.models import ParticipantEvent
from portal.projects import catalogue
from tests import company, make, participant, project

HIRED = "update job_candidate set outcome = 'hired', outcome_on = current_date"


def test_the_model_says_by_when():
    at = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)  # a Friday, 15.05 in Copenhagen
    hours = next(one.key for one in catalogue.models() if one.clock == "bupl_a_hours")
    assert clocks.due(hours, at) == at + timedelta(hours=24)
    days = [one.key for one in catalogue.models() if one.clock == "soenderborg_days"]
    for key in days:
        assert clocks.due(key, at) == datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
    assert clocks.shown(datetime(2026, 11, 25, 23, 0, tzinfo=UTC)) == (
        at.date().replace(day=25),
        None,
    )
    assert clocks.shown(at) == (at.date(), time(15, 5))
    assert "kalenderdage" in clocks.doubt("soenderborg_days", at.date())
    assert clocks.doubt("bupl_a_hours", at.date()) == ""


@pytest.fixture
def union(app):
    return make.organisation("3F Prøve", OrganisationKind.PARTNER)


@pytest.fixture
def metal(app):
    return make.organisation("Dansk Metal Prøve", OrganisationKind.PARTNER)


@pytest.fixture
def shared(municipality, union, metal):
    return project.project(municipality, union, metal)


@pytest.fixture
def people(client_of, union, metal):
    return [client_of(make.user(one, Role.PROJECT_PARTNER)) for one in (union, metal)]


def told(answer):
    return answer.get_data(as_text=True)


def the(model):
    rows = make.records.query(model).populate_existing().all()
    make.records.commit()
    return rows


def step(person, address, name, **values):
    revision = the(JobOrder)[0].revision
    return person.post(f"{address}/{name}", data={"revision": revision} | values).status_code


def test_a_job_order_goes_from_need_to_the_call_after(people, shared, municipality, union, metal):
    ours, theirs = people
    one = company.company(shared, union, municipality, contacted_by_id=union.id)
    new = f"/projects/{shared.id}/job-orders/new/{one.id}"
    typed = {"need": "To svejsere", "number": "1", "model": "samarbejdsmodellen"}
    late = ours.post(new, data=typed | {"due_on": "2020-01-01"})
    assert late.status_code == 422
    assert "allerede overskredet" in told(late)
    assert "To svejsere" in told(late)
    assert theirs.post(new, data=typed).status_code == 422  # another contacts the company
    assert ours.post(new, data=typed).status_code == 303
    (order,) = the(JobOrder)
    assert order.due_at - order.received_at == timedelta(hours=24)
    address = f"/projects/{shared.id}/job-orders/{order.id}"

    assert step(ours, address, "present") == 422  # nobody is suggested
    known = [participant.participant(shared, by, name=name)
             for by, name in ((union, "Ane Anker"), (metal, "Bo Bæk"))]  # fmt: skip
    for person, who in zip(people, known, strict=True):
        assert person.post(f"{address}/candidates", data={"person": who.id}).status_code == 303
    assert ours.post(f"{address}/candidates", data={"person": known[1].id}).status_code == 422
    page = told(ours.get(address))
    assert "Ane Anker" in page
    assert "Kandidat 2 (Dansk Metal Prøve)" in page
    assert "Bo Bæk" not in page
    assert "Ane Anker" not in told(theirs.get(address))
    assert step(theirs, address, "present") == 409  # who took the order keeps it
    assert step(ours, address, "present") == 303

    first, second = sorted(the(JobCandidate), key=lambda row: row.number)
    why = {"outcome": "not_hired", "reason": ""}
    assert ours.post(f"{address}/candidates/{first.id}", data=why).status_code == 422
    why["reason"] = "declined"
    assert theirs.post(f"{address}/candidates/{first.id}", data=why).status_code == 409
    for each in (first, second):
        assert ours.post(f"{address}/candidates/{each.id}", data=why).status_code == 303
    assert step(ours, address, "fill") == 422  # nobody is hired
    assert step(ours, address, "give_up", reason="Ingen passede") == 303
    listed = told(theirs.get(f"/projects/{shared.id}/job-orders/"))
    assert "Skal ringes op" in listed
    assert step(ours, address, "reopen") == 303
    assert step(ours, address, "withdraw") == 303
    assert ours.post(f"{address}/follow-up", data={"text": ""}).status_code == 422
    assert ours.post(f"{address}/follow-up", data={"text": "De er glade"}).status_code == 303
    assert "De er glade" in told(theirs.get(f"/projects/{shared.id}/companies/{one.id}"))


def test_what_is_late_is_shown(people, shared, municipality, union):
    one = company.company(shared, union, municipality, contacted_by_id=union.id)
    ago = {"received_at": make.days_ago(2)}
    for minutes, is_late in ((-1, True), (60, False)):
        order = company.order(one, union, due_at=now() + timedelta(minutes=minutes), **ago)
        page = told(people[0].get(f"/projects/{shared.id}/job-orders/{order.id}"))
        assert ("Over fristen" in page) == is_late


def test_the_database_holds_the_steps_and_the_candidates(
    people, shared, municipality, union, metal, seen_by
):
    one = company.company(shared, union, municipality, contacted_by_id=union.id)
    order = company.order(one, union)
    for number in (1, 2, 3):
        company.candidate(order, union, number=number)
    with pytest.raises(IntegrityError, match="candidates enough"):
        company.candidate(order, metal, number=4)
    make.records.rollback()
    present = text("update job_order set state = 'presented', presented_at = now()")
    with seen_by(metal) as session:
        assert session.execute(present).rowcount == 0  # not its own
        hire = text(f"{HIRED}, timing = 'after', form = 'ordinary'")
        with pytest.raises(DBAPIError, match="who keeps the order"):
            session.execute(hire)
    with seen_by(union) as session:
        with pytest.raises(DBAPIError, match="nobody is hired"), session.begin_nested():
            session.execute(text("update job_order set state = 'filled', ended_at = now()"))
        assert session.execute(present).rowcount == 1
        with pytest.raises(DBAPIError, match="a time and a form"), session.begin_nested():
            session.execute(text(f"{HIRED} where number = 1"))
        first = text(hire.text + " where number = 1")
        assert session.execute(first).rowcount == 1  # the control
        with pytest.raises(DBAPIError, match="nobody more is asked for"):
            session.execute(hire)


def test_who_is_hired_is_matched_in_the_story_of_the_own_partner(
    people, shared, municipality, union, metal
):
    ours, theirs = people
    one = company.company(shared, union, municipality, contacted_by_id=union.id)
    order = company.order(one, union, number=2)
    bo = participant.participant(shared, metal, name="Bo Bæk")
    address = f"/projects/{shared.id}/job-orders/{order.id}"
    assert theirs.post(f"{address}/candidates", data={"person": bo.id}).status_code == 303
    assert step(ours, address, "present", reason="Kun en") == 303
    (who,) = the(JobCandidate)
    hire = {"outcome": "hired", "form": "adult_apprentice", "timing": ""}
    refused = ours.post(f"{address}/candidates/{who.id}", data=hire)
    assert refused.status_code == 422
    assert "Vælg, om det var før, under eller efter forløbet." in told(refused)
    assert '<option value="adult_apprentice" selected>' in told(refused)  # nothing chosen is lost
    assert the(ParticipantEvent) == []
    hire["timing"] = "during"
    for _again in range(2):  # sent twice, matched once
        assert ours.post(f"{address}/candidates/{who.id}", data=hire).status_code == 303
    (match,) = the(ParticipantEvent)
    told_of = match.kind, match.timing, match.form, match.organisation_id, match.job_order_id
    assert told_of == ("matched", "during", "adult_apprentice", metal.id, order.id)
    story = told(theirs.get(f"/projects/{shared.id}/participants/{bo.id}"))
    assert "Voksenlærling, under forløbet" in story
    assert ours.get(f"/projects/{shared.id}/participants/{bo.id}").status_code == 404

    # Its own partner may set the match right, and the job order goes on knowing it.
    right = {"kind": "matched", "day": today().isoformat(), "timing": "after", "form": "ordinary"}
    events = f"/projects/{shared.id}/participants/{bo.id}/events"
    sent = theirs.post(f"{events}/{match.id}", data=right | {"form_key": "right"})
    assert sent.status_code == 303
    no = {"outcome": "not_hired", "reason": "declined"}
    assert ours.post(f"{address}/candidates/{who.id}", data=no).status_code == 303
    assert [row for row in the(ParticipantEvent) if row.is_current] == []
    assert {count for count in participant.tally(shared).values() if count} == set()


def test_a_candidate_is_one_of_the_people_of_who_presents_it(
    shared, municipality, union, metal, seen_by
):
    order = company.order(company.company(shared, union, municipality), union)
    bo = participant.participant(shared, metal)
    row = text(
        "insert into job_candidate (id, project_id, organisation_id, order_id, participant_id, "
        "number, added_at, added_by, revision) values (gen_random_uuid(), :project, :by, :order, "
        ":person, 1, now(), 'Kim', 1)"
    )
    values = {"project": shared.id, "order": order.id, "person": bo.id}
    for by, is_its in ((union, False), (metal, True)):
        with seen_by(by) as session:
            if is_its:
                session.execute(row, values | {"by": by.id})
                continue
            with pytest.raises(IntegrityError, match="foreign key"):
                session.execute(row, values | {"by": by.id})


def test_the_worklist_goes_on_after_its_first_page(people, shared, municipality, union):
    one = company.company(shared, union, municipality)
    owed = {"state": "not_filled", "ended_at": now()}
    orders = [company.order(one, union, need="Ringes op", **owed)]
    same = now() + timedelta(days=3)
    orders += [company.order(one, union, due_at=same) for _n in range(queries.PAGE + 5)]
    address, seen = f"/projects/{shared.id}/job-orders/", []
    page = told(people[0].get(address))
    assert page.index("Ringes op") < page.index("Svejser")
    seen += [row.reference for row in orders if row.reference in page]
    page = told(people[0].get(address, query_string={"after": page.split("after=")[1][:36]}))
    seen += [row.reference for row in orders if row.reference in page]
    assert sorted(seen) == sorted(row.reference for row in orders)  # each once, none left out
    assert "after=" not in page
