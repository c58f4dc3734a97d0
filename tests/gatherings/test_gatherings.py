"""Gatherings: seats that are given once, moves and ends, results that are taken once; refusals."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, text, update
from sqlalchemy.exc import IntegrityError

from portal.clock import today
from portal.gatherings.models import Gathering
from portal.gatherings.presenting import edition
from portal.participants import upkeep
from portal.projects.models import PartnerRole, Project
from portal.settings import database_url
from tests import company, gathering, make, participant, project
from tests.participants.asking import as_the_web, at_work
from tests.participants.test_people import events_of

WHEN = {"begins_at": "9", "place": "Rådhuset"}


@pytest.fixture
def shared(cast, led: Project) -> Project:
    """Of the match-day model, with a union and a school in it as well."""
    project.partner(led, cast.union)
    project.partner(led, cast.school, PartnerRole.SCHOOL)
    rows = update(Project).where(Project.id == led.id).values(templates=["jobmatchdag"])
    make.records.execute(rows)
    make.records.commit()
    return led


def here(one: Gathering, *more: object) -> str:
    return "/".join(map(str, (f"/projects/{one.project_id}/gatherings/{one.id}", *more)))


def people(one: Project, whose, number: int):
    names = [f"Prøve {whose.slug} {n}" for n in range(number)]
    return [participant.participant(one, whose, name=name, model="jobmatchdag") for name in names]


def test_the_last_seat_is_given_once_and_who_waits_moves_up(cast, shared, as_):
    day = gathering.gathering(shared, cast.lead, day=today(), seats=2)
    first, second = people(shared, cast.fund, 2)
    [third] = people(shared, cast.union, 1)
    mette, ulla = as_(cast.mette), as_(cast.ulla)
    assert "Ledige pladser" in ulla.get(here(day)).text
    told = mette.post(here(day, "seats"), data={"people": [str(first.id), str(second.id)]})
    assert told.status_code == 303
    full = ulla.get(here(day)).text
    assert "Optaget" in full
    assert f"Prøve {cast.fund.slug}" not in full

    ulla.post(here(day, "seats"), data={"people": [str(third.id)]})
    assert "På venteliste: 1." in ulla.get(here(day)).text
    again = ulla.post(here(day, "seats"), data={"people": [str(third.id)]})
    assert again.status_code == 422
    assert "Det er ikke muligt" not in again.text

    given = {seat.participant_id: seat for seat in gathering.seats(day)}
    assert given[third.id].number is None
    assert mette.post(here(day, "seats", given[first.id].id, "give-up")).status_code == 303
    given = {seat.participant_id: seat for seat in gathering.seats(day)}
    assert (given[third.id].number, given[second.id].number) == (1, 2)
    assert "Rykket op fra ventelisten" in ulla.get(here(day)).text
    assert "1 rykket op fra ventelisten" in ulla.get(f"/projects/{shared.id}/gatherings/").text
    assert ulla.post(here(day, "seats", given[second.id].id, "give-up")).status_code == 404


def test_two_at_once_get_one_seat(cast, shared, database):
    """Both sign up in open transactions; the second waits for the first and then on the list."""
    day = gathering.gathering(shared, cast.lead, seats=1)
    [one], [other] = people(shared, cast.fund, 1), people(shared, cast.union, 1)
    sql = text(
        "insert into gathering_seat (id, gathering_id, project_id, organisation_id, "
        "participant_id, asked_at, made_by) values (gen_random_uuid(), :day, :project, :own, "
        ":who, now(), 'Prøve')"
    )

    def told(person):
        own = {"own": person.organisation_id, "who": person.id}
        return own | {"day": day.id, "project": shared.id}

    engine = create_engine(database_url("app"))
    setting = text("select set_config('samspil.organisation', :own, true)")
    with engine.connect() as early, engine.connect() as late, ThreadPoolExecutor() as beside:
        for connection, person in ((early, one), (late, other)):
            connection.execute(setting, {"own": str(person.organisation_id)})
        early.execute(sql, told(one))
        waits = beside.submit(late.execute, sql, told(other))
        early.commit()
        waits.result()
        late.commit()
    engine.dispose()
    assert sorted(seat.number or 0 for seat in gathering.seats(day)) == [0, 1]
    with pytest.raises(IntegrityError, match="uq_gathering_seat_sold"):
        make.records.execute(
            text("update gathering_seat set number = 1 where gathering_id = :day"), {"day": day.id}
        )
    make.records.rollback()


def test_more_seats_go_to_those_who_wait_and_fewer_take_nobodys(cast, shared, as_):
    day = gathering.gathering(shared, cast.lead, seats=1, day=today())
    for person in people(shared, cast.fund, 3):
        gathering.seat(day, person)
    gitte = as_(cast.gitte)
    told = WHEN | {"kind": "match_day", "title": "Jobmatchdag", "day": today().isoformat()}

    def resized(seats, revision):
        answer = gitte.post(here(day, "edit"), data=told | {"seats": seats, "revision": revision})
        assert answer.status_code == 303, answer.text
        return [seat.number for seat in gathering.seats(day) if seat.number]

    assert sorted(resized(2, 1)) == [1, 2]
    assert sorted(resized(1, 2)) == [1, 2]
    assert sorted(resized("", 3)) == [1, 2, 3]


def test_others_are_told_in_fives(cast, shared, as_):
    day = gathering.gathering(shared, cast.lead)
    for person in [*people(shared, cast.fund, 9), *people(shared, cast.union, 4)]:
        gathering.seat(day, person)
    assert "mindst 5" in as_(cast.gitte).get(here(day)).text
    for person in people(shared, cast.union, 1):
        gathering.seat(day, person)
    assert "mindst 10" in as_(cast.gitte).get(here(day)).text
    assert "mindst 5" in as_(cast.mette).get(here(day)).text
    finer = text("select gathering_others(:id, 1)")
    with as_the_web(cast.lead) as web:
        assert web.scalar(finer, {"id": day.id}) == 10
    with as_the_web(cast.outsider) as web:
        assert web.scalar(finer, {"id": day.id}) == 0


def test_a_day_lies_in_the_project_and_what_is_held_stays_as_it_was(cast, shared, as_, database):
    gitte, new = as_(cast.gitte), f"/projects/{shared.id}/gatherings/new"
    told = WHEN | {"kind": "match_day", "title": "Jobmatchdag", "day": "2027-12-31"}
    late = gitte.post(new, data=told | {"day": "2028-01-01"})
    assert late.status_code == 422
    assert "uden for projektet, som varer fra 1. januar 2026" in late.text
    assert 'value="Jobmatchdag"' in late.text
    assert gitte.post(new, data=told).status_code == 303
    with pytest.raises(IntegrityError, match="inside the days"):
        gathering.gathering(shared, cast.lead, day=date(2028, 1, 1))
    make.records.rollback()

    held = gathering.gathering(shared, cast.lead, day=today() - timedelta(days=1))
    now = gathering.gathering(shared, cast.lead, day=today())
    change = told | {"day": today().isoformat(), "revision": 1, "place": "Skolen"}
    refused = gitte.post(here(held, "edit"), data=change | {"why": "Salen er optaget"})
    assert "Det er holdt og kan ikke ændres." in refused.text
    assert 'value="Skolen"' in refused.text
    silent = gitte.post(here(now, "edit"), data=change)
    assert "Skriv, hvorfor det bliver flyttet." in silent.text
    assert gitte.post(here(now, "edit"), data=change | {"why": "Optaget"}).status_code == 303
    page = as_(cast.ulla).get(here(now)).text
    assert "Skolen" in page
    assert "kl. 09.00, Rådhuset." in page
    assert as_(cast.ulla).get(here(now, "edit")).status_code == 200
    assert as_(cast.ulla).post(here(now, "edit"), data=change).status_code == 403
    with pytest.raises(IntegrityError, match="held already"):
        make.records.execute(
            update(Gathering).where(Gathering.id == held.id).values(place="Et andet sted")
        )
    make.records.rollback()


def test_what_is_cancelled_takes_nobody(cast, shared, as_):
    day = gathering.gathering(shared, cast.lead, day=today())
    [one, other] = people(shared, cast.fund, 2)
    seat = gathering.seat(day, one)
    gitte, mette = as_(cast.gitte), as_(cast.mette)
    assert gitte.post(here(day, "cancel"), data={"revision": 1}).status_code == 422
    why = {"revision": 1, "why": "For få har meldt sig"}
    assert gitte.post(here(day, "cancel"), data=why).status_code == 303
    assert "For få har meldt sig" in mette.get(here(day)).text
    assert mette.post(here(day, "seats"), data={"people": [str(other.id)]}).status_code == 422
    assert mette.post(here(day, "venue", seat.id), data={"outcome": "met"}).status_code == 422
    with pytest.raises(IntegrityError, match="is cancelled"):
        gathering.seat(day, other)
    make.records.rollback()


def test_a_result_that_is_sent_twice_is_one_and_the_next_takes_its_place(cast, shared, as_):
    day = gathering.gathering(shared, cast.lead, day=today())
    firm = company.company(shared, cast.lead, cast.lead)
    gathering.company(day, cast.lead, firm)
    [one] = people(shared, cast.fund, 1)
    seat, mette = gathering.seat(day, one), as_(cast.mette)
    match = {"outcome": "matched", "company": str(firm.id), "form": "ordinary", "timing": "before"}

    def sent(key, **told):
        asked = {"headers": {"Accept": "application/json"}}
        return mette.post(here(day, "venue", seat.id), data=told | {"form_key": key}, **asked)

    def standing():
        make.records.expire_all()
        return sorted(event.kind for event in events_of(one) if event.is_current)

    missing = sent("k0", **match | {"company": ""})
    assert missing.json == {"lacks": ["Vælg den virksomhed, der vil ansætte."]}
    assert [sent("k1", **match).json for _again in range(2)] == [{"done": True}] * 2
    assert len(events_of(one)) == 2
    assert standing() == ["matched", "met"]
    assert {event.gathering_id for event in events_of(one)} == {day.id}
    assert sent("k2", **match | {"form": "apprentice"}).json == {"done": True}
    assert sent("k1", **match).json == {"done": True}  # late, and already known
    forms = [event.form for event in events_of(one) if event.is_current and event.form]
    assert forms == ["apprentice"]
    sent("k3", outcome="absent")
    assert standing() == []
    assert [seat.attended for seat in gathering.seats(day)] == [False]
    assert "Ikke mødt" in mette.get(here(day, "venue")).text
    assert as_(cast.ulla).post(here(day, "venue", seat.id), data=match).status_code == 404


def test_a_course_is_started_and_completed_with_a_list_or_a_declaration(cast, shared, as_):
    gitte, new = as_(cast.gitte), f"/projects/{shared.id}/gatherings/new?kind=course"
    first = today() - timedelta(days=20)
    told = WHEN | {"title": "Pædagogisk assistent", "day": first.isoformat(), "provider": "UC"}
    told |= {"fund": "regional_pool", "price": "5000"}
    assert "Puljen kræver, at kurset står på positivlisten" in gitte.post(new, data=told).text
    assert "mindst 0 kr" in gitte.post(new, data=told | {"price": "-1"}).text
    half = gitte.post(new, data=told | {"listed": "49010"})
    assert "hvilken dag kurset stod på positivlisten" in half.text
    made = gitte.post(new, data=told | {"listed": "49010", "listed_on": first.isoformat()})
    assert made.status_code == 303
    assert gitte.post(
        new, data=told | {"declared_by": "Varde", "declared_on": first.isoformat()}
    ).status_code == 303  # fmt: skip
    course = gathering.gathering(shared, cast.lead, **gathering.COURSE, day=first)
    [one] = people(shared, cast.fund, 1)
    seat, mette = gathering.seat(course, one), as_(cast.mette)

    def sent(outcome, after, **more):
        day = (first + timedelta(days=after)).isoformat()
        entry = {"outcome": outcome, "day": day, "form_key": f"{outcome}{after}"}
        return mette.post(here(course, "venue", seat.id), data=entry | more)

    early = sent("completed", 5)
    assert early.status_code == 422
    assert "ikke startet den dag" in early.text
    assert sent("started", -1).status_code == 422
    assert sent("started", 0).status_code == 303
    assert sent("dropped", 4).status_code == 422
    assert sent("dropped", 4, reason="Fik job").status_code == 303
    assert sent("completed", 10).status_code == 303
    assert sorted(e.kind for e in events_of(one) if e.is_current) == ["completed", "started"]
    assert sent("absent", 11).status_code == 303
    assert [e.kind for e in events_of(one) if e.is_current] == []


def test_the_positive_list_comes_out_in_april_and_october():
    assert edition(date(2026, 3, 31)) == date(2025, 10, 1)
    assert edition(date(2026, 4, 1)) == date(2026, 4, 1)
    assert edition(date(2026, 9, 30)) == date(2026, 4, 1)
    assert edition(date(2026, 10, 1)) == date(2026, 10, 1)


def test_companies_come_by_their_number_and_the_next_round_begins_as_this_one(cast, shared, as_):
    day = gathering.gathering(shared, cast.lead, day=today(), for_whom="Medhjælpere")
    firm = company.company(shared, cast.lead, cast.lead, contact_name="Kim Kontakt")
    ulla = as_(cast.ulla)
    assert ulla.post(here(day, "companies"), data={"company": "Ingen"}).status_code == 422
    typed = {"company": f"{firm.name}, {firm.cvr}", "jobs": "3"}
    assert ulla.post(here(day, "companies"), data=typed).status_code == 303
    assert "kommer allerede" in ulla.post(here(day, "companies"), data=typed).text
    assert "Kim Kontakt" in as_(cast.mette).get(here(day)).text
    row = gathering.brought(day)
    assert row
    assert as_(cast.mette).post(here(day, "companies", row.id, "leave-out")).status_code == 403
    assert ulla.post(here(day, "companies", row.id, "leave-out")).status_code == 303
    assert gathering.brought(day) is None
    held = gathering.gathering(shared, cast.lead, day=today() - timedelta(days=1))
    came = gathering.company(held, cast.union, firm)
    ulla.post(here(held, "companies", came.id, "leave-out"))
    assert "Virksomheden bliver stående." in ulla.get(here(held)).text
    again = as_(cast.gitte).get(f"/projects/{shared.id}/gatherings/new?after={day.id}").text
    assert "Medhjælpere" in again
    assert as_(cast.susanne).get(here(day)).status_code == 404
    assert as_(cast.ove).get(here(day)).status_code == 404


def test_seats_are_forgotten_with_the_people(cast, shared, worker):
    day = gathering.gathering(shared, cast.lead)
    [one] = people(shared, cast.fund, 1)
    gathering.seat(day, one)
    rows = update(Project).where(Project.id == shared.id)
    over = {"state": "closed", "changed_at": text("timestamptz '2027-12-30'")}
    make.records.execute(rows.values(**over))
    make.records.commit()
    at_work(worker, upkeep.forget, date(2032, 12, 31))
    assert gathering.seats(day)
    at_work(worker, upkeep.forget, date(2033, 1, 3))
    assert gathering.seats(day) == []
