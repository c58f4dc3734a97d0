"""Who is away, who says so, and who stands in."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.access import Role
from portal.clock import now, today
from portal.organisations import queries
from portal.organisations.models import Absence
from tests import make

DAY = timedelta(days=1)
FIRST, LAST = today() + 2 * DAY, today() + 9 * DAY


@pytest.fixture
def unit(fund):
    return make.unit(fund, "Team Øst")


@pytest.fixture
def leader(fund, unit):
    return make.user(fund, Role.TEAM_LEAD, name="Line Leder", unit_id=unit.id)


@pytest.fixture
def away(fund, unit):
    return make.user(fund, Role.ADVISER, name="Bo Borte", unit_id=unit.id)


@pytest.fixture
def register(client_of):
    def post(by, whose=None, address: str = "/absences/new", **values: Any):
        data = {"user_id": str((whose or by).id), "first_day": FIRST, "last_day": LAST} | values
        return client_of(by).post(address, data={"stand_in_id": ""} | data)

    return post


def stored() -> list[Absence]:
    make.records.expire_all()
    found = [*make.records.scalars(select(Absence).order_by(Absence.first_day))]
    make.records.commit()
    return found


def absent(user, **values: Any) -> Absence:
    values = {"first_day": FIRST, "last_day": LAST} | values
    return make.saved(Absence(organisation_id=user.organisation_id, user_id=user.id, **values))


def test_one_says_oneself_that_one_is_away_and_who_stands_in(register, away, leader):
    assert register(away, stand_in_id=str(leader.id)).status_code == 303
    [row] = stored()
    assert (row.user_id, row.stand_in_id) == (away.id, leader.id)
    assert (row.first_day, row.last_day) == (FIRST, LAST)
    assert {made.action for made in make.audited(row.id)} == {"absences.new"}


def test_the_stand_in_is_written_to(seen_by, register, fund, away, leader):
    register(away, stand_in_id=str(leader.id))
    with seen_by(fund):
        written = [
            [reader.address for reader in queries.recipients(fund.id, away.id, None, day)]
            for day in (FIRST - DAY, FIRST, LAST, LAST + DAY)
        ]
    assert written == [[away.email], [leader.email], [leader.email], [away.email]]


def test_a_leader_registers_for_the_own_unit_only(register, fund, leader, away):
    elsewhere = make.user(fund, Role.ADVISER, unit_id=make.unit(fund).id)
    assert register(leader, away).status_code == 303
    assert register(leader, elsewhere).status_code == 422
    assert [row.user_id for row in stored()] == [away.id]


def test_an_adviser_registers_for_nobody_else(register, leader, away):
    assert register(away, leader).status_code == 422
    assert register(away).status_code == 303
    assert [row.user_id for row in stored()] == [away.id]


def test_an_administrator_registers_for_everybody_of_the_organisation(
    register, fund, away, contact
):
    administrator = make.user(fund, Role.LOCAL_ADMINISTRATOR)
    assert register(administrator, away).status_code == 303
    assert register(administrator, contact).status_code == 422
    assert [row.user_id for row in stored()] == [away.id]


WRONG = [
    ({"last_day": FIRST - DAY}, "Sidste dag ligger før første dag."),
    ({"first_day": ""}, "Angiv den første dag."),
    ({"last_day": ""}, "Angiv den sidste dag."),
    ({"stand_in_id": "away"}, "Vælg en af mulighederne."),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_kept(register, away, wrong, words):
    values = {name: str(away.id) if value == "away" else value for name, value in wrong.items()}
    answer = register(away, **values)
    assert answer.status_code == 422
    assert words in answer.text
    assert stored() == []


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        (FIRST - 2 * DAY, FIRST - DAY, 303),
        (FIRST - 2 * DAY, FIRST, 422),
        (LAST, LAST + DAY, 422),
        (LAST + DAY, LAST + DAY, 303),
        (FIRST - DAY, LAST + DAY, 422),
    ],
)
def test_nobody_is_away_twice_on_one_day(register, away, first, last, status):
    absent(away)
    assert register(away, first_day=first, last_day=last).status_code == status
    assert len(stored()) == (2 if status == 303 else 1)


def test_the_stand_in_must_be_a_colleague_who_can_sign_in(register, fund, away, contact, leader):
    closed = make.user(fund, Role.ADVISER, closed_at=now())
    for stand_in in (contact, closed):
        assert register(away, stand_in_id=str(stand_in.id)).status_code == 422
    assert register(away, stand_in_id=str(leader.id)).status_code == 303


def test_an_absence_is_changed_and_deleted(register, client_of, away):
    row = absent(away)
    register(away, address=f"/absences/{row.id}", last_day=FIRST)
    assert [found.last_day for found in stored()] == [FIRST]
    assert client_of(away).post(f"/absences/{row.id}/cancel").status_code == 303
    assert stored() == []


def test_one_sees_only_what_one_may_register(client_of, fund, leader, away):
    elsewhere = make.user(fund, Role.ADVISER, name="Ida Andetsteds", unit_id=make.unit(fund).id)
    for user in (leader, away, elsewhere):
        absent(user)
    for reader, seen in ((leader, {leader, away}), (away, {away}), (elsewhere, {elsewhere})):
        page = client_of(reader).get("/absences/").text.partition("<main")[2]
        assert {user for user in (leader, away, elsewhere) if user.name in page} == seen


def test_a_past_absence_is_not_listed(client_of, away):
    absent(away, first_day=today() - 2 * DAY, last_day=today() - DAY)
    assert "Intet fravær" in client_of(away).get("/absences/").text
    absent(away, first_day=today() - 9 * DAY, last_day=today())
    assert "Væk nu" in client_of(away).get("/absences/").text


def test_the_absence_of_others_is_not_there(client_of, fund, leader, away, contact):
    row = absent(away)
    elsewhere = make.user(fund, Role.TEAM_LEAD, unit_id=make.unit(fund).id)
    address = f"/absences/{row.id}"
    for stranger in (elsewhere, contact):
        assert client_of(stranger).get(address).status_code == 404
        assert client_of(stranger).post(f"{address}/cancel").status_code == 404
        assert client_of(stranger).post(address, data={"first_day": FIRST}).status_code == 404
    assert len(stored()) == 1
    assert client_of(leader).get(address).status_code == 200


def test_who_has_no_absence_to_register_gets_403(client_of, fund):
    assert client_of(make.user(fund, Role.AUDITOR)).get("/absences/").status_code == 403
    assert client_of(make.user(fund, Role.ADVISER)).get("/absences/").status_code == 200


@pytest.fixture
def offered(client_of):
    """The names in the list of stand-ins; the first choice is nobody."""

    def names(reader, address: str = "/absences/new") -> list[str]:
        page = BeautifulSoup(client_of(reader).get(address).text, "html.parser")
        return [option.text for option in page.select("#stand_in_id option")][1:]

    return names


@pytest.fixture
def others(fund, unit):
    """One of the unit who does such work, and who does not or is elsewhere."""
    elsewhere = make.unit(fund, "Team Vest")
    make.user(fund, Role.ADVISER, name="Kim Kollega", unit_id=unit.id)
    make.user(fund, Role.AUDITOR, name="Rita Revisor", unit_id=unit.id)
    make.user(fund, Role.ADVISER, name="Ulf Udmeldt", unit_id=unit.id, closed_at=now())
    return make.user(fund, Role.ADVISER, name="Ida Andetsteds", unit_id=elsewhere.id)


def test_one_is_offered_those_of_the_unit_who_can_take_the_work(offered, others, away, leader):
    assert offered(away) == ["Kim Kollega", "Line Leder"]


def test_a_leader_is_offered_those_of_all_units_and_never_who_is_away(
    offered, others, away, leader
):
    everywhere = ["Bo Borte", "Ida Andetsteds", "Kim Kollega"]
    assert offered(leader) == everywhere
    assert offered(leader, f"/absences/new?user_id={away.id}") == [*everywhere[1:], "Line Leder"]


def test_who_does_other_work_is_stood_in_for_by_the_same(offered, others, fund, away):
    administrators = [
        make.user(fund, Role.LOCAL_ADMINISTRATOR, name=name) for name in ("Alma", "Berta")
    ]
    assert offered(administrators[0]) == ["Berta"]


def test_who_stands_in_already_goes_on_from_another_unit(offered, register, others, away):
    row = absent(away, stand_in_id=others.id)
    address = f"/absences/{row.id}"
    assert "Ida Andetsteds" in offered(away, address)
    how = {"address": address, "last_day": FIRST}
    assert register(away, stand_in_id=str(others.id), **how).status_code == 303
    assert register(away, stand_in_id="", **how).status_code == 303
    assert register(away, stand_in_id=str(others.id), **how).status_code == 422


def test_two_days_that_lack_are_told_apart(register, away):
    answer = register(away, first_day="", last_day="")
    summary = BeautifulSoup(answer.text, "html.parser").select("[role=alert] li")
    assert [line.text for line in summary] == ["Angiv den første dag.", "Angiv den sidste dag."]
