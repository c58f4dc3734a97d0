"""Users and units of the own organisation, by its local administrator (B8, B12, B13)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.access import GRANTS, POSSIBLE_ROLES, OrganisationKind, Permission, Role
from portal.administration import actions
from portal.administration.upkeep import close_unused
from portal.clock import now, today
from portal.db import db
from portal.identity.models import UserSession
from portal.organisations import queries
from portal.organisations.models import Membership, RoleGrant, RoleSource, Unit, User
from portal.workflow import Refused
from tests import make

ADMIN = Role.LOCAL_ADMINISTRATOR
DAY = timedelta(days=1)


@pytest.fixture
def administrator(fund):
    return make.user(fund, ADMIN, name="Anne Attrap")


@pytest.fixture
def post(client_of, administrator):
    def send(address: str, by=administrator, **data):
        return client_of(by).post(address, data=data)

    return send


def at(user: User, step: str = "") -> str:
    return f"/administration/users/{user.id}{step}"


def fresh(row):
    make.records.expire_all()
    found = make.records.get(type(row), row.id)
    assert found
    make.records.commit()
    return found


def roles_of(user: User) -> set[Role]:
    rows = select(RoleGrant.role).join(Membership).where(Membership.user_id == user.id)
    found = {*make.records.scalars(rows)}
    make.records.commit()
    return found


def given(user: User, *roles: Role) -> User:
    """Roles that an administrator gave."""
    [place] = make.records.scalars(select(Membership).where(Membership.user_id == user.id))
    own = {"organisation_id": user.organisation_id, "membership_id": place.id}
    for role in roles:
        make.saved(RoleGrant(role=role, source=RoleSource.ADMINISTRATOR, **own))
    return user


# --- Roles ---


def test_an_administrator_gives_and_takes_a_role(post, adviser):
    assert post(at(adviser, "/roles"), role="team_lead").status_code == 303
    assert roles_of(adviser) == {Role.ADVISER, Role.TEAM_LEAD}
    assert post(at(adviser, "/roles/team_lead/remove")).status_code == 303
    assert roles_of(adviser) == {Role.ADVISER}


def test_it_is_recorded_whose_role_and_which(post, adviser, administrator):
    post(at(adviser, "/roles"), role="team_lead")
    [row] = make.audited(adviser.id)
    assert (row.action, row.user_id) == ("administration.give_role", administrator.id)
    assert row.detail == {"role": "team_lead"}


@pytest.mark.parametrize("role", Role)
def test_only_roles_of_this_kind_of_organisation_are_given(post, adviser, role):
    status = post(at(adviser, "/roles"), role=role).status_code
    possible = role in POSSIBLE_ROLES[OrganisationKind.UNEMPLOYMENT_FUND]
    assert status == (303 if possible else 422)
    assert (role in roles_of(adviser)) == (possible or role == Role.ADVISER)


def test_what_the_provider_gave_is_not_taken_here(post, adviser):
    given(adviser, Role.AUDITOR)
    answer = post(at(adviser, "/roles/adviser/remove"))
    assert answer.status_code == 422
    assert "Rollen kommer fra jeres login" in answer.text
    assert post(at(adviser, "/roles/auditor/remove")).status_code == 303
    assert roles_of(adviser) == {Role.ADVISER}


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("/roles", {"role": "team_lead"}),
        ("/roles/auditor/remove", {}),
        ("/place", {"unit_id": "", "valid_from": "2026-01-01"}),
        ("/close", {}),
    ],
)
def test_nobody_changes_what_they_may_do_themselves(post, fund, administrator, step, data):
    given(administrator, Role.AUDITOR)
    other = given(make.user(fund, ADMIN), Role.AUDITOR)
    assert post(at(other, step), **data).status_code == 303
    answer = post(at(administrator, step), **data)
    assert answer.status_code == 422
    assert "Du kan ikke ændre din egen adgang" in answer.text
    assert roles_of(administrator) == {ADMIN, Role.AUDITOR}
    assert fresh(administrator).closed_at is None


TAKES = {
    "role": lambda row, **by: actions.take_role(row, ADMIN, now=now(), **by),
    "closing": lambda row, **by: actions.close(row, now=now(), **by),
    "membership": lambda row, **by: actions.place(
        row, unit_id=None, valid_from=today() - DAY, valid_until=today() - DAY, **by
    ),
}


@pytest.mark.parametrize("takes", TAKES.values(), ids=TAKES)
def test_the_last_administrator_stays(seen_by, fund, takes):
    """As when two take the role from each other at once: the actor's is gone already."""
    last = given(make.user(fund), ADMIN)
    actor = make.actor(fund, Role.AUDITOR)
    with seen_by(fund):
        with pytest.raises(Refused, match="Der skal altid være en lokal administrator"):
            takes(queries.colleague(last.id), actor=actor, today=today())
        assert [row.user.id for row in queries.administrators(fund.id, today())] == [last.id]
    make.user(fund, ADMIN)
    with seen_by(fund):
        takes(queries.colleague(last.id), actor=actor, today=today())
        assert last.id not in [row.user.id for row in queries.administrators(fund.id, today())]


# --- Sessions ---


def live(user: User) -> int:
    rows = select(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    found = len(make.records.scalars(rows).all())
    make.records.commit()
    return found


@pytest.mark.parametrize(
    ("step", "data"),
    [("/roles", {"role": "team_lead"}), ("/roles/auditor/remove", {}), ("/close", {})],
)
def test_other_rights_end_the_sessions_that_were_opened_with_the_old(
    post, client_of, fund, adviser, administrator, step, data
):
    given(adviser, Role.AUDITOR)
    bystander = make.user(fund, Role.ADVISER)
    browsers = client_of(adviser), client_of(bystander)
    assert [browser.get("/agreements/").status_code for browser in browsers] == [200, 200]
    post(at(adviser, step), **data)
    assert [browser.get("/agreements/").status_code for browser in browsers] == [302, 200]
    assert (live(adviser), live(bystander)) == (0, 1)
    assert live(administrator) == 1


def test_a_refused_change_ends_no_session(post, client_of, adviser):
    client_of(adviser)
    assert post(at(adviser, "/roles"), role="contact").status_code == 422
    assert live(adviser) == 1


# --- Closing ---


def test_who_is_closed_is_out_at_once_and_can_be_let_in_again(post, client_of, adviser):
    browser = client_of(adviser)
    assert browser.get("/agreements/").status_code == 200
    post(at(adviser, "/close"))
    assert browser.get("/agreements/").status_code == 302
    assert fresh(adviser).closed_at
    post(at(adviser, "/reopen"))
    assert fresh(adviser).closed_at is None
    assert client_of(adviser).get("/agreements/").status_code == 200


@pytest.fixture
def night(worker, app):
    """What the worker does at night."""

    def work() -> None:
        with worker.app_context():
            close_unused.func(0)
            db.session.commit()

    return work


LONG = timedelta(days=91)
SHORT = timedelta(days=89)


@pytest.mark.parametrize(
    ("values", "is_closed"),
    [
        ({"created_at": LONG}, True),
        ({"created_at": SHORT}, False),
        ({"created_at": LONG, "signed_in_at": LONG}, True),
        ({"created_at": LONG, "signed_in_at": SHORT}, False),
        ({"created_at": LONG, "signed_in_at": LONG, "reopened_at": SHORT}, False),
    ],
)
def test_who_has_not_signed_in_for_90_days_is_closed(night, fund, values, is_closed):
    ago: dict[str, Any] = {name: now() - span for name, span in values.items()}
    user = make.user(fund, Role.ADVISER, **ago)
    night()
    assert (fresh(user).closed_at is not None) == is_closed


def test_of_unused_administrators_the_last_stays(night, fund, municipality):
    ago: dict[str, Any] = {"created_at": now() - LONG}
    one, two = make.user(fund, ADMIN, **ago), make.user(fund, ADMIN, **ago)
    alone = make.user(municipality, ADMIN, **ago)
    night()
    assert [fresh(user).closed_at is None for user in (one, two)].count(True) == 1
    assert fresh(alone).closed_at is None


# --- Place ---


def test_a_user_is_moved_to_a_unit_and_to_none(post, fund, adviser):
    unit = make.unit(fund, "Team Øst")
    days = {"valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    assert post(at(adviser, "/place"), unit_id=str(unit.id), **days).status_code == 303
    rows = select(Membership).where(Membership.user_id == adviser.id)
    place = fresh(make.records.scalars(rows).one())
    assert (place.unit_id, str(place.valid_until)) == (unit.id, "2026-12-31")
    post(at(adviser, "/place"), unit_id="", valid_from="2026-01-01")
    assert (fresh(place).unit_id, fresh(place).valid_until) == (None, None)


def test_the_unit_must_be_ones_own_and_the_days_in_order(post, municipality, adviser):
    other = make.unit(municipality)
    days = {"valid_from": "2026-01-01"}
    assert post(at(adviser, "/place"), unit_id=str(other.id), **days).status_code == 422
    answer = post(at(adviser, "/place"), unit_id="", **days, valid_until="2025-01-01")
    assert answer.status_code == 422
    assert "Sidste dag ligger før første dag." in answer.text


# --- Pages ---


def test_the_list_names_own_users_only(client_of, administrator, adviser, contact):
    page = client_of(administrator).get("/administration/users").text
    assert "Mette Eksempel" in page
    assert "rådgiver" in page
    assert "Jonas Skabelon" not in page


STEPS = ["", "/roles", "/roles/auditor/remove", "/place", "/close", "/reopen"]


@pytest.mark.parametrize("step", STEPS)
def test_users_of_another_organisation_are_not_there(
    client_of, administrator, adviser, contact, step
):
    client = client_of(administrator)
    send = client.post if step else client.get
    data = {"role": "auditor", "unit_id": "", "valid_from": "2026-01-01"}
    given(adviser, Role.AUDITOR)
    assert send(at(adviser, step), data=data if step else None).status_code in {200, 303}
    assert send(at(contact, step), data=data if step else None).status_code == 404


@pytest.mark.parametrize("role", [Role.ADVISER, Role.TEAM_LEAD, Role.AUDITOR, ADMIN])
@pytest.mark.parametrize("address", ["/administration/users", "/administration/units"])
def test_only_who_manages_users_sees_the_administration(client_of, fund, role, address):
    status = client_of(make.user(fund, role)).get(address).status_code
    assert status == (200 if Permission.USER_MANAGE in GRANTS[role] else 403)


def test_the_list_costs_as_many_statements_for_many_as_for_one(
    client_of, administrator, statements, fund
):
    browser = client_of(administrator)

    def cost() -> int:
        statements.clear()
        browser.get("/administration/users")
        return len(statements)

    one = cost()
    for _ in range(5):
        make.user(fund, Role.ADVISER, unit_id=make.unit(fund).id)
    assert cost() == one


# --- Units ---

UNIT = {"name": "Team Øst", "kind": "team", "mailbox": "oest@a.example", "valid_from": "2026-01-01"}


def units() -> dict[str, Unit]:
    make.records.expire_all()
    found = {unit.name: unit for unit in make.records.scalars(select(Unit))}
    make.records.commit()
    return found


def test_a_unit_is_made_and_changed(post, fund):
    assert post("/administration/units/new", **UNIT).status_code == 303
    made = units()["Team Øst"]
    assert (made.organisation_id, made.mailbox) == (fund.id, "oest@a.example")
    assert post(f"/administration/units/{made.id}", **UNIT | {"mailbox": ""}).status_code == 303
    assert units()["Team Øst"].mailbox is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Feltet skal udfyldes."),
        ({"name": "TEAM VEST"}, "Der findes allerede en enhed med det navn."),
        ({"mailbox": "ikke en adresse"}, "Skriv en e-mailadresse som"),
        ({"valid_until": "31/31/2025"}, "Skriv dagen som dd/mm/åååå."),
        ({"valid_until": "2025-12-31"}, "Sidste dag ligger før første dag."),
        ({"kind": "by"}, "Vælg en af mulighederne."),
    ],
)
def test_what_is_wrong_stands_at_its_field(post, fund, wrong, words):
    make.unit(fund, "Team Vest")
    answer = post("/administration/units/new", **UNIT | wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert [*units()] == ["Team Vest"]


def test_only_one_unit_takes_what_names_none(post, fund, municipality):
    make.unit(fund, "Team Vest", is_default=True)
    make.unit(municipality, "Modtagelsen", is_default=True)
    post("/administration/units/new", **UNIT, is_default="y")
    assert {name for name, unit in units().items() if unit.is_default} == {
        "Team Øst",
        "Modtagelsen",
    }


def test_a_unit_of_another_organisation_is_not_there(post, client_of, administrator, municipality):
    """Its name and mailbox may be read by everyone, but not here, and not be changed."""
    other = make.unit(municipality, "Modtagelsen")
    address = f"/administration/units/{other.id}"
    assert client_of(administrator).get(address).status_code == 404
    assert post(address, **UNIT).status_code == 404
    assert [*units()] == ["Modtagelsen"]
