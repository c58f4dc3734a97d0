"""What people with a login of their own tried; each refusal stands beside what is allowed."""

import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal import cpr, keys
from portal.cases.models import CasePlan, MemberCase
from portal.clock import today
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverQuestion
from portal.settings import load
from tests import make

PAYLOAD = "\"'><script>alert(1)</script>{{ 7*7 }}"


def handover_of(road):
    return make.records.get_one(Handover, uuid.UUID(road.address.rsplit("/", 1)[1]))


def moved(case, **values):
    row = make.records.get_one(MemberCase, case.id)
    for name, value in values.items():
        setattr(row, name, value)
    make.records.commit()


def test_a_look_at_a_member_through_a_refused_form_is_audited(road, sender, receiver):
    road.take(sender, "send")
    handover = handover_of(road)
    for path, form in (("messages", {}), ("filing", {}), ("steps/accept", {"version": "x"})):
        answer = receiver.post(f"{road.address}/{path}", data=form)
        assert answer.status_code == 422
        assert "Karl Prøvesen" in answer.text
        assert make.audited(handover.id)[-1].outcome == "refused 422"
    answer = receiver.post(f"{road.address}/messages", data={"text": "Hej", "audience": "both"})
    assert answer.status_code == 303
    assert make.audited(handover.id)[-1].outcome == "done"


def test_a_package_never_goes_where_the_member_no_longer_lives(
    road, sender, receiver, case, municipality, outsider
):
    moved(case, municipality_id=outsider.id)
    answer = road.step(sender, "send")
    assert answer.status_code == 422
    assert "anden kommune" in answer.text
    assert receiver.get(road.address).status_code == 404
    moved(case, municipality_id=municipality.id)
    road.take(sender, "send")


def test_nor_does_a_new_version_of_it(road, sender, receiver, case, municipality, outsider):
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    road.take(receiver, "request-info", **{"questions-0": "Hvornår?"})
    moved(case, municipality_id=outsider.id)
    assert road.step(sender, "provide-info", **{"answers-0": "Nu"}).status_code == 422
    moved(case, municipality_id=municipality.id)
    road.take(sender, "provide-info", **{"answers-0": "Nu"})


def test_a_corrected_number_is_the_one_that_is_sent(road, sender, receiver, case):
    ring, right = keys.of(load()), cpr.parse("610190-1233", today=today())
    sealed = ring.seal_cpr(right, table="member_case", row_id=case.id)
    moved(case, name="Karla Prøvesen", cpr=sealed, cpr_index=ring.find_cpr(right))
    road.take(sender, "send")
    answer = receiver.post(f"{road.address}/cpr", data={"purpose": "filing"})
    assert right.whole in answer.text
    assert "Karla Prøvesen" in receiver.get("/handovers/?tab=unassigned").text


def test_nobody_writes_to_a_party_that_is_not_there_yet(road, sender):
    letter = {"text": "Hej", "audience": "both"}
    assert sender.post(f"{road.address}/messages", data=letter).status_code == 409
    assert (
        sender.post(f"{road.address}/messages", data=letter | {"audience": "own"}).status_code
        == 303
    )
    road.take(sender, "send")
    assert sender.post(f"{road.address}/messages", data=letter).status_code == 303


@pytest.mark.parametrize(("count", "status"), [(30, 303), (31, 422)])
def test_no_more_goals_than_the_minutes_have_room_for(case, sender, count, status):
    form = {"job_goals": "\n".join(f"Mål {n}" for n in range(count)), "version": "1"}
    assert sender.post(f"/cases/{case.id}/plan", data=form).status_code == status


def test_what_the_database_cannot_hold_is_a_bad_request(road, sender):
    for words, status in (("Hej\0", 400), ("Hej", 303)):
        letter = {"text": words, "audience": "own"}
        assert sender.post(f"{road.address}/messages", data=letter).status_code == status


def test_what_either_writes_is_text_for_the_other(road, sender, receiver, case):
    plan = make.records.scalars(select(CasePlan).where(CasePlan.case_id == case.id)).one()
    plan.job_goals, plan.focus_areas, plan.search_strategy = [PAYLOAD], PAYLOAD, PAYLOAD
    moved(case, name=PAYLOAD)
    road.write(summary=PAYLOAD, considerations=PAYLOAD, member_comment=PAYLOAD)
    road.take(sender, "send")
    receiver.post(f"{road.address}/messages", data={"text": PAYLOAD, "audience": "both"})
    for client in (sender, receiver):
        for path in (road.address, "/handovers/?tab=unassigned", "/handovers/?tab=waiting"):
            shown = client.get(path).text
            assert "<script>alert" not in shown
            assert "&#39;&gt;&lt;script&gt;" in shown or path != road.address
            assert "{{ 7*7 }}" in shown or path != road.address


# What the web's role tries in SQL, as if a query had been broken into, and whose right it is.
PARTS = {
    "handover_content": (
        "insert into handover_content (id, handover_id, organisation_id, number, content, hash,"
        " frozen_at, frozen_by) values (gen_random_uuid(), :package, :me, 9, '{}', '', now(), '')",
        {"fund"},
    ),
    "minutes": (
        "insert into minutes (id, handover_id, organisation_id, number, text, goals,"
        " next_contact_on, next_contact_person, published_at, published_by)"
        " values (gen_random_uuid(), :package, :me, 9, '', '[]', now(), '', now(), '')",
        {"municipality"},
    ),
    "question": (
        "insert into handover_question (id, handover_id, organisation_id, round, position, text,"
        " asked_at, asked_by, is_found)"
        " values (gen_random_uuid(), :package, :me, 9, 1, '', now(), '', false)",
        {"municipality"},
    ),
    "answer": (
        "update handover_question set answer = '', answered_at = now(), answered_by = ''"
        " where handover_id = :package and organisation_id is distinct from :me",
        {"fund"},
    ),
    "note": (
        "insert into handover_note (id, handover_id, organisation_id, person, at, text)"
        " values (gen_random_uuid(), :package, :me, '', now(), '')",
        {"fund", "municipality"},
    ),
    "document": (
        "insert into handover_document (id, handover_id, organisation_id, number, kind, sealed,"
        " sha256, made_at) values (gen_random_uuid(), :package, :me, 9, '', '', '', now())",
        set(),
    ),
}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_a_package_is_one_party_s_to_add(
    part, app, case, fund, municipality, outsider, seen_by
):
    sent = make.handover(case, State.RECEIVED)
    own = {"handover_id": sent.id, "organisation_id": municipality.id}
    make.saved(HandoverQuestion(round=1, position=1, text="Hvornår?", asked_by="Jonas", **own))
    statement, allowed = PARTS[part]
    parties = {"fund": fund, "municipality": municipality, "outsider": outsider}
    done = {name for name, one in parties.items() if works(seen_by, one, statement, sent)}
    assert done == allowed


def works(seen_by, organisation, statement, sent):
    with seen_by(organisation) as session:
        try:
            told = {"package": sent.id, "me": organisation.id}
            return session.execute(text(statement), told).rowcount > 0
        except DBAPIError:
            return False


@pytest.mark.parametrize(
    "change",
    [
        "member_name = 'En anden'",
        "cpr = 'en andens'",
        "cpr_index = '\\x00'",
        "state = 'draft', sent_at = null, received_at = null",
    ],
)
def test_what_is_sent_stays_sent_and_about_the_same_member(
    change, app, case, fund, municipality, seen_by
):
    sent = make.handover(case, State.RECEIVED)
    for party in (fund, municipality):
        update = "update handover set {} where id = :package and :me in (sender_id, receiver_id)"
        assert not works(seen_by, party, update.format(change), sent)
    assert works(seen_by, municipality, update.format("receiver_person = 'Jonas'"), sent)
