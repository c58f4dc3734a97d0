"""People of partners: added, followed by events, read by their own alone; refusals and controls."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from portal.clock import today
from portal.participants import tallying, upkeep
from portal.participants.models import EventKind, Participant, ParticipantEvent, ParticipantKey
from portal.projects.models import PartnerRole, Project
from tests import make, participant, project
from tests.participants.asking import as_the_web, as_worker, at_work

MODEL = "samarbejdsmodellen"
CPR = "610190-1234"  # a replacement number: nobody has it
PERSON = {"name": "Anna Prøve", "model": MODEL, "work": "unemployed"}


@pytest.fixture
def shared(cast, led: Project) -> Project:
    """With a union and a school in it as well."""
    project.partner(led, cast.union)
    project.partner(led, cast.school, PartnerRole.SCHOOL)
    return led


def people_of(one: Project) -> list[Participant]:
    make.records.expire_all()
    found = [*make.records.scalars(select(Participant).where(Participant.project_id == one.id))]
    make.records.commit()
    return found


def events_of(one: Participant) -> list[ParticipantEvent]:
    rows = select(ParticipantEvent).where(ParticipantEvent.participant_id == one.id)
    make.records.expire_all()
    found = [*make.records.scalars(rows.order_by(ParticipantEvent.recorded_at))]
    make.records.commit()
    return found


def test_a_person_is_seen_by_name_by_the_own_partner_alone(cast, shared, as_):
    mette, ulla, here = as_(cast.mette), as_(cast.ulla), f"/projects/{shared.id}/participants"
    made = mette.post(f"{here}/new", data=PERSON | {"cpr": CPR})
    assert made.status_code == 303
    [one] = people_of(shared)
    assert "Anna Prøve" in mette.get(here).text
    assert mette.get(f"{here}/{one.id}").status_code == 200
    assert CPR not in mette.get(f"{here}/{one.id}").text
    assert one.cpr is not None
    assert CPR.replace("-", "") not in one.cpr

    assert "Anna Prøve" not in ulla.get(here).text
    for refused in ("", "/edit"):
        assert ulla.get(f"{here}/{one.id}{refused}").status_code == 404
    assert ulla.post(f"{here}/{one.id}/events", data={"kind": "met"}).status_code == 404
    assert as_(cast.susanne).get(here).status_code == 403
    assert as_(cast.ove).get(here).status_code == 404

    assert ulla.post(f"{here}/new", data=PERSON | {"cpr": CPR}).status_code == 303
    again = mette.post(f"{here}/new", data=PERSON | {"cpr": CPR})
    assert again.status_code == 422
    assert "allerede en deltager med det CPR-nummer" in again.text


def test_the_whole_number_is_shown_to_its_own_partner_for_a_purpose(cast, shared, as_):
    mette, here = as_(cast.mette), f"/projects/{shared.id}/participants"
    address = mette.post(f"{here}/new", data=PERSON | {"cpr": CPR}).location
    assert CPR not in mette.get(address).text
    refused = mette.post(f"{address}/cpr", data={"purpose": ""})
    assert (refused.status_code, CPR in refused.text) == (422, False)
    shown = mette.post(f"{address}/cpr", data={"purpose": "check"})
    assert CPR in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    told = [one for one in make.audited() if one.action == "participants.reveal_cpr"]
    assert [one.purpose for one in told if one.purpose] == ["check"]
    assert as_(cast.gitte).post(f"{address}/cpr", data={"purpose": "check"}).status_code == 403
    assert as_(cast.ulla).post(f"{address}/cpr", data={"purpose": "check"}).status_code == 404


def test_schools_hold_no_number_neither_by_the_form_nor_in_the_database(
    cast, shared, as_, database
):
    pupil = make.user(cast.school, *make.every_role(cast.school))
    here = f"/projects/{shared.id}/participants/new"
    told = as_(pupil).post(here, data=PERSON | {"cpr": CPR})
    assert "registrerer ikke CPR-numre. Slet det." in told.text
    assert 'value="Anna Prøve"' in told.text
    assert as_(pupil).post(here, data=PERSON).status_code == 303
    with pytest.raises(IntegrityError, match="holds no CPR"):
        participant.participant(shared, cast.school, cpr="sealed")
    make.records.rollback()
    assert participant.participant(shared, cast.union, cpr="sealed").cpr
    with pytest.raises(ProgrammingError, match="of no secretariat"):
        participant.participant(shared, cast.council)
    make.records.rollback()


def test_the_key_is_read_by_no_web_role(cast, shared, database):
    one = participant.participant(shared, cast.fund, cpr="sealed")
    participant.key(one, b"a")
    participant.key(one, b"b")  # takes the place of the first
    rows = "select person_key from participant_key where participant_id = :id"
    with as_worker() as worker:
        assert worker.scalars(text(rows), {"id": one.id}).all() == [b"b"]
    with as_the_web(cast.fund) as web, pytest.raises(ProgrammingError, match="permission denied"):
        web.execute(text(rows), {"id": one.id})
    with as_the_web(cast.fund) as web:
        own = text("select count(*) from participant where id = :id")
        assert web.scalar(own, {"id": one.id}) == 1
    with as_the_web(cast.union) as web:
        assert web.scalar(own, {"id": one.id}) == 0


def test_nobody_completes_before_starting_and_nothing_is_in_the_future(cast, shared, as_):
    mette, one = as_(cast.mette), participant.participant(shared, cast.fund)
    here = f"/projects/{shared.id}/participants/{one.id}/events"
    day = today() - timedelta(days=10)

    def told(kind, on=day, **more):
        return mette.post(here, data={"kind": kind, "day": on.isoformat()} | more)

    early = told("completed")
    assert early.status_code == 422
    assert "ikke startet den dag" in early.text
    assert told("started", today() + timedelta(days=1)).status_code == 422
    assert told("started", date(2025, 12, 31)).status_code == 422
    assert told("dropped").status_code == 422
    assert "Vælg, hvad personen er ansat som." in told("matched").text
    assert told("matched", timing="before", form="ordinary").status_code == 303
    assert told("started").status_code == 303
    assert told("completed", day - timedelta(days=1)).status_code == 422
    assert told("completed").status_code == 303
    assert told("started", day + timedelta(days=2)).status_code == 303  # again: re-entry
    with pytest.raises(IntegrityError, match="has not started"):
        participant.event(one, EventKind.DROPPED, day - timedelta(days=1))
    make.records.rollback()
    with pytest.raises(IntegrityError, match="ck_participant_event_future"):
        participant.event(one, EventKind.MET, today() + timedelta(days=3))
    make.records.rollback()


def test_an_event_is_replaced_or_struck_out_and_sent_twice_stands_once(cast, shared, as_):
    mette, one = as_(cast.mette), participant.participant(shared, cast.fund)
    here = f"/projects/{shared.id}/participants/{one.id}/events"
    met = {"kind": "met", "day": "2026-03-01", "form_key": "once"}
    for _time in range(2):
        assert mette.post(here, data=met).status_code == 303
    [first] = events_of(one)
    moved = mette.post(f"{here}/{first.id}", data=met | {"day": "2026-05-01", "form_key": "two"})
    assert moved.status_code == 303
    assert participant.tally(shared) == {("met", "2026-04-01"): 1}
    late = mette.post(f"{here}/{first.id}", data=met | {"day": "2026-06-01", "form_key": "three"})
    assert late.status_code == 422
    assert "allerede rettet" in late.text
    second = events_of(one)[1]
    gone = {"gone": "yes", "form_key": "four"}
    assert mette.post(f"{here}/{second.id}", data=gone).status_code == 422
    gone |= {"why": "Forkert person"}
    assert mette.post(f"{here}/{second.id}", data=gone).status_code == 303
    assert participant.tally(shared) == {}
    with as_the_web(cast.fund) as web, pytest.raises(ProgrammingError, match="permission denied"):
        web.execute(text("update participant_event set day = day"))


def test_people_come_in_from_a_file_after_a_look_all_or_none(cast, shared, as_):
    mette, here = as_(cast.mette), f"/projects/{shared.id}/participants/import"
    head = "navn;model;ledig;cpr;kommune\n"
    wrong = head + "Bo Prøve;Ukendt;ja;;\nIda Prøve;Samarbejdsmodellen;måske;1;\n"
    seen = mette.post(here, data={"lines": wrong, "take": "yes"})
    assert seen.status_code == 422
    assert "Modellen er ikke en af projektets." in seen.text
    assert "ti cifre" in seen.text
    twice = (
        head + f"Bo Prøve;Samarbejdsmodellen;ja;{CPR};\nIda Prøve;Samarbejdsmodellen;nej;{CPR};\n"
    )
    assert mette.post(here, data={"lines": twice, "take": "yes"}).status_code == 422
    assert people_of(shared) == []
    right = twice.replace(f"nej;{CPR}", "nej;")
    assert "Intet er hentet endnu." in mette.post(here, data={"lines": right}).text
    assert people_of(shared) == []
    assert mette.post(here, data={"lines": right, "take": "yes"}).status_code == 303
    assert {one.name for one in people_of(shared)} == {"Bo Prøve", "Ida Prøve"}

    out = here.replace("import", "export")
    assert mette.post(out, data={}).status_code == 422
    file = mette.post(out, data={"purpose": "Til styregruppen"}).data.decode("utf-8-sig")
    assert "Bo Prøve" in file
    assert CPR[:6] not in file


def test_a_partner_stays_until_its_people_have_ended(cast, shared, as_):
    one = participant.participant(shared, cast.fund)
    participant.event(one, EventKind.STARTED)
    whose = next(row for row in partners_of(shared) if row["organisation_id"] == cast.fund.id)
    here = f"/projects/{shared.id}/partners/{whose['id']}/end"
    told = {"valid_until": today().isoformat(), "reason": "Færdig"}
    waits = as_(cast.gitte).post(here, data=told)
    assert waits.status_code == 422
    assert "stadig i forløb" in waits.text
    participant.event(one, EventKind.DROPPED)
    assert as_(cast.gitte).post(here, data=told).status_code == 303


def partners_of(one: Project):
    rows = text("select id, organisation_id from project_partner where project_id = :id")
    with as_worker() as worker:
        return worker.execute(rows, {"id": one.id}).mappings().all()


def test_the_tally_is_a_recount_also_when_the_names_are_gone(cast, shared, worker):
    people = [participant.participant(shared, cast.fund, cpr="x") for _each in range(3)]
    for number, one in enumerate(people):
        participant.key(one, bytes([number]))
        participant.event(one, EventKind.STARTED, date(2026, 2, 3))
        participant.event(one, EventKind.STARTED, date(2026, 8, 3))
    participant.event(people[0], EventKind.COMPLETED, date(2026, 9, 9))
    expected = {("started", "2026-01-01"): 3, ("completed", "2026-07-01"): 1}
    assert participant.tally(shared) == expected
    assert at_work(worker, tallying.differing) == []
    assert at_work(worker, upkeep.forget, date(2032, 1, 5)) == 0  # it is still running
    ended = update(Project).where(Project.id == shared.id)
    make.records.execute(ended.values(state="closed"))
    make.records.commit()
    assert at_work(worker, upkeep.forget, date(2032, 12, 31)) == 0
    assert at_work(worker, upkeep.forget, date(2033, 1, 2)) == 3
    assert participant.tally(shared) == expected
    assert at_work(worker, tallying.differing) == []
    assert {(one.name, one.cpr) for one in people_of(shared)} == {(None, None)}
    keys = select(ParticipantKey).where(ParticipantKey.project_id == shared.id)
    assert make.records.scalars(keys).all() == []
    make.records.commit()
