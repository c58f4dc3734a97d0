"""A restricted case in plain SQL, as if a query of the web had been broken into."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import CursorResult, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from portal.access import Role
from portal.cases.models import MemberCase, TransferNotice
from portal.db import db
from portal.handovers.models import State
from portal.organisations.models import Organisation
from tests import beside, make, world

OF_CASE = (
    "benefit_hours",
    "responsibility_date",
    "case_plan",
    "effort",
    "talk",
    "profile_clarification",
    "checklist_exemption",
    "assessment",
    "assessment_answer",
    "transfer_notice",
    "life_event",
    "member_case",
)
CHANGES = {
    "the case": "update member_case set phone = '1' where id = :case",
    "its plan": "update case_plan set focus_areas = 'X' where case_id = :case",
    "its talks": "delete from talk where case_id = :case",
    "its events": "update life_event set done_at = now() where case_id = :case",
}
FORGED = {
    "name oneself": "insert into case_reader (id, case_id, organisation_id, user_id, person,"
    " named_by, named_at) values (gen_random_uuid(), :case, :me, :who, '', '', now())",
    "lift": "update case_restriction set lifted_at = now(), lifted_by = '', lifted_reason = ''"
    " where case_id = :case",
    "take the restriction away": "delete from case_restriction where case_id = :case",
    "write the readers": "update member_case set readers = null where id = :case",
    "name for a package": "insert into handover_reader (id, handover_id, organisation_id, user_id,"
    " person, named_by, named_at) values (gen_random_uuid(), :package, :me, :who, '', '', now())",
    "lift a package": "update handover_restriction set lifted_at = now(), lifted_by = '',"
    " lifted_reason = '' where handover_id = :package",
    "hang something on it": "insert into talk (id, case_id, organisation_id, day, kind, form,"
    " outcome, recorded_at) values (gen_random_uuid(), :case, :me, now(), 'first', 'phone',"
    " 'held', now())",
}
MAY = {"name oneself": {"leader"}, "lift": {"leader"}, "hang something on it": {"adviser"}}


@pytest.fixture
def colleague(fund):
    return make.user(fund, Role.ADVISER, name="Anna Anden")


@pytest.fixture
def package(case, version, adviser):
    """Of a case with a row of everything, restricted for its adviser alone."""
    world.fill_case(case, version)
    own = {"case_id": case.id, "organisation_id": case.organisation_id}
    soon = {"transfer_on": date(2026, 12, 1), "level": 0, "found_on": date(2026, 11, 22)}
    make.saved(TransferNotice(**soon, **own))
    make.saved(world.illness(case))
    made = make.handover(case, State.DRAFT)
    beside.restricted_case(case, adviser)
    return made


def number(seen_by: Any, user: Any, organisation: Any, statement: str, **given: Any) -> int:
    """Of the rows that somebody gets at; without a user, naming the organisation alone."""
    with seen_by(organisation):
        person = str(user.id) if user else ""
        db.session.execute(text("select set_config('samspil.person', :id, true)"), {"id": person})
        known = {name: value for name, value in given.items() if f":{name}" in statement}
        found = db.session.execute(text(statement), known)
        assert isinstance(found, CursorResult)
        return int(found.rowcount)


def test_nothing_of_it_is_anybody_elses(
    package, case, fund, municipality, outsider, adviser, colleague, leader, contact, seen_by
):
    statements = {table: f"select from {table}" for table in OF_CASE} | CHANGES
    statements["the search"] = "select from member_case_search(array['sigrid'], 9)"
    asking = {"own": (adviser, fund), "other": (colleague, fund), "leads": (leader, fund)}
    asking |= {"nobody": (None, fund), "receiver": (contact, municipality)}
    asking |= {"as if": (adviser, municipality), "stranger": (adviser, outsider)}
    for what, statement in statements.items():
        found = {
            who: number(seen_by, *asker, statement, case=case.id) for who, asker in asking.items()
        }
        assert {who for who, rows in found.items() if rows} == {"own"}, what


@pytest.mark.parametrize("what", sorted(FORGED))
def test_nobody_lets_themselves_in(
    what, package, case, fund, municipality, adviser, leader, colleague, contact, seen_by
):
    who = {"adviser": adviser, "leader": leader, "colleague": colleague, "contact": contact}
    done = set()
    for label, user in who.items():
        body = municipality if label == "contact" else fund
        given = {"case": case.id, "package": package.id, "me": body.id, "who": user.id}
        try:
            if number(seen_by, user, body, FORGED[what], **given):
                done.add(label)
        except (ProgrammingError, IntegrityError) as refused:
            if "InsufficientPrivilege" not in str(refused) and label != "adviser":
                raise
    assert done == MAY.get(what, set())


def test_what_is_begun_while_its_case_is_restricted_waits_for_it(package, case, database):
    """Else neither would see the other, and the package be open to all."""
    other = make.member_case(*case_of(case))
    begin = (
        "insert into handover select (jsonb_populate_record(h, jsonb_build_object('id',"
        " gen_random_uuid(), 'reference', 'OP-SAME', 'case_id', cast(:other as uuid)))).*"
        " from handover h where h.id = :package"
    )
    restrict = "update member_case set readers = null where id = :other"
    known = {"other": other.id, "package": package.id}
    with database.connect() as first, database.connect() as second:
        first.execute(text("set local role samspil_keeper"))
        assert first.execute(text(begin), known).rowcount == 1
        second.execute(text("set local role samspil_keeper"))
        second.execute(text("set local lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="LockNotAvailable"):
            second.execute(text(restrict), known)
        second.rollback()
        first.rollback()
        second.execute(text("set local role samspil_keeper"))
        assert second.execute(text(restrict), known).rowcount == 1


def case_of(case: MemberCase) -> tuple[Organisation, Organisation]:
    both = case.organisation_id, case.municipality_id
    fund, municipality = (make.records.get_one(Organisation, one) for one in both)
    return fund, municipality


def test_who_leads_knows_that_it_is_there_and_a_stranger_does_not(
    package, fund, municipality, leader, colleague, contact, seen_by
):
    known = "select * from case_restricted()"
    found = [number(seen_by, one, fund, known) for one in (leader, colleague, None)]
    assert found == [1, 0, 0]
    assert number(seen_by, contact, municipality, known) == 0
    assert number(seen_by, leader, fund, "select from member_case") == 0
