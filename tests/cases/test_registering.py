"""Registering and editing a member; the number that nobody sees by accident."""

import re
from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, text

from portal import keys
from portal.access import Role
from portal.cases.models import NEVER, MemberCase
from tests import make

NUMBER = "620588-1234"  # a replacement number: 2 May 1988


@pytest.fixture
def form(municipality, adviser):
    return {
        "name": "  Sigrid   Kornblomst ",
        "cpr": NUMBER,
        "municipality_id": municipality.id,
        "phone": "12 34 56 78",
        "email": "sigrid@example.dk",
        "benefit_start": "16/11/2026",
        "weekly_hours": "18,5",
        "own_reference": "A-2026-118",
        "adviser_id": adviser.id,
        "unit_id": "",
    }


def cases():
    make.records.expire_all()
    found = make.records.scalars(select(MemberCase).order_by(MemberCase.created_at)).all()
    make.records.commit()
    return found


def errors(answer):
    assert answer.status_code == 422
    html = BeautifulSoup(answer.text, "html.parser")
    return {str(each["id"]).removesuffix("-error") for each in html.select(".form-error-message")}


def test_a_member_is_registered(form, adviser, fund, client_of, settings):
    answer = client_of(adviser).post("/cases/new", data=form)
    [case] = cases()
    assert answer.location.endswith(f"/cases/{case.id}")
    assert (case.name, case.organisation_id) == ("Sigrid Kornblomst", fund.id)
    assert (case.benefit_start, case.weekly_hours) == (date(2026, 11, 16), Decimal("18.50"))
    assert (case.rule_set, case.transfer_on) == ("2026", date(2027, 4, 30))
    number = keys.of(settings).open_cpr(case.cpr, table="member_case", row_id=case.id)
    assert number
    assert number.whole == NUMBER
    assert [(row.action, row.outcome) for row in make.audited(case.id)] == [("cases.new", "done")]


def test_the_number_is_nowhere_in_the_database(form, adviser, client_of):
    client_of(adviser).post("/cases/new", data=form)
    [case] = cases()
    tables = ("member_case", "audit_event", "user_session")
    for table in tables:
        rows = make.records.execute(text(f"select row_to_json(t)::text from {table} t")).scalars()
        told = " ".join(rows)
        assert told, table
        assert not re.search(r"620588-?1234", told), table
    make.records.commit()
    assert case.cpr


def test_hints_are_shown_and_nothing_is_refused_for_them(form, adviser, client_of):
    client = client_of(adviser)
    page = client.post("/cases/new", data=form, follow_redirects=True)
    assert "erstatningsnummer" in page.text
    form |= {"cpr": "020588-1235", "own_reference": ""}  # no modulus 11, and a day of its own
    page = client.post("/cases/new", data=form, follow_redirects=True)
    assert "modulus 11" in page.text
    assert len(cases()) == 2


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("cpr", "620588-123"),
        ("municipality_id", ""),
        ("benefit_start", "31/02/2026"),
        ("benefit_start", "1/1/2010"),
        ("weekly_hours", "38"),
        ("weekly_hours", "mange"),
        ("email", "sigrid"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_kept(field, typed, form, adviser, client_of):
    answer = client_of(adviser).post("/cases/new", data=form | {field: typed})
    assert errors(answer) == {field}
    assert "Sigrid" in answer.text or field == "name"
    assert cases() == []
    assert client_of(adviser).post("/cases/new", data=form).status_code == 303


def test_an_open_case_is_not_opened_twice(form, adviser, client_of, outsider):
    client = client_of(adviser)
    client.post("/cases/new", data=form)
    assert errors(client.post("/cases/new", data=form)) == {"cpr", "own_reference"}
    [case] = cases()
    client.post(f"/cases/{case.id}/close", data={"reason": "job"})
    assert client.post("/cases/new", data=form).status_code == 303
    again = client.post(f"/cases/{case.id}/reopen", follow_redirects=True)
    assert "nyere, åben sag" in again.text
    assert [each.closed_reason for each in cases()] == ["job", None]


def test_the_same_number_in_another_fund_is_another_case(form, adviser, client_of, municipality):
    other = make.fund("Nabobæk A-kasse")
    neighbour = make.user(other, Role.ADVISER)
    client_of(adviser).post("/cases/new", data=form)
    answer = client_of(neighbour).post("/cases/new", data=form | {"adviser_id": neighbour.id})
    assert answer.status_code == 303
    first, second = cases()
    assert first.organisation_id != second.organisation_id
    assert first.cpr_index == second.cpr_index


def test_an_adviser_must_have_the_role(form, adviser, fund, client_of):
    idle = make.user(fund, name="Uden Rolle")
    answer = client_of(adviser).post("/cases/new", data=form | {"adviser_id": idle.id})
    assert errors(answer) == {"adviser_id"}
    assert cases() == []


def test_the_trial_flag_chooses_the_announced_rules(form, adviser, client_of):
    form |= {"benefit_start": "15/01/2027"}
    client = client_of(adviser)
    client.post("/cases/new", data=form)
    [case] = cases()
    page = client.get(f"/cases/{case.id}").text
    assert case.rule_set == "2026"
    assert "det senest bekræftede" in page


# --- Editing ---


@pytest.fixture
def client(adviser, client_of):
    return client_of(adviser)


@pytest.fixture
def known(form, client):
    client.post("/cases/new", data=form)
    [case] = cases()
    return case


def test_a_member_is_edited_and_the_number_stays(known, form, client):
    data = form | {"cpr": "", "name": "Sigrid Valmue", "version": known.version}
    assert client.post(f"/cases/{known.id}/edit", data=data).status_code == 303
    [case] = cases()
    assert (case.name, bool(case.cpr)) == ("Sigrid Valmue", True)


def test_the_number_is_forgotten_on_purpose(known, form, client):
    data = form | {"cpr": "", "forget_cpr": "y", "version": known.version}
    client.post(f"/cases/{known.id}/edit", data=data)
    [case] = cases()
    assert (case.cpr, case.cpr_index) == (None, None)


def test_the_rule_set_follows_its_own_grounds_only(known, form, client, outsider):
    known.rule_set = "2024"
    make.saved(known)
    data = form | {"cpr": "", "municipality_id": outsider.id, "version": known.version}
    client.post(f"/cases/{known.id}/edit", data=data)
    [case] = cases()
    assert (case.municipality_id, case.rule_set) == (outsider.id, "2024")
    data |= {"benefit_start": "17/11/2026", "version": case.version}
    client.post(f"/cases/{known.id}/edit", data=data)
    assert cases()[0].rule_set == "2026"


def test_two_who_edit_see_both_texts_and_lose_none(known, form, client):
    stale = form | {"cpr": "", "version": known.version}
    client.post(f"/cases/{known.id}/edit", data=stale | {"name": "Sigrid Valmue"})
    answer = client.post(f"/cases/{known.id}/edit", data=stale | {"name": "Sigrid Bellis"})
    assert answer.status_code == 409
    html = BeautifulSoup(answer.text, "html.parser")
    [row] = html.select("tbody tr")
    assert [cell.text.strip() for cell in row.select("th, td")] == [
        "Navn", "Sigrid Bellis", "Sigrid Valmue",
    ]  # fmt: skip
    assert [field["value"] for field in html.select("#name")] == ["Sigrid Bellis"]
    assert cases()[0].name == "Sigrid Valmue"

    [version] = html.select('[name="version"]')
    again = stale | {"name": "Sigrid Bellis", "version": version["value"]}
    assert client.post(f"/cases/{known.id}/edit", data=again).status_code == 303
    assert cases()[0].name == "Sigrid Bellis"


# --- The number ---


def test_the_page_shows_the_number_masked(known, client):
    page = client.get(f"/cases/{known.id}").text
    assert "620588-xxxx" in page
    assert not re.search(r"620588-?1234", page)
    form = client.get(f"/cases/{known.id}/edit").text
    assert not re.search(r"620588-?1234", form)


def test_the_whole_number_is_shown_for_a_purpose_that_is_written_down(known, client):
    answer = client.post(f"/cases/{known.id}/cpr", data={"purpose": "dfdg"})
    assert NUMBER in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    event = make.audited(known.id)[-1]
    assert (event.action, event.purpose) == ("cases.reveal_cpr", "dfdg")
    refused = client.post(f"/cases/{known.id}/cpr", data={"purpose": ""})
    assert refused.status_code == 422
    assert NUMBER not in refused.text
    assert client.get(f"/cases/{known.id}/cpr").status_code == 405


def test_a_case_without_a_clock_sorts_last(form, client):
    form |= {"benefit_start": "1/2/2018"}
    client.post("/cases/new", data=form)
    [case] = cases()
    assert (case.rule_set, case.transfer_on) == ("2015", NEVER)
    assert "Ingen dato" in client.get("/cases/").text
