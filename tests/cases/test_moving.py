"""A team lead moves cases, one or many."""

import uuid

import pytest

from portal.access import Role
from tests import make


@pytest.fixture
def client(leader, client_of):
    return client_of(leader)


@pytest.fixture
def other(fund, team):
    return make.user(fund, Role.ADVISER, name="Jonas Ny", unit_id=team.id)


def test_one_case_gets_another_adviser_and_their_unit(case, adviser, other, team, client):
    answer = client.post("/cases/move", data={"case": case.id, "adviser_id": other.id})
    assert answer.location.endswith(f"/cases/{case.id}")
    make.fresh(case)
    assert (case.adviser_id, case.unit_id) == (other.id, team.id)
    event = next(row for row in make.audited(case.id) if row.action == "cases.moved")
    assert event.detail == {"from": str(adviser.id), "to": str(other.id)}


def test_many_cases_move_together(case, other, fund, municipality, client):
    there = make.member_case(fund, municipality, adviser_id=other.id, unit_id=None)
    more = [case, make.member_case(fund, municipality)]
    form = {"case": [each.id for each in (*more, there)], "adviser_id": other.id}
    page = client.post("/cases/move", data=form, follow_redirects=True)
    assert "3 sager er flyttet." in page.text
    again = client.post("/cases/move", data=form, follow_redirects=True)
    assert "0 sager er flyttet." in again.text
    assert "3 sager var der i forvejen." in again.text
    assert {make.fresh(each).adviser_id for each in more} == {other.id}


def test_the_page_names_each_case_before_it_is_moved(case, client):
    page = client.get(f"/cases/move?case={case.id}").text
    assert "Sigrid Kornblomst" in page
    assert "Mette Eksempel" in page


@pytest.mark.parametrize("why", ["no role", "closed", "other organisation"])
def test_the_new_adviser_must_be_active_in_the_role(why, case, adviser, fund, municipality, client):
    unfit = {
        "no role": lambda: make.user(fund),
        "closed": lambda: make.user(fund, Role.ADVISER, closed_at=case.created_at),
        "other organisation": lambda: make.user(municipality, Role.CONTACT),
    }[why]()
    answer = client.post("/cases/move", data={"case": case.id, "adviser_id": unfit.id})
    assert answer.status_code == 422
    assert make.fresh(case).adviser_id == adviser.id


def test_an_adviser_moves_nothing(case, adviser, other, client_of):
    form = {"case": case.id, "adviser_id": other.id}
    assert client_of(adviser).post("/cases/move", data=form).status_code == 403
    assert make.fresh(case).adviser_id == adviser.id


def test_one_case_out_of_reach_stops_all(case, adviser, other, municipality, client):
    foreign = make.member_case(make.fund("Nabobæk A-kasse"), municipality)
    for stray in (foreign.id, uuid.uuid4(), "x"):
        form = {"case": [case.id, stray], "adviser_id": other.id}
        assert client.post("/cases/move", data=form).status_code == 404
    assert make.fresh(case).adviser_id == adviser.id


def test_without_a_case_one_is_asked_to_choose(client):
    page = client.get("/cases/move", follow_redirects=True)
    assert "Sæt kryds ved de sager" in page.text
